"""What `caunoi check` tells of the pack's languages, each with its file and line."""

from __future__ import annotations

from collections.abc import Iterator

from bot.editing.items import demand_faults
from bot.editing.passages import Passage, passages
from bot.library import Fault, Pack, in_order
from bot.wording import number_difference


def wording_faults(pack: Pack) -> tuple[Fault, ...]:
    """All that keeps the texts from being told as they are; none stops a bot that runs."""
    return in_order(_faults(pack))


def _faults(pack: Pack) -> Iterator[Fault]:
    yield from demand_faults(pack)
    for passage in passages(pack):
        for tag, message in _number_faults(passage):
            where = passage.where(tag)
            line = pack.reader.line(passage.path, *where)
            yield Fault(passage.path, line, f"{passage.item}: {passage.field}: {tag}: {message}")


def _number_faults(passage: Passage) -> Iterator[tuple[str, str]]:
    """By language: its numbers are those of the Vietnamese."""
    source = passage.texts.get("vi")
    if source is None:
        return
    for tag, text in passage.texts.items():
        if tag != "vi" and (differs := number_difference("vi", source, tag, text)):
            yield tag, f"numbers are not those of the Vietnamese: {differs}"
