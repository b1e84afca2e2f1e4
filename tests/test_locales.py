"""The catalogues: nothing missing, nothing left over, the same gaps as the original."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.language import CatalogueError, load_languages
from tests.conftest import ROOT

KEYWORDS = {"say": None, "count": (1, 2), "words": None, "later": None}
CATALOGUES = sorted((ROOT / "locales").glob("*/LC_MESSAGES/messages.po"))


@cache
def _said() -> frozenset[str]:
    """Every text in the code, plurals by their first form."""
    found = set()
    for folder in ("bot", "handlers"):
        for _, _, text, _, _ in extract_from_dir(str(ROOT / folder), keywords=KEYWORDS):
            found.add(text[0] if isinstance(text, tuple) else text)
    return frozenset(found)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _gaps(text: str) -> set[str]:
    return set(re.findall(r"{(\w*)}", text))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_catalogue_holds_exactly_what_the_code_says(path: Path) -> None:
    assert {_id(message) for message in _read(path) if message.id} == _said()


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_text_is_translated_with_the_same_gaps(path: Path) -> None:
    catalogue = _read(path)
    for message in catalogue:
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        forms = _forms(message)
        assert len(forms) == (1 if isinstance(message.id, str) else catalogue.num_plurals)
        for form in forms:
            assert form.strip(), message.id
            assert _gaps(form) == _gaps(_id(message)), message.id
            assert form.count("\n\n") == _id(message).count("\n\n"), message.id


def test_no_word_means_two_things() -> None:
    """A plain word in any language leads to one command only."""
    languages = load_languages(ROOT / "locales")
    from handlers import ROUTES

    meaning: dict[str, str] = {}
    for route in ROUTES:
        for word in languages.words(route.words) if route.words else ():
            assert meaning.setdefault(word.casefold(), route.name) == route.name, word


BROKEN = {
    'msgid "Menu"\n': "messages.po: missing msgstr",
    'msgid "Menu"\nmsgstr "Menu"\n': "no catalogue for en",
    'msgid "Hi {name}"\nmsgstr "Chào {nam}"\n': "messages.po:1: other gaps than in the original",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_or_missing_catalogue_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "vi" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with pytest.raises(CatalogueError, match=BROKEN[text]):
        load_languages(tmp_path)
