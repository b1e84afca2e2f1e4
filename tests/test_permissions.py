"""Who may do what: every verb, role and place, on every channel; and nobody lists people."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.__main__ import _parser, main
from bot.app import App
from bot.model import Address
from bot.organisation import Tree, Unit
from bot.rights import GIVES, ROLES, VERBS, Office, allowed_verbs, giving, permitting
from bot.store import schema
from handlers import ROUTES
from tests.contesting import opened
from tests.organisation import add_people, appoint, prepare
from tests.people import Talker
from tests.processes import few_articles

# --- the table -----------------------------------------------------------------------------------

A, F, U, R = ROLES
#             verb          roles that may, for the own unit and below; nobody for others or above
ALLOWED = {
    "pack": {A, F, U, R},
    "units": {A, F, U},
    "poster": {A, F, U},
    "campaigns": {A, F, U},
    "broadcast": {A, F, U},
    "approve": {A, F},
    "desk": {A, F},
    "activity": {A, F, U},
    "award": {A, F, U},
    "contest": {A, F},
    "stats": {A, F, U},
    "planreport": {A, F},
    "invite": {A, F, U},
    "officers": {A, F},
    "deputy": {A, F},
    "audit": {A},
}
#         who gives   which roles
MAY_GIVE = {A: {A, F, U, R}, F: {U, R}, U: {R}, R: set[str]()}
TREE = Tree(
    [
        Unit("LD", "", "", None, 1),
        Unit("BN", "", "", 1, 2),
        Unit("BN-01", "", "", 2, 3),
        Unit("TN", "", "", 1, 4),
        Unit("OLD", "", "", 2, 5, goes_to_id=2),
    ]
)
PLACES = {"own": "BN", "below": "BN-01", "above": "LD", "other": "TN"}


def test_the_table_names_every_verb_and_role() -> None:
    assert set(ALLOWED) == set(VERBS)
    assert set(MAY_GIVE) == set(GIVES) == set(ROLES)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("verb", ALLOWED)
def test_a_verb_is_allowed_in_the_own_unit_and_below(verb: str, role: str, place: str) -> None:
    unit = TREE.find(PLACES[place])
    office = Office(1, role, 2)
    wanted = role in ALLOWED[verb] and place in {"own", "below"}
    assert (permitting([office], verb, TREE, unit) is office) is wanted
    assert (permitting([office], verb, TREE) is office) is (role in ALLOWED[verb])


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("given", ROLES)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_given_below_by_who_may(role: str, given: str, place: str) -> None:
    unit = TREE.find(PLACES[place])
    assert unit is not None
    wanted = given in MAY_GIVE[role] and place in {"own", "below"}
    assert (giving([Office(1, role, 2)], given, TREE, unit) is not None) is wanted


@pytest.mark.parametrize("verb", ALLOWED)
def test_an_office_for_one_topic_and_a_deputy_may_less(verb: str) -> None:
    """For its topic: drafts, approval, desk; a deputy: approval and desk; never offices."""
    one_topic = Office(1, A, 1, topic="union")
    for topic, allowed in {
        "union": {"broadcast", "approve", "desk", "campaigns", "award"},
        "events": set[str](),
    }.items():
        always = {"pack", "units", "poster", "stats", "deputy"}
        found = permitting([one_topic], verb, TREE, TREE.top, topic) is not None
        assert found is (verb in allowed | always)
    lent = Office(1, A, 1, is_standing_in=True)
    assert (permitting([lent], verb, TREE) is not None) is (verb in {"approve", "desk"})
    assert all(giving([office], role, TREE, TREE.top) is None
               for office in (one_topic, lent) for role in ROLES)  # fmt: skip


def test_an_office_of_a_merged_unit_reaches_what_its_heir_does() -> None:
    office = Office(1, U, 5)
    assert permitting([office], "units", TREE, TREE.find("BN-01")) is office
    assert permitting([office], "units", TREE, TREE.find("TN")) is None
    assert allowed_verbs([Office(1, U, 99)], TREE) == frozenset()


# --- the same in the chats -----------------------------------------------------------------------

REFUSED = (
    "I do not know this command", "There is no such unit among yours", "among yours",
    "You may not give this role", "Only administrators of the whole federation",
)  # fmt: skip
COMMANDS = {
    "units": "/units {unit}",
    "campaigns": "/campaigns {unit}",
    "poster": "/poster {unit} en km",
    "stats": "/stats {unit}",
    "invite": "/invite reader {unit} a post",
}
WITHOUT_UNIT = (
    "pack", "officers", "deputy", "broadcast", "contest", "desk", "activity", "planreport",
)  # fmt: skip


def test_every_command_of_officers_stands_in_the_table_and_is_tried() -> None:
    guarded = {
        route.name
        for route in ROUTES
        if route.kind == "command" and hasattr(route.handler, "__wrapped__")
    }
    assert guarded == {*COMMANDS, *WITHOUT_UNIT, "audit"}
    assert guarded <= set(ALLOWED)


async def _last_address(bot: App) -> Address:
    table = schema.address.c
    query = select(table.channel, table.address).order_by(table.id.desc()).limit(1)
    row = await bot.store._reads.run(lambda c: c.execute(query).one())
    return Address(row.channel, row.address)


@pytest.mark.parametrize("role", [*ROLES, None])
async def test_every_verb_in_every_place_on_every_channel(
    person: Talker, bot: App, role: str | None
) -> None:
    await prepare(bot)
    await person.says("/start")
    await person.taps("English")
    if role:
        await appoint(bot, await _last_address(bot), role, "BN")
    for verb, command in COMMANDS.items():
        for place, unit in PLACES.items():
            said = await person.says(command.format(unit=unit))
            is_refused = any(text in said for text in REFUSED)
            may = role in ALLOWED[verb] and place in {"own", "below"}
            assert is_refused is not may, (verb, place, said.text)
    for verb in WITHOUT_UNIT:
        said = await person.says(f"/{verb}")
        assert (REFUSED[0] in said) is (role not in ALLOWED[verb]), (verb, said.text)
    # The trail of the whole federation is not for an administrator of a part.
    trail = await person.says("/audit")
    assert any(text in trail for text in REFUSED)
    assert ("For officers" in (await person.says("/menu")).buttons) is (role is not None)


BUTTONS = (
    "plan:2026Q3:docx", "plan:2026Q3:txt", "plan:2026Q3:png",
    "stats:TN", "stats:LD:2026", "units:TN", "units:LD", "campaigns:TN",
    "poster:TN:en:km", "office:1", "office:1:end",
    "campaign:1", "campaign:1:tally", "campaign:1:correct", "campaign:1:cancel", "begin:edit:1",
    "begin:delete:1", "deputy:1:2:7", "audit:9", "officers:0",
    "invite:role:administrator", "pack:union-founding-day",
    "rounds:1", "rounds:1:close:yes", "rounds:1:voids:0", "rounds:1:items:0",
    "rounds:1:items:entries",
    "picture:ask", "picture:remove", "picture:alt:en", "ask:1", "ask:1:2", "ask:1:again",
    "works:all", "works:all:8", "dossier:k7dm-2x9q", "dossier:k7dm-2x9q:tick:proof",
    "dossier:k7dm-2x9q:here", "sheet:award",
    "desk:1", "desk:1:take", "desk:1:agree", "desk:1:verdict:opinion-yes", "desk:page:1",
    "activity:list", "activity:back:1", "activity:back:1:yes", "activity:send", "activity:unit:1",
    "desk:closed", "desk:counter", "desk:figures", "desk:1:answer:publish", "desk:1:merge:2",
)  # fmt: skip


# --- nobody lists people -------------------------------------------------------------------------

# Every verb of the command line; a new one must be tried here too.
VERBS_OF_THE_LINE = {
    "check", "search", "match",
    "officers add", "officers list", "officers remove", "officers invite",
    "units load", "units tree", "units merge", "units move", "units rename", "units close",
    "poster", "broadcast", "campaign", "contest", "award works", "upgrade", "serve",
    "factchecks import", "export", "report", "backup", "restore",
    "content status", "content export", "content import",
}  # fmt: skip
PRINTED = (
    ["officers", "list"], ["officers", "list", "--json"], ["units", "tree"],
    ["units", "tree", "--json"], ["search", "union"],
    ["match", "thu viec khong luong"], ["check"], ["upgrade"],
    ["content", "status"], ["content", "status", "--json"],
    ["award", "works"], ["award", "works", "--json"],
    ["contest", "list"], ["contest", "items", "spring/week-1"],
    ["contest", "items", "spring/week-1", "--json"],
)  # fmt: skip


def _verbs(parser: argparse.ArgumentParser, before: str = "") -> set[str]:
    found = set()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                found |= _verbs(below, f"{before} {name}".strip()) or {f"{before} {name}".strip()}
    return found


async def test_no_verb_lists_people(
    bot: App,
    chatter: Talker,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An administrator says every word and the operator every verb: nobody's address is told."""
    assert _verbs(_parser()) == VERBS_OF_THE_LINE
    await prepare(bot)
    await chatter.says("/start")
    await chatter.taps("English")
    await appoint(bot, Address("telegram", "501"), A, "LD")
    await opened(bot.store)
    for code, count in (("BN-01", 6), ("BN-02", 3), ("TN-01", 7)):
        await add_people(bot.store, code, count)
    query = select(schema.address.c.address).where(schema.address.c.address != "501")
    members = await bot.store._reads.run(lambda c: list(c.execute(query).scalars()))
    assert len(members) == 16
    said = [
        (await chatter.says(f"/{route.name}")).text for route in ROUTES if route.kind == "command"
    ]
    buttons = (*BUTTONS, "units:BN-01", "units:BN", "units:BN-KCN")
    said += [(await chatter.taps_value(value)).text for value in buttons]
    for name in ("database_url", "content_dir", "locales_dir", "var_dir"):
        monkeypatch.setenv(name.upper(), str(getattr(bot._settings, name)))
    monkeypatch.setenv("CONTENT_DIR", few_articles())  # some verbs read all of it
    for arguments in PRINTED:
        assert await asyncio.to_thread(main, list(arguments)) == 0, arguments
    told = "\n".join([*said, capsys.readouterr().out])
    assert not [address for address in members if address in told]


async def test_counts_of_small_units_are_not_told(bot: App, chatter: Talker) -> None:
    await prepare(bot)
    await chatter.says("/start")
    await chatter.taps("English")
    await appoint(bot, Address("telegram", "501"), U, "BN-KCN")
    await add_people(bot.store, "BN-01", 6)
    await add_people(bot.store, "BN-02", 3)
    shown = (await chatter.says("/units")).text
    assert "Khu công nghiệp (BN-KCN): 9 people" in shown
    assert "Công ty Giày (BN-02): fewer than 5 people" in shown
    # Else 9 - 6 would give the three away.
    assert "Công ty May (BN-01): not told, so that no small group is seen" in shown
    await add_people(bot.store, "BN-KCN", 4)
    shown = (await chatter.says("/units")).text
    assert "Khu công nghiệp (BN-KCN): 13 people" in shown
    assert "Công ty May (BN-01): 6 people" in shown


async def test_the_audit_trail_can_only_be_added_to(bot: App) -> None:
    from sqlalchemy import delete, update
    from sqlalchemy.exc import DBAPIError

    now = datetime.now(UTC)
    await prepare(bot)  # loads the units, which is noted
    entries = await bot.store.officers.audit(10)
    assert entries[0].verb == "units.load"
    table = schema.audit_entry
    for change in (delete(table), update(table).values(verb="x")):
        with pytest.raises(DBAPIError, match="only added to"):
            await bot.store._writes.run(lambda c, s=change: c.execute(s))  # type: ignore[misc]
    assert list(await bot.store.officers.audit(10)) == list(entries)
    assert entries[0].at <= now + (datetime.now(UTC) - now)
