"""The catalogues of the interface as translators see them: one text after the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

_FORM = re.compile(r"(.*) \[(\d)\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """One text of the interface in one language; `field` is its English, with a plural's place."""

    field: str
    line: int
    target: str


@dataclass(frozen=True)
class Catalogues:
    """All texts of the interface, by language."""

    folder: Path
    texts: Mapping[str, tuple[Said, ...]] = field(default_factory=dict)

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(self.texts)

    def path(self, tag: str) -> Path:
        return self.folder / tag.replace("-", "_") / "LC_MESSAGES" / "messages.po"


def read_catalogues(folder: Path, tags: tuple[str, ...]) -> Catalogues:
    """Those of `tags` that are there."""
    found = Catalogues(folder)
    texts = {tag: _texts(found.path(tag)) for tag in tags if found.path(tag).is_file()}
    return Catalogues(folder, texts)


def filled(path: Path, texts: Mapping[str, str]) -> bytes:
    """The catalogue's file with the texts of those fields replaced, all else as it was."""
    catalogue = _read(path)
    for name, text in texts.items():
        form = _FORM.fullmatch(name)
        message = catalogue.get(form[1] if form else name)
        if message is not None and form and not isinstance(message.id, str):
            place = int(form[2])
            forms = list(message.string or ())
            message.string = (*forms[:place], text, *forms[place + 1 :])
        elif message is not None:
            message.string = text
    out = BytesIO()
    write_po(out, catalogue, ignore_obsolete=True, width=76, sort_output=False)
    return out.getvalue()


def _texts(path: Path) -> tuple[Said, ...]:
    return tuple(said for message in _read(path) if message.id for said in _said(message))


def _said(message: Message) -> list[Said]:
    line = message.lineno or 1
    if isinstance(message.id, str):
        return [Said(message.id, line, "" if message.fuzzy else str(message.string))]
    forms = enumerate(message.string or ())
    return [Said(f"{message.id[0]} [{place}]", line, str(form)) for place, form in forms]


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])
