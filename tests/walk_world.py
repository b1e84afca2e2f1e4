"""The world in which somebody walks: offices, contests, prizes, claims, works, drafts, members."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.app import App
from bot.campaigns import AWAITING, Campaign
from bot.consents import CONTEST
from bot.contests import Prize, Round
from bot.model import Address
from bot.settings import Settings
from bot.store import Officer
from handlers.consent import CONSENT_VERSION
from tests.campaigning import MESSAGE, schedule
from tests.conftest import LANGUAGES, LIBRARY, ROOT
from tests.contesting import closed, enter, opened, rules
from tests.organisation import add_people, prepare
from tests.walk_holding import Walker
from tests.walk_parts import Clock, Visits
from tests.walking import Walk

_DOUBTS = (
    "Nghe nói từ tháng sau căng tin khu công nghiệp thu thêm phí gửi xe, có đúng không?",
    "Có tin lương hưu bị cắt một nửa từ năm sau, ai đóng dưới 15 năm mất hết tiền.",
    "Người ta chuyển nhau tin nghỉ việc trước Tết thì không được thưởng gì cả.",
)


def small_picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (64, 48), (200, 30, 30)).save(made, "PNG")
    return made.getvalue()


def walkers() -> list[Walker]:
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


async def begin(walk: Walk) -> None:
    """People and offices; all walkers but one agreed to messages, as who goes further must."""
    bot = walk.bot
    await prepare(bot)
    await add_people(bot.store, "BN-01", 40, "zalo-oa")
    await add_people(bot.store, "BN-02", 6)
    walk.begin(walkers())
    for each in walk.walkers:
        await walk.says(each, text="/start")
        if each.office is not None:
            assert await bot.store.officers.add(each.office, walk.clock())
            each.holds_office = True
        if each is not walk.walkers[5]:
            await walk.says(each, choice=f"consent:{CONSENT_VERSION}")


async def furnish(walk: Walk) -> None:
    """What there is to do: rounds that run and are over, prizes, claims, works, messages."""
    bot, store = walk.bot, walk.bot.store
    prizes = (Prize({"vi": "Giải nhất"}, 1, "rank"), Prize({"vi": "May mắn"}, 4, "lot"))
    made = replace(rules(attempts=3), essay=True, prizes=prizes)
    one = await opened(store, made, hours=30)
    for each in walk.walkers[1::6]:  # the first attempts, for the errands to own texts
        await _plays(walk, each, one)
    await enter(store, one, [{"right": right % 5} for right in range(40)])
    over = await opened(store, made, name="week-0")
    for each in walk.walkers[::3]:
        await _plays(walk, each, over)
    over = await closed(store, over)
    await walk.says(walk.walkers[0], choice=f"rounds:{over.id}:prizes:draw:yes")
    await opened(store, made, hours=0.5, name="week-2")
    await bot.rounds.look(walk.clock())
    for each, text in zip(walk.walkers[-3:], _DOUBTS, strict=True):
        await _reports(walk, each, text)
    # Both written by the third walker, who asks one more; one is to be approved, one goes out.
    await store.campaigns.keep(Campaign(0, AWAITING, MESSAGE, "everyone", author=3), walk.clock())
    await schedule(store, "unit:BN-01", author=3)


async def _plays(walk: Walk, one: Walker, over: Round) -> None:
    """Takes part and hands in; the answers are what comes first."""
    await walk.says(one, choice=f"round:{over.id}:{CONTEST}:vn")
    await walk.says(one, choice=f"round:{over.id}")
    number = one.choices[0].value.split(":")[1]
    await walk.tap_of(one, "try", most=7)
    await walk.says(one, choice=f"try:{number}:guess")
    await walk.says(one, text="12")
    await walk.says(one, choice=f"try:{number}:yes")


async def _reports(walk: Walk, one: Walker, text: str) -> None:
    await walk.says(one, text="/report")
    await walk.says(one, text=text)
    await walk.says(one, choice="report:done")
    await walk.says(one, choice="report:send:money")


@asynccontextmanager
async def bot_in(folder: Path, database_url: str, clock: Clock) -> AsyncIterator[App]:
    """A bot that does not serve: what is heard is given to it straight."""
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


async def walked(folder: Path, database_url: str, seed: int, steps: int, visits: Visits) -> str:
    """What went wrong and how it came to that, or nothing."""
    clock = Clock(datetime.now(UTC).replace(microsecond=0))
    async with bot_in(folder, database_url, clock) as bot:
        walk = Walk(bot, clock, seed, visits, small_picture())
        logging.getLogger().addHandler(walk.faults)
        try:
            await begin(walk)
            await furnish(walk)
            for _ in range(steps):
                await walk.step()
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            at = f"{Path(where.filename).name}:{where.lineno}"
            return "\n".join([f"seed {seed}: {error!r} ({at})", *walk.trace])
        finally:
            logging.getLogger().removeHandler(walk.faults)
    return ""
