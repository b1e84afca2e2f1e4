"""A sitting of practice as the session holds it: which question is open, and how it goes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from bot.model import Session

STATE = "practice"
# What was asked in a sitting does not come again; more than so many need not be known.
_SEEN_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Sitting:
    """Some questions of one topic (empty: of all) in a row, on one address.

    `open` is the question that waits for an answer, `last` the one that was answered last.
    """

    topic: str = ""
    open: str = ""
    asked_at: datetime | None = None
    last: str = ""
    right: int = 0
    count: int = 0
    seen: tuple[str, ...] = ()
    is_again: bool = False

    @classmethod
    def of(cls, session: Session) -> Self | None:
        """The sitting that the session holds, if it holds one."""
        data = session.data
        if "seen" not in data:
            return None
        return cls(
            topic=data["topic"],
            open=data["open"],
            asked_at=datetime.fromisoformat(data["asked_at"]) if data["asked_at"] else None,
            last=data["last"],
            right=int(data["right"]),
            count=int(data["count"]),
            seen=tuple(data["seen"].split()),
            is_again=bool(data["again"]),
        )

    def asking(self, question: str, now: datetime) -> Self:
        seen = tuple(dict.fromkeys((*self.seen, question)))[-_SEEN_AT_MOST:]
        return replace(self, open=question, asked_at=now, seen=seen)

    def answered(self, *, is_right: bool) -> Self:
        right = self.right + int(is_right)
        return replace(self, open="", last=self.open, right=right, count=self.count + 1)

    def kept(self, session: Session) -> Session:
        """The session that holds it; only an open question takes what is typed."""
        data = {
            "topic": self.topic,
            "open": self.open,
            "asked_at": self.asked_at.isoformat() if self.asked_at else "",
            "last": self.last,
            "right": str(self.right),
            "count": str(self.count),
            "seen": " ".join(self.seen),
            "again": "again" if self.is_again else "",
        }
        return session.at(STATE if self.open else "", **data)
