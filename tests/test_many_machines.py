"""Several processes on one database: one person's order, one that leads, nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update

from bot.app import App
from bot.model import Address, Event, Parcel
from bot.settings import Settings
from bot.store import Seal, Store, processes, schema
from tests.campaigning import add_members, schedule
from tests.conftest import LANGUAGES, LIBRARY
from tests.fakes.telegram import FakeTelegram
from tests.processes import Process, few_articles

HOOK = "hook-secret"
ARTICLE = "union-founding-day"
LAN = Address("telegram", "501")


@pytest.fixture
def shared(settings: Settings, database_url: str, telegram: FakeTelegram) -> Settings:
    """Settings of each of several processes behind a balancer, which Telegram calls."""
    telegram.webhook = {"secret_token": HOOK}
    return settings.model_copy(
        update={
            "database_url": database_url,
            "telegram_webhook_secret": SecretStr(HOOK),
            "zalo_bot_token": SecretStr(""),
        }
    )


@asynccontextmanager
async def serving(*each: Settings) -> AsyncIterator[list[App]]:
    apps: list[App] = []
    try:
        for settings in each:
            app = App(settings, LIBRARY, LANGUAGES)
            apps.append(app)
            await app.start()
        yield apps
    finally:
        for app in reversed(apps):
            if app.presence.number:
                await app.stop()


async def until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.02)


async def _open(store: Store) -> int:
    waiting = select(func.count()).where(schema.event.c.done_at.is_(None))
    unsaid = select(func.count()).select_from(schema.reply)
    return await store._reads.run(
        lambda c: c.execute(waiting).scalar_one() + c.execute(unsaid).scalar_one()
    )


async def test_one_persons_words_are_answered_in_order_whichever_process_hears_them(
    shared: Settings, telegram: FakeTelegram, session: aiohttp.ClientSession
) -> None:
    async with serving(shared, shared, shared) as apps:
        words = [f"không có điều này {number}" for number in range(24)]
        for number, word in enumerate(words):
            url = f"http://127.0.0.1:{apps[number % 3].port}/telegram"
            assert await telegram.push(session, url, telegram.text(501, f"/search {word}")) == 200
        await until(lambda: len(telegram.to(501)) >= len(words))
        heard = [sent.text for sent in telegram.to(501)]
    assert len(heard) == len(words)
    for word, text in zip(words, heard, strict=True):
        assert word in text


async def test_posts_forwarded_at_once_are_one_report_whichever_process_hears_them(
    shared: Settings, telegram: FakeTelegram, session: aiohttp.ClientSession
) -> None:
    """Each adds to what the one before has kept: none may begin from an older state."""
    async with serving(shared, shared) as apps:

        async def settled() -> None:
            while await _open(apps[0].store):
                await asyncio.sleep(0.02)

        posts = []
        for number in range(12):
            update_ = telegram.text(501, f"Tin số {number}: thu thêm phí gửi xe.", "en")
            update_["message"]["forward_origin"] = {"type": "hidden_user", "sender_user_name": "x"}
            posts.append(update_)
        urls = [f"http://127.0.0.1:{app.port}/telegram" for app in apps]
        pushed = [telegram.push(session, urls[n % 2], post) for n, post in enumerate(posts)]
        assert set(await asyncio.gather(*pushed)) == {200}
        await settled()
        assert "12 parts are here." in telegram.to(501)[-1].text


async def test_what_a_dead_process_had_is_answered_by_another(
    tmp_path: Path, database_url: str, telegram: FakeTelegram, session: aiohttp.ClientSession
) -> None:
    """Killed with kill -9 on a machine of its own: nobody sees more than that it is silent."""
    more = {"SECRET_KEY": "the same", "CONTENT_DIR": few_articles(ARTICLE)}
    pair = []
    for name in ("one", "other"):
        (folder := tmp_path / name).mkdir()
        pair.append(Process(folder, database_url, telegram.base, HOOK, more))
    telegram.webhook = {"secret_token": HOOK}
    await asyncio.gather(*(process.start() for process in pair))
    updates = [telegram.tap(501 + n % 3, f"article:{ARTICLE}") for n in range(9)]
    url = f"{pair[0].url}/telegram"
    statuses = await asyncio.gather(*(telegram.push(session, url, each) for each in updates))
    await pair[0].kill()
    assert set(statuses) == {200}
    # Who writes on meanwhile is answered after what they had said before.
    late = telegram.tap(501, f"article:{ARTICLE}")
    assert await telegram.push(session, f"{pair[1].url}/telegram", late) == 200
    await until(lambda: len({(s.chat, s.number) for s in telegram.sent}) >= 10)
    store = Store(database_url, Seal("the same"))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(30):
            while await _open(store):
                await asyncio.sleep(0.05)
    assert await _open(store) == 0
    count = select(func.sum(schema.reading.c.count))
    assert await store._reads.run(lambda c: c.execute(count).scalar_one()) == 10
    await store.close()
    assert await pair[1].stop() == 0


async def test_one_polls_and_sends_in_bulk_and_when_it_goes_the_next_does(
    settings: Settings, database_url: str, telegram: FakeTelegram
) -> None:
    own = settings.model_copy(update={"database_url": database_url})
    async with serving(own, own) as (first, second):
        assert (first.presence.leads(), second.presence.leads()) == (True, False)
        await telegram.queue(telegram.text(501, "menu"))
        await until(lambda: len(telegram.to(501)) == 1)
        await add_members(first.store, 40, first=10_000)
        telegram.chats.update(range(10_000, 10_040))
        await schedule(first.store, "topic:union")
        await until(lambda: len(telegram.sent) >= 41)
        held = select(schema.bulk_sender.c.held_by)
        holders = await first.store._reads.run(lambda c: c.execute(held).scalars().all())
        assert set(holders) == {first.bulk.name}
        await first.stop()
        await until(second.presence.leads)
        await telegram.queue(telegram.text(501, "menu"))
        await until(lambda: len(telegram.to(501)) == 2)
        await schedule(second.store, "topic:union")
        await until(lambda: len(telegram.sent) >= 82)
        assert telegram.conflicts == 0
        assert len(telegram.sent) == 82


async def test_a_page_open_at_one_process_shows_what_another_has_for_it(
    shared: Settings, session: aiohttp.ClientSession
) -> None:
    """The one that leads sends what is scheduled; the visitor's page is open at the other."""
    async with serving(shared, shared) as (first, second):
        url = f"http://127.0.0.1:{second.port}"
        async with session.post(f"{url}/chat", json={"text": "menu"}) as response:
            answer = (await response.json())["replies"][-1]
        async with session.post(f"{url}/chat", json={"seen": [answer["id"]]}) as response:
            assert response.status == 200
        now = datetime.now(UTC)
        agreed = update(schema.person).values(consent_version="v", quiet="03:00-03:01")
        await first.store._writes.run(lambda c: c.execute(agreed))
        async with session.get(f"{url}/chat/stream") as stream:
            row = {
                "person_id": 1, "state": "queued", "not_before": now, "created_at": now,
                "sealed": first.store._codecs.parcel.write(Parcel("article", (ARTICLE,))),
            }  # fmt: skip
            await first.store._writes.run(lambda c: c.execute(schema.delivery.insert(), row))
            async with asyncio.timeout(30):
                async for line in stream.content:
                    if line.startswith(b"data: "):
                        break
        assert "1929" in json.dumps(json.loads(line.removeprefix(b"data: ")), ensure_ascii=False)


async def test_what_is_due_goes_out_once_however_many_look(
    shared: Settings, telegram: FakeTelegram
) -> None:
    async with serving(shared, shared, shared) as apps:
        await add_members(apps[0].store, 30, first=10_000)
        telegram.chats.update(range(10_000, 10_030))
        now = datetime.now(UTC)
        sealed = apps[0].store._codecs.parcel.write(Parcel("article", (ARTICLE,)))
        people = select(schema.person.c.id)
        ids = await apps[0].store._reads.run(lambda c: c.execute(people).scalars().all())
        rows = [
            {"person_id": one, "state": "queued", "not_before": now, "created_at": now,
             "sealed": sealed} for one in ids
        ]  # fmt: skip
        await apps[0].store._writes.run(lambda c: c.execute(schema.delivery.insert(), rows))
        looks = [app.senders.send_ripe(lambda: datetime.now(UTC)) for app in apps for _ in range(3)]
        await asyncio.gather(*looks)
        async with asyncio.timeout(30):
            while await apps[0].store.queue.count_states() != {"sent": 30}:
                await asyncio.sleep(0.05)
    assert sorted(sent.chat for sent in telegram.sent) == list(range(10_000, 10_030))


# --- who is alive --------------------------------------------------------------------------------


async def test_who_gives_no_sign_of_life_is_dead_and_what_it_had_is_taken_up_once(
    store: Store,
) -> None:
    dead = await store.processes.join("elsewhere")
    event = Event("1", LAN, "menu")
    stored = await store.write_down(event, datetime.now(UTC))
    assert stored is not None
    rescuer = await store.processes.join("here")
    assert [one.is_alive for one in await store.processes.beat(rescuer)] == [True, True]
    assert await store.open_events.take_up() == ((), ())  # it may still be answering
    await store.processes.bury([dead])
    assert [one.is_alive for one in await store.processes.beat(rescuer)] == [False, True]
    (left,), _ = await store.open_events.take_up()
    assert left.id == stored.id
    assert await store.open_events.take_up() == ((), ())
    await store.processes.settle([dead])
    (first, _) = await store.processes.beat(rescuer)
    assert first.is_settled
    # One that was only believed dead lives on.
    (first, _) = await store.processes.beat(dead)
    assert (first.is_alive, first.is_settled) == (True, False)


async def test_a_lease_is_ten_seconds_of_the_databases_clock(store: Store) -> None:
    first, second = await store.processes.join("a"), await store.processes.join("b")
    back = update(schema.process).where(schema.process.c.number == first)
    ago = await store._writes.run(processes.moment) - processes.LEASE
    await store._writes.run(lambda c: c.execute(back.values(beat_at=ago)))
    assert [one.is_alive for one in await store.processes.beat(second)] == [False, True]
