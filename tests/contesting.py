"""A round with a small bank, opened straight in the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.campaigns import Origin
from bot.contests import Frozen, Question, Quota, Round, Rules, Wording
from bot.store import Store
from bot.store.contest_records import NewRound

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
