"""All that is kept about one person is in their file, and nothing of it is left once erased."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import LargeBinary, select

from bot.app import App
from bot.model import Address, Event, Person, Reply, Session
from bot.store import Seal, Store, Work, own_data, schema
from bot.store.codec import Codec, Codecs
from bot.store.seal import Unsealable
from bot.unit_lists import from_content
from tests.conftest import LIBRARY
from tests.people import TelegramPerson
from tests.planting import MARKER, OFFICE, ROWS, Planting

# Rows that stay and are nobody's from then on: counts must add up, ranks of others must not move,
# the trail of offices is never changed. Whose they were is gone from them.
STAYS = {"recipient", "attempt", "contest_prize", "campaign", "audit_entry", "activity",
         "plan_report", "claim", "claim_mark"}  # fmt: skip
# What is known of offices and of nobody else: the desk's own words, a campaign's message.
NOT_THEIRS = {("campaign", "sealed"), ("claim", "sealed"), ("claim", "draft")}


async def _planted(store: Store) -> tuple[Planting, Person]:
    await store.upgrade()
    now = datetime.now(UTC)
    await store.organisation.begin(from_content(LIBRARY.units.values()), now)
    stored = await store.write_down(Event("1", Address("test", MARKER)), now)
    assert stored is not None
    person, work = Person(stored.person_id), Work()
    await store.finish(stored, work, Session(), (), now)
    planting = Planting(store._codecs, person.id, stored.address_id)
    await store._writes.run(planting.plant)
    return planting, person


async def _erase(store: Store, person: Person) -> None:
    last = await store.write_down(Event("2", Address("test", MARKER)), datetime.now(UTC))
    assert last is not None
    work = Work()
    work.erase(person)
    await store.finish(last, work, Session(), (Reply("gone"),), datetime.now(UTC))


def test_every_table_is_somebodys_or_nobodys() -> None:
    """A new table says here, or in own_data.IMPERSONAL, whose its rows are."""
    tables = {table.name for table in schema.metadata.sorted_tables}
    assert tables - own_data.IMPERSONAL == set(ROWS)
    assert not own_data.IMPERSONAL - tables
    assert set(own_data.OFFICIAL) <= set(ROWS)
    owning = {"person_id", "address_id", "officer_id", "attempt_id", "report_id", "officer",
              "office", "written_by", "draft_by", "approved_by", "made_by"}  # fmt: skip
    for name in own_data.IMPERSONAL:
        columns = {column.name for column in schema.metadata.tables[name].c}
        assert not columns & owning, f"{name} leads to a person"


# What a table about nobody holds: one more column is a decision, taken here.
IMPERSONAL_COLUMNS = {
    "article_number": "article number",
    "award_reminder": "days_before deadline edition queued_at",
    "bulk_sender": "channel held_by lease_until",
    "channel_link": "channel url",
    "closed_day": "closed_at day",
    "contest_round": "closed_at closes_at commitment contest id label opens_at perfect "
    "sealed state voided",
    "day_figure": "amount channel day kind language subject topic",
    "media_handle": "channel digest expires_at handle",
    "picture": "content file made_at",
    "plan_notice": "about queued_at",
    "platform_grant": "access channel dead_since expires_at generation held_by lease_until refresh "
    "seed",
    "platform_use": "amount channel period what",
    "process": "beat_at is_leaving is_settled number place",
    "reading": "article count day language",
    "report_count": "channel count month what",
    "report_time": "channel id is_correction looked month verdict",
    "unit": "code goes_to_id headcount id is_foreign_invested kind made_at office_address "
    "office_hours office_line parent_id sector title",
    "unit_count": "day people unit_id",
    "unit_figure": "amount day kind topic unit_id",
    "unit_past": "goes_to_id headcount id is_foreign_invested kind office_address office_hours "
    "office_line parent_id sector title unit_id until",
    "unit_tally": "campaign_id people state unit_id",
}


def test_a_new_column_of_a_table_about_nobody_is_a_decision() -> None:
    columns = {
        name: " ".join(sorted(column.name for column in schema.metadata.tables[name].c))
        for name in own_data.IMPERSONAL
    }
    assert columns == IMPERSONAL_COLUMNS


async def test_every_column_that_was_planted_is_in_mydata(database_url: str) -> None:
    store = Store(database_url, Seal("secret"))
    planting, person = await _planted(store)
    kept = await store.own_data(person)
    missing = []
    for table, row in planting.planted.items():
        shown = " ".join(str(one) for one in kept[table])
        missing += [
            f"{table}.{name}"
            for name, value in row.items()
            if value is not None and not _is_told(table, name, value, kept[table], shown)
        ]
    assert missing == []
    await store.close()


def _is_told(table: str, name: str, value: Any, rows: list[dict[str, Any]], shown: str) -> bool:
    if name in {"delivered", "drawn", "seconds"}:  # bitmaps and packed numbers, told in words
        told = {"delivered": "articles_sent"}.get(name, name)
        return all(isinstance(row[told], str) for row in rows)
    if isinstance(value, bytes):
        if name in own_data._opening(table, _CODECS):
            return MARKER in shown
        return any("bytes that say nothing" in str(row.get(name)) for row in rows)
    if isinstance(value, datetime):
        return any(str(row[name])[:19] == str(value)[:19] for row in rows)
    if isinstance(value, date):
        return any(row[name] == value for row in rows)
    return any(row.get(name) == value for row in rows)


_CODECS = Codecs(Seal("other"))


async def test_what_was_sent_and_the_unit_are_told_in_words(database_url: str) -> None:
    store = Store(database_url, Seal("secret"))
    planting, person = await _planted(store)
    numbers = await store.queue.number_articles(["one", "two", "three"])
    bitmap = (1 << numbers["one"] | 1 << numbers["three"]).to_bytes(8, "little")
    changed = schema.subscription.update().values(delivered=bitmap)
    await store._writes.run(lambda c: c.execute(changed))
    kept = await store.own_data(person)
    assert kept["subscription"][0]["articles_sent"] == "one three"
    assert kept["work"][0]["unit"]
    assert planting.planted["work"]["unit_id"] == 1
    await store.close()


async def test_another_person_in_ones_rows_is_no_number(database_url: str) -> None:
    """Who made somebody a deputy sees that, and not who in the database it is."""
    store = Store(database_url, Seal("secret"))
    _, person = await _planted(store)
    other = await store.write_down(Event("3", Address("test", "other")), datetime.now(UTC))
    assert other is not None
    moved = schema.deputy.update().values(person_id=other.person_id)
    await store._writes.run(lambda c: c.execute(moved))
    assert (await store.own_data(person))["deputy"][0]["person_id"] == "(somebody else)"
    theirs = (await store.own_data(Person(other.person_id)))["deputy"][0]
    assert theirs["person_id"] == other.person_id
    await store.close()


def _bytes_of(planting: Planting) -> Iterable[bytes]:
    """All that could be recognised in a file: words, keys, and what lies sealed."""
    for table, row in planting.planted.items():
        if table in STAYS:
            continue
        for value in row.values():
            if isinstance(value, str) and value.startswith("zq"):
                yield value.encode()
            if isinstance(value, bytes):
                yield value
    yield MARKER.encode()  # the address itself


async def _everything(store: Store) -> list[tuple[str, dict[str, Any]]]:
    def read(connection: Any) -> list[tuple[str, dict[str, Any]]]:
        return [
            (table.name, dict(row))
            for table in schema.metadata.sorted_tables
            for row in connection.execute(select(table)).mappings()
        ]

    return await store._reads.run(read)


def _opened(value: bytes, codecs: Codecs) -> bytes:
    """What lies under any of the seals there are."""
    for codec in (one for one in vars(codecs).values() if isinstance(one, Codec)):
        with suppress(Unsealable):
            return codec.seal.open(value, codec.kind)
    return value


async def test_after_erase_no_row_holds_anything_of_it_sealed_or_not(database_url: str) -> None:
    store = Store(database_url, Seal("secret"))
    planting, person = await _planted(store)
    before = await _everything(store)
    assert sum(MARKER.encode() in _opened(value, store._codecs) for _, row in before
               for value in row.values() if isinstance(value, bytes)) >= 15  # fmt: skip
    await _erase(store, person)
    assert all(rows == [] for rows in (await store.own_data(person)).values())
    wanted = set(_bytes_of(planting))
    for table, row in await _everything(store):
        for name, value in row.items():
            raw = value if isinstance(value, bytes) else str(value).encode()
            if (table, name) not in NOT_THEIRS and table != "activity":
                assert MARKER.encode() not in _opened(raw, store._codecs), f"{table}.{name}"
                assert raw not in wanted, f"{table}.{name}"
            assert name != "person_id" or value != person.id, table
            assert name != "address_id" or value != planting.address_id, table
    held = schema.officer.c.id == OFFICE
    left = await store._reads.run(lambda c: c.execute(select(schema.officer).where(held)).all())
    assert left == []  # so the number of the office leads to nobody
    await store.close()


async def test_after_erase_the_files_hold_no_byte_of_it(tmp_path: Path) -> None:
    """SQLite's file, its logs and VAR_DIR; what is sealed is looked for as it lay there."""
    store = Store(f"sqlite:///{tmp_path}/test.db", Seal("secret"), tmp_path / "var" / "reporters")
    planting, person = await _planted(store)
    wanted = sorted(set(_bytes_of(planting)))
    assert len(wanted) > 50
    held = b"".join(path.read_bytes() for path in _files(tmp_path))
    assert [one for one in wanted if one not in held] == []  # the search would find it
    await _erase(store, person)
    for path in _files(tmp_path):
        content = path.read_bytes()
        assert [one for one in wanted if one in content] == [], path.name
    await store.close()
    for path in _files(tmp_path):
        assert not any(one in path.read_bytes() for one in wanted), path.name


def _files(folder: Path) -> list[Path]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "test.db" for path in found)
    return found


async def test_a_neighbour_keeps_everything_when_somebody_erases(database_url: str) -> None:
    store = Store(database_url, Seal("secret"))
    _, person = await _planted(store)
    now = datetime.now(UTC)
    other = await store.write_down(Event("4", Address("test", "neighbour")), now)
    assert other is not None
    await store.finish(other, Work(), Session("settings.time"), (Reply("for them"),), now)
    before = await store.own_data(Person(other.person_id))
    await _erase(store, person)
    assert await store.own_data(Person(other.person_id)) == before
    await store.close()


async def test_the_database_is_scrubbed_after_what_had_its_time_is_forgotten(
    tmp_path: Path,
) -> None:
    store = Store(f"sqlite:///{tmp_path}/test.db", Seal("secret"))
    planting, _ = await _planted(store)
    sealed = planting.planted["event"]["sealed"]
    done = schema.event.update().values(done_at=datetime(2026, 1, 1, tzinfo=UTC))
    await store._writes.run(lambda c: c.execute(done))
    await store.tidy(datetime(2026, 2, 1, tzinfo=UTC))
    assert not any(sealed in path.read_bytes() for path in _files(tmp_path))
    await store.close()


async def test_the_file_of_the_chat_holds_what_the_person_did(
    bot: App, chatter: TelegramPerson
) -> None:
    await chatter.says("/start")
    await chatter.taps("English")
    await chatter.taps("I agree")
    await chatter.taps_value("remind:label:permit")
    await chatter.says("5/3/2031")
    told = (await chatter.says("/mydata")).document or (await chatter.says("/mydata")).text
    for line in ("address: 501", "language: en", "2031-03-05", "articles_sent: -"):
        assert line in told, line
    assert not any(isinstance(row, bytes) for row in told)


def test_every_sealed_column_is_one_that_mydata_can_open() -> None:
    """Or one that is the organisation's."""
    sealed = {
        (table.name, column.name)
        for table in schema.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, LargeBinary)
        and column.name in {"sealed", "statement", "draft", "content"}
    }
    opening = {(table, name) for table in ROWS for name in own_data._opening(table, _CODECS)}
    assert sealed - opening == {
        *NOT_THEIRS,
        ("contest_round", "sealed"),
        ("picture", "content"),
        ("report", "sealed"),  # the address, under the key of its month
    }


async def test_erasing_twice_is_the_same(database_url: str) -> None:
    store = Store(database_url, Seal("secret"))
    _, person = await _planted(store)
    await _erase(store, person)
    work = Work()
    work.erase(person)
    again = await store.write_down(Event("5", Address("test", "new")), datetime.now(UTC))
    assert again is not None
    await store.finish(again, work, Session(), (), datetime.now(UTC))
    assert all(rows == [] for rows in (await store.own_data(person)).values())
    await store.close()
