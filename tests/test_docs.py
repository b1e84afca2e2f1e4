"""What the pages for operator and lawyer name is there: tests, files, functions, tables."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.consents import NEWEST, OLDEST
from bot.store import schema
from tests.conftest import ROOT

PAGES = [
    path
    for name in ("threat-model", "privacy", "reliability", "operations", "scale")
    if (path := ROOT / "docs" / f"{name}.md").exists()
]
_NAMED = re.compile(r"`((?:bot|handlers|tests|bench|docs|deploy|content)/[\w/.-]+?)(?:::(\w+))?`")


def _names(path: Path) -> set[str]:
    """The functions, classes and constants that a file defines, of whatever depth."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def missing(text: str) -> list[str]:
    """What a page names and the repository lacks."""
    found = []
    for name, inner in _NAMED.findall(text):
        path = ROOT / name
        if not path.exists() or (inner and inner not in _names(path)):
            found.append(f"{name}::{inner}" if inner else name)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_and_every_path_that_a_page_names_exists(page: Path) -> None:
    assert missing(page.read_text("utf-8")) == []


def test_a_name_that_is_gone_is_found() -> None:
    assert missing("`bot/gone.py`, `tests/test_docs.py::test_gone`, `bot/consents.py::holds`") == [
        "bot/gone.py", "tests/test_docs.py::test_gone"
    ]  # fmt: skip


def test_every_table_of_the_schema_is_told_in_the_privacy_page() -> None:
    told = (ROOT / "docs" / "privacy.md").read_text("utf-8").partition("## How long")[0]
    assert [t.name for t in schema.metadata.sorted_tables if f"`{t.name}`" not in told] == []


def test_the_threat_model_names_a_test_or_a_reason_in_every_line_of_its_audit() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    lines = re.findall(r"^\| (\d+\.\d+\.\d+[^|]*) \|(.*)\|(.*)\|$", text, re.MULTILINE)
    assert len(lines) > 60
    bare = [
        number
        for number, _, shown in lines
        if "tests/" not in shown and "not met" not in shown and "operator" not in shown
        and "reading" not in shown
    ]  # fmt: skip
    assert bare == []


def test_texts_of_consent_are_days_that_have_come() -> None:
    assert OLDEST <= NEWEST
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", NEWEST)
