"""What handlers change about units, offices, codes and channels, as parts of one unit of work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import Connection, select, update

from bot.model import Parcel, Person
from bot.rights import Office
from bot.store import audit, codes, joining, notices, offices, schema
from bot.store.codec import Codecs

Change = Callable[[Connection, Codecs], None]


class OfficeWork:
    """The part of Work that changes the organisation; nothing happens before it is applied."""

    def __init__(self) -> None:
        self._changes: list[Change] = []

    def choose_unit(self, person: Person, unit_id: int | None) -> None:
        self._set(person, unit_id=unit_id)

    def prefer_channel(self, person: Person, channel: str | None) -> None:
        self._set(person, preferred_channel=channel)

    def note(self, verb: str, thing: str, office: Office, now: datetime) -> None:
        """Adds to the audit trail what an officer did."""
        self._changes.append(lambda c, _: audit.note(c, verb, thing, office.id, now))

    def miss_code(self, person: Person, now: datetime) -> None:
        """Counts a code that was guessed wrongly."""
        self._changes.append(lambda c, _: codes.miss(c, person.id, now))

    def invite(
        self,
        code: str,
        role: str,
        unit_id: int,
        by: Office,
        now: datetime,
        *,
        topic: str = "",
        label: str = "",
    ) -> None:
        def change(connection: Connection, codecs: Codecs) -> None:
            number = codes.add_invitation(
                connection, codecs, code, role, unit_id, by.id, now, topic, label
            )
            audit.note(connection, "invitation.make", f"invitation:{number}", by.id, now)

        self._changes.append(change)

    def open_invitation(self, invitation: codes.Invitation, person: Person) -> None:
        """Binds the invitation to the person, unless somebody was quicker."""
        self._changes.append(lambda c, _: codes.open_invitation(c, invitation.id, person.id))

    def accept_invitation(
        self, invitation: codes.Invitation, person: Person, now: datetime
    ) -> None:
        """Gives the office; who invited is told, so that a stranger's acceptance is seen."""

        def change(connection: Connection, codecs: Codecs) -> None:
            row = codes.take_invitation(connection, invitation.id, person.id, now)
            if row is None:
                return
            number = offices.appoint(
                connection, person.id, row.role, row.unit_id, row.topic, row.sealed
            )
            if number is None:
                return
            audit.note(connection, "invitation.take", f"invitation:{row.id}", number, now)
            made_by = select(schema.officer.c.person_id).where(schema.officer.c.id == row.made_by)
            inviter = connection.execute(made_by).scalar_one_or_none()
            if inviter is not None:
                told = Parcel("notice", label=f"invitation-taken:{number}")
                notices.tell(connection, codecs, inviter, told, now)

        self._changes.append(change)

    def revoke(self, office_id: int, by: Office, now: datetime) -> None:
        """Ends an office, unless it is the last administrator's; whose it was is told."""

        def change(connection: Connection, codecs: Codecs) -> None:
            if offices.is_last_administrator(connection, office_id):
                return
            person_id = offices.revoke(connection, office_id)
            if person_id is None:
                return
            audit.note(connection, "office.take", f"office:{office_id}", by.id, now)
            told = Parcel("notice", label=f"office-ended:{office_id}")
            notices.tell(connection, codecs, person_id, told, now)

        self._changes.append(change)

    def name_deputy(
        self, office: Office, deputy_office_id: int, first: date, last: date, now: datetime
    ) -> None:
        """Whoever holds the other office stands in for this one, and is told."""

        def change(connection: Connection, codecs: Codecs) -> None:
            person_id = offices.name_deputy(connection, office.id, deputy_office_id, first, last)
            if person_id is None:
                return
            audit.note(connection, "deputy.name", f"office:{deputy_office_id}", office.id, now)
            told = Parcel("notice", day=last, label=f"deputy:{office.id}")
            notices.tell(connection, codecs, person_id, told, now)

        self._changes.append(change)

    def end_deputy(self, office: Office, now: datetime) -> None:
        def change(connection: Connection, codecs: Codecs) -> None:
            person_id = offices.end_deputy(connection, office.id)
            if person_id is None:
                return
            audit.note(connection, "deputy.end", f"office:{office.id}", office.id, now)
            told = Parcel("notice", label=f"deputy-ended:{office.id}")
            notices.tell(connection, codecs, person_id, told, now)

        self._changes.append(change)

    def give_link_code(self, code: str, person: Person, now: datetime) -> None:
        self._changes.append(lambda c, k: codes.add_link(c, k, code, person.id, now))

    def give_file(self, code: str, person: Person, what: str, now: datetime) -> None:
        """A file that the person may download once."""
        self._changes.append(lambda c, k: codes.add_file(c, k, code, person.id, what, now))

    def join(self, kept_id: int, person: Person, channel: str, now: datetime) -> None:
        """This person becomes one with who made the code, and the other channel is told of it."""

        def change(connection: Connection, codecs: Codecs) -> None:
            channels = {name for _, name, _ in joining.addresses_of(connection, kept_id)}
            if joining.join(connection, codecs, kept_id, person.id) and channels != {channel}:
                told = Parcel("notice", label=f"channel-joined:{channel}")
                notices.tell(connection, codecs, kept_id, told, now, besides=channel)

        self._changes.append(change)

    def leave_person(self, person: Person, address_id: int, today: date) -> None:
        """Takes one of the person's channels out of what was joined."""
        self._changes.append(lambda c, _: _leave(c, person.id, address_id, today))

    def _set(self, person: Person, **values: object) -> None:
        statement = update(schema.person).where(schema.person.c.id == person.id).values(values)
        self._changes.append(lambda c, _: _execute(c, statement))


def _leave(connection: Connection, person_id: int, address_id: int, today: date) -> None:
    joining.leave(connection, person_id, address_id, today)


def _execute(connection: Connection, statement: object) -> None:
    connection.execute(statement)  # type: ignore[call-overload]
