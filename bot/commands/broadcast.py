"""`caunoi broadcast`: sends a message from a file, or tells what would become of it."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.audience import SMALLEST, Audience, AudienceError, read_audience
from bot.campaigns import SCHEDULED, Campaign, Message, Origin, Picture, Words, reaching
from bot.channels.text import cut, utf16_length
from bot.commands import UsageError, with_store
from bot.intake import clean_picture
from bot.library import ContentError, load_library
from bot.library.broadcasts import Broadcast, load_broadcast, picture_path
from bot.organisation import Tree
from bot.pictures import MOST_BYTES, CleanPicture, PictureFault
from bot.planner import Forecast
from bot.rights import Office
from bot.settings import Settings
from bot.store import Store
from bot.wiring import make_planner

_ZALO_TEXT = 2000
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
    now = datetime.now(UTC)
    try:
        audience, at = read_audience(asked.audience), _time(asked.at, now)
        today = now.astimezone(ZoneInfo(settings.timezone)).date()
        library = load_library(settings.content_dir)
        written = load_broadcast(Path(asked.text), library.topics, today)
        wish = _Wish(asked, audience, written, at, now, _picture(Path(asked.text), written))
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
    picture: CleanPicture | None


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
        print(_as_json(made, is_too_small) if asked.json else _as_text(made, is_too_small))
    if is_too_small:
        print(f"an audience of fewer than {SMALLEST} people is refused", file=sys.stderr)
        return 1
    if asked.dry_run:
        return 0
    author, approver = await _two_officers(store, tree, wish)
    if wish.picture is not None:
        await store.pictures.keep(wish.picture.file, wish.picture.content, wish.now)
    campaign = Campaign(
        0, SCHEDULED, _message(wish, author), asked.audience, asked.urgent, wish.at,
        author.id, approver.id,
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
        offices = await store.officers.offices(person, wish.now.date())
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


def _time(text: str | None, now: datetime) -> datetime | None:
    """`2026-11-30T18:00+07:00`. Raises UsageError."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise UsageError("--at takes a time with its zone, such as 2026-11-30T18:00+07:00")
    if at <= now:
        raise UsageError("--at: that time is over already")
    return at


def _parts(written: Broadcast) -> int:
    """How many Zalo messages the longest of its texts takes, and its picture; each is paid for."""
    texts = (f"{text.title}\n\n{text.body}" for text in written.text.values())
    longest = max(len(cut(text, _ZALO_TEXT, utf16_length)) for text in texts)
    return longest + (written.picture is not None)


def _as_json(made: Forecast, is_too_small: bool) -> str:
    if is_too_small:
        return json.dumps({"people": f"<{SMALLEST}"})
    return json.dumps(
        {
            "people": made.people,
            "now": made.now,
            "waiting": made.waiting,
            "cost": made.cost,
            "channels": _told(made.channels),
            "languages": _told(made.languages),
        }
    )


def _as_text(made: Forecast, is_too_small: bool) -> str:
    if is_too_small:
        return f"people: <{SMALLEST}"
    lines = [
        f"people: {made.people}",
        f"reached now: {made.now}",
        f"at their next contact: {made.waiting}",
        f"cost: {made.cost} đồng",
    ]
    lines += [f"on {name}: {count}" for name, count in _told(made.channels).items()]
    lines += [f"in {name}: {count}" for name, count in _told(made.languages).items()]
    return "\n".join(lines)


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
