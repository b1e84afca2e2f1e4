"""What is kept about one person: shown whole, erased whole. Every table is named here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select

from bot.store import claim_tidying, ledger, schema
from bot.store.claim_records import person_key
from bot.store.codec import Codec, Codecs
from bot.store.seal import Unsealable

# Tables about nobody: counted by day, named for things, or an office's number in the audit trail,
# which leads to nobody any more once the office is gone.
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
        "audit_entry",
        "campaign",
        "picture",
        "approval_request",
        "bulk_sender",
        "process",
        "unit_tally",
        "channel_link",
        "contest_round",
        "contest_prize",
        "award_reminder",
        "claim",
        "claim_mark",
        "report_count",
        "report_time",
        "day_figure",
        "unit_figure",
        "closed_day",
        "activity",
        "plan_report",
        "plan_notice",
    }
)


def belongs_to(table: Table, person_id: int, codecs: Codecs) -> ColumnElement[bool]:
    """The condition that picks a person's rows; a report is found by a keyed hash only."""
    reports = schema.report.c.person_key == person_key(codecs, person_id)
    if table is schema.report:
        return reports
    if table is schema.report_message:
        return table.c.report_id.in_(select(schema.report.c.id).where(reports))
    if table is schema.person:
        return table.c.id == person_id
    if "person_id" in table.c:
        return table.c.person_id == person_id
    addresses = select(schema.address.c.id).where(schema.address.c.person_id == person_id)
    return table.c.address_id.in_(addresses)


def read_all(
    connection: Connection, codecs: Codecs, person_id: int
) -> Mapping[str, list[dict[str, Any]]]:
    """All rows of a person, by table."""
    found = {}
    for table in schema.metadata.sorted_tables:
        if table.name not in IMPERSONAL:
            rows = connection.execute(select(table).where(belongs_to(table, person_id, codecs)))
            found[table.name] = [dict(row) for row in rows.mappings()]
    return found


def opened(
    rows: Mapping[str, list[dict[str, Any]]], codecs: Codecs
) -> Mapping[str, list[dict[str, Any]]]:
    """The same rows with what is sealed in words, and without keys and bitmaps."""
    kinds: Mapping[str, Codec[Any]] = {
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
    }
    for table, found in rows.items():
        for row in found:
            if row.get("sealed") and table in kinds:
                row["content"] = _in_words(kinds[table], row["sealed"])
            if row.get("statement"):
                row["content"] = _in_words(codecs.statement, row["statement"])
            for name in [name for name, value in row.items() if isinstance(value, bytes)]:
                row.pop(name)
    return rows


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
