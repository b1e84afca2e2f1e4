"""Random walks over all routes: never a dead end, never a fault, never silence.

`make walk` walks for long and tells which routes it never came by; here the way is short.
"""

from __future__ import annotations

import logging
import os
import shutil
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.app import App
from bot.contests import Prize
from bot.model import Address
from bot.settings import Settings
from bot.store import Officer
from tests.conftest import LANGUAGES, LIBRARY, ROOT
from tests.contesting import enter, opened, rules
from tests.organisation import add_people, prepare
from tests.walk_parts import Clock, Visits
from tests.walking import Walk, Walker

STEPS = int(os.environ.get("WALK_STEPS", "300"))
SEED = int(os.environ.get("WALK_SEED", "1"))
# Each walk begins in a new bot: else most of a long one is spent years ahead.
_LONGEST = 600


def _picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (64, 48), (200, 30, 30)).save(made, "PNG")
    return made.getvalue()


def _walkers() -> list[Walker]:
    offices = (
        (Address("web", "w1"), "administrator", "LD"),
        (Address("telegram", "901"), "administrator", "LD"),
        (Address("zalo-oa", "902"), "federation-officer", "LD"),
        (Address("telegram", "903"), "federation-officer", "BN"),
        (Address("zalo-bot", "904"), "unit-officer", "BN-01"),
        (Address("zalo-oa", "905"), "reader", "BN"),
    )
    held = [Walker(at, Officer(at, role, unit), language="vi") for at, role, unit in offices]
    visitors = (("web", "w2", "km"), ("telegram", "906", "en"), ("zalo-oa", "907", "zh"))
    return held + [Walker(Address(name, at), language=tag) for name, at, tag in visitors]


async def _begin(walk: Walk) -> None:
    """People, offices, a contest that runs and one that is over, members to write to."""
    bot, now = walk.bot, walk.clock()
    await prepare(bot)
    await add_people(bot.store, "BN-01", 40, "zalo-oa")
    await add_people(bot.store, "BN-02", 6)
    prizes = (Prize({"vi": "Giải nhất"}, 1, "rank"), Prize({"vi": "May mắn"}, 2, "lot"))
    made = replace(rules(attempts=3), essay=True, prizes=prizes)
    one = await opened(bot.store, made, hours=30)
    await enter(bot.store, one, [{"right": right % 5} for right in range(40)])
    await opened(bot.store, made, hours=0.5, name="week-0")
    walk.begin(_walkers())
    for each in walk.walkers:
        await walk.says(each, text="/start")
        if each.office is not None:
            assert await bot.store.officers.add(each.office, now)
            each.holds_office = True


@asynccontextmanager
async def _bot(folder: Path, database_url: str, clock: Clock) -> AsyncIterator[App]:
    settings = Settings(
        _env_file=None, database_url=database_url, content_dir=ROOT / "content",
        locales_dir=ROOT / "locales", var_dir=folder / "var", http_port=0,
    )  # fmt: skip
    bot = App(settings, LIBRARY, LANGUAGES, clock)
    await bot.store.upgrade()
    await bot.upkeep.begin()
    try:
        yield bot
    finally:
        await bot.store.close()


async def _walked(folder: Path, database_url: str, seed: int, steps: int, visits: Visits) -> str:
    """What went wrong and how it came to that, or nothing."""
    clock = Clock(datetime.now(UTC).replace(microsecond=0))
    async with _bot(folder, database_url, clock) as bot:
        walk = Walk(bot, clock, seed, visits, _picture())
        logging.getLogger().addHandler(walk.faults)
        try:
            await _begin(walk)
            for _ in range(steps):
                await walk.step()
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            at = f"{Path(where.filename).name}:{where.lineno}"
            return "\n".join([f"seed {seed}: {error!r} ({at})", *walk.trace])
        finally:
            logging.getLogger().removeHandler(walk.faults)
    return ""


async def test_walks_never_end_and_never_fail(new_database: Path, tmp_path: Path) -> None:
    visits, faults = Visits(), []
    for seed in range(SEED, SEED + max(1, STEPS // _LONGEST)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        shutil.copy(new_database, folder / "test.db")
        url = f"sqlite:///{folder}/test.db"
        if fault := await _walked(folder, url, seed, min(STEPS, _LONGEST), visits):
            faults.append(fault)
        shutil.rmtree(folder)
    print(f"{visits.steps} steps, {len(visits.taps)} kinds of buttons")
    print("never:", *(f"{kind} {name}".strip() for kind, name in visits.missed), sep="\n  ")
    assert not faults, "\n\n".join(faults)
