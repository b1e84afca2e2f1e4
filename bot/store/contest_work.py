"""What handlers change about the contest, as parts of one unit of work.

What has changed since the answer was made raises Overtaken: the event is answered anew.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.contests import Attempt, Round
from bot.model import Person
from bot.rights import Office
from bot.store import audit, contest_records
from bot.store.campaign_work import CampaignWork
from bot.store.codec import Codecs


class ContestWork(CampaignWork):
    """The part of Work that changes rounds and attempts."""

    def begin_attempt(self, person: Person, attempt: Attempt, most: int) -> None:
        unit = person.unit_id
        self._changes.append(lambda c, _: contest_records.begin(c, person.id, unit, attempt, most))

    def answer(self, person: Person, attempt: Attempt, at: int, option: int, now: datetime) -> None:
        self._changes.append(
            lambda c, _: contest_records.answer(c, attempt.id, person.id, at, option, now)
        )

    def guess(self, person: Person, attempt: Attempt, number: int, now: datetime) -> None:
        self._changes.append(
            lambda c, _: contest_records.guess(c, attempt.id, person.id, number, now)
        )

    def hand_in(self, person: Person, attempt: Attempt, now: datetime) -> None:
        self._changes.append(lambda c, _: contest_records.hand_in(c, attempt.id, person.id, now))

    def move_round_end(self, one: Round, closes_at: datetime, by: Office, now: datetime) -> None:
        """An officer extends a round, or closes it at once."""

        def change(connection: Connection, _: Codecs) -> None:
            if contest_records.move_end(connection, one.id, closes_at):
                audit.note(connection, "contest.end", f"round:{one.id}", by.id, now)

        self._changes.append(change)

    def void_question(self, one: Round, question: str, by: Office, now: datetime) -> None:
        """The question counts as right for all who drew it."""

        def change(connection: Connection, codecs: Codecs) -> None:
            if contest_records.void(connection, codecs, one.id, question):
                audit.note(connection, "contest.void", f"round:{one.id}", by.id, now)

        self._changes.append(change)
