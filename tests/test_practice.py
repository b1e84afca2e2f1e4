"""Practice in the chat: a question, the answer with its source, what was wrong comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.app import App
from bot.channels.zalo_oa.writing import messages
from bot.library import Library, Question
from bot.model import Address, Choice, Event, Person, Remembered, Reply, Session
from bot.practice import BACK, RESTING, coming, remember
from bot.settings import Settings
from bot.store import Store, Work
from bot.store.joining import join
from bot.store.practice import KEPT
from tests.conftest import LANGUAGES, LIBRARY
from tests.people import Heard, Talker, TelegramPerson, Visitor

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
BANK = tuple(LIBRARY.questions.values())


def _asked(heard: Heard, language: str = "en") -> Question:
    """Which question was asked."""
    (found,) = [one for one in BANK if one.text[language].question in heard.text]
    return found


def _label(heard: Heard, option: str) -> str:
    """The button of an option, which may be numbered."""
    (label,) = [name for name in heard.buttons if name == option or name[1:] == f". {option}"]
    return label


async def _answers(
    person: Talker, heard: Heard, *, rightly: bool, language: str = "en"
) -> tuple[Question, Heard]:
    question = _asked(heard, language)
    options = question.text[language].options
    picked = question.answer if rightly else (question.answer + 1) % len(options)
    return question, await person.taps(_label(heard, options[picked]))


async def _reads_english(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")


async def _member(person: Talker) -> None:
    """Agreed to messages, and that practice is kept."""
    await _reads_english(person)
    await person.taps("I agree")
    await person.says("/quiz")
    await person.taps("I agree: ask wrong ones again")


# --- the talk, on every channel ------------------------------------------------------------------


async def test_a_guest_practises_a_topic_and_reads_why_and_where_from(person: Talker) -> None:
    await _reads_english(person)
    page = await person.says("/quiz")
    assert "Nothing of it is kept" in page
    assert list(page.buttons)[:3] == ["All topics mixed", "Rights and daily life", "Trade union"]
    first = await person.taps("Trade union")
    question, right = await _answers(person, first, rightly=True)
    assert question.topic == "union"
    assert "Right. So far 1 of 1 right." in right
    assert question.text["en"].explanation in right
    assert f"- {question.sources[0].issuer}: {question.sources[0].title}" in right
    assert "has not been checked by an editor" in right
    assert list(right.buttons) == ["Next question", "Another topic", "Menu"]
    second = await person.taps("Next question")
    other, wrong = await _answers(person, second, rightly=False)
    assert other != question
    assert "Not quite. So far 1 of 2 right." in wrong
    assert f"{other.text['en'].options[other.answer]}\n\n{other.text['en'].explanation}" in wrong
    assert "All topics mixed" in (await person.taps("Another topic")).buttons


@pytest.mark.parametrize(
    "word", ["đố vui", "trac nghiem", "quiz", "퀴즈", "クイズ", "答題", "kuis"]
)
async def test_a_plain_word_leads_to_practice(visitor: Visitor, word: str) -> None:
    assert "Trộn tất cả chủ đề" in (await visitor.says(word)).buttons
    assert "Đố vui" in (await visitor.says("menu")).buttons


async def test_every_question_of_a_topic_comes_once_and_then_the_end_is_told(
    person: Talker,
) -> None:
    await _reads_english(person)
    heard = await person.taps_value("practice:award")
    asked = []
    while "These were all questions" not in heard:
        question, _ = await _answers(person, heard, rightly=True)
        asked.append(question.id)
        heard = await person.taps("Next question")
    assert sorted(asked) == sorted(one.id for one in BANK if one.topic == "award")
    assert _asked(await person.taps("All once more")).topic == "award"


async def test_a_second_tap_on_the_same_question_counts_nothing(person: Talker) -> None:
    await _reads_english(person)
    question, _ = await _answers(person, await person.taps_value("practice:union"), rightly=False)
    again = await person.taps_value(f"answer:{question.id}:{question.answer}")
    assert "only your first answer counts" in again
    assert question.text["en"].explanation in again
    _, third = await _answers(person, await person.taps("Next question"), rightly=True)
    assert "So far 1 of 2 right." in third


async def test_an_old_button_leaves_the_open_question_open(person: Talker) -> None:
    await _reads_english(person)
    heard = await person.taps_value("practice:union")
    question = _asked(heard)
    late = next(one for one in BANK if one.topic == "events")
    told = await person.taps_value(f"answer:{late.id}:{late.answer}")
    assert "not open any more, so your answer does not count" in told
    assert late.text["en"].explanation in told
    assert told.buttons == {}
    right = question.text["en"].options[question.answer]
    assert "Right. So far 1 of 1 right." in await person.taps(_label(heard, right))


FORGED = [
    "answer:gone-001:0",
    "answer:union-001:4",
    "answer:union-001:-1",
    "answer:union-001",
    "answer:union-001:x",
    "answer::",
    "answer:union-001:1:1",
    "answer:",
]


async def test_forged_answers_and_topics_are_told_and_change_nothing(person: Talker) -> None:
    await _reads_english(person)
    heard = await person.taps_value("practice:union")
    for value in FORGED:
        assert "That question is no longer there." in await person.taps_value(value), value
    _, answered = await _answers(person, heard, rightly=True)
    assert "So far 1 of 1 right." in answered
    for value in ("practice:gone", "practice:", "practice:gone:again"):
        assert "There are no questions on this topic." in await person.taps_value(value), value


async def test_next_tapped_twice_asks_the_same_question(visitor: Visitor) -> None:
    await _reads_english(visitor)
    first = await visitor.taps_value("practice:all")
    twice = await visitor.taps_value("practice:all")
    assert _asked(first) == _asked(twice)
    assert "So far 1 of 1" in (await _answers(visitor, first, rightly=True))[1]


async def test_beside_an_open_question_words_are_searched_and_wrong_numbers_ask_anew(
    person: Talker,
) -> None:
    await _reads_english(person)
    question = _asked(await person.taps_value("practice:union"))
    assert _asked(await person.says("77")) == question
    assert "Found for" in await person.says("gia nhap cong doan")


async def test_who_reads_another_language_is_told_in_which_the_question_is(
    visitor: Visitor,
) -> None:
    await visitor.says("/start")
    await visitor.taps("ភាសាខ្មែរ")
    heard = await visitor.taps_value("practice:union")
    assert "English" in heard.text.partition(_asked(heard).text["en"].question)[2]


async def test_long_options_stand_whole_in_the_text_on_telegram(chatter: TelegramPerson) -> None:
    """A phone cuts a long button: two options would look the same."""
    await _reads_english(chatter)
    heard = await chatter.taps_value("practice:human-rights")
    for _ in range(23):
        options = _asked(heard).text["en"].options
        if max(map(len, options)) > 34:
            break
        await _answers(chatter, heard, rightly=True)
        heard = await chatter.taps("Next question")
    lines = [line for line in heard.text.splitlines() if line[1:3] == ". "]
    assert sorted(line[3:] for line in lines) == sorted(options)
    assert list(heard.buttons) == [*lines, "Menu"]


def test_zalo_numbers_what_its_buttons_would_cut() -> None:
    options = tuple(Choice(text * 40, f"answer:q:{at}") for at, text in enumerate("ab"))
    for spelled, is_numbered in ((2, True), (0, False)):
        reply = Reply(body="?", choices=options, spelled=spelled)
        voice = LANGUAGES.voice("en")
        (sent,) = messages(reply, voice, has_buttons=True, is_unasked=False)
        assert (not sent.buttons) == is_numbered
        assert (f"1. {'a' * 40}\n2. {'b' * 40}" in sent.text) == is_numbered


def test_what_a_button_would_cut_is_numbered_only_where_it_must() -> None:
    short = Reply(choices=(Choice("a" * 34, "/a"), Choice("b" * 80, "/b")), spelled=1)
    assert not short.is_cut_on_buttons
    assert replace(short, spelled=2).is_cut_on_buttons


# --- what comes back -----------------------------------------------------------------------------


@pytest.fixture
def clock() -> list[datetime]:
    return [NOW]


def _only(*ids: str) -> Library:
    return replace(LIBRARY, questions={one.id: one for one in BANK if one.id in ids})


@pytest.fixture
async def few(settings: Settings, clock: list[datetime]) -> AsyncIterator[App]:
    """A bot with three questions in its bank, and a clock to set."""
    library = _only("union-001", "union-002", "union-003")
    app = App(settings, library, LANGUAGES, lambda: clock[0])
    await app.start()
    yield app
    await app.stop()


@pytest.fixture
def member(few: App, session: aiohttp.ClientSession) -> Visitor:
    return Visitor(f"http://127.0.0.1:{few.port}", session, "en")


async def _kept(app: App) -> dict[str, Remembered]:
    return {one.question: one for one in await app.store.practice.of(Person(1))}


async def test_what_was_wrong_comes_back_first_at_growing_distances(
    few: App, member: Visitor, clock: list[datetime]
) -> None:
    await _member(member)
    assert "for 180 days" in await member.says("/quiz")
    wrong, _ = await _answers(member, await member.taps_value("practice:union"), rightly=False)
    for _ in range(2):
        await _answers(member, await member.taps("Next question"), rightly=True)
    ended = await member.taps("Next question")
    assert "The next one comes back on November 30, 2026." in ended
    for days in (1, 3, 7):
        clock[0] += timedelta(days=days, minutes=-1)
        assert "These were all" in await member.taps_value("practice:union")
        clock[0] += timedelta(minutes=1)
        heard = await member.taps_value("practice:all")
        assert "This one has come back to you." in heard
        assert (await _answers(member, heard, rightly=True))[0] == wrong
    assert (await _kept(few))[wrong.id].due_at == clock[0] + timedelta(days=60)
    assert "These were all" in await member.taps("Next question")


async def test_wrong_again_begins_anew(few: App, member: Visitor, clock: list[datetime]) -> None:
    await _member(member)
    heard = await member.taps_value("practice:all")
    question, _ = await _answers(member, heard, rightly=False)
    clock[0] += timedelta(days=1)
    await member.says("/quiz")
    await _answers(member, await member.taps("All topics mixed"), rightly=True)
    assert (await _kept(few))[question.id].step == 1
    clock[0] += timedelta(days=3)
    await member.says("/quiz")
    await _answers(member, await member.taps("All topics mixed"), rightly=False)
    kept = (await _kept(few))[question.id]
    assert (kept.step, kept.due_at) == (0, clock[0] + timedelta(days=1))


async def test_of_a_guest_nothing_is_kept_and_after_leaving_nothing_either(
    few: App, member: Visitor
) -> None:
    await _reads_english(member)
    await _answers(member, await member.taps_value("practice:all"), rightly=False)
    assert await _kept(few) == {}
    await member.says("/quiz")
    await member.taps("I agree: ask wrong ones again")
    assert "for 180 days" in await member.says("/quiz")
    question, _ = await _answers(member, await member.taps("All topics mixed"), rightly=False)
    assert set(await _kept(few)) == {question.id}
    assert question.id in (await member.says("/mydata")).document
    await member.says("stop")
    assert await _kept(few) == {}


async def test_to_agree_to_messages_is_not_to_agree_to_this(few: App, member: Visitor) -> None:
    await _reads_english(member)
    await member.taps("I agree")
    assert "Nothing of it is kept" in await member.says("/quiz")
    await _answers(member, await member.taps_value("practice:all"), rightly=False)
    assert await _kept(few) == {}
    # Nor is a button under another text.
    assert "Nothing of it is kept" in await member.taps_value("practised:keep:2020-01-01")
    assert "Nothing of it is kept" in await member.says("/quiz")


async def test_who_reads_without_messages_may_have_it_kept_and_take_that_back(
    few: App, member: Visitor
) -> None:
    await _reads_english(member)
    await member.says("/quiz")
    assert "come back" in await member.taps("I agree: ask wrong ones again")
    page = await member.says("/quiz")
    assert "for 180 days" in page
    await _answers(member, await member.taps_value("practice:all"), rightly=False)
    assert len(await _kept(few)) == 1
    assert "Keep nothing of practice" in (await member.says("/privacy")).buttons
    assert "forgotten" in await member.taps("Keep nothing of practice")
    assert await _kept(few) == {}
    await _answers(member, await member.taps_value("practice:all"), rightly=False)
    assert await _kept(few) == {}


async def test_a_question_that_left_the_bank_is_forgotten_and_its_button_says_so(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    before = App(settings, _only("union-001", "union-002"), LANGUAGES)
    await before.start()
    person = Visitor(f"http://127.0.0.1:{before.port}", session, "en")
    await _member(person)
    await _answers(person, await person.taps_value("practice:all"), rightly=False)
    heard = await person.taps("Next question")
    await _answers(person, heard, rightly=False)
    await before.stop()
    after = App(settings, _only("union-002", "union-003"), LANGUAGES)
    await after.start()
    assert set(await _kept(after)) == {"union-002"}
    person = Visitor(f"http://127.0.0.1:{after.port}", session, "en")
    assert "no longer there" in await person.taps_value("answer:union-001:1")
    await after.stop()


# --- the rules, without a chat -------------------------------------------------------------------


def test_right_at_once_rests_long_and_right_too_early_proves_nothing() -> None:
    assert remember("q", None, NOW, is_right=True) == Remembered("q", RESTING, NOW + BACK[-1], NOW)
    wrong = remember("q", None, NOW, is_right=False)
    assert wrong == Remembered("q", 0, NOW + timedelta(days=1), NOW)
    soon = NOW + timedelta(hours=2)
    assert remember("q", wrong, soon, is_right=True) == replace(wrong, answered_at=soon)
    assert remember("q", wrong, soon, is_right=False).due_at == soon + timedelta(days=1)


def test_what_has_come_back_goes_before_what_is_new() -> None:
    first, second, third = BANK[:3]
    known = {
        one.id: Remembered(one.id, 0, NOW - timedelta(hours=hours), NOW - timedelta(days=2))
        for one, hours in ((second, 1), (third, 5))
    }
    bank = (first, second, third)

    def next_of(*seen: str, at: datetime = NOW) -> Question | None:
        return coming(bank, known, seen, at, lambda found: found[0])

    assert next_of() == third
    assert next_of(third.id) == second
    assert next_of(third.id, second.id) == first
    assert next_of(first.id, at=NOW - timedelta(days=1)) is None


# --- the table, on both databases ----------------------------------------------------------------


async def _person(store: Store, name: str) -> Person:
    stored = await store.write_down(Event(name, Address("test", name)), NOW)
    assert stored is not None
    work = Work()
    work.agree_to_practice(Person(stored.person_id), "2026-11-30", NOW)  # else a forgotten guest
    await store.finish(stored, work, Session(), (), NOW)
    return Person(stored.person_id)


async def _keep(store: Store, person: Person, kept: Remembered, asked_at: datetime) -> None:
    stored = await store.write_down(
        Event(f"{kept}{asked_at}{person.id}", Address("test", "a")), NOW
    )
    assert stored is not None
    work = Work()
    work.practise(person, kept, asked_at)
    await store.finish(stored, work, Session(), (), NOW)


def _answered(question: str, at: datetime, step: int = 0) -> Remembered:
    return Remembered(question, step, at + BACK[step], at)


async def test_one_asked_on_two_chats_counts_once_and_half_a_year_later_it_is_forgotten(
    store: Store,
) -> None:
    person = await _person(store, "a")
    asked = NOW - timedelta(minutes=2)
    await _keep(store, person, _answered("q", NOW), asked)
    later = NOW + timedelta(minutes=1)
    await _keep(store, person, _answered("q", later, 3), asked)  # open on the other chat since
    assert await store.practice.of(person) == (_answered("q", NOW),)
    await _keep(store, person, _answered("q", later, 1), NOW + timedelta(seconds=1))
    assert await store.practice.of(person) == (_answered("q", later, 1),)
    await store.tidy(later + KEPT - timedelta(seconds=1))
    await _keep(store, person, _answered("r", later + KEPT), later + KEPT)
    await store.tidy(later + KEPT + timedelta(seconds=1))
    assert [one.question for one in await store.practice.of(person)] == ["r"]
    assert await store.practice.keep_only(["s"]) == 1
    assert await store.practice.of(person) == ()


async def test_of_two_people_who_become_one_the_later_answers_stay(store: Store) -> None:
    person, other = await _person(store, "a"), await _person(store, "b")
    later = NOW + timedelta(hours=1)
    for who, kept in (
        (person, _answered("both", NOW)),
        (other, _answered("both", later, 1)),
        (person, _answered("older here", later, 2)),
        (other, _answered("older here", NOW)),
        (other, _answered("only there", NOW)),
    ):
        await _keep(store, who, kept, NOW - timedelta(days=1))
    await _join(store, person, other)
    joined = {one.question: one for one in await store.practice.of(person)}
    assert joined == {
        "both": _answered("both", later, 1),
        "older here": _answered("older here", later, 2),
        "only there": _answered("only there", NOW),
    }


async def _join(store: Store, kept: Person, other: Person) -> None:
    assert await store._writes.run(lambda c: join(c, store._codecs, kept.id, other.id))
