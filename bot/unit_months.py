"""Whole months of figures, once they are closed, and what may be told of them by unit and language.

A month is told by its own tree, its own people and once only: what is told of a longer time is the
sum of its months (bot/planreport/hiding.py says why).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.figures import DayFigure, UnitFigure
from bot.language import SOURCE_LANGUAGE
from bot.organisation import Tree
from bot.planreport.counted import told_groups
from bot.planreport.hiding import Month, told_over_months
from bot.planreport.periods import Period
from bot.store import Store


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """A month whose figures do not change any more, with the tree and the people in each unit
    itself as they were at its end (0: in none)."""

    period: Period
    tree: Tree
    people: Mapping[int, int]
    units: Sequence[UnitFigure]
    whole: Sequence[DayFigure]


async def closed_months(store: Store, period: Period, zone: ZoneInfo) -> tuple[ClosedMonth, ...]:
    """The whole months of a period that are closed and of which there are figures."""
    found = [await _read(store, month, zone) for month in period.months()]
    return tuple(month for month in found if month is not None)


def told_units(
    tree: Tree, months: Iterable[ClosedMonth], kind: str
) -> Mapping[int, Mapping[str, int]]:
    """By unit, with all below it, and topic: what may be told of the months, as a sum.

    A total of a unit is the sum of these topics. `tree` is that of the end of the period.
    """
    by_topic: dict[str, list[Month]] = defaultdict(list)
    for month in months:
        amounts: dict[str, Counter[int]] = defaultdict(Counter)
        for one in month.units:
            if one.kind == kind:
                amounts[one.topic][one.unit_id] += one.amount
        for topic, direct in amounts.items():
            by_topic[topic].append(Month(month.tree, month.people, direct))
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for topic, parts in by_topic.items():
        for unit, amount in told_over_months(tree, parts).items():
            found[unit][topic] = amount
    return found


def told_languages(months: Iterable[ClosedMonth], kind: str) -> tuple[Mapping[str, int], int]:
    """By language, and all other languages as one: the sum of what each month tells."""
    found, left = Counter[str](), 0
    for month in months:
        told, others = _languages(month, kind)
        found.update(told)
        left += others
    return found, left


def _languages(month: ClosedMonth, kind: str) -> tuple[Mapping[str, int], int]:
    """Five readers and five messages, or among the others."""
    amounts, people = Counter[str](), Counter[str]()
    for one in month.whole:
        if one.kind == kind:
            amounts[one.language or SOURCE_LANGUAGE] += one.amount
        elif one.kind == "people":
            people[one.language or SOURCE_LANGUAGE] += one.amount
    told, others = told_groups(amounts, {tag: min(people[tag], amounts[tag]) for tag in amounts})
    return dict(told), others


async def _read(store: Store, month: Period, zone: ZoneInfo) -> ClosedMonth | None:
    if await store.figures.open_days(month.first, month.last):
        return None
    whole = await store.figures.of(month.first, month.last)
    if not whole:
        return None
    ends = datetime.combine(month.last + timedelta(days=1), time(), zone).astimezone(UTC)
    people = dict(await store.organisation.count_people(month.last))
    everybody = sum(one.amount for one in whole if one.kind == "people")
    people[0] = max(0, everybody - sum(people.values()))
    return ClosedMonth(
        month,
        await store.organisation.tree(ends),
        people,
        await store.figures.of_units(month.first, month.last),
        whole,
    )
