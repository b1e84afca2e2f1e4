"""Prizes of a round: drawn once from the promised seed, claimed by who won, checked by anyone;
and what else people are told and may write: reminders, notices, short texts."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import openpyxl
import pytest
from sqlalchemy import select

from bot.app import App
from bot.commands.contest_sample import write_sample
from bot.contest_prizes import Candidate, wins
from bot.contests import Attempt, Prize, Round
from bot.contests_draw import lots
from bot.holder import NAME_AT_MOST
from bot.library import load_library
from bot.model import Address, Person
from bot.settings import Settings
from bot.store import Store, contest_prizes, schema
from tests.conftest import LANGUAGES, ROOT
from tests.contesting import opened, rules
from tests.fakes.telegram import FakeTelegram
from tests.organisation import appoint, prepare
from tests.people import TelegramPerson
from tests.small_pack import small_pack
from tests.test_commands_contest import Line, Printed, line
from tests.test_contest_talk import LAN, _agreed, _answered, _attempts, _begun
from tests.test_contests import _begun as begun
from tests.test_contests import _given as given
from tests.test_contests import _person as person_of
from tests.test_contests import _work

__all__ = ["line"]
NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
FIRST = Prize({"vi": "Giải Nhất", "en": "First prize"}, 1, "rank")
GUEST = Prize({"vi": "Giải bạn bè"}, 1, "rank", "abroad")
LUCKY = Prize({"vi": "Giải may mắn", "en": "Lucky prize"}, 2, "lot")
WITH_PRIZES = replace(
    rules(), prizes=(FIRST, LUCKY), essay=True, label={"vi": "Tuần 1", "en": "Week 1"}
)
SEED = b"s" * 32


def _entries(*ranks: int, league: str = "vn") -> list[Candidate]:
    return [Candidate(f"code-{n}", rank, league) for n, rank in enumerate(ranks)]


def test_the_best_get_theirs_and_the_lots_go_to_others() -> None:
    entries = _entries(3, 1, 2, 4, 5)
    given_ = wins(entries, (FIRST, LUCKY), SEED)
    assert [prize for prize, _ in given_] == [0, 1, 1]
    assert given_[0] == (0, "code-1")
    others = [code for code in lots(SEED, [one.code for one in entries]) if code != "code-1"]
    assert {code for _, code in given_[1:]} == set(others[:2])
    # The order in which entries are handed in is nothing that counts.
    assert wins(entries[::-1], (FIRST, LUCKY), SEED) == given_


def test_a_prize_of_a_league_stays_in_it_and_equals_are_parted_by_lot() -> None:
    entries = [*_entries(1, 1, 1), Candidate("guest", 9, "abroad")]
    given_ = dict(wins(entries, (FIRST, GUEST), SEED))
    assert given_[1] == "guest"
    drawn = lots(SEED, [one.code for one in entries])
    assert given_[0] == next(code for code in drawn if code != "guest")
    assert wins(_entries(1), (FIRST, LUCKY), SEED) == [(0, "code-0")]
    assert wins([], (FIRST, LUCKY), SEED) == []


async def _played(store: Store, *, hours: float = 24) -> tuple[Round, list[Person]]:
    """Four people with 5, 4, 3 and 2 points; all but the last have agreed to be written to."""
    one = await opened(store, WITH_PRIZES, hours)
    people = [await person_of(store, number) for number in range(800, 804)]
    for person, right in zip(people, (5, 4, 3, 2), strict=True):
        if right > 2:
            await _work(store, person, lambda work, p=person: work.consent(p, "v", NOW))  # type: ignore[misc]
        await given(store, person, await begun(store, person, one), right)
    return one, people


async def _claims(store: Store, person: Person, prize: int, name: str) -> None:
    await _work(store, person, lambda work: work.claim_prize(person, prize, name, NOW))


async def _told(store: Store) -> list[tuple[int, str]]:
    """Whom what is queued is for, and the label of each notice."""
    rows = await store._reads.run(lambda c: c.execute(select(schema.delivery)).all())
    parcels = [(row.person_id, store._codecs.parcel.read(row.sealed)) for row in rows]
    return [(whose, parcel.label) for whose, parcel in parcels if parcel.kind == "notice"]


async def test_prizes_are_drawn_once_after_closing_and_claimed_by_the_winner_only(
    store: Store,
) -> None:
    one, people = await _played(store)
    prizes = store.contests.prizes
    assert await prizes.draw(one.id, NOW) == 0  # it is open
    await store.contests.advance(one.closes_at + HOUR)
    wrong = one.frozen.questions[0].id
    assert await store.contests.void(one, wrong, NOW)
    assert await prizes.draw(one.id, NOW) == 3
    assert await prizes.draw(one.id, NOW) == 0
    won = await prizes.of(one.id)
    assert [w.prize for w in won] == [0, 1, 1]
    mine = await prizes.mine(people[0], one.id)
    assert mine == won[0]
    # Ranks cannot move any more under a prize that was given.
    assert not await store.contests.void(one, one.frozen.questions[1].id, NOW)
    await _claims(store, people[1], won[0].id, "Kẻ khác")
    assert (await prizes.of(one.id))[0].holder == ""
    for name in ("Nguyễn Thị Lan", "Trần Thị Lan"):
        await _claims(store, people[0], won[0].id, name)
    assert (await prizes.of(one.id))[0].holder == "Trần Thị Lan"
    assert not await prizes.take_back(one.id)
    await _claims(store, people[0], won[0].id, "")
    assert await prizes.take_back(one.id)
    assert await prizes.of(one.id) == ()
    assert await store.contests.void(one, one.frozen.questions[1].id, NOW)
    await store.close()


async def test_the_name_of_a_winner_goes_with_the_person_and_after_sixty_days(
    store: Store,
) -> None:
    one, people = await _played(store)
    await store.contests.advance(one.closes_at + HOUR)
    await store.contests.prizes.draw(one.id, NOW)
    for person in people:
        won = await store.contests.prizes.mine(person, one.id)
        if won is not None:
            await _claims(store, person, won.id, "Lan")
    held = [w.holder for w in await store.contests.prizes.of(one.id)]
    assert held == ["Lan"] * 3
    await _work(store, people[0], lambda w: w.erase(people[0]))
    assert [w.holder for w in await store.contests.prizes.of(one.id)].count("Lan") == 2
    late = NOW + contest_prizes.CLAIM_KEPT + HOUR
    await store._writes.run(lambda c: contest_prizes.tidy(c, late))
    rows = await store._reads.run(lambda c: c.execute(select(schema.prize_claim)).all())
    assert rows == []
    await store.close()


async def test_players_hear_of_the_end_of_a_void_question_and_of_a_prize_if_they_agreed(
    store: Store,
) -> None:
    one, people = await _played(store)
    await store.contests.advance(one.closes_at + HOUR)
    agreed = {person.id for person in people[:3]}
    told = sorted(await _told(store))
    assert told == [(number, f"contest-closed:{one.id}") for number in sorted(agreed)]
    await store.contests.void(one, one.frozen.questions[0].id, NOW)
    told = await _told(store)
    assert {whose for whose, label in told if label.startswith("contest-void")} == agreed
    await store.contests.prizes.draw(one.id, NOW)
    winners = {w.code for w in await store.contests.prizes.of(one.id)}
    entries = {(await store.contests.attempts(person, one))[0].code: person.id for person in people}
    hearing = {whose for whose, label in await _told(store) if label.startswith("contest-prize")}
    assert hearing == {entries[code] for code in winners} & agreed
    await store.close()


async def test_who_wished_is_reminded_once_and_not_who_has_handed_in_or_left(
    store: Store,
) -> None:
    one = await opened(store, hours=72)
    people = [await person_of(store, number) for number in range(810, 813)]
    for person in people:
        await _work(store, person, lambda w, p=person: w.consent(p, "v", NOW))  # type: ignore[misc]
        for _ in range(2):  # a double tap
            await _work(store, person, lambda w, p=person: w.wish_round(p, one))  # type: ignore[misc]
    handed = await begun(store, people[1], one)
    await _work(store, people[1], lambda w: w.hand_in(people[1], handed, datetime.now(UTC)))
    await _work(store, people[2], lambda w: w.stop(people[2]))
    await store.contests.advance(one.closes_at - timedelta(hours=25))
    assert await _told(store) == []
    for _ in range(2):
        await store.contests.advance(one.closes_at - timedelta(hours=23))
    assert await _told(store) == [(people[0].id, f"contest-soon:{one.id}")]
    await store.close()


async def test_a_text_is_kept_beside_ones_own_attempt_until_the_round_closes(
    store: Store,
) -> None:
    one, people = await _played(store)
    mine = (await store.contests.attempts(people[0], one))[0]

    async def writes(person: Person, text: str) -> None:
        await _work(store, person, lambda w: w.write_essay(person, mine, text, NOW))

    essays = store.contests.essays
    await writes(people[0], "Biển quê tôi.")
    await writes(people[1], "Không phải của tôi")
    assert await essays.own(mine.id) == "Biển quê tôi."
    found = await essays.at(one.id, 0)
    assert found is not None
    assert (found.code, found.text) == (mine.code, "Biển quê tôi.")
    assert await essays.at(one.id, 1) is None
    await writes(people[0], "")
    assert await essays.count(one.id) == 0
    await writes(people[0], "Lần cuối.")
    await store.contests.advance(one.closes_at + HOUR)
    await writes(people[0], "Quá muộn")
    assert await essays.own(mine.id) == "Lần cuối."
    await _work(store, people[0], lambda w: w.erase(people[0]))
    assert await essays.count(one.id) == 0
    await store.close()


# --- in the chat ---------------------------------------------------------------------------------


@pytest.fixture
async def member(bot: App, chatter: TelegramPerson) -> TelegramPerson:
    await prepare(bot)
    await _agreed(chatter)
    return chatter


async def _played_with_a_text(bot: App, member: TelegramPerson, one: Round) -> Attempt:
    page = await member.taps_value(f"round:{one.id}")
    assert "Prizes: 1 × First prize (for the best)" in page
    assert "Prizes: 2 × Lucky prize (by lot)" in page
    assert "reminded once" in await member.taps("Remind me before the end")
    await _begun(member, one)
    (mine,) = await _attempts(bot, one, LAN)
    await _answered(member, mine, right=5)
    await member.taps("Hand in")
    await member.says("1")
    await member.taps("Hand in")
    asked = await member.taps("Your own text")
    assert "without knowing who wrote them" in asked
    assert "At most 1,500 letters" in await member.says("a" * 1501)
    assert "Done." in await member.says("Đảo xa vẫn gần.")
    assert "So far: Đảo xa vẫn gần." in await member.taps_value(f"essay:{mine.id}")
    return mine


async def test_from_the_rules_to_a_prize_that_is_claimed_and_a_list_for_the_office(
    bot: App, member: TelegramPerson, telegram: FakeTelegram
) -> None:
    one = await opened(bot.store, WITH_PRIZES)
    mine = await _played_with_a_text(bot, member, one)
    officer = TelegramPerson(telegram, member._settled, 530)
    await _agreed(officer)
    await appoint(bot, Address("telegram", "530"), "federation-officer", "LD")
    assert "Know your union, Week 1 (open until" in await officer.taps_value(f"rounds:{one.id}")
    read = await officer.taps("Texts of people")
    assert "Text 1 of 1" in read
    assert "Đảo xa vẫn gần." in read
    assert mine.code in read
    waiting = await officer.taps_value(f"rounds:{one.id}:prizes")
    assert "Draw the prizes" not in waiting.buttons  # it is open
    await bot.store.contests.move_end(one, datetime.now(UTC))
    await bot.store.contests.advance(datetime.now(UTC) + HOUR)
    await officer.taps_value(f"rounds:{one.id}:prizes")
    assert "wait until the appeals are over" in await officer.taps("Draw the prizes")
    assert "Done." in await officer.taps("Draw them now")
    assert "Drawn: 1, claimed: 0" in await officer.taps("Prizes")

    assert "You have won: First prize" in await member.taps_value(f"result:{one.id}")
    await member.taps("Your prize")
    await member.taps("Claim the prize")
    assert "cannot be read as a name" in await member.says("😀😀")
    assert "cannot be read as a name" in await member.says("n" * (NAME_AT_MOST + 1))
    assert "claimed by: Nguyễn Thị Lan" in await member.says("  nguyễn  ".title() + "Thị Lan")
    assert "Claimed by: Nguyễn Thị Lan." in await member.taps("Yes, claim the prize")
    assert "no such round" in await officer.taps_value(f"prize:{one.id}:yes")
    assert "1. Nguyễn Thị Lan – 5 points" in await officer.taps_value(f"result:{one.id}:best")

    assert "Take the draw back" not in (await officer.taps_value(f"rounds:{one.id}:prizes")).buttons
    assert "Done." not in await officer.taps_value(f"rounds:{one.id}:prizes:undo")
    assert "take the draw back first" in await officer.taps_value(f"rounds:{one.id}:voids:0")
    for kind in ("docx", "xlsx"):
        made = await officer.taps_value(f"rounds:{one.id}:prizes:{kind}")
        content = await _downloaded(bot, made.text)
        told = _docx(content) if kind == "docx" else _xlsx(content)
        assert "Nguyễn Thị Lan" in told
        assert "Giải Nhất" in told
        assert mine.code in told
        if kind == "xlsx":
            assert "“Tìm hiểu công đoàn”, Tuần 1" in told
    assert "names only who has claimed a prize" in await member.says("/privacy")
    assert "Claimed by" in await member.taps_value(f"prize:{one.id}")
    assert "Claimed by" not in await member.taps("Forget my name")


async def _downloaded(bot: App, text: str) -> bytes:
    import aiohttp

    code = text.rpartition("/files/")[2].split()[0]
    url = f"http://127.0.0.1:{bot.port}/files/{code}"
    async with aiohttp.ClientSession() as client, client.get(url) as response:
        assert response.status == 200
        return await response.read()


def _docx(content: bytes) -> str:
    document = docx.Document(BytesIO(content))
    cells = (cell for table in document.tables for row in table.rows for cell in row.cells)
    return " ".join(cell.text for cell in cells)


def _xlsx(content: bytes) -> str:
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    assert sheet is not None
    return " ".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row)


@pytest.mark.parametrize(
    "value", ["prize:1", "prize:1:yes", "prize:x", "prize:999:claim", "essay:1", "essay:x:none"]
)
async def test_forged_values_give_nothing(bot: App, member: TelegramPerson, value: str) -> None:
    one = await opened(bot.store, WITH_PRIZES)
    other = await person_of(bot.store, 820)
    await given(bot.store, other, await begun(bot.store, other, one), 5)
    await bot.store.contests.advance(one.closes_at + HOUR)
    await bot.store.contests.prizes.draw(one.id, NOW)
    assert "There is no such round or attempt of yours." in await member.taps_value(value)


# --- by command line -----------------------------------------------------------------------------


async def test_what_is_published_of_prizes_can_be_drawn_again_by_anyone(
    bot: App, line: Line, capsys: Printed, tmp_path: Path
) -> None:
    await prepare(bot)
    one, people = await _played(bot.store)
    assert await line("contest", "draw", str(one.id)) == 1
    assert await line("contest", "close", str(one.id)) == 0
    assert await line("contest", "draw", str(one.id)) == 0
    won = await bot.store.contests.prizes.mine(people[0], one.id)
    assert won is not None
    await _claims(bot.store, people[0], won.id, "Nguyễn Thị Lan")
    assert await line("contest", "undo", str(one.id)) == 1
    folder = tmp_path / "published"
    assert await line("contest", "publish", str(one.id), "--out", str(folder)) == 0
    capsys.readouterr()
    assert _run("check_contest.py", folder, one.commitment) == (0, "OK")
    assert _run("check_prizes.py", folder) == (0, "OK")
    rows = list(csv.DictReader((folder / "prizes.csv").read_text("utf-8-sig").splitlines()))
    assert [(row["prize"], row["title"], row["name"]) for row in rows] == [
        ("1", "Giải Nhất", "Nguyễn Thị Lan"), ("2", "Giải may mắn", ""), ("2", "Giải may mắn", ""),
    ]  # fmt: skip
    named = list(csv.DictReader((folder / "results.csv").read_text("utf-8-sig").splitlines()))
    assert [row["name"] for row in named] == ["Nguyễn Thị Lan", "", "", ""]
    drawn = {row["code"] for row in rows}
    other = next(row["code"] for row in named if row["code"] not in drawn)
    text = (folder / "prizes.csv").read_text("utf-8-sig").replace(rows[1]["code"], other)
    (folder / "prizes.csv").write_text(text, "utf-8-sig")
    code, told = _run("check_prizes.py", folder)
    assert code == 1
    assert "is not so" in told


def _run(script: str, folder: Path, *more: str) -> tuple[int, str]:
    command = [sys.executable, "-I", str(ROOT / "docs" / script), str(folder), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip()


async def test_an_officer_opens_a_round_before_its_time_once_asked_again(
    settings: Settings, telegram: FakeTelegram, tmp_path: Path
) -> None:
    content = small_pack(tmp_path / "content")
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    assert write_sample(content, datetime.now(zone) + timedelta(days=2)) == 0
    library = load_library(content)
    own = settings.model_copy(update={"content_dir": content})
    bot = App(own, library, LANGUAGES)
    await bot.start()

    async def settled() -> None:
        await bot.conversation.drain(10)
        await bot.outbox.drain(10)

    officer = TelegramPerson(telegram, settled)
    await prepare(bot)
    await _agreed(officer)
    await appoint(bot, LAN, "federation-officer", "LD")
    assert "Trial contest, Trial round (opens" in await officer.says("/contest")
    asked = await officer.taps("Open now: sample/trial")
    assert "cannot be changed any more" in asked
    for forged in ("rounds:open:sample:none:yes", "rounds:open:x:trial:yes", "rounds:open"):
        assert "There is no such round." in await officer.taps_value(forged)
    assert await bot.store.contests.rounds() == ()
    await officer.taps("Contest")
    await officer.taps("Open now: sample/trial")
    (content / "private/sample.yaml").rename(content / "private/elsewhere.yaml")
    assert "The round cannot be opened" in await officer.taps("Open it now")
    (content / "private/elsewhere.yaml").rename(content / "private/sample.yaml")
    await officer.taps_value("rounds:open:sample:trial")
    assert "Done." in await officer.taps("Open it now")
    assert "Trial round (open until" in await officer.taps("The round")
    assert "Open now" not in " ".join((await officer.says("/contest")).buttons)
    page = await officer.says("cuộc thi")  # a word for everybody, in every language
    assert any("Trial contest" in label for label in page.buttons)
    await bot.stop()
