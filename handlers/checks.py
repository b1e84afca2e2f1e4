"""Checked claims: listed, read, and how a finding is told wherever it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.claims import OPINION, Finding
from bot.factcheck_views import correction, view_of
from bot.factchecks import Published, as_source
from bot.language import Languages, Voice
from bot.model import Answer, Choice, Event, Reply, Source
from bot.routing import Context
from bot.row_numbers import page_number
from bot.verdicts import MEANINGS, VERDICTS
from handlers.menu import menu_choice
from handlers.sources import source_of

_A_PAGE = 8
_LABEL = 90


async def checks(_event: Event, context: Context) -> Answer:
    """`check` or `check::PAGE` lists what is out, `check:SLUG` shows one."""
    slug, _, page = context.argument.partition(":")
    published = context.services.factchecks.get(slug, context.today) if slug else None
    if published is not None:
        say = context.say
        choices = [
            Choice(say("Checked claims"), "check::0"),
            Choice(say("Report a post"), "/report"),
            menu_choice(context),
        ]
        return context.answer(check_reply(published, context, choices))
    return context.answer(_list(context, page_number(page)))


def _list(context: Context, page: int) -> Reply:
    say = context.say
    found = context.services.factchecks.newest(context.today)
    some = found[page * _A_PAGE : (page + 1) * _A_PAGE]
    choices = check_choices(context, some)
    if len(found) > (page + 1) * _A_PAGE:
        choices.append(Choice(say("More"), f"check::{page + 1}"))
    choices += [Choice(say("Report a post"), "/report"), menu_choice(context)]
    count = say.count("{number} claim was checked.", "{number} claims were checked.", len(found))
    return context.reply(count, title=say("Checked claims"), choices=choices)


def check_choices(context: Context, some: Sequence[Published], verb: str = "check") -> list[Choice]:
    """Each by its claim, without the verdict: that belongs beside its reasons."""
    return [Choice(_cut(context.pick(one.check.claim)), f"{verb}:{one.check.id}") for one in some]


def check_link(context: Context, text: str) -> list[Choice]:
    """The check that a question may be about; named so that nobody takes the claim for true."""
    found = found_checks(context, text)[:1]
    claims = ((_cut(context.pick(one.check.claim)), one.check.id) for one in found)
    return [Choice(context.say("Checked: {claim}", claim=claim), f"check:{slug}")
            for claim, slug in claims]  # fmt: skip


def found_checks(context: Context, text: str) -> list[Published]:
    """Those that are out and may be meant by a text, the best first."""
    known, today = context.services.factchecks, context.today
    hits = known.match(text, today).possible
    return [one for hit in hits if (one := known.get(hit.check, today)) is not None]


def check_reply(published: Published, context: Context, choices: Iterable[Choice]) -> Reply:
    say = context.say
    view = view_of(published, context.languages, "")
    lines = [*verdict_lines(view.verdict, say), correction(view, say)]
    if not view.is_checked:
        lines.append(say("This text has not been checked by an editor yet."))
    return finding_reply(
        say,
        context.services.languages,
        claim=view.claim,
        lines=[line for line in lines if line],
        summary=view.summary,
        shown=view.language,
        sources=tuple(source_of(one, say) for one in view.sources),
        choices=tuple(choices),
        sender=context.services.structure.sender,
    )


def verdict_lines(verdict: str, say: Voice) -> list[str]:
    word = say(VERDICTS[verdict])
    return [say("What was found: {verdict}.", verdict=word) + " " + say(MEANINGS[verdict])]


def finding_reply(
    say: Voice,
    languages: Languages,
    *,
    claim: str,
    lines: Sequence[str],
    summary: str,
    shown: str,
    sources: tuple[Source, ...],
    choices: tuple[Choice, ...],
    sender: str,
    title: str = "",
) -> Reply:
    """The claim, what was found, why, on what source, and who says so."""
    note = []
    if shown != say.tag:
        own, other = languages.name(say.tag), languages.name(shown)
        note.append(say("Not available in {own} yet. Shown in: {other}.", own=own, other=other))
    note.append(say("Checked by {sender}. Automatic message.", sender=sender))
    said = [say("The claim: “{claim}”", claim=claim)] if claim else []
    return Reply(
        title=title or say("Checked claim"),
        body="\n\n".join([*said, *lines, summary]),
        sources_label=say("Sources") if sources else "",
        sources=sources,
        choices=choices,
        note="\n".join(note),
        language=say.tag,
    )


def told_finding(
    finding: Finding,
    say: Voice,
    languages: Languages,
    *,
    sender: str,
    choices: tuple[Choice, ...],
    title: str,
    lines: Sequence[str] = (),
) -> Reply:
    """A finding of the desk, as its reporters are told it."""
    if finding.verdict == OPINION:
        body = say(
            "What you reported is an opinion. Criticism is not false information, so there was "
            "nothing to check. Nothing of its text is kept any more."
        )
        note = say("Checked by {sender}. Automatic message.", sender=sender)
        return Reply(title=title, body="\n\n".join([*lines, body]), note=note, choices=choices,
                     language=say.tag)  # fmt: skip
    order = (*languages.fallbacks(say.tag), "vi", *finding.summary)
    shown = next(tag for tag in order if tag in finding.summary)
    return finding_reply(
        say,
        languages,
        claim=_in(finding.claim, shown),
        lines=[*lines, *verdict_lines(finding.verdict, say)],
        summary=finding.summary[shown],
        shown=shown,
        sources=tuple(source_of(as_source(one), say) for one in finding.sources),
        choices=choices,
        sender=sender,
        title=title,
    )


def _in(texts: Mapping[str, str], tag: str) -> str:
    return texts.get(tag) or texts.get("vi") or next(iter(texts.values()), "")


def _cut(text: str) -> str:
    return text if len(text) <= _LABEL else text[:_LABEL].rsplit(" ", 1)[0] + "…"
