"""A contest in the chat: begun, answered, handed in; told afterwards; officers steer it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import App
from bot.consents import CONTEST
from bot.contests import Attempt, Round
from bot.model import Address, Event
from bot.store import schema
from tests.contesting import bank, opened, rules
from tests.fakes.telegram import FakeTelegram
from tests.organisation import appoint, prepare
from tests.people import Heard, Talker, TelegramPerson, Visitor


async def _agreed(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")
    await person.taps("I agree")


async def _begun(person: Talker, one: Round) -> None:
    await person.taps_value(f"round:{one.id}")
    await person.taps("I agree and begin")
    await person.taps("Lao động Việt Nam")


async def _attempts(bot: App, one: Round, address: Address) -> tuple[Attempt, ...]:
    from sqlalchemy import select

    from bot.store import contest_rows, schema

    query = select(schema.attempt).join(
        schema.address, schema.address.c.person_id == schema.attempt.c.person_id
    )
    query = query.where(schema.address.c.address == address.address)
    rows = await bot.store._reads.run(lambda c: c.execute(query).all())
    return tuple(contest_rows.read_attempt(row) for row in rows if row.round_id == one.id)


async def _answered(person: Talker, mine: Attempt, *, right: int) -> None:
    """So many right answers, the others wrong."""
    for at, index in enumerate(mine.drawn):
        answer = bank()[index].answer
        option = answer if at < right else (answer + 1) % 4
        await person.taps_value(f"try:{mine.id}:q:{at}:{option}")


@pytest.fixture
async def member(bot: App, chatter: TelegramPerson) -> TelegramPerson:
    await prepare(bot)
    await _agreed(chatter)
    return chatter


LAN = Address("telegram", "501")


async def test_a_round_is_played_from_its_rules_to_handing_in(
    bot: App, member: TelegramPerson
) -> None:
    one = await opened(bot.store)
    page = await member.taps_value(f"round:{one.id}")
    for told in ("For everybody.", "5 questions", "20 minutes", "2 attempts left", one.commitment,
                 "until 60 days after the end of the round"):  # fmt: skip
        assert told in page
    await member.taps("I agree and begin")
    begun = await member.taps("Lao động Việt Nam")
    (mine,) = await _attempts(bot, one, LAN)
    assert mine.code in begun
    first = await member.taps("First question")
    assert "Question 1 of 5" in first
    assert "left" in first
    assert sum(label.startswith("Option") for label in first.buttons) == 4
    await _answered(member, mine, right=4)
    asked = await member.taps("Hand in")
    assert "How many people will have all answers right?" in asked
    assert "Your guess: 12" in await member.says("12")
    assert "Points and right answers are told when the round is over" in await member.taps(
        "Hand in"
    )
    (kept,) = await _attempts(bot, one, LAN)
    assert kept.handed_at is not None
    assert (kept.prediction, kept.unanswered) == (12, ())
    # Nothing is told before the end, and nothing can be changed.
    assert "not over yet" in await member.taps_value(f"result:{one.id}")
    await member.taps_value(f"try:{mine.id}:q:0:{(bank()[mine.drawn[0]].answer + 2) % 4}")
    assert (await _attempts(bot, one, LAN))[0].answers == kept.answers


async def test_after_the_end_rank_points_and_reasons_are_told(
    bot: App, member: TelegramPerson
) -> None:
    one = await opened(bot.store)
    await _begun(member, one)
    (mine,) = await _attempts(bot, one, LAN)
    await _answered(member, mine, right=4)
    await bot.store.contests.move_end(one, datetime.now(UTC) - timedelta(seconds=1))
    assert await bot.store.contests.advance(datetime.now(UTC)) == 1
    told = await member.taps_value(f"result:{one.id}")
    assert "Your points: 4 of 5" in told
    assert "Your rank: 1" in told
    answers = await member.taps("My answers")
    assert answers.text.count("✓") == 4
    assert answers.text.count("✗") == 1
    assert "Explanation" in answers
    assert "Luật Công đoàn, Quốc hội" in answers


async def test_the_time_is_up_and_what_was_answered_is_handed_in(
    bot: App, member: TelegramPerson
) -> None:
    one = await opened(bot.store)
    await _begun(member, one)
    (mine,) = await _attempts(bot, one, LAN)
    await _answered(member, mine, right=1)
    await bot.store.contests.advance(mine.ends_at + timedelta(seconds=1))
    late = await member.taps_value(f"try:{mine.id}:q:0:0")
    assert "nothing can be changed any more" in late
    (kept,) = await _attempts(bot, one, LAN)
    assert kept.handed_at == mine.ends_at
    assert "1 attempt left" in await member.taps_value(f"round:{one.id}")


async def test_nobody_reaches_another_persons_attempt_or_more_attempts_than_there_are(
    bot: App, member: TelegramPerson, telegram: FakeTelegram
) -> None:
    one = await opened(bot.store, rules(attempts=1, predicts=False))
    await _begun(member, one)
    (mine,) = await _attempts(bot, one, LAN)
    other = TelegramPerson(telegram, member._settled, 502)
    await _agreed(other)
    for value in (f"try:{mine.id}:q:0:1", f"try:{mine.id}:yes", "try:999:in", "try:x", "round:77"):
        assert "no such round or attempt of yours" in await other.taps_value(value)
    for value in (f"try:{mine.id}:q:0:9", f"try:{mine.id}:q:99:1", f"try:{mine.id}:q:-1:1"):
        await member.taps_value(value)
    assert (await _attempts(bot, one, LAN))[0].answers == "....."
    await member.taps_value(f"try:{mine.id}:in")
    await member.taps_value(f"try:{mine.id}:yes")
    assert "0 attempts left" in await member.taps_value(f"round:{one.id}:begin")
    assert len(await _attempts(bot, one, LAN)) == 1


async def test_double_taps_and_two_chats_of_one_person_make_one_entry(
    bot: App, member: TelegramPerson
) -> None:
    one = await opened(bot.store)
    await member.taps_value(f"round:{one.id}")
    await asyncio.gather(*(member.taps_value(f"round:{one.id}:{CONTEST}:vn") for _ in range(3)))
    assert len(await _attempts(bot, one, LAN)) == 1
    (mine,) = await _attempts(bot, one, LAN)
    await asyncio.gather(*(member.taps_value(f"try:{mine.id}:q:2:3") for _ in range(3)))
    assert (await _attempts(bot, one, LAN))[0].answers == "..3.."


async def test_without_consent_nothing_is_kept(bot: App, visitor: Visitor) -> None:
    await prepare(bot)
    one = await opened(bot.store)
    await visitor.says("/start")
    await visitor.taps("English")
    for value in ("begin", "2020-01-01", "2020-01-01:vn", "league:vn", "remind"):
        page = await visitor.taps_value(f"round:{one.id}:{value}")
        assert "until 60 days after the end of the round" in page
        assert "Remind me before the end" not in page.buttons
    assert (await bot.store.contests.turnout(one)).begun == 0


async def test_who_wants_no_messages_may_take_part_and_is_not_forgotten_meanwhile(
    bot: App, visitor: Visitor
) -> None:
    await prepare(bot)
    one = await opened(bot.store)
    await visitor.says("/start")
    await visitor.taps("English")
    await visitor.taps("Just look around")
    await _begun(visitor, one)
    assert "You have not agreed to messages" in await _handed_in(visitor, bot)
    await bot.store.tidy(one.closes_at + timedelta(days=59))
    assert (await bot.store.contests.turnout(one)).people == 1
    await bot.store.contests.advance(one.closes_at + timedelta(hours=1))
    for _ in range(2):  # the entry is nobody's first
        await bot.store.tidy(one.closes_at + timedelta(days=62))
    rows = await bot.store._reads.run(lambda c: c.execute(schema.person.select()).all())
    assert rows == []  # a guest again, and silent for long


async def _handed_in(person: Talker, bot: App) -> Heard:
    rows = await bot.store._reads.run(lambda c: c.execute(schema.attempt.select()).all())
    assert rows[-1].consent_version == CONTEST
    return await person.taps_value(f"try:{rows[-1].id}:yes")


async def test_officers_extend_close_and_make_a_question_void(
    bot: App, member: TelegramPerson
) -> None:
    one = await opened(bot.store)
    await _begun(member, one)
    (mine,) = await _attempts(bot, one, LAN)
    await _answered(member, mine, right=3)
    assert "Know your union" not in await member.says("/contest")  # there is no such word yet
    await appoint(bot, LAN, "federation-officer", "LD")
    page = await member.says("/contest")
    assert "Know your union, week-1" in page
    shown = await member.taps("№ 1")
    assert "Took part: 1" in shown
    await member.taps("6 hours longer")
    extended = await bot.store.contests.round(one.id)
    assert extended is not None
    assert extended.closes_at - one.closes_at == timedelta(hours=6)
    await member.taps_value(f"rounds:{one.id}:close")
    await member.taps("Close it now")
    await bot.store.contests.advance(datetime.now(UTC) + timedelta(seconds=1))
    wrong = mine.drawn[4]
    await member.taps_value(f"rounds:{one.id}:voids:{wrong}")
    (kept,) = await _attempts(bot, one, LAN)
    assert kept.points == 4  # three right, and the void one


async def test_a_small_guess_is_a_guess_and_not_the_number_of_a_choice(
    bot: App, person: Talker
) -> None:
    await prepare(bot)
    await _agreed(person)
    one = await opened(bot.store)
    await _begun(person, one)
    rows = await bot.store._reads.run(lambda c: c.execute(schema.attempt.select()).all())
    number = rows[0].id
    for guess in ("1", "0"):
        asked = await person.taps_value(f"try:{number}:guess")
        assert "1. Without a guess" not in asked
        assert f"Your guess: {guess}" in await person.says(guess)
    await person.taps_value(f"try:{number}:guess")
    assert "Your guess: 0" in await person.says("Without a guess")  # it stays as it was


async def test_what_was_acknowledged_in_time_counts_although_it_waited_in_the_queue(
    bot: App, member: TelegramPerson
) -> None:
    """A burst of the last seconds: the round is over before its turn comes."""
    one = await opened(bot.store)
    await _begun(member, one)
    (mine,) = await _attempts(bot, one, LAN)
    end = datetime.now(UTC)
    await bot.store.contests.move_end(one, end)
    right = bank()[mine.drawn[0]].answer
    in_time = Event("last", LAN, choice=f"try:{mine.id}:q:0:{right}")
    too_late = Event("later", LAN, choice=f"try:{mine.id}:q:1:{right}")
    first = await bot.store.write_down(in_time, end - timedelta(seconds=1))
    second = await bot.store.write_down(too_late, end + timedelta(seconds=1))
    assert first is not None
    assert second is not None
    assert await bot.store.contests.advance(end + timedelta(seconds=2)) == 0
    await bot.conversation._answer_and_say(first)
    await bot.conversation._answer_and_say(second)
    assert await bot.store.contests.advance(end + timedelta(seconds=3)) == 1
    (kept,) = await _attempts(bot, one, LAN)
    assert kept.answers[:2] == f"{right}."
    assert kept.points == 1


async def test_what_is_stuck_holds_up_no_round_for_long(bot: App, member: TelegramPerson) -> None:
    one = await opened(bot.store)
    end = datetime.now(UTC)
    await bot.store.contests.move_end(one, end)
    assert await bot.store.write_down(Event("stuck", LAN, "menu"), end - timedelta(seconds=1))
    assert await bot.store.contests.advance(end + timedelta(minutes=4)) == 0
    assert await bot.store.contests.advance(end + timedelta(minutes=6)) == 1
