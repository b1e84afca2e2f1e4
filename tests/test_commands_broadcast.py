"""`caunoi broadcast` and `caunoi campaign`: the tool for scripts; both officers are told."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.app import App
from bot.lunar import Lunar, lunar_of
from bot.model import Address
from tests.campaigning import add_members, schedule
from tests.fakes.telegram import FakeTelegram
from tests.organisation import appoint, prepare
from tests.people import TelegramPerson
from tests.test_commands import BROADCAST

Printed = pytest.CaptureFixture[str]
Line = Callable[..., Awaitable[int]]


@pytest.fixture
async def officers(bot: App, chatter: TelegramPerson, telegram: FakeTelegram) -> None:
    """501 and 502 are federation officers of all, 503 one of a province; thirty members."""
    await prepare(bot)
    telegram.chats.update(range(600, 630))
    for chat, unit in ((501, "LD"), (502, "LD"), (503, "BN")):
        await TelegramPerson(telegram, chatter._settled, chat, "en").says("/start")
        await appoint(bot, Address("telegram", str(chat)), "federation-officer", unit)
    await add_members(bot.store, 30)


@pytest.fixture
def line(bot: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """Runs a verb as a script would, beside the serving bot."""
    for name in ("database_url", "content_dir", "locales_dir", "var_dir"):
        monkeypatch.setenv(name.upper(), str(getattr(bot._settings, name)))
    file = tmp_path / "message.yaml"
    file.write_text(BROADCAST, encoding="utf-8")

    async def run(*arguments: str) -> int:
        given = [str(file) if one == "FILE" else one for one in arguments]
        return await asyncio.to_thread(main, given)

    return run


SENT = ("broadcast", "--text", "FILE", "--audience", "everyone", "--urgent",
        "--author", "telegram:501", "--approver", "telegram:502")  # fmt: skip


@pytest.mark.usefixtures("officers")
async def test_a_script_sends_and_follows_and_both_officers_are_told(
    bot: App, line: Line, capsys: Printed, telegram: FakeTelegram
) -> None:
    assert await line(*SENT) == 0
    number = capsys.readouterr().out.strip()
    assert number == "1"
    for _ in range(200):
        assert await line("campaign", number, "--json") == 0
        told = json.loads(capsys.readouterr().out)
        if told["state"] == "done":
            break
        await asyncio.sleep(0.05)
    assert told["state"] == "done"
    assert told["counts"] == {
        "queued": 0, "sending": 0, "sent": 30, "waiting": 0, "failed": 0, "unreachable": 0,
        "uncertain": 0, "dropped": 0,
    }  # fmt: skip
    got = Counter(s.chat for s in telegram.sent if "Văn phòng công đoàn mở cửa" in s.text)
    assert got == Counter(range(600, 630))
    noon = datetime.now(UTC).replace(hour=5) + timedelta(days=1)
    await bot.senders.send_ripe(lambda: noon)
    for chat in (501, 502):
        values = [value for sent in telegram.to(chat) for _, value in sent.buttons]
        assert "campaign:1:pause" in values
    (entry, *_) = [e for e in await bot.store.officers.audit(20) if e.verb == "campaign.send"]
    assert entry.officer is None  # by command line


WRONG = {
    ("--approver", "telegram:501"): "author and approver must be two persons",
    ("--approver", "telegram:503"): "telegram:503 may not approve that",
    ("--author", "telegram:999"): "telegram:999: nobody has written to the bot as that",
    ("--author", "telegram:600"): "telegram:600 may not broadcast that",
    ("--at", "2020-01-01T10:00+07:00"): "that time is over already",
    ("--at", "tomorrow"): "--at takes a time with its zone",
    ("--at", "2030-01-01T10:00"): "--at takes a time with its zone",
    ("--audience", "unit:NOPE"): "unit:NOPE: there is no such unit",
}


@pytest.mark.usefixtures("officers")
@pytest.mark.parametrize("more", WRONG, ids=" ".join)
async def test_what_cannot_be_meant_is_told_and_sends_nothing(
    bot: App, line: Line, capsys: Printed, more: tuple[str, str]
) -> None:
    assert await line(*SENT, *more) == 2
    assert WRONG[more] in capsys.readouterr().err
    assert await bot.store.campaigns.find() == ()


@pytest.mark.usefixtures("officers")
async def test_words_of_the_command_line(bot: App, line: Line, capsys: Printed) -> None:
    later = f"{datetime.now(UTC) + timedelta(hours=2):%Y-%m-%dT%H:%M+00:00}"
    assert await line(*SENT, "--at", later, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"campaign": 1}
    await asyncio.sleep(1.2)
    assert await line("campaign", "1", "pause") == 1  # it does not run yet
    told = capsys.readouterr()
    assert json.loads(told.out)["state"] == "scheduled"
    assert "not in this state" in told.err
    assert await line("campaign", "1", "cancel") == 0
    assert json.loads(capsys.readouterr().out)["state"] == "cancelled"
    for word in ("resume", "retry", "resend-uncertain"):
        assert await line("campaign", "1", word) == 1
    assert await line("campaign", "7") == 1
    assert "there is no campaign 7" in capsys.readouterr().err


AGAIN = {
    ("--repeat", "FREQ=HOURLY"): "nothing goes out more often than daily",
    ("--repeat", "nonsense"): "not a part of a rule",
    ("--repeat", ""): "not a part of a rule",
    ("--repeat", "FREQ=WEEKLY;" + "X" * 5000): "too long: 200 letters at most",
    ("--repeat", "FREQ=WEEKLY;UNTIL=20200101"): "it would end before it begins",
    ("--repeat", "FREQ=DAILY;COUNT=1000"): "a year at most",
    ("--at", "calendar:nope 08:00"): "no such day in calendar.yaml",
    ("--at", "âl 31/3 08:00"): "--at takes a time with its zone",
    ("--at", "30/2 08:00"): "--at takes a time with its zone",
}


@pytest.mark.usefixtures("officers")
@pytest.mark.parametrize("more", AGAIN, ids=lambda more: " ".join(more)[:40])
async def test_a_repeat_or_a_day_that_cannot_be_meant_is_told(
    bot: App, line: Line, capsys: Printed, more: tuple[str, str]
) -> None:
    assert await line(*SENT, *more) == 2
    assert AGAIN[more] in capsys.readouterr().err
    assert await bot.store.campaigns.find() == ()


@pytest.mark.usefixtures("officers")
async def test_a_script_repeats_on_days_that_it_is_told_and_stops(
    bot: App, line: Line, capsys: Printed
) -> None:
    dated = ("--at", "calendar:hung-kings -1 08:00", "--repeat", "FREQ=MONTHLY;COUNT=3")
    assert await line(*SENT, *dated, "--dry-run", "--json") == 0
    days = json.loads(capsys.readouterr().out)["dates"]
    assert len(days) == 3
    assert {day[10:] for day in days} == {"T08:00+07:00"}
    assert await line(*SENT, "--at", "âl 10/3 08:00", "--repeat", "FREQ=YEARLY", "--dry-run") == 0
    told = [one for one in capsys.readouterr().out.splitlines() if one.startswith("goes out: ")]
    assert len(told) == 2
    days_by_moon = [date.fromisoformat(one[10:20]) for one in told]
    assert [lunar_of(day)[0] for day in days_by_moon] == [Lunar(10, 3)] * 2
    assert await line(*SENT, *dated) == 0
    number = int(capsys.readouterr().out)
    kept = await bot.store.campaigns.get(number)
    assert kept is not None
    assert (kept.state, kept.repeat) == ("scheduled", "FREQ=MONTHLY;COUNT=3")
    assert kept.at is not None
    assert kept.at.isoformat() == datetime.fromisoformat(days[0]).astimezone(UTC).isoformat()
    assert await line("campaign", str(number), "cancel") == 0


@pytest.mark.usefixtures("officers")
async def test_a_repeat_stands_in_the_file_and_is_stopped_by_the_number_of_the_first(
    bot: App, line: Line, capsys: Printed, tmp_path: Path
) -> None:
    file = tmp_path / "weekly.yaml"
    file.write_text(BROADCAST + "repeat: FREQ=WEEKLY;COUNT=3\n", encoding="utf-8")
    assert await line(*(str(file) if one == "FILE" else one for one in SENT)) == 0
    number = int(capsys.readouterr().out)
    for _ in range(200):
        if await bot.store.campaigns.find("done"):
            break
        await asyncio.sleep(0.05)
    (coming,) = await bot.store.campaigns.find("scheduled")
    assert (coming.series, coming.id) == (number, number + 1)
    assert await line("campaign", str(number), "cancel") == 0
    assert await bot.store.campaigns.find("scheduled") == ()
    assert await line("campaign", str(number), "cancel") == 1  # there is nothing to stop any more
    file.write_text(BROADCAST + "repeat: FREQ=HOURLY\n", encoding="utf-8")
    capsys.readouterr()
    assert await line(*(str(file) if one == "FILE" else one for one in SENT)) == 1
    assert "weekly.yaml:" in (told := capsys.readouterr().err)
    assert "repeat: FREQ=HOURLY: nothing goes out more often than daily" in told


async def _ended(bot: App, number: int) -> None:
    for _ in range(200):
        campaign = await bot.store.campaigns.get(number)
        if campaign is not None and campaign.state == "done":
            return
        await asyncio.sleep(0.05)


async def test_a_script_gets_the_tally(
    bot: App, line: Line, capsys: Printed, telegram: FakeTelegram
) -> None:
    telegram.chats.update(range(600, 660))
    await add_members(bot.store, 40)
    await add_members(bot.store, 3, first=650, language="km")
    telegram.blocked.add(600)
    number = await schedule(bot.store, is_urgent=True)
    await _ended(bot, number)
    assert await line("campaign", str(number), "tally", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["all"] == {"arrived": 42, "others": 1}
    assert found["channels"] == {"telegram": {"arrived": 42, "others": 1}}
    assert found["languages"] == {"others": {"arrived": 42, "others": 1}}
    assert found["reasons"] == {"unreachable:blocked": 1}
