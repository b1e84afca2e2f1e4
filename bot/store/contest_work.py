"""What handlers change about the contest, as parts of one unit of work.

What has changed since the answer was made raises Overtaken: the event is answered anew.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.contests import Attempt, Round
from bot.model import Person
from bot.rights import Office
from bot.store import audit, contest_notices, contest_prizes, contest_records, essays
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
            if contest_records.void(connection, codecs, one.id, question, now):
                audit.note(connection, "contest.void", f"round:{one.id}", by.id, now)

        self._changes.append(change)

    def draw_prizes(self, one: Round, by: Office, now: datetime) -> None:
        """Once; the winners are told."""

        def change(connection: Connection, codecs: Codecs) -> None:
            if contest_prizes.draw(connection, codecs, one.id, now):
                audit.note(connection, "contest.draw", f"round:{one.id}", by.id, now)

        self._changes.append(change)

    def take_back_prizes(self, one: Round, by: Office, now: datetime) -> None:
        """As long as nobody has claimed one."""

        def change(connection: Connection, _: Codecs) -> None:
            if contest_prizes.take_back(connection, one.id):
                audit.note(connection, "contest.undraw", f"round:{one.id}", by.id, now)

        self._changes.append(change)

    def claim_prize(self, person: Person, prize_id: int, holder: str, now: datetime) -> None:
        """The winner says under which name; without one the claim is withdrawn."""
        if not holder:
            self._changes.append(lambda c, _: contest_prizes.withdraw(c, person.id, prize_id))
            return
        self._changes.append(
            lambda c, k: contest_prizes.claim(c, k, person.id, prize_id, holder, now)
        )

    def write_essay(self, person: Person, attempt: Attempt, text: str, now: datetime) -> None:
        """Without a text it is forgotten."""
        self._changes.append(lambda c, k: essays.write(c, k, person.id, attempt.id, text, now))

    def wish_round(self, person: Person, one: Round) -> None:
        """The person is reminded before the round closes."""
        self._changes.append(lambda c, _: contest_notices.wish(c, person, one))
