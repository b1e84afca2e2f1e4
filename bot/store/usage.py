"""The SQL of what a platform lets us use: never more than the limit, whoever spends at once."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, func, select, update

from bot.store import schema
from bot.store.rows import upsert

_USE = schema.platform_use.c


def read(connection: Connection, channel: str, period: str, what: str) -> int:
    query = select(_USE.amount).where(*_which(channel, period, what))
    return connection.execute(query).scalar_one_or_none() or 0


def add(connection: Connection, channel: str, period: str, what: str, amount: int) -> int:
    """The new sum; a negative amount gives back."""
    row = {"channel": channel, "period": period, "what": what, "amount": max(amount, 0)}
    table = schema.platform_use
    statement = upsert(connection, table).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=table.primary_key, set_={"amount": table.c.amount + amount}
    )
    return int(connection.execute(statement.returning(table.c.amount)).scalar_one())


def keep(connection: Connection, channel: str, period: str, what: str, amount: int) -> None:
    """The amount is that from now on."""
    row = {"channel": channel, "period": period, "what": what, "amount": amount}
    table = schema.platform_use
    statement = upsert(connection, table).values(row)
    connection.execute(
        statement.on_conflict_do_update(index_elements=table.primary_key, set_={"amount": amount})
    )


def spend(
    connection: Connection, channel: str, period: str, what: str, amount: int, limit: int
) -> bool:
    """Whether the amount was within the limit; only then it is spent."""
    add(connection, channel, period, what, 0)
    within = (*_which(channel, period, what), _USE.amount + amount <= limit)
    spent = update(schema.platform_use).where(*within).values(amount=_USE.amount + amount)
    return connection.execute(spent).rowcount == 1


def count_addresses(connection: Connection, channel: str) -> int:
    query = select(func.count()).where(schema.address.c.channel == channel)
    return connection.execute(query).scalar_one()


def _which(channel: str, period: str, what: str) -> tuple[ColumnElement[bool], ...]:
    return (_USE.channel == channel, _USE.period == period, _USE.what == what)
