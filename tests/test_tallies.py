"""Tallies tell of no small group; charts are drawn in every language."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from bot.charts import ChartError, as_svg, draw
from bot.model import Bar, Chart, Section
from bot.organisation import Tree, Unit
from bot.tallies import Pair, Tally, branches, read_tally, told, told_units
from handlers.tallies import tally_reply
from tests.conftest import LANGUAGES

#        groups                                        told by name        all the others
TOLD: dict[str, tuple[dict[str, Pair], set[str], Pair]] = {
    "all are large": ({"a": (50, 5), "b": (20, 0)}, {"a", "b"}, (0, 0)),
    "a small one hides the smallest": ({"a": (50, 5), "b": (20, 5), "c": (3, 0)}, {"a"}, (23, 5)),
    "two small ones hide each other": ({"a": (50, 5), "b": (3, 0), "c": (4, 0)}, {"a"}, (7, 0)),
    "who missed it are a small group": ({"a": (50, 5), "b": (20, 2)}, set(), (70, 7)),
    "few missed it in two": ({"a": (50, 5), "b": (20, 2), "c": (20, 3)}, {"a"}, (40, 5)),
    "nobody": ({}, set(), (0, 0)),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_no_cell_of_one_to_four_people_is_told_or_can_be_worked_out(case: str) -> None:
    groups, named, others = TOLD[case]
    whole = (sum(one[0] for one in groups.values()), sum(one[1] for one in groups.values()))
    found, left = told(groups, whole)
    assert (set(found), left) == (named, others)


TREE = Tree(
    [
        Unit("LD", "Federation", "", None, 1),
        Unit("BN", "North", "", 1, 2),
        Unit("BN-01", "Shoes", "", 2, 3),
        Unit("BN-02", "Shirts", "", 2, 4),
        Unit("TN", "South", "", 1, 5),
        Unit("OLD", "Shoes before", "", 2, 6, goes_to_id=3),
    ]
)
TALLY = Tally(
    channels={"telegram": (90, 0, 10), "zalo-oa": (20, 7, 0)},
    languages={"vi": (100, 7, 5), "km": (8, 0, 5), "th": (2, 0, 0)},
    units={0: (5, 0, 0), 3: (40, 0, 5), 6: (10, 0, 0), 4: (25, 2, 0), 5: (30, 5, 5)},
    reasons={"unreachable:blocked": 9, "failed:new-kind": 1, "waiting:": 7},
)


def test_units_are_told_with_all_below_them_and_none_below_one_that_is_not() -> None:
    assert told_units(TREE, TALLY) == {
        1: (105, 17),
        2: (75, 7),
        5: (30, 10),
    }
    # Shirts missed by two are not told; so neither are shoes, from which they could be worked out.
    fork, others = branches(TREE, TALLY)
    assert fork == {1: (105, 17)}
    assert others == (5, 0)
    assert read_tally(TALLY.as_text()) == TALLY


@pytest.mark.parametrize("tag", LANGUAGES.tags)
async def test_the_tally_is_told_in_lines_and_drawn_in_every_language(tag: str) -> None:
    say = LANGUAGES.voice(tag)
    reply = tally_reply(TALLY, 12, "Lịch làm việc mới", say, LANGUAGES, TREE)
    assert "Telegram: 90 / 100" in reply.body
    assert "Tiếng Việt: 100 / 112" in reply.body
    assert LANGUAGES.name("km") not in reply.body  # else two who read Thai could be worked out
    assert say("blocked the bot, or is gone: {number}", number=9) in reply.body
    assert say("failed: {number}", number=1) in reply.body
    assert reply.chart is not None
    assert reply.chart.alt.endswith(reply.body)
    with Image.open(BytesIO(await draw(reply.chart))) as picture:
        assert picture.format == "PNG"
        assert picture.width == 720
        assert 400 < picture.height < 2400
        drawn = picture.convert("RGB")
    colours = {colour for _, colour in drawn.getcolors(1 << 24) or ()}
    assert {(0x1F, 0x5F, 0x8B), (0xB9, 0xC4, 0xCC)} <= colours


def test_labels_are_cut_and_harmless() -> None:
    long = Bar("Công đoàn " * 20, (3, 2), "3 / 5")
    odd = Bar('<script>&"', (0, 0), "0 / 0")
    drawn = as_svg(Chart("Tin", (Section("", (long, odd)),), ("a", "b")))
    assert "<script>" not in drawn
    assert "…" in drawn
    assert max(len(one) for one in drawn.split("</text>")) < 700


async def test_what_cannot_be_drawn_is_an_error_of_ours() -> None:
    with pytest.raises(ChartError):
        await draw(Chart("\x00", (Section("", (Bar("", (1,)),)),)))
