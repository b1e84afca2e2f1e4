"""The poster: read back from its PDF, its QR codes scanned, its every glyph looked for."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from typing import Any

import pypdfium2
import pytest
import regex
import segno
import uharfbuzz  # type: ignore[import-untyped]
from babel.messages.pofile import read_po
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from PIL import Image, ImageChops

from bot import printing
from bot.fonts import FACES, FOLDER, NEVER_FIRST, NEVER_LAST, Pen
from bot.poster import Door, Poster, PosterError, Section, draw_poster
from bot.printing import print_poster
from tests.conftest import ROOT

PICTURES = ROOT / "var" / "posters"
INCH = 25.4
POINT = INCH / 72
DPI = 200  # of what is looked at
MARGIN = 14.0
WIDTH = 180.0

SECTIONS = {
    "vi": Section(
        "vi",
        "Thông tin có nguồn về quyền lợi khi làm việc, bằng ngôn ngữ của bạn",
        (
            "Cầu Nối là dịch vụ tự động của công đoàn. Mỗi thông tin đều ghi rõ nguồn: tiền lương, "
            "bảo hiểm, giờ làm, an toàn lao động.",
            "Dùng miễn phí. Bạn có thể dừng bất cứ lúc nào, chỉ cần nhắn một chữ: dừng.",
        ),
        "Trên Zalo, hãy nhắn mã này:",
    ),
    "en": Section(
        "en",
        "Sourced information on your rights at work, in your language",
        (
            "Cầu Nối is an automatic service of the trade union. Each piece of information names "
            "its source: wages, insurance, working hours, safety at work.",
            "It is free. You can leave at any time with one word: stop.",
        ),
        "On Zalo, send this code:",
    ),
    "km": Section(
        "km",
        "ព័ត៌មានមានប្រភពច្បាស់លាស់ អំពីសិទ្ធិនៅកន្លែងធ្វើការ ជាភាសារបស់អ្នក",
        (
            "Cầu Nối ជាសេវាស្វ័យប្រវត្តិរបស់សហជីព។ ព័ត៌មាននីមួយៗបញ្ជាក់ប្រភព៖ ប្រាក់ឈ្នួល "
            "ការធានារ៉ាប់រង ម៉ោងធ្វើការ សុវត្ថិភាពការងារ។",
            "សេវានេះឥតគិតថ្លៃ។ អ្នកអាចឈប់ទទួលសារបានគ្រប់ពេល ដោយសរសេរពាក្យមួយ៖ ឈប់",
        ),
        "នៅលើ Zalo សូមផ្ញើលេខកូដនេះ៖",
    ),
    "th": Section(
        "th",
        "ข้อมูลที่มีแหล่งอ้างอิง เรื่องสิทธิในที่ทำงาน เป็นภาษาของคุณ",
        (
            "Cầu Nối เป็นบริการอัตโนมัติของสหภาพแรงงาน ข้อมูลทุกเรื่องระบุแหล่งที่มา ได้แก่ ค่าจ้าง "
            "ประกันสังคม ชั่วโมงทำงาน ความปลอดภัยในการทำงาน",
            "ใช้ได้โดยไม่เสียค่าใช้จ่าย คุณเลิกรับได้ทุกเมื่อด้วยคำเดียว: หยุด",
        ),
        "ใน Zalo ให้ส่งรหัสนี้:",
    ),
    "zh-Hans": Section(
        "zh-Hans",
        "用您的语言，了解注明来源的工作权益信息",
        (
            "Cầu Nối 是工会的自动服务。每条信息都注明来源：工资、保险、工作时间、劳动安全。",
            "免费使用。您随时可以退出，只需发送一个词：“退订”。",
        ),
        "在 Zalo 上请发送此代码：",
    ),
    "zh-Hant": Section(
        "zh-Hant",
        "用您的語言，了解有來源可查的工作權益資訊",
        (
            "Cầu Nối 是工會的自動服務。每則資訊都註明來源：工資、保險、工作時間、職業安全。",
            "免費使用。您隨時可以停止接收，只要輸入「停止」兩個字。",
        ),
        "在 Zalo 上請傳送此代碼：",
    ),
    "ja": Section(
        "ja",
        "職場での権利について、出典のある情報をあなたの言語で",
        (
            "Cầu Nối は労働組合の自動サービスです。賃金、保険、労働時間、安全について、どの情報にも"
            "出典を示します。",
            "無料です。一言「停止」と送れば、いつでもやめられます。",
        ),
        "Zalo では、このコードを送ってください：",
    ),
    "ko": Section(
        "ko",
        "일터에서의 권리에 관한 출처 있는 정보를 자신의 언어로",
        (
            "Cầu Nối는 노동조합의 자동 서비스입니다. 임금, 보험, 근로시간, 산업안전에 관한 모든 "
            "정보에 출처를 밝힙니다.",
            "무료입니다. 언제든지 한 단어만 보내면 그만 받을 수 있습니다: 중지.",
        ),
        "Zalo에서는 이 코드를 보내 주십시오:",
    ),
    "id": Section(
        "id",
        "Informasi yang jelas sumbernya tentang hak di tempat kerja, dalam bahasa Anda",
        (
            "Cầu Nối adalah layanan otomatis serikat pekerja. Setiap informasi menyebutkan "
            "sumbernya: upah, asuransi, jam kerja, keselamatan kerja.",
            "Gratis. Anda bisa berhenti kapan saja dengan satu kata: berhenti.",
        ),
        "Di Zalo, kirim kode ini:",
    ),
}
DOORS = (
    Door("Zalo", "https://zalo.me/1234567890123456789", "u_KCN-01"),
    Door("Telegram", "https://t.me/caunoi_bot?start=u_KCN-01"),
    Door("Web", "https://caunoi.example.vn/?start=u_KCN-01"),
)
POSTER = Poster(
    sender="Liên đoàn Lao động tỉnh Bình Dương",
    unit="Công đoàn cơ sở Công ty TNHH May mặc Phương Đông",
    sections=(SECTIONS["vi"], SECTIONS["km"], SECTIONS["zh-Hans"]),
    doors=DOORS,
    note="Dịch vụ tự động. Không thay cho tư vấn cá nhân. Dữ liệu xóa khi bạn yêu cầu.",
)


def _page(pdf: bytes) -> Any:
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    return document[0]


def _text(pdf: bytes) -> str:
    """All words of the page, without white space: where lines break does not matter."""
    return _squeezed(_page(pdf).get_textpage().get_text_bounded())


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).replace("\u200b", "").split())


def _picture(pdf: bytes, name: str = "") -> Image.Image:
    picture: Image.Image = _page(pdf).render(scale=DPI / 72).to_pil().convert("L")
    if name:
        PICTURES.mkdir(parents=True, exist_ok=True)
        picture.save(PICTURES / f"{name}.png")
    return picture


def _ink(picture: Image.Image) -> tuple[float, float, float, float]:
    """Left, top, right and bottom edge of all that is printed, in millimetres."""
    box = ImageChops.invert(picture).point(lambda light: 255 * (light > 40)).getbbox()
    assert box is not None
    left, top, right, bottom = (edge * INCH / DPI for edge in box)
    return left, top, right, bottom


def _words(poster: Poster) -> Iterator[str]:
    yield from (poster.sender, poster.unit, poster.note)
    for section in poster.sections:
        yield from (section.title, *section.body, section.typing)
    yield from chain.from_iterable((door.label, door.hint) for door in poster.doors)


def _in(*languages: str) -> Poster:
    return replace(POSTER, sections=tuple(SECTIONS[language] for language in languages))


@pytest.mark.parametrize("language", [each for each in SECTIONS if each != "vi"])
def test_each_language_stands_on_one_page_within_the_margins(language: str) -> None:
    poster = _in("vi", language)
    pdf = draw_poster(poster)
    assert len(pdf) < 400_000
    for words in _words(poster):
        assert _squeezed(words) in _text(pdf)
    left, top, right, bottom = _ink(_picture(pdf, language))
    assert left >= MARGIN
    assert top >= MARGIN - 1
    assert right <= 210 - MARGIN
    assert bottom <= 297 - MARGIN + 1


@pytest.mark.parametrize(
    "others", [("km", "zh-Hans"), ("th", "ja"), ("ko", "zh-Hant"), ("en", "id")]
)
def test_three_languages_fit(others: tuple[str, str]) -> None:
    poster = _in("vi", *others)
    pdf = draw_poster(poster)
    _picture(pdf, "-".join(others))
    assert all(_squeezed(words) in _text(pdf) for words in _words(poster))


@pytest.mark.parametrize("language", SECTIONS)
def test_no_letter_is_an_empty_box_or_a_mark_without_its_letter(language: str) -> None:
    section, pen = SECTIONS[language], Pen("")
    for text in (section.title, *section.body, section.typing):
        for bold in (False, True):
            for file, run in pen._runs(text, language, bold=bold):
                glyphs = {glyph for glyph, _ in _shaped(file, run)}
                assert 0 not in glyphs
                assert _dotted_circle(file) not in glyphs
    pen.close()


def _shaped(file: str, text: str) -> list[tuple[int, int]]:
    """The glyphs that HarfBuzz sets, and how far each moves on."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(_font(file), buffer)
    placed = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    return [(info.codepoint, position.x_advance) for info, position in placed]


def _dotted_circle(file: str) -> int | None:
    """The glyph that HarfBuzz puts below a mark that has no letter."""
    glyph: int | None = _font(file).get_nominal_glyph(0x25CC)
    return glyph


def _font(file: str) -> Any:
    path = next(path for path in FOLDER.iterdir() if path.name.lower() == file)
    return uharfbuzz.Font(uharfbuzz.Face(path.read_bytes()))


@pytest.mark.parametrize(("language", "word"), [("km", "ស្ត្រី"), ("th", "ที่นี่"), ("vi", "Ẫ")])
def test_marks_stand_above_and_below_their_letter(language: str, word: str) -> None:
    """Set side by side they would take more room than HarfBuzz gives them."""
    pen = Pen("")
    [line] = pen.lines(word, language, 100, 100)
    pen.put(line, 40, 40)
    [(file, _)] = pen._runs(word, language, bold=False)
    room = sum(advance for _, advance in _shaped(file, word)) / 1000 * 100 * POINT
    assert pen.width(line) == pytest.approx(room)
    left, top, right, bottom = _ink(_picture(pen.finish()))
    assert 40 - 1 < left < right < 40 + room + 1
    assert 40 < top < bottom < 40 + line.height
    pen.close()


@pytest.mark.parametrize("doors", [DOORS, DOORS[:2], DOORS[1:2]], ids=len)
def test_the_codes_lead_where_they_should(doors: tuple[Door, ...]) -> None:
    pdf = draw_poster(replace(POSTER, doors=doors))
    picture, codes = _picture(pdf, f"doors-{len(doors)}"), _codes(pdf, len(doors))
    for door, (left, top, right, bottom) in zip(doors, codes, strict=True):
        expected = segno.make_qr(door.url, error="m").matrix
        module = (right - left) / len(expected)
        assert right - left >= 45
        assert bottom - top == pytest.approx(right - left, abs=0.1)
        for row in range(-4, len(expected) + 4):
            for column in range(-4, len(expected) + 4):
                inside = 0 <= row < len(expected) and 0 <= column < len(expected)
                is_dark = inside and expected[row][column] == 1
                x, y = left + (column + 0.5) * module, top + (row + 0.5) * module
                light = picture.getpixel((round(x * DPI / INCH), round(y * DPI / INCH)))
                assert (light == 0) if is_dark else (light == 255), (row, column)


def _codes(pdf: bytes, count: int) -> list[tuple[float, float, float, float]]:
    """Where each QR code is, found by its squares: what is small and filled is nothing else."""
    page = _page(pdf)
    height = page.get_height()
    columns: list[list[tuple[float, float, float, float]]] = [[] for _ in range(count)]
    for item in page.get_objects(filter=[2]):
        left, bottom, right, top = item.get_bounds()
        if top - bottom < 10 and right - left < 80:
            column = int((left * POINT - 15) / (WIDTH / count))
            columns[column].append((left, height - top, right, height - bottom))
    return [_around(boxes) for boxes in columns]


def _around(
    boxes: Sequence[tuple[float, float, float, float]],
) -> tuple[float, float, float, float]:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (
        min(lefts) * POINT,
        min(tops) * POINT,
        max(rights) * POINT,
        max(bottoms) * POINT,
    )


def test_a_long_name_of_a_unit_and_a_long_code_fit() -> None:
    name = "Công đoàn cơ sở Công ty Trách nhiệm hữu hạn Một thành viên Sản xuất Thương mại Dịch vụ"
    unit = " ".join([name] * 4)[:300]
    code = "u_" + "CDCS-KCN-TAN-THUAN.XUONG_3-2026x"
    poster = replace(POSTER, unit=unit, doors=(replace(DOORS[0], hint=code), *DOORS[1:]))
    pdf = draw_poster(poster)
    assert _squeezed(unit) in _text(pdf)
    assert code in _text(pdf)
    left, _, right, _ = _ink(_picture(pdf, "long"))
    assert MARGIN <= left < right <= 210 - MARGIN


def test_much_text_is_set_smaller_but_never_too_small_to_read() -> None:
    sections = tuple(replace(each, body=each.body + each.body[:1]) for each in POSTER.sections)
    pdf = draw_poster(replace(POSTER, sections=sections))
    _picture(pdf, "much")
    sizes = {round(item.get_font_size(), 1) for item in _page(pdf).get_objects(filter=[1])}
    assert min(sizes - {min(sizes)}) >= 11  # the least is the note's
    assert max(sizes) >= 24


def test_different_codes_say_whose_they_are_and_a_federation_is_named_once() -> None:
    doors = (DOORS[0], replace(DOORS[1], hint="u_KCN-02"))
    sections = (replace(SECTIONS["vi"], typing=""),)
    pdf = draw_poster(replace(POSTER, unit=POSTER.sender, doors=doors, sections=sections, note=""))
    _picture(pdf, "two-codes")
    assert _text(pdf).count("Zalo") == _text(pdf).count("Telegram") == 2
    assert _text(pdf).count(_squeezed(POSTER.sender)) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"sections": (replace(SECTIONS["vi"], body=SECTIONS["vi"].body * 9),)},
            "too long for one",
        ),
        ({"doors": (replace(DOORS[0], hint="u_" + "x" * 60),)}, "typed off a wall: u_xxx"),
        ({"doors": (Door("Web", "https://example.vn/" + "x" * 300),)}, "read from afar: https://e"),
        ({"doors": (Door("Web", "https://example.vn/" + "x" * 5000),)}, "read from afar"),
        ({"doors": ()}, "one to three doors"),
        ({"sections": ()}, "one to three languages"),
        ({"note": "Chào 😀"}, r"U\+1F600 \(GRINNING FACE\)"),
        ({"unit": "Công ty \ue000"}, r"U\+E000 \(no name\)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_drawn_is_said(change: dict[str, Any], message: str) -> None:
    with pytest.raises(PosterError, match=message):
        draw_poster(replace(POSTER, **change))


@pytest.mark.parametrize(
    "name", ["株式会社 東京ベトナム", "鑫烨电子（越南）有限公司", "주식회사 한국전자 (주)"]
)
def test_a_company_keeps_the_name_that_it_has_at_home(name: str) -> None:
    poster = replace(POSTER, unit=f"Công đoàn cơ sở {name}")
    assert _squeezed(poster.unit) in _text(draw_poster(poster))


def test_decomposed_letters_and_signs_for_programs_change_nothing() -> None:
    written = replace(POSTER, sender=unicodedata.normalize("NFD", POSTER.sender) + "\ufeff \n")
    assert draw_poster(written) == draw_poster(POSTER)


def test_the_file_tells_its_title_and_language_and_nothing_about_who_made_it() -> None:
    pdf = draw_poster(POSTER)
    about = pypdfium2.PdfDocument(pdf).get_metadata_dict(skip_empty=True)
    assert about.pop("CreationDate").startswith("D:20260101")
    assert about == {"Title": SECTIONS["vi"].title}
    assert b"/Lang (vi)" in pdf


async def test_the_helper_process_draws_the_very_same() -> None:
    assert await print_poster(POSTER) == draw_poster(POSTER)
    with pytest.raises(PosterError, match=r"^no font has the character U\+1F600"):
        await print_poster(replace(POSTER, note="😀"))


async def test_a_helper_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "TIMEOUT", 0.01)
    with pytest.raises(PosterError, match="not made within"):
        await print_poster(POSTER)
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_an_idle_bot_does_not_carry_the_libraries() -> None:
    heavy = {"fpdf", "uharfbuzz", "segno", "PIL", "fontTools", "openpyxl"}
    code = f"import sys, bot.poster, bot.sheets; print(sorted({heavy} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    assert said.stdout.decode().strip() == "[]"


@pytest.mark.parametrize("language", SECTIONS)
@pytest.mark.parametrize("width", [12, 40, 75])
def test_lines_break_where_they_may(language: str, width: float) -> None:
    pen = Pen("")
    for text in SECTIONS[language].body:
        lines = pen.lines(text, language, 14, width)
        assert _squeezed("".join(line.text for line in lines)) == _squeezed(text)
        assert all(pen.width(line) <= width for line in lines if len(line.text) > 5)
        for before, after in pairwise(lines):
            joined = regex.findall(r"\X", before.text + after.text)
            assert regex.findall(r"\X", before.text)[-1] in joined  # no grapheme is cut
            assert before.text[-1] not in NEVER_LAST
            assert after.text[0] not in NEVER_FIRST
    pen.close()


@pytest.mark.parametrize(
    ("language", "text", "lines"),
    [
        (
            "vi",
            "Cầu Nối không bao giờ gửi quá nhiều tin",
            "Cầu Nối không|bao giờ gửi|quá nhiều tin",
        ),
        (
            "km",
            "សេវា\u200bនេះ\u200bឥត\u200bគិត\u200bថ្លៃ\u200bសម្រាប់\u200bអ្នក",
            "សេវានេះឥតគិតថ្លៃ|សម្រាប់អ្នក",
        ),
        ("th", "ใช้ได้โดย\u200bไม่เสีย\u200bค่าใช้จ่าย", "ใช้ได้โดยไม่เสีย|ค่าใช้จ่าย"),
        ("zh-Hans", "每条信息都注明、来源工资", "每条信息都注|明、来源工资"),
        ("zh-Hans", "每条信息都注（来源）", "每条信息都注|（来源）"),
        ("ja", "職場の情報に出典を示す", "職場の情報に|出典を示す"),
        ("ko", "언제든지 한 단어만 보내면", "언제든지 한|단어만 보내면"),
    ],
)
def test_a_line_ends_between_words(language: str, text: str, lines: str) -> None:
    pen = Pen("")
    assert "|".join(line.text for line in pen.lines(text, language, 14, 36)) == lines
    pen.close()


@pytest.mark.parametrize("language", [each for each in SECTIONS if each not in {"vi", "en", "id"}])
def test_every_letter_of_a_translation_is_in_the_font_of_its_language(language: str) -> None:
    path = ROOT / "locales" / language.replace("-", "_") / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        said = "".join(str(message.string) for message in read_po(file) if message.id)
    letters = {letter for letter in said if unicodedata.category(letter)[0] in "LM"}
    missing = letters - _covered("latin") - _covered(language)
    assert not missing, f"run `python locales/fonts.py FOLDER_WITH_NOTO` for {sorted(missing)}"


def _covered(face: str) -> set[str]:
    with TTFont(FOLDER / FACES[face].format("Regular")) as font:
        return {chr(code) for code in font.getBestCmap()}
