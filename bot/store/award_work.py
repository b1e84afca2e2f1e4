"""What handlers change about registered works, as parts of one unit of work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from bot.award import COMPLETE, Entry
from bot.model import Person
from bot.rights import Office
from bot.store import audit, award_records
from bot.store.certificate_work import CertificateWork


class AwardWork(CertificateWork):
    """The part of Work that changes what is registered for the award."""

    def register(self, person: Person, entry: Entry, version: str, now: datetime) -> None:
        """Keeps a work; its maker agreed to the text of that version."""
        self._changes.append(lambda c, k: award_records.add(c, k, person.id, entry, version, now))

    def change_entry(
        self, person: Person, code: str, changed: Callable[[Entry], Entry], now: datetime
    ) -> None:
        """Changes one of the person's own works, as it is at that moment."""
        self._changes.append(
            lambda c, k: award_records.change(c, k, code, changed, now, person_id=person.id)
        )

    def withdraw(self, person: Person, code: str) -> None:
        self._changes.append(lambda c, _: award_records.withdraw(c, person.id, code))

    def tick(self, code: str, item: str, by: Office, now: datetime, *, is_done: bool) -> None:
        """An officer ticks an item of the checklist, or takes the tick away."""
        self._change_dossier(
            code, lambda entry: award_records.ticked(entry, item, is_done=is_done), by, now
        )

    def receive(self, code: str, by: Office, now: datetime) -> None:
        """The office has what was to be brought there."""
        self._change_dossier(code, lambda entry: replace(entry, state=COMPLETE), by, now)

    def wish_award(self, person: Person, today: date) -> None:
        """From now on the person is reminded of the award's deadline."""
        self._changes.append(lambda c, _: award_records.wish(c, person.id, today))

    def end_award_wish(self, person: Person) -> None:
        self._changes.append(lambda c, _: award_records.end_wish(c, person.id))

    def _change_dossier(
        self, code: str, changed: Callable[[Entry], Entry], by: Office, now: datetime
    ) -> None:
        self._changes.append(lambda c, k: award_records.change(c, k, code, changed, now))
        self._changes.append(lambda c, _: audit.note(c, "award.tick", f"work:{code}", by.id, now))
