"""The store's promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.command import upgrade as alembic_upgrade
from alembic.config import Config
from sqlalchemy import Connection, bindparam, func, inspect, select, text

from bot import store as store_package
from bot.loading import Wanted
from bot.model import Address, Choice, Event, Parcel, Person, Reply, Session
from bot.organisation import Unit
from bot.rights import permitting
from bot.store import AlreadyDone, Seal, Store, Stored, Work, keep_secret, schema
from bot.store.codec import Codecs
from bot.store.engine import open_database
from bot.store.seal import Unsealable
from tests.conftest import make_ready

MIGRATIONS = Path(store_package.__file__).parent / "migrations"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
LAN = Address("telegram", "501")
SECRET_WORDS = "câu hỏi rất riêng"


async def _count(store: Store, table: str) -> int:
    query = select(func.count()).select_from(schema.metadata.tables[table])
    return await store._reads.run(lambda c: c.execute(query).scalar_one())


async def _written(store: Store, event: Event, now: datetime = NOW) -> Stored:
    stored = await store.write_down(event, now)
    assert stored is not None
    return stored


async def test_the_migrations_make_the_schema_that_the_code_knows(empty_url: str) -> None:
    store = Store(empty_url, Seal("a secret"))
    for _ in range(2):  # a second time changes nothing
        assert await store.upgrade() == "0019"
    assert await store.is_well()

    def differences(connection: Connection) -> list[object]:
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        return list(compare_metadata(MigrationContext.configure(connection), schema.metadata))

    assert await store._reads.run(differences) == []
    await store.close()


async def test_an_upgrade_from_the_first_schema_keeps_what_was_there(empty_url: str) -> None:
    """Written with the schema of revision 0001, read with today's."""
    database = open_database(empty_url)
    await database.run(_make_first_schema)
    await database.close()
    store = Store(empty_url, Seal("a secret"))
    assert await store.upgrade() == "0019"
    stored = await store.write_down(Event("new", LAN), NOW)
    assert stored is not None
    person, session, _ = await store.load(stored)
    assert person == Person(7, "km", "v1", False)
    assert session == Session("search")
    (waiting,) = await store.replies_to_say()
    assert (waiting.id, waiting.reply) == (41, Reply("Một"))
    (added,) = await store.finish(stored, Work(), Session(), (Reply("Hai"),), NOW)
    assert added.id > 41  # pages remember the numbers they saw
    await store.close()


def _make_first_schema(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    alembic_upgrade(config, "0001")
    codecs = Codecs(Seal("a secret"))
    rows = (
        ("person", {"id": 7, "language": "km", "consent_version": "v1", "seen_on": NOW.date()}),
        ("address", {"id": 3, "person_id": 7, "channel": "telegram", "address": "501"}),
        ("session", {"address_id": 3, "sealed": codecs.session.write(Session("search")),
                     "changed_at": NOW}),
        ("event", {"id": 5, "key": b"k" * 16, "address_id": 3, "received_at": NOW,
                   "done_at": NOW}),
        ("reply", {"id": 41, "event_id": 5, "address_id": 3, "number": 0,
                   "sealed": codecs.reply.write(Reply("Một")), "created_at": NOW}),
    )  # fmt: skip
    for table, values in rows:
        names = ", ".join(values)
        holes = ", ".join(f":{name}" for name in values)
        statement = text(f"INSERT INTO {table} ({names}) VALUES ({holes})")
        types = {name: schema.metadata.tables[table].c[name].type for name in values}
        bound = [bindparam(name, type_=kind) for name, kind in types.items()]
        connection.execute(statement.bindparams(*bound), values)
    if connection.dialect.name == "postgresql":  # as if the rows had come one after another
        for table in ("person", "address", "event", "reply"):
            connection.execute(text(f"SELECT setval('{table}_id_seq', 41)"))


async def test_offices_of_the_third_schema_stay_and_become_no_larger(empty_url: str) -> None:
    """No unit meant the top; one that nobody has loaded yet must not become the top."""
    database = open_database(empty_url)
    await database.run(_make_third_schema)
    await database.close()
    store = Store(empty_url, Seal("a secret"))
    await make_ready(store)
    held = {(one.role, one.unit) for one in await store.officers.list()}
    assert held == {("administrator", "LD"), ("reader", "LD"), ("unit-officer", "BN")}
    tree = await store.organisation.tree()
    (lost,) = [o for o in await store.officers.all() if o.role == "unit-officer"]
    assert permitting([lost], "units", tree) is None
    await store.organisation.load([Wanted("row 2", Unit("BN", "Bắc", "province"), "LD")], NOW)
    tree = await store.organisation.tree()
    (found,) = [o for o in await store.officers.all() if o.role == "unit-officer"]
    assert permitting([found], "units", tree, tree.find("BN")) == found
    assert permitting([found], "units", tree, tree.top) is None
    await store.close()


def _make_third_schema(connection: Connection) -> None:
    _make_first_schema(connection)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    alembic_upgrade(config, "0003")
    for role, unit in (("administrator", ""), ("reader", "LD"), ("unit-officer", "BN")):
        statement = text("INSERT INTO officer (person_id, role, unit) VALUES (7, :role, :unit)")
        connection.execute(statement, {"role": role, "unit": unit})


async def test_two_processes_that_start_together_upgrade_once(empty_url: str) -> None:
    stores = [Store(empty_url, Seal("a secret")) for _ in range(3)]
    assert await asyncio.gather(*(store.upgrade() for store in stores)) == ["0019"] * 3
    for store in stores:
        await store.close()


async def test_an_event_goes_its_way(store: Store) -> None:
    stored = await _written(store, Event("1", LAN, SECRET_WORDS))
    person, session, _ = await store.load(stored)
    assert (person, session) == (Person(stored.person_id), Session())
    work = Work()
    work.choose_language(person, "km")
    work.count_reading("a", "vi", NOW.date())
    kept = Session("search", {"payload": "x"}, (Choice("Menu", "/menu"),), NOW)
    replies = (Reply("Một"), Reply("Hai", choices=(Choice("Menu", "/menu"),)))
    pending = await store.finish(stored, work, kept, replies, NOW)
    assert [p.reply for p in pending] == list(replies)
    assert await store.load(stored) == (Person(stored.person_id, "km"), kept, False)
    assert await store.replies_to_say() == pending
    assert await store.replies_to_say(address=LAN) == pending
    assert await store.replies_to_say(event=stored.event) == pending
    assert await store.replies_to_say(address=Address("web", "501")) == ()
    await store.forget_replies(*(p.id for p in pending))
    assert await store.replies_to_say() == ()
    assert await store.open_events.unfinished() == ()


async def test_an_event_is_written_down_once_and_applied_once(store: Store) -> None:
    event = Event("1", LAN, "menu")
    stored, *others = [
        s for s in await asyncio.gather(*(store.write_down(event, NOW) for _ in range(8))) if s
    ]
    assert others == []
    finishing = []
    for _ in range(4):
        work = Work()
        work.count_reading("a", "vi", NOW.date())
        finishing.append(store.finish(stored, work, Session(), (Reply("Một"),), NOW))
    results = await asyncio.gather(*finishing, return_exceptions=True)
    assert sum(isinstance(result, AlreadyDone) for result in results) == 3
    assert len(await store.replies_to_say()) == 1
    count = select(schema.reading.c.count)
    assert await store._reads.run(lambda c: c.execute(count).scalar_one()) == 1


async def test_two_processes_meet_a_newcomer_at_the_same_moment(
    store: Store, database_url: str
) -> None:
    other = Store(database_url, Seal("a secret"))
    events = [Event(str(number), LAN, "x") for number in range(20)]
    await asyncio.gather(
        *((store, other)[number % 2].write_down(e, NOW) for number, e in enumerate(events))
    )
    assert await _count(store, "event") == 20
    assert await _count(store, "address") == await _count(store, "person") == 1
    await other.close()


async def test_the_same_id_from_another_address_is_another_event(store: Store) -> None:
    await _written(store, Event("1", LAN))
    await _written(store, Event("1", Address("web", "501")))
    assert await _count(store, "person") == 2


async def test_one_that_fails_does_not_spoil_its_group(store: Store) -> None:
    def fails(_connection: Connection) -> None:
        raise ZeroDivisionError

    results = await asyncio.gather(
        store.write_down(Event("1", LAN), NOW),
        store._writes.run(fails),
        store.write_down(Event("2", LAN), NOW),
        return_exceptions=True,
    )
    assert isinstance(results[1], ZeroDivisionError)
    assert await _count(store, "event") == 2


async def test_cut_connections_are_made_anew_and_nobody_notices(
    database_url: str, store: Store
) -> None:
    """As after a restart of PostgreSQL, or a firewall that forgets what was silent."""
    if database_url.startswith("sqlite"):
        return
    await _written(store, Event("1", LAN, "menu"))
    other = Store(database_url, Seal("a secret"))
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    own = f"{cut} AND datname = current_database()"
    await other._writes.run(lambda c: c.execute(text(own)).all())
    assert len(await store.open_events.unfinished()) == 1
    await _written(store, Event("2", LAN, "menu"))
    await other.close()


async def test_a_caller_that_went_away_does_not_spoil_its_group(store: Store) -> None:
    gone = asyncio.create_task(store.write_down(Event("1", LAN), NOW))
    stays = asyncio.create_task(store.write_down(Event("2", LAN), NOW))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays is not None


async def test_what_was_open_is_found_again_in_order_with_its_starts(store: Store) -> None:
    for number in range(3):
        await _written(store, Event(str(number), LAN, SECRET_WORDS))
    first, *_ = await store.open_events.unfinished()
    await store.open_events.count_start(first)
    found = await store.open_events.unfinished()
    assert [(s.event.id, s.starts, s.event.text) for s in found] == [
        ("0", 1, SECRET_WORDS),
        ("1", 0, SECRET_WORDS),
        ("2", 0, SECRET_WORDS),
    ]


async def test_another_secret_reads_nothing_and_breaks_nothing(
    store: Store, database_url: str
) -> None:
    stored = await _written(store, Event("1", LAN, SECRET_WORDS))
    second = await _written(store, Event("2", LAN))
    await store.finish(second, Work(), Session("search"), (Reply("Một"),), NOW)
    other = Store(database_url, Seal("another secret"))
    assert await other.open_events.unfinished() == ()
    assert await other.replies_to_say() == ()
    assert (await other.load(stored))[1] == Session()
    await other.close()


async def test_what_was_written_is_not_readable_in_the_database(store: Store) -> None:
    stored = await _written(store, Event("1", LAN, SECRET_WORDS))
    await store.finish(
        stored, Work(), Session("x", {"a": SECRET_WORDS}), (Reply(SECRET_WORDS),), NOW
    )

    def everything(connection: Connection) -> str:
        tables = schema.metadata.sorted_tables
        return "".join(str(connection.execute(select(table)).all()) for table in tables)

    assert SECRET_WORDS not in await store._reads.run(everything)
    opened = select(schema.event.c.sealed)
    assert await store._reads.run(lambda c: c.execute(opened).scalar_one()) is None


async def test_an_unreachable_address_loses_what_waited_until_it_writes(store: Store) -> None:
    stored = await _written(store, Event("1", LAN))
    await store.finish(stored, Work(), Session(), (Reply("Một"),), NOW)
    await store.mark_unreachable(LAN)
    unreachable = select(schema.address.c.is_unreachable)
    assert await store._reads.run(lambda c: c.execute(unreachable).scalar_one()) is True
    assert await store.replies_to_say() == ()
    await _written(store, Event("2", LAN))
    assert await store._reads.run(lambda c: c.execute(unreachable).scalar_one()) is False


async def test_a_pictures_handle_is_kept_per_channel(store: Store) -> None:
    assert await store.media.find("telegram", "d") is None
    await store.media.keep("telegram", "d", "one")
    await store.media.keep("telegram", "d", "two")
    assert await store.media.find("telegram", "d") == "two"
    assert await store.media.find("zalo-oa", "d") is None


async def test_what_has_had_its_time_is_forgotten(store: Store) -> None:
    guest = await _written(store, Event("1", LAN))
    await store.finish(guest, Work(), Session(), (Reply("Một"),), NOW)
    member = await _written(store, Event("2", Address("telegram", "502")))
    work = Work()
    work.consent(Person(member.person_id), "2026-11-23", NOW)
    await store.finish(member, work, Session(), (), NOW)
    await store.tidy(NOW + timedelta(hours=23))
    assert len(await store.replies_to_say()) == 1
    await store.tidy(NOW + timedelta(hours=25))
    assert await store.replies_to_say() == ()
    assert await _count(store, "event") == 2
    await store.tidy(NOW + timedelta(days=7, seconds=1))
    assert await _count(store, "event") == 0
    await store.tidy(NOW + timedelta(days=29))
    assert await _count(store, "person") == 2
    await store.tidy(NOW + timedelta(days=31))
    assert await _count(store, "person") == 1  # the guest is gone, with all that was theirs
    assert await _count(store, "address") == 1
    assert await _count(store, "session") == 0  # nobody has gone on with that talk for so long


async def test_a_guest_who_comes_back_is_kept(store: Store) -> None:
    await store.finish(await _written(store, Event("1", LAN)), Work(), Session(), (), NOW)
    later = NOW + timedelta(days=20)
    await store.finish(await _written(store, Event("2", LAN), later), Work(), Session(), (), later)
    await store.tidy(NOW + timedelta(days=40))
    assert await _count(store, "person") == 1


async def test_consent_and_leaving(store: Store) -> None:
    stored = await _written(store, Event("1", LAN))
    person = Person(stored.person_id)
    agree, leave = Work(), Work()
    agree.consent(person, "v1", NOW)
    leave.stop(person)
    await store.finish(stored, agree, Session(), (), NOW)
    assert (await store.load(stored))[0] == Person(person.id, None, "v1", False)
    again = await _written(store, Event("2", LAN))
    await store.finish(again, leave, Session(), (), NOW)
    assert (await store.load(stored))[0] == Person(person.id, None, None, True)


async def test_no_column_could_hold_a_name(store: Store) -> None:
    """Where a person who wrote something could be kept there is no place."""

    def columns(connection: Connection) -> set[str]:
        tables = inspect(connection)
        return {c["name"] for name in tables.get_table_names() for c in tables.get_columns(name)}

    found = await store._reads.run(columns)
    forbidden = {"author", "name", "username", "profile", "phone", "sender", "first_name", "origin"}
    assert not found & forbidden


async def test_sqlite_keeps_what_it_acknowledged_and_overwrites_what_it_erases(
    tmp_path: Path,
) -> None:
    store = Store(f"sqlite:///{tmp_path}/s.db", Seal("s"))
    pragmas = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
    for pragma, value in pragmas.items():
        query = text(f"PRAGMA {pragma}")
        assert await store._reads.run(lambda c, q=query: c.execute(q).scalar_one()) == value  # type: ignore[misc]
    await store.close()


def test_a_seal_opens_only_for_its_purpose_and_its_secret() -> None:
    seal = Seal("one")
    sealed = seal.seal(b"text", "event")
    assert seal.open(sealed, "event") == b"text"
    assert seal.seal(b"text", "event") != sealed
    for opener, content, purpose in (
        (seal, sealed, "reply"),
        (Seal("two"), sealed, "event"),
        (seal, sealed[:-1], "event"),
        (seal, b"", "event"),
    ):
        with pytest.raises(Unsealable):
            opener.open(content, purpose)


def test_a_keyed_hash_joins_no_parts() -> None:
    seal = Seal("one")
    assert seal.recognise("a", "bc") != seal.recognise("ab", "c")
    assert seal.recognise("a") != Seal("two").recognise("a")


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    made = keep_secret("", folder)
    assert keep_secret("", folder) == made
    assert len(made) >= 40
    assert keep_secret("given", folder) == "given"
    assert [path.name for path in folder.iterdir()] == ["secret.key"]
    assert (folder / "secret.key").stat().st_mode & 0o077 == 0


# --- what waits for a contact --------------------------------------------------------------------


async def _waiting_message(store: Store) -> Stored:
    """Somebody for whom one message waits, and their next event."""
    first = await _written(store, Event("w1", LAN))
    codec = Codecs(Seal("a secret")).parcel
    row = {
        "person_id": first.person_id,
        "sealed": codec.write(Parcel("notice", label="x")),
        "state": "waiting",
        "not_before": NOW,
        "created_at": NOW,
    }
    await store._writes.run(lambda c: c.execute(schema.delivery.insert(), row))
    await store.finish(first, Work(), Session(), (), NOW)
    return await _written(store, Event("w2", LAN))


async def test_what_waits_is_handed_over_once_whoever_answers(store: Store) -> None:
    stored = await _waiting_message(store)
    person, _, waits = await store.load(stored)
    assert waits
    ((number, parcel),) = await store.waiting(person, 1)
    assert parcel == Parcel("notice", label="x")
    again = await _written(store, Event("w3", LAN))
    waited = ((number, Reply("Tin")),)
    said = (Reply("Trả lời"),)
    first = await store.finish(stored, Work(), Session(), said, NOW, waited)
    second = await store.finish(again, Work(), Session(), said, NOW, waited)  # another process
    assert [(p.reply.title, p.delivery_id) for p in first] == [("Trả lời", 0), ("Tin", number)]
    assert [p.reply.title for p in second] == ["Trả lời"]
    assert not (await store.load(again))[2]
    assert await store.begin_saying(first[1], NOW)
    assert not await store.begin_saying(first[1], NOW)
    assert first[1] not in await store.replies_to_say()  # a start would not say it again
    await store.forget_replies(first[1].id)
    assert await store.queue.count_states() == {"sent": 1}


async def test_a_lease_that_runs_out_leaves_it_uncertain_and_a_refusal_lets_it_wait(
    store: Store,
) -> None:
    stored = await _waiting_message(store)
    ((number, _),) = await store.waiting((await store.load(stored))[0], stored.address_id)
    (handed,) = await store.finish(stored, Work(), Session(), (), NOW, ((number, Reply("Tin")),))
    await store.begin_saying(handed, NOW)
    await store.wait_again(handed)
    again = await _written(store, Event("w3", LAN))
    assert (await store.load(again))[2]
    (handed,) = await store.finish(again, Work(), Session(), (), NOW, ((number, Reply("Tin")),))
    await store.begin_saying(handed, NOW)
    await store.queue.give_up_leases(NOW + timedelta(minutes=6))
    assert await store.queue.count_states() == {"uncertain": 1}
    assert await store.replies_to_say() == ()
