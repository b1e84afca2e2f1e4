"""A month of figures for tests, as it lies there once all its days are closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, insert, update

from bot.figures import DayFigure
from bot.planreport.periods import Period
from bot.store import Store, schema


async def count_month(
    store: Store,
    month: Period,
    people: Mapping[str, int],
    figures: Sequence[DayFigure],
    units: Sequence[tuple[str, str, str, int]],
) -> None:
    """`people` are by the code of their unit on the last day; `units` are kind, topic, code and
    amount; the tree is taken to have stood for long."""
    tree = await store.organisation.tree()
    ids = {unit.code: unit.id for unit in tree.by_id.values()}

    def run(connection: Connection) -> None:
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        connection.execute(update(schema.unit).values(made_at=long_ago))
        connection.execute(
            insert(schema.closed_day), [{"day": day, "closed_at": long_ago} for day in days(month)]
        )
        counts = [
            {"day": month.last, "unit_id": ids[code], "people": count}
            for code, count in people.items()
        ]
        connection.execute(insert(schema.unit_count), counts)
        names = ("day", "kind", "subject", "topic", "language", "channel", "amount")
        rows = [{name: getattr(one, name) for name in names} for one in figures]
        connection.execute(insert(schema.day_figure), rows)
        below = [
            {"day": month.last, "kind": kind, "topic": topic, "unit_id": ids[code], "amount": n}
            for kind, topic, code, n in units
        ]
        if below:
            connection.execute(insert(schema.unit_figure), below)

    await store._writes.run(run)


def days(month: Period) -> list[date]:
    return [month.first + timedelta(days=count) for count in range(month.days)]
