"""What handlers change about certificates, as parts of one unit of work."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from bot.contests import Issued, Round
from bot.model import Person
from bot.store import certificate_records
from bot.store.codec import Codecs
from bot.store.contest_records import Overtaken
from bot.store.contest_work import ContestWork


class CertificateWork(ContestWork):
    """The part of Work that changes certificates."""

    def issue(self, person: Person, new: Issued) -> None:
        """Keeps a certificate, or what changed of it. Raises Overtaken when the person has got one
        with another code meanwhile: the code that the answer tells would be wrong."""

        def change(connection: Connection, codecs: Codecs) -> None:
            if not certificate_records.issue(connection, codecs, person.id, new):
                raise Overtaken

        self._changes.append(change)

    def withdraw_certificate(self, person: Person, one: Round, today: date) -> None:
        self._changes.append(lambda c, _: certificate_records.withdraw(c, person.id, one.id, today))
