"""The unit of work: what one handler changes, committed together with its answer."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from bot.activities import Activity
from bot.figures import UnitFigure
from bot.model import Person, Remembered, Reminder, Subscription
from bot.rights import Office
from bot.store import (
    activities,
    award_records,
    contest_notices,
    own_data,
    practice,
    reminders,
    rolling,
    schema,
    subscriptions,
)
from bot.store.claim_work import ClaimWork
from bot.store.codec import Codecs
from bot.store.rows import upsert


class Work(ClaimWork):
    """Collects changes; nothing happens before the store applies them in one transaction."""

    def __init__(self) -> None:
        super().__init__()
        self.erases = False
        self.ends = False
        self.scrubs = False

    def choose_language(self, person: Person, language: str) -> None:
        self._set(person, language=language)

    def consent(self, person: Person, version: str, now: datetime) -> None:
        """Consent to the text of that version; who had stopped is back."""
        self._set(person, consent_version=version, consent_at=now, has_stopped=False)

    def note_asked(self, person: Person, version: str) -> None:
        """They were shown that text and asked; not again."""
        self._set(person, consent_asked=version)

    def stop(self, person: Person) -> None:
        """Withdraws the consent: nothing is sent unasked, not even what is queued, and what was
        kept of practice is forgotten."""
        self.ends = True
        self._set(person, consent_version=None, consent_at=None, has_stopped=True)
        self._set(person, practice_version=None, practice_at=None)
        self._changes.append(lambda c, _: subscriptions.end_subscription(c, person.id))
        self._changes.append(lambda c, _: practice.forget(c, person.id))
        self._changes.append(lambda c, _: award_records.end_wish(c, person.id))
        self._changes.append(lambda c, _: contest_notices.end_wishes(c, person.id))

    def choose_zone(self, person: Person, zone: str) -> None:
        self._set(person, zone=zone)

    def choose_quiet_hours(self, person: Person, quiet: str) -> None:
        self._set(person, quiet=quiet)

    def subscribe(
        self,
        person: Person,
        wish: Subscription,
        due_at: datetime | None,
        calendar_due_at: datetime | None,
    ) -> None:
        """New wishes; the two times say when they are looked at first."""
        self._changes.append(
            lambda c, _: subscriptions.write_subscription(
                c, person.id, wish, due_at, calendar_due_at
            )
        )

    def add_reminder(self, person: Person, reminder: Reminder, today: date) -> None:
        self._changes.append(lambda c, k: reminders.add(c, k, person.id, reminder, today))

    def remove_reminder(self, person: Person, identifier: int) -> None:
        self._changes.append(lambda c, _: reminders.remove(c, person.id, identifier))

    def agree_to_practice(self, person: Person, version: str, now: datetime) -> None:
        """What they answer in practice is kept from now on, under the text of that version."""
        self._set(person, practice_version=version, practice_at=now)

    def end_practice(self, person: Person) -> None:
        """Takes that back; what was kept is forgotten."""
        self._set(person, practice_version=None, practice_at=None)
        self._changes.append(lambda c, _: practice.forget(c, person.id))

    def practise(self, person: Person, remembered: Remembered, asked_at: datetime) -> None:
        """An answer to a question asked at `asked_at`; a second one to it changes nothing."""
        self._changes.append(lambda c, _: practice.keep(c, person.id, remembered, asked_at))

    def report_activity(self, activity: Activity, by: Office, now: datetime) -> None:
        """What a unit did of its own."""
        self._changes.append(lambda c, k: activities.add(c, k, activity, by.id, now))

    def withdraw_activity(self, activity: Activity, by: Office, now: datetime) -> None:
        """Takes it back, as long as its day is open."""
        self._changes.append(lambda c, _: activities.withdraw(c, activity, by.id, now))

    def count_reading(
        self, article: str, language: str, day: date, topic: str = "", unit_id: int | None = None
    ) -> None:
        """One more reading of that article on that day, by nobody in particular; apart from it one
        of that topic in that unit."""
        table = schema.reading
        of_unit = UnitFigure(day, "read", unit_id or 0, 1, topic)

        def change(connection: Connection, _: Codecs) -> None:
            row = {"day": day, "article": article, "language": language, "count": 1}
            statement = upsert(connection, table).values(row)
            more = {"count": table.c.count + 1}
            connection.execute(
                statement.on_conflict_do_update(index_elements=table.primary_key, set_=more)
            )
            if topic:
                rolling.add_to_units(connection, of_unit)

        self._changes.append(change)

    def count_joining(self, person: Person, day: date) -> None:
        """Before `consent`: one more, unless they had agreed already."""
        self._changes.append(lambda c, _: rolling.count_person(c, person.id, "joined", day))

    def count_leaving(self, person: Person, day: date) -> None:
        """Before `stop` or `erase`: one more, if they had agreed."""
        self._changes.append(lambda c, _: rolling.count_person(c, person.id, "left", day))

    def erase(self, person: Person) -> None:
        """Deletes all that is kept about the person, this very event and its answer included."""
        self.erases = True
        self._changes.append(lambda c, k: own_data.erase(c, k, person.id))

    def apply(self, connection: Connection, codecs: Codecs) -> None:
        for change in self._changes:
            change(connection, codecs)
