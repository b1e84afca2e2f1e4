"""Certificates: any name of the nine languages, nothing outside the frame, no empty boxes."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import regex
import segno
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot import printing
from bot.certificate import (
    PICTURE_WIDTH,
    Certificate,
    CertificateError,
    Undrawable,
    draw_certificate,
    find_logo,
)
from bot.certificate_page import words_of
from bot.fonts import FACES, FOLDER, Pen
from bot.holder import NAME_AT_MOST, tidy_name, undrawable
from bot.printing import print_certificate
from tests.conftest import LANGUAGES, ROOT

PICTURES = ROOT / "var" / "certificates"
MM = 25.4
DPI = 150
DAY = date(2026, 5, 20)
# A name, and a contest's title, round and result, in each language.
FACTS = {
    "vi": (
        "Nguyễn Thị Hồng Ngọc",
        "Tìm hiểu thông tin đối ngoại và chủ quyền biển đảo Việt Nam năm 2026",
        "Tuần 3",
        "19 trên 21 câu đúng, hạng 12",
    ),
    "en": (
        "Maria Clara Fernández-O’Neill",
        "External information and Viet Nam’s seas and islands 2026",
        "Week 3",
        "19 of 21 answers right, place 12",
    ),
    "zh-Hans": (
        "陈镕玥",
        "2026年越南对外信息与海洋岛屿主权知识竞赛",
        "第三周",
        "答对21题中的19题，第12名",
    ),
    "zh-Hant": (
        "陳怡君喆",
        "2026年越南對外資訊與海洋島嶼主權知識競賽",
        "第三週",
        "21題答對19題，第12名",
    ),
    "ja": (
        "髙橋 﨑子たろう",
        "2026年 ベトナム対外情報と海洋・島嶼の知識コンテスト",
        "第3週",
        "21問中19問正解、12位",
    ),
    "ko": (
        "김햏뷁 선우",
        "2026년 베트남 대외정보와 바다·섬 주권 알아보기 대회",
        "3주차",
        "21문제 중 19문제 정답, 12위",
    ),
    "km": (
        "សុខ ចន្ទ្រា ស្រីម៉ៅ",
        "ការប្រឡង\u200bស្វែងយល់\u200bអំពី\u200bព័ត៌មាន\u200bបរទេស "
        "និង\u200bអធិបតេយ្យភាព\u200bសមុទ្រ\u200bកោះ\u200bរបស់\u200bវៀតណាម",
        "សប្ដាហ៍\u200bទី ៣",
        "ឆ្លើយ\u200bត្រូវ ១៩ ក្នុង\u200bចំណោម ២១ សំណួរ",
    ),
    "th": (
        "กิตติศักดิ์ ศรีสุวรรณ์ปิ่นทอง",
        "การแข่งขันความรู้เรื่องข้อมูลต่างประเทศและอธิปไตยทางทะเลของเวียดนาม 2026",
        "สัปดาห์ที่ 3",
        "ตอบถูก 19 จาก 21 ข้อ อันดับที่ 12",
    ),
    "id": (
        "Siti Nurhaliza binti Ahmad",
        "Lomba pengetahuan informasi luar negeri serta laut dan kepulauan Vietnam 2026",
        "Minggu ke-3",
        "19 dari 21 jawaban benar, peringkat 12",
    ),
}
CODE = "k7dm-2x9q-w3ht-p6bz"


def _certificate(language: str = "vi", **changes: Any) -> Certificate:
    name, contest, part, result = FACTS[language]
    one = Certificate(
        holder=name,
        contest_title=contest,
        round_title=part,
        result_text=result,
        issued_on=DAY,
        issuer="Liên đoàn Lao động tỉnh Tây Ninh",
        code=CODE,
        verify_url=f"https://caunoi.example.vn/certificates/{CODE}",
        language=language,
        words=words_of(LANGUAGES.voice(language), DAY),
    )
    return replace(one, **changes)


def _page(pdf: bytes) -> Any:
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    return document[0]


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).replace("\u200b", "").split())


def _text(pdf: bytes) -> str:
    return _squeezed(_page(pdf).get_textpage().get_text_bounded())


def _picture(pdf: bytes) -> Image.Image:
    picture: Image.Image = _page(pdf).render(scale=DPI / 72).to_pil().convert("L")
    return picture


def _ink_beside_the_frame(pdf: bytes) -> tuple[float, ...]:
    """How near anything comes to the inside of the frame: left, top, right, bottom, in mm."""
    edge = round(12.5 * DPI / MM)
    picture = _picture(pdf)
    inside = picture.crop((edge, edge, picture.width - edge, picture.height - edge))
    box = ImageChops.invert(inside).point(lambda light: 255 * (light > 40)).getbbox()
    assert box is not None
    free = (box[0], box[1], inside.width - box[2], inside.height - box[3])
    return tuple(each * MM / DPI for each in free)


@pytest.mark.parametrize("language", FACTS)
def test_each_language_is_drawn_whole_within_the_frame(language: str) -> None:
    one = _certificate(language)
    pdf = draw_certificate(one)
    said = _text(pdf)
    for words in (one.holder, one.contest_title, one.round_title, one.result_text, one.issuer):
        assert _squeezed(words) in said
    for words in (one.words.heading, one.words.given_to, one.words.check, one.code):
        assert _squeezed(words) in said
    assert f"/Lang ({language})".encode() in pdf
    assert min(_ink_beside_the_frame(pdf)) > 5
    page = _page(pdf)
    assert (round(page.get_width()), round(page.get_height())) == (842, 595)
    PICTURES.mkdir(parents=True, exist_ok=True)
    drawn = draw_certificate(one, "png")
    (PICTURES / f"{language}.png").write_bytes(drawn)
    assert len(drawn) < 200_000
    with Image.open(BytesIO(drawn)) as picture:
        assert picture.width == PICTURE_WIDTH


def test_the_code_leads_to_the_page_that_checks_it() -> None:
    one = _certificate()
    picture = _picture(draw_certificate(one))
    expected = segno.make_qr(one.verify_url, error="m").matrix
    side, left, top = 32.0, 269.0 - 32.0, 155.0
    for down, row in enumerate(expected):
        for across, is_dark in enumerate(row):
            x, y = left + (across + 0.5) * side / len(row), top + (down + 0.5) * side / len(row)
            light = picture.getpixel((round(x * DPI / MM), round(y * DPI / MM)))
            assert isinstance(light, int)
            assert (light < 100) == bool(is_dark)


@pytest.mark.parametrize(
    "name",
    [
        "Công Tằng Tôn Nữ Thị Hồng Nguyễn Hoàng Phương Trâm Anh Bảo Châu Ngọc Diệp Thùy",
        "W" * NAME_AT_MOST,
        "陈" * NAME_AT_MOST,
        "ស្រ្តី" * 30,
        "ที่" * 60,
        "សុខ Nguyễn 陳 たろう กิตติ์ 김",
    ],
)
def test_a_long_or_mixed_name_becomes_smaller_and_stays_whole(name: str) -> None:
    pdf = draw_certificate(_certificate(holder=name))
    assert _squeezed(name) in _text(pdf)
    assert min(_ink_beside_the_frame(pdf)) > 5


def test_a_name_too_long_or_none_is_refused() -> None:
    for name, said in (("n" * 81, "too long"), ("😀 <b></b>", "no name"), ("", "no name")):
        with pytest.raises(CertificateError, match=said):
            draw_certificate(_certificate(holder=name))
    with pytest.raises(CertificateError, match="too long for one page"):
        draw_certificate(_certificate(contest_title="Cuộc thi tìm hiểu biển đảo " * 200))
    with pytest.raises(CertificateError, match="too long for a QR code"):
        draw_certificate(_certificate(verify_url="https://example.vn/" + "x" * 400))


async def test_what_no_font_has_is_named_and_not_drawn_as_a_box() -> None:
    for name in ("ສົມພອນ Somphone", "အောင်ဆန်း"):  # Lao, Burmese
        with pytest.raises(Undrawable) as caught:
            draw_certificate(_certificate(holder=name))
        assert set(caught.value.characters) == set(name) - set(" Somphone")
        with pytest.raises(Undrawable) as again:
            await print_certificate(_certificate(holder=name))
        assert again.value.characters == caught.value.characters
    with pytest.raises(Undrawable, match=r"U\+10A0 GEORGIAN CAPITAL LETTER AN"):
        draw_certificate(_certificate(round_title="Tuần Ⴀ"))


def test_what_can_be_drawn_is_known_without_opening_the_fonts() -> None:
    """Each letter that may stand in a name; of the many of one kind every 31st."""
    known: set[int] = set()
    for file in FACES.values():
        known |= set(TTFont(FOLDER / file.format("Regular")).getBestCmap())
    codes = [*range(0x3400), *range(0x3400, 0xA000, 31), *range(0x9F00, 0xAC00)]
    codes += [*range(0xAC00, 0xD7A4, 31), *range(0xD7A4, 0xD800), *range(0xF900, 0x10000)]
    for letter in map(chr, [*codes, *range(0x10000, 0x32000, 31)]):
        if name := tidy_name(f"A{letter}A")[1:-1]:
            assert (undrawable(f"A {name} A") == ()) == all(ord(one) in known for one in name), name


@pytest.fixture(scope="module")
def pen() -> Iterator[Pen]:
    opened = Pen("")
    yield opened
    opened.close()


@settings(max_examples=200, deadline=None)
@given(
    typed=st.text(alphabet="aÂ\u0301\u0323กั่ិកា្រុំ陈たがカ\u3099김ㄱ '’.-()（・\u200b1", max_size=12)
)
def test_what_is_said_to_be_drawn_is_drawn(pen: Pen, typed: str) -> None:
    name = tidy_name(typed)
    if undrawable(name) == ():
        assert pen.missing(name) == ()


async def test_the_helper_process_draws_the_very_same() -> None:
    one = _certificate("km", logo=ROOT / "content" / "media" / "union.png")
    assert await print_certificate(one) == draw_certificate(one)
    assert await print_certificate(one, "png") == draw_certificate(one, "png")
    with pytest.raises(CertificateError, match=r"^there is no name$"):
        await print_certificate(replace(one, holder=""))


async def test_a_helper_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "TIMEOUT", 0.01)
    with pytest.raises(CertificateError, match="not made within"):
        await print_certificate(_certificate())


def test_a_sign_of_the_issuer_is_drawn_only_if_there_is_one(tmp_path: Path) -> None:
    assert find_logo(tmp_path) is None
    (tmp_path / "media").mkdir()
    logo = tmp_path / "media" / "logo.png"
    Image.new("RGB", (300, 300), (180, 0, 0)).save(logo)
    assert find_logo(tmp_path) == logo
    with Image.open(BytesIO(draw_certificate(_certificate(logo=logo), "png"))) as picture:
        red = [pixel for _, pixel in picture.convert("RGB").getcolors(1 << 20) or ()]
        assert any(r > 150 and g < 60 for r, g, _ in red)  # type: ignore[misc]
    logo.write_text("no picture")
    with pytest.raises(CertificateError, match=r"logo\.png is no picture"):
        draw_certificate(_certificate(logo=logo))


def test_an_idle_bot_does_not_carry_the_libraries() -> None:
    heavy = {"fpdf", "uharfbuzz", "segno", "PIL", "fontTools", "pypdfium2", "docx", "openpyxl"}
    loaded = "bot.certificate, bot.printing, bot.certificate_page, bot.winners, bot.leaderboards"
    code = f"import sys, {loaded}, bot.charts; print(sorted({heavy} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    assert said.stdout.decode().strip() == "[]"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Nguyễn\tVăn \n A ", "Nguyễn Văn A"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Ẫn"), "Nguyễn Thị Ẫn"),
        ("<b onclick=x>Nam</b> &lt;script&gt;", "Nam"),
        ("Nam\u202e nahK\u2066\u200f", "Nam nahK"),
        ("Nam\x00\x1b[31m", "Nam31m"),
        ("👩‍🏭 Hoa 🌸", "Hoa"),
        ("𝐍𝐠𝐮𝐲ễ𝐧 Ｎam", "Nguyễn Nam"),
        ("Z̴̧̢̛̛̛a̵̷l̶g̸o̵", "Z̴̧a̵̷l̶g̸o̵"),
        ("O'Neill–Smith, Jr.", "O'Neill-Smith, Jr."),
        ("\u3164\u115f", ""),
        ("12345", ""),
        ("- .", ""),
        ("ស្រី\u200bម៉ៅ", "ស្រី\u200bម៉ៅ"),
        ("Na\u200bm\u200d", "Nam"),
        ("邊\U000e0102子", "邊子"),
        ("น้ำทิพย์ กิตติ์", "น้ำทิพย์ กิตติ์"),
        ("田中・ジョン", "田中・ジョン"),
        ("김 (金) 선우", "김 (金) 선우"),
    ],
)
def test_a_name_is_made_harmless_and_stays_a_name(typed: str, name: str) -> None:
    assert tidy_name(typed) == unicodedata.normalize("NFC", name)


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_nothing_that_steers_a_program_is_left_of_any_text(typed: str) -> None:
    name = tidy_name(typed)
    assert not regex.search(r"[\p{Cc}\p{Cs}\p{Co}\p{So}<>&\\/\u202a-\u202e\u2066-\u2069]", name)
    assert name == name.strip()
    assert tidy_name(name) == name
