"""The desk's claims and reporters' cases, as sentences; nothing here says who reported."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from bot.claims import CLOSED, INTAKE_LASTS, OPEN, Case, Claim, Deadlines, Intake, Statement
from bot.model import Person
from bot.store import case_messages, claim_tidying, schema
from bot.store.claim_records import claim_of, person_key, read_or_none
from bot.store.codec import Codecs
from bot.store.codes import key as code_key
from bot.store.groups import Groups
from bot.store.reporters import Reporters
from bot.store.rows import in_utc

_CLAIM, _REPORT, _MARK = schema.claim.c, schema.report.c, schema.claim_mark.c


@dataclass(frozen=True, slots=True)
class Told:
    """A finding of the desk that is public, and by what posts are recognised."""

    claim: Claim
    was: str
    links: tuple[bytes, ...]
    pictures: tuple[bytes, ...]


class Claims:
    """Each method is one transaction."""

    def __init__(
        self,
        writes: Groups,
        reads: Groups,
        codecs: Codecs,
        reporters: Reporters,
        scrub: Callable[[], Awaitable[None]],
    ) -> None:
        """`scrub` makes what is deleted leave the files too."""
        self._writes = writes
        self._reads = reads
        self._codecs = codecs
        self._reporters = reporters
        self._scrub = scrub
        self.messages = case_messages.CaseMessages(writes, codecs, reporters)

    def link_key(self, canonical: str) -> bytes:
        """By which the same link is recognised; what the link was cannot be read from it."""
        return self._codecs.seal.recognise("link", canonical)

    async def intake(self, person: Person, now: datetime) -> Intake | None:
        """What the person is just reporting; None when nothing, or too long ago."""
        one = schema.intake.c
        query = select(one.sealed).where(
            one.person_id == person.id, one.changed_at > now - INTAKE_LASTS
        )
        sealed = await self._reads.run(lambda c: c.execute(query).scalar_one_or_none())
        found: Intake | None = read_or_none(self._codecs.intake, sealed)
        return found

    async def queue(self, now: datetime, limit: int, skip: int = 0) -> tuple[Claim, ...]:
        """Open claims, the one that is due first first."""
        query = _counted().where(_CLAIM.state.in_(OPEN), _CLAIM.shown_from <= now)
        query = query.order_by(_CLAIM.due_at, _CLAIM.id).limit(limit).offset(skip)
        return await self._read(query)

    async def closed(self, limit: int) -> tuple[Claim, ...]:
        """The last that were closed with words, the newest first."""
        query = _counted().where(_CLAIM.state == CLOSED, _CLAIM.sealed.is_not(None))
        return await self._read(query.order_by(_CLAIM.closed_at.desc()).limit(limit))

    async def get(self, claim_id: int) -> Claim | None:
        """The claim of that number, or the one that it was merged into."""
        for _ in range(10):
            query = select(_CLAIM.goes_to_id).where(_CLAIM.id == claim_id)
            goes_to = await self._reads.run(lambda c, q=query: c.execute(q).scalar_one_or_none())  # type: ignore[misc]
            if goes_to is None:
                break
            claim_id = goes_to
        found = await self._read(_counted().where(_CLAIM.id == claim_id))
        return found[0] if found else None

    async def count_open(self, now: datetime) -> int:
        query = select(func.count()).where(_CLAIM.state.in_(OPEN), _CLAIM.shown_from <= now)
        return int(await self._reads.run(lambda c: c.execute(query).scalar_one()))

    async def statements(self, claim_id: int) -> tuple[tuple[int, Statement], ...]:
        """What was reported, by the number of the report, the oldest first."""
        query = select(_REPORT.id, _REPORT.statement).where(_REPORT.claim_id == claim_id)
        rows = await self._reads.run(lambda c: c.execute(query.order_by(_REPORT.id)).all())
        found = ((row.id, read_or_none(self._codecs.statement, row.statement)) for row in rows)
        return tuple((number, one) for number, one in found if one is not None)

    async def open_texts(self) -> tuple[tuple[int, str, str], ...]:
        """Claim, language and text of each report of what is open: a new one may be like it."""
        query = select(_REPORT.claim_id, _REPORT.language, _REPORT.statement).join(schema.claim)
        query = query.where(_CLAIM.state.in_(OPEN), _REPORT.statement.is_not(None))
        rows = await self._reads.run(lambda c: c.execute(query).all())
        found = [(r, read_or_none(self._codecs.statement, r.statement)) for r in rows]
        return tuple((row.claim_id, row.language, one.text) for row, one in found if one)

    async def marked(self, kind: str, values: Sequence[bytes]) -> int:
        """The open claim with one of these marks, 0: none."""
        query = select(_MARK.claim_id).join(schema.claim)
        query = query.where(_MARK.kind == kind, _MARK.value.in_(values), _CLAIM.state.in_(OPEN))
        found = await self._reads.run(lambda c: c.execute(query.limit(1)).scalar_one_or_none())
        return int(found or 0)

    async def open_pictures(self) -> tuple[tuple[int, bytes], ...]:
        query = select(_MARK.claim_id, _MARK.value).join(schema.claim)
        query = query.where(_MARK.kind == "picture", _CLAIM.state.in_(OPEN))
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return tuple((row.claim_id, row.value) for row in rows)

    async def own_since(self, person: Person, since: datetime) -> tuple[int, ...]:
        """The claims that the person has reported since then."""
        key = person_key(self._codecs, person.id)
        query = select(_REPORT.claim_id).where(_REPORT.person_key == key, _REPORT.opened_at > since)
        return tuple(await self._reads.run(lambda c: c.execute(query).scalars().all()))

    async def case(self, code: str) -> Case | None:
        """The report of that code, however it is typed."""
        return await self._case(_REPORT.code_key == code_key(self._codecs, "case", code))

    async def own_case(self, person: Person, report_id: int) -> Case | None:
        """A report by its number, if it is that person's."""
        key = person_key(self._codecs, person.id)
        return await self._case(_REPORT.id == report_id, _REPORT.person_key == key)

    async def own_cases(self, person: Person) -> tuple[Case, ...]:
        """The person's reports that are still known, the newest first."""
        key = person_key(self._codecs, person.id)
        query = select(_REPORT.id).where(_REPORT.person_key == key).order_by(_REPORT.id.desc())
        ids = await self._reads.run(lambda c: c.execute(query.limit(8)).scalars().all())
        found = [await self._case(_REPORT.id == one) for one in ids]
        return tuple(one for one in found if one is not None)

    async def published(self) -> tuple[Told, ...]:
        """What the desk has made public, the newest first."""
        query = _counted().add_columns(_CLAIM.was).where(_CLAIM.slug.is_not(None))
        query = query.order_by(_CLAIM.closed_at.desc())
        marks = select(_MARK.claim_id, _MARK.kind, _MARK.value).join(schema.claim)
        marks = marks.where(_CLAIM.slug.is_not(None))
        rows, marked = await self._reads.run(
            lambda c: (c.execute(query).all(), c.execute(marks).all())
        )
        by_claim: dict[tuple[int, str], list[bytes]] = {}
        for row in marked:
            by_claim.setdefault((row.claim_id, row.kind), []).append(row.value)
        return tuple(
            Told(
                claim_of(row, self._codecs, row.reports),
                row.was or "",
                tuple(by_claim.get((row.id, "link"), ())),
                tuple(by_claim.get((row.id, "picture"), ())),
            )
            for row in rows
        )

    async def version(self) -> tuple[int, str]:
        """Differs when what is public has changed."""
        query = select(func.count(), func.max(_CLAIM.closed_at)).where(_CLAIM.slug.is_not(None))
        row = await self._reads.run(lambda c: c.execute(query).one())
        return int(row[0]), str(row[1])

    async def message_states(self, claim_id: int) -> Mapping[str, int]:
        """How many answers are in which state: of how many, never of whom."""
        message = schema.report_message.c
        query = select(message.state, func.count()).join(schema.report)
        query = query.where(_REPORT.claim_id == claim_id).group_by(message.state)
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return {row[0]: row[1] for row in rows}

    async def counts(self, since: date, until: date) -> tuple[Any, ...]:
        """Rows of (month, channel, what, count)."""
        one = schema.report_count.c
        query = select(one.month, one.channel, one.what, one.count)
        query = query.where(one.month >= since, one.month <= until)
        return tuple(await self._reads.run(lambda c: c.execute(query).all()))

    async def times(self, since: date, until: date) -> tuple[Any, ...]:
        """Rows of (month, channel, looked, verdict, is_correction), in minutes."""
        one = schema.report_time.c
        query = select(one.month, one.channel, one.looked, one.verdict, one.is_correction)
        query = query.where(one.month >= since, one.month <= until)
        return tuple(await self._reads.run(lambda c: c.execute(query).all()))

    async def keep_promises(self, deadlines: Deadlines, now: datetime) -> None:
        """What time does: warnings of late answers, ended intakes, reports and keys destroyed."""
        await self._writes.run(lambda c: claim_tidying.warn(c, deadlines, now))
        await self._writes.run(lambda c: claim_tidying.end_intakes(c, now))
        if await self._writes.run(lambda c: claim_tidying.expire(c, now)):
            await self._scrub()
        used = await self._reads.run(claim_tidying.months_in_use)
        self._reporters.destroy_but(used, now)

    async def _read(self, query: Any) -> tuple[Claim, ...]:
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return tuple(claim_of(row, self._codecs, row.reports) for row in rows)

    async def _case(self, *mine: Any) -> Case | None:
        query = select(schema.report).where(*mine)
        row = await self._reads.run(lambda c: c.execute(query).first())
        claim = await self.get(row.claim_id) if row else None
        if row is None or claim is None:
            return None
        said = read_or_none(self._codecs.statement, row.statement)
        opened = in_utc(row.opened_at) or row.opened_at
        return Case(row.id, claim, said, opened, in_utc(row.expires_at))


def _counted() -> Any:
    reports = select(func.count()).where(_REPORT.claim_id == _CLAIM.id).correlate(schema.claim)
    return select(schema.claim, reports.scalar_subquery().label("reports"))
