"""Which check answers a text: in words of chats, without marks, denied, asked, in any script."""

from __future__ import annotations

import time

import pytest

from bench.labelled import COPIES, FRESH, figures, fresh, labels, published
from bot.matching import Match, Matcher, Wording


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(published())


def first(found: Match) -> str | None:
    """The check that is answered with or shown first."""
    return found.sure or (found.possible[0].check if found.possible else None)


# --- the labelled texts --------------------------------------------------------------------------


# The matcher was fitted on these texts, so they only show that it became no worse; what may be
# expected of others is in docs/matching.md. It is judged by tests/claims/second.
def test_the_labelled_texts_are_answered_as_well_as_was_measured(matcher: Matcher) -> None:
    reached = figures((label, matcher.match(label.text)) for label in labels())
    assert reached.recall >= 0.96
    assert reached.right >= 0.6
    assert reached.wrong <= 0.0065
    assert reached.suggested <= 0.25


def test_the_fresh_texts_are_answered_as_well_as_was_measured() -> None:
    matcher = Matcher([*published(), *fresh()])
    reached = figures((label, matcher.match(label.text)) for label in labels(FRESH))
    assert reached.recall >= 0.88
    assert reached.right >= 0.52
    assert reached.wrong <= 0.0075
    assert reached.suggested <= 0.27


COPIED = labels(name=COPIES)


def test_lightly_edited_copies_are_answered_at_once(matcher: Matcher) -> None:
    copies = [label for label in COPIED if label.match]
    found = [(label, matcher.match(label.text)) for label in copies]
    assert [label.text for label, match in found if not match.possible] == []
    assert [label.text for label, match in found if match.sure not in {None, label.match}] == []
    assert sum(match.sure is not None for _, match in found) >= 0.85 * len(copies)


@pytest.mark.parametrize("text", [label.text for label in COPIED if label.match is None])
def test_a_copy_with_another_meaning_is_not_answered_at_once(matcher: Matcher, text: str) -> None:
    assert matcher.match(text).sure is None


# --- a text and its check ------------------------------------------------------------------------

ANSWERED = {
    # as it is published, whatever the case and the stops
    "THỬ VIỆC LÀ LÀM KHÔNG CÔNG, KHÔNG CÓ LƯƠNG!!!": "probation-unpaid",
    "Overtime is mandatory in Viet Nam": "overtime-cannot-refuse",
    # without marks, in the short forms of chats, with typing errors
    "trung thu cong nhan dc nghi 1 ngay co luong theo luat ha mn": "mid-autumn-day-off",
    "cty bắt tc k đc từ chối, từ chối là bị kỷ luật hả ad": "overtime-cannot-refuse",
    "công nhan may thử viêc 3 thág mới ký hợp đồg là đúng luật à": "probation-three-months-workers",
    # other words for the same
    "Sếp cầm thẻ căn cước bản chính của tụi em, nói ký hợp đồng là phải vậy": (
        "employer-keeps-papers"
    ),
    "Tăng ca ngày chủ nhật chỉ nhân một rưỡi thôi đúng không cả nhà?": "overtime-sunday-150",
    # two languages in one sentence
    "OT chủ nhật chỉ time and a half thôi hả HR?": "overtime-sunday-150",
    "Is it true that a Tet bonus is required by law?": "tet-bonus-compulsory",
}


@pytest.mark.parametrize("text", ANSWERED)
def test_a_text_finds_its_check(matcher: Matcher, text: str) -> None:
    assert first(matcher.match(text)) == ANSWERED[text]


# Published wordings with some words less or other ones.
AT_ONCE = {
    "Trong thời gian thử việc công ty không phải trả lương.": "probation-unpaid",
    "📢 Thời gian thử việc công ty không phải trả lương cho công nhân, chia sẻ gấp!": (
        "probation-unpaid"
    ),
    "Thử việc thì công ty không phải trả lương.": "probation-unpaid",
    "Lãnh hải của một nước rộng 200 hải lý theo luật quốc tế nhé": "territorial-sea-200-miles",
}


@pytest.mark.parametrize("text", AT_ONCE)
def test_a_lightly_edited_copy_is_answered_at_once(matcher: Matcher, text: str) -> None:
    assert matcher.match(text).sure == AT_ONCE[text]


NEVER_AT_ONCE = {
    "it is denied": "Công ty không được giữ bản gốc căn cước của công nhân.",
    "it is what is so": "Tăng ca ngày nghỉ hằng tuần phải được trả ít nhất 200%.",
    "another amount": "Lãnh hải của một nước rộng 12 hải lý theo luật quốc tế.",
    "another holiday": "Giỗ Tổ Hùng Vương công nhân được nghỉ một ngày hưởng lương theo luật.",
    "another country": "Thái Lan là một trong các nước sáng lập ASEAN.",
    "another benefit": "Từ 1/7/2025 không ai được rút bảo hiểm thất nghiệp một lần nữa.",
    "another number in a row": "Giải thưởng thông tin đối ngoại lần thứ XII vẫn đang nhận bài.",
    "a warning": "Tin công đoàn tặng tiền qua đường link là lừa đảo, đừng bấm vào.",
    "an opinion": "Thử việc mà không có lương thì bất công quá, theo tôi nên trả đủ.",
}


@pytest.mark.parametrize("why", NEVER_AT_ONCE)
def test_what_contradicts_a_claim_is_not_answered_at_once(matcher: Matcher, why: str) -> None:
    assert matcher.match(NEVER_AT_ONCE[why]).sure is None


NOTHING = (
    "",
    " \n\t",
    "?!…",
    "😀😀😀",
    "lương",
    "alo",
    "Sáng mai cúp nước cả khu trọ, bà con trữ nước nha.",
    "Anyone know a good dentist near the industrial park?",
    "내일 공장 버스는 몇 시에 출발해요?",
    "\ud800",
)


@pytest.mark.parametrize("text", NOTHING, ids=ascii)
def test_a_text_that_says_nothing_of_a_claim_finds_nothing(matcher: Matcher, text: str) -> None:
    assert matcher.match(text) == Match(None, ())


def test_no_checks_answer_nothing() -> None:
    assert Matcher([]).match("thử việc không lương") == Match(None, ())


def test_at_most_three_are_shown_and_the_best_comes_first(matcher: Matcher) -> None:
    found = matcher.match("nghỉ việc rút bảo hiểm xã hội một lần được không mọi người").possible
    assert 1 <= len(found) <= 3
    scores = [hit.score for hit in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


OTHER_SCRIPTS = (
    ("ja", "試用期間中は会社が給料を払わなくてもよい。", "試用期間は給料なしって本当ですか"),
    ("zh-Hans", "试用期公司可以不发工资。", "听说试用期不发工资，是真的吗？"),
    ("ko", "수습 기간에는 회사가 월급을 주지 않아도 된다.",
     "수습 기간에는 월급 안 줘도 된다던데 맞나요?"),
    ("th", "ช่วงทดลองงานบริษัทไม่ต้องจ่ายค่าจ้าง", "เขาบอกว่าช่วงทดลองงานไม่ต้องจ่ายค่าจ้าง จริงไหม"),
    ("km", "ពេលសាកល្បងការងារ ក្រុមហ៊ុនមិនចាំបាច់បើកប្រាក់ខែ",
     "ពេលសាកល្បងការងារ មិនបើកប្រាក់ខែ មែនទេ"),
    ("id", "Selama masa percobaan perusahaan tidak perlu membayar upah.",
     "katanya masa percobaan tidak dibayar upah oleh perusahaan, benar?"),
)  # fmt: skip


@pytest.mark.parametrize(("language", "claim", "text"), OTHER_SCRIPTS)
def test_a_claim_in_its_own_script_is_found(language: str, claim: str, text: str) -> None:
    others = [wording for wording in published() if wording.check != "probation-unpaid"]
    matcher = Matcher([*others, Wording("made", language, claim)])
    assert first(matcher.match(text)) == "made"


def test_a_claim_is_found_amid_greetings_and_other_news(matcher: Matcher) -> None:
    text = (
        "Chúc cả nhà một ngày tốt lành ạ 🌸 Hôm nay trời mưa to, ai đi làm nhớ mang áo mưa nhé.\n"
        "Em mới nghe chị tổ trưởng nói là từ 1/7/2025 không ai được rút bảo hiểm xã hội một lần "
        "nữa. Có đúng vậy không mọi người?\nÀ tối nay có ai đi chợ cho em đi nhờ xe với."
    )
    assert first(matcher.match(text)) == "lump-sum-abolished"


def test_twenty_texts_in_one_still_find_checks(matcher: Matcher) -> None:
    claims = [label for label in labels() if label.match][:20]
    found = matcher.match("\n".join(label.text for label in claims))
    assert {hit.check for hit in found.possible} <= {label.match for label in claims}
    assert found.possible


HOSTILE = {
    "one letter": "a" * 4000,
    "spaces": "a " * 2000,
    "points": "a." * 2000,
    "strokes": "1/" * 2000,
    "digits": "9" * 4000,
    "negations": "không " * 800,
    "half a phrase": "bảo hiểm xã " * 400,
    "scripts by turns": "a試b験" * 1000,
    "marks alone": "\u0301" * 4000,
    "noise": "".join(chr(33 + (i * i * 7919) % 7000) for i in range(4000)),
    "a million letters": "lương " * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_read_in_little_time(matcher: Matcher, name: str) -> None:
    began = time.process_time()
    matcher.match(HOSTILE[name])
    assert time.process_time() - began < 1.5  # 0.1 s on a quiet machine; a blow-up takes minutes
