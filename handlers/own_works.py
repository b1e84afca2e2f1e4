"""A member's own works for the award: listed, changed, withdrawn."""

from __future__ import annotations

from collections.abc import Callable

from bot.award import COMPLETE, LONGEST_CONTACT, LONGEST_TITLE, Entry, changed, read_link
from bot.language import later
from bot.model import Answer, Choice, Event, Reply
from bot.routing import Context
from handlers.entering import ask_category, ask_language, no_link, offered_languages, too_long
from handlers.works import award_of, back, category_name, entry_lines

_PARTS = {
    "title": later("Change the title"),
    "link": later("Change the link"),
    "contact": later("Change the contact"),
    "category": later("Change the category"),
    "language": later("Change the language"),
}
_ASKED = {
    "title": later("What is the title of the work?"),
    "link": later("Where can the work be seen? Write a link (https://…)."),
    "contact": later("How may the office reach you about this work? Write it, or leave it out."),
}
_LONGEST = {"title": LONGEST_TITLE, "contact": LONGEST_CONTACT}
# After the deadline a work stays as it was handed in; a contact may still change.
_ALWAYS = frozenset({"contact", "withdraw", ""})


async def work(_event: Event, context: Context) -> Answer:
    """`work:mine`, `work:CODE`, `work:CODE:WHAT`, `work:CODE:WHAT:VALUE`."""
    code, what, value = [*context.argument.split(":", 2), "", ""][:3]
    own = await context.store.awards.own(context.person)
    if code == "mine":
        return context.answer(_list(own, context))
    entry = next((one for one in own if one.code == code), None)
    if entry is None:
        told = context.say("That work is not registered (any more).")
        return context.answer(_list(own, context, told))
    if what not in _ALWAYS and award_of(context).edition.is_closed(context.today):
        return context.answer(_one(entry, context, _too_late(context)))
    does: dict[str, Callable[[Entry, str, Context], Answer]] = {
        "category": _category,
        "language": _language,
        "withdraw": _withdraw,
    }
    if what in does:
        return does[what](entry, value, context)
    if what == "contact" and value == "none":
        return _change(entry, context, ("contact", ""))
    if what in _ASKED:
        return _ask(entry, what, context)
    return context.answer(_one(entry, context))


async def take(event: Event, context: Context) -> Answer:
    """What was written for the part that was asked for."""
    code, what = context.session.data.get("code", ""), context.session.data.get("what", "")
    own = await context.store.awards.own(context.person)
    entry = next((one for one in own if one.code == code), None)
    is_late = what not in _ALWAYS and award_of(context).edition.is_closed(context.today)
    if entry is None or is_late:
        context.argument = code
        return await work(event, context)
    text = " ".join(context.argument.split())
    if len(text) > _LONGEST.get(what, len(text)):
        return _ask(entry, what, context, too_long(context, _LONGEST[what]))
    if what != "link":
        return _change(entry, context, (what, text))
    link = read_link(text)
    if link is None:
        return _ask(entry, what, context, no_link(context))
    return _change(entry, context, ("link", link))


async def refuse_file(event: Event, context: Context) -> Answer:
    """As while registering: the link is asked for again."""
    told = context.say("I do not keep files. Send a link, or bring the file to the office.")
    code = context.session.data.get("code", "")
    own = await context.store.awards.own(context.person)
    entry = next((one for one in own if one.code == code), None)
    if entry is None:
        context.argument = code
        return await work(event, context)
    return _ask(entry, context.session.data.get("what", "link"), context, told)


def _list(own: tuple[Entry, ...], context: Context, told: str = "") -> Reply:
    say = context.say
    lines = [f"- {one.code}: {one.details.title} ({_state(one, context)})" for one in own]
    body = "\n".join(lines) or say("You have registered no work.")
    choices = [Choice(f"{one.details.title[:50]}", f"work:{one.code}") for one in own]
    choices.append(Choice(say("Register a work"), "enter:new"))
    text = f"{told}\n\n{body}" if told else body
    return context.reply(text, title=say("My works"), choices=[*choices, *back(context)])


def _one(entry: Entry, context: Context, told: str = "") -> Reply:
    say = context.say
    lines = [
        *entry_lines(entry, context.tree.get(entry.unit_id), context),
        f"- {say('Code')}: {entry.code}",
    ]
    if award_of(context).category(entry.category) is None:
        lines.append(say("There is no such category (any more).") + " " + say("Choose another."))
    choices = [Choice(say(text), f"work:{entry.code}:{part}") for part, text in _PARTS.items()]
    choices.append(Choice(say("Withdraw it"), f"work:{entry.code}:withdraw"))
    choices.append(Choice(say("My works"), "work:mine"))
    body = "\n".join(lines)
    return context.reply(f"{told}\n\n{body}" if told else body, title=say("My works"),
                         choices=[*choices, *back(context)])  # fmt: skip


def _state(entry: Entry, context: Context) -> str:
    is_complete = entry.state == COMPLETE
    state = context.say("complete") if is_complete else context.say("still missing")
    return f"{category_name(entry.category, context)}, {state}"


def _ask(entry: Entry, what: str, context: Context, told: str = "") -> Answer:
    say, choices = context.say, list[Choice]()
    if what == "contact":
        choices.append(Choice(say("Leave it out"), f"work:{entry.code}:contact:none"))
    choices.append(Choice(say("My works"), f"work:{entry.code}"))
    reply = context.reply(f"{told} {say(_ASKED[what])}".strip(), choices=choices)
    session = context.session.at("award.change", code=entry.code, what=what)
    return context.answer(reply, session=session)


def _category(entry: Entry, value: str, context: Context) -> Answer:
    """A new category; the language is asked for where it does not fit there."""
    category = award_of(context).category(value)
    before = f"work:{entry.code}"
    if category is None:
        told = context.say("There is no such category (any more).") if value else ""
        return context.answer(ask_category(context, f"{before}:category", told))
    parts = [("category", category.id)]
    if category.languages == "vietnamese":
        parts.append(("language", "vi"))
    elif not category.allows(entry.language):
        _keep(entry, context, *parts)
        return context.answer(ask_language(category, context, f"{before}:language"))
    return _change(entry, context, *parts)


def _language(entry: Entry, value: str, context: Context) -> Answer:
    category = award_of(context).category(entry.category)
    if category is None:
        return _category(entry, "", context)
    if value not in offered_languages(category, context):
        before = f"work:{entry.code}:language"
        return context.answer(ask_language(category, context, before))
    return _change(entry, context, ("language", value))


def _withdraw(entry: Entry, value: str, context: Context) -> Answer:
    say = context.say
    if value != "yes":
        asked = say("Withdraw it? Nothing of it is kept, and the office does not see it any more.")
        yes = Choice(say("Yes, withdraw it"), f"work:{entry.code}:withdraw:yes")
        lines = "\n".join(entry_lines(entry, context.tree.get(entry.unit_id), context))
        no = Choice(say("No"), f"work:{entry.code}")
        return context.answer(context.reply(f"{lines}\n\n{asked}", choices=[yes, no]))
    context.work.withdraw(context.person, entry.code)
    told = say("Withdrawn: {title}", title=entry.details.title)
    choices = [Choice(say("My works"), "work:mine"), *back(context)]
    return context.answer(context.reply(told, choices=choices))


def _change(entry: Entry, context: Context, *parts: tuple[str, str]) -> Answer:
    """Only these parts are written, so two devices do not undo each other's changes."""
    shown = _keep(entry, context, *parts)
    return context.answer(_one(shown, context, context.say("Changed.")))


def _keep(entry: Entry, context: Context, *parts: tuple[str, str]) -> Entry:
    def apply(now: Entry) -> Entry:
        for part, value in parts:
            now = changed(now, part, value)
        return now

    context.work.change_entry(context.person, entry.code, apply, context.now)
    return apply(entry)


def _too_late(context: Context) -> str:
    deadline = award_of(context).edition.deadline
    assert deadline is not None
    day = context.say.date(deadline.day)
    return context.say(
        "The deadline was {day}. Nothing more can be registered or changed.", day=day
    )
