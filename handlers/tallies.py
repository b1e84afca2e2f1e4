"""The final tally: by channel, language, unit and reason, as lines and as a chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.campaigns import Campaign
from bot.language import Languages, Voice, later
from bot.model import Bar, Chart, Choice, Parcel, Reply, Section
from bot.organisation import Tree
from bot.routing import Services
from bot.tallies import Pair, Parts, Tally, branches, pair, read_tally, told
from bot.ways import channel_name

_MOST_BARS = 8
_REASONS = {
    "unreachable": later("blocked the bot, or is gone: {number}"),
    "failed:no-connection": later("no connection: {number}"),
    "failed:refused": later("refused by the platform: {number}"),
    "failed:channel-down": later("the channel was down: {number}"),
    "failed": later("failed: {number}"),
    "uncertain:lost-sender": later("broke off while sending, perhaps arrived: {number}"),
    "uncertain:restored": later("from a backup, perhaps arrived: {number}"),
    "uncertain": later("no answer, perhaps arrived: {number}"),
    "dropped:expired": later("expired before: {number}"),
    "dropped:left": later("left meanwhile: {number}"),
    "dropped:joined": later("had it in another chat: {number}"),
    "dropped:cancelled": later("cancelled before: {number}"),
    "dropped:corrected": later("corrected before: {number}"),
    "dropped:cannot-delete": later("cannot be deleted any more: {number}"),
    "dropped": later("not sent any more: {number}"),
    "waiting": later("wait for the person's next contact: {number}"),
    "queued": later("still to come: {number}"),
    "sending": later("going out now: {number}"),
}


def tally_reply(
    tally: Tally, number: int, title: str, say: Voice, names: Languages, tree: Tree
) -> Reply:
    """Counts of small groups are among the others; lines and chart tell the same."""
    whole = tally.whole
    channels = [
        (channel_name(channel), parts)
        for channel, parts in sorted(tally.channels.items(), key=lambda one: -sum(one[1]))
    ]
    sections = [
        Section("", (_bar(say("All"), whole, say),)),
        Section(say("By channel"), tuple(_bar(label, parts, say) for label, parts in channels)),
    ]
    languages, others = told(_pairs(tally.languages), pair(whole))
    named = {names.name(tag): cells for tag, cells in languages.items()}
    sections += _section(say("By language"), named, others, say)
    units, others = branches(tree, tally)
    titles = {tree.by_id[unit].title: cells for unit, cells in units.items()}
    sections += _section(say("By unit"), titles, others, say)
    missed = _reasons(tally, say)
    lines = [text for section in sections for text in _lines(section)]
    if missed:
        lines += ["", say("Why not:"), *(f"- {text}" for text in missed)]
    body = "\n".join(lines)
    legend = (say("arrived"), say("still to come"), say("not arrived, or unclear"))
    heading = f"№ {number}: {title}"
    chart = Chart(heading, tuple(sections), legend, f"{heading}\n{body}", say.tag)
    back = (Choice(say("Look at it"), f"campaign:{number}"), Choice(say("Menu"), "/menu"))
    return Reply(title=heading, body=body, choices=back, language=say.tag, chart=chart)


def tally_of(found: Campaign, tally: Tally, say: Voice, names: Languages, tree: Tree) -> Reply:
    title = next(iter(found.message.text.values())).title
    return tally_reply(tally, found.id, title, say, names, tree)


def with_tally(reply: Reply, parcel: Parcel, services: Services) -> Reply:
    """The notice that a message is through, with all of its tally."""
    number = int(parcel.label.partition(":")[2])
    found = services.campaigns.get(number)
    try:
        tally = read_tally(parcel.articles[3])
    except (IndexError, ValueError, KeyError):  # of a version that told less
        return reply
    if found is None or not sum(tally.whole):
        return reply
    say, names = services.languages.voice(reply.language), services.languages
    made = tally_of(found, tally, say, names, services.structure.tree)
    return replace(reply, body=f"{reply.body}\n\n{made.body}", chart=made.chart)


def _pairs(groups: Mapping[str, Parts]) -> Mapping[str, Pair]:
    return {key: pair(parts) for key, parts in groups.items()}


def _section(title: str, groups: Mapping[str, Pair], others: Pair, say: Voice) -> list[Section]:
    """Nothing where it would only say the whole once more."""
    if not groups or (len(groups) == 1 and not sum(others)):
        return []
    ordered = sorted(groups.items(), key=lambda one: -sum(one[1]))
    shown, rest = ordered[:_MOST_BARS], [cells for _, cells in ordered[_MOST_BARS:]]
    left = (others[0] + sum(one[0] for one in rest), others[1] + sum(one[1] for one in rest))
    bars = [_bar(label, (cells[0], 0, cells[1]), say) for label, cells in shown]
    if sum(left):
        bars.append(_bar(say("all others"), (left[0], 0, left[1]), say))
    return [Section(title, tuple(bars))]


def _bar(label: str, parts: Parts, say: Voice) -> Bar:
    return Bar(label, parts, f"{say.number(parts[0])} / {say.number(sum(parts))}")


def _lines(section: Section) -> list[str]:
    """A blank line and a heading, then a line a bar."""
    head = ["", section.title] if section.title else []
    return [*head, *(f"- {bar.label}: {bar.told}" for bar in section.bars)]


def _reasons(tally: Tally, say: Voice) -> list[str]:
    """In plain words, the most frequent first."""
    found: dict[str, int] = {}
    for kind, people in tally.reasons.items():
        known = kind if kind in _REASONS else kind.partition(":")[0]
        found[known] = found.get(known, 0) + people
    ordered = sorted(found.items(), key=lambda one: -one[1])
    return [say(_REASONS[kind], number=say.number(people)) for kind, people in ordered]
