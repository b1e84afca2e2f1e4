"""Answers to reporters: whenever the process is killed nobody is lost and nobody told twice."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, update

from bot.answering import AT_ONCE
from bot.model import Address
from bot.store import Seal, Store, Work, keep_secret, schema
from tests.desking import REASONS, answer, do, new_report
from tests.fakes.faults import Fault
from tests.fakes.telegram import FakeTelegram
from tests.processes import Process, few_articles

KILLS = 1
PEOPLE = range(700, 820)


async def _reported(store: Store) -> None:
    """So many people have reported the same claim, which is answered then."""
    now = datetime.now(UTC)
    for number, chat in enumerate(PEOPLE):
        address = Address("telegram", str(chat))
        work = Work()
        work.report(
            new_report(store, number + 1, address, claim_id=min(number, 1), now=now), [], now
        )
        await do(store, work, str(chat), channel="telegram")
    await answer(store, 1, at=now, public=False)


async def _states(store: Store) -> Counter[str]:
    message = schema.report_message.c
    query = select(message.state, func.count()).group_by(message.state)
    rows = await store._reads.run(lambda c: c.execute(query).all())
    return Counter({row[0]: row[1] for row in rows})


async def test_killed_while_reporters_are_told(
    tmp_path: Path, database_url: str, telegram: FakeTelegram
) -> None:
    telegram.chats.update(PEOPLE)
    telegram.faults["sendMessage"].extend(Fault(seconds=0.05, delivers=True) for _ in range(400))
    keys = tmp_path / "var" / "reporters"
    store = Store(database_url, Seal(keep_secret("", tmp_path / "var")), keys)
    await store.upgrade()
    await _reported(store)
    more = {"QUIET_HOURS": "03:00-03:01", "CONTENT_DIR": few_articles()}
    process = Process(tmp_path, database_url, telegram.base, more=more)
    chance = random.Random(8)
    for _ in range(KILLS):
        before = len(_told(telegram))
        await process.start()
        while len(_told(telegram)) < before + chance.randint(3, 15):
            await asyncio.sleep(0.005)
        await process.kill()
    await process.start()
    for _ in range(2000):
        states = await _states(store)
        if not states["queued"]:
            break
        await asyncio.sleep(0.01)
    await process.stop()
    states = await _states(store)
    told = Counter(_told(telegram))
    assert max(told.values()) == 1
    assert states["sent"] + states["sending"] == len(PEOPLE)
    assert states["sent"] <= len(told)
    assert states["sending"] <= KILLS * AT_ONCE
    # What was on its way at a kill is uncertain when its lease is over, and never sent by itself.
    message = schema.report_message.c
    over = datetime(2020, 1, 1, tzinfo=UTC)
    late = update(schema.report_message).where(message.state == "sending")
    await store._writes.run(lambda c: c.execute(late.values(lease_until=over)).rowcount)
    await process.start()
    for _ in range(500):
        if not (await _states(store))["sending"]:
            break
        await asyncio.sleep(0.01)
    await process.stop()
    assert (await _states(store))["uncertain"] == states["sending"]
    assert Counter(_told(telegram)) == told
    await store.close()


def _told(telegram: FakeTelegram) -> list[int]:
    reasons = REASONS["vi"]
    return [sent.chat for sent in telegram.sent if reasons in sent.text and sent.chat in PEOPLE]
