"""/settings: what is sent, how often, when, in which zone; each part one tap away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time

from bot.consents import holds
from bot.language import later
from bot.model import Answer, Choice, Event, Subscription
from bot.routing import Context
from bot.schedule import Quiet, next_due, next_time, read_time, read_zone
from handlers.menu import menu_choice

_TIMES = ("06:45", "12:00", "18:00", "20:00")
_DAY_SLEEPER = "07:00-15:00"
_ZONES = (
    "Asia/Ho_Chi_Minh",
    "Asia/Phnom_Penh",
    "Asia/Bangkok",
    "Asia/Jakarta",
    "Asia/Shanghai",
    "Asia/Taipei",
    "Asia/Seoul",
    "Asia/Tokyo",
)
_OFTEN: Mapping[str, str] = {
    "every": later("Every new message"),
    "daily": later("One article a day"),
    "weekly": later("Up to five, once a week"),
}


async def settings(_event: Event, context: Context) -> Answer:
    wish = await context.store.subscription(context.person)
    return show_settings(context, wish)


def show_settings(context: Context, wish: Subscription | None, told: str = "") -> Answer:
    """The page of all settings, after a word on what has just been changed."""
    say = context.say
    zone = Choice(say("Time zone"), "set:zone")
    language = Choice(say("Language"), "/language")
    if wish is None:
        body = say("You have not asked to be sent anything.")
        choices = [Choice(say("Receive messages"), "/subscribe"), language, zone]
    else:
        body = "\n".join(f"- {line}" for line in _lines(context, wish))
        choices = [
            Choice(say("Topics to be sent"), "set:topics"),
            Choice(say("How often"), "set:often"),
            Choice(say("Time of day"), "set:time"),
            Choice(say("Quiet hours"), "set:quiet"),
            _calendar_choice(context, wish),
            language,
            zone,
        ]
        if wish.frequency == "weekly":
            choices.insert(2, Choice(say("Day of the week"), "set:day"))
    parts = [part for part in (told, body) if part]
    choices += [Choice(say("My unit"), "/unit"), Choice(say("My chats"), "/link")]
    choices += [Choice(say("Privacy"), "/privacy"), Choice(say("My data"), "/mydata")]
    if holds(context.person.consent):
        choices.append(Choice(say("Leave"), "/stop"))
    reply = context.reply(
        "\n\n".join(parts), title=say("Settings"), choices=[*choices, menu_choice(context)]
    )
    return context.answer(reply)


def first_wishes(context: Context) -> Subscription:
    """What somebody gets who has just agreed: one article a day, of all topics."""
    topics = frozenset(context.services.library.topics)
    return Subscription(topics, context.today)


def save(context: Context, wish: Subscription) -> None:
    """Keeps the wishes, with the times at which the scheduler looks at them next."""
    due = next_due(wish, context.zone, context.quiet, context.now)
    calendar = None
    if wish.wants_calendar:
        calendar = next_time(wish, context.zone, context.quiet, context.now)
    context.work.subscribe(context.person, wish, due, calendar)


async def part(_event: Event, context: Context) -> Answer:
    """`set:PART` shows the choices of one setting."""
    wish = await context.store.subscription(context.person)
    if context.argument == "zone":
        return _ask_zone(context)
    if wish is None:
        return show_settings(context, None)
    ask = {
        "topics": _ask_topics,
        "often": _ask_often,
        "day": _ask_day,
        "time": _ask_time,
        "quiet": _ask_quiet,
    }.get(context.argument)
    return ask(context, wish) if ask else show_settings(context, wish)


async def pick_topic(_event: Event, context: Context) -> Answer:
    """`pick:SLUG` takes a topic in or out; `pick:*` takes all."""
    wish = await context.store.subscription(context.person)
    if wish is None:
        return show_settings(context, None)
    known = frozenset(context.services.library.topics)
    # A topic that was withdrawn since falls out by itself.
    topics = known if context.argument == "*" else wish.topics ^ frozenset({context.argument})
    wish = replace(wish, topics=topics & known)
    save(context, wish)
    return _ask_topics(context, wish)


async def choose_often(_event: Event, context: Context) -> Answer:
    wish = await context.store.subscription(context.person)
    if wish is None or context.argument not in _OFTEN:
        return show_settings(context, wish)
    wish = replace(wish, frequency=context.argument, since=_since(context, wish))
    save(context, wish)
    return show_settings(context, wish, context.say("Saved."))


async def choose_day(_event: Event, context: Context) -> Answer:
    wish = await context.store.subscription(context.person)
    if wish is None or context.argument not in set("0123456"):
        return show_settings(context, wish)
    wish = replace(wish, weekday=int(context.argument))
    save(context, wish)
    return show_settings(context, wish, context.say("Saved."))


async def choose_time(_event: Event, context: Context) -> Answer:
    """A time of day, tapped or written."""
    wish = await context.store.subscription(context.person)
    if wish is None:
        return show_settings(context, None)
    try:
        at = read_time(context.argument)
    except ValueError:
        told = context.say("That is not a time of day. Write it like 6:45 or 18:00.")
        return _ask_time(context, wish, told)
    wish = replace(wish, at=at)
    save(context, wish)
    return show_settings(context, wish, _saved_time(context, at))


async def choose_quiet(_event: Event, context: Context) -> Answer:
    """Quiet hours, tapped or written like 08:00-16:00."""
    wish = await context.store.subscription(context.person)
    if wish is None:
        return show_settings(context, None)
    try:
        quiet = Quiet.read(context.argument.replace("–", "-").replace(" ", ""))
    except ValueError:
        told = context.say("Write the quiet hours like 08:00-16:00.")
        return _ask_quiet(context, wish, told)
    context.work.choose_quiet_hours(context.person, str(quiet))
    context.person = replace(context.person, quiet=str(quiet))
    save(context, wish)
    return show_settings(context, wish, _saved_time(context, wish.at))


async def choose_zone(_event: Event, context: Context) -> Answer:
    """A time zone, tapped or written like Asia/Seoul."""
    wish = await context.store.subscription(context.person)
    try:
        name = read_zone("/".join(p.strip() for p in context.argument.split("/"))).key
    except ValueError:
        return _ask_zone(context, context.say("I do not know that time zone."))
    context.work.choose_zone(context.person, name)
    context.person = replace(context.person, zone=name)
    if wish is not None:
        save(context, wish)
    return show_settings(context, wish, context.say("Saved."))


async def choose_calendar(_event: Event, context: Context) -> Answer:
    wish = await context.store.subscription(context.person)
    if wish is None:
        return show_settings(context, None)
    wish = replace(wish, wants_calendar=context.argument == "on")
    save(context, wish)
    return show_settings(context, wish, context.say("Saved."))


def _lines(context: Context, wish: Subscription) -> list[str]:
    say = context.say
    names = context.services.library.topics
    topics = tuple(_topic_name(slug, context) for slug in names if slug in wish.topics)
    shown = say("all topics") if len(topics) == len(names) else say.list(topics)
    lines = [
        say("Topics: {topics}", topics=shown or say("none")),
        say("How often: {often}", often=say(_OFTEN[wish.frequency])),
    ]
    if wish.frequency == "weekly":
        lines.append(say("Day of the week: {day}", day=say.weekday(wish.weekday)))
    if wish.frequency != "every" or wish.wants_calendar:
        lines.append(say("Time of day: {time}", time=f"{wish.at:%H:%M}"))
    lines.append(say("Quiet hours: {hours}", hours=context.quiet))
    lines.append(say("Time zone: {zone}", zone=context.zone.key))
    calendar = say("yes") if wish.wants_calendar else say("no")
    return [*lines, say("Marked days on the day: {answer}", answer=calendar)]


def _ask_topics(context: Context, wish: Subscription) -> Answer:
    say = context.say
    choices = [
        Choice(("☑ " if slug in wish.topics else "☐ ") + _topic_name(slug, context), f"pick:{slug}")
        for slug in context.services.library.topics
    ]
    if not wish.topics:
        told = say("No topic is chosen, so nothing will be sent.")
    else:
        told = say("Tap a topic to take it in or out. It is saved at once.")
    choices += [Choice(say("All topics"), "pick:*"), Choice(say("Done"), "/settings")]
    return context.answer(context.reply(told, title=say("Topics to be sent"), choices=choices))


def _ask_often(context: Context, _wish: Subscription) -> Answer:
    say = context.say
    choices = [Choice(say(text), f"often:{name}") for name, text in _OFTEN.items()]
    reply = context.reply(say("How often may I write?"), title=say("How often"), choices=choices)
    return context.answer(reply)


def _ask_day(context: Context, _wish: Subscription) -> Answer:
    say = context.say
    choices = [Choice(say.weekday(day), f"day:{day}") for day in range(7)]
    reply = context.reply(say("On which day?"), title=say("Day of the week"), choices=choices)
    return context.answer(reply)


def _ask_time(context: Context, _wish: Subscription, told: str = "") -> Answer:
    say = context.say
    text = told or say("At what time? Tap one, or write it like 6:45.")
    choices = [Choice(at, f"at:{at}") for at in _TIMES]
    reply = context.reply(text, title=say("Time of day"), choices=choices)
    return context.answer(reply, session=context.session.at("settings.time"))


def _ask_quiet(context: Context, _wish: Subscription, told: str = "") -> Answer:
    say = context.say
    text = told or say("When should I be silent? Tap one, or write it like 08:00-16:00.")
    usual = context.services.quiet
    choices = [
        Choice(say("At night ({hours})", hours=usual), f"quiet:{usual}"),
        Choice(say("I sleep in the day ({hours})", hours=_DAY_SLEEPER), f"quiet:{_DAY_SLEEPER}"),
    ]
    reply = context.reply(text, title=say("Quiet hours"), choices=choices)
    return context.answer(reply, session=context.session.at("settings.quiet"))


def _ask_zone(context: Context, told: str = "") -> Answer:
    say = context.say
    text = told or say("Where do you live? Tap one, or write it like Asia/Seoul.")
    choices = [Choice(say.place(zone), f"zone:{zone}") for zone in _ZONES]
    reply = context.reply(text, title=say("Time zone"), choices=choices)
    return context.answer(reply, session=context.session.at("settings.zone"))


def _calendar_choice(context: Context, wish: Subscription) -> Choice:
    if wish.wants_calendar:
        return Choice(context.say("No marked days"), "calendar:off")
    return Choice(context.say("Marked days on the day"), "calendar:on")


def _saved_time(context: Context, at: time) -> str:
    """Says openly when the time lies in the quiet hours, and what that means."""
    say = context.say
    if not context.quiet.holds(at):
        return say("Saved.")
    end = f"{context.quiet.end:%H:%M}"
    return say("Saved. That time is in your quiet hours, so messages come at {time}.", time=end)


def _since(context: Context, wish: Subscription) -> date:
    """Whoever turns to every message gets what is published from now on, not what was before."""
    return context.today if context.argument == "every" else wish.since


def _topic_name(slug: str, context: Context) -> str:
    return context.pick(context.services.library.topics[slug].name)
