"""The checker of the content: every fault at once, each with its file and line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.library import ContentError, keep_library, load_library
from tests.small_pack import small_pack

TOPICS = """\
topics:
- slug: union
  name: {vi: Công đoàn}
  about: {vi: Về công đoàn}
"""
UNITS = """\
units:
- {code: LD, name: Liên đoàn, kind: federation}
"""
AWARD = """\
name: {vi: Giải thưởng}
sources:
  site: {title: Trang của giải, issuer: Ban tổ chức}
about:
- {text: {vi: Hằng năm.}, sources: [site]}
organisers:
- {text: {vi: Ban tổ chức.}, sources: [site]}
how:
- {text: {vi: Gửi tác phẩm.}, sources: [site]}
edition:
  id: coming
  name: {vi: Lần tới}
  launch: unknown
  published_from: unknown
  published_until: unknown
  deadline: unknown
  results: unknown
  unknown:
    looked_on: 2026-11-23
    note: {vi: Xem trang của giải.}
    sources: [site]
categories_from: {text: {vi: Lần trước.}, sources: [site]}
categories:
- id: radio
  name: {vi: Phát thanh}
  forms: [link]
  checklist:
  - {id: sound, text: {vi: Tệp âm thanh}, usual: true}
checklist:
- {id: window, text: {vi: Đúng thời gian}, sources: [site]}
"""
ARTICLE = """\
id: union-day
topic: union
published: 2026-11-01
sources:
- title: Luật Công đoàn
  issuer: Quốc hội
text:
  vi:
    state: draft
    title: Ngày công đoàn
    body: Một câu.
"""


def _write(folder: Path, **changed: str) -> Path:
    files = {
        "topics.yaml": TOPICS,
        "units.yaml": UNITS,
        "calendar.yaml": "entries: []\n",
        "contacts.yaml": "contacts: []\n",
        "award.yaml": AWARD,
        "articles/union/union-day.yaml": ARTICLE,
        **{name.replace("__", "/") + ".yaml": text for name, text in changed.items()},
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _faults(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        load_library(folder)
    return [str(fault).removeprefix(f"{folder}/") for fault in caught.value.faults]


def test_good_content_is_read_and_frozen(tmp_path: Path) -> None:
    library = load_library(_write(tmp_path))
    assert library.units["LD"].name == "Liên đoàn"
    assert [a.id for a in library.newest(date(2026, 11, 1))] == ["union-day"]
    with pytest.raises(ValueError, match="frozen"):
        library.articles["union-day"].topic = "other"  # type: ignore[misc]


def test_an_article_is_out_from_its_day_until_it_expires(tmp_path: Path) -> None:
    article = ARTICLE.replace("published: 2026-11-01", "published: 2026-11-01\nexpires: 2026-12-01")
    folder = _write(tmp_path)
    (folder / "articles/union/union-day.yaml").write_text(article, encoding="utf-8")
    library = load_library(folder)
    days = {
        date(2026, 10, 31): 0,
        date(2026, 11, 1): 1,
        date(2026, 11, 30): 1,
        date(2026, 12, 1): 0,
    }
    assert {day: len(library.newest(day)) for day in days} == days


BROKEN = {
    "a missing source": (
        ARTICLE.replace("- title: Luật Công đoàn\n  issuer: Quốc hội\n", "").replace(
            "sources:\n", "sources: []\n"
        ),
        "4: sources: Tuple should have at least 1 item",
    ),
    "a source without its issuer": (
        ARTICLE.replace("  issuer: Quốc hội\n", ""),
        "5: sources.0.issuer: missing",
    ),
    "an unknown field": (ARTICLE + "author: someone\n", "12: author: unknown field"),
    "an unknown field deep inside": (
        ARTICLE.replace("    state: draft\n", "    state: draft\n    stat: draft\n"),
        "10: text.vi.stat: unknown field",
    ),
    "a wrong date": (ARTICLE.replace("2026-11-01", "2026-13-01"), "3: published: must be a date"),
    "a day that does not exist": (
        ARTICLE.replace("2026-11-01", "2026-02-30"),
        "3: published: must be a date",
    ),
    "a time where a day belongs": (
        ARTICLE.replace("2026-11-01", "2026-11-01 10:00:00"),
        "3: published: must be a date",
    ),
    "a state that is none": (ARTICLE.replace("draft", "done"), "9: text.vi.state: Input should be"),
    "a language that is none": (ARTICLE.replace("  vi:", "  vietnamese:"), "8: text.vietnamese"),
    "markup": (ARTICLE.replace("Một câu.", "Một **câu**."), "11: text.vi: plain text only"),
    "HTML": (ARTICLE.replace("Một câu.", "Một <b>câu</b>."), "11: text.vi: plain text only"),
    "a key written twice": (ARTICLE + "topic: union\n", "12: topic: stands here twice"),
    "broken YAML": (ARTICLE + "  : [\n", "broken YAML"),
    "nothing": ("", "1: broken YAML: the file is empty"),
    "a list instead of an article": ("- one\n", "1: the file: "),
    "another id than the file's name": (
        ARTICLE.replace("id: union-day", "id: other"),
        "1: id: must be the file's name, union-day",
    ),
    "another topic than the folder": (
        ARTICLE.replace("topic: union", "topic: events"),
        "2: topic: must be the folder's name, union",
    ),
    "an expiry before its publication": (
        ARTICLE.replace("published: 2026-11-01", "published: 2026-11-01\nexpires: 2026-10-01"),
        "4: expires: must come after published",
    ),
    "a picture that is not there": (
        ARTICLE + "picture: {file: media/none.png, alt: {vi: Hình}}\n",
        "12: picture: there is no file media/none.png",
    ),
    "an address that is no web address": (
        ARTICLE.replace("  issuer: Quốc hội", "  issuer: Quốc hội\n  url: javascript:alert(1)"),
        "7: sources.0.url",
    ),
    "no Vietnamese": (ARTICLE.replace("  vi:", "  en:"), "7: text: has no Vietnamese"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_fault_is_told_with_its_file_and_line(tmp_path: Path, what: str) -> None:
    text, told = BROKEN[what]
    folder = _write(tmp_path)
    (folder / "articles/union/union-day.yaml").write_text(text, encoding="utf-8")
    faults = _faults(folder)
    assert any(told in fault for fault in faults), faults
    assert all(fault.startswith("articles/union/union-day.yaml:") for fault in faults)


def test_faults_in_several_files_are_told_together(tmp_path: Path) -> None:
    folder = _write(
        tmp_path,
        topics=TOPICS + "- {slug: Union, name: {en: U}, about: {vi: U}}\n",
        units=UNITS + "- {code: A, name: A, kind: x, parent: B}\n",
        articles__union__second="id: second\n",
        article="id: stray\n",
    )
    (folder / "articles/union/latin1.yaml").write_bytes("id: é\n".encode("latin-1"))
    files = {fault.partition(":")[0] for fault in _faults(folder)}
    assert files == {
        "topics.yaml",
        "units.yaml",
        "articles/union/second.yaml",
        "articles/union/latin1.yaml",
        "article.yaml",
    }


UNIT_FAULTS = {
    "- {code: B, name: B, kind: x}": "exactly one unit has no parent; here: LD, B",
    "- {code: LD, name: B, kind: x, parent: LD}": "unit LD: stands here twice",
    "- {code: B, name: B, kind: x, parent: C}": "3: unit B: there is no parent C",
    "- {code: B, name: B, kind: x, parent: C}\n- {code: C, name: C, kind: x, parent: B}": (
        "3: unit B: its parents lead back to B"
    ),
}


@pytest.mark.parametrize("line", UNIT_FAULTS)
def test_a_tree_of_units_that_is_none_is_refused(tmp_path: Path, line: str) -> None:
    faults = _faults(_write(tmp_path, units=f"{UNITS}{line}\n"))
    assert any(UNIT_FAULTS[line] in fault for fault in faults), faults


TOPIC_FAULTS = {
    "- {slug: union, name: {vi: A}, about: {vi: A}}": "5: topic union: stands here twice",
    "- {slug: other, name: {en: A}, about: {vi: A}}": "5: topic other: has no Vietnamese name",
    "- {slug: b, name: {vi: A}, about: {vi: A}, picture: {file: media/b.png, alt: {vi: A}}}": (
        "5: there is no file media/b.png"
    ),
}


@pytest.mark.parametrize("line", TOPIC_FAULTS)
def test_a_topic_that_is_none_is_refused(tmp_path: Path, line: str) -> None:
    faults = _faults(_write(tmp_path, topics=f"{TOPICS}{line}\n"))
    assert any(TOPIC_FAULTS[line] in fault for fault in faults), faults


def test_the_same_id_in_two_topics_is_refused(tmp_path: Path) -> None:
    folder = _write(
        tmp_path,
        topics=TOPICS + "- {slug: other, name: {vi: A}, about: {vi: A}}\n",
    )
    second = folder / "articles/other/union-day.yaml"
    second.parent.mkdir()
    second.write_text(ARTICLE.replace("topic: union", "topic: other"), encoding="utf-8")
    assert any("has it already" in fault for fault in _faults(folder))


def test_a_topic_that_topics_yaml_does_not_know_is_refused(tmp_path: Path) -> None:
    folder = _write(tmp_path)
    stray = folder / "articles/unknown/union-night.yaml"
    stray.parent.mkdir()
    text = ARTICLE.replace("topic: union", "topic: unknown").replace("union-day", "union-night")
    stray.write_text(text, encoding="utf-8")
    assert _faults(folder) == ["articles/unknown/union-night.yaml:2: topics.yaml has no unknown"]


def test_missing_files_are_named(tmp_path: Path) -> None:
    assert _faults(tmp_path) == [
        "award.yaml:1: this file is missing",
        "calendar.yaml:1: this file is missing",
        "contacts.yaml:1: this file is missing",
        "topics.yaml:1: this file is missing",
        "units.yaml:1: this file is missing",
    ]


DAY = "sources: [{title: T, issuer: I}]"
CALENDAR_FAULTS = {
    f"{{id: a, kind: holiday, name: {{vi: A}}, {DAY}}}": "since, yearly, lunar and days says when",
    f"{{id: a, kind: holiday, yearly: '01-02', days: [2027-01-02], name: {{vi: A}}, {DAY}}}": (
        "exactly one of since, yearly, lunar and days"
    ),
    f"{{id: a, kind: holiday, yearly: '13-40', name: {{vi: A}}, {DAY}}}": "month must be in 1..12",
    f"{{id: a, kind: diplomatic, yearly: '01-02', country: KH, {DAY}}}": "a country and since",
    f"{{id: a, kind: diplomatic, since: 1960-01-02, country: NO, {DAY}}}": "entries.0.country",
    f"{{id: a, kind: holiday, yearly: '01-02', name: {{en: A}}, {DAY}}}": "no Vietnamese name",
    "{id: a, kind: holiday, yearly: '01-02', name: {vi: A}, sources: []}": "entries.0.sources",
}


@pytest.mark.parametrize("entry", CALENDAR_FAULTS)
def test_a_marked_day_that_is_none_is_refused(tmp_path: Path, entry: str) -> None:
    faults = _faults(_write(tmp_path, calendar=f"entries:\n- {entry}\n"))
    assert faults[0].startswith("calendar.yaml:2: ")
    assert CALENDAR_FAULTS[entry] in faults[0]


def test_two_marked_days_of_one_id_are_refused(tmp_path: Path) -> None:
    entry = f"- {{id: a, kind: holiday, yearly: '01-02', name: {{vi: A}}, {DAY}}}\n"
    faults = _faults(_write(tmp_path, calendar=f"entries:\n{entry}{entry}"))
    assert faults == ["calendar.yaml:3: a: stands here twice"]


def test_a_marked_day_falls_on_its_days(tmp_path: Path) -> None:
    entries = [
        f"{{id: since, kind: diplomatic, country: KH, since: 1967-06-24, {DAY}}}",
        f"{{id: leap, kind: diplomatic, country: LA, since: 1972-02-29, {DAY}}}",
        f"{{id: yearly, kind: memorial, yearly: '12-18', name: {{vi: A}}, {DAY}}}",
        f"{{id: moving, kind: holiday, days: [2027-02-06], name: {{vi: A}}, {DAY}}}",
    ]
    text = "entries:\n" + "".join(f"- {entry}\n" for entry in entries)
    library = load_library(_write(tmp_path, calendar=text))
    marked = {
        date(2027, 6, 24): ["since"],
        date(1967, 6, 24): [],
        date(2027, 2, 28): ["leap"],
        date(2028, 2, 28): [],
        date(2028, 2, 29): ["leap"],
        date(2026, 12, 18): ["yearly"],
        date(2027, 2, 6): ["moving"],
        date(2028, 2, 6): [],
    }
    for day, ids in marked.items():
        assert [entry.id for entry in library.marked(day)] == ids


AWARDS = {
    "a blank deadline": (
        AWARD.replace("  deadline: unknown\n", "  deadline:\n"),
        "16: edition.deadline: must be unknown, or a day with its sources",
    ),
    "no deadline at all": (
        AWARD.replace("  deadline: unknown\n", ""),
        "10: edition.deadline: missing",
    ),
    "a deadline without its source": (
        AWARD.replace("  deadline: unknown\n", "  deadline: {day: 2027-07-31}\n"),
        "16: edition.deadline.sources: missing",
    ),
    "a quoted deadline": (
        AWARD.replace(
            "  deadline: unknown\n", '  deadline: {day: "2027-07-31", sources: [site]}\n'
        ),
        "16: edition.deadline.day: must be a date such as 2026-11-23, without quotes",
    ),
    "unknown days with no word on where they will stand": (
        AWARD.replace("  unknown:\n    looked_on: 2026-11-23\n", "").replace(
            "    note: {vi: Xem trang của giải.}\n    sources: [site]\n", ""
        ),
        "10: edition: a day is unknown, so unknown says when it was looked up, and where",
    ),
    "days out of order": (
        AWARD.replace(
            "  deadline: unknown\n  results: unknown\n",
            "  deadline: {day: 2027-07-31, sources: [site]}\n"
            "  results: {day: 2027-07-01, sources: [site]}\n",
        ),
        "17: edition.results: is earlier than what comes before it",
    ),
    "a source that is not there": (
        AWARD.replace("Hằng năm.}, sources: [site]", "Hằng năm.}, sources: [gazette]"),
        "5: about.0.sources: there is no source gazette",
    ),
    "a source by which nothing is said": (
        AWARD.replace("about:\n", "  gazette: {title: Công báo, issuer: Chính phủ}\nabout:\n"),
        "4: sources.gazette: nothing is said by it",
    ),
    "a statement without a source": (
        AWARD.replace("Hằng năm.}, sources: [site]", "Hằng năm.}, sources: []"),
        "5: about.0.sources: Tuple should have at least 1 item",
    ),
    "an item that is neither sourced nor called usual": (
        AWARD.replace(", usual: true", ""),
        "28: categories.0.checklist.0: has either sources or usual: true",
    ),
    "an item twice in a work's checklist": (
        AWARD.replace("id: window", "id: sound"),
        "28: sound: stands here twice",
    ),
    "a category twice": (
        AWARD.replace(
            "checklist:\n- {", "- {id: radio, name: {vi: R}, forms: [link]}\nchecklist:\n- {"
        ),
        "29: radio: stands here twice",
    ),
    "a form that is none": (AWARD.replace("[link]", "[fax]"), "26: categories.0.forms.0: Input"),
    "no Vietnamese": (
        AWARD.replace("{vi: Phát thanh}", "{en: Radio}"),
        "25: categories.0.name: has no Vietnamese",
    ),
    "an unknown field": (AWARD + "prizes: []\n", "31: prizes: unknown field"),
    "a year for an id": (AWARD.replace("id: coming", "id: 2027"), "11: edition.id: Input should"),
}  # fmt: skip


@pytest.mark.parametrize("name", AWARDS)
def test_the_award_is_refused_with_file_and_line(tmp_path: Path, name: str) -> None:
    text, message = AWARDS[name]
    found = _faults(_write(tmp_path, award=text))
    assert any(fault.startswith(f"award.yaml:{message}") for fault in found), found


def test_all_faults_of_the_award_are_told_at_once(tmp_path: Path) -> None:
    text = AWARD.replace("[link]", "[fax]").replace(", usual: true", "") + "prizes: []\n"
    assert len(_faults(_write(tmp_path, award=text))) == 3


def test_what_is_kept_is_the_same_until_anything_changes(tmp_path: Path) -> None:
    # Wherever it lies: only the room of private banks inside it is not looked at.
    folder = small_pack(tmp_path / "private" / "content")
    place = tmp_path / "var" / "library.json"
    assert keep_library(folder, place) == load_library(folder)
    # Read from the file now: it says what the file says.
    place.write_text(place.read_text("utf-8").replace("Tết Dương lịch", "Tết Tây"), "utf-8")
    assert keep_library(folder, place).calendar[0].name["vi"] == "Tết Tây"
    units = folder / "units.yaml"
    units.write_text(units.read_text("utf-8") + "# looked at\n", encoding="utf-8")
    assert keep_library(folder, place).calendar[0].name["vi"] == "Tết Dương lịch"
    mark = place.read_text("utf-8").partition("\n")[0]
    for broken in ("", f"{mark}\n", f"{mark}\n{{}}", "x" * 9):
        place.write_text(broken, encoding="utf-8")
        assert keep_library(folder, place) == load_library(folder)
    units.write_text("units: [", encoding="utf-8")
    with pytest.raises(ContentError):
        keep_library(folder, place)


def test_content_is_served_where_nothing_can_be_kept(tmp_path: Path) -> None:
    folder = small_pack(tmp_path / "content")
    (tmp_path / "var").write_text("no folder", encoding="utf-8")
    assert keep_library(folder, tmp_path / "var" / "library.json") == load_library(folder)
