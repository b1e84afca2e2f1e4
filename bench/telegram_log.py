"""What a Bot API server takes and refuses, and its count of it."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

# What was on its way when a ban began could not know of it.
_UNDERWAY = 0.05


@dataclass
class Rules:
    """So many a second over all and to a chat, 0: any; who exceeds the first is shut out."""

    per_second: int = 0
    per_chat: int = 0
    retry_after: int = 3


@dataclass
class Log:
    """What happened since `begin`, on the clock that all processes of a machine share."""

    rules: Rules = field(default_factory=Rules)
    chats: Counter[int] = field(default_factory=Counter)
    refused: int = 0
    in_ban: int = 0
    first: float = 0.0
    last: float = 0.0
    first_ban_ended: float = 0.0
    before_first_ban: int = 0
    waits: list[float] = field(default_factory=list)
    asked: dict[int, float] = field(default_factory=dict)
    arrivals: list[tuple[int, float]] = field(default_factory=list)  # chat, moment
    _banned_from: float = 0.0
    _banned_until: float = 0.0
    _window: deque[float] = field(default_factory=deque)
    _last_to: dict[int, float] = field(default_factory=dict)

    def wait(self, chat: int, now: float) -> int:
        """Takes the message, or for how many seconds its sender is to wait."""
        self.first = self.first or now
        if now < self._banned_until:
            self.refused += 1
            self.in_ban += now - self._banned_from > _UNDERWAY
            return 1 + int(self._banned_until - now)
        if self.rules.per_second and self._is_full(now):
            return self._ban(now)
        if self.rules.per_chat and now - self._last_to.get(chat, 0.0) < 1 / self.rules.per_chat:
            self.refused += 1
            return 1
        self._take(chat, now)
        return 0

    def _is_full(self, now: float) -> bool:
        while self._window and self._window[0] <= now - 1:
            self._window.popleft()
        return len(self._window) >= self.rules.per_second

    def _ban(self, now: float) -> int:
        self.refused += 1
        self._banned_from, self._banned_until = now, now + self.rules.retry_after
        if not self.first_ban_ended:
            self.first_ban_ended = self._banned_until
            self.before_first_ban = self.chats.total()
        return self.rules.retry_after

    def _take(self, chat: int, now: float) -> None:
        self._window.append(now)
        self._last_to[chat] = self.last = now
        self.chats[chat] += 1
        self.arrivals.append((chat, now))
        if chat in self.asked:
            self.waits.append(now - self.asked.pop(chat))

    def report(self) -> dict[str, Any]:
        delivered = self.chats.total()
        return {
            "delivered": delivered,
            "chats": len(self.chats),
            "doubled": delivered - len(self.chats),
            "refused": self.refused,
            "in_ban": self.in_ban,
            "first": self.first,
            "last": self.last,
            "first_ban_ended": self.first_ban_ended,
            "before_first_ban": self.before_first_ban,
            "waits": self.waits,
            "unanswered": len(self.asked),
        }
