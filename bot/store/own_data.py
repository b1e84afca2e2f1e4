"""What is kept about one person: shown whole, erased whole. Every table is named here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, or_, select

from bot.store import claim_tidying, ledger, schema
from bot.store.claim_records import person_key
from bot.store.codec import Codec, Codecs
from bot.store.contest_rows import unpacked
from bot.store.seal import Unsealable

# Tables about nobody: counted by day, named for things, or frozen rules.
IMPERSONAL = frozenset(
    {
        "reading",
        "media_handle",
        "article_number",
        "platform_grant",
        "platform_use",
        "unit",
        "unit_past",
        "unit_count",
        "picture",
        "bulk_sender",
        "process",
        "unit_tally",
        "channel_link",
        "contest_round",
        "award_reminder",
        "report_count",
        "report_time",
        "day_figure",
        "unit_figure",
        "closed_day",
        "plan_notice",
    }
)
# What an office did or was asked to do, by the columns that hold its number. Whoever holds it sees
# that; it stays when they erase everything, since the number then leads to nobody.
OFFICIAL: Mapping[str, tuple[str, ...]] = {
    "approval_request": ("officer_id",),
    "audit_entry": ("officer",),
    "campaign": ("written_by", "approved_by"),
    "claim": ("office", "draft_by"),
    "activity": ("officer",),
    "plan_report": ("officer",),
    "deputy": ("officer_id",),
    "invitation": ("made_by",),
}
# What hangs on something else that is the person's.
_BY_ATTEMPT, _BY_REPORT = ("contest_prize",), ("report_message", "claim_mark")


def belongs_to(table: Table, person_id: int, codecs: Codecs) -> ColumnElement[bool]:
    """The condition that picks a person's rows; a report is found by a keyed hash only."""
    reports = schema.report.c.person_key == person_key(codecs, person_id)
    if table is schema.report:
        return reports
    if table is schema.person:
        return table.c.id == person_id
    if table.name in OFFICIAL:
        held = select(schema.officer.c.id).where(schema.officer.c.person_id == person_id)
        ways = [table.c[name].in_(held) for name in OFFICIAL[table.name]]
        own = [table.c.person_id == person_id] if "person_id" in table.c else []
        return or_(*ways, *own)
    if table.name in _BY_REPORT:
        return table.c.report_id.in_(select(schema.report.c.id).where(reports))
    if table.name in _BY_ATTEMPT:
        mine = select(schema.attempt.c.id).where(schema.attempt.c.person_id == person_id)
        return table.c.attempt_id.in_(mine)
    if "person_id" in table.c:
        return table.c.person_id == person_id
    addresses = select(schema.address.c.id).where(schema.address.c.person_id == person_id)
    return table.c.address_id.in_(addresses)


def read_all(
    connection: Connection, codecs: Codecs, person_id: int
) -> Mapping[str, list[dict[str, Any]]]:
    """All rows of a person, by table; another person's number in them is left out."""
    found = {}
    for table in schema.metadata.sorted_tables:
        if table.name not in IMPERSONAL:
            query = select(table).where(belongs_to(table, person_id, codecs))
            rows = [dict(row) for row in connection.execute(query).mappings()]
            for row in rows:
                if row.get("person_id") not in {None, person_id}:
                    row["person_id"] = "(somebody else)"
            found[table.name] = rows
    _spell_out(connection, found)
    return found


def _spell_out(connection: Connection, found: Mapping[str, list[dict[str, Any]]]) -> None:
    """Numbers and bitmaps that say something about the person, in words."""
    articles = connection.execute(select(schema.article_number)).all()
    for row in found["subscription"]:
        sent = row.pop("delivered")
        names = [one.article for one in articles if _has(sent, one.number)]
        row["articles_sent"] = " ".join(sorted(names)) or "-"
    for row in found["attempt"]:
        row["drawn"] = " ".join(str(number) for number in unpacked(row["drawn"]))
        row["seconds"] = " ".join(str(number) for number in row["seconds"])
    units = schema.unit.c
    for row in (row for rows in found.values() for row in rows if row.get("unit_id")):
        title = select(units.title).where(units.id == row["unit_id"])
        row["unit"] = connection.execute(title).scalar_one_or_none()


def _has(bitmap: bytes, number: int) -> bool:
    place, bit = divmod(number, 8)
    return place < len(bitmap) and bool(bitmap[place] >> bit & 1)


def opened(
    rows: Mapping[str, list[dict[str, Any]]], codecs: Codecs
) -> Mapping[str, list[dict[str, Any]]]:
    """The same rows with what is sealed in words; of keys and the like only that they are there."""
    for table, found in rows.items():
        for row in found:
            for column, codec in _opening(table, codecs).items():
                if row.get(column):
                    row["content"] = _in_words(codec, row.pop(column))
            for name, value in row.items():
                if isinstance(value, bytes):
                    row[name] = f"({len(value)} bytes that say nothing without a key)"
    return rows


def _opening(table: str, codecs: Codecs) -> Mapping[str, Codec[Any]]:
    """Which columns of a table are opened for their person, and how.

    A message of a campaign, and what the desk found, are the organisation's. A reporter's address
    is opened by the sending process alone, under the key of its month.
    """
    sealed: Mapping[str, Codec[Any]] = {
        "event": codecs.event,
        "session": codecs.session,
        "reply": codecs.reply,
        "delivery": codecs.parcel,
        "reminder": codecs.reminder,
        "officer": codecs.label,
        "invitation": codecs.label,
        "work": codecs.details,
        "prize_claim": codecs.label,
        "essay": codecs.essay,
        "certificate": codecs.holder,
        "intake": codecs.intake,
        "report_message": codecs.question,
        "activity": codecs.activity,
    }
    if table == "report":
        return {"statement": codecs.statement}
    return {"sealed": sealed[table]} if table in sealed else {}


def _in_words(codec: Codec[Any], sealed: bytes) -> str:
    try:
        return codec.shape.dump_json(codec.read(sealed)).decode()
    except Unsealable:
        return "(cannot be opened any more)"


def erase(connection: Connection, codecs: Codecs, person_id: int) -> None:
    """Deletes all of it; all other tables hang on the person and go with them.

    A ledger keeps its rows, so that its counts still add up, but not whose they were.
    """
    ledger.drop_person(connection, person_id)
    claim_tidying.forget_person(connection, codecs, person_id)
    connection.execute(delete(schema.person).where(schema.person.c.id == person_id))
