"""Officers draw a round's prizes, see which are claimed, and take the list as a file."""

from __future__ import annotations

from datetime import date

from bot import winners as paper
from bot.contests import CLOSED, Round
from bot.files import MadeFile, NoFile
from bot.language import SOURCE_LANGUAGE, pick
from bot.model import Answer, Choice, Person, Reply
from bot.official import DOCX, Letterhead, Signature
from bot.organisation import Tree
from bot.rights import Office, permitting
from bot.routing import Context, Services
from bot.store import Store, Ticket, new_code
from bot.store.contest_prizes import Won
from bot.ways import WEB
from handlers.contest_pages import prize_lines
from handlers.menu import menu_choice

TICKET = "winners"
_SYMBOL = "DS"
# What stands on the paper until the office's own lines are known: a clerk fills it in.
_BLANK = "…………"


async def prizes_page(context: Context, one: Round, by: Office, word: str) -> Answer:
    """`rounds:ID:prizes`, `…:draw`, `…:draw:yes`, `…:undo`, `…:docx`, `…:xlsx`."""
    given = await context.store.contests.prizes.of(one.id)
    is_open = one.state != CLOSED or not one.frozen.rules.prizes
    if word == "draw" and not given and not is_open:
        return _sure(context, one)
    if word == "draw:yes" and not given and not is_open:
        context.work.draw_prizes(one, by, context.now)
        return _done(context, one)
    if word == "undo" and given and not any(won.holder for won in given):
        context.work.take_back_prizes(one, by, context.now)
        return _done(context, one)
    if word in {"docx", "xlsx"} and given:
        return await _file(context, one, by, word)
    return context.answer(_list(context, one, given))


def _list(context: Context, one: Round, given: tuple[Won, ...]) -> Reply:
    say, prizes = context.say, one.frozen.rules.prizes
    back = [Choice(say("The round"), f"rounds:{one.id}"), menu_choice(context)]
    if not prizes:
        return context.reply(say("This round has no prizes."), choices=back)
    lines = [f"- {told}" for told in prize_lines(context, one)]
    if not given:
        choices = back
        if one.state == CLOSED:
            choices = [Choice(say("Draw the prizes"), f"rounds:{one.id}:prizes:draw"), *back]
        return context.reply("\n".join(lines), title=say("Prizes"), choices=choices)
    claimed = sum(bool(won.holder) for won in given)
    lines += ["", say("Drawn: {number}, claimed: {claimed}", number=len(given), claimed=claimed)]
    lines += [f"{context.pick(prizes[won.prize].title)}: {won.code}" for won in given[:20]]
    choices = [
        Choice(say("The list for Word"), f"rounds:{one.id}:prizes:docx"),
        Choice(say("The list for Excel"), f"rounds:{one.id}:prizes:xlsx"),
    ]
    if not claimed:
        choices.append(Choice(say("Take the draw back"), f"rounds:{one.id}:prizes:undo"))
    return context.reply("\n".join(lines), title=say("Prizes"), choices=[*choices, *back])


def _sure(context: Context, one: Round) -> Answer:
    say = context.say
    asked = say(
        "Draw the prizes now? The winners are told. Afterwards no question can be made void, so "
        "wait until the appeals are over."
    )
    choices = [
        Choice(say("Draw them now"), f"rounds:{one.id}:prizes:draw:yes"),
        Choice(say("The round"), f"rounds:{one.id}"),
        menu_choice(context),
    ]
    return context.answer(context.reply(asked, choices=choices))


def _done(context: Context, one: Round) -> Answer:
    say = context.say
    choices = [Choice(say("Prizes"), f"rounds:{one.id}:prizes"), menu_choice(context)]
    return context.answer(context.reply(say("Done."), choices=choices))


async def _file(context: Context, one: Round, by: Office, kind: str) -> Answer:
    say, made = context.say, new_code()
    context.work.give_file(made, context.person, f"{TICKET}:{one.id}:{kind}", context.now)
    context.work.note("contest.winners", f"round:{one.id}", by, context.now)
    url = (await context.store.links.all()).get(WEB, "")
    body = say("Download it here, once, within 15 minutes: {url}", url=f"{url}/files/{made}")
    choices = [Choice(say("Prizes"), f"rounds:{one.id}:prizes"), menu_choice(context)]
    return context.answer(context.reply(body, title=say("Prizes"), choices=choices))


async def make_list(services: Services, store: Store, ticket: Ticket) -> MadeFile:
    """The winners as DOCX or XLSX, in Vietnamese; the right is looked at again. Raises NoFile."""
    _, number, kind = ticket.what.split(":")
    tree = services.structure.tree
    offices = await store.officers.offices(Person(ticket.person_id), services.today())
    one = await store.contests.round(int(number))
    if one is None or permitting(offices, "contest", tree, tree.top) is None:
        raise NoFile
    made = _paper(one, await store.contests.prizes.of(one.id), tree, services.today())
    if kind == "xlsx":
        return MadeFile("winners.xlsx", paper.XLSX, paper.as_xlsx(made))
    letterhead = _letterhead(services, tree)
    signature = Signature(("TM. BAN TỔ CHỨC",))
    return MadeFile("winners.docx", DOCX, paper.as_docx(made, letterhead, signature))


def _letterhead(services: Services, tree: Tree) -> Letterhead:
    """Superior, place and symbol as in the plan's reports, issued by the unit at the top."""
    plan = services.library.plan
    if plan is None:
        return Letterhead("", tree.top.title.upper(), _SYMBOL, _BLANK)
    own = plan.letterhead
    symbol = "-".join([_SYMBOL, *own.symbol.split("-")[1:]])
    return Letterhead(own.superior, own.issuer, symbol, own.place)


def _paper(one: Round, given: tuple[Won, ...], tree: Tree, day: date) -> paper.WinnersList:
    rules, own = one.frozen.rules, (SOURCE_LANGUAGE,)
    rows = []
    for won in given:
        unit = tree.get(won.unit_id) if won.unit_id is not None and won.holder else None
        prize = pick(rules.prizes[won.prize].title, own)
        title = unit.title if unit else ""
        rows.append(paper.Winner(won.code, won.points, prize, won.holder, title))
    subject = f"trúng thưởng cuộc thi “{pick(rules.title, own)}”, {pick(one.titles, own)}"
    return paper.WinnersList(subject, day, tuple(rows))
