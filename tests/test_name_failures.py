"""Names of platforms that cannot be looked up: what is to be said waits, and is said once."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import App
from bot.channels import Unsent
from bot.channels.calls import Caller
from bot.settings import Settings
from tests.conftest import LANGUAGES, LIBRARY
from tests.fakes.telegram import FakeTelegram

NAME, HOOK = "platform.test", "hook-secret"


@dataclass
class Names:
    """The system's look-up, which knows one name more. `mood`: well, ill, silent."""

    known: Any
    mood: str = "well"
    asked: int = 0

    async def look_up(self, host: str, *more: Any, **named: Any) -> Any:
        if host != NAME:
            return await self.known(host, *more, **named)
        self.asked += 1
        while self.mood == "silent":  # asked again and again, one of them is answered
            await asyncio.sleep(0.05)
        if self.mood == "ill":
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return await self.known("127.0.0.1", *more, **named)


@pytest.fixture
async def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    loop = asyncio.get_running_loop()
    found = Names(loop.getaddrinfo)
    monkeypatch.setattr(loop, "getaddrinfo", found.look_up)
    return found


@pytest.mark.parametrize("mood", ["ill", "silent"])
async def test_a_call_to_a_name_that_is_not_found_never_went_out(
    names: Names, telegram: FakeTelegram, mood: str
) -> None:
    """Also where the whole time is spent on asking for the name: nobody need be uncertain."""
    caller = Caller(seconds=0.5)
    await caller.open()
    url = telegram.base.replace("127.0.0.1", NAME)
    names.mood = mood
    with pytest.raises(Unsent):
        await caller.call("GET", url)
    names.mood = "well"
    assert (await caller.call("GET", url)).status == 404
    await caller.close()


async def test_an_answer_waits_until_names_are_found_again(
    names: Names, settings: Settings, telegram: FakeTelegram, session: aiohttp.ClientSession
) -> None:
    names.mood = "ill"
    base = telegram.base.replace("127.0.0.1", NAME)
    hooked = {"telegram_webhook_secret": SecretStr(HOOK), "telegram_api_base": base}
    app = App(settings.model_copy(update=hooked), LIBRARY, LANGUAGES)
    await app.start()
    telegram.webhook = {"secret_token": HOOK}
    hook = f"http://127.0.0.1:{app.port}/telegram"
    for word in ("zq1xj", "zq2xj"):
        assert await telegram.push(session, hook, telegram.text(501, f"/search {word}")) == 200
    await app.conversation.drain(10)
    await asyncio.sleep(1.5)  # longer than the first pause
    assert names.asked > 1
    assert telegram.to(501) == []
    names.mood = "well"
    async with asyncio.timeout(20):
        while len(telegram.to(501)) < 2:
            await asyncio.sleep(0.02)
    await app.stop()
    first, second = telegram.to(501)
    assert "zq1xj" in first.text
    assert "zq2xj" in second.text
