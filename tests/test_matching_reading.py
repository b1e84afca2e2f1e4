"""How a text is read: amounts, words that mean the same, denials, marks, letters."""

from __future__ import annotations

import pytest

from bot.matching.amounts import amount_at
from bot.matching.letters import Alphabet
from bot.matching.spelling import tokens_of
from bot.matching.thesaurus import thesaurus
from bot.matching.wording import DENIED, SAID, read_claim, read_text

AMOUNTS = {
    "3 tháng": "#d:90", "90 ngày": "#d:90", "ba thang": "#d:90", "three months": "#d:90",
    "tháng thứ ba": "#d:90", "chín mươi ngày": "#d:90", "12 tháng": "#d:360", "1 năm": "#d:360",
    "1,5 lần": "#%:150", "150%": "#%:150", "một rưỡi": "#%:150", "time and a half": "#%:150",
    "gấp đôi": "#%:200", "hai phần trăm": "#%:2", "2 percent": "#%:2", "0,5%": "#%:0.5",
    "nửa phần trăm": "#%:0.5", "8tr": "#vnd:8000000", "8 triệu": "#vnd:8000000",
    "500k": "#vnd:500000",
    "1.500.000đ": "#vnd:1500000", "ba trăm ngàn": "#vnd:300000", "hai trăm hải lý": "#nm:200",
    "200 nautical miles": "#nm:200", "lần thứ XI": "#nth:11", "11th": "#nth:11",
    "lần thứ mười một": "#nth:11", "24/11": "#dm:24/11", "ngày 24 tháng 11": "#dm:24/11",
    "hai mươi bốn tháng mười một": "#dm:24/11", "24 November": "#dm:24/11", "t7/2026": "#my:7/2026",
    "hai mươi năm": "#d:7200", "hai chục năm": "#d:7200", "chín bữa": "#d:9",
    "hai mươi lăm ngày": "#d:25", "5tr3": "#vnd:5300000", "4tr960": "#vnd:4960000",
    "5 triệu 2 trăm ngàn": "#vnd:5200000", "2 trăm ngàn": "#vnd:200000",
    "năm triệu ba trăm mười ngàn": "#vnd:5310000", "4 triệu 2 ngày": "#vnd:4000000",
    "nhân hai": "#%:200", "năm bữa": "#d:5", "bốn mươi lăm ngày": "#d:45", "vào năm 75": "#y:1975",
    "nữ 55 nam 60": "#n:55", "năm lăm tuổi": "#age:55",
    "tháng 7 năm 2026": "#my:7/2026", "July 2026": "#my:7/2026", "năm 1967": "#y:1967",
}  # fmt: skip


@pytest.mark.parametrize("text", AMOUNTS)
def test_an_amount_is_the_same_however_it_is_written(text: str) -> None:
    assert AMOUNTS[text] in read_claim(text).terms


def test_what_only_looks_like_a_number_is_none() -> None:
    for text in ("từ hôm qua", "sau khi làm", "làm việc", "ba mẹ", "năm nay", "41/2024"):
        terms = [amount_at(tokens_of(text), place)[0] for place in range(len(tokens_of(text)))]
        assert [term for found in terms for term in found if not term.startswith("#word")] == []


SAME = (
    ("tăng ca", "làm thêm giờ", "OT", "extra hours", "tc"),
    ("bảo hiểm xã hội", "BHXH", "bhxh", "social insurance"),
    ("nghỉ thai sản", "nghỉ sinh", "maternity leave", "nghi thai san"),
    ("công ty", "cty", "sếp", "xưởng", "the factory"),
    ("thử việc", "thu viec", "thử viêc", "probation"),
)


@pytest.mark.parametrize("words", SAME, ids=lambda words: words[0])
def test_words_of_the_trade_mean_the_same(words: tuple[str, ...]) -> None:
    meanings = [frozenset(read_claim(word).terms) for word in words]
    assert meanings == [meanings[0]] * len(words)


#        text                                            term        how it is meant
MEANT = (
    ("công ty phải trả lương", "pay", SAID),
    ("công ty không phải trả lương", "pay", DENIED),
    ("làm không công", "pay", DENIED),
    ("công ty có trả lương không", "pay", SAID),
    ("cong ty co tra luong khong moi nguoi", "pay", SAID),
    ("không trả lương là sai luật", "pay", SAID),
    ("không trả lương là sai luật", "must", SAID),
    ("cấm rút bảo hiểm", "withdraw", DENIED),
    ("không được rút bảo hiểm", "withdraw", DENIED),
    ("workers have no right to refuse", "refuse", DENIED),
    ("You don't pay", "pay", DENIED),
    ("đàn ông làm gì có lương", "pay", DENIED),
    ("Việt Nam không phải là nước sáng lập", "found", DENIED),
    ("không bắt buộc công ty phải thưởng", "must", DENIED),
    ("không có bảo hiễm xã hội", "insurance", DENIED),
)


@pytest.mark.parametrize(("text", "term", "how"), MEANT)
def test_a_denial_reaches_what_it_denies(text: str, term: str, how: int) -> None:
    assert read_claim(text).terms[term] == how


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("có đúng không ạ", "asks"),
        ("nghe nói vậy", "hears"),
        ("đây là tin giả", "denies"),
        ("buồn quá", "opines"),
    ],
)
def test_how_somebody_speaks_is_kept_apart_from_what(text: str, cue: str) -> None:
    sentence = read_claim(text)
    assert cue in sentence.cues
    assert cue not in sentence.terms


def test_marks_tell_words_apart_where_they_are_typed() -> None:
    assert "rent-out" in read_claim("anh muốn bán lại cái thẻ này").terms
    assert "rent-out" not in read_claim("anh và các bạn đi chơi với nhau").terms
    assert "worker" not in read_claim("tổ em được công nhận danh hiệu xuất sắc").terms


def test_a_link_is_a_link_and_its_address_is_not_read() -> None:
    assert read_claim("http://nguyen-van-a.example/qua").terms == {"link": SAID}


def test_a_text_is_read_to_its_limit_and_no_further() -> None:
    assert read_text("x " * 2000 + "tăng ca") == read_text("x " * 2000)


def test_letters_tell_how_much_of_a_wording_a_text_has() -> None:
    alphabet = Alphabet(["phép năm", "phép cưới", "lương hưu"])
    assert alphabet.held("chị hỏi phép năm còn mấy ngày", "phép năm") == pytest.approx(1)
    assert 0 < alphabet.held("phép cưới", "phép năm") < 1
    assert alphabet.held("xyz", "phép năm") == 0
    assert alphabet.held("", "") == 0


def test_the_thesaurus_is_well_formed() -> None:
    words = thesaurus()
    assert len(words.phrases) > 2000
    assert all(all(word for word in key) for key in words.phrases)
    assert not words.cues & set(words.slot)
    # A phrase that says a thing and its opposite would say nothing.
    meanings = [one.meanings for phrases in words.phrases.values() for one in phrases]
    assert [own for own in meanings if len({m.name for m in own}) < len(set(own))] == []
