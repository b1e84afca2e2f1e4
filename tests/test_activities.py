"""Units' own activity: reported in a few taps, masked, seen and taken back by whose it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.activities import Activity
from bot.activity_words import masked_line, masked_source, read_people, read_short_day
from bot.app import App
from bot.library.plan import KINDS
from bot.model import Address
from bot.rights import Office
from bot.store import Seal, Store, Work, schema
from bot.store.contest_records import Overtaken
from handlers.activity_list import KIND_WORDS
from tests.desking import do
from tests.organisation import appoint, load_units, prepare
from tests.people import Heard, Talker, TelegramPerson

NAME, PHONE = "Nguyễn Văn An", "0912345678"
BY = Office(3, "unit-officer", 4)


async def _officer(bot: App, talker: Talker, role: str = "unit-officer", unit: str = "BN") -> None:
    await prepare(bot)
    await talker.says("/start")
    await talker.taps("English")
    table = schema.address.c
    query = select(table.channel, table.address).order_by(table.id.desc()).limit(1)
    row = await bot.store._reads.run(lambda c: c.execute(query).one())
    await appoint(bot, Address(row.channel, row.address), role, unit)


async def _until_title(talker: Talker, bot: App, unit: str = "BN-01") -> Heard:
    """The form as far as the question for the title."""
    found = bot.structure.tree.find(unit)
    assert found is not None
    await talker.says("/activity")
    await talker.taps_value(f"activity:unit:{found.id}")
    await talker.taps_value("activity:kind:leaflet")
    await talker.taps_value("activity:topic:union")
    return await talker.taps_value("activity:day:1")


async def _report(talker: Talker, bot: App, title: str, unit: str = "BN-01") -> Heard:
    await _until_title(talker, bot, unit)
    await talker.says(title)
    for field in ("place", "people", "source"):
        await talker.taps_value(f"activity:{field}:none")
    return await talker.taps_value("activity:send")


async def _sends_picture(chatter: TelegramPerson) -> Heard:
    return await chatter._does(chatter._fake.photo(chatter.chat, b"not looked at"))


async def _kept(bot: App) -> tuple[Activity, ...]:
    return await bot.store.activities.between(date(2020, 1, 1), date(2100, 1, 1))


async def test_an_activity_is_reported_in_a_few_taps_on_every_channel(
    person: Talker, bot: App
) -> None:
    await _officer(bot, person)
    assert "Report an activity" in (await person.says("/office")).buttons
    asked = await person.taps("Report an activity")
    assert "For which unit?" in asked
    # Their own unit first, then those below it, and none besides.
    assert list(asked.buttons)[:4] == ["Tỉnh Bắc", "Khu công nghiệp", "Công ty May", "Công ty Giày"]
    assert "Tỉnh Nam" not in asked.buttons
    assert "There is no unit TN-01 among yours" in await person.says("TN-01")
    assert "What did the unit do?" in await person.says("BN-01")
    assert "Which topic" in await person.taps("Meeting or talk")
    assert "On which day" in await person.taps("Sea and islands")
    for wrong, told in {
        "31/02": "That is not a date.",
        "some day": "That is not a date.",
        "25/11/2099": "That day has not come yet.",
        "25/11/2020": "That is too long ago: 120 days at most.",
    }.items():
        assert told in await person.says(wrong), wrong
    assert "What was it?" in await person.taps("yesterday")
    assert "At most 200 letters." in await person.says("a" * 10_000)
    assert "names only a person" in await person.says(PHONE)
    masked = await person.says(f"Nói chuyện về biển đảo với anh {NAME}, gọi {PHONE}")
    assert "Without people and numbers it reads: Nói chuyện về biển đảo với anh […]" in masked
    assert "Where was it?" in masked
    assert "How many people" in await person.says("Hội trường công ty")
    assert "not a number from 0 to 100,000" in await person.says("100001")
    assert "What shows it?" in await person.says("1.200")
    shown = await person.says("https://congdoan.example.vn/tin/123456789.html")
    day = datetime.now(bot._services.zone).date() - timedelta(days=1)
    for line in (
        "Unit: Công ty May", "Kind: Meeting or talk", "Topic: Sea and islands",
        "Place: Hội trường công ty", "People who took part: 1,200",
        "Source: https://congdoan.example.vn/tin/123456789.html",
    ):  # fmt: skip
        assert line in shown
    assert "People who took part" in shown.buttons
    assert "How many people" in await person.taps("People who took part")
    assert "People who took part: 7" in await person.says("7")  # a number, not the seventh choice
    assert await _kept(bot) == ()
    sent = await person.taps("Send")
    assert "It will stand in the report on" in sent
    (kept,) = await _kept(bot)
    tree = bot.structure.tree
    assert (kept.unit_id, kept.kind, kept.topic) == (
        (tree.find("BN-01") or tree.top).id, "meeting", "sea-islands",
    )  # fmt: skip
    assert (kept.held_on, kept.people, kept.recorded_on) == (day, 7, day + timedelta(days=1))
    assert NAME not in kept.title
    assert PHONE not in kept.title
    # A second tap on the same button changes nothing.
    assert "That is not open any more." in await person.taps_value("activity:send")
    assert len(await _kept(bot)) == 1
    listed = await person.taps("Reported activities")
    assert "Nói chuyện về biển đảo với anh […]" in listed
    assert "(Công ty May, Meeting or talk, 7 people)" in listed
    assert "It will stand in no report." in await person.taps_value(f"activity:back:{kept.id}")
    await person.taps("Yes, take it back")
    assert await _kept(bot) == ()
    assert "no such activity" in await person.taps_value(f"activity:back:{kept.id}:yes")


async def test_cancelling_keeps_nothing_and_files_are_not_taken(
    chatter: TelegramPerson, bot: App
) -> None:
    await _officer(bot, chatter, unit="BN-01")
    # Who reaches one unit is not asked which.
    assert "What did the unit do?" in await chatter.says("hoat dong")
    await chatter.taps("Post or article")
    await chatter.taps("Trade union")
    await chatter.taps("today")
    await chatter.says("Bài đăng về Luật Công đoàn")
    await chatter.taps("Leave it out")
    await chatter.taps("Leave it out")
    assert "Files are not kept here.\n\nWhat shows it?" in (await _sends_picture(chatter)).text
    assert "Source: -" in await chatter.taps("Leave it out")
    assert "Source: -" in (await _sends_picture(chatter)).text  # the form is still open
    assert "Nothing was kept." in await chatter.taps("Cancel")
    assert await _kept(bot) == ()
    assert "That is not open any more." in await chatter.taps_value("activity:send")


async def test_an_officer_of_another_unit_sees_nothing_and_takes_nothing_back(
    chatter: TelegramPerson, pilot: Talker, bot: App
) -> None:
    await _officer(bot, chatter, unit="BN-KCN")
    await _officer(bot, pilot, unit="TN")
    await _report(chatter, bot, "Phát tờ rơi về tiền lương")
    (kept,) = await _kept(bot)
    assert "tờ rơi" not in (await pilot.taps_value("activity:list")).text
    for value in ("activity:back:1", "activity:back:1:yes"):
        said = await pilot.taps_value(value)
        assert "no such activity among yours" in said
        assert "tờ rơi" not in said
    # Nor can they report for it with a value that was made up.
    await pilot.says("/activity")
    assert "For which unit?" in await pilot.taps_value(f"activity:unit:{kept.unit_id}")
    assert await _kept(bot) == (kept,)
    # Its day is closed: it stays.
    row = {"day": kept.recorded_on, "closed_at": datetime.now(UTC)}
    await bot.store._writes.run(lambda c: c.execute(insert(schema.closed_day).values(row)))
    assert "Its day is closed" in await chatter.taps_value("activity:back:1:yes")
    assert await _kept(bot) == (kept,)
    # What a unit did stays in sight of its heir's officers.
    await bot.store.organisation.merge("BN-01", "TN-01", datetime.now(UTC))
    await bot.store.organisation.follow(bot.structure)
    assert "Phát tờ rơi về tiền lương" in await pilot.taps_value("activity:list")
    assert "tờ rơi" not in (await chatter.taps_value("activity:list")).text


def _activity(unit_id: int, held_on: date, recorded_on: date, title: str = "T") -> Activity:
    return Activity(0, unit_id, "post", "union", held_on, None, title, "", "", recorded_on)


async def test_the_store_keeps_them_sealed_and_tells_them_by_day(
    database_url: str, tmp_path: Path
) -> None:
    store = Store(database_url, Seal("secret"))
    await store.upgrade()
    await load_units(store)
    first, second, third = (date(2026, 10, day) for day in (1, 2, 3))
    now, work = datetime(2026, 10, 3, tzinfo=UTC), Work()
    for one in (
        _activity(4, first, second, "zqMARKERqz"),
        _activity(5, first, second),
        _activity(4, second, second),
        _activity(4, first, third),
    ):
        work.report_activity(one, BY, now)
    await do(store, work)
    activities = store.activities
    assert [one.id for one in await activities.between(second, second)] == [1, 2, 3]
    assert [one.id for one in await activities.between(second, third)] == [1, 2, 4, 3]
    assert [one.id for one in await activities.of_units([4], second, 2)] == [4, 3]
    assert [one.id for one in await activities.of_units(None, second, 9, 1)] == [3, 2, 1]
    kept = await activities.get(1)
    assert kept is not None
    assert kept.title == "zqMARKERqz"
    assert [kept.is_open(second + timedelta(days=n)) for n in (0, 2, 3)] == [True, True, False]
    if database_url.startswith("sqlite"):
        files = list(tmp_path.glob("test.db*"))
        assert files
        assert not any(b"zqMARKERqz" in path.read_bytes() for path in files)
    # One under another secret still counts, without its words.
    other = Store(database_url, Seal("another"))
    assert [one.title for one in await other.activities.between(third, third)] == ["?"]
    await other.close()
    back = Work()
    back.withdraw_activity(kept, BY, now)
    await do(store, back)
    assert await activities.get(1) is None
    again = Work()
    again.withdraw_activity(kept, BY, now)
    with pytest.raises(Overtaken):
        await do(store, again)
    verbs = [one.verb for one in await store.officers.audit(9)]
    assert verbs[:5] == ["activity.withdraw", *["activity.report"] * 4]
    await store.close()


def test_what_is_typed_is_read_and_masked() -> None:
    today = date(2027, 1, 10)
    days = {
        "10/1": date(2027, 1, 10),
        "5-1": date(2027, 1, 5),
        "28/12": date(2026, 12, 28),
        "11/1": date(2027, 1, 11),  # is to come, and last year's is long ago
        "29/2": None,
        "40/1": None,
        "5": None,
    }
    for text, day in days.items():
        assert read_short_day(text, today) == day, text
    numbers = {"0": 0, " 40 ": 40, "1.200": 1200, "1 200": 1200, "100,000": 100_000,
               "100001": None, "-1": None, "1.2": None, "about 50": None, "": None}  # fmt: skip
    for text, number in numbers.items():
        assert read_people(text) == number, text
    assert masked_line("Hội nghị về di sản Hồ Chí Minh") == "Hội nghị về di sản Hồ Chí Minh"
    assert masked_line(f"Gặp chị {NAME}\nở xưởng https://fb.com/x/posts/1") == "Gặp chị […] ở xưởng"
    assert masked_line(PHONE) == ""
    assert masked_source("Biên bản số 12/BB-CĐCS") == "Biên bản số 12/BB-CĐCS"
    assert masked_source("https://zalo.me/0912345678") == "zalo.me"
    assert masked_source("https://facebook.com/nguyen.van.an/posts/1") == "facebook.com"
    assert masked_source("https://a.example/" + "a" * 400) == ""
    assert tuple(KIND_WORDS) == KINDS  # all that an indicator of the plan may name
