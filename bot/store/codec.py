"""Turns our nouns into sealed bytes and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from bot.award import Details
from bot.campaigns import Message
from bot.contests import Frozen
from bot.model import Event, Parcel, Reminder, Reply, Session
from bot.store.seal import Seal

T = TypeVar("T")


@dataclass(frozen=True)
class Codec(Generic[T]):
    """Writes one kind of noun as sealed JSON; the kind is part of the seal."""

    shape: TypeAdapter[T]
    kind: str
    seal: Seal

    def write(self, noun: T) -> bytes:
        return self.seal.seal(self.shape.dump_json(noun), self.kind)

    def read(self, sealed: bytes) -> T:
        """The noun again. Raises Unsealable."""
        return self.shape.validate_json(self.seal.open(sealed, self.kind))


class Codecs:
    """The nouns that are kept sealed, all under one secret."""

    def __init__(self, seal: Seal) -> None:
        self.seal = seal
        self.event = Codec(TypeAdapter(Event), "event", seal)
        self.session = Codec(TypeAdapter(Session), "session", seal)
        self.reply = Codec(TypeAdapter(Reply), "reply", seal)
        self.parcel = Codec(TypeAdapter(Parcel), "parcel", seal)
        self.message = Codec(TypeAdapter(Message), "message", seal)
        self.label = Codec(TypeAdapter(str), "label", seal)
        self.frozen = Codec(TypeAdapter(Frozen), "frozen", seal)
        self.details = Codec(TypeAdapter(Details), "work", seal)
        self.reminder = Codec(TypeAdapter(Reminder), "reminder", seal)
