"""The list of all dossiers as a spreadsheet, which officers download once."""

from __future__ import annotations

from bot.award import COMPLETE, OTHER_LANGUAGE, TOPIC, Entry
from bot.files import MadeFile, NoFile
from bot.language import SOURCE_LANGUAGE, Languages, later, pick
from bot.library import Award
from bot.model import Answer, Choice, Event, Person
from bot.organisation import Unit
from bot.printing import print_sheet
from bot.rights import permitting
from bot.routing import Context, Services
from bot.sheets import KIND, Sheet
from bot.store import Store, Ticket, new_code
from bot.ways import WEB
from handlers.office import Offices, needs
from handlers.registered import permitting_entry, told_units
from handlers.works import award_of, back

TICKET = "award"
_COLUMNS = (
    later("Code"),
    later("Title"),
    later("Category"),
    later("Language"),
    later("Unit"),
    later("Work"),
    later("Contact"),
    later("Ticked"),
    later("Still open"),
)


@needs("award")
async def sheet(_event: Event, context: Context, offices: Offices) -> Answer:
    """`sheet:award`: a link from which the list is downloaded once."""
    say, made = context.say, new_code()
    by = permitting_entry(offices, context.tree)
    choices = [Choice(say("Works of members"), "works:all"), *back(context)]
    if by is None:
        told = say("There is no such work among yours (any more).")
        return context.answer(context.reply(told, choices=choices))
    context.work.give_file(made, context.person, TICKET, context.now)
    thing = f"award:{award_of(context).edition.id}"
    context.work.note("award.sheet", thing, by, context.now)
    url = (await context.store.links.all()).get(WEB, "")
    body = say("Download it here, once, within 15 minutes: {url}", url=f"{url}/files/{made}")
    return context.answer(context.reply(body, title=say("The list as a file"), choices=choices))


async def make_sheet(services: Services, store: Store, ticket: Ticket) -> MadeFile:
    """The XLSX, in Vietnamese; the right is looked at again. Raises NoFile."""
    found, tree = services.library.award, services.structure.tree
    offices = await store.officers.offices(Person(ticket.person_id), services.today())
    if found is None or permitting(offices, "award", tree, None, TOPIC) is None:
        raise NoFile
    outlines = await store.awards.outlines(found.edition.ids)
    mine = [one.code for one in outlines if permitting_entry(offices, tree, one)]
    units = told_units(tree, await store.organisation.count_people())
    rows = tuple(
        _row(one, units.get(one.unit_id or 0), found, services.languages)
        for one in await store.awards.entries(mine)
    )
    say = services.languages.voice(SOURCE_LANGUAGE)
    columns = tuple(say(text) for text in _COLUMNS)
    made = await print_sheet(Sheet(say("Works of members"), columns, rows))
    return MadeFile("award.xlsx", KIND, made)


def _row(entry: Entry, unit: Unit | None, found: Award, languages: Languages) -> tuple[str, ...]:
    say, category = languages.voice(SOURCE_LANGUAGE), found.category(entry.category)
    details, items = entry.details, found.items(category)

    def told(*, is_done: bool) -> str:
        return "\n".join(
            pick(item.text, (SOURCE_LANGUAGE,))
            for item in items
            if (item.id in entry.done) is is_done
        )

    language = (
        say("Another language")
        if entry.language == OTHER_LANGUAGE
        else languages.name(entry.language)
    )
    at_hand = say("brought to the office") if entry.state == COMPLETE else say("still missing")
    return (
        entry.code,
        details.title,
        pick(category.name, (SOURCE_LANGUAGE,)) if category else entry.category,
        language,
        unit.title if unit else "",
        details.link or at_hand,
        details.contact,
        told(is_done=True),
        told(is_done=False),
    )
