"""Leaderboards tell who agreed to be told and no small unit; long names are drawn whole."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageChops

from bot.charts import as_svg, draw, render
from bot.leaderboards import (
    Placed,
    TooSmall,
    UnitResult,
    best_entries,
    units_by_mean,
    units_by_share,
)
from bot.model import Bar, Chart, Section
from tests.conftest import LANGUAGES

SAY = LANGUAGES.voice("vi")
UNIT = "Công đoàn cơ sở Công ty TNHH May mặc Phương Đông"


async def test_the_ten_best_are_told_by_code_or_by_the_name_they_gave() -> None:
    entries = [Placed(place, f"code-{place}", 22 - place) for place in range(12, 0, -1)]
    entries[-1] = Placed(1, "code-1", 21, "Nguyễn <Thị> Hồng\u202e Ngọc")
    chart = best_entries(SAY, "Tuần 3", entries, 21)
    assert chart.alt.splitlines()[:3] == [
        "Tuần 3",
        "1. Nguyễn Hồng Ngọc – 21 điểm",
        "2. code-2 – 20 điểm",
    ]
    assert len(chart.sections[0].bars) == 10
    assert "code-1 " not in chart.alt
    with Image.open(BytesIO(await draw(chart))) as picture:
        assert picture.format == "PNG"


def test_units_are_ranked_by_share_and_by_mean_and_equals_share_a_place() -> None:
    units = [
        UnitResult(f"{UNIT} A", 50, 1000, 20.5),
        UnitResult(f"{UNIT} B", 45, 50, 12.25),
        UnitResult(f"{UNIT} C", 9, 10, 20.5),
        UnitResult(f"{UNIT} D", 12, 10, 3),  # a register that is behind
        UnitResult(f"{UNIT} E", 6, 0, 0),
    ]
    share = units_by_share(SAY, "Tham gia", units)
    assert share.alt.splitlines() == [
        "Tham gia",
        f"1. {UNIT} D – 100% · 12/10",
        f"2. {UNIT} B – 90% · 45/50",
        f"2. {UNIT} C – 90% · 9/10",
        f"4. {UNIT} A – 5% · 50/1.000",
        f"5. {UNIT} E – 0% · 6/0",
    ]
    assert [bar.parts for bar in share.sections[0].bars] == [(1000,), (900,), (900,), (50,), (0,)]
    mean = units_by_mean(SAY, "Điểm", units, 21)
    assert mean.alt.splitlines()[1:4] == [
        f"1. {UNIT} A – 20,5",
        f"1. {UNIT} C – 20,5",
        f"3. {UNIT} B – 12,25",
    ]


@pytest.mark.parametrize(
    "unit",
    [UnitResult("A", 4, 9, 20), UnitResult("A", 40, 90, 20, is_too_small=True)],
)
def test_a_unit_too_small_to_be_told_is_refused(unit: UnitResult) -> None:
    with pytest.raises(TooSmall, match="fewer than 5"):
        units_by_share(SAY, "Tham gia", [unit])
    with pytest.raises(TooSmall, match="fewer than 5"):
        units_by_mean(SAY, "Điểm", [unit], 21)


def _drawn(*labels: str, told: str = "") -> Image.Image:
    bars = tuple(Bar(label, (1,), told) for label in labels)
    return Image.open(BytesIO(render(Chart("", (Section("", bars),))))).convert("L")


@pytest.mark.parametrize("name", ["សុខ ចន្ទ្រា", "ทำที่นี่ก็ได้", "ស្ត្រី"])
def test_khmer_and_thai_look_the_same_behind_a_number_as_alone(name: str) -> None:
    """resvg alone drew boxes, as these letters change places."""
    alone, behind = _drawn(name), _drawn(f"4. {name}")
    area = (36, 70, 700, 124)
    letters = ImageChops.invert(alone.crop(area))
    box = letters.getbbox()
    assert box
    wide, same = box[2] - box[0], ImageChops.invert(behind.crop(area))
    right = same.getbbox()
    assert right
    number = right[2] - wide - right[0]
    assert 20 < number < 50  # "4. " stands before it, and nothing else is wider


def test_a_long_name_goes_on_below_and_never_into_the_figure() -> None:
    name = "1. Công đoàn cơ sở Công ty TNHH May mặc số 7 Khu công nghiệp Trảng Bàng"
    one, two = _drawn("A", told="92,3% · 120/130"), _drawn(name, told="92,3% · 120/130")
    assert two.height > one.height
    svg = as_svg(Chart("", (Section("", (Bar(name, (1,), "92,3% · 120/130"),)),)))
    assert "số 7 Khu công nghiệp Trảng Bàng" in svg
    # The figure is drawn as if it stood alone: nothing of the name reaches its place.
    figure = (470, 60, 720, 112)
    assert ImageChops.difference(one.crop(figure), two.crop(figure)).getbbox() is None
