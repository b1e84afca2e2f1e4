"""content/plan.yaml: what cannot be computed is refused, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.library import ContentError, load_library
from tests.conftest import LIBRARY
from tests.small_pack import small_pack

#         what stands in the sample, what is written instead, what is told
BROKEN = {
    "a measure that there is not": (
        "{measure: checks}", "{measure: followers}", "cannot be computed: followers is none of",
    ),
    "a measure that is not by topic": (
        "{measure: works}", "{measure: works, topic: events}",
        "cannot be computed: works can be narrowed by category",
    ),
    "a topic that there is not": (
        "{measure: articles, topic: events}", "{measure: articles, topic: sports}",
        "cannot be computed: there is no topic sports",
    ),
    "a section that there is not": ("section: trust", "section: nowhere", "there is no section"),
    "a day of another year": ("until: 2026-10-31", "until: 2027-10-31", "is not in 2026"),
    "a target of nothing": ("target: 5000", "target: 0", "greater than 0"),
    "a day that is none": ('last: "10-31"', 'last: "02-30"', "there is no 02-30 in 2026"),
    "a quarterly report on a fixed day": ("days_after: 5", 'due: "11-05"', "has days_after"),
    "a field that is not known": ("who: Văn phòng", "by: Văn phòng", "unknown field"),
    "two tasks of one id": ("- id: award-works", "- id: contest", "stands here twice"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_plan_that_cannot_be_computed_is_refused(tmp_path: Path, what: str) -> None:
    old, new, told = BROKEN[what]
    content = small_pack(tmp_path / "content")
    written = (content / "plan.yaml").read_text("utf-8")
    assert old in written
    (content / "plan.yaml").write_text(written.replace(old, new, 1), "utf-8")
    line = written[: written.index(old)].count("\n") + 1
    with pytest.raises(ContentError) as error:
        load_library(content)
    faults = [one for one in error.value.faults if told in one.message]
    assert faults, error.value.faults
    assert all(one.file.name == "plan.yaml" and abs(one.line - line) <= 12 for one in faults)


def test_the_sample_covers_what_the_plan_asks_for() -> None:
    plan = LIBRARY.plan
    assert plan is not None
    topics = {task.indicator.topic for task in plan.tasks}
    assert topics >= {
        "resolutions",
        "events",
        "ho-chi-minh",
        "human-rights",
        "sea-islands",
        "union",
    }
    measures = {task.indicator.measure for task in plan.tasks}
    assert measures >= {"checks", "works", "activities", "active-units", "reports", "messages"}
    assert any(task.indicator.language == "foreign" for task in plan.tasks)
    assert {one.due for one in plan.reports} >= {"11-05"}
