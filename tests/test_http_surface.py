"""The HTTP surface and docs/openapi.yaml are the same, whatever is asked of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import requests
import schemathesis
import yaml
from aiohttp import web
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import SecretStr
from schemathesis.checks import not_a_server_error
from schemathesis.openapi import from_dict
from schemathesis.specs.openapi import checks as rules

from bot.app import App
from bot.settings import Settings
from tests.conftest import LANGUAGES, LIBRARY, ROOT
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_oa import FakeZaloOA
from tests.hostile import INPUTS

DOCUMENT: dict[str, Any] = yaml.load(
    (ROOT / "docs" / "openapi.yaml").read_text("utf-8"), yaml.CSafeLoader
)
SECRET = "webhook-secret"
# A stream that is open does not end by itself; tests/test_web.py reads it.
ENDLESS = "/chat/stream"
CHECKS = [
    not_a_server_error,
    rules.status_code_conformance,
    rules.content_type_conformance,
    rules.response_headers_conformance,
    rules.response_schema_conformance,
]


@pytest.fixture
async def everywhere(
    settings: Settings, telegram: FakeTelegram, zalo_bot: FakeZaloBot, zalo_oa: FakeZaloOA
) -> AsyncIterator[App]:
    """A bot that every platform calls at a webhook."""
    webhooks = {
        "telegram_webhook_secret": SecretStr(SECRET),
        "zalo_bot_webhook_secret": SecretStr(SECRET),
        "public_url": "https://caunoi.example",
    }
    app = App(settings.model_copy(update=webhooks), LIBRARY, LANGUAGES)
    await app.start()
    yield app
    await app.stop()


def _served(app: App) -> set[tuple[str, str]]:
    assert app._runner is not None
    application = app._runner.app
    assert isinstance(application, web.Application)
    found = set()
    for route in application.router.routes():
        assert route.resource is not None
        path = route.resource.canonical
        is_static = isinstance(route.resource, web.StaticResource)
        if route.method not in {"HEAD", "OPTIONS"}:
            found.add((route.method, f"{path}/{{filename}}" if is_static else path))
    return found


async def test_every_route_is_documented_and_every_documented_route_is_there(
    everywhere: App,
) -> None:
    documented = {
        (method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item
    }
    assert _served(everywhere) == documented


async def test_no_request_gets_a_500_or_an_answer_that_is_not_documented(everywhere: App) -> None:
    problems = await asyncio.to_thread(_ask_everything, f"http://127.0.0.1:{everywhere.port}")
    assert not problems, "\n".join(problems)


def _ask_everything(base: str) -> list[str]:
    """What schemathesis finds: a line for each operation of which an answer was not as agreed."""
    schema = from_dict(DOCUMENT)
    problems = []
    with requests.Session() as session:
        # Where it invents none itself, the right secret: what lies behind it is asked too.
        session.headers.update(
            {
                "X-Telegram-Bot-Api-Secret-Token": SECRET,
                "X-Bot-Api-Secret-Token": SECRET,
            }
        )
        for result in schema.get_all_operations():
            operation: Any = result.ok()  # type: ignore[union-attr]
            if operation.path == ENDLESS:
                continue
            try:
                _ask(operation, base, session)
            except BaseException as error:  # a group of failures, told in full
                problems.append(f"{operation.label}: {_told(error)}")
    return problems


def _ask(operation: Any, base: str, session: requests.Session) -> None:
    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    strategy = operation.as_strategy(modes[0]) | operation.as_strategy(modes[1])

    @settings_of_one
    @given(strategy)
    def ask(case: Any) -> None:
        response = case.call(base_url=base, session=session, timeout=20, allow_redirects=False)
        case.validate_response(response, checks=CHECKS)
        assert "Traceback" not in response.text
        if response.status_code == 429:
            assert int(response.headers["Retry-After"][0]) >= 1

    ask()


settings_of_one = settings(
    max_examples=INPUTS // 10 or 8,
    derandomize=not INPUTS,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _told(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(_told(one) for one in error.exceptions)
    return f"{type(error).__name__}: {error}"
