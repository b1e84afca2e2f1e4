"""Who may do what: the verbs of officers, by role, for a unit and all below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.organisation import Tree, Unit

ADMINISTRATOR, FEDERATION, UNIT, READER = (
    "administrator",
    "federation-officer",
    "unit-officer",
    "reader",
)
ROLES = (ADMINISTRATOR, FEDERATION, UNIT, READER)
# What each verb asks for. Whoever holds one of the roles may, within their unit and their topic.
VERBS: Mapping[str, frozenset[str]] = {
    "pack": frozenset({ADMINISTRATOR, FEDERATION, UNIT, READER}),
    "units": frozenset({ADMINISTRATOR, FEDERATION, UNIT}),
    "poster": frozenset({ADMINISTRATOR, FEDERATION, UNIT}),
    "campaigns": frozenset({ADMINISTRATOR, FEDERATION, UNIT}),
    "broadcast": frozenset({ADMINISTRATOR, FEDERATION, UNIT}),
    "approve": frozenset({ADMINISTRATOR, FEDERATION}),
    "desk": frozenset({ADMINISTRATOR, FEDERATION}),
    "activity": frozenset({ADMINISTRATOR, FEDERATION, UNIT}),
    "award": frozenset({ADMINISTRATOR, FEDERATION, UNIT}),
    "contest": frozenset({ADMINISTRATOR, FEDERATION}),
    "stats": frozenset({ADMINISTRATOR, FEDERATION, UNIT}),
    "planreport": frozenset({ADMINISTRATOR, FEDERATION}),
    "invite": frozenset({ADMINISTRATOR, FEDERATION, UNIT}),
    "officers": frozenset({ADMINISTRATOR, FEDERATION}),
    "deputy": frozenset({ADMINISTRATOR, FEDERATION}),
    "audit": frozenset({ADMINISTRATOR}),
}
# An office for one topic: these verbs only for that topic, these for all, and no others.
TOPICAL = frozenset({"broadcast", "approve", "desk", "campaigns", "award"})
UNTOPICAL = frozenset({"pack", "units", "poster", "stats", "deputy"})
# What a deputy may do in place of who is on leave, and nothing else.
DEPUTY_VERBS = frozenset({"approve", "desk"})
# Which roles may be given and taken by which.
GIVES: Mapping[str, frozenset[str]] = {
    ADMINISTRATOR: frozenset(ROLES),
    FEDERATION: frozenset({UNIT, READER}),
    UNIT: frozenset({READER}),
    READER: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Office:
    """A role for a unit and all below it; `topic` empty: for all topics.

    `label` is a word by which the list of officers tells them apart; a deputy holds the office
    `is_standing_in`.
    """

    id: int
    role: str
    unit_id: int
    topic: str = ""
    label: str = ""
    is_standing_in: bool = False


def permitting(
    offices: Iterable[Office],
    verb: str,
    tree: Tree,
    unit: Unit | None = None,
    topic: str | None = None,
) -> Office | None:
    """The office by which the verb is allowed, or None.

    Without `unit` or `topic`: whether it is allowed for any at all.
    """
    for office in offices:
        may = office.role in VERBS[verb] and (not office.is_standing_in or verb in DEPUTY_VERBS)
        if may and _covers(office, verb, topic) and _reaches(office, tree, unit):
            return office
    return None


def giving(offices: Iterable[Office], role: str, tree: Tree, unit: Unit) -> Office | None:
    """The office by which that role may be given or taken in that unit."""
    for office in offices:
        may = role in GIVES[office.role] and not office.is_standing_in and not office.topic
        if may and _reaches(office, tree, unit):
            return office
    return None


def allowed_verbs(offices: Iterable[Office], tree: Tree) -> frozenset[str]:
    """All that somebody may do somewhere; what their menu is made of."""
    held = tuple(offices)
    return frozenset(verb for verb in VERBS if permitting(held, verb, tree))


def _covers(office: Office, verb: str, topic: str | None) -> bool:
    if not office.topic or verb in UNTOPICAL:
        return True
    return verb in TOPICAL and topic in {None, office.topic}


def _reaches(office: Office, tree: Tree, unit: Unit | None) -> bool:
    if unit is None:
        return tree.get(office.unit_id) is not None
    return tree.is_within(unit, office.unit_id)
