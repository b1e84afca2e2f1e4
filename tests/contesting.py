"""A round with a small bank, opened straight in the store; played in the chat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.app import App
from bot.campaigns import Origin
from bot.contests import Attempt, Frozen, Question, Quota, Round, Rules, Wording
from bot.store import Store, schema
from bot.store.contest_records import NewRound
from bot.store.contest_rows import read_attempt
from tests.people import Talker

SOURCE = Origin("Luật Công đoàn", "Quốc hội", "50/2024/QH15")


def question(number: int, topic: str = "union", difficulty: int = 1) -> Question:
    """The right option is the number's rest by four; the words say which it is."""
    text = {
        "vi": Wording(
            f"Câu {topic} {number}?",
            tuple(f"Đáp án {number}.{at}" for at in range(4)),
            f"Giải thích {number}.",
        ),
        "en": Wording(
            f"Question {topic} {number}?",
            tuple(f"Option {number}.{at}" for at in range(4)),
            f"Explanation {number}.",
        ),
    }
    return Question(f"{topic}-{number:03}", topic, difficulty, number % 4, text, (SOURCE,))


def bank(count: int = 8) -> tuple[Question, ...]:
    return tuple(question(n) for n in range(count)) + tuple(
        question(n, "award", 2) for n in range(count)
    )


def rules(attempts: int = 2, minutes: int = 20, *, predicts: bool = True) -> Rules:
    return Rules(
        {"vi": "Tìm hiểu công đoàn", "en": "Know your union"},
        {"vi": "Dành cho mọi người.", "en": "For everybody."},
        attempts,
        "best",
        minutes,
        (Quota("union", 3), Quota("award", 2, 2)),
        predicts,
        {"vn": {"vi": "Lao động Việt Nam"}, "abroad": {"vi": "Lao động nước ngoài"}},
        (SOURCE,),
    )


async def opened(
    store: Store, made: Rules | None = None, hours: float = 24, name: str = "week-1"
) -> Round:
    """Open since an hour ago."""
    now = datetime.now(UTC)
    frozen = Frozen(made or rules(), bank(), "5e" * 32, "a1" * 32)
    new = NewRound("spring", name, now - timedelta(hours=1), now + timedelta(hours=hours), frozen)
    assert await store.contests.open(new)
    found = await store.contests.named("spring", name)
    assert found is not None
    return found


async def played(bot: App, person: Talker, one: Round, *, right: int) -> Attempt:
    """The person begins and gives so many right answers, the others wrong."""
    await person.taps_value(f"round:{one.id}:league:vn")
    newest = select(schema.attempt).where(schema.attempt.c.round_id == one.id)
    newest = newest.order_by(schema.attempt.c.id.desc()).limit(1)
    mine = read_attempt(await bot.store._reads.run(lambda c: c.execute(newest).one()))
    for at, index in enumerate(mine.drawn):
        answer = bank()[index].answer
        option = answer if at < right else (answer + 1) % 4
        await person.taps_value(f"try:{mine.id}:q:{at}:{option}")
    return mine


async def closed(bot: App, one: Round) -> None:
    """The round ends now."""
    await bot.store.contests.move_end(one, datetime.now(UTC) - timedelta(seconds=1))
    assert await bot.store.contests.advance(datetime.now(UTC)) == 1
