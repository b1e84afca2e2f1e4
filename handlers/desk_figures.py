"""The desk's figures of the last months, in words."""

from __future__ import annotations

from datetime import timedelta

from bot.desk_figures import Figures, Span, figures_of
from bot.language import Voice
from bot.model import Answer, Choice
from bot.routing import Context
from bot.ways import channel_name
from handlers.menu import menu_choice

_BACK = timedelta(days=100)


async def figures(context: Context) -> Answer:
    say, today = context.say, context.today
    claims = context.store.claims
    since = (today - _BACK).replace(day=1)
    made = figures_of(await claims.counts(since, today), await claims.times(since, today))
    blocks = [_block(one, say) for one in made]
    note = say("Fewer than five are not shown.")
    body = "\n\n".join(filter(None, [*blocks, note]))
    choices = [Choice(say("Desk"), "/desk"), menu_choice(context)]
    return context.answer(context.reply(body, title=say("Figures of the desk"), choices=choices))


def _block(one: Figures, say: Voice) -> str:
    where = channel_name(one.channel) if one.channel else say("all channels")
    heading = f"{say.month(one.month)}, {where}"
    lines = []
    if one.asked is not None:
        share = say.percent(one.at_once or 0)
        lines.append(say("{number} asked, {share} answered at once", number=one.asked, share=share))
    lines += [
        line
        for line in (
            _span(one.looked, say("First look"), say),
            _span(one.verdict, say("Verdict"), say),
        )
        if line
    ]
    if one.corrected is not None:
        lines.append(say("Corrected later: {share}", share=say.percent(one.corrected)))
    return "\n".join([heading, *(f"- {line}" for line in lines)]) if lines else ""


def _span(span: Span, label: str, say: Voice) -> str:
    if span.median is None or span.p90 is None:
        return ""
    half, most = say.duration(span.median * 3600), say.duration(span.p90 * 3600)
    return say("{label}: half within {half}, nine of ten within {most}",
               label=label, half=half, most=most)  # fmt: skip
