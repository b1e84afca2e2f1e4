"""A certificate for who took part in a round: its name is written, then it is downloaded."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.contests import CLOSED, Issued, Round
from bot.holder import NAME_AT_MOST, is_too_long, tidy_name, undrawable
from bot.model import Answer, Choice, Event, Reply
from bot.routing import Context
from bot.row_numbers import row_number
from bot.store import new_code
from bot.ways import WEB
from handlers.certificate_papers import KIND, check_address
from handlers.menu import menu_choice

_ASKED, _SHOWN = "certificate.holder", "certificate.sure"
_NAMED_AT_MOST = 5  # letters that are told to be in no font


@dataclass(frozen=True, slots=True)
class _Claim:
    """A round of which the person may have a certificate, with the result; `issued`: they have."""

    one: Round
    points: int
    whole: int
    issued: Issued | None


async def certificate(_event: Event, context: Context) -> Answer:
    """`certificate:ROUND`, `…:name`, `…:yes`, `…:withdraw`; `certificate:mine` lists all."""
    number, _, word = context.argument.partition(":")
    if number == "mine":
        return context.answer(await _list(context))
    claim = await _claim(context, number)
    if claim is None:
        return context.answer(_none(context))
    data = context.session.data
    is_shown = context.session.state == _SHOWN and data.get("round") == str(claim.one.id)
    if word == "yes" and is_shown and not _fault(data.get("holder", ""), context):
        return await _issue(context, claim, data["holder"])
    if word == "withdraw" and claim.issued:
        return _withdraw(context, claim.one)
    if claim.issued and claim.issued.holder and word != "name":
        return await _page(context, claim.one, claim.issued)
    return _ask(context, claim.one)


async def take_holder(event: Event, context: Context) -> Answer:
    """The name that was written: shown once as it will stand, for a yes or another one."""
    claim = await _claim(context, context.session.data.get("round", ""))
    if claim is None:
        return context.answer(_none(context))
    name = tidy_name(event.text)
    if fault := _fault(name, context):
        return _ask(context, claim.one, fault)
    say = context.say
    asked = say("So the name will stand on the certificate. Is it right?")
    choices = [
        Choice(say("Yes, that is right"), f"{KIND}:{claim.one.id}:yes"),
        Choice(say("Write it anew"), f"{KIND}:{claim.one.id}:name"),
        menu_choice(context),
    ]
    session = context.session.at(_SHOWN, round=str(claim.one.id), holder=name)
    return context.answer(context.reply(f"{name}\n\n{asked}", choices=choices), session=session)


async def certificate_choices(context: Context) -> list[Choice]:
    """The way to the person's own certificates, if they have any."""
    own = await context.store.certificates.own(context.person)
    return [Choice(context.say("My certificates"), f"{KIND}:mine")] if own else []


async def _claim(context: Context, number: str) -> _Claim | None:
    """What the person may have for the round of that number.

    After the appeals nobody knows any more whose an entry was; a certificate that is there stays.
    """
    one = await context.store.contests.round(row_number(number))
    if one is None or one.state != CLOSED:
        return None
    issued = await context.store.certificates.of_round(context.person, one)
    attempts = await context.store.contests.attempts(context.person, one)
    mine = next((each for each in attempts if each.counts), None)
    if mine is not None:
        return _Claim(one, mine.points or 0, one.frozen.rules.length, issued)
    return _Claim(one, issued.points, issued.whole, issued) if issued else None


def _fault(name: str, context: Context) -> str:
    """Why no certificate is drawn for the tidied name, in words; nothing when one is."""
    say = context.say
    if not name:
        return say("There are no letters of a name in this.")
    if is_too_long(name):
        most = say.number(NAME_AT_MOST)
        return say("This name is too long: at most {number} letters fit.", number=most)
    if letters := undrawable(name)[:_NAMED_AT_MOST]:
        listed = " ".join(letters)
        return say("These letters cannot be drawn: {letters}. Use others.", letters=listed)
    return ""


def _ask(context: Context, one: Round, fault: str = "") -> Answer:
    say = context.say
    lines = [
        say("Write the name for the certificate, as it should be read."),
        say(
            "The name stands on the certificate and is shown to whoever has its code. It is kept "
            "for three years, or until you withdraw the certificate."
        ),
    ]
    body = "\n\n".join([fault, *lines] if fault else lines)
    choices = [Choice(say("Results"), f"result:{one.id}"), menu_choice(context)]
    session = context.session.at(_ASKED, round=str(one.id))
    reply = context.reply(body, title=say("Certificate"), choices=choices)
    return context.answer(reply, session=session)


async def _issue(context: Context, claim: _Claim, holder: str) -> Answer:
    """With the name and the result as they are now; code and day stay those of the first time."""
    new = Issued(
        new_code(),
        claim.one.id,
        holder,
        claim.points,
        claim.whole,
        context.now.astimezone(context.services.zone).date(),
    )
    if claim.issued:
        new = replace(new, code=claim.issued.code, issued_on=claim.issued.issued_on)
    context.work.issue(context.person, new)
    return await _page(context, claim.one, new)


def _withdraw(context: Context, one: Round) -> Answer:
    """At once: who was wrong to tap can have it again."""
    say = context.say
    today = context.now.astimezone(context.services.zone).date()
    context.work.withdraw_certificate(context.person, one, today)
    told = say(
        "The certificate is withdrawn: whoever looks up its code reads that. The name is not kept "
        "any more."
    )
    choices = [Choice(say("Get it again"), f"{KIND}:{one.id}:name"), menu_choice(context)]
    return context.answer(context.reply(told, choices=choices))


async def _page(context: Context, one: Round, issued: Issued) -> Answer:
    """The name, links to download the picture and the PDF, and where anyone can check it."""
    say, site = context.say, (await context.store.links.all()).get(WEB, "")
    links = []
    for kind, label in (("png", say("Picture")), ("pdf", say("For printing"))):
        code = new_code()
        what = f"{KIND}:{one.id}:{kind}:{say.tag}"
        context.work.give_file(code, context.person, what, context.now)
        links.append(f"- {label}: {site}/files/{code}")
    address = check_address(site, issued.code)
    checked = say("Anyone can check it by its code: {code}", code=issued.code)
    if site:
        checked += "\n" + say("Here: {url}", url=address)
    lines = [
        issued.holder,
        "",
        say("Download it here, each once, within 15 minutes:"),
        *links,
        "",
        checked,
    ]
    choices = [
        Choice(say("Another name"), f"{KIND}:{one.id}:name"),
        Choice(say("Withdraw the certificate"), f"{KIND}:{one.id}:withdraw"),
        menu_choice(context),
    ]
    reply = context.reply("\n".join(lines), title=say("Certificate"), choices=choices)
    return context.answer(reply)


async def _list(context: Context) -> Reply:
    """All that the person has, withdrawn ones too, each with the way to it."""
    say, lines, choices = context.say, [], list[Choice]()
    for issued in await context.store.certificates.own(context.person):
        one = await context.store.contests.round(issued.round_id)
        assert one is not None
        title = f"{context.pick(one.frozen.rules.title)}, {context.pick(one.titles)}"
        state = issued.holder or say("withdrawn")
        lines.append(f"- {title}: {state}")
        choices.append(Choice(title[:60], f"{KIND}:{one.id}"))
    body = "\n".join(lines) or say("You have no certificate.")
    choices.append(menu_choice(context))
    return context.reply(body, title=say("My certificates"), choices=choices)


def _none(context: Context) -> Reply:
    say = context.say
    told = say("There is no certificate for you here: only for who took part, after the end.")
    return context.reply(told, choices=[Choice(say("Quiz"), "/quiz"), menu_choice(context)])
