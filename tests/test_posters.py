"""/poster and /files: an officer gets the sheet for a wall, once, and nobody else does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pypdfium2
import pytest

from bot.__main__ import main
from bot.app import App
from bot.files import MadeFile
from bot.model import Address
from bot.store import Seal, Store
from tests.conftest import make_ready
from tests.organisation import appoint, load_units, prepare
from tests.people import TelegramPerson

Printed = pytest.CaptureFixture[str]


@pytest.fixture
async def officer(bot: App, chatter: TelegramPerson) -> TelegramPerson:
    await prepare(bot)
    await chatter.says("/start")
    await chatter.taps("English")
    await appoint(bot, Address("telegram", "501"), "unit-officer", "BN-KCN")
    return chatter


def _link(text: str, bot: App) -> str:
    found = re.search(r"/files/[a-z2-9-]+", text)
    assert found, text
    return f"http://127.0.0.1:{bot.port}{found[0]}"


def _text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    return " ".join(document[0].get_textpage().get_text_range().split())


async def test_an_officer_makes_a_poster_with_a_few_taps(
    bot: App, officer: TelegramPerson, session: aiohttp.ClientSession
) -> None:
    assert "For which unit?" in await officer.says("/poster")
    assert "There is no unit TN-01 among yours" in await officer.says("TN-01")
    assert "second language" in await officer.says("bn-01")
    assert "third language" in await officer.taps("ភាសាខ្មែរ")
    url = _link((await officer.taps("English")).text, bot)
    async with session.get(url) as response:
        assert response.status == 200
        assert response.content_type == "application/pdf"
        assert response.headers["Content-Disposition"] == 'attachment; filename="BN-01.pdf"'
        text = _text(await response.read())
    for words in ("Công ty May", "Thông tin từ công đoàn", "u_BN-01", "Zalo", "Telegram", "Web"):
        assert words in text
    assert "Information from the trade union" in text
    assert "made a poster, unit:BN-01" not in text
    async with session.get(url) as response:  # it served once
        assert response.status == 404
    (entry, *_) = await bot.store.officers.audit(1)
    assert (entry.verb, entry.object, entry.officer) == ("poster.make", "unit:BN-01", 1)


@pytest.fixture
def drawn(bot: App, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be drawn: these tests look at who may, not at the sheet."""
    made: list[str] = []

    async def make(ticket: object) -> MadeFile:
        made.append(str(ticket))
        return MadeFile("x.pdf", "application/pdf", b"%PDF")

    monkeypatch.setattr(bot._files, "_make", make)
    return made


async def test_a_preview_does_not_use_the_link_up(
    bot: App, officer: TelegramPerson, session: aiohttp.ClientSession, drawn: list[str]
) -> None:
    url = _link((await officer.says("/poster BN-01 en th")).text, bot)
    agent = {"User-Agent": "TelegramBot (like TwitterBot)"}
    async with session.get(url, headers=agent) as response:
        assert await response.read() == b""
    assert drawn == []
    async with session.get(url) as response:
        assert await response.read() == b"%PDF"


async def test_a_link_lasts_fifteen_minutes(bot: App, officer: TelegramPerson) -> None:
    for minutes, is_there in ((14, True), (16, False)):
        url = _link((await officer.says("/poster BN-01 en th")).text, bot)
        later = datetime.now(UTC) + timedelta(minutes=minutes)
        ticket = await bot.store.codes.take_file(url.rpartition("/")[2], later)
        assert (ticket is not None) is is_there


async def test_whose_office_ended_downloads_nothing_any_more(
    bot: App, officer: TelegramPerson, session: aiohttp.ClientSession
) -> None:
    url = _link((await officer.says("/poster BN-01 en th")).text, bot)
    await bot.store.officers.remove(Address("telegram", "501"), datetime.now(UTC))
    async with session.get(url) as response:
        assert response.status == 404


@pytest.mark.parametrize("code", ["x", "2345-6789-abcd-efgh", "%00", "😀", "a" * 500])
async def test_a_guessed_code_gives_nothing(
    bot: App, session: aiohttp.ClientSession, code: str
) -> None:
    async with session.get(f"http://127.0.0.1:{bot.port}/files/{code}") as response:
        assert response.status == 404


async def test_a_poster_that_cannot_be_drawn_is_said_plainly(
    bot: App,
    officer: TelegramPerson,
    session: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(_ticket: object) -> MadeFile:
        raise OSError("no such program")

    monkeypatch.setattr(bot._files, "_make", fail)
    url = _link((await officer.says("/poster BN-01 en th")).text, bot)
    async with session.get(url) as response:
        assert response.status == 503
        assert "Traceback" not in await response.text()


# --- by command line -----------------------------------------------------------------------------


@pytest.fixture
async def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command line on a database with a tree and known links."""
    url = f"sqlite:///{tmp_path}/c.db"
    store = Store(url, Seal("secret"))
    await make_ready(store)
    await load_units(store)
    await store.links.keep("telegram", "https://t.me/CauNoiBot")
    await store.links.keep("zalo-oa", "https://zalo.me/579745863508352884")
    await store.close()
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    return tmp_path


def _poster(folder: Path, *more: str) -> list[str]:
    return ["poster", "BN-02", "--out", str(folder / "p.pdf"), *more]


async def test_the_command_line_draws_the_same_poster(line: Path) -> None:
    from asyncio import to_thread

    assert await to_thread(main, _poster(line, "--languages", "ko,zh-Hant")) == 0
    text = _text((line / "p.pdf").read_bytes())
    for words in ("Công ty Giày", "u_BN-02", "Zalo", "Telegram"):
        assert words in text
    assert re.search("[가-힣]", text)
    assert "工會" in text


async def test_a_poster_nobody_could_mean_is_refused(line: Path, capsys: Printed) -> None:
    from asyncio import to_thread

    assert await to_thread(main, _poster(line, "--languages", "xx,en")) == 2
    assert await to_thread(main, _poster(line, "--languages", "en,km,th")) == 2
    assert "--languages takes up to two of: en" in capsys.readouterr().err
    assert await to_thread(main, ["poster", "NOPE", "--out", str(line / "p.pdf")]) == 1
    assert "there is no unit NOPE" in capsys.readouterr().err
    assert not (line / "p.pdf").exists()
