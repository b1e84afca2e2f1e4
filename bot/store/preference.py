"""Who may be written to, and where: on the channel they prefer, else where they were seen last."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case

from bot.consents import OLDEST
from bot.store import schema

_ADDRESS = schema.address.c


def has_agreed() -> ColumnElement[bool]:
    """Of a person: that they agreed to a text that still holds; the query names `person`."""
    return schema.person.c.consent_version >= OLDEST


def best_first() -> tuple[Any, ...]:
    """The order of a person's addresses; the query joins person and address."""
    is_preferred = _ADDRESS.channel == schema.person.c.preferred_channel
    return (
        case((is_preferred, 0), else_=1),
        _ADDRESS.seen_on.desc().nulls_last(),
        _ADDRESS.id.desc(),
    )
