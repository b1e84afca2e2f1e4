"""The plan's report on a phone and from the command line: every number leads to its rows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import docx
import pytest
from sqlalchemy import Connection, insert

from bot.__main__ import main
from bot.accounts import count_days, report_of
from bot.app import App
from bot.figures import DayFigure, UnitFigure
from bot.library import Plan
from bot.model import Address
from bot.planreport.composing import traced
from bot.planreport.periods import Period, PeriodFault, read_period, whole_quarter
from bot.store import Seal, Store, rolling, schema
from tests.conftest import LIBRARY, ROOT
from tests.organisation import UNITS, add_people, appoint, prepare, wanted
from tests.people import TelegramPerson, Visitor
from tests.small_pack import small_pack

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
QUARTER = whole_quarter(2026, 3)
assert LIBRARY.plan is not None
PLAN: Plan = LIBRARY.plan


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    store = Store(database_url, Seal("secret"), clock=lambda: NOW)
    await store.upgrade()
    assert await store.organisation.begin(wanted(*UNITS), datetime(2026, 1, 1, tzinfo=UTC))
    yield store
    await store.close()


async def _keep(store: Store, *figures: DayFigure | UnitFigure) -> None:
    """As if it had been counted on those days."""

    def run(connection: Connection) -> None:
        for one in figures:
            if isinstance(one, DayFigure):
                rolling.add(connection, one)
            else:
                rolling.add_to_units(connection, one)

    await store._writes.run(run)


async def _close(store: Store, period: Period) -> None:
    def run(connection: Connection) -> None:
        for count in range(period.days):
            rolling.close(connection, period.first + timedelta(days=count), NOW)

    await store._writes.run(run)


SEA = LIBRARY.topics["sea-islands"].name["vi"]
AUGUST = date(2026, 8, 3)
SAMPLE = (
    DayFigure(AUGUST, "sent", 1200, "campaign:4", "sea-islands", "vi", "telegram"),
    DayFigure(AUGUST, "sent", 40, "campaign:4", "sea-islands", "km", "zalo-oa"),
    DayFigure(AUGUST, "sent", 9, "campaign:4", "sea-islands", "th", "web"),
    DayFigure(AUGUST, "people", 300, language="vi"),
    DayFigure(AUGUST, "people", 20, language="km"),
    DayFigure(AUGUST, "people", 2, language="th"),
    DayFigure(AUGUST, "read", 77, "article:unclos", "sea-islands", "vi"),
    DayFigure(AUGUST, "joined", 3),
    DayFigure(date(2026, 9, 1), "joined", 4),
    DayFigure(AUGUST, "left", 2),
    DayFigure(AUGUST, "reached-quarter", 310),
    DayFigure(AUGUST, "entry", 3, "round:c/tuan-1"),
    DayFigure(AUGUST, "entry", 90, "round:c/tuan-2"),
    DayFigure(AUGUST, "gain", 85, "round:c/tuan-2"),
    DayFigure(AUGUST, "claim", 6, "money"),
    DayFigure(AUGUST, "check", 1, "check:probation-unpaid"),
    *(DayFigure(AUGUST, "article", 1, f"article:a{n}", "sea-islands") for n in range(4)),
)


async def test_every_number_is_the_sum_of_the_rows_that_its_reference_leads_to(
    store: Store,
) -> None:
    await _keep(store, *SAMPLE)
    await _close(store, QUARTER)
    hours = [2, 30, 31, 90, 200]  # until a verdict; of four nothing would be told
    waits = [{"month": date(2026, 8, 1), "channel": "web", "verdict": 60 * one} for one in hours]
    await store._writes.run(lambda c: c.execute(insert(schema.report_time), waits[:4]))
    few = await report_of(store, LIBRARY, PLAN, ZONE, QUARTER, NOW)
    assert few.figures["gio_tra_loi"].told == "dưới 5 (không nêu)"
    await store._writes.run(lambda c: c.execute(insert(schema.report_time), waits[4:]))
    report = await report_of(store, LIBRARY, PLAN, ZONE, QUARTER, NOW)
    told = {name: one.told for name, one in report.figures.items()}
    assert told["tin_da_gui"] == "1.249"
    assert told["nguoi_dang_ky"] == "320"  # in fives
    assert told["nguoi_nhan_tin"] == "310"
    assert told["nguoi_moi"] == "7"  # three in August, told with the four of September
    assert told["nguoi_roi"] == "dưới 5 (không nêu)"
    assert told["luot_du_thi"] == "90"  # a round with three entries is not told
    assert told["tang_hieu_biet"] == "8,5"
    assert told["tac_pham"] == "0"
    assert told["gio_tra_loi"] == "31"  # the true median
    number = report.figures["tin_da_gui"]
    found = traced(report, f"[{number.ref}]")
    assert found == ("Tin đã đến người nhận", "1.249 tin", number.rows)
    assert number.rows.cells == (("Đợt gửi tin số 4", SEA, "1.249"),)
    # Nobody learns what two people who read Thai got: with the next smallest it is told.
    languages = report.tables["tin_theo_ngon_ngu"]
    assert languages.rows == (("Tiếng Việt", "1.200"), ("Còn lại", "49"))
    assert traced(report, languages.ref) is not None
    assert traced(report, "2026Q3-999") is None


async def test_tasks_are_done_late_or_missing_and_say_what_is_missing(store: Store) -> None:
    await _keep(store, *SAMPLE)
    report = await report_of(store, LIBRARY, PLAN, ZONE, QUARTER, NOW)
    found = {one.figure.name.removeprefix("nhiem_vu_"): one for one in report.results}
    assert found["sea"].state == "done"
    assert (found["policy"].state, found["policy"].shortfall) == (
        "missing",
        "chưa có kết quả, còn thiếu 6 bài, đã quá hạn 30/09/2026",
    )
    assert found["false-information"].state == "late"
    assert found["answers-in-time"].state == "no-figure"
    # What is wanted in the year is measured from January on, and is not over in September.
    assert (found["contest"].figure.told, found["contest"].state) == ("90", "under-way")
    assert found["award-works"].until == "hạn 31/10/2026"
    yearly = await report_of(
        store, LIBRARY, PLAN, ZONE, Period(date(2026, 1, 1), date(2026, 10, 31)), NOW
    )
    of_year = {one.figure.name.removeprefix("nhiem_vu_"): one for one in yearly.results}
    assert of_year["policy"].target == "20 bài"  # six a quarter, in ten months
    assert of_year["award-works"].state == "missing"
    assert yearly.title == "chuyên đề công tác thông tin đối ngoại"
    assert any("05/11/2026" in line for line in yearly.ahead)


async def test_small_units_stay_unseen_and_a_merger_moves_what_was_counted(store: Store) -> None:
    tree = await store.organisation.tree()
    ids = {unit.code: unit.id for unit, _ in tree.walk()}
    counts = {"BN-01": 12, "BN-02": 2, "TN-01": 30}
    for month in (7, 8):
        day = date(2026, month, 31)
        kept = [{"day": day, "unit_id": ids[c], "people": n} for c, n in counts.items()]
        await store._writes.run(lambda c, r=kept: c.execute(insert(schema.unit_count), r))  # type: ignore[misc]
        sent = [UnitFigure(day, "sent", ids[c], 10 * n, "union") for c, n in counts.items()]
        await _keep(store, *sent)
        await _keep(store, DayFigure(day, "people", 44, language="vi"))
    await _close(store, QUARTER)
    await store.organisation.merge("TN-01", "BN-01", datetime(2026, 8, 15, tzinfo=UTC))
    report = await report_of(store, LIBRARY, PLAN, ZONE, QUARTER, NOW)
    rows = {row[0].replace("– ", ""): row[1] for row in report.tables["tin_theo_don_vi"].rows}
    assert rows["Liên đoàn"] == "880"
    assert "Công ty Giày" not in rows  # two people: they count in what lies above
    assert "Công ty Gỗ" not in rows  # merged in mid-period
    assert int(rows["Tỉnh Bắc"].replace(".", "")) >= 140


PERIODS = {
    "2026Q3": ("2026Q3", "quý III năm 2026"),
    "q3/2026": ("2026Q3", "quý III năm 2026"),
    "2026-07": ("2026M07", "tháng 7 năm 2026"),
    "2026": ("2026", "năm 2026"),
    "2026-01-01 2026-10-31": ("20260101-20261031", "từ ngày 01/01/2026 đến ngày 31/10/2026"),
    "1/1/2026 - 31/10/2026": ("20260101-20261031", "từ ngày 01/01/2026 đến ngày 31/10/2026"),
    "20260101-20261031": ("20260101-20261031", "từ ngày 01/01/2026 đến ngày 31/10/2026"),
}


@pytest.mark.parametrize("said", PERIODS)
def test_periods_are_read_as_officers_write_them(said: str) -> None:
    period = read_period(said)
    assert (period.code, period.title) == PERIODS[said]
    assert read_period(period.code) == period


@pytest.mark.parametrize(
    ("said", "reason"),
    [("2026Q5", "unread"), ("2026-13", "unread"), ("31/2/2026 - 1/3/2026", "unread"),
     ("", "unread"), ("2026-10-31 2026-01-01", "backwards"), ("hôm qua", "unread")],
)  # fmt: skip
def test_what_is_no_period_is_told(said: str, reason: str) -> None:
    with pytest.raises(PeriodFault) as fault:
        read_period(said)
    assert fault.value.reason == reason


async def test_the_same_period_gives_the_same_report_whatever_is_erased_later(
    store: Store,
) -> None:
    await _keep(store, *SAMPLE)
    await _close(store, QUARTER)
    before = await report_of(store, LIBRARY, PLAN, ZONE, QUARTER, NOW)
    assert before.open_days == ()
    later = datetime(2026, 12, 1, tzinfo=UTC)
    await store.tidy(later)
    await count_days(store, LIBRARY, ZONE, later)
    await store.plan.note_report("2026Q3", QUARTER.first, QUARTER.last, later)
    assert await report_of(store, LIBRARY, PLAN, ZONE, QUARTER, later) == before


async def _officer(bot: App, chatter: TelegramPerson) -> None:
    await prepare(bot)
    await chatter.says("/start")
    rows = await bot.store._reads.run(lambda c: c.execute(schema.address.select()).all())
    address = next(row.address for row in rows if row.channel == "telegram")
    await appoint(bot, Address("telegram", address), "federation-officer", "LD")


async def test_an_officer_reads_the_report_looks_behind_a_number_and_takes_it_along(
    bot: App, chatter: TelegramPerson, session: aiohttp.ClientSession
) -> None:
    await _officer(bot, chatter)
    await _keep(bot.store, *SAMPLE)
    asked = await chatter.says("báo cáo kế hoạch")
    assert any("hạn" in label for label in asked.buttons)  # what the plan asks for, and when
    page = await chatter.says("2026Q3")
    assert "1.249 tin [1]" in page
    assert "còn thiếu 6 bài" in page
    assert "Đợt gửi tin số 4" in await chatter.says("/planreport why 2026Q3-1")
    assert "2026Q3-7" in await chatter.says("/planreport why bao nhiêu")
    assert "1.249" in await chatter.taps_value("plan:2026Q3:txt")
    assert (await chatter.taps_value("plan:2026Q3:png")).pictures == 1
    assert "chưa đến" in await chatter.says("/planreport 2031Q1")
    assert "trước ngày đầu" in await chatter.says("/planreport 2026-10-31 2026-01-01")
    assert "Không có số liệu nào" in await chatter.says("/planreport 2020")
    offered = await chatter.taps_value("plan:2026Q3:docx")
    code = re.findall(r"/files/([0-9a-z-]+)", offered.text)[0]
    async with session.get(f"http://127.0.0.1:{bot.port}/files/{code}") as response:
        assert response.status == 200
        assert (await response.read())[:2] == b"PK"
    written = await bot.store.plan.reports()
    assert [(one.code, one.first) for one in written] == [("2026Q3", date(2026, 7, 1))]
    # Those days overlap with what was written.
    assert "quý III năm 2026" in await chatter.says("/planreport 2026-08-01 2026-10-31")


async def test_who_is_no_officer_of_the_top_learns_nothing(bot: App, visitor: Visitor) -> None:
    await prepare(bot)
    await add_people(bot.store, "BN-01", 5)
    await visitor.says("/start")
    told = await visitor.says("/planreport 2026Q3")
    assert "Tin đã đến" not in told
    assert "[1]" not in told


def test_two_reports_at_once_and_a_template_with_a_misspelt_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content = small_pack(tmp_path / "content")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/c.db")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("CONTENT_DIR", str(content))
    out = tmp_path / "report.docx"
    asked = ["report", "--from", "2026-07-01", "--to", "2026-09-30", "--out", str(out)]
    assert main(["upgrade"]) == 0
    command = [sys.executable, "-m", "bot", *asked]
    both = [subprocess.Popen(command, cwd=ROOT, env=dict(os.environ)) for _ in range(2)]
    assert [one.wait(120) for one in both] == [0, 0]
    whole = out.read_bytes()
    docx.Document(str(out))  # whole, whoever was last
    template = docx.Document(str(content / "report.docx"))
    template.add_paragraph("Đã gửi {{ so.tin_da_gui_di }} tin.")
    template.save(str(content / "report.docx"))
    capsys.readouterr()
    assert main(asked) == 1
    told = capsys.readouterr().err
    assert "so.tin_da_gui_di" in told
    assert "Đã gửi" in told  # where it stands
    assert out.read_bytes() == whole  # what was written before is left alone


def test_the_command_line_writes_a_whole_file_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/c.db")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    out = tmp_path / "report.docx"
    asked = ["report", "--from", "2026-07-01", "--to", "2026-09-30", "--json", "--out"]
    assert main([*asked, str(out)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["period"], told["figures"]["tin_da_gui"]) == ("2026Q3", None)
    first = out.read_bytes()
    assert main([*asked, str(out)]) == 0
    assert out.read_bytes() == first  # the same days, the same file
    for suffix, begins in ((".xlsx", b"PK"), (".png", b"\x89PNG"), (".txt", b"")):
        assert main([*asked, str(out.with_suffix(suffix))]) == 0
        assert out.with_suffix(suffix).read_bytes().startswith(begins)
    assert main([*asked, str(tmp_path / "report.pdf")]) == 2
    assert main(["report", "--from", "2026-09-30", "--to", "2026-07-01", "--out", "x.docx"]) == 2
    assert main(["report", "--from", "2099-01-01", "--to", "2099-02-01", "--out", "x.docx"]) == 2
    assert main([*asked, str(tmp_path / "none" / "report.docx")]) == 1
    assert {path.suffix for path in tmp_path.glob("*report*")} == {".docx", ".xlsx", ".png", ".txt"}
    assert not list(tmp_path.glob(".report*"))
