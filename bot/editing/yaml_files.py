"""Puts translations into a YAML file; comments, order and quotes of all else stay as they are."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString, ScalarString

from bot.editing.passages import LANGUAGES, Passage


class YamlFile:
    """One file of the content. What is put in is a draft until a speaker has checked it."""

    def __init__(self, path: Path) -> None:
        self._yaml = YAML()
        self._yaml.preserve_quotes = True
        self._yaml.width = 1_000_000  # a text is one line, as editors write it
        self._yaml.indent(mapping=2, sequence=2, offset=0)
        self._tree = self._yaml.load(path.read_text(encoding="utf-8"))

    def put(self, passage: Passage, tag: str, text: str) -> None:
        """Sets one text of one language; the language is added in its place if it is new."""
        languages = self._at(passage.before)
        if not passage.after:
            _put(languages, tag, _styled(text, languages.get(tag)))
        else:
            if tag not in languages:
                _put(languages, tag, CommentedMap({"state": "draft"}))
            _put_below(languages[tag], passage.after, text)
        self._make_draft(passage, languages, tag)

    def written(self) -> bytes:
        out = io.StringIO()
        self._yaml.dump(self._tree, out)
        return out.getvalue().encode()

    def _at(self, keys: tuple[str | int, ...]) -> Any:
        node = self._tree
        for key in keys:
            node = node[key]
        return node

    def _make_draft(self, passage: Passage, languages: Any, tag: str) -> None:
        """Nobody has checked what is new: in a text, in `state` by language, or in `checked`."""
        if passage.after:
            languages[tag]["state"] = "draft"
        elif "claim" in self._tree:
            states = self._tree.setdefault("state", CommentedMap())
            _put(states, tag, "draft")
        elif tag in (self._tree.get("checked") or ()):
            self._tree["checked"].remove(tag)


def _put(languages: Any, tag: str, value: Any) -> None:
    """In the order in which languages stand everywhere."""
    if tag in languages:
        languages[tag] = value
        return
    before = [one for one in LANGUAGES[: LANGUAGES.index(tag)] if one in languages]
    place = list(languages).index(before[-1]) + 1 if before else 0
    languages.insert(place, tag, value)


def _put_below(node: Any, keys: tuple[str | int, ...], text: str) -> None:
    """At `title`, or at `options` and a place, which may be the next one."""
    name, *place = keys
    if not place:
        node[name] = _styled(text, node.get(name))
        return
    options = node.setdefault(name, CommentedSeq())
    index = int(place[0])
    while len(options) <= index:
        options.append("")
    options[index] = _styled(text, options[index])


def _styled(text: str, old: Any) -> Any:
    """As the old text was written; a new one in quotes, or as a block if it has several lines."""
    if "\n" in text:
        return LiteralScalarString(f"{text}\n")
    if isinstance(old, ScalarString) and not isinstance(old, LiteralScalarString):
        return type(old)(text)
    if isinstance(old, LiteralScalarString):
        return LiteralScalarString(f"{text}\n")
    return DoubleQuotedScalarString(text)
