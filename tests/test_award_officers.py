"""What officers see of registered works: counts, dossiers with checklists, the list as a file."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import aiohttp
import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from bot.__main__ import main
from bot.app import App
from bot.award import COMPLETE, OPEN, Details, Entry
from bot.model import Address, Event, Person, Session
from bot.store import Work, schema
from tests.awarding import join, register, the_award
from tests.conftest import LANGUAGES
from tests.organisation import add_people, appoint, prepare
from tests.people import Talker, TelegramPerson, Visitor

NOW = datetime(2026, 11, 29, 5, tzinfo=UTC)


async def _add(
    bot: App,
    code: str,
    unit: str,
    title: str = "A film",
    category: str = "television",
    link: str = "",
) -> None:
    """A work of somebody else, whose unit that was then."""
    stored = await bot.store.write_down(Event(code, Address("telegram", f"77{code}")), NOW)
    assert stored is not None
    found, work = bot.structure.tree.find(unit), Work()
    entry = Entry(
        code=code,
        edition="coming",
        category=category,
        language="vi",
        details=Details(title, link, "room 3"),
        state=COMPLETE if link else OPEN,
        forget_on=NOW.date().replace(year=2028),
        unit_id=found.id if found else None,
        registered_on=NOW.date(),
    )
    work.register(Person(stored.person_id), entry, "v", NOW)
    await bot.store.finish(stored, work, Session(), (), NOW)


async def _officer(
    bot: App, chatter: TelegramPerson, role: str, unit: str, topic: str = ""
) -> None:
    await prepare(bot)
    await join(chatter)
    await appoint(bot, Address("telegram", "501"), role, unit, topic)
    for code, count in (("BN-01", 6), ("BN-02", 3), ("TN-01", 7)):
        await add_people(bot.store, code, count)


async def test_officers_see_counts_and_works_of_their_part_of_the_tree(
    chatter: TelegramPerson, bot: App
) -> None:
    await _officer(bot, chatter, "unit-officer", "BN-KCN")
    await _add(bot, "aaaa-aaaa", "BN-01", "First film")
    await _add(bot, "bbbb-bbbb", "BN-02", "A song", "radio", "https://example.vn/song")
    await _add(bot, "cccc-cccc", "TN-01", "Another province")
    await _add(bot, "dddd-dddd", "", "Nobody's unit")
    shown = await chatter.says("/award")
    assert "Works registered: 2\n- Radio: 1\n- Television: 1" in shown
    listed = await chatter.taps("Works of members")
    assert "- aaaa-aaaa: First film (Television; still missing; 0 of 6 ticked)" in listed
    assert "- bbbb-bbbb: A song (Radio; complete; 0 of 6 ticked)" in listed
    assert "Another province" not in listed
    assert "Nobody" not in listed.text
    for value in ("dossier:cccc-cccc", "dossier:dddd-dddd", "dossier:cccc-cccc:here"):
        assert "no such work among yours" in await chatter.taps_value(value)


async def test_the_top_sees_all_works_also_those_without_a_unit(
    chatter: TelegramPerson, bot: App
) -> None:
    await _officer(bot, chatter, "federation-officer", "LD")
    for number, unit in enumerate(("BN-01", "TN-01", "", "BN", "LD", "BN", "BN", "BN", "BN")):
        await _add(bot, f"aaaa-aaa{number + 2}", unit, f"Film {number}")
    assert "Works registered: 9" in await chatter.says("/award")
    first = await chatter.taps("Works of members")
    assert "Film 7" in first
    assert "Film 8" not in first
    assert "Film 8" in await chatter.taps("More")


async def test_a_dossier_has_its_checklist_and_keeps_what_is_ticked(
    person: Talker, bot: App
) -> None:
    await prepare(bot)
    await join(person)
    await appoint(bot, await _last_address(bot), "administrator", "LD")
    await add_people(bot.store, "BN-01", 6)
    await _add(bot, "aaaa-aaaa", "BN-01", "First film")
    shown = await person.taps_value("dossier:aaaa-aaaa")
    for line in (
        "- Title: First film", "- Work: still missing", "- Contact: room 3", "- Unit: Công ty May",
        "☐ Prizes won elsewhere are stated, if any (a rule of the 9th edition)",
        "☐ The video file and its script (usual for such dossiers, to be confirmed)",
        "EIN Presswire",
    ):  # fmt: skip
        assert line in shown, line
    assert "The sound file" not in shown.text
    for _ in range(2):  # the second tap changes nothing
        ticked = await person.taps_value("dossier:aaaa-aaaa:tick:video")
        assert "☑ The video file and its script" in ticked
    assert "brought to the office" in await person.taps_value("dossier:aaaa-aaaa:here")
    assert "☑ The video file" in await person.taps_value("dossier:aaaa-aaaa")
    assert "complete; 1 of 6 ticked" in await person.taps_value("works:all")
    undone = await person.taps_value("dossier:aaaa-aaaa:untick:video")
    assert "☐ The video file" in undone
    for forged in ("tick:sound", "tick:gone", "tick:", "burn:video"):
        assert "☑" not in (await person.taps_value(f"dossier:aaaa-aaaa:{forged}")).text
    verbs = [entry.verb for entry in await bot.store.officers.audit(20)]
    assert verbs.count("award.tick") == 4


async def _last_address(bot: App) -> Address:
    from sqlalchemy import select

    table = schema.address.c
    query = select(table.channel, table.address).order_by(table.id.desc()).limit(1)
    row = await bot.store._reads.run(lambda c: c.execute(query).one())
    return Address(row.channel, row.address)


async def test_a_small_unit_is_neither_counted_nor_named(chatter: TelegramPerson, bot: App) -> None:
    await _officer(bot, chatter, "unit-officer", "BN-02")
    await _add(bot, "aaaa-aaaa", "BN-02", "A small film")
    shown = await chatter.says("/award")
    assert "Works registered: not told, so that no small group is seen" in shown
    assert "Television: 1" not in shown.text
    # Its maker agreed that the work is seen; the unit named is the nearest that is large enough.
    assert "- Unit: Khu công nghiệp" in await chatter.taps_value("dossier:aaaa-aaaa")


@pytest.mark.parametrize(
    ("role", "topic", "may"),
    [
        ("unit-officer", "award", True),
        ("unit-officer", "union", False),
        ("reader", "", False),
    ],
)
async def test_an_office_for_another_topic_does_not_reach_works(
    chatter: TelegramPerson, bot: App, role: str, topic: str, may: bool
) -> None:
    await _officer(bot, chatter, role, "BN-KCN", topic)
    await _add(bot, "aaaa-aaaa", "BN-01", "First film")
    assert ("Works of members" in (await chatter.says("/award")).buttons) is may
    for value in ("works:all", "dossier:aaaa-aaaa"):
        assert ("First film" in (await chatter.taps_value(value)).text) is may
    assert ("/files/" in (await chatter.taps_value("sheet:award")).text) is may


async def test_a_withdrawn_work_is_gone_for_officers_too(
    visitor: Visitor, chatter: TelegramPerson, bot: App
) -> None:
    await _officer(bot, chatter, "administrator", "LD")
    await join(visitor)
    await register(visitor, "Gone soon", "")
    listed = await chatter.taps_value("works:all")
    found = re.search(r"(\w{4}-\w{4}): Gone soon \(Radio; still missing", listed.text)
    assert found
    await visitor.taps_value(f"work:{found[1]}:withdraw:yes")
    for value in (f"dossier:{found[1]}", f"dossier:{found[1]}:tick:proof"):
        assert "no such work among yours" in await chatter.taps_value(value)
    assert "Nobody has registered a work yet." in await chatter.taps_value("works:all")


# --- the list as a file --------------------------------------------------------------------------


async def _download(
    chatter: TelegramPerson, bot: App, session: aiohttp.ClientSession
) -> tuple[int, bytes]:
    said = await chatter.taps_value("sheet:award")
    made = re.search(r"/files/([a-z0-9-]+)", said.text)
    assert made
    url = f"http://127.0.0.1:{bot.port}/files/{made[1]}"
    async with session.get(url) as response:
        content = await response.read()
        assert 'filename="award.xlsx"' in response.headers.get("Content-Disposition", "award.xlsx")
    async with session.get(url) as again:
        assert again.status == 404
    return response.status, content


async def test_the_list_is_a_spreadsheet_in_which_nothing_is_reckoned(
    chatter: TelegramPerson, bot: App, session: aiohttp.ClientSession
) -> None:
    await _officer(bot, chatter, "unit-officer", "BN-KCN")
    await _add(bot, "aaaa-aaaa", "BN-01", '=HYPERLINK("https://evil.example","Phim")')
    await _add(bot, "bbbb-bbbb", "BN-02", "+1 รางวัล ៛", "radio", "https://example.vn/song")
    await _add(bot, "cccc-cccc", "TN-01", "Another province")
    await chatter.taps_value("dossier:aaaa-aaaa:tick:video")
    status, content = await _download(chatter, bot, session)
    assert status == 200
    page = load_workbook(BytesIO(content)).active
    rows = [[cell.value or "" for cell in row] for row in page.iter_rows()]
    assert rows[0] == [
        "Mã", "Tên tác phẩm", "Hạng mục", "Ngôn ngữ", "Đơn vị", "Tác phẩm", "Liên lạc", "Đã có",
        "Còn thiếu",
    ]  # fmt: skip
    assert [row[0] for row in rows[1:]] == ["aaaa-aaaa", "bbbb-bbbb"]
    film = page["B2"]
    assert film.value == '=HYPERLINK("https://evil.example","Phim")'
    assert film.data_type == "s"
    assert rows[1][4:8] == ["Công ty May", "còn thiếu", "room 3", "Tệp video và lời bình"]
    assert rows[2][1] == "+1 รางวัล ៛"
    assert rows[2][4] == "Khu công nghiệp"  # its own unit is too small to be named
    assert rows[2][5] == "https://example.vn/song"


async def test_a_right_that_ended_downloads_nothing(
    chatter: TelegramPerson, bot: App, session: aiohttp.ClientSession
) -> None:
    await _officer(bot, chatter, "unit-officer", "BN-KCN")
    said = await chatter.taps_value("sheet:award")
    made = re.search(r"/files/([a-z0-9-]+)", said.text)
    assert made
    change = update(schema.officer).values(role="reader")
    await bot.store._writes.run(lambda c: c.execute(change))
    async with session.get(f"http://127.0.0.1:{bot.port}/files/{made[1]}") as response:
        assert response.status == 404


# --- the command line ----------------------------------------------------------------------------


async def test_the_command_line_lists_works_but_not_how_makers_are_reached(
    bot: App, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await prepare(bot)
    await _add(bot, "aaaa-aaaa", "BN-01", "First film")
    for name in ("database_url", "content_dir", "locales_dir", "var_dir"):
        monkeypatch.setenv(name.upper(), str(getattr(bot._settings, name)))
    assert await asyncio.to_thread(main, ["award", "works"]) == 0
    line = capsys.readouterr().out
    assert line == "aaaa-aaaa  Truyền hình  open  0/6  First film\n"
    assert await asyncio.to_thread(main, ["award", "works", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["code"], row["title"], row["state"]) == ("aaaa-aaaa", "First film", "open")
    assert "video" in row["open"]
    assert "room 3" not in json.dumps(row)
    assert LANGUAGES.tags[0] == row["language"]


async def test_works_come_along_when_the_edition_gets_its_own_id(
    chatter: TelegramPerson, bot: App
) -> None:
    await _officer(bot, chatter, "administrator", "LD")
    await _add(bot, "aaaa-aaaa", "BN-01", "Registered early")
    award = the_award()
    edition = award.edition.model_copy(update={"id": "twelfth", "formerly": ("coming",)})
    library = replace(bot.library, award=award.model_copy(update={"edition": edition}))
    object.__setattr__(bot._services, "library", library)
    assert "Registered early" in await chatter.taps_value("works:all")
    edition = edition.model_copy(update={"formerly": ()})
    library = replace(library, award=award.model_copy(update={"edition": edition}))
    object.__setattr__(bot._services, "library", library)
    assert "Registered early" not in (await chatter.taps_value("works:all")).text
