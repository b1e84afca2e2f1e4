"""/poster: an A4 sheet for a unit's wall, in Vietnamese and two more languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.files import MadeFile, NoFile
from bot.language import SOURCE_LANGUAGE, Languages, Voice
from bot.model import Answer, Choice, Event, Person
from bot.organisation import Tree, Unit
from bot.poster import Door, Poster, Section
from bot.printing import print_poster
from bot.rights import permitting
from bot.routing import Context, Services
from bot.store import Store, Ticket, new_code
from bot.ways import TELEGRAM, WEB, channel_name, way_in
from handlers.menu import menu_choice
from handlers.office import Offices, needs, own_units

KIND = "poster"


@needs("poster")
async def poster(_event: Event, context: Context, offices: Offices) -> Answer:
    """`/poster CODE LANGUAGE LANGUAGE`, `poster:CODE:…`, or a code written; asks for the rest."""
    code, *tags = context.argument.replace(":", " ").split() or [""]
    unit = context.tree.find(code) if code else None
    if unit is None:
        return _ask_unit(context, offices, code)
    by = permitting(offices, "poster", context.tree, unit)
    if by is None:
        return _ask_unit(context, offices, code)
    chosen = _chosen(tags, context)
    if len(chosen) < 2:
        return _ask_language(context, unit, chosen)
    what = ":".join([KIND, unit.code, *chosen[:2]])
    made = new_code()
    context.work.give_file(made, context.person, what, context.now)
    context.work.note("poster.make", f"unit:{unit.code}", by, context.now)
    url = (await context.store.links.all()).get(WEB, "")
    say = context.say
    body = say("Download it here, once, within 15 minutes: {url}", url=f"{url}/files/{made}")
    reply = context.reply(body, title=say("Poster"), choices=[menu_choice(context)])
    return context.answer(reply)


def _chosen(tags: list[str], context: Context) -> list[str]:
    """The known languages among them, each once, without Vietnamese, which is there always."""
    known = (context.services.languages.lookup(tag) for tag in tags)
    return list(dict.fromkeys(tag for tag in known if tag and tag != SOURCE_LANGUAGE))


def _ask_unit(context: Context, offices: Offices, wrong: str) -> Answer:
    say = context.say
    asked = say("For which unit? Tap one, or write its code.")
    if wrong:
        asked = say("There is no unit {code} among yours.", code=wrong[:32]) + " " + asked
    units = own_units(offices, "poster", context)
    choices = [Choice(unit.title[:60], f"poster:{unit.code}") for unit in units[:8]]
    reply = context.reply(asked, title=say("Poster"), choices=[*choices, menu_choice(context)])
    return context.answer(reply, session=context.session.at("poster.unit"))


def _ask_language(context: Context, unit: Unit, chosen: list[str]) -> Answer:
    say, languages = context.say, context.services.languages
    before = ":".join([unit.code, *chosen])
    choices = [
        Choice(languages.name(tag), f"poster:{before}:{tag}")
        for tag in languages.tags
        if tag != SOURCE_LANGUAGE and tag not in chosen
    ]
    asked = say("In which second language?") if not chosen else say("And in which third language?")
    return context.answer(context.reply(asked, title=say("Poster"), choices=choices))


async def make_file(services: Services, store: Store, ticket: Ticket) -> MadeFile:
    """What an officer may download now; the right is looked at again. Raises NoFile."""
    kind, code, *tags = ticket.what.split(":")
    unit = services.structure.tree.find(code)
    holder = Person(ticket.person_id)
    offices = await store.officers.offices(holder, services.today())
    if kind != KIND or unit is None:
        raise NoFile
    if permitting(offices, "poster", services.structure.tree, unit) is None:
        raise NoFile
    tree, links = services.structure.tree, await store.links.all()
    drawn = await print_poster(poster_of(services.languages, tree, links, unit, tags))
    return MadeFile(f"{unit.code}.pdf", "application/pdf", drawn)


def poster_of(
    languages: Languages, tree: Tree, links: Mapping[str, str], unit: Unit, tags: Sequence[str]
) -> Poster:
    """The poster's words, Vietnamese first; `links` say where each channel is."""
    voices = [languages.voice(tag) for tag in (SOURCE_LANGUAGE, *tags)]
    say, sender = voices[0], tree.top.title
    return Poster(
        sender=sender,
        unit=unit.title,
        sections=tuple(_section(voice) for voice in voices),
        doors=tuple(
            Door(channel_name(name), way_in(name, url, "u", unit.code), _hint(name, unit))
            for name, url in _in_order(links)
        ),
        note=say("An automatic service of {sender}.", sender=sender),
    )


def _section(say: Voice) -> Section:
    return Section(
        say.tag,
        say("Information from the trade union, on your phone"),
        (
            say("Rights at work, important dates, news of the union. Every message has a source."),
            say("Point your phone's camera at a code. You choose your language first."),
            say("Your name is not asked. To leave, write one word: stop."),
        ),
        say("On Zalo write this code:"),
    )


def _in_order(links: Mapping[str, str]) -> list[tuple[str, str]]:
    """Zalo first, as most people have it."""
    order = ("zalo-oa", TELEGRAM, WEB)
    return [(name, links[name]) for name in order if name in links]


def _hint(channel: str, unit: Unit) -> str:
    """Zalo's chat opens without the code, so it must be written."""
    return "" if channel in {TELEGRAM, WEB} else f"u_{unit.code}"
