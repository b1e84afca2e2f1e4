"""Reads YAML files into models and tells every fault with its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from bot.library.models import Strict

T = TypeVar("T", bound=Strict)
# The largest file of the content that ships has 160 KB.
_MOST_BYTES = 10_000_000
_DEEPEST = 100
# Of one file: each has its line looked up.
_MOST_FAULTS = 200
_PLAIN = {"extra_forbidden": "unknown field", "missing": "missing"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the content: where, and what."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class ContentError(Exception):
    """The content cannot be used; all faults at once in `faults`."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class _Loader(yaml.CSafeLoader):
    """PyYAML's, but a day that does not exist stays text, so that it is told with its line."""

    def day_or_text(self, node: yaml.ScalarNode) -> object:
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError:
            return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.day_or_text)


class Reader:
    """Reads YAML files into models and remembers on which line each value stood."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self.seen: set[Path] = set()
        self._trees: dict[Path, yaml.Node] = {}

    def one(self, name: str, model: type[T]) -> Iterator[tuple[Path, T]]:
        """The file of that name; that it is missing is a fault."""
        if not (self.folder / name).is_file():
            self.faults.append(Fault(self.folder / name, 1, "this file is missing"))
        return self.many(name, model)

    def many(self, pattern: str, model: type[T]) -> Iterator[tuple[Path, T]]:
        """Every readable file of that pattern; the others leave their faults."""
        for path in sorted(self.folder.glob(pattern)):
            self.seen.add(path)
            read = self._read(path, model)
            if read is not None:
                yield path, read

    def line(self, path: Path, *keys: str | int) -> int:
        """The line, counted from 1, of the deepest node that `keys` lead to."""
        node: yaml.Node | None = self._trees.get(path)
        line = 1
        for key in keys:
            found = _child(node, key)
            if found is None:
                break
            node, line = found
        return line

    def _read(self, path: Path, model: type[T]) -> T | None:
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise yaml.YAMLError(f"larger than {_MOST_BYTES // 1_000_000} MB")
            source = path.read_text(encoding="utf-8")
            if _may_be_deep(source) and _depth(source) > _DEEPEST:
                raise yaml.YAMLError("nested too deeply")
            loader = _Loader(source)
            tree = loader.get_single_node()
            if tree is None:
                raise yaml.YAMLError("the file is empty")
            self._trees[path] = tree
            self.faults.extend(Fault(path, line, text) for line, text in _written_twice(tree))
            return model.model_validate(loader.construct_document(tree))
        except ValidationError as error:
            self.faults.extend(self._model_faults(path, error))
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self.faults.append(Fault(path, line, f"broken YAML: {error.problem}"))
        except (yaml.YAMLError, OSError, ValueError, RecursionError) as error:
            self.faults.append(Fault(path, 1, f"broken YAML: {error}"))
        return None

    def _model_faults(self, path: Path, error: ValidationError) -> Iterator[Fault]:
        details = error.errors(include_url=False)[:_MOST_FAULTS]
        for detail in details:
            if detail["type"] == "too_short" and _says_more(detail["loc"], details):
                continue  # a list is "too short" only since its one entry has faults of its own
            where = tuple(key for key in detail["loc"] if key != "[key]")
            name = ".".join(str(key) for key in where) or "the file"
            message = _PLAIN.get(detail["type"], detail["msg"]).removeprefix("Value error, ")
            yield Fault(path, self.line(path, *where), f"{name}: {message}")


def _says_more(where: tuple[Any, ...], details: Sequence[Any]) -> bool:
    """Whether another fault lies below that place."""
    return any(len(d["loc"]) > len(where) and d["loc"][: len(where)] == where for d in details)


def _child(node: yaml.Node | None, key: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            if str(key_node.value) == str(key):
                return value_node, key_node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key], node.value[key].start_mark.line + 1
    return None


def _may_be_deep(source: str) -> bool:
    """Whether it has brackets, indentation or dashes enough for so many levels."""
    lines = source.splitlines()
    return source.count("[") + source.count("{") > _DEEPEST or any(
        len(line) - len(line.lstrip()) + line.count("-") + line.count("?") > _DEEPEST
        for line in lines
    )


def _depth(source: str) -> int:
    """How many levels there are, as far as it is YAML: libyaml's composer ends the whole process
    at some ten thousand."""
    depth = deepest = 0
    for event in yaml.parse(source, Loader=_Loader):
        is_begin = isinstance(event, yaml.CollectionStartEvent)
        depth += is_begin - isinstance(event, yaml.CollectionEndEvent)
        deepest = max(deepest, depth)
        if deepest > _DEEPEST:
            break
    return deepest


def _written_twice(node: yaml.Node, known: set[int] | None = None) -> Iterator[tuple[int, str]]:
    """Keys written twice, of which YAML would silently keep the last.

    Each node is looked at once: aliases of aliases would else be looked at for ever.
    """
    known = set() if known is None else known
    if id(node) in known:
        return
    known.add(id(node))
    children: list[Any] = [] if isinstance(node, yaml.ScalarNode) else list(node.value)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, _ in children:
            if str(key.value) in seen:
                yield key.start_mark.line + 1, f"{key.value}: stands here twice"
            seen.add(str(key.value))
        children = [value for _, value in children]
    for child in children:
        yield from _written_twice(child, known)
