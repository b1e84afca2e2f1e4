"""Pictures that are doubted: known again by their print, read where that is set, kept nowhere."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from bot.app import App
from bot.settings import Settings
from bot.store import schema
from tests.people import Heard, TelegramPerson
from tests.screenshots import page, post

TEXT = "Từ tháng sau khu công nghiệp Sông Hồng thu thêm phí gửi xe của công nhân"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def _file(picture: Image.Image, kind: str = "JPEG", quality: int = 80) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **({"quality": quality} if kind == "JPEG" else {}))
    return file.getvalue()


async def _sends(person: TelegramPerson, content: bytes, caption: str = "") -> Heard:
    return await person._does(person._fake.photo(person.chat, content, caption))


async def _english(person: TelegramPerson) -> None:
    await person.says("/start")
    await person.taps("English")


async def test_a_picture_alone_is_asked_about_and_only_its_print_is_kept(
    bot: App, chatter: TelegramPerson, tmp_path: Path
) -> None:
    await _english(chatter)
    content = _file(post(TEXT))
    await chatter.says("/report")
    assert "1 part is here." in await _sends(chatter, content)
    asked = await chatter.taps("That is all")
    assert "the picture is shown to nobody" in asked
    shown = await chatter.says("Bài nói khu công nghiệp sắp thu thêm phí gửi xe")
    if "report:desk" in shown.buttons.values():
        shown = await chatter.taps_value("report:desk")
    assert "This is what officers will see" in shown
    await chatter.taps("Money")
    ((number, kept),) = await bot.store.claims.open_pictures()
    assert (number, len(kept)) == (1, 512)
    await bot.store._database.scrub()
    for path in tmp_path.glob("test.db*"):
        assert content[200:400] not in path.read_bytes()
    rows = await bot.store._reads.run(lambda c: c.execute(select(schema.picture)).all())
    assert rows == []


async def test_the_very_same_picture_in_other_words_is_the_same_claim(
    bot: App, chatter: TelegramPerson
) -> None:
    await _english(chatter)
    other = TelegramPerson(chatter._fake, chatter._settled, 502)
    await _english(other)
    same, another = _file(post(TEXT)), _file(page("Tuần sau phòng khám đóng cửa, ai biết không"))
    for person, content, said in (
        (chatter, same, "Bài này nói tăng phí gửi xe của công nhân"),
        (other, same, "Ảnh chụp trong nhóm xưởng, mọi người hoang mang lắm"),
        (other, another, "Họ bảo phòng khám không mở nữa"),
    ):
        await person.says("/report")
        await _sends(person, content, said)
        await person.taps_value("report:done")
        await person.taps_value("report:send:money")
    claims = await bot.store.claims.queue(bot._clock(), 9)
    assert [(one.id, one.reports) for one in claims] == [(1, 2), (2, 1)]


async def test_a_caption_says_what_is_doubted(bot: App, chatter: TelegramPerson) -> None:
    await _english(chatter)
    await chatter.says("/report")
    heard = await _sends(chatter, _file(post(TEXT)), "Thử việc thì công ty không phải trả lương.")
    assert "Is that all?" in heard
    assert "What was found: Incorrect." in await chatter.taps("That is all")


def _bomb() -> bytes:
    return _file(Image.new("1", (12_000, 12_000)), "PNG")


FILES = {"svg": SVG, "text": b"no picture", "empty": b"", "bomb": _bomb(),
         "polyglot": b"GIF89a" + SVG}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
async def test_what_is_no_picture_is_told_and_the_report_goes_on(
    bot: App, chatter: TelegramPerson, name: str
) -> None:
    await _english(chatter)
    await chatter.says("/report")
    heard = await _sends(chatter, FILES[name] or b" ")
    assert "It was not kept." in heard or "could not be fetched" in heard
    assert "Is that all?" in heard
    await chatter.says("Khu công nghiệp sắp thu thêm phí gửi xe")
    assert "report:send:money" in (await chatter.taps_value("report:desk")).buttons.values()


async def test_other_files_are_not_taken(bot: App, chatter: TelegramPerson) -> None:
    await _english(chatter)
    await chatter.says("/report")
    update = chatter._fake.text(501, "x")
    update["message"].pop("text", None)
    update["message"].pop("entities", None)
    update["message"]["voice"] = {"file_id": "v", "duration": 3}
    assert "It was not kept." in await chatter._does(update)


class TestReading:
    """Where OCR is set, the words of a screenshot are read, masked, and shown before they go."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        pytest.importorskip("tesserocr")
        return settings.model_copy(update={"ocr": "tesseract"})

    async def test_a_screenshot_of_a_known_claim_is_answered_at_once(
        self, bot: App, chatter: TelegramPerson
    ) -> None:
        await _english(chatter)
        await chatter.says("/report")
        await _sends(chatter, _file(page("Thử việc thì công ty không phải trả lương.")))
        assert "What was found: Incorrect." in await chatter.taps("That is all")

    async def test_names_in_a_screenshot_are_hidden(
        self, bot: App, chatter: TelegramPerson
    ) -> None:
        await _english(chatter)
        await chatter.says("/report")
        said = "Chị Nguyễn Thị Hạnh bảo phí gửi xe tăng, gọi 0912 345 678"
        await _sends(chatter, _file(page(said)))
        shown = await chatter.taps_value("report:desk")
        assert "phí gửi xe" in shown
        for hidden in ("Hạnh", "0912", "678"):
            assert hidden not in shown
