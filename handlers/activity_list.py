"""Activities that units reported lately: listed, taken back while their day is open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from bot.activities import OLDEST, Activity
from bot.language import later
from bot.model import Answer, Choice, Reply
from bot.organisation import Unit
from bot.rights import Office, permitting
from bot.routing import Context
from bot.row_numbers import page_number, row_number
from handlers.menu import menu_choice
from handlers.office import Offices, own_units

_A_PAGE = 6
# By the kinds of bot/library/plan.py.
KIND_WORDS: Mapping[str, str] = {
    "meeting": later("Meeting or talk"),
    "post": later("Post or article"),
    "leaflet": later("Leaflets, posters"),
    "loudspeaker": later("Loudspeaker"),
    "visit": later("Visit"),
    "contest": later("Contest"),
    "other": later("Something else"),
}


def house_day(context: Context) -> date:
    """Today where the union is, by which activities are recorded and reports are closed."""
    return context.now.astimezone(context.services.zone).date()


def within_reach(context: Context, offices: Offices) -> list[Unit]:
    """The units for which activities may be reported: the offices' own first."""
    own = own_units(offices, "activity", context)
    below = (unit for top in own for unit, _ in context.tree.walk(top))
    return list({unit.id: unit for unit in (*own, *below)}.values())


def allowing(context: Context, offices: Offices, unit_id: int) -> Office | None:
    """The office by which activities of that unit, or of its heir, may be reported and seen."""
    unit = context.tree.get(unit_id)
    return permitting(offices, "activity", context.tree, unit) if unit else None


def activity_lines(one: Activity, context: Context) -> list[str]:
    """An activity line by line, as it was told."""
    say, unit = context.say, context.tree.get(one.unit_id)
    topic = context.services.library.topics.get(one.topic)
    people = "-" if one.people is None else say.number(one.people)
    return [
        f"- {say('Unit')}: {unit.title if unit else '-'}",
        f"- {say('Kind')}: {_kind(one, context)}",
        f"- {say('Topic')}: {context.pick(topic.name) if topic else one.topic}",
        f"- {say('Day')}: {say.date(one.held_on)}",
        f"- {say('Title')}: {one.title}",
        f"- {say('Place')}: {one.place or '-'}",
        f"- {say('People who took part')}: {people}",
        f"- {say('Source')}: {one.source or '-'}",
    ]


async def list_page(context: Context, offices: Offices, start: str = "") -> Answer:
    """`activity:list:FIRST`: what was reported in the last months, the newest first."""
    say, today = context.say, house_day(context)
    first = page_number(start)
    since = today - timedelta(days=OLDEST)
    seen = _unit_ids(context, offices)
    found = await context.store.activities.of_units(seen, since, _A_PAGE + 1, first)
    page = found[:_A_PAGE]
    choices = [
        Choice(say("Remove: {label}", label=one.title)[:60], f"activity:back:{one.id}")
        for one in page
        if one.is_open(today)
    ]
    if len(found) > _A_PAGE:
        choices.append(Choice(say("More"), f"activity:list:{first + _A_PAGE}"))
    lines = [_line(one, context) for one in page]
    reply = context.reply(
        "\n".join(lines) or say("Nothing yet."),
        title=say("Reported activities"),
        choices=[*choices, Choice(say("Report an activity"), "/activity"), menu_choice(context)],
    )
    return context.answer(reply)


async def take_back(context: Context, offices: Offices, value: str) -> Answer:
    """`activity:back:ID` asks, `activity:back:ID:yes` takes it back."""
    say = context.say
    number, _, sure = value.partition(":")
    one = await context.store.activities.get(row_number(number))
    by = allowing(context, offices, one.unit_id) if one else None
    if one is None or by is None:
        return context.answer(_told(say("There is no such activity among yours (any more)."),
                                    context))  # fmt: skip
    is_closed = await context.store.activities.is_closed(one.recorded_on)
    if is_closed or not one.is_open(house_day(context)):
        told = say("Its day is closed: it stands in the reports and stays.")
        return context.answer(_told(told, context))
    if sure != "yes":
        asked = say("Take it back? It will stand in no report.")
        yes = Choice(say("Yes, take it back"), f"activity:back:{one.id}:yes")
        body = "\n".join([*activity_lines(one, context), "", asked])
        no = Choice(say("No"), "activity:list")
        return context.answer(context.reply(body, choices=[yes, no]))
    context.work.withdraw_activity(one, by, context.now)
    return context.answer(_told(say("Withdrawn: {title}", title=one.title), context))


def after_choices(context: Context) -> list[Choice]:
    """What may be done next."""
    say = context.say
    return [
        Choice(say("Reported activities"), "activity:list"),
        Choice(say("Report an activity"), "/activity"),
        menu_choice(context),
    ]


def _told(text: str, context: Context) -> Reply:
    return context.reply(text, choices=after_choices(context))


def _unit_ids(context: Context, offices: Offices) -> list[int] | None:
    """The units before these officers, with those that were merged into them; None: all."""
    tree = context.tree
    if permitting(offices, "activity", tree, tree.top):
        return None
    mine = {unit.id for unit in within_reach(context, offices)}
    return [one for one in tree.by_id if (heir := tree.get(one)) and heir.id in mine]


def _kind(one: Activity, context: Context) -> str:
    """In words; one that is not asked for any more stands as something else."""
    return context.say(KIND_WORDS.get(one.kind, KIND_WORDS["other"]))


def _line(one: Activity, context: Context) -> str:
    say, unit = context.say, context.tree.get(one.unit_id)
    people = say.count("{number} person", "{number} people", one.people) if one.people else ""
    parts = (unit.title if unit else "", _kind(one, context), people)
    return f"- {say.date(one.held_on)}: {one.title} ({', '.join(filter(None, parts))})"
