"""Certificates, as sentences: a person's own, and the one that has a code."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from bot.contests import Issued, Round
from bot.model import Person
from bot.store import schema
from bot.store.certificate_records import issued_of
from bot.store.codec import Codecs
from bot.store.codes import ALPHABET
from bot.store.groups import Groups

_CERTIFICATE = schema.certificate.c
# What people put between the letters of a code that they copy.
_BETWEEN = re.compile(r"[\s\u200b\u2010-\u2015\u2212-]+")
_CODE = re.compile(rf"[{ALPHABET}]{{16}}")


class Certificates:
    """Each method is one transaction."""

    def __init__(self, reads: Groups, codecs: Codecs) -> None:
        self._reads = reads
        self._codecs = codecs

    async def own(self, person: Person) -> tuple[Issued, ...]:
        """The person's own, the newest first; withdrawn ones too."""
        mine = select(schema.certificate).where(_CERTIFICATE.person_id == person.id)
        return await self._read(mine.order_by(_CERTIFICATE.id.desc()))

    async def of_round(self, person: Person, one: Round) -> Issued | None:
        mine = (_CERTIFICATE.person_id == person.id, _CERTIFICATE.round_id == one.id)
        found = await self._read(select(schema.certificate).where(*mine))
        return found[0] if found else None

    async def find(self, typed: str) -> Issued | None:
        """The one of that code, in capitals or not, with or without its dashes; None: there is
        none, or not any more."""
        letters = _BETWEEN.sub("", typed).lower()
        if not _CODE.fullmatch(letters):
            return None
        code = "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
        found = await self._read(select(schema.certificate).where(_CERTIFICATE.code == code))
        return found[0] if found else None

    async def _read(self, query: Any) -> tuple[Issued, ...]:
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return tuple(issued_of(row, self._codecs) for row in rows)
