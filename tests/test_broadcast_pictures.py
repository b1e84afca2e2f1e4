"""A picture in a broadcast: sent in the chat or named in a file, described, uploaded once."""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from bot.app import App
from bot.campaigns import SCHEDULED, Campaign, Picture
from bot.intake import clean_picture
from bot.model import Address
from tests.campaigning import MESSAGE, add_members
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_oa import FakeZaloOA
from tests.organisation import appoint, prepare
from tests.people import Heard, Talker, TelegramPerson, Visitor, ZaloBotPerson, ZaloOAPerson
from tests.test_broadcast_talk import _done, _english, _written, hoa, lan
from tests.test_commands import BROADCAST
from tests.test_commands_broadcast import SENT, Line, Printed, line, officers
from tests.test_pictures import BAD, SECRET, photo_with_place, picture

__all__ = ["hoa", "lan", "line", "officers"]
EVERYONE = range(600, 640)


@pytest.fixture
async def drafted(bot: App, lan: TelegramPerson) -> TelegramPerson:
    """Lan has a draft that lacks nothing, and is asked for its picture."""
    await _written(lan)
    assert "Send the picture now" in await lan.taps("Picture")
    return lan


async def _sends(officer: TelegramPerson, content: bytes, caption: str = "") -> Heard:
    return await officer._does(officer._fake.photo(officer.chat, content, caption))


async def test_a_photo_gets_its_description_and_goes_to_everybody_uploaded_once(
    bot: App, drafted: TelegramPerson, hoa: TelegramPerson, telegram: FakeTelegram
) -> None:
    asked = await _sends(drafted, photo_with_place())
    assert "What does the picture show? One line, for who cannot see it" in asked
    # Without the description it does not go out, not even with a button of before.
    assert "What does the picture show?" in await drafted.taps_value("draft:send")
    page = await drafted.says("Cổng nhà máy\nbuổi sáng")
    assert "- Picture: Cổng nhà máy buổi sáng" in page
    preview = await drafted.taps("Preview")
    assert preview.pictures == 1
    await drafted.taps_value("draft:urgent")
    await drafted.taps("Ask for approval")
    assert (await hoa.taps_value("campaign:1")).pictures == 1
    uploads = telegram.uploads
    await hoa.taps_value("campaign:1:approve")
    await _done(bot)
    got = [sent for sent in telegram.sent if sent.chat in EVERYONE]
    assert Counter(sent.chat for sent in got) == Counter(EVERYONE)  # one message: photo and text
    assert all(sent.photo and "Lịch làm việc mới" in sent.text for sent in got)
    assert telegram.uploads == uploads == 1
    (file,) = {sent.photo for sent in got}
    assert file
    counts = await bot.store.campaigns.tally(1)
    assert counts["sent"] == 40


async def test_forty_at_once_upload_once_and_a_long_text_follows_its_photo(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    clean = await clean_picture(picture())
    now = datetime.now(UTC)
    await bot.store.pictures.keep(clean.file, clean.content, now)
    long = replace(MESSAGE.text["vi"], body="Văn phòng mở cửa. " * 90)
    message = replace(MESSAGE, text={"vi": long}, picture=Picture(clean.file, {"vi": "Ảnh"}))
    await bot.store.campaigns.keep(Campaign(0, SCHEDULED, message, "everyone", is_urgent=True), now)
    await _done(bot)
    assert telegram.uploads == 1
    for chat in EVERYONE:
        first, second = telegram.to(chat)
        assert (bool(first.photo), first.text) == (True, "")
        assert second.text.startswith("Lịch làm việc")
    assert (await bot.store.campaigns.tally(1))["sent"] == 40


async def test_a_picture_that_is_gone_leaves_the_text(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    message = replace(MESSAGE, picture=Picture("media/sent/gone.png", {"vi": "Ảnh"}))
    campaign = Campaign(0, SCHEDULED, message, "everyone", is_urgent=True)
    await bot.store.campaigns.keep(campaign, datetime.now(UTC))
    await _done(bot)
    assert [(s.photo, "mở cửa" in s.text) for s in telegram.to(600)] == [("", True)]


async def test_what_was_hidden_in_a_photo_is_nowhere(
    bot: App, drafted: TelegramPerson, tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    await _sends(drafted, photo_with_place(), "Cổng nhà máy")
    (draft,) = await bot.store.campaigns.find("draft")
    assert draft.message.picture is not None
    assert draft.message.picture.alt == {"vi": "Cổng nhà máy"}  # a short caption says it
    async with session.get(f"http://127.0.0.1:{bot.port}/{draft.message.picture.file}") as served:
        content = await served.read()
    assert SECRET not in content
    assert dict(Image.open(io.BytesIO(content)).getexif()) == {}


TOLD = {"not-a-picture": "not a picture that I can open", "too-large": "too large"}


@pytest.mark.parametrize("what", [what for what in BAD if what != "nothing"])
async def test_what_cannot_be_used_is_told_and_still_asked_for(
    bot: App, drafted: TelegramPerson, telegram: FakeTelegram, what: str
) -> None:
    content, kind = BAD[what]
    assert TOLD[kind] in await _sends(drafted, content)
    (draft,) = await bot.store.campaigns.find("draft")
    assert draft.message.picture is None
    if what == "30 MB":
        assert telegram.fetched == []
    update = telegram.document(501, picture())
    assert "What does the picture show?" in await drafted._does(update)


async def test_other_files_are_no_pictures_and_nothing_is_fetched_that_nobody_asked_for(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    assert "I can only read text" in await _sends(lan, picture())
    await _written(lan)
    await lan.taps("Picture")
    document = telegram.document(501, b"x", "application/pdf")
    assert "not a picture that I can open" in await lan._does(document)
    broken = telegram.text(501, "", photo=[{"file_id": "sent-999"}])
    assert "could not be fetched" in await lan._does(broken)
    assert telegram.fetched == []


async def test_a_description_is_one_short_line_and_the_picture_can_be_taken_out(
    bot: App, drafted: TelegramPerson
) -> None:
    await _sends(drafted, picture())
    assert "At most 200 letters." in await drafted.says("x" * 201)
    assert "- Picture: Cổng" in await drafted.says("Cổng")
    await drafted.taps_value("draft:text:en")
    await drafted.says("Office hours\n\nThe office is open.")
    await drafted.taps("Picture")
    assert "What does the picture show?" in await drafted.taps("Describe it: English")
    assert "- Picture: The gate" in await drafted.says("The gate")
    await drafted.taps("Picture")
    assert "Picture:" not in (await drafted.taps("Without a picture")).text


async def test_again_keeps_the_picture_and_a_correction_begins_without(
    bot: App, drafted: TelegramPerson, telegram: FakeTelegram
) -> None:
    telegram.chats.update(range(700, 706))
    await add_members(bot.store, 6, first=700, language="en")
    await _sends(drafted, picture(), "Cổng")
    await drafted.taps("For whom")
    await drafted.says("language:en")
    await drafted.taps("Urgent")
    await drafted.taps("Send")
    await _done(bot)
    member = TelegramPerson(telegram, drafted._settled, 700)
    await member.says("/inbox")
    assert (await member.taps("Lịch làm việc mới")).pictures == 1
    await drafted.taps_value("begin:correct:1")
    page = await drafted.says("Sửa lịch\n\nVăn phòng mở cửa chủ nhật.")
    assert "Picture:" not in page.text
    await drafted.taps("Delete the draft")
    await drafted.says("/broadcast")
    assert "- Picture: Cổng" in await drafted.taps("Again: Lịch làm việc mới")


async def test_what_it_shows_is_told_in_another_language_openly(
    bot: App, visitor: Visitor, session: aiohttp.ClientSession
) -> None:
    from bot.language import load_languages
    from handlers.articles import Reader
    from handlers.delivered import campaign_reply

    message = replace(MESSAGE, picture=Picture("media/sent/x.png", {"vi": "Cổng"}))
    languages = load_languages(bot._settings.locales_dir)
    told = {}
    for tag in ("vi", "en", "km"):
        reader = Reader(bot._services, languages.voice(tag))
        reply = campaign_reply(message, reader, datetime.now(UTC).date())
        assert reply is not None
        told[tag] = reply.media[0].alt
    assert told == {"vi": "Cổng", "en": "Cổng (Tiếng Việt)", "km": "Cổng (Tiếng Việt)"}


# --- the other channels --------------------------------------------------------------------------


async def _draft(person: Talker) -> None:
    await person.says("/broadcast")
    await person.says("Lịch làm việc mới\n\nVăn phòng công đoàn mở cửa sáng thứ bảy.")
    await person.taps_value("draft:topic:union")
    await person.says("Thông báo; Công đoàn cơ sở")
    await person.says("everyone")
    assert "Send the picture now" in await person.taps_value("picture:ask")


async def test_a_picture_is_sent_on_the_web_page(
    bot: App, visitor: Visitor, session: aiohttp.ClientSession
) -> None:
    await prepare(bot)
    await _english(visitor)
    (row,) = [one for one in await _addresses(bot) if one.channel == "web"]
    await appoint(bot, row, "federation-officer", "LD")
    await _draft(visitor)
    for content, answer in ((photo_with_place(), "What does the picture show?"),
                            (picture(kind="GIF"), "not a picture that I can open")):  # fmt: skip
        form = aiohttp.FormData()
        form.add_field("file", io.BytesIO(content), filename="a.jpg")
        async with session.post(f"{visitor.url}/chat", data=form) as response:
            assert answer in json.loads(await response.text())["replies"][0]["body"]
    assert bot._web._sent_along == {}
    await visitor.says("Cổng nhà máy")
    async with session.post(f"{visitor.url}/chat", json={"choice": "draft:preview"}) as response:
        (media,) = json.loads(await response.text())["replies"][0]["media"]
    assert media["alt"] == "Cổng nhà máy"
    async with session.get(visitor.url + media["url"]) as served:
        assert served.content_type == "image/jpeg"


async def _addresses(bot: App) -> list[Address]:
    from sqlalchemy import select

    from bot.store import schema

    table = schema.address.c
    rows = await bot.store._reads.run(
        lambda c: c.execute(select(table.channel, table.address)).all()
    )
    return [Address(row.channel, row.address) for row in rows]


async def test_a_picture_is_sent_on_zalo_and_fetched_from_zalo_alone(
    bot: App, follower: ZaloOAPerson, zalo_oa: FakeZaloOA
) -> None:
    await prepare(bot)
    await _english(follower)
    await appoint(bot, Address("zalo-oa", follower.user), "federation-officer", "LD")
    await _draft(follower)
    elsewhere = zalo_oa.image(follower.user, url="http://127.0.0.1:1/photo/a.jpg")
    assert "could not be fetched" in await follower.does(elsewhere)
    zalo_oa.photos["/photo/a.jpg"] = photo_with_place()
    sent = zalo_oa.image(follower.user, url=f"{zalo_oa.base}/photo/a.jpg")
    assert "What does the picture show?" in await follower.does(sent)
    await follower.says("Cổng nhà máy")
    shown = await follower.taps_value("draft:preview")
    assert shown.pictures == 1
    assert "Cổng nhà máy" in (await follower.says("/broadcast")).text


async def test_a_picture_is_sent_to_zalos_bot(
    bot: App, pilot: ZaloBotPerson, zalo_bot: FakeZaloBot
) -> None:
    await prepare(bot)
    await _english(pilot)
    await appoint(bot, Address("zalo-bot", pilot.user), "federation-officer", "LD")
    await _draft(pilot)
    assert "could not be fetched" in await pilot.does(zalo_bot.image(pilot.user))
    sent = zalo_bot.image(pilot.user, photo=photo_with_place())
    assert "What does the picture show?" in await pilot.does(sent)
    assert "- Picture: Cổng" in await pilot.says("Cổng")


# --- files ---------------------------------------------------------------------------------------

WITH_PICTURE = BROADCAST + "picture: {file: FILE, alt: {vi: Cổng nhà máy}}\n"


def _written_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "message.yaml").write_text(text, encoding="utf-8")


@pytest.mark.usefixtures("officers")
async def test_a_file_names_its_picture(
    bot: App, line: Line, capsys: Printed, tmp_path: Path, telegram: FakeTelegram
) -> None:
    (tmp_path / "gate.jpg").write_bytes(photo_with_place())
    _written_file(tmp_path, WITH_PICTURE.replace("FILE", "gate.jpg"))
    assert await line(*SENT) == 0
    await _done(bot)
    assert telegram.uploads == 1
    got = [sent for sent in telegram.sent if sent.chat >= 600]
    assert len(got) == 30
    assert all(sent.photo for sent in got)


FAULTY = {
    WITH_PICTURE.replace("FILE", "no.png"): "there is no file no.png",
    WITH_PICTURE.replace("FILE", "../secret.png"): "lies outside the folder",
    WITH_PICTURE.replace("FILE", "/etc/hostname"): "lies outside the folder",
    WITH_PICTURE.replace("FILE", "link.png"): "lies outside the folder",
    WITH_PICTURE.replace("FILE", "text.jpg"): "is not a JPEG, PNG or WebP picture",
    WITH_PICTURE.replace("FILE", "large.jpg"): "is too large",
    WITH_PICTURE.replace("FILE", "ok.png").replace("vi: Cổng", "en: Gate"): "no Vietnamese text",
    WITH_PICTURE.replace("FILE", "ok.png").replace("{vi: Cổng nhà máy}", "{}"): "alt",
    BROADCAST + "picture: {file: ok.png}\n": "alt: missing",
}


@pytest.mark.usefixtures("officers")
@pytest.mark.parametrize("text", FAULTY)
async def test_a_file_whose_picture_cannot_be_used_sends_nothing(
    bot: App, line: Line, capsys: Printed, tmp_path: Path, text: str
) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-secret.png"
    outside.write_bytes(picture())
    (tmp_path / "link.png").symlink_to(outside)
    (tmp_path / "ok.png").write_bytes(picture())
    (tmp_path / "text.jpg").write_text("not a picture")
    (tmp_path / "large.jpg").write_bytes(bytes(11 << 20))
    _written_file(tmp_path, text)
    for more in ((), ("--dry-run",)):
        assert await line(*SENT, *more) == 1
        assert FAULTY[text] in capsys.readouterr().err
    assert await bot.store.campaigns.find() == ()
