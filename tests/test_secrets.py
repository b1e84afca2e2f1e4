"""One whole run of a real process at its most talkative: no log, metric or file tells a secret.

All channels, a broadcast, a report, a contest, an erasure, a handler and a database that fail,
platforms that answer with errors that hold addresses. What is looked for is marked.
"""

from __future__ import annotations

import asyncio
import io
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from bot.campaigns import SCHEDULED, Campaign, Words
from bot.consents import CONTEST
from bot.store import Seal, Store, keep_secret
from tests.campaigning import MESSAGE, add_members
from tests.contesting import opened, rules
from tests.fakes.faults import Fault
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.zalo_bot import BOT_TOKEN, FakeZaloBot, user_id
from tests.fakes.zalo_oa import APP_ID, APP_SECRET, FIRST_REFRESH, OA_SECRET, FakeZaloOA
from tests.people import Heard, Visitor
from tests.processes import Process, few_articles
from tests.small_pack import ARTICLES

CHAT, MEMBERS, FOLLOWER = 7700112299, 770055000, "246845883529197922"
SECRETS = {
    "SECRET_KEY": "marked-SECRETKEY-0123456789abcdef",
    "METRICS_TOKEN": "marked-METRICS-0123456789",
    "TELEGRAM_WEBHOOK_SECRET": "marked-TELEGRAMHOOK-01",
    "ZALO_BOT_WEBHOOK_SECRET": "marked-ZALOHOOK-01",
}
TOKENS = (TOKEN, BOT_TOKEN, OA_SECRET, APP_SECRET, FIRST_REFRESH, *SECRETS.values())
NAME, PHONE, MAIL = "Trịnh Quỳnh Mẫuđấu", "0987612345", "maudau@marked.example"
SAID, CLAIM, ESSAY = "markedfreetext", "markedclaim", "markedessay"
HOLDER, FILE, LABEL, LINK = "Markedholder Thi", "markedfile", "markedlabel", "marked.example/p/77"
BROADCAST = "markedbroadcast"
PERSONAL = (
    str(CHAT), str(MEMBERS)[:-2], FOLLOWER, user_id(1), NAME, "Mẫuđấu", PHONE, MAIL, SAID, CLAIM,
    ESSAY, HOLDER, "Markedholder", FILE, LABEL, LINK, BROADCAST,
)  # fmt: skip


@pytest.fixture
async def serving(
    tmp_path: Path, telegram: FakeTelegram, zalo_bot: FakeZaloBot, zalo_oa: FakeZaloOA
) -> AsyncIterator[Process]:
    more = {
        **SECRETS, "LOG_LEVEL": "DEBUG", "CONTENT_DIR": few_articles(*ARTICLES),
        "ZALO_BOT_TOKEN": BOT_TOKEN, "ZALO_BOT_API_BASE": zalo_bot.base,
        "ZALO_OA_APP_ID": APP_ID, "ZALO_OA_SECRET_KEY": OA_SECRET,
        "ZALO_APP_SECRET_KEY": APP_SECRET, "ZALO_OA_REFRESH_TOKEN": FIRST_REFRESH,
        "ZALO_OA_API_BASE": zalo_oa.base, "ZALO_OAUTH_BASE": zalo_oa.base,
        "PUBLIC_URL": "https://bot.example.org", "WEB_PER_MINUTE": "6000",
    }  # fmt: skip
    hook = SECRETS["TELEGRAM_WEBHOOK_SECRET"]
    process = Process(tmp_path, f"sqlite:///{tmp_path}/test.db", telegram.base, hook, more)
    await process.start()
    yield process
    with suppress(ProcessLookupError):  # it was stopped
        await process.kill()


def _store(folder: Path) -> Store:
    seal = Seal(keep_secret(SECRETS["SECRET_KEY"], folder / "var"))
    return Store(f"sqlite:///{folder}/test.db", seal, folder / "var" / "reporters")


async def _until(seen: Callable[[], object], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not seen():
            await asyncio.sleep(0.05)


async def test_a_whole_run_tells_no_secret_and_nothing_of_anybody(
    serving: Process, tmp_path: Path, telegram: FakeTelegram, zalo_bot: FakeZaloBot,
    zalo_oa: FakeZaloOA, session: aiohttp.ClientSession,
) -> None:  # fmt: skip
    store = _store(tmp_path)
    await _until(lambda: telegram.webhook and zalo_bot.webhook)
    visitor = Visitor(serving.url, session)
    async with session.get(serving.url) as page:  # the cookie is for TLS, which is not here
        cookie = next(iter(page.cookies.values()))
    visitor._headers["Cookie"] = f"{cookie.key}={cookie.value}"
    await _on_the_web(visitor, store, session)
    await _on_telegram(serving, session, telegram)
    await _on_zalo(serving, session, zalo_bot, zalo_oa)
    await _broadcast(store, telegram)
    with _broken(tmp_path, "campaign"):
        assert (await _posted(session, serving.url, {"text": "/inbox"}))[0] == 200
    with _broken(tmp_path, "address"):
        assert (await _posted(session, serving.url, {"text": SAID}))[0] == 500
        await telegram.push(session, f"{serving.url}/telegram", _said(telegram, SAID))
    await visitor.taps_value("erase:yes")
    metrics = await _metrics(serving, session)
    await store.close()
    assert await serving.stop() == 0
    log = serving.log.read_text()
    assert "handler of event" in log  # it did fail, and was told of
    assert ".py:" in log  # and where
    _look({"log": log, "metrics": metrics, **dict(_files(tmp_path))})


async def _on_the_web(visitor: Visitor, store: Store, session: aiohttp.ClientSession) -> None:
    await visitor.says("/start")
    await visitor.taps("English")
    for text in (SAID, f"{NAME} {PHONE} {MAIL}", f"https://{LINK}?token={SAID}", f"/case {SAID}"):
        await visitor.says(text)
    await visitor.says("/subscribe")
    await _first(visitor, "consent:")
    await visitor.taps_value("remind:add")
    await visitor.says(LABEL)
    await visitor.says("24/12/2030")
    await visitor.says("/report")
    await visitor.says(f"{NAME} {PHONE}: {CLAIM}, https://{LINK}")
    await _with_file(session, visitor)
    await visitor.taps_value("report:done")
    assert "/case " in await visitor.taps_value("report:send:money")
    one = await opened(store, replace(rules(), essay=True, predicts=False))
    await visitor.taps_value(f"round:{one.id}:{CONTEST}:vn")
    heard = await visitor.taps_value("try:1:yes")
    await visitor.taps_value("essay:1")
    await visitor.says(ESSAY)
    await visitor.taps_value(f"certificate:{one.id}")
    await visitor.says(HOLDER)
    assert heard.text


async def _first(visitor: Visitor, start: str) -> Heard:
    value = next(value for value in visitor._buttons.values() if value.startswith(start))
    return await visitor.taps_value(value)


async def _with_file(session: aiohttp.ClientSession, visitor: Visitor) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), (9, 90, 200)).save(picture, "PNG")
    form = aiohttp.FormData({"text": SAID})
    form.add_field("file", picture.getvalue(), filename=f"{FILE}.png", content_type="image/png")
    sent = session.post(f"{visitor.url}/chat", data=form, headers=visitor._headers)
    async with sent as response:
        assert response.status == 200


async def _posted(
    session: aiohttp.ClientSession, url: str, fields: dict[str, Any]
) -> tuple[int, str]:
    async with session.post(f"{url}/chat", json=fields) as response:
        return response.status, await response.text()


def _said(telegram: FakeTelegram, text: str) -> dict[str, Any]:
    whose = {"id": CHAT, "is_bot": False, "first_name": NAME, "username": FILE,
             "language_code": "vi"}  # fmt: skip
    origin = {"type": "user", "date": 1, "sender_user": {**whose, "last_name": NAME}}
    more: dict[str, Any] = {"from": whose, "forward_origin": origin}
    return telegram.text(CHAT, text, **more)


async def _on_telegram(
    serving: Process, session: aiohttp.ClientSession, telegram: FakeTelegram
) -> None:
    """Answers meet errors that hold the address they were sent to, with the token in it."""
    url = f"{telegram.base}/bot{TOKEN}/sendMessage?chat_id={CHAT}&text={SAID}"
    telegram.faults["sendMessage"].extend(
        [Fault(500, url), Fault(502, body=url), Fault(retry_after=1),
         Fault(400, f"Bad Request: {url}"), Fault(403, f"Forbidden: {NAME} {url}")]
    )  # fmt: skip
    wrong = {"X-Telegram-Bot-Api-Secret-Token": "wrong"}
    async with session.post(f"{serving.url}/telegram", headers=wrong, data=SAID) as response:
        assert response.status == 403
    hook = f"{serving.url}/telegram"
    for text in ("/start", f"{SAID} {NAME}", PHONE, f"/search {SAID}"):
        left = len(telegram.faults["sendMessage"])
        assert await telegram.push(session, hook, _said(telegram, text)) == 200
        await _until(lambda left=left: len(telegram.faults["sendMessage"]) < left or not left)  # type: ignore[misc]
    await _until(lambda: not telegram.faults["sendMessage"])


async def _on_zalo(
    serving: Process, session: aiohttp.ClientSession, zalo_bot: FakeZaloBot, zalo_oa: FakeZaloOA
) -> None:
    told = f"{zalo_bot.base}/bot{BOT_TOKEN}/sendMessage {SAID} {NAME}"
    zalo_bot.faults["sendMessage"].extend([Fault(cuts=True), Fault(500, body=told)])
    update = zalo_bot.text(user_id(1), f"{SAID} {NAME}")
    assert await zalo_bot.push(session, f"{serving.url}/zalo-bot", update) == 200
    event = zalo_oa.text(FOLLOWER, f"{SAID} {PHONE}")
    path = "/v3.0/oa/message/cs"
    zalo_oa.faults[path].extend([Fault(cuts=True), Fault(500, body=f"{told} {OA_SECRET}")])
    assert await zalo_oa.push(session, f"{serving.url}/zalo-oa", event) == 200
    await _until(lambda: zalo_bot.to(user_id(1)) and zalo_oa.to(FOLLOWER))


async def _broadcast(store: Store, telegram: FakeTelegram) -> None:
    telegram.chats.update(range(MEMBERS, MEMBERS + 60))
    telegram.faults["sendMessage"].extend(
        [Fault(400, f"Bad Request: chat {MEMBERS} {NAME} {TOKEN}"), Fault(cuts=True)]
    )
    await add_members(store, 60, first=MEMBERS)
    words = Words(BROADCAST, f"{BROADCAST} {NAME}")
    message = replace(MESSAGE, text={"vi": words, "en": words})
    await store.campaigns.keep(Campaign(0, SCHEDULED, message, "everyone"), datetime.now(UTC))
    await _until(lambda: len([one for one in telegram.sent if one.chat >= MEMBERS]) >= 55, 30)


@contextmanager
def _broken(folder: Path, table: str) -> Iterator[None]:
    """While it lasts that table is not to be found: whoever asks for it fails."""
    _renamed(folder, table, "elsewhere")
    try:
        yield
    finally:
        _renamed(folder, "elsewhere", table)


def _renamed(folder: Path, name: str, to: str) -> None:
    with closing(sqlite3.connect(folder / "test.db", timeout=30)) as database:
        database.execute("PRAGMA legacy_alter_table = ON")
        database.execute(f"ALTER TABLE {name} RENAME TO {to}")
        database.commit()


async def _metrics(serving: Process, session: aiohttp.ClientSession) -> str:
    wanted = {"Authorization": f"Bearer {SECRETS['METRICS_TOKEN']}"}
    async with session.get(f"{serving.url}/metrics", headers=wanted) as response:
        assert response.status == 200
        return await response.text()


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """All that the process wrote, but for the database and the keys."""
    for path in sorted(folder.rglob("*")):
        is_database = path.name.startswith("test.db")
        if path.is_file() and not is_database:
            yield str(path.relative_to(folder)), path.read_bytes().decode("utf-8", "replace")


def _look(told: dict[str, str]) -> None:
    found = []
    for where, text in told.items():
        for mark in (*TOKENS, *PERSONAL):
            written = (mark, json.dumps(mark)[1:-1], repr(mark.encode())[2:-1])
            found += [(where, mark) for form in written if form in text]
    assert not found, found


def test_the_look_finds_what_is_there() -> None:
    for written in (TOKEN, NAME, json.dumps(NAME), repr(NAME.encode()), f"/bot{BOT_TOKEN}/x"):
        with pytest.raises(AssertionError):
            _look({"log": f"… {written} …"})
    _look({"log": "event 12 failed"})
