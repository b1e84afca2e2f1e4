"""A broadcast as officers or scripts write it into a file: text by language, and its sources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from bot.library.models import Body, ContentSource, Day, Line, Slug, Strict, Tag
from bot.library.reader import ContentError, Fault, Reader


class BroadcastText(Strict):
    """One language of a broadcast, plain structure only."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    body: Body


class BroadcastPicture(Strict):
    """A picture beside the file, and what it shows for those who cannot see it."""

    file: Line
    alt: Mapping[Tag, Line] = Field(min_length=1)


class Broadcast(Strict):
    """A message to an audience. Nothing is sent without a source; `repeat` is an RFC 5545 rule."""

    topic: Slug
    text: Mapping[Tag, BroadcastText] = Field(min_length=1)
    sources: tuple[ContentSource, ...] = Field(min_length=1)
    expires: Day | None = None
    repeat: Line | None = None
    picture: BroadcastPicture | None = None


def load_broadcast(path: Path, topics: Mapping[str, object], today: date) -> Broadcast:
    """The broadcast of a file. Raises ContentError with all its faults."""
    reader = Reader(path.parent)
    found = list(reader.one(path.name, Broadcast))
    faults = list(reader.faults)
    for _, broadcast in found:
        if broadcast.topic not in topics:
            known = ", ".join(sorted(topics))
            faults.append(Fault(path, reader.line(path, "topic"), f"topic: not one of {known}"))
        if broadcast.expires is not None and broadcast.expires <= today:
            faults.append(Fault(path, reader.line(path, "expires"), "expires: is past already"))
        picture = broadcast.picture
        if picture is not None and not (path.parent / picture.file).is_file():
            line = reader.line(path, "picture", "file")
            faults.append(Fault(path, line, f"picture: there is no file {picture.file}"))
    if faults:
        raise ContentError(tuple(faults))
    return found[0][1]
