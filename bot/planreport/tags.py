"""Looks a template's tags over before it is filled in, and tells where one of them is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from html import unescape
from types import TracebackType

from jinja2 import Environment, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError

from bot.planreport.faults import TemplateFault, TemplatePlace, TemplateReason
from bot.planreport.fields import Fields, vocabulary

_PARAGRAPH = re.compile(r"<w:p([ >])")
_BLOCK = re.compile(r"\{%-?\s*(\w+)(.*?)-?%\}", re.DOTALL)
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_NAME = re.compile(r"'(\w+)' is undefined|has no attribute '(\w+)'")
_OPENS = frozenset({"for", "if", "set", "filter", "with", "macro", "call"})
# What a word behind a dot may be besides a field: a loop's place, a text's own forms.
_OF_LOOPS = {"index", "index0", "first", "last", "length", "revindex", "loop"}
_OF_TEXTS = {"upper", "lower", "title", "strip", "replace", "split", "join", "capitalize"}
_AROUND = 40  # letters before and behind what is wrong


@dataclass(frozen=True)
class Source:
    """The XML of one part of a template, a line a paragraph, as Jinja counts them."""

    xml: str
    part: TemplatePlace = "text"

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def text(self) -> str:
        """As docxtpl hands it to Jinja."""
        return _PARAGRAPH.sub(r"\n<w:p\1", self.xml)

    def place(self, number: int = 0) -> TemplatePlace:
        """In what of the document line `number` is."""
        lines = self.lines[:number] or [""]
        before = "\n".join([*lines[:-1], lines[-1].partition("</w:p>")[0]])
        cells = len(re.findall(r"<w:tc[ >]", before)) - before.count("</w:tc>")
        rows = len(re.findall(r"<w:tbl[ >]", before)) - before.count("</w:tbl>")
        return "table" if self.part == "text" and (cells > 0 or rows > 0) else self.part

    def near(self, number: int, name: str = "") -> str:
        """The words around `name` in line `number`, and before it where the line has only tags."""
        lines = [_words(line) for line in self.lines[:number]]
        if not lines:
            return ""
        near = lines.pop()
        while lines and not _TAG.sub("", near).strip():
            near = f"{lines.pop()} {near}".strip()
        if len(near) <= 2 * _AROUND + len(name):
            return near
        at = max(0, near.rfind(name)) if name else len(near)
        before, after = near[:at], near[at + len(name) :]
        if len(before) > _AROUND:
            before = "…" + before[-_AROUND:].partition(" ")[2]
        if len(after) > _AROUND:
            after = after[:_AROUND].rpartition(" ")[0] + "…"
        return before + name + after

    def fault(
        self, reason: TemplateReason, name: str, number: int, like: str = ""
    ) -> TemplateFault:
        return TemplateFault(
            reason,
            name,
            self.near(number, name),
            self.place(number),
            like,
        )

    def first_loop(self) -> str:
        found = _BLOCK.search(self.xml)
        return _tag(found) if found else ""


def look_over(source: Source, sandbox: Environment, known: Fields) -> None:
    """Raises TemplateFault for the first loop without end, broken tag or field that is not."""
    _match_ends(source)
    try:
        tree = sandbox.parse(source.text)
    except TemplateSyntaxError as error:
        raise told_fault(error, source, known) from None
    own = {one.name for one in tree.find_all(nodes.Name) if one.ctx == "store"}
    words = vocabulary(known) | _OF_LOOPS | _OF_TEXTS
    for name, number, last in _asked(tree):
        first, _, rest = name.partition(".")
        if last.startswith("_"):
            raise source.fault("refused", name, number)
        if not rest and first not in known and first not in own | _OF_LOOPS:
            raise source.fault("field", name, number, _like(first, {*known, *own}))
        group = known.get(first)
        if isinstance(group, Mapping) and "." not in rest and rest and last not in group:
            near = _like(last, set(group))
            raise source.fault("field", name, number, f"{first}.{near}" if near else "")
        if rest and last not in words:
            near = _like(last, words)
            raise source.fault(
                "field", name, number, f"{name.rpartition('.')[0]}.{near}" if near else ""
            )


def told_fault(error: Exception, source: Source, known: Fields) -> TemplateFault:
    """What went wrong while a template was read or filled in."""
    number = getattr(error, "lineno", None) or _line_of(error.__traceback__)
    lines = source.lines
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    tags = _TAG.findall(line) or [""]
    if isinstance(error, SecurityError):
        return source.fault("refused", _words(tags[0]), number)
    if isinstance(error, UndefinedError) and (found := _NAME.search(str(error))):
        name = found[1] or found[2]
        whole = re.search(rf"[\w.]*\b{name}\b", " ".join(tags))
        return source.fault(
            "field", whole[0] if whole else name, number, _like(name, vocabulary(known))
        )
    return source.fault("tag", _words(tags[0]) or str(error), number)


def _match_ends(source: Source) -> None:
    """Loops and conditions that are left open, and ends of none."""
    opened: list[tuple[str, str, int]] = []
    text = source.text
    for found in _BLOCK.finditer(text):
        word, number = found[1], text.count("\n", 0, found.start()) + 1
        if word in _OPENS and not (word == "set" and "=" in found[2]):
            opened.append((word, _tag(found), number))
        elif word.startswith("end"):
            if not opened or opened[-1][0] != word.removeprefix("end"):
                if opened and word.removeprefix("end") in _OPENS:
                    raise source.fault("unclosed", *opened[-1][1:])
                raise source.fault("unopened", _tag(found), number)
            opened.pop()
    if opened:
        raise source.fault("unclosed", *opened[-1][1:])


def _tag(found: re.Match[str]) -> str:
    return _words(found[0])


def _asked(tree: nodes.Template) -> Iterator[tuple[str, int, str]]:
    """Each field that is asked for: its whole name, its line, and the last word of it."""
    for node in tree.find_all((nodes.Name, nodes.Getattr)):
        if isinstance(node, nodes.Name) and node.ctx == "load":
            yield node.name, node.lineno, node.name
        elif isinstance(node, nodes.Getattr):
            yield _dotted(node), node.lineno, node.attr


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_dotted(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "…"


def _like(name: str, words: set[str]) -> str:
    return next(iter(get_close_matches(name, sorted(words), 1, 0.7)), "")


def _line_of(trace: TracebackType | None) -> int:
    """Jinja gives a template's lines to what it raises."""
    number = 0
    while trace:
        if trace.tb_frame.f_code.co_filename == "<template>":
            number = trace.tb_lineno
        trace = trace.tb_next
    return number


def _words(xml: str) -> str:
    return " ".join(unescape(re.sub(r"<[^{}>]*>?", "", xml)).split())
