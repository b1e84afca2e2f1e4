"""Rounds of contests: opened and closed when their time comes, by whichever process is first."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.contests import OPEN, Frozen, Round
from bot.library import ContentError, Contest, Library
from bot.library.contests import RoundText, frozen, in_house
from bot.pulse import beat
from bot.store.contest_records import NewRound
from bot.store.contests import Contests

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 5.0
_SECRET_BYTES = 32


class Rounds:
    """Any number of processes may run one: of several one opens a round, the others nothing."""

    def __init__(self, contests: Contests, library: Library, folder: Path, zone: ZoneInfo) -> None:
        self._contests = contests
        self._library = library
        self._folder = folder
        self._zone = zone
        self._told: set[str] = set()
        self._unopened: dict[str, str] = {}

    @property
    def trouble(self) -> str:
        """Which rounds cannot be opened, for the operator; empty when all can."""
        return "; ".join(sorted(self._unopened.values()))

    async def run(self, clock: Callable[[], datetime]) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self.look(clock())
                beat("rounds")
            except Exception:  # the next look may succeed
                _log.exception("the rounds of contests had a bad moment")
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self, now: datetime) -> None:
        """Opens what is due, hands in what is late, closes and ranks what is over."""
        await self._contests.advance(now)
        for name, contest in self._library.contests.items():
            for one in contest.rounds:
                opens, closes = in_house(one.opens, self._zone), in_house(one.closes, self._zone)
                if opens <= now < closes:
                    await self._open(name, contest, one, opens, closes)

    async def open_now(self, name: str, label: str, now: datetime) -> Round | None:
        """Before its time, at an officer's word. Raises ContentError; None: there is none."""
        contest = self._library.contests.get(name)
        one = next((each for each in contest.rounds if each.id == label), None) if contest else None
        if contest is None or one is None:
            return None
        await self._contests.open(
            NewRound(name, label, now, in_house(one.closes, self._zone), self._freeze(contest, one))
        )
        return await self._contests.named(name, label)

    async def _open(
        self, name: str, contest: Contest, one: RoundText, opens: datetime, closes: datetime
    ) -> None:
        known = await self._contests.named(name, one.id)
        if known is not None:
            self._compare(known, contest, one)
            return
        try:
            bank = self._freeze(contest, one)
        except ContentError as error:
            self._tell(f"round {name}/{one.id} cannot be opened: {error}")
            self._unopened[f"{name}/{one.id}"] = f"round {name}/{one.id} cannot be opened"
            return
        self._unopened.pop(f"{name}/{one.id}", None)
        await self._contests.open(NewRound(name, one.id, opens, closes, bank))

    def _freeze(self, contest: Contest, one: RoundText) -> Frozen:
        seed, salt = secrets.token_hex(_SECRET_BYTES), secrets.token_hex(_SECRET_BYTES)
        return frozen(self._folder, contest, one, seed, salt)

    def _compare(self, known: Round, contest: Contest, one: RoundText) -> None:
        """A file that was edited while its round runs changes nothing, and that is said."""
        if known.state == OPEN and contest.rules(one) != known.frozen.rules:
            self._tell(
                f"round {known.contest}/{known.name} is running: its file was changed since it "
                "was opened, which counts for nothing now"
            )

    def _tell(self, fault: str) -> None:
        if fault not in self._told:
            self._told.add(fault)
            _log.error(fault)
