"""What the operator asks the server: is it alive, is it well, what has it counted."""

from __future__ import annotations

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import App
from bot.settings import Settings
from tests.conftest import LANGUAGES, LIBRARY
from tests.people import Visitor

PROXIED = {"X-Forwarded-For": "203.0.113.9"}


async def test_health_tells_what_is_wrong_only_to_this_machine(
    visitor: Visitor,
    bot: App,
    session: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with session.get(f"{visitor.url}/health/live") as response:
        assert await response.json() == {"alive": True}
    async with session.get(f"{visitor.url}/health/ready") as response:
        assert (response.status, await response.json()) == (200, {"ready": True, "problems": {}})
    monkeypatch.setattr(bot.store, "is_well", _no_database)
    async with session.get(f"{visitor.url}/health/ready") as response:
        assert response.status == 503
        assert "database" in (await response.json())["problems"]
    async with session.get(f"{visitor.url}/health/ready", headers=PROXIED) as response:
        assert await response.json() == {"ready": False, "problems": {}}


async def _no_database() -> None:
    raise OSError("the disk is gone")


async def test_metrics_count_and_hold_nothing_personal(
    visitor: Visitor, session: aiohttp.ClientSession
) -> None:
    await visitor.says("một câu rất riêng")
    async with session.get(f"{visitor.url}/metrics") as response:
        metrics = await response.text()
    assert 'caunoi_events_total{channel="web"}' in metrics
    assert "riêng" not in metrics


async def test_metrics_are_for_this_machine_or_who_has_the_token(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    bot = App(settings.model_copy(update={"metrics_token": SecretStr("t0ken")}), LIBRARY, LANGUAGES)
    await bot.start()
    url = f"http://127.0.0.1:{bot.port}/metrics"
    for headers, status in (
        ({}, 200),
        (PROXIED, 403),
        ({**PROXIED, "Authorization": "Bearer wrong"}, 403),
        ({**PROXIED, "Authorization": "Bearer t0ken"}, 200),
    ):
        async with session.get(url, headers=headers) as response:
            assert response.status == status
    await bot.stop()


async def test_strange_paths_lead_nowhere(visitor: Visitor, session: aiohttp.ClientSession) -> None:
    for path in ("/media/../units.yaml", "/media/%2e%2e/units.yaml", "/nothing", "/media/"):
        async with session.get(visitor.url + path) as response:
            assert response.status in {403, 404}, path
            assert "Traceback" not in await response.text()
