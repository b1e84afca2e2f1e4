"""The boards of a closed round, as pictures and in words: best entries, units by share and mean."""

from __future__ import annotations

from dataclasses import replace

from bot.contest_units import Took, tellable_units
from bot.contests import Round
from bot.leaderboards import Placed, UnitResult, best_entries, units_by_mean, units_by_share
from bot.model import Chart, Choice, Reply
from bot.organisation import SMALLEST, told_totals
from bot.routing import Context
from handlers.menu import menu_choice

BEST, UNITS, MEANS = "best", "units", "means"
BOARDS = frozenset({BEST, UNITS, MEANS})


async def board_page(context: Context, one: Round, word: str, league: str) -> Reply | None:
    """None: there is no such board or league."""
    if word == BEST:
        is_known = not league or league in one.frozen.rules.leagues
        return await _best(context, one, league) if is_known else None
    return await _units(context, one, word) if not league else None


async def _best(context: Context, one: Round, league: str) -> Reply:
    """By code; by name who has claimed a prize, having read that it stands in the list."""
    say, rules = context.say, one.frozen.rules
    standings = context.store.contests.standings
    found = await standings.best(one, league or None)
    title = say("Best entries")
    if league:
        title = f"{title}: {context.pick(rules.leagues[league])}"
    names = {won.code: won.holder for won in await context.store.contests.prizes.of(one.id)}
    placed = [Placed(each.rank, each.code, each.points, names.get(each.code, "")) for each in found]
    chart = best_entries(say, title, placed, rules.length)
    sizes = await standings.leagues(one) if rules.leagues else {}
    choices = [
        Choice(context.pick(name), f"result:{one.id}:{BEST}:{slug}")
        for slug, name in rules.leagues.items()
        if sizes.get(slug) and slug != league
    ]
    if league:
        choices.append(Choice(say("All groups"), f"result:{one.id}:{BEST}"))
    choices.append(Choice(say("Units"), f"result:{one.id}:{UNITS}"))
    return _board(context, one, chart, "" if found else say("Nobody took part."), choices)


async def _units(context: Context, one: Round, word: str) -> Reply:
    say = context.say
    direct = await context.store.contests.standings.units(one)
    places = {unit: took for unit, took in direct.items() if unit is not None}
    told = tellable_units(context.tree, places, direct.get(None, Took()).people)
    if word == UNITS:
        members = told_totals(context.tree, await context.store.organisation.count_people())
        units = [
            UnitResult(context.tree.by_id[unit].title, took.people, count, took.mean)
            for unit, took in told.items()
            if (count := members.get(unit)) is not None and count >= SMALLEST
        ]
        chart = units_by_share(say, say("Units: share of members taking part"), units)
        other = Choice(say("Points on average"), f"result:{one.id}:{MEANS}")
    else:
        units = [
            UnitResult(context.tree.by_id[unit].title, took.people, 0, took.mean)
            for unit, took in told.items()
        ]
        most = one.frozen.rules.length
        chart = units_by_mean(say, say("Units: points on average"), units, most)
        other = Choice(say("How many took part"), f"result:{one.id}:{UNITS}")
    note = say("Only bodies of which five or more people took part are told, with all below them.")
    if not units:
        note = say("Nothing is told of units: too few of any took part.")
    choices = [other, Choice(say("Best entries"), f"result:{one.id}:{BEST}")]
    return _board(context, one, chart, note, choices)


def _board(context: Context, one: Round, chart: Chart, note: str, choices: list[Choice]) -> Reply:
    """The picture, and the same in words below it."""
    bars = chart.sections[0].bars
    lines = [f"{bar.label} – {bar.told}" for bar in bars]
    body = "\n\n".join(part for part in ("\n".join(lines), note) if part)
    ways = [*choices, Choice(context.say("My result"), f"result:{one.id}"), menu_choice(context)]
    reply = context.reply(body, title=chart.title, choices=ways)
    return replace(reply, chart=chart) if bars else reply
