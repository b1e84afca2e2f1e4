"""/award in the chat: what is told of it, registering a work, one's own works, bad input."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import aiohttp
import pytest
from sqlalchemy import select

from bot.app import App
from bot.award import MOST_WORKS, OPEN, Details, Entry, changed, forget_on, read_link, step_due
from bot.library import Statement
from bot.settings import Settings
from bot.store import schema
from handlers.consent import CONSENT_VERSION
from tests.awarding import join, library_with, register, the_award
from tests.conftest import LANGUAGES, ROOT
from tests.fakes.telegram import FakeTelegram
from tests.people import Talker, TelegramPerson, Visitor

# --- rules ---------------------------------------------------------------------------------------

DEADLINE = date(2027, 7, 31)
STEPS = {
    date(2027, 6, 30): None,  # 31 days
    date(2027, 7, 1): 30,
    date(2027, 7, 15): 30,
    date(2027, 7, 16): 15,
    date(2027, 7, 25): 15,
    date(2027, 7, 26): 5,
    date(2027, 7, 31): 5,
    date(2027, 8, 1): None,
}


@pytest.mark.parametrize("today", STEPS, ids=str)
def test_a_reminder_is_due_thirty_fifteen_and_five_days_before(today: date) -> None:
    assert step_due(DEADLINE, today) == STEPS[today]
    assert step_due(None, today) is None


LINKS = {
    "https://example.vn/a?b=1#c": True,
    " http://báo.example.vn:8080/x ": True,
    "HTTPS://EXAMPLE.VN": True,
    "ftp://example.vn/a": False,
    "javascript:alert(1)": False,
    "data:text/html,x": False,
    "file:///etc/passwd": False,
    "https://": False,
    "https://localhost/a": False,
    "https://name:secret@example.vn/": False,
    "https://example.vn/a b": False,
    "https://example.vn:99999/": False,
    "https://[broken/": False,
    "example.vn": False,
    "": False,
    "https://example.vn/" + "a" * 600: False,
}


@pytest.mark.parametrize("text", LINKS)
def test_only_links_of_the_web_are_kept(text: str) -> None:
    assert (read_link(text) == text.strip()) is LINKS[text]


def test_a_work_is_forgotten_half_a_year_after_the_results_or_after_two_years() -> None:
    today = date(2027, 1, 1)
    assert forget_on(today, None) == date(2028, 12, 31)
    assert forget_on(today, date(2027, 12, 12)) == date(2028, 6, 9)
    assert forget_on(today, date(2026, 1, 1)) == date(2027, 6, 30)


def test_another_link_or_category_undoes_what_was_ticked_on_it() -> None:
    work = Entry("a", "coming", "radio", "ko", Details("T"), OPEN, DEADLINE, done=frozenset({"x"}))
    assert changed(work, "title", "U").done == {"x"}
    assert changed(work, "category", "radio").done == {"x"}
    assert not changed(work, "category", "books").done
    linked = changed(work, "link", "https://example.vn/")
    assert (linked.state, linked.done) == ("complete", frozenset())


# --- what ships ----------------------------------------------------------------------------------


def _statements() -> list[Statement]:
    award = the_award()
    return [*award.about, *award.organisers, *award.how, award.categories_from]


def test_every_statement_names_the_facts_it_stands_on_and_none_that_is_uncertain() -> None:
    award = the_award()
    cited = {fact for one in _statements() for fact in one.facts}
    assert all(one.facts for one in _statements())
    items = [item for category in award.categories for item in award.items(category)]
    assert all(bool(item.facts) is not item.usual for item in items)
    cited |= {fact for item in items for fact in item.facts}
    assert not cited & {"aw-016", "aw-017"}


def test_nothing_is_said_of_the_coming_edition_that_is_not_known() -> None:
    assert set(the_award().edition.days.values()) == {None}
    text = (ROOT / "content/award.yaml").read_text("utf-8")
    text = re.sub(r"#.*|looked_on: .*", "", text)
    assert not re.search(r"(?i)2026|2027|!|XII|triệu đồng|tiền thưởng", text)


def test_what_workers_read_is_there_in_nine_languages_with_the_same_years() -> None:
    award = the_award()
    texts = [one.text for one in _statements()]
    texts += [one.name for one in award.categories] + [award.name, award.edition.name]
    for one in texts:
        assert set(one) == set(LANGUAGES.tags)
        years = {tag: sorted(re.findall(r"20\d\d", text)) for tag, text in one.items()}
        assert len({tuple(found) for found in years.values()}) == 1, one


# --- the pages -----------------------------------------------------------------------------------


async def test_the_award_is_told_with_sources_and_its_days_openly_as_unknown(
    person: Talker,
) -> None:
    await person.says("/start")
    await person.taps("English")
    await person.says("/menu")
    shown = await person.taps("The award")
    assert "National External Information Service Awards" in shown
    assert "looked up on November 23, 2026: launch, first day of publication," in shown
    assert "giaithuong.ttdn.vn" in shown
    assert "This text has not been checked by an editor yet." in shown
    assert "Việt Nam News" in shown
    assert "Works of members" not in shown.buttons
    who = await person.taps("Who holds it")
    assert "standing agency was Voice of Viet Nam (2021)" in who
    assert "1261-CV/TTĐN" in who
    how = await person.taps_value("award:how")
    assert "had to state that prize" in how
    assert "Not known yet" in how
    categories = await person.taps_value("award:categories")
    assert "- Digital and multimedia products" in categories
    assert "may differ" in categories


async def test_it_answers_to_plain_words(visitor: Visitor, chatter: TelegramPerson) -> None:
    for talker in (visitor, chatter):
        for word in ("giải thưởng", "giai thuong", "award", "獎項", "รางวัล", "/award"):
            assert "thông tin đối ngoại" in await talker.says(word), word


async def test_it_counts_down_and_closes(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    settings = settings.model_copy(update={"telegram_bot_token": settings.zalo_bot_token})
    library = library_with(deadline=date(2027, 7, 31))
    told = {
        datetime(2027, 7, 1, 5, tzinfo=UTC): "- deadline: July 31, 2027 (30 days are left)",
        datetime(2027, 7, 30, 5, tzinfo=UTC): "(1 day is left)",
        datetime(2027, 7, 31, 16, tzinfo=UTC): "(today)",
        datetime(2027, 7, 31, 17, tzinfo=UTC): "(passed)",  # midnight in Viet Nam
    }
    for now, text in told.items():
        bot = App(settings, library, LANGUAGES, lambda now=now: now)  # type: ignore[misc]
        await bot.start()
        visitor = Visitor(f"http://127.0.0.1:{bot.port}", session, "en")
        shown = await visitor.says("/award")
        assert text in shown
        assert "Not known yet" in shown  # of the other days
        closed = await visitor.taps("Register a work")
        assert ("Nothing more can be registered" in closed) is ("passed" in shown)
        await bot.stop()


# --- registering ---------------------------------------------------------------------------------


async def test_a_work_is_registered_shown_changed_and_withdrawn(person: Talker, bot: App) -> None:
    await join(person)
    await person.says("/award")
    await person.taps("Register a work")
    assert "In which language is the work?" in await person.taps("Radio")
    assert "title" in await person.taps("한국어")
    asked = await person.says("  Voices   of the zone ")
    assert "Write a link" in asked
    assert "How may the office reach you" in await person.says("https://example.vn/a")
    consent = await person.says("zalo 0900 000 000")
    for line in (
        "- Title: Voices of the zone", "- Category: Radio", "- Language: 한국어",
        "- Work: https://example.vn/a", "- Contact: zalo 0900 000 000",
        "nothing else", "officers of your unit", "at the latest",
    ):  # fmt: skip
        assert line in consent, line
    done = await person.taps("I agree")
    found = re.search(r"The code of your work: (\S+)", done.text)
    assert found
    assert "still missing" not in done.text
    mine = await person.taps("My works")
    assert f"- {found[1]}: Voices of the zone (Radio, complete)" in mine
    await person.taps("Voices of the zone")
    await person.taps("Change the title")
    assert "- Title: Stimmen" in await person.says("Stimmen")
    await person.taps("Change the contact")
    assert "- Contact: -" in await person.taps("Leave it out")
    await person.taps("Withdraw it")
    assert "Withdrawn: Stimmen" in await person.taps("Yes, withdraw it")
    assert "You have registered no work." in await person.says("#work:mine")
    rows = await bot.store._reads.run(lambda c: c.execute(select(schema.work)).all())
    assert rows == []


async def test_a_work_can_be_registered_without_messages_but_a_reminder_is_one(
    person: Talker,
) -> None:
    await person.says("/start")
    await person.taps("English")
    said = await person.taps_value("award:remind:on")
    assert "you must first agree" in said
    assert "Receive messages" in said.buttons
    assert "title" in await person.taps_value("enter:radio:ko")


async def test_a_category_for_one_language_does_not_take_another(person: Talker) -> None:
    await join(person)
    assert "title" in await person.taps_value("enter:press-vi")  # not asked: Vietnamese
    foreign = await person.taps_value("enter:press-foreign")
    assert "Tiếng Việt" not in foreign.buttons
    assert "In which language" in await person.taps_value("enter:press-foreign:vi")
    await register(person)
    code = await _code(person)
    asked = await person.taps_value(f"work:{code}:category:press-vi")
    assert "- Language: Tiếng Việt" in asked
    asked = await person.taps_value(f"work:{code}:category:press-foreign")
    assert "In which language" in asked
    assert "- Language: 日本語" in await person.taps("日本語")


async def _code(person: Talker) -> str:
    found = re.search(r"- (\w{4}-\w{4}):", (await person.taps_value("work:mine")).text)
    assert found
    return found[1]


async def test_bad_input_gets_a_clear_answer_and_keeps_nothing(person: Talker, bot: App) -> None:
    await join(person)
    await person.taps_value("enter:radio:ko")
    assert "200 letters at most" in await person.says("x" * 3900)
    await person.says("Title")
    for text in ("ftp://example.vn/a", "see my page", "javascript:alert(1)"):
        said = await person.says(text)
        assert "That is no link." in said, text
        assert "Write a link" in said
    await person.says("https://example.vn/a")
    assert "200 letters at most" in await person.says("y" * 3900)
    await person.says("office")
    assert "Register this work?" in await person.says("yes please")
    assert "Register this work?" in await person.taps_value("agree:2020-01-01")
    assert "Registered." in await person.taps("I agree")
    assert "not open any more" in await person.taps_value("agree:2026-11-29")  # a double tap
    for value in (
        "bring:office", "reach:none", "enter:gone", "enter:radio:xx", "work:aaaa-aaaa",
        "work:aaaa-aaaa:withdraw:yes", "work:", "award:remind:maybe", "enter:radio:ko:en",
    ):  # fmt: skip
        assert (await person.taps_value(value)).text, value
    rows = await bot.store._reads.run(lambda c: c.execute(select(schema.work)).all())
    assert len(rows) == 1


async def test_withdrawing_twice_and_changing_what_is_withdrawn(person: Talker) -> None:
    await join(person)
    await register(person)
    code = await _code(person)
    await person.taps_value(f"work:{code}:title")
    await person.taps_value(f"work:{code}:withdraw:yes")
    gone = "That work is not registered (any more)."
    for value in (f"work:{code}:withdraw:yes", f"work:{code}", f"work:{code}:category:books"):
        assert gone in await person.taps_value(value)


async def test_nobody_changes_or_sees_the_work_of_somebody_else(
    visitor: Visitor, chatter: TelegramPerson
) -> None:
    await join(chatter)
    await register(chatter)
    code = await _code(chatter)
    await join(visitor)
    for value in (f"work:{code}", f"work:{code}:withdraw:yes", f"dossier:{code}"):
        assert "Voices of the zone" not in (await visitor.taps_value(value)).text
    assert "Voices of the zone" in await chatter.taps_value(f"work:{code}")


async def test_twenty_works_are_enough(visitor: Visitor) -> None:
    await join(visitor)
    for _ in range(MOST_WORKS):
        assert "Registered." in await register(visitor)
    assert "You have 20 works already." in await visitor.taps_value("enter:new")


async def test_a_file_is_not_kept_and_the_talk_goes_on(
    visitor: Visitor, bot: App, session: aiohttp.ClientSession
) -> None:
    await join(visitor)
    await visitor.taps_value("enter:radio:ko")
    await visitor.says("Title")
    form = aiohttp.FormData()
    form.add_field("file", b"%PDF-1.4", filename="work.pdf", content_type="application/pdf")
    async with session.post(f"{visitor.url}/chat", data=form) as response:
        said = (await response.json())["replies"][0]["body"]
    assert "I do not keep files." in said
    assert "Write a link" in said
    assert "How may the office" in await visitor.says("https://example.vn/a")


async def test_a_telegram_file_is_not_kept_either(
    chatter: TelegramPerson, telegram: FakeTelegram
) -> None:
    await join(chatter)
    await chatter.taps_value("enter:radio:ko")
    await chatter.says("Title")
    update = telegram.document(chatter.chat, b"%PDF-1.4", "application/pdf")
    assert "I do not keep files." in await chatter._does(update)


async def test_a_category_that_is_gone_must_be_chosen_anew(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    settings = settings.model_copy(update={"telegram_bot_token": settings.zalo_bot_token})
    before = App(settings, library_with(), LANGUAGES)
    await before.start()
    visitor = Visitor(f"http://127.0.0.1:{before.port}", session, "en")
    await join(visitor)
    await register(visitor)
    code = await _code(visitor)
    await visitor.taps_value("enter:radio:ko")
    await visitor.says("Half way")
    await before.stop()
    after = App(settings, library_with(categories=("books",)), LANGUAGES)
    await after.start()
    visitor.url = f"http://127.0.0.1:{after.port}"
    await visitor.says("https://example.vn/a")
    await visitor.taps("Leave it out")
    assert "There is no such category (any more)." in await visitor.taps("I agree")
    shown = await visitor.taps_value(f"work:{code}")
    assert "- Category: radio (?)" in shown
    assert "Choose another." in shown
    await visitor.taps("Change the category")
    assert "- Category: Books" in await visitor.taps("Books")
    await after.stop()


async def test_after_the_deadline_a_work_can_be_withdrawn_but_not_changed(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    settings = settings.model_copy(update={"telegram_bot_token": settings.zalo_bot_token})
    clock = [datetime(2027, 7, 30, 5, tzinfo=UTC)]
    library = library_with(deadline=date(2027, 7, 31))
    bot = App(settings, library, LANGUAGES, lambda: clock[0])
    await bot.start()
    visitor = Visitor(f"http://127.0.0.1:{bot.port}", session, "en")
    await join(visitor)
    await register(visitor)
    code = await _code(visitor)
    await visitor.taps_value(f"work:{code}:title")
    await visitor.taps_value("enter:radio:ko")
    await visitor.says("Late")
    await visitor.says("https://example.vn/late")
    await visitor.taps("Leave it out")
    clock[0] += timedelta(days=3)
    late = "Nothing more can be registered or changed."
    assert late in await visitor.taps("I agree")
    for part in ("title", "link", "category:books", "language:ja"):
        assert late in await visitor.taps_value(f"work:{code}:{part}")
    await visitor.taps_value(f"work:{code}:contact")
    assert "- Contact: office 3" in await visitor.says("office 3")
    assert "Withdrawn" in await visitor.taps_value(f"work:{code}:withdraw:yes")
    await bot.stop()


async def test_two_devices_of_one_person_change_the_same_work(
    visitor: Visitor, chatter: TelegramPerson, settled: Callable[[], Awaitable[None]]
) -> None:
    await join(visitor)
    await join(chatter)
    await register(visitor)
    code = await _code(visitor)
    made = re.search(r"l_([a-z0-9-]+)", (await visitor.says("/link")).text)
    assert made
    await chatter.says(f"l_{made[1]}")
    await chatter.taps("Yes, it is mine")
    await visitor.taps_value(f"work:{code}:title")
    await chatter.taps_value(f"work:{code}:link")
    await visitor.says("New title")
    shown = await chatter.says("https://example.vn/new")
    assert "- Title: New title" in shown
    assert "- Work: https://example.vn/new" in shown
    await chatter.taps_value(f"work:{code}:title")
    assert "Withdrawn" in await visitor.taps_value(f"work:{code}:withdraw:yes")
    assert "not registered (any more)" in await chatter.says("Too late")


async def test_who_leaves_is_told_that_works_stay_until_withdrawn(person: Talker) -> None:
    await join(person)
    await person.taps_value("award:remind:on")
    assert "Works that you" not in (await person.says("stop")).text
    await person.taps_value(f"consent:{CONSENT_VERSION}")
    assert "Remind me of the deadline" in (await person.says("/award")).buttons  # that has ended
    await register(person)
    assert "Works that you registered stay so" in await person.says("stop")
    code = await _code(person)
    assert "Withdrawn" in await person.taps_value(f"work:{code}:withdraw:yes")


async def test_my_data_tells_of_works_and_erase_takes_them(person: Talker, bot: App) -> None:
    await join(person)
    await register(person)
    await person.taps_value("award:remind:on")
    said = await person.says("/mydata")
    text = said.document or said.text
    assert "Voices of the zone" in text
    assert "[award_wish]" in text
    await person.taps_value("erase:yes")
    for table in (schema.work, schema.award_wish):
        rows = await bot.store._reads.run(lambda c, t=table: c.execute(select(t)).all())  # type: ignore[misc]
        assert rows == []
