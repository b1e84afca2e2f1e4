"""A ledger beside a model of it: what was on the wire, and what must hold."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import select

from bot.store import Outcome, Recipient, Store, schema
from tests.campaigning import add_members

CHANNELS = ("telegram", "zalo-oa")
HOLDERS = ("one", "two")
# The arrows of the design, and what overtakes a message that is on its way.
ARROWS = {
    "queued": {"sending", "dropped", "unreachable"},
    "sending": {
        "sent", "queued", "waiting", "failed", "unreachable", "uncertain", "dropped",
    },
    "waiting": {"sent", "failed", "unreachable", "uncertain", "dropped"},
    "failed": {"queued"},
    "uncertain": {"queued"},
    "sent": set[str](),
    "unreachable": set[str](),
    "dropped": set[str](),
}  # fmt: skip
BACK_BY_OFFICER = {"failed", "uncertain"}
NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)


@dataclass
class Sender:
    """A process: what it was given and has not said, and what it has said and not settled."""

    claimed: list[tuple[Recipient, int]] = field(default_factory=list)
    over: dict[tuple[str, int], list[Outcome]] = field(default_factory=dict)

    def is_idle(self, channel: str) -> bool:
        told = any(self.over[key] for key in self.over if key[0] == channel)
        return not told and all(one.address.channel != channel for one, _ in self.claimed)


class LedgerModel(RuleBasedStateMachine):
    """`url` and `store` are set by who runs it. Beside the store stands what was on the wire."""

    numbers = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.now = NOW
        self.senders = {name: Sender() for name in HOLDERS}
        self.audience: dict[int, int] = {}
        self.rows: dict[int, Any] = {}
        self.on_wire = Counter[tuple[int, int]]()
        self.resent = Counter[tuple[int, int]]()
        self.by_officer: set[int] = set()
        self.put_again: set[int] = set()
        # Whom somebody has become.
        self.people: list[int] = []
        self.places: dict[int, tuple[str, str]] = {}

    def do(self, coroutine: Any) -> Any:
        return self.runner.run(coroutine)

    def teardown(self) -> None:
        self.do(self.store.close())
        self.runner.close()

    @initialize(count=st.integers(2, 5))
    def people_agree(self, count: int) -> None:
        self.store = self.new_store()
        self.do(self.store.upgrade())
        for channel in CHANNELS:
            first = next(self.numbers) * 100
            self.do(add_members(self.store, count, first=first, channel=channel))
        found = self.do(self._all(select(schema.address)))
        self.places = {row.person_id: (row.channel, row.address) for row in found}
        self.people = sorted(self.places)

    def new_store(self) -> Store:
        raise NotImplementedError

    async def _all(self, query: Any) -> Any:
        return await self.store._reads.run(lambda c: c.execute(query).all())

    # What must hold -------------------------------------------------------------------------------

    def _read(self) -> dict[int, Any]:
        return {row.id: row for row in self.do(self._all(select(schema.recipient)))}

    @invariant()
    def the_ledger_adds_up(self) -> None:
        if not self.audience:
            return
        rows = self._read()
        assert not set(self.rows) - set(rows), "a row was lost"
        for key, row in rows.items():
            before = self.rows.get(key)
            if before is not None and before.state != row.state:
                self._may_go(key, before.state, row.state)
            if before is not None and row.person_id != before.person_id:
                assert row.person_id is None or row.person_id in self.people
        self.rows, self.by_officer = rows, set()
        counts = Counter((row.campaign_id, row.state) for row in rows.values())
        for number, people in self.audience.items():
            assert sum(n for (owner, _), n in counts.items() if owner == number) == people
            told = self.do(self.store.campaigns.progress(number, self.now))[0]
            assert sum(told.values()) == people
            assert all(told[state] == counts[number, state] for state in told)

    def _may_go(self, key: int, before: str, after: str) -> None:
        """Only along the arrows; several at once where one step of ours is several of theirs."""
        if before in BACK_BY_OFFICER and after == "queued":
            assert key in self.by_officer, f"{before} was queued again by nobody"
        assert after in ARROWS[before], f"{before} -> {after}"

    @invariant()
    def nobody_got_it_twice(self) -> None:
        """But for a message of which nobody knew, at an officer's word."""
        for key, times in self.on_wire.items():
            assert times <= 1 + self.resent[key], f"recipient {key} was sent {times} times"

    @invariant()
    def what_is_sent_was_sent(self) -> None:
        for key, row in self.rows.items():
            if row.state == "sent":
                assert self.on_wire[row.campaign_id, key] > 0
