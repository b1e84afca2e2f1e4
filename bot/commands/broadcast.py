"""`caunoi broadcast`: sends a message from a file, or tells what would become of it."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.audience import SMALLEST, Audience, AudienceError, read_audience
from bot.campaigns import SCHEDULED, Campaign, Message, Origin, Picture, Words, reaching
from bot.channels.text import cut, utf16_length
from bot.commands import UsageError, with_store
from bot.drafting import DraftFault
from bot.intake import clean_picture
from bot.library import ContentError, Fault, Library, keep_library
from bot.library.broadcasts import Broadcast, load_broadcast, picture_path
from bot.organisation import Tree
from bot.pictures import MOST_BYTES, CleanPicture, PictureFault
from bot.planner import Forecast
from bot.repeats import RepeatFault, dates_of, read_repeat
from bot.rights import Office
from bot.settings import Settings
from bot.store import Store
from bot.timing import Moment, read_moment
from bot.wiring import make_planner

_ZALO_TEXT = 2000
_DATED = re.compile(r"\d{4}")
_TIMES = (
    "--at takes a time with its zone, such as 2026-11-30T18:00+07:00, a day of the calendar, "
    "such as 'calendar:hung-kings 08:00', or a lunar one, such as 'âl 10/3 08:00'"
)
_FAULTS = {
    "not-a-picture": "is not a JPEG, PNG or WebP picture that can be opened",
    "too-large": "is too large: 10 MB and 40 million pixels at most",
}


class UnusablePicture(Exception):
    """The picture cannot be sent, in words."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


def broadcast(settings: Settings, asked: Namespace) -> int:
    """Checks a broadcast's file, and sends it in the name of two officers, or only forecasts it."""
    if not asked.dry_run and not (asked.author and asked.approver):
        print("a broadcast takes --author and --approver, or --dry-run", file=sys.stderr)
        return 2
    now, zone = datetime.now(UTC), ZoneInfo(settings.timezone)
    try:
        audience = read_audience(asked.audience)
        library = keep_library(settings.content_dir, settings.library_file)
        when = _time(asked.at, now, zone, library)
        today = now.astimezone(zone).date()
        written = load_broadcast(Path(asked.text), library.topics, today)
        repeat, dates = _repeat(asked, written, when, now, zone)
        picture = _picture(Path(asked.text), written)
        at = when.at if when else None
        wish = _Wish(asked, audience, written, at, now, today, picture, repeat, dates)
        return asyncio.run(with_store(settings, lambda store: _run(store, settings, wish)))
    except (AudienceError, UsageError) as error:
        print(error, file=sys.stderr)
        return 2
    except (ContentError, UnusablePicture) as error:
        print(error, file=sys.stderr)
        return 1


@dataclass(frozen=True)
class _Wish:
    """What was asked for on the command line, read."""

    asked: Namespace
    audience: Audience
    written: Broadcast
    at: datetime | None
    now: datetime
    today: date
    picture: CleanPicture | None
    repeat: str = ""
    dates: tuple[datetime, ...] = ()


async def _run(store: Store, settings: Settings, wish: _Wish) -> int:
    """Raises UsageError."""
    tree, asked = await store.organisation.tree(), wish.asked
    for code in (*wish.audience.included.get("unit", ()), *wish.audience.excluded.get("unit", ())):
        if tree.find(code) is None:
            raise UsageError(f"unit:{code}: there is no such unit")
    topic = None if asked.urgent else wish.written.topic
    planner = make_planner(settings, store)
    made = await planner.forecast(wish.audience, topic, wish.now, _parts(wish.written))
    is_too_small = made.people < SMALLEST and not wish.audience.is_of_officers
    if asked.dry_run:
        tell = _as_json if asked.json else _as_text
        print(tell(made, is_too_small, wish.dates))
    if is_too_small:
        print(f"an audience of fewer than {SMALLEST} people is refused", file=sys.stderr)
        return 1
    if asked.dry_run:
        return 0
    author, approver = await _two_officers(store, tree, wish)
    if wish.picture is not None:
        await store.pictures.keep(wish.picture.file, wish.picture.content, wish.now)
    at = wish.dates[0] if wish.dates else wish.at
    campaign = Campaign(
        0, SCHEDULED, _message(wish, author), asked.audience, asked.urgent, at,
        author.id, approver.id, repeat=wish.repeat, began_at=at if wish.repeat else None,
    )  # fmt: skip
    number = await store.campaigns.start_by_command_line(campaign, wish.now)
    print(json.dumps({"campaign": number}) if asked.json else number)
    return 0


async def _two_officers(store: Store, tree: Tree, wish: _Wish) -> tuple[Office, Office]:
    """The offices by which the two may write and approve it. Raises UsageError."""
    found = []
    for who, verb in ((wish.asked.author, "broadcast"), (wish.asked.approver, "approve")):
        person = await store.officers.person(who)
        if person is None:
            raise UsageError(f"{who}: nobody has written to the bot as that")
        offices = await store.officers.offices(person, wish.today)
        office = reaching(offices, verb, tree, wish.audience, wish.written.topic)
        if office is None:
            raise UsageError(f"{who} may not {verb} that")
        found.append((person, office))
    (author, by), (approver, second) = found
    if author.id == approver.id:
        raise UsageError("author and approver must be two persons")
    return by, second


def _picture(path: Path, written: Broadcast) -> CleanPicture | None:
    """The picture beside the file, as it would go out. Raises UnusablePicture."""
    there = picture_path(path, written)
    if there is None:
        return None
    if there.stat().st_size > MOST_BYTES:
        raise UnusablePicture(there, _FAULTS["too-large"])
    try:
        return asyncio.run(clean_picture(there.read_bytes()))
    except PictureFault as fault:
        raise UnusablePicture(there, _FAULTS[fault.kind]) from None


def _message(wish: _Wish, author: Office) -> Message:
    written, picture = wish.written, None
    if written.picture is not None and wish.picture is not None:
        picture = Picture(wish.picture.file, dict(written.picture.alt))
    return Message(
        {tag: Words(text.title, text.body) for tag, text in written.text.items()},
        written.topic,
        tuple(
            Origin(one.title, one.issuer, one.number or "", one.date, one.url or "")
            for one in written.sources
        ),
        written.expires,
        author.unit_id,
        picture,
    )


def _time(text: str | None, now: datetime, zone: ZoneInfo, library: Library) -> Moment | None:
    """`2026-11-30T18:00+07:00`, `calendar:ID -3 08:00` or `âl 10/3 08:00`. Raises UsageError."""
    if text is None:
        return None
    if not _DATED.match(text):
        return _named(text, now, zone, library)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise UsageError(_TIMES)
    if at <= now:
        raise UsageError("--at: that time is over already")
    return Moment(at.astimezone(UTC))


def _named(text: str, now: datetime, zone: ZoneInfo, library: Library) -> Moment:
    """A day by its name; a 30th that there is not is told. Raises UsageError."""
    try:
        moment = read_moment(text, now, zone, library.calendar)
    except DraftFault as fault:
        faults = {"past": "that time is over already", "calendar": "no such day in calendar.yaml"}
        raise UsageError(f"--at {text}: {faults[fault.kind]}") from None
    except ValueError:
        raise UsageError(_TIMES) from None
    local = moment.at.astimezone(zone)
    if moment.is_clamped(zone):
        print(f"that lunar month has 29 days: its 29th is meant, {local.date()}", file=sys.stderr)
    if moment.has_leap_after(zone):
        print(f"that lunar month comes twice: the first is meant, {local.date()}", file=sys.stderr)
    return moment


def _repeat(
    asked: Namespace, written: Broadcast, when: Moment | None, now: datetime, zone: ZoneInfo
) -> tuple[str, tuple[datetime, ...]]:
    """The rule with its end, and all dates that it gives. Raises UsageError, ContentError."""
    text = asked.repeat if asked.repeat is not None else written.repeat
    if text is None:
        return "", ()
    first = when.at if when else now.replace(second=0, microsecond=0)
    try:
        rule = read_repeat(text, first, zone, when.lunar if when else None)
        return rule, dates_of(rule, first, zone)
    except RepeatFault as fault:
        if asked.repeat is not None:
            raise UsageError(f"--repeat: {fault}") from None
        path = Path(asked.text)
        lines = path.read_text("utf-8").splitlines()
        line = next((at for at, one in enumerate(lines, 1) if one.startswith("repeat:")), 1)
        raise ContentError((Fault(path, line, f"repeat: {fault}"),)) from None


def _parts(written: Broadcast) -> int:
    """How many Zalo messages the longest of its texts takes, and its picture; each is paid for."""
    texts = (f"{text.title}\n\n{text.body}" for text in written.text.values())
    longest = max(len(cut(text, _ZALO_TEXT, utf16_length)) for text in texts)
    return longest + (written.picture is not None)


def _as_json(made: Forecast, is_too_small: bool, dates: Sequence[datetime]) -> str:
    again = {"dates": [day.isoformat(timespec="minutes") for day in dates]} if dates else {}
    if is_too_small:
        return json.dumps({"people": f"<{SMALLEST}", **again})
    return json.dumps(
        {
            "people": made.people,
            "now": made.now,
            "waiting": made.waiting,
            "cost": made.cost,
            "channels": _told(made.channels),
            "languages": _told(made.languages),
            **again,
        }
    )


def _as_text(made: Forecast, is_too_small: bool, dates: Sequence[datetime]) -> str:
    again = [f"goes out: {day.isoformat(timespec='minutes')}" for day in dates]
    if is_too_small:
        return "\n".join([f"people: <{SMALLEST}", *again])
    lines = [
        f"people: {made.people}",
        f"reached now: {made.now}",
        f"at their next contact: {made.waiting}",
        f"cost: {made.cost} đồng",
    ]
    lines += [f"on {name}: {count}" for name, count in _told(made.channels).items()]
    lines += [f"in {name}: {count}" for name, count in _told(made.languages).items()]
    return "\n".join([*lines, *again])


def _told(counts: Mapping[str, int]) -> dict[str, int | str]:
    """Counts by channel or language; if one is small none may be worked out from the others."""
    small = [name for name, count in counts.items() if count < SMALLEST]
    if not small:
        return dict(counts)
    hidden = set(small)
    if len(small) == 1 and len(counts) > 1:
        hidden.add(min((n for n in counts if n not in small), key=lambda name: counts[name]))
    shown: dict[str, int | str] = {n: c for n, c in counts.items() if n not in hidden}
    return {**shown, **dict.fromkeys(sorted(hidden), "hidden")}
