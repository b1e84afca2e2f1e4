"""Turns our nouns into sealed bytes and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from bot.activities import Told
from bot.award import Details
from bot.campaigns import Message
from bot.claims import Finding, Intake, Statement
from bot.contests import Frozen
from bot.model import Event, Parcel, Reminder, Reply, Session
from bot.store.seal import Seal

T = TypeVar("T")
# Made once: pydantic takes longer to make them than a store to open.
_EVENT = TypeAdapter(Event)
_SESSION = TypeAdapter(Session)
_REPLY = TypeAdapter(Reply)
_PARCEL = TypeAdapter(Parcel)
_MESSAGE = TypeAdapter(Message)
_LABEL = TypeAdapter(str)
_FROZEN = TypeAdapter(Frozen)
_DETAILS = TypeAdapter(Details)
_REMINDER = TypeAdapter(Reminder)
_STATEMENT = TypeAdapter(Statement)
_INTAKE = TypeAdapter(Intake)
_FINDING = TypeAdapter(Finding)
_ACTIVITY = TypeAdapter(Told)


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
        self.event = Codec(_EVENT, "event", seal)
        self.session = Codec(_SESSION, "session", seal)
        self.reply = Codec(_REPLY, "reply", seal)
        self.parcel = Codec(_PARCEL, "parcel", seal)
        self.message = Codec(_MESSAGE, "message", seal)
        self.label = Codec(_LABEL, "label", seal)
        self.essay = Codec(_LABEL, "essay", seal)
        self.holder = Codec(_LABEL, "holder", seal)
        self.frozen = Codec(_FROZEN, "frozen", seal)
        self.details = Codec(_DETAILS, "work", seal)
        self.reminder = Codec(_REMINDER, "reminder", seal)
        self.statement = Codec(_STATEMENT, "statement", seal)
        self.intake = Codec(_INTAKE, "intake", seal)
        self.finding = Codec(_FINDING, "finding", seal)
        self.question = Codec(_LABEL, "question", seal)
        self.activity = Codec(_ACTIVITY, "activity", seal)
