"""Invitations: how the first administrator and every officer joins, once, and is ended again."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.__main__ import main
from bot.app import App
from bot.model import Address, Person
from bot.store import Officer
from tests.fakes.telegram import FakeTelegram
from tests.organisation import appoint, prepare
from tests.people import Talker, TelegramPerson

BOSS, HOA = Address("telegram", "501"), Address("telegram", "502")


def _code(text: str) -> str:
    found = re.search(r"i_[a-z2-9]{4}(-[a-z2-9]{4}){3}", text)
    assert found, text
    return found[0]


def _noon() -> datetime:
    """Outside the quiet hours, and after all that has happened."""
    return datetime.now(UTC).replace(hour=5) + timedelta(days=1)


async def _english(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")


@pytest.fixture
async def boss(bot: App, chatter: TelegramPerson) -> TelegramPerson:
    """An administrator of the federation."""
    await prepare(bot)
    await _english(chatter)
    await appoint(bot, BOSS, "administrator", "LD")
    return chatter


@pytest.fixture
def hoa(telegram: FakeTelegram, chatter: TelegramPerson) -> TelegramPerson:
    return TelegramPerson(telegram, chatter._settled, 502)


async def _offices(bot: App, address: Address) -> list[tuple[str, str, str]]:
    listed = await bot.store.officers.list()
    return [(one.role, one.unit, one.topic) for one in listed if one.address == address]


async def test_the_command_line_invites_the_first_administrator(
    bot: App, person: Talker, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import asyncio

    for name in ("database_url", "content_dir", "locales_dir", "var_dir"):
        monkeypatch.setenv(name.upper(), str(getattr(bot._settings, name)))
    async with asyncio.timeout(30):
        while "telegram" not in await bot.store.links.all():  # its name is asked for at the start
            await asyncio.sleep(0.05)
    arguments = ["officers", "invite", "--role", "administrator", "--unit", "LD"]
    assert await asyncio.to_thread(main, [*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["links"]["web"].endswith("/?" + told["code"].replace("_", "=", 1))
    assert told["links"]["telegram"] == "https://t.me/b?start=" + told["code"]
    await _english(person)
    asked = await person.says(told["code"])
    assert "You are invited as administrator" in asked
    assert "You now are administrator" in await person.taps("Accept")
    assert [o.role for o in await bot.store.officers.all()] == ["administrator"]
    page = await person.says("/office")
    assert "№ 1: administrator, LD" in page
    if "Further choices" in page:  # where choices are numbered there are nine at once
        page = await person.says("0")
    assert "Invite an officer" in page.buttons or "Invite an officer" in page.text
    # It served once.
    assert "was used" in await person.says(told["code"])


async def test_an_officer_invites_step_by_step_and_learns_that_it_was_accepted(
    bot: App, boss: TelegramPerson, hoa: TelegramPerson
) -> None:
    assert "As what do you invite?" in await boss.says("/invite")
    assert "For which unit?" in await boss.taps("unit officer")
    assert "There is no unit NOPE" in await boss.says("NOPE")
    assert "For all topics" in await boss.says("bn-kcn")
    assert "By which word" in await boss.taps("All topics")
    made = await boss.says("Phó chủ tịch")
    assert "to one person only" in made
    assert "You are invited as unit officer, for Khu công nghiệp." in made
    await _english(hoa)
    assert "You are invited as unit officer" in await hoa.says(_code(made.text))
    await hoa.taps("Accept")
    assert await _offices(bot, HOA) == [("unit-officer", "BN-KCN", "")]
    assert "(Phó chủ tịch)" in await boss.says("/officers")
    assert "(Phó chủ tịch)" in await hoa.says("/office")
    before = len(boss._fake.to(501))
    await bot.senders.send_ripe(_noon)
    told = [message.text for message in boss._fake.to(501)[before:]]
    assert "It is now office № 2." in told[0]


async def test_an_invitation_for_one_topic_gives_no_more(
    bot: App, boss: TelegramPerson, hoa: TelegramPerson
) -> None:
    await boss.says("/invite federation-officer LD")
    await boss.taps_value("invite:topic:union")
    made = await boss.taps("No word")
    await _english(hoa)
    await hoa.says(_code(made.text))
    await hoa.taps("Accept")
    assert await _offices(bot, HOA) == [("federation-officer", "LD", "union")]
    assert "I do not know this command" in await hoa.says("/officers")
    assert "Units" in await hoa.says("/units")


async def test_an_invitation_is_bound_to_the_first_who_opens_it(
    bot: App, boss: TelegramPerson, hoa: TelegramPerson, visitor: Talker
) -> None:
    code = _code((await boss.says("/invite reader BN bao cao vien")).text)
    await _english(hoa)
    await _english(visitor)
    assert "You are invited" in await hoa.says(code)
    assert "opened by somebody else first" in await visitor.says(code)
    assert "opened by somebody else" in await visitor.taps_value(f"accept:{code[2:]}")
    assert len(await bot.store.officers.all()) == 1
    await hoa.taps("Accept")
    assert await _offices(bot, HOA) == [("reader", "BN", "")]


async def test_nobody_accepts_what_they_have_not_opened(
    bot: App, boss: TelegramPerson, visitor: Talker
) -> None:
    code = _code((await boss.says("/invite reader BN x")).text)
    await _english(visitor)
    assert "You are invited" in await visitor.taps_value(f"accept:{code[2:]}")
    assert len(await bot.store.officers.all()) == 1


async def test_an_invitation_lasts_a_day(
    bot: App, boss: TelegramPerson, hoa: TelegramPerson
) -> None:
    code = _code((await boss.says("/invite reader BN x")).text)
    now = datetime.now(UTC)
    codes = bot.store.codes
    assert await codes.invitation(code[2:], now + timedelta(hours=23, minutes=59)) is not None
    assert await codes.invitation(code[2:], now + timedelta(hours=24, minutes=1)) is None
    await bot.store.tidy(now + timedelta(hours=25))
    assert await codes.invitation(code[2:], now) is None


async def test_a_code_holds_64_bits_and_more_and_is_not_in_the_database(
    bot: App, boss: TelegramPerson, tmp_path: object
) -> None:
    from math import log2
    from pathlib import Path

    from bot.store.codes import ALPHABET

    code = _code((await boss.says("/invite reader BN x")).text)
    letters = code[2:].replace("-", "")
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert len(letters) * log2(len(ALPHABET)) >= 64
    path = Path(bot._settings.database_url.removeprefix("sqlite:///"))
    held = b"".join(p.read_bytes() for p in path.parent.glob(f"{path.name}*"))
    assert letters.encode() not in held
    assert code.encode() not in held


@pytest.mark.parametrize("role", ["administrator", "federation-officer"])
async def test_who_may_not_give_a_role_is_told_and_gives_nothing(
    bot: App, boss: TelegramPerson, hoa: TelegramPerson, role: str
) -> None:
    await _english(hoa)
    await appoint(bot, HOA, "unit-officer", "BN")
    assert "may not give this role" in await hoa.says(f"/invite {role} BN x")
    assert "may not give this role" in await hoa.says("/invite reader TN x")
    assert "serves once" in await hoa.says("/invite reader BN-01 x")


async def test_an_office_is_ended_with_all_that_it_invited(
    bot: App, boss: TelegramPerson, hoa: TelegramPerson, visitor: Talker
) -> None:
    await _english(hoa)
    await _english(visitor)
    await appoint(bot, HOA, "unit-officer", "BN")
    code = _code((await hoa.says("/invite reader BN x")).text)
    await boss.says("/officers")
    asked = await boss.taps("№ 2")
    assert "End this office?" in asked
    assert "Done" in await boss.taps("End it")
    assert await _offices(bot, HOA) == []
    assert "does not exist, was used" in await visitor.says(code)
    assert "I do not know this command" in await hoa.says("/invite")


async def test_who_ends_an_own_office_is_not_led_to_what_they_know_no_more(
    bot: App, boss: TelegramPerson, hoa: TelegramPerson
) -> None:
    await _english(hoa)
    await appoint(bot, HOA, "administrator", "LD")
    told = await hoa.taps_value("office:2:end")
    assert "Done" in told
    assert "Officers" not in told.buttons


async def test_the_last_administrator_stays(bot: App, boss: TelegramPerson) -> None:
    assert "This is the last administrator" in await boss.taps_value("office:1:end")
    assert await _offices(bot, BOSS) == [("administrator", "LD", "")]
    assert await bot.store.officers.add(Officer(BOSS, "administrator", "BN"), datetime.now(UTC))
    assert "This is the last administrator" in await boss.taps_value("office:1:end")


async def test_what_officers_did_is_read_by_administrators_of_the_federation_only(
    bot: App, boss: TelegramPerson, hoa: TelegramPerson
) -> None:
    await _english(hoa)
    await appoint(bot, HOA, "administrator", "BN")
    await boss.says("/invite reader BN x")
    trail = await boss.says("/audit")
    assert "№ 1: invited, invitation:1" in trail
    assert "command line: gave an office, office:2" in trail
    assert "Only administrators of the whole federation" in await hoa.says("/audit")
    for address in ("501", "502"):
        assert address not in trail


async def test_an_officer_who_erases_everything_leaves_a_number_only(
    bot: App, boss: TelegramPerson, hoa: TelegramPerson
) -> None:
    await _english(hoa)
    await appoint(bot, HOA, "unit-officer", "BN")
    await hoa.says("/invite reader BN x")
    await hoa.says("/erase")
    await hoa.taps("Yes, erase everything")
    assert "№ 2: invited" in await boss.says("/audit")
    assert len(await bot.store.officers.all()) == 1


async def test_an_officer_without_consent_is_not_forgotten_like_a_guest(
    bot: App, boss: TelegramPerson
) -> None:
    await bot.store.tidy(datetime.now(UTC) + timedelta(days=100))
    assert await _offices(bot, BOSS) == [("administrator", "LD", "")]


# --- deputies ------------------------------------------------------------------------------------


async def test_a_deputy_stands_in_for_approval_and_desk_and_nothing_else(
    bot: App, boss: TelegramPerson, hoa: TelegramPerson
) -> None:
    from bot.rights import allowed_verbs

    await _english(hoa)
    await appoint(bot, HOA, "unit-officer", "BN")
    assert "A deputy approves" in await boss.says("/deputy")
    await boss.taps("Name a deputy: № 1")
    await boss.taps("№ 2: unit officer, BN")
    assert "Done: until" in await boss.taps("7 days")
    query = bot.store.officers.offices
    who = Person(await bot.store._reads.run(lambda c: _person(c, "502")))
    today = bot._services.today()
    offices = await query(who, today)
    assert [(one.role, one.is_standing_in) for one in offices] == [
        ("unit-officer", False), ("administrator", True),
    ]  # fmt: skip
    lent = tuple(one for one in offices if one.is_standing_in)
    assert allowed_verbs(lent, bot.structure.tree) == {"approve", "desk"}
    assert len(await query(who, today + timedelta(days=6))) == 2
    assert len(await query(who, today + timedelta(days=7))) == 1
    assert "Somebody stands in until" in await boss.says("/deputy")
    await bot.senders.send_ripe(_noon)
    told = [message.text for message in boss._fake.to(502)]
    assert any("stand in for office № 1" in text for text in told)
    await boss.taps("End: № 1")
    assert len(await query(who, today)) == 1


def _person(connection: object, address: str) -> int:
    from sqlalchemy import select

    from bot.store import schema

    table = schema.address.c
    query = select(table.person_id).where(table.address == address)
    return int(connection.execute(query).scalar_one())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "value",
    ["deputy:2:1:7", "deputy:1:1:7", "deputy:1:2:400", "deputy:9", "deputy:1:x:y", "deputy:"],
)
async def test_forged_buttons_name_no_deputy(
    bot: App, boss: TelegramPerson, hoa: TelegramPerson, value: str
) -> None:
    await _english(hoa)
    await appoint(bot, HOA, "federation-officer", "BN")
    await boss.taps_value(value)
    assert await bot.store.officers.leaves(bot._services.today()) == ()
