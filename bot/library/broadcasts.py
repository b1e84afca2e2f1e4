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
        if broadcast.picture is not None:
            faults += _picture_faults(broadcast.picture, path, reader)
    if faults:
        raise ContentError(tuple(faults))
    return found[0][1]


def picture_path(path: Path, broadcast: Broadcast) -> Path | None:
    """Where the picture of a broadcast's file lies."""
    return path.parent / broadcast.picture.file if broadcast.picture else None


def _picture_faults(picture: BroadcastPicture, path: Path, reader: Reader) -> list[Fault]:
    """It lies in the folder of the file or below, links followed: else any file could go out."""
    line, there = reader.line(path, "picture", "file"), path.parent / picture.file
    faults = []
    if not there.resolve().is_relative_to(path.parent.resolve()):
        told = "picture: lies outside the folder of the broadcast's file"
        faults.append(Fault(path, line, told))
    elif not there.is_file():
        faults.append(Fault(path, line, f"picture: there is no file {picture.file}"))
    if "vi" not in picture.alt:
        told = "picture: alt: has no Vietnamese text"
        faults.append(Fault(path, reader.line(path, "picture", "alt"), told))
    return faults
