"""The SQL of offices: given, taken, and lent to a deputy during leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, literal, or_, select

from bot.rights import ADMINISTRATOR
from bot.store import schema
from bot.store.ready import ready
from bot.store.rows import upsert

_OFFICER, _DEPUTY = schema.officer.c, schema.deputy.c


def is_last_administrator(connection: Connection, office_id: int) -> bool:
    """Whether without this office nobody would be administrator of that unit."""
    mine = select(_OFFICER.unit_id, _OFFICER.role).where(_OFFICER.id == office_id)
    row = connection.execute(mine).first()
    if row is None or row.role != ADMINISTRATOR:
        return False
    others = select(func.count()).where(
        _OFFICER.role == ADMINISTRATOR, _OFFICER.unit_id == row.unit_id, _OFFICER.id != office_id
    )
    return connection.execute(others).scalar_one() == 0


def revoke(connection: Connection, office_id: int) -> int | None:
    """Ends an office, the invitations it made and who stands in for it; whose it was."""
    gone = delete(schema.officer).where(_OFFICER.id == office_id).returning(_OFFICER.person_id)
    return connection.execute(gone).scalar_one_or_none()


def appoint(
    connection: Connection,
    person_id: int,
    role: str,
    unit_id: int,
    topic: str = "",
    sealed: bytes | None = None,
) -> int | None:
    """The number of the new office; None when the person holds that very office already."""
    row = {
        "person_id": person_id,
        "role": role,
        "unit_id": unit_id,
        "topic": topic,
        "sealed": sealed,
    }
    statement = upsert(connection, schema.officer).values(row).on_conflict_do_nothing()
    return connection.execute(statement.returning(_OFFICER.id)).scalar_one_or_none()


def name_deputy(
    connection: Connection, office_id: int, deputy_office_id: int, first: date, last: date
) -> int | None:
    """Whoever holds the other office stands in for this one; their person, None if gone."""
    other = select(_OFFICER.person_id).where(_OFFICER.id == deputy_office_id)
    person_id = connection.execute(other).scalar_one_or_none()
    if person_id is None:
        return None
    end_deputy(connection, office_id)
    row = {"officer_id": office_id, "person_id": person_id, "from_on": first, "until_on": last}
    connection.execute(insert(schema.deputy), row)
    return int(person_id)


def end_deputy(connection: Connection, office_id: int) -> int | None:
    """Ends a standing-in; who it was."""
    gone = delete(schema.deputy).where(_DEPUTY.officer_id == office_id).returning(_DEPUTY.person_id)
    return connection.execute(gone).scalar_one_or_none()


def selected(is_standing_in: bool) -> Any:
    return select(
        _OFFICER.id,
        _OFFICER.role,
        _OFFICER.unit_id,
        _OFFICER.topic,
        _OFFICER.sealed,
        literal(is_standing_in).label("is_standing_in"),
    )


def _offices() -> Any:
    """Of one person on one day: asked for with every menu, so it is put together once."""
    whose = bindparam("whose", type_=_OFFICER.person_id.type)
    today = bindparam("today", type_=_DEPUTY.from_on.type)
    own = selected(False).where(_OFFICER.person_id == whose)
    now = (_DEPUTY.from_on <= today, _DEPUTY.until_on >= today)
    lent = selected(True).join(schema.deputy).where(_DEPUTY.person_id == whose, *now)
    return own.union_all(lent)


_OFFICES = ready(_offices())


def has_any(person_id: Any) -> Any:
    """Whether somebody holds an office, or stands in for one on whatever day."""
    own = select(_OFFICER.id).where(_OFFICER.person_id == person_id)
    lent = select(_DEPUTY.officer_id).where(_DEPUTY.person_id == person_id)
    return or_(own.exists(), lent.exists())


def offices_of(connection: Connection, person_id: int, today: date) -> Sequence[Any]:
    return _OFFICES.all(connection, {"whose": person_id, "today": today})
