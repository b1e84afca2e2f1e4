"""A worker's own affairs in the chat: settings, dates, data, a way to a person."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from bot.app import App, make_app
from bot.model import Address, Event
from bot.settings import Settings
from bot.store import own_data, schema
from handlers.reminders import MOST, read_day
from tests.conftest import LANGUAGES, LIBRARY
from tests.people import Talker, TelegramPerson, Visitor


async def _member(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")
    await person.taps("I agree")


# --- settings ------------------------------------------------------------------------------------


async def test_a_member_sees_and_changes_what_comes_and_when(person: Talker) -> None:
    await _member(person)
    shown = await person.says("settings")
    for line in (
        "- Topics: all topics",
        "- How often: One article a day",
        "- Time of day: 18:00",
        "- Quiet hours: 21:30-06:30",
        "- Time zone: Asia/Ho_Chi_Minh",
        "- Marked days on the day: no",
    ):
        assert line in shown
    await person.taps("How often")
    weekly = await person.taps("Up to five, once a week")
    assert "Saved." in weekly
    assert "- Day of the week: Sunday" in weekly
    await person.taps("Day of the week")
    assert "- Day of the week: Wednesday" in await person.taps("Wednesday")
    await person.taps("Time of day")
    assert "- Time of day: 19:05" in await person.says("19:05")
    await person.taps("Time zone")
    assert "- Time zone: Asia/Seoul" in await person.taps("Seoul")
    assert "- Marked days on the day: yes" in await person.taps("Marked days on the day")
    assert "- Marked days on the day: no" in await person.taps("No marked days")
    await person.taps("How often")
    every = await person.taps("Every new message")
    assert "- Time of day" not in every.text


async def test_topics_are_taken_in_and_out_one_tap_each(person: Talker) -> None:
    await _member(person)
    await person.taps("Topics to be sent")
    without = await person.taps("☑ Trade union")
    assert "☐ Trade union" in without.buttons
    assert "☑ Sea and islands" in without.buttons
    assert "Trade union" not in (await person.taps("Done")).text
    for slug in ("rights", "events", "resolutions", "human-rights", "sea-islands", "ho-chi-minh"):
        await person.taps_value(f"pick:{slug}")
    await person.taps_value("pick:media-literacy")
    assert "nothing will be sent" in await person.taps_value("pick:award")
    assert "- Topics: none" in await person.says("settings")
    await person.taps_value("pick:*")
    assert "- Topics: all topics" in await person.says("settings")


async def test_who_sleeps_in_the_day_is_left_in_peace_then(person: Talker) -> None:
    await _member(person)
    await person.taps("Quiet hours")
    assert "- Quiet hours: 07:00-15:00" in await person.taps("I sleep in the day (07:00-15:00)")
    await person.taps("Time of day")
    saved = await person.taps("12:00")
    assert "That time is in your quiet hours, so messages come at 15:00." in saved
    await person.taps("Quiet hours")
    assert "- Quiet hours: 08:00-16:00" in await person.says("8:00 – 16:00")


BAD_SETTINGS = {
    ("Time of day", "25:61"): "That is not a time of day",
    ("Time of day", "noon"): "That is not a time of day",
    ("Quiet hours", "08:00-08:00"): "Write the quiet hours like 08:00-16:00.",
    ("Quiet hours", "always"): "Write the quiet hours like 08:00-16:00.",
    ("Time zone", "Mars/Olympus"): "I do not know that time zone.",
    ("Time zone", "../etc/passwd"): "I do not know that time zone.",
}


async def test_settings_that_cannot_be_get_a_clear_answer_and_change_nothing(
    person: Talker,
) -> None:
    await _member(person)
    for (button, text), answer in BAD_SETTINGS.items():
        before = await person.says("settings")
        await person.taps(button)
        assert answer in await person.says(text), text
        assert (await person.says("settings")).text == before.text


async def test_forged_buttons_change_nothing(person: Talker) -> None:
    await _member(person)
    before = await person.says("settings")
    for value in ("often:hourly", "day:9", "pick:gone", "set:everything", "erase:maybe"):
        assert (await person.taps_value(value)).text
    assert (await person.says("settings")).text == before.text


async def test_a_guest_has_no_wishes_to_set(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")
    assert "You have not asked to be sent anything." in await person.says("settings")
    for value in ("pick:union", "often:daily", "day:1", "at:18:00", "quiet:08:00-16:00",
                  "calendar:on", "set:topics"):  # fmt: skip
        assert "You have not asked" in await person.taps_value(value)
    assert "Saved." in await person.taps_value("zone:Asia/Seoul")


async def test_a_topic_that_was_withdrawn_falls_out_of_the_settings(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    before = App(settings, LIBRARY, LANGUAGES)
    await before.start()
    await _member(Visitor(f"http://127.0.0.1:{before.port}", session, "en"))
    await before.stop()
    topics = {slug: topic for slug, topic in LIBRARY.topics.items() if slug != "award"}
    articles = {k: a for k, a in LIBRARY.articles.items() if a.topic != "award"}
    after = App(settings, replace(LIBRARY, topics=topics, articles=articles), LANGUAGES)
    await after.start()
    visitor = Visitor(f"http://127.0.0.1:{after.port}", session, "en")
    assert "- Topics: all topics" in await visitor.says("settings")
    assert "☐ Trade union" in (await visitor.taps_value("pick:union")).buttons
    assert "External" not in (await visitor.says("settings")).text
    await after.stop()


async def test_the_language_may_change_in_the_middle_of_a_dialogue(person: Talker) -> None:
    await _member(person)
    await person.taps("Time of day")
    assert "Tiếng Việt" in await person.taps_value("language:vi")
    assert "Kết quả" in await person.says("công đoàn")


# --- dates ---------------------------------------------------------------------------------------

NEXT_YEAR = datetime.now(UTC).year + 1


async def test_a_date_is_added_shown_and_removed(person: Talker) -> None:
    await _member(person)
    await person.says("my dates")
    await person.taps("Add a date")
    assert "Work permit: on which day does it end?" in await person.taps("Work permit")
    assert f"Kept: Work permit, March 5, {NEXT_YEAR}." in await person.says(f"5/3/{NEXT_YEAR}")
    shown = await person.taps("My dates")
    assert f"- Work permit: March 5, {NEXT_YEAR}" in shown
    assert "nobody else sees them" in shown
    assert "Removed: Work permit." in await person.taps("Remove: Work permit")
    assert "March 5" not in (await person.says("/remind")).text


async def test_a_date_with_a_name_of_ones_own(person: Talker) -> None:
    await _member(person)
    await person.taps_value("remind:add")
    await person.taps("Something else")
    assert "bằng lái: on which day" in await person.says("bằng  lái")
    assert "Kept: bằng lái" in await person.says(f"{NEXT_YEAR}-03-05")


BAD_DATES = {
    "yesterday": "That is not a date.",
    f"31/2/{NEXT_YEAR}": "That is not a date.",
    "1/1/2020": "That day has passed.",
    "1/1/2400": "That is too far away.",
}


async def test_a_date_that_cannot_be_gets_a_clear_answer(person: Talker) -> None:
    await _member(person)
    await person.taps_value("remind:label:permit")
    for text, answer in BAD_DATES.items():
        said = await person.says(text)
        assert answer in said, text
        assert "Work permit: on which day" in said
    assert "Kept" in await person.says(f"5.3.{NEXT_YEAR}")
    assert "That date is not kept any more." in await person.taps_value("remind:remove:999")


async def test_two_hundred_dates_are_too_many(visitor: Visitor) -> None:
    await _member(visitor)
    for _ in range(MOST):
        await visitor.taps_value("remind:label:health")
        assert "Kept" in await visitor.says(f"5/3/{NEXT_YEAR}")
    await visitor.taps_value("remind:label:health")
    assert "There are 20 dates already." in await visitor.says(f"5/3/{NEXT_YEAR}")
    assert "There are 20 dates already." in await visitor.taps_value("remind:add")


async def test_who_has_not_agreed_cannot_be_reminded(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")
    for said in (await person.says("/remind"), await person.taps_value("remind:add")):
        assert "you must first agree" in said


DAYS = {
    "31/12/2027": date(2027, 12, 31),
    " 1-2-2027 ": date(2027, 2, 1),
    "1.2.2027": date(2027, 2, 1),
    "2027-02-01": date(2027, 2, 1),
    "2027年2月1日": date(2027, 2, 1),
    "2027년 2월 1일": date(2027, 2, 1),
    "1/2/2570": date(2027, 2, 1),  # a Thai year
    "2/2027": None,
    "32/1/2027": None,
    "": None,
}


@pytest.mark.parametrize("text", DAYS)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert read_day(text) == DAYS[text]


# --- calendar and contact ------------------------------------------------------------------------


async def test_the_calendar_shows_today_and_thirty_days_with_sources(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    now = datetime(2026, 12, 17, 5, tzinfo=UTC)
    settings = settings.model_copy(update={"telegram_bot_token": settings.zalo_bot_token})
    bot = App(settings, LIBRARY, LANGUAGES, lambda: now)
    await bot.start()
    visitor = Visitor(f"http://127.0.0.1:{bot.port}", session, "en")
    shown = await visitor.says("calendar")
    assert "Fri, Jan 1: New Year's Day (paid public holiday)" in shown
    assert "years of diplomatic relations between Viet Nam and" in shown
    assert "Quốc hội: Bộ luật Lao động 2019" in shown
    assert "Jan 17" not in shown.text
    await bot.stop()


async def test_contact_leads_to_people_and_says_what_is_not_known(
    visitor: Visitor, bot: App
) -> None:
    said = await visitor.says("/contact")
    assert "Văn phòng công đoàn chưa được nhập vào đây." in said
    assert ": 111. " in said
    shown = {one.number for one in bot.library.contacts if one.confirmed}
    hidden = {one.number for one in bot.library.contacts if not one.confirmed}
    assert all(f": {number}. " in said for number in shown)
    assert hidden
    assert not any(f": {number}. " in said for number in hidden)


async def test_the_office_of_the_union_is_shown_from_the_data(
    settings: Settings, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    import shutil

    folder = tmp_path / "content"
    shutil.copytree(settings.content_dir, folder)
    office = "  office: {address: 1 Phố Huế, hours: 8-17h, phone: 0276 1234 567}\n"
    path = folder / "units.yaml"
    path.write_text(path.read_text("utf-8") + office, encoding="utf-8")
    new = {"content_dir": folder, "database_url": f"sqlite:///{tmp_path}/new.db"}
    bot = make_app(settings.model_copy(update=new))
    await bot.start()
    said = await Visitor(f"http://127.0.0.1:{bot.port}", session).says("/contact")
    for line in ("- 1 Phố Huế", "- Giờ làm việc: 8-17h", "- Điện thoại: 0276 1234 567"):
        assert line in said
    await bot.stop()


# --- own data ------------------------------------------------------------------------------------


async def test_my_data_is_a_file_one_can_read(person: Talker) -> None:
    await _member(person)
    said = await person.says("/mydata")
    assert "This file holds all that is kept about you" in said
    text = said.document or said.text
    assert "language: en" in text
    assert "consent_version: 2026-11-30" in text
    assert "frequency: daily" in text


async def test_erasing_asks_first_and_then_forgets_everything(person: Talker, bot: App) -> None:
    await _member(person)
    await person.taps_value("remind:label:permit")
    await person.says(f"5/3/{NEXT_YEAR}")
    asked = await person.says("/erase")
    for told in ("Nobody can bring it back", "works for the award", "certificate", "What stays:"):
        assert told in asked
    assert "Menu" in await person.taps("No")
    await person.says("erase")
    assert "has been erased" in await person.taps("Yes, erase everything")
    for table in schema.metadata.sorted_tables:
        if table.name not in own_data.IMPERSONAL and table.name not in own_data.OFFICIAL:
            rows = await bot.store._reads.run(lambda c, t=table: c.execute(select(t)).all())  # type: ignore[misc]
            assert rows == [], table.name
    assert "dịch vụ tự động" in await person.says("/start")  # nobody is known any more


async def test_what_was_on_its_way_when_somebody_erased_is_not_answered(
    bot: App, chatter: TelegramPerson
) -> None:
    await chatter.says("menu")
    now = datetime.now(UTC)
    lan = Address("telegram", "501")
    erasing = await bot.store.write_down(Event("first", lan, choice="erase:yes"), now)
    late = await bot.store.write_down(Event("late", lan, "menu"), now)
    assert erasing is not None
    assert late is not None
    await bot.conversation._answer_and_say(erasing)
    await bot.outbox.drain(5)
    await bot.conversation._answer_and_say(late)
    assert await bot.store.replies_to_say() == ()


async def test_a_scheduled_article_reaches_the_page_and_telegram_in_their_language(
    settings: Settings, session: aiohttp.ClientSession, telegram: object
) -> None:
    clock = [datetime(2026, 11, 24, 5, tzinfo=UTC)]
    bot = App(settings, LIBRARY, LANGUAGES, lambda: clock[0])
    await bot.start()
    visitor = Visitor(f"http://127.0.0.1:{bot.port}", session, "en")
    await _member(visitor)
    clock[0] = datetime(2026, 11, 24, 11, 1, tzinfo=UTC)  # 18:01 in Viet Nam
    await bot.scheduler.tick(clock[0])
    await bot.senders.send_ripe(lambda: clock[0])
    (waiting,) = [p for p in await bot.store.replies_to_say() if "Sent by" in p.reply.note]
    assert re.search(r"Sent by .*November 23, 2026", waiting.reply.note)
    assert waiting.reply.language == "en"
    assert waiting.reply.sources
    assert await bot.store.queue.count_states() == {"waiting": 1}
    await visitor.posts({"seen": [str(waiting.id)]})
    assert await bot.store.queue.count_states() == {"sent": 1}
    await bot.stop()
