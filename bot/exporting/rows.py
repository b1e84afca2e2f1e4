"""The rows of an export, of closed days and months only; no small group is in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.exporting.tables import OTHER, TABLES
from bot.factchecks import published_of
from bot.figures import DayFigure
from bot.library import Library
from bot.organisation import SMALLEST, Tree
from bot.planreport.counted import released, told_groups
from bot.planreport.periods import Period
from bot.store import Store
from bot.unit_months import ClosedMonth, closed_months, told_languages, told_units

Row = Mapping[str, Any]
_KINDS = {"sent": "messages", "read": "readings"}


async def rows_of(store: Store, library: Library, zone: ZoneInfo) -> Mapping[str, list[Row]]:
    """By table, in the order in which they stand."""
    found: dict[str, list[Row]] = {table.name: [] for table in TABLES}
    tree = await store.organisation.tree()
    found["units"] = _units(tree)
    found["topics"] = [
        {"topic": topic.slug, "name": topic.name.get("vi", topic.slug)}
        for topic in library.topics.values()
    ]
    last = await store.figures.last_closed()
    if last is None:
        return found
    found["articles"] = _articles(library, last)
    found["factchecks"] = await _checks(store, library, zone, last)
    figures = await store.figures.of_closed_days(("sent", "read", "round", "entry", "gain"))
    found["messages_by_day"] = _by_day(figures, "sent", ("topic", "channel"), "messages")
    found["readings_by_day"] = _by_day(figures, "read", ("topic",), "readings")
    found["campaigns"] = await _campaigns(store, figures, zone, last)
    found["contest_rounds"] = _rounds(figures)
    first = await store.figures.first_day() or last
    months = await closed_months(store, Period(first.replace(day=1), max(first, last)), zone)
    found["languages_by_month"] = [row for month in months for row in _languages(month)]
    found["units_by_month"] = [row for month in months for row in _of_units(month)]
    found["claims_by_month"] = [row for month in months for row in _claims(month)]
    found["people_by_month"] = [row for month in months for row in _people(month)]
    found["joining_by_month"] = _joining(months)
    return found


def _units(tree: Tree) -> list[Row]:
    return [
        {
            "unit": unit.code,
            "name": unit.title,
            "kind": unit.kind,
            "parent": tree.by_id[unit.parent_id].code if unit.parent_id is not None else None,
            "is_open": int(unit.is_open),
        }
        for unit in sorted(tree.by_id.values(), key=lambda unit: unit.code.casefold())
    ]


def _articles(library: Library, last: date) -> list[Row]:
    return [
        {
            "id": article.id,
            "topic": article.topic,
            "title": article.text[article.in_language(("vi",))].title,
            "published": article.published,
        }
        for article in library.articles.values()
        if article.published is not None and article.published <= last
    ]


async def _checks(store: Store, library: Library, zone: ZoneInfo, last: date) -> list[Row]:
    """Those of editors and those of the desk."""
    desk = [published_of(told, zone) for told in await store.claims.published()]
    known = {one.id: one for one in library.factchecks.values()}
    known |= {one.check.id: one.check for one in desk if one is not None}
    return [
        {
            "id": check.id,
            "verdict": check.verdict,
            "claim": check.claim.get("vi") or next(iter(check.claim.values())),
            "published": check.published,
        }
        for check in sorted(known.values(), key=lambda one: (one.published or date.max, one.id))
        if check.published is not None and check.published <= last
    ]


def _by_day(
    figures: Iterable[DayFigure], kind: str, parts: Sequence[str], amount: str
) -> list[Row]:
    sums = Counter[tuple[Any, ...]]()
    for one in figures:
        if one.kind == kind:
            sums[one.day, *(getattr(one, part) for part in parts)] += one.amount
    names = ("day", *parts)
    return [{**dict(zip(names, key, strict=True)), amount: n} for key, n in sorted(sums.items())]


async def _campaigns(
    store: Store, figures: Iterable[DayFigure], zone: ZoneInfo, last: date
) -> list[Row]:
    arrived = Counter[str]()
    for one in figures:
        if one.kind == "sent":
            arrived[one.subject] += one.amount
    found: list[Row] = []
    for row in await store.figures.campaigns():
        day = _day_of(row.launched_at, zone)
        if day <= last:
            found.append(
                {
                    "number": row.id,
                    "day": day,
                    "topic": row.topic,
                    "audience": _enough(int(row.people)) if row.people else None,
                    "messages": arrived[f"campaign:{row.id}"],
                }
            )
    return found


def _day_of(moment: datetime, zone: ZoneInfo) -> date:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(zone).date()


def _rounds(figures: Iterable[DayFigure]) -> list[Row]:
    by: dict[tuple[date, str], dict[str, int]] = {}
    for one in figures:
        if one.kind in {"round", "entry", "gain"}:
            by.setdefault((one.day, one.subject), {})[one.kind] = one.amount
    found: list[Row] = []
    for (day, subject), amounts in sorted(by.items()):
        contest, _, label = subject.partition(":")[2].partition("/")
        gain = amounts.get("gain")
        found.append(
            {
                "contest": contest,
                "round": label,
                "day": day,
                "entries": _enough(amounts.get("entry", 0)),
                "gain": None if gain is None else gain / 10,
            }
        )
    return found


def _enough(people: int) -> int | None:
    return people if people == 0 or people >= SMALLEST else None


def _name(month: ClosedMonth) -> str:
    return f"{month.period.first:%Y-%m}"


def _languages(month: ClosedMonth) -> Iterable[Row]:
    for kind, name in _KINDS.items():
        told, others = told_languages([month], kind)
        cells = [*told.items(), *([(OTHER, others)] if others else [])]
        for language, amount in cells:
            yield {"month": _name(month), "kind": name, "language": language, "amount": amount}


def _of_units(month: ClosedMonth) -> Iterable[Row]:
    for kind, name in _KINDS.items():
        told = told_units(month.tree, [month], kind)
        for unit, _ in month.tree.walk():
            for topic, amount in sorted(told.get(unit.id, {}).items()):
                yield {
                    "month": _name(month),
                    "unit": unit.code,
                    "kind": name,
                    "topic": topic,
                    "amount": amount,
                }


def _claims(month: ClosedMonth) -> Iterable[Row]:
    for kind in ("claim", "verdict"):
        amounts = Counter[str]()
        for one in month.whole:
            if one.kind == kind:
                amounts[one.subject] += one.amount
        told, others = told_groups(amounts, amounts)
        cells = Counter(dict(told))
        cells[OTHER] += others if others >= SMALLEST else 0
        for subject, count in sorted(cells.items()):
            if count:
                yield {"month": _name(month), "kind": kind, "subject": subject, "claims": count}


def _people(month: ClosedMonth) -> Iterable[Row]:
    """In steps of five: two months differ by no one person."""
    by = Counter[str]()
    for one in month.whole:
        if one.kind == "people":
            by[one.language or "vi"] += one.amount
    told, others = told_groups(by, by)
    for language, count in [*told, (OTHER, others)]:
        if count >= SMALLEST:
            people = count // SMALLEST * SMALLEST
            yield {"month": _name(month), "language": language, "people": people}


def _joining(months: Sequence[ClosedMonth]) -> list[Row]:
    def of(kind: str) -> list[tuple[date, int]]:
        return [
            (month.period.first, sum(one.amount for one in month.whole if one.kind == kind))
            for month in months
        ]

    joined, leaving, reached = released(of("joined")), released(of("left")), of("reached-month")
    return [
        {
            "month": f"{first:%Y-%m}",
            "joined": joined[first],
            "leaving": leaving[first],
            "reached": _enough(count),
        }
        for first, count in reached
    ]
