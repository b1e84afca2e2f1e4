"""/mydata and /erase: what is kept about somebody, shown whole and erased whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.model import Answer, Choice, Document, Event
from bot.routing import Context
from handlers.menu import menu_choice


async def my_data(_event: Event, context: Context) -> Answer:
    """A readable file of all that is kept, made for this answer and not kept itself."""
    say = context.say
    kept = await context.store.own_data(context.person)
    reply = context.reply(
        say("This file holds all that is kept about you, as it stands at this moment."),
        title=say("My data"),
        choices=[Choice(say("Erase everything"), "/erase"), menu_choice(context)],
    )
    document = Document("caunoi-mydata.txt", _as_text(kept, context))
    return context.answer(replace(reply, document=document))


async def ask_to_erase(_event: Event, context: Context) -> Answer:
    say = context.say
    reply = context.reply(
        say(
            "Everything kept about you will be erased for good: language, unit, wishes and dates; "
            "works for the award, answers in contests, the name for a prize, reports, an office. "
            "The code of a certificate leads nowhere then. Nobody can bring it back. You can "
            "begin again at any time.\n\n"
            "What stays: what is already on phones or published; copies of the data, for up to 30 "
            "days; and for 90 days a mark without name or number, so that no copy brings you back."
        ),
        title=say("Erase everything?"),
        choices=[Choice(say("Yes, erase everything"), "erase:yes"), Choice(say("No"), "/menu")],
    )
    return context.answer(reply)


async def erase(event: Event, context: Context) -> Answer:
    if context.argument != "yes":
        return await ask_to_erase(event, context)
    context.work.count_leaving(context.person, context.house_day)
    context.work.erase(context.person)
    say = context.say
    text = say("All that was kept about you has been erased. If you write again, we begin anew.")
    return context.answer(context.reply(text, title=say("Erased")))


def _as_text(kept: Mapping[str, list[dict[str, Any]]], context: Context) -> str:
    """Table by table, a line for each value; words that are only ours stay as they are."""
    lines = [context.say("All that is kept about you"), f"{context.now:%Y-%m-%d %H:%M} UTC", ""]
    for table, rows in kept.items():
        for row in rows:
            lines.append(f"[{table}]")
            lines += [f"{name}: {_shown(value)}" for name, value in row.items()]
            lines.append("")
    return "\n".join(lines)


def _shown(value: Any) -> str:
    if isinstance(value, str) and value.startswith("{"):
        return json.dumps(json.loads(value), ensure_ascii=False)
    return "-" if value is None else str(value)
