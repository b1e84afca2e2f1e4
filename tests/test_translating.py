"""The editors' tools: the matrix of languages, and the round trip of a CSV for translators."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.language import load_languages
from bot.library import load_library
from tests.conftest import ROOT
from tests.small_pack import small_pack

Printed = pytest.CaptureFixture[str]
Rows = list[dict[str, str]]
UNION = "articles/union/union-founding-day"


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_pack(tmp_path / "content", "union-founding-day")
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    for name in ("content", "locales"):
        monkeypatch.setenv(f"{name.upper()}_DIR", str(tmp_path / name))
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    return tmp_path


def _exported(pack: Path, *more: str) -> Rows:
    assert main(["content", "export", str(pack / "out.csv"), *more]) == 0
    with (pack / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _imported(pack: Path, rows: Rows, encoding: str = "utf-8-sig", delimiter: str = ",") -> int:
    with (pack / "in.csv").open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return main(["content", "import", str(pack / "in.csv")])


def _of(rows: Rows, identifier: str, language: str = "km") -> Rows:
    return [row for row in rows if row["id"] == identifier and row["language"] == language]


def _khmer(text: str) -> str:
    """A word for a word, numbers as they are."""
    return re.sub(r"\S+", lambda word: word[0] if re.search(r"\d", word[0]) else "ពាក្យ", text)


def _files(pack: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes()
        for folder in ("content", "locales")
        for path in (pack / folder).rglob("*")
        if path.is_file()
    }


def test_the_matrix_counts_what_is_done_draft_missing_and_expired(
    pack: Path, capsys: Printed
) -> None:
    article = pack / "content" / f"{UNION}.yaml"
    text = article.read_text("utf-8").replace("state: draft", "state: checked", 1)
    article.write_text(text, encoding="utf-8")
    old = pack / "content/articles/award/award-2026.yaml"
    text = old.read_text("utf-8")
    old.write_text(re.sub("published: .*\nexpires: .*", "expires: 2026-01-02", text), "utf-8")
    topics = pack / "content/topics.yaml"
    text = topics.read_text("utf-8").replace("ko, ja]\n  at_least", "ko, ja, km]\n  at_least")
    topics.write_text(text, encoding="utf-8")
    assert main(["content", "status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    union = told["status"]["union"]
    nothing = dict.fromkeys(("done", "draft", "missing", "expired", "absent"), 0)
    assert union["vi"] == {**nothing, "done": 1, "draft": 1}
    assert union["en"] == {**nothing, "draft": 2}
    assert union["km"] == {**nothing, "draft": 1, "missing": 1}
    assert union["th"] == {**nothing, "draft": 1, "absent": 1}
    assert told["status"]["award"]["vi"] == {**nothing, "expired": 1}
    assert told["status"]["interface"]["ja"]["missing"] == 0
    assert told["missing"] == 1
    assert {"file", "line", "message"} == set(told["hints"][0])
    assert main(["content", "status"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == list(load_languages(ROOT / "locales").tags)
    assert next(line for line in lines if line.startswith("union ")).split()[1:3] == [
        "1/1/0/0", "0/2/0/0",
    ]  # fmt: skip
    assert next(line for line in lines if line.startswith("questions ")).split()[7] == "-"


def test_what_was_exported_and_not_touched_changes_nothing(pack: Path, capsys: Printed) -> None:
    before = _files(pack)
    rows = _exported(pack)
    assert list(rows[0]) == ["id", "field", "language", "vi", "en", "target", "before"]
    assert len({(row["id"], row["field"], row["language"]) for row in rows}) == len(rows)
    assert _imported(pack, rows) == 0
    assert "nothing has changed" in capsys.readouterr().out
    assert _files(pack) == before


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ","), ("utf-16", "\t"), ("utf-8", ";")]
)
def test_a_translation_comes_back_into_the_files(pack: Path, encoding: str, delimiter: str) -> None:
    rows = _exported(pack, "--language", "km")
    assert {row["language"] for row in rows} == {"km"}
    before = (pack / "content" / f"{UNION}.yaml").read_text("utf-8")
    title, body = _of(rows, UNION)
    title["target"], body["target"] = "ថ្ងៃបង្កើតសហជីព", _khmer(body["vi"]) + "\n\n- = បន្ថែម"
    question = _of(rows, "questions/union#union-001")
    for row in question:
        row["target"] = _khmer(row["vi"])
    claim, summary = _of(rows, "factchecks/rent-bank-account")
    claim["target"], summary["target"] = "=ពាក្យ", _khmer(summary["vi"])
    greeting = next(row for row in _of(rows, "interface") if row["field"] == "Menu")
    greeting["target"] = "ម៉ឺនុយថ្មី"
    assert _imported(pack, rows, encoding, delimiter) == 0
    library = load_library(pack / "content")
    text = library.articles["union-founding-day"].text
    assert (text["km"].title, text["km"].state) == (title["target"], "draft")
    assert text["km"].body == body["target"].strip()
    assert library.questions["union-001"].text["km"].options == tuple(
        row["target"] for row in question if row["field"].startswith("options")
    )
    check = library.factchecks["rent-bank-account"]
    assert (check.claim["km"], check.state["km"]) == ("=ពាក្យ", "draft")
    assert load_languages(pack / "locales").voice("km")("Menu") == "ម៉ឺនុយថ្មី"
    after = (pack / "content" / f"{UNION}.yaml").read_text("utf-8")
    assert after.startswith(before)  # all else stayed as it was, Khmer came behind


def test_a_new_language_stands_in_its_place_and_comments_stay(pack: Path) -> None:
    path = pack / "content" / f"{UNION}.yaml"
    path.write_text(f"# Read by nobody yet.\n{path.read_text('utf-8')}", encoding="utf-8")
    rows = _exported(pack)
    for tag in ("id", "km"):
        for row in _of(rows, UNION, tag):
            row["target"] = _khmer(row["vi"])
    assert _imported(pack, rows) == 0
    text = load_library(pack / "content").articles["union-founding-day"].text
    assert list(text) == ["vi", "en", "zh-Hans", "zh-Hant", "ko", "ja", "km", "id"]
    assert path.read_text("utf-8").startswith("# Read by nobody yet.\n")


def test_a_checked_text_that_changes_is_a_draft_again(pack: Path) -> None:
    path = pack / "content" / f"{UNION}.yaml"
    path.write_text(path.read_text("utf-8").replace("state: draft", "state: checked"), "utf-8")
    award = pack / "content/award.yaml"
    award.write_text(award.read_text("utf-8").replace("checked: []", "checked: [en, ko]"), "utf-8")
    rows = _exported(pack, "--language", "en")
    _of(rows, UNION, "en")[0]["target"] += " again"
    _of(rows, "award", "en")[0]["target"] += " again"
    assert _imported(pack, rows) == 0
    library = load_library(pack / "content")
    text = library.articles["union-founding-day"].text
    assert (text["vi"].state, text["en"].state) == ("checked", "draft")
    assert library.award is not None
    assert library.award.checked == ("ko",)


def _changed_source(pack: Path, rows: Rows) -> None:
    path = pack / "content" / f"{UNION}.yaml"
    text = path.read_text("utf-8")
    title = _of(rows, UNION, "en")[0]
    path.write_text(text.replace(title["vi"], "Tên mới", 1), encoding="utf-8")
    title["target"] = "New name"


def _changed_meanwhile(pack: Path, rows: Rows) -> None:
    path = pack / "content" / f"{UNION}.yaml"
    title = _of(rows, UNION, "en")[0]
    text = path.read_text("utf-8")
    path.write_text(text.replace(title["en"], "Mended by another", 1), encoding="utf-8")
    title["target"] = "New name"


def _without_body(_pack: Path, rows: Rows) -> None:
    _of(rows, UNION)[0]["target"] = "ថ្ងៃ"


def _other_number(_pack: Path, rows: Rows) -> None:
    _of(rows, UNION, "en")[1]["target"] += " In 1234."


def _no_such_text(_pack: Path, rows: Rows) -> None:
    _of(rows, UNION, "en")[0].update(id="articles/union/none", target="x")


def _twice(_pack: Path, rows: Rows) -> None:
    rows.append(dict(rows[0]))


def _other_gaps(_pack: Path, rows: Rows) -> None:
    row = next(row for row in _of(rows, "interface", "en") if "{number}" in row["target"])
    row["target"] = row["target"].replace("{number}", "{numbre}")


REFUSED: dict[str, tuple[Callable[[Path, Rows], None], str]] = {
    "the Vietnamese has changed": (_changed_source, "the Vietnamese has changed since"),
    "somebody was quicker": (_changed_meanwhile, "somebody has changed this text since"),
    "half an article": (_without_body, "union-founding-day.yaml: text.km.body: missing"),
    "another number": (_other_number, "body: en: numbers are not those of the Vietnamese: adds"),
    "no such text": (_no_such_text, "there is no text articles/union/none, title, en"),
    "the same row twice": (_twice, "is row 2 once more"),
    "another gap": (_other_gaps, "other gaps than in the original"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_table_is_refused_as_a_whole(pack: Path, what: str, capsys: Printed) -> None:
    rows = _exported(pack)
    good = _of(rows, "contacts#police", "ko")[0]
    good["target"] = "경찰"
    spoil, told = REFUSED[what]
    spoil(pack, rows)
    before = _files(pack)
    assert _imported(pack, rows) == 1
    error = capsys.readouterr().err
    assert told in error
    assert "nothing was written" in error
    assert _files(pack) == before


NO_TABLES = {
    "no columns": (b"id,vi\n", "row 1: there is no column field, language"),
    "no UTF-8": ("id,é".encode("latin-1"), "not UTF-8"),
    "an open quote": (b'id,field,language,vi,en,target,before\n"a', "the quotes do not match"),
}


@pytest.mark.parametrize("what", NO_TABLES)
def test_what_is_no_table_is_refused(pack: Path, what: str, capsys: Printed) -> None:
    data, told = NO_TABLES[what]
    (pack / "in.csv").write_bytes(data)
    assert main(["content", "import", str(pack / "in.csv")]) == 1
    assert told in capsys.readouterr().err


def test_a_table_that_is_not_there_is_told(pack: Path, capsys: Printed) -> None:
    assert main(["content", "import", str(pack / "none.csv")]) == 1
    assert "No such file" in capsys.readouterr().err
