"""What a database of advisories knows of the locks ends CI; that none answers is no good news."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.conftest import ROOT

KNOWN, UNASKED = 1, 2


def _locked(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", text, re.MULTILINE))


def _advisory(name: str, **more: object) -> dict[str, Any]:
    """As the schema of OSV has them: https://ossf.github.io/osv-schema/."""
    events = [{"introduced": "0"}, {"fixed": "9999"}]
    affected = {
        "package": {"name": name, "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": events}],
    }
    told = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "summary": "Invented for a test."}
    return told | {"affected": [affected]} | more


class Database:
    """Speaks OSV's API on this machine. `knows`: package → its advisories."""

    def __init__(self) -> None:
        self.knows: dict[str, list[dict[str, Any]]] = {}
        self.asked: dict[str, str] = {}
        self.url = ""
        self.fails = False

    async def answer(self, request: web.Request) -> web.Response:
        if self.fails:
            return web.Response(status=503)
        query = await request.json()
        assert query["package"]["ecosystem"] == "PyPI"
        name = query["package"]["name"]
        self.asked[name] = query["version"]
        return web.json_response({"vulns": self.knows[name]} if name in self.knows else {})


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    told = Database()
    app = web.Application()
    app.router.add_post("/v1/query", told.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    told.url = f"http://127.0.0.1:{port}/v1/query"
    yield told
    await runner.cleanup()


async def _audited(database: Database, tmp_path: Path, *more: str) -> tuple[int, str]:
    """The end and the words of an audit that reaches this machine only."""
    nowhere = {"http_proxy": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1"}
    alone = os.environ | nowhere | {"no_proxy": "127.0.0.1", "XDG_CACHE_HOME": str(tmp_path)}
    tool = [sys.executable, str(ROOT / "tests" / "audit.py"), "--osv-url", database.url, *more]
    running = await asyncio.create_subprocess_exec(*tool, env=alone, stdout=asyncio.subprocess.PIPE)
    told, _ = await running.communicate()
    assert running.returncode is not None
    return running.returncode, told.decode()


async def test_every_locked_package_is_asked_about(database: Database, tmp_path: Path) -> None:
    database.knows["yarl"] = [_advisory("yarl", withdrawn="2026-11-30T00:00:00Z")]
    end, told = await _audited(database, tmp_path)
    assert end == 0, told
    assert f"{len(database.asked)} packages asked about, 0 advisories" in told
    bot = _locked("requirements.lock")
    # What only another system or an older Python installs is in the lock and not asked about here.
    assert database.asked.items() <= _locked("requirements-test.lock").items()
    assert len(database.asked.items() & bot.items()) > len(bot) * 0.9


def test_the_lock_that_is_asked_about_holds_all_of_the_bots_own() -> None:
    assert _locked("requirements.lock").items() <= _locked("requirements-test.lock").items()


async def test_what_is_known_and_not_argued_ends_it_even_where_unasked_passes(
    database: Database, tmp_path: Path
) -> None:
    database.knows["aiohttp"] = [_advisory("aiohttp")]
    database.knows["yarl"] = [_advisory("yarl", id="PYSEC-2026-2", aliases=["CVE-2026-2"])]
    (tmp_path / "argued.toml").write_text(
        '[tool.caunoi-audit.argued]\nCVE-2026-2 = "never called"\n', "utf-8"
    )
    argued = ["--pyproject", str(tmp_path / "argued.toml")]
    end, told = await _audited(database, tmp_path, "--unasked-passes", *argued)
    assert end == KNOWN
    locked = _locked("requirements.lock")
    assert f"aiohttp {locked['aiohttp']}: PYSEC-2026-1, mended in 9999\n" in told
    assert f"yarl {locked['yarl']}: PYSEC-2026-2, mended in 9999. Argued: never called\n" in told
    assert "1 advisories that nobody argued" in told


@pytest.mark.parametrize(("more", "ends"), [((), UNASKED), (("--unasked-passes",), 0)])
async def test_a_database_that_does_not_answer_is_no_good_news(
    more: tuple[str, ...], ends: int, database: Database, tmp_path: Path
) -> None:
    database.fails = True
    end, told = await _audited(database, tmp_path, *more)
    assert end == ends
    assert "NOTHING WAS AUDITED" in told


def test_ci_audits() -> None:
    assert "\nmake audit" in (ROOT / ".ci" / "run").read_text("utf-8")
