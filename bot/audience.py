"""Whom a message is for: `everyone`, `language:vi -channel:web`, read into terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

KINDS = ("unit", "language", "topic", "channel", "role", "since", "got")
SMALLEST = 5


class AudienceError(ValueError):
    """The expression cannot be used; the text says why, and `part` which part of it."""

    def __init__(self, part: str, why: str) -> None:
        super().__init__(f"{part}: {why}" if part else why)
        self.part = part


@dataclass(frozen=True, slots=True)
class Audience:
    """Terms of one kind are alternatives, different kinds must all hold, `excluded` must not."""

    included: Mapping[str, tuple[str, ...]]
    excluded: Mapping[str, tuple[str, ...]]

    @property
    def is_of_officers(self) -> bool:
        """Whether only holders of a role are meant: they are few, and known to be."""
        return "role" in self.included


EVERYONE = Audience({}, {})


def read_audience(text: str) -> Audience:
    """The audience that an expression means. Raises AudienceError."""
    included: dict[str, tuple[str, ...]] = {}
    excluded: dict[str, tuple[str, ...]] = {}
    terms = text.split()
    if not terms:
        raise AudienceError("", "say for whom: everyone, or terms such as language:vi")
    for term in terms:
        kind, value = _read_term(term.removeprefix("-"))
        if kind != "everyone":
            kept = excluded if term.startswith("-") else included
            kept[kind] = (*kept.get(kind, ()), value)
        elif term.startswith("-"):
            raise AudienceError(term, "that is nobody")
    if not included and "everyone" not in terms:
        raise AudienceError(text, "only exclusions: begin with everyone")
    return Audience(included, excluded)


def _read_term(term: str) -> tuple[str, str]:
    if term == "everyone":
        return "everyone", ""
    kind, colon, value = term.partition(":")
    if kind not in KINDS or not colon or not value:
        known = ", ".join(f"{kind}:…" for kind in KINDS)
        raise AudienceError(term, f"not one of everyone, {known}")
    if kind == "got" and not (value.isdecimal() and len(value) < 19):
        raise AudienceError(term, "must be a campaign's number such as got:12")
    if kind == "since":
        try:
            date.fromisoformat(value)
        except ValueError:
            raise AudienceError(term, "must be a date such as since:2026-11-01") from None
    return kind, value
