"""A round with a small bank, opened straight in the store; played in the chat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import exp
from random import Random
from typing import Any

from sqlalchemy import insert, select

from bot.app import App
from bot.campaigns import Origin
from bot.consents import CONTEST
from bot.contests import (
    Attempt,
    Frozen,
    Played,
    Question,
    Quota,
    Round,
    Rules,
    Wording,
    drawn_for,
)
from bot.store import Store, schema
from bot.store.contest_records import NewRound
from bot.store.contest_rows import packed, read_attempt
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
    await person.taps_value(f"round:{one.id}:{CONTEST}:vn")
    newest = select(schema.attempt).where(schema.attempt.c.round_id == one.id)
    newest = newest.order_by(schema.attempt.c.id.desc()).limit(1)
    mine = read_attempt(await bot.store._reads.run(lambda c: c.execute(newest).one()))
    for at, index in enumerate(mine.drawn):
        answer = bank()[index].answer
        option = answer if at < right else (answer + 1) % 4
        await person.taps_value(f"try:{mine.id}:q:{at}:{option}")
    return mine


def honest(rng: Random, people: int, questions: Sequence[Question], drawn: int) -> list[Played]:
    """Honest entries: people of different skill, questions of different difficulty, of which the
    wrong options are not equally tempting; everybody for themselves."""
    hard = [rng.gauss(0, 0.7) for _ in questions]
    tempting = [rng.choice(((1, 1, 1), (4, 2, 1), (6, 1, 1))) for _ in questions]
    return [_entry(rng, f"c-{n:05}", questions, drawn, hard, tempting) for n in range(people)]


def _entry(
    rng: Random,
    code: str,
    questions: Sequence[Question],
    drawn: int,
    hard: Sequence[float],
    tempting: Sequence[tuple[int, ...]],
) -> Played:
    skill = rng.gauss(0.8, 1)
    asked = rng.sample(range(len(questions)), drawn)
    answers = ""
    for at in asked:
        knows = 0.25 + 0.75 / (1 + exp(hard[at] - skill))
        wrong = [option for option in range(4) if option != questions[at].answer]
        guess = rng.choices(wrong, tempting[at])[0]
        answers += "." if rng.random() < 0.02 else str(
            questions[at].answer if rng.random() < knows else guess
        )  # fmt: skip
    seconds = bytes(min(255, int(rng.lognormvariate(2.6, 0.5))) for _ in asked)
    return Played(code, tuple(asked), answers, seconds)


async def enter(store: Store, one: Round, rows: Iterable[Mapping[str, Any]]) -> None:
    """Attempts that were handed in, straight in the table, each of nobody.

    A row may have a code, a league, a unit_id, how many are right, and by how much the options
    that were chosen instead are shifted from the right one.
    """
    began = one.opens_at + timedelta(minutes=1)
    values = []
    for number, row in enumerate(rows):
        code = str(row.get("code", f"e-{one.id}-{number:04}"))
        drawn = drawn_for(code, one.frozen)
        right = int(row.get("right", 0))
        shift = int(row.get("shift", 1))
        answers = "".join(
            str((one.frozen.questions[index].answer + (shift if at >= right else 0)) % 4)
            for at, index in enumerate(drawn)
        )
        values.append(
            {
                "round_id": one.id, "number": 1, "code": code, "league": row.get("league", "vn"),
                "unit_id": row.get("unit_id"), "drawn": packed(drawn), "answers": answers,
                "seconds": bytes([10] * len(drawn)), "started_at": began, "last_at": began,
                "ends_at": began + timedelta(minutes=20),
                "handed_at": began + timedelta(seconds=number),
                "counts": False,
            }
        )  # fmt: skip
    await store._writes.run(lambda c: c.execute(insert(schema.attempt), values))


async def closed(store: Store, one: Round) -> Round:
    """The round, closed and ranked."""
    await store.contests.move_end(one, datetime.now(UTC) - timedelta(seconds=1))
    assert await store.contests.advance(datetime.now(UTC)) == 1
    found = await store.contests.round(one.id)
    assert found is not None
    return found
