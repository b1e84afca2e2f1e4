"""Answers are neither lost nor doubled when processes are killed while people answer."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from bench.contest_house import HOOK, SERVED, open_round, seat
from bench.contest_kills import Crowd, measure_kills, scripts_for
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.processes import Process, few_articles

KILLS, PEOPLE, SEED = 2, 24, 20261123


async def test_what_was_acknowledged_is_kept_and_nothing_else_whenever_it_is_killed(
    tmp_path: Path, telegram: FakeTelegram
) -> None:
    """With double taps, replays of old updates, and answers that come too late; `python -m bench
    contest` does more of it, on PostgreSQL too."""
    database_url = f"sqlite:///{tmp_path}/kills.db"
    store, one = await open_round(database_url)
    players = await seat(store, one, PEOPLE)
    telegram.chats.update(int(each.address) for each in players if each.channel == "telegram")
    process = Process(
        tmp_path, database_url, telegram.base, HOOK, {**SERVED, "CONTENT_DIR": few_articles()}
    )
    await process.start()
    crowd, scripts = Crowd([process], random.Random(SEED)), scripts_for(players, SEED)

    async def arrived() -> Counter[int]:
        return Counter(sent.chat for sent in telegram.sent)

    assert await measure_kills(store, one, crowd, scripts, arrived, KILLS) == []
    for what in ("double taps", "replays", "too late", "delivered again", "answers kept"):
        assert crowd.counts[what], f"no {what}: this run has proved little"
    assert crowd.counts["kills"] == KILLS
    assert await process.stop() == 0
    assert TOKEN not in process.log.read_text()
    await store.close()
