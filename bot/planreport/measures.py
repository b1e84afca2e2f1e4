"""How each measure of a plan is computed from what was counted, with the rows behind it.

A measure is one function: what was counted, and how it is narrowed down, to a `Measured`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.library import Library
from bot.planreport import content_measures as content
from bot.planreport import people_measures as people
from bot.planreport import work_measures as work
from bot.planreport.counted import Counted
from bot.planreport.measured import NONE, Measured, Narrowed

Measure = Callable[[Counted, Library, Narrowed], Measured]
MEASURES: Mapping[str, Measure] = {
    "messages": content.messages,
    "articles": content.articles,
    "campaigns": content.campaigns,
    "languages": content.languages,
    "readings": content.readings,
    "people": people.people,
    "reached": people.reached,
    "joined": people.joined,
    "left": people.left,
    "rounds": people.rounds,
    "entries": people.entries,
    "gain": people.gain,
    "claims": work.claims,
    "verdicts": work.verdicts,
    "hours": work.hours,
    "checks": content.checks,
    "works": content.works,
    "activities": work.activities,
    "active-units": work.active_units,
    "reports": work.reports,
}


def measured(counted: Counted, library: Library, measure: str, narrowed: Narrowed) -> Measured:
    """The measure of that name. Raises KeyError for one that there is not."""
    compute = MEASURES[measure]
    return compute(counted, library, narrowed) if counted.has_figures else NONE
