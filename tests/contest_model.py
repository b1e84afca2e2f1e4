"""A round of a contest beside a model of it: what was acknowledged, and what must hold."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import select

from bot.contests import UNANSWERED, Attempt, Frozen, Round, drawn_for
from bot.model import Address, Event, Person, Session
from bot.store import Overtaken, Store, Work, schema
from bot.store.contest_records import NewRound
from bot.store.rows import in_utc
from tests.contesting import bank, rules

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
PLAYERS = 5
MOST = 2


@dataclass
class Try:
    """What was acknowledged of an attempt."""

    number: int
    whose: int | None
    answers: dict[int, int] = field(default_factory=dict)
    guess: int | None = None
    is_handed: bool = False


class ContestModel(RuleBasedStateMachine):
    """What was acknowledged, beside two processes on one database, and what must hold of both."""

    numbers = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.now = NOW
        self.tries: dict[str, Try] = {}
        self.people: dict[int, int] = {}
        self.erased: set[int] = set()
        self.void: set[str] = set()
        self.last_heard = NOW

    def do(self, coroutine: Any) -> Any:
        return self.runner.run(coroutine)

    def teardown(self) -> None:
        for store in self.stores:
            self.do(store.close())
        self.runner.close()

    def new_stores(self) -> tuple[Store, Store]:
        raise NotImplementedError

    @initialize()
    def a_round_is_open(self) -> None:
        self.stores = self.new_stores()
        self.do(self.stores[0].upgrade())
        frozen = Frozen(rules(MOST), bank(), "5e" * 32, "a1" * 32)
        new = NewRound("spring", f"w{next(self.numbers)}", NOW, NOW + timedelta(minutes=50), frozen)
        assert self.do(self.stores[0].contests.open(new))
        assert not self.do(self.stores[1].contests.open(new))
        self.round_id = self.do(self.stores[0].contests.named("spring", new.name)).id
        self.first = next(self.numbers) * 1000
        for at in range(PLAYERS):
            stored = self._wrote(self.stores[0], at)
            self.do(self.stores[0].finish(stored, Work(), Session(), (), self.now))
            self.people[at] = stored.person_id

    # What must hold -------------------------------------------------------------------------------

    @invariant()
    def answers_are_those_acknowledged(self) -> None:
        if not hasattr(self, "round_id"):
            return
        rows = {row.code: row for row in self._rows()}
        assert set(rows) == set(self.tries)
        for code, each in self.tries.items():
            row = rows[code]
            kept = {at: int(o) for at, o in enumerate(row.answers) if o != UNANSWERED}
            assert kept == each.answers, code
            assert row.prediction == each.guess
            assert row.person_id == each.whose
            assert row.handed_at is None or row.handed_at <= max(row.ends_at, row.last_at)
            assert row.last_at <= row.ends_at

    @invariant()
    def ranks_are_those_of_the_answers(self) -> None:
        if not hasattr(self, "round_id") or self._round().state != "closed":
            return
        one, rows = self._round(), self._rows()
        for row in rows:
            assert row.handed_at is not None
            drawn = drawn_for(row.code, one.frozen)
            right = [
                one.frozen.questions[index].id in self.void
                or self.tries[row.code].answers.get(at) == one.frozen.questions[index].answer
                for at, index in enumerate(drawn)
            ]
            assert row.points == sum(right)
        self._counts_once(rows)
        counting = [row for row in rows if row.counts]
        self._is_ordered(counting)

    def _counts_once(self, rows: list[Any]) -> None:
        """Of one person's attempts one counts, and none is better. What is nobody's counts as it
        did when it was somebody's."""
        by_person: dict[int, list[Any]] = {}
        for row in rows:
            by_person.setdefault(row.person_id or -row.id, []).append(row)
        for theirs in by_person.values():
            if theirs[0].person_id is None:
                assert theirs[0].counts is (theirs[0].rank is not None)
                continue
            (counting,) = [row for row in theirs if row.counts]
            best = min(theirs, key=lambda row: (-row.points, row.handed_at))
            assert (counting.points, counting.handed_at) == (best.points, best.handed_at)

    def _is_ordered(self, rows: list[Any]) -> None:
        """By points, then the guess, then who was earlier; who is equal in all shares."""
        rows = sorted(rows, key=lambda row: row.rank)
        for place, row in enumerate(rows, start=1):
            assert row.rank <= place
        for before, after in pairwise(rows):
            one, two = _order(before), _order(after)
            assert one <= two
            assert (one == two) is (before.rank == after.rank)

    # Helpers --------------------------------------------------------------------------------------

    def _round(self) -> Round:
        found: Round = self.do(self.stores[0].contests.round(self.round_id))
        return found

    def _rows(self) -> list[Any]:
        table = schema.attempt
        query = select(table).where(table.c.round_id == self.round_id).order_by(table.c.id)
        found = self.do(self.stores[0]._reads.run(lambda c: c.execute(query).mappings().all()))
        return [SimpleNamespace(**{name: _aware(each) for name, each in row.items()})
                for row in found]  # fmt: skip

    def _row(self, code: str) -> Any:
        return next(row for row in self._rows() if row.code == code)

    def _code(self, which: int) -> str | None:
        known = [code for code, each in self.tries.items() if each.whose is not None]
        return known[which % len(known)] if known else None

    def _attempt(self, code: str) -> Attempt:
        """As the handler finds it, also one that is over by now."""
        each = self.tries[code]
        assert each.whose is not None
        found = self.do(self.stores[0].contests.entered(Person(each.whose), each.number))
        assert found is not None
        attempt: Attempt = found[0]
        return attempt

    def _says(self, by: int, code: str, change: Any, heard_at: datetime) -> bool:
        """Whether it was taken, which it is exactly while the attempt runs in an open round."""
        row, state = self._row(code), self._round().state
        is_open = state == "open" and row.handed_at is None
        may = is_open and max(heard_at, row.last_at) < row.ends_at
        whose = self.tries[code].whose
        at = next(player for player, person in self.people.items() if person == whose)
        taken = self._works(by, at, change)
        assert taken is may
        return taken

    def _works(self, by: int, at: int, change: Any) -> bool:
        """Whether it was taken; else it was overtaken and has changed nothing."""
        store = self.stores[by]
        stored, work = self._wrote(store, at), Work()
        change(work, Person(stored.person_id))
        try:
            self.do(store.finish(stored, work, Session(), (), self.now))
        except Overtaken:
            self.do(store.finish(stored, Work(), Session(), (), self.now))
            return False
        return True

    def _wrote(self, store: Store, at: int) -> Any:
        event = Event(f"e-{next(self.numbers)}", Address("telegram", str(self.first + at)))
        stored = self.do(store.write_down(event, self.now))
        assert stored is not None
        return stored


def _aware(value: Any) -> Any:
    return in_utc(value) if isinstance(value, datetime) else value


def _order(row: Any) -> tuple[int, bool, int, datetime]:
    return (-row.points, row.gap is None, row.gap or 0, row.handed_at)
