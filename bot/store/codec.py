"""Turns our nouns into sealed bytes and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from bot.model import Event, Reply, Session
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


@dataclass(frozen=True)
class Codecs:
    """The three nouns that are kept sealed."""

    event: Codec[Event]
    session: Codec[Session]
    reply: Codec[Reply]

    @classmethod
    def under(cls, seal: Seal) -> Codecs:
        return cls(
            Codec(TypeAdapter(Event), "event", seal),
            Codec(TypeAdapter(Session), "session", seal),
            Codec(TypeAdapter(Reply), "reply", seal),
        )
