"""What docs/privacy.md promises about time: there a day before, gone a day after, row by row."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, delete, func, insert, select, update

from bot.award import forget_on
from bot.claims import CLOSED, KEPT, Deadlines
from bot.model import Address, Event, Reminder, Session
from bot.store import Seal, Store, Work, reminders, schema
from bot.store.codes import FILE_LASTS, INVITATION_LASTS, LINK_LASTS
from tests.conftest import ROOT, make_ready
from tests.planting import ATTEMPT, CAMPAIGN, ROUND, Planting

START = datetime(2026, 12, 1, 0, 10, tzinfo=UTC)
_JOB = r"`(\S+)::(\w+)`"
_ROW = re.compile(rf"^\| (`\w+`[\w ]*) \| .+ \| (\d+) (minute|hour|day)s? \| .+ \| {_JOB} \|$")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


def _promised() -> Mapping[str, tuple[timedelta, str, str]]:
    """By the first column of the table "How long": the time, the file of the job and its name."""
    text = (ROOT / "docs" / "privacy.md").read_text("utf-8")
    lines = text.partition("## How long")[2].partition("\n## ")[0].splitlines()
    found = [match for line in lines if (match := _ROW.match(line))]
    assert len(found) == sum(line.startswith("| `") for line in lines), "a row cannot be read"
    return {
        row[1].replace("`", ""): (int(row[2]) * _UNITS[row[3]], row[4], row[5]) for row in found
    }


PROMISED = _promised()


class House:
    """A planted database in which one thing at a time is made old."""

    def __init__(self, store: Store, planting: Planting, keys: Path) -> None:
        self.store = store
        self.planting = planting
        self.keys = keys

    async def change(self, table: Table, **values: Any) -> None:
        await self.store._writes.run(lambda c: c.execute(update(table).values(values)))

    async def add(self, table: Table, **values: Any) -> None:
        await self.store._writes.run(lambda c: c.execute(insert(table).values(values)))

    async def remove(self, *tables: Table) -> None:
        for table in tables:
            await self.store._writes.run(lambda c, t=table: c.execute(delete(t)))  # type: ignore[misc]

    async def count(self, table: Table, *where: Any) -> int:
        query = select(func.count()).select_from(table).where(*where)
        return await self.store._reads.run(lambda c: int(c.execute(query).scalar_one()))

    async def passes(self, now: datetime) -> None:
        """All jobs once, as the processes run them."""
        await self.store.tidy(now)
        await self.store.claims.keep_promises(Deadlines(), now)
        codecs, today = self.store._codecs, now.date()
        await self.store._writes.run(lambda c: reminders.queue_notices(c, codecs, today, now))


@dataclass(frozen=True)
class Rule:
    """How a thing is planted at START, and how many of it there are."""

    plant: Callable[[House], Awaitable[None]]
    count: Callable[[House], Awaitable[int]]


def _timed(table: Table, **values: Any) -> Rule:
    """The planted row with this time; there as long as it is a row."""

    async def plant(house: House) -> None:
        await house.change(table, **values)

    return Rule(plant, lambda house: house.count(table))


async def _an_answer(house: House) -> None:
    event = select(schema.event.c.id).limit(1).scalar_subquery()
    await house.change(schema.reply, event_id=event, created_at=START)


async def _a_guest(house: House) -> None:
    await house.remove(schema.work, schema.certificate, schema.officer, schema.attempt)
    none = {"consent_version": None, "practice_version": None}
    await house.change(schema.person, **none, seen_on=START.date())


async def _a_draft(house: House) -> None:
    draft = {"state": "draft", "changed_at": START, "sealed": b"", "audience": "", "topic": ""}
    await house.add(schema.campaign, id=99, written_by=0, **draft)


async def _a_picture(house: House) -> None:
    await house.add(schema.picture, file="one.png", content=b"x", made_at=START)
    await house.change(schema.campaign, picture="one.png", launched_at=START)


async def _a_closed_round(house: House) -> None:
    await house.change(schema.contest_round, closed_at=START)


async def _a_date(house: House) -> None:
    await house.remove(schema.reminder)
    person, codecs = house.planting.person_id, house.store._codecs
    kept, today = Reminder("x", START.date()), (START - timedelta(days=1)).date()
    await house.store._writes.run(lambda c: reminders.add(c, codecs, person, kept, today))


async def _an_answered_report(house: House) -> None:
    sealed = house.store.reporters.close(Address("telegram", "1"), START)
    await house.change(schema.report, expires_at=START + KEPT, warned_at=START, under=sealed.under)
    assert (house.keys / sealed.under / "secret.key").exists()


async def _reports_and_keys(house: House) -> int:
    return await house.count(schema.report) + len(list(house.keys.glob("*/secret.key")))


async def _a_closed_claim(house: House) -> None:
    await house.change(schema.claim, state=CLOSED, closed_at=START, slug=None)


_OLD_CAMPAIGN = schema.campaign.c.id == 99
_MINE = schema.recipient.c.person_id.is_not(None), schema.recipient.c.campaign_id == CAMPAIGN
_WHOSE = schema.attempt.c.id == ATTEMPT, schema.attempt.c.person_id.is_not(None)
RULES: Mapping[str, Rule] = {
    "event": _timed(schema.event, done_at=START),
    "reply": Rule(_an_answer, lambda house: house.count(schema.reply)),
    "reply on a page": _timed(schema.reply, created_at=START),
    "delivery": _timed(schema.delivery, created_at=START),
    "session": _timed(schema.session, changed_at=START),
    "person": Rule(_a_guest, lambda house: house.count(schema.person)),
    "practice": _timed(schema.practice, answered_at=START),
    "invitation": _timed(schema.invitation, expires_at=START + INVITATION_LASTS),
    "link_code": _timed(schema.link_code, expires_at=START + LINK_LASTS),
    "file_ticket": _timed(schema.file_ticket, expires_at=START + FILE_LASTS),
    "wrong_code": _timed(schema.wrong_code, since=START),
    "recipient": Rule(
        _timed(schema.campaign, launched_at=START).plant,
        lambda house: house.count(schema.recipient, *_MINE),
    ),
    "campaign": Rule(_a_draft, lambda house: house.count(schema.campaign, _OLD_CAMPAIGN)),
    "picture": Rule(_a_picture, lambda house: house.count(schema.picture)),
    "attempt": Rule(_a_closed_round, lambda house: house.count(schema.attempt, *_WHOSE)),
    "essay": Rule(_a_closed_round, lambda house: house.count(schema.essay)),
    "prize_claim": _timed(schema.prize_claim, claimed_at=START),
    "certificate": _timed(schema.certificate, issued_on=START.date()),
    "work": _timed(schema.work, forget_on=forget_on(START.date(), None)),
    "reminder": Rule(_a_date, lambda house: house.count(schema.reminder)),
    "intake": _timed(schema.intake, changed_at=START),
    "report": Rule(_an_answered_report, _reports_and_keys),
    "claim": Rule(
        _a_closed_claim,
        lambda house: house.count(schema.claim, schema.claim.c.sealed.is_not(None)),
    ),
}


def test_every_promise_has_its_rule_and_every_job_is_run() -> None:
    assert set(RULES) == set(PROMISED)
    for _, path, name in PROMISED.values():
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE), path
        is_called = f"{Path(path).stem}.{name}("
        others = (ROOT / "bot" / "store").glob("*.py")
        assert any(is_called in one.read_text("utf-8") for one in others), is_called


@pytest.mark.parametrize("what", PROMISED)
async def test_it_is_there_a_day_before_and_gone_a_day_after(what: str, tmp_path: Path) -> None:
    """Of what lasts for two days or less a tenth of its time before and after."""
    kept, _, _ = PROMISED[what]
    margin = timedelta(days=1) if kept > timedelta(days=2) else kept / 10
    keys = tmp_path / "reporters"
    store = Store(f"sqlite:///{tmp_path}/test.db", Seal("secret"), keys)
    await make_ready(store)
    stored = await store.write_down(Event("1", Address("test", "somebody")), START)
    assert stored is not None
    await store.finish(stored, Work(), Session(), (), START)
    planting = Planting(store._codecs, stored.person_id, stored.address_id)
    await store._writes.run(planting.plant)
    await store._writes.run(
        lambda c: c.execute(delete(schema.event).where(schema.event.c.id == stored.id))
    )
    house, rule = House(store, planting, keys), RULES[what]
    await rule.plant(house)
    there = await rule.count(house)
    assert there > 0
    await house.passes(START + kept - margin)
    assert await rule.count(house) == there, "gone too early"
    await house.passes(START + kept + margin)
    assert await rule.count(house) == 0, "still there"
    assert await house.count(schema.contest_round, schema.contest_round.c.id == ROUND) == 1
    await store.close()
