"""Takes a translator's CSV back into the YAML and PO files: all of it, or nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.editing.catalogues import Catalogues, filled
from bot.editing.checking import wording_faults
from bot.editing.table import INTERFACE, Row, TableError, rows, same, translatable
from bot.editing.yaml_files import YamlFile
from bot.language import CatalogueError, load_languages
from bot.library import Pack, read_pack, shape_faults


def take(
    pack: Pack, catalogues: Catalogues, given: Sequence[tuple[int, Row]]
) -> Mapping[Path, int]:
    """Writes what changed and returns how many texts of each file. Raises TableError, OSError."""
    changed = _changed(pack, catalogues, given)
    files = {**_contents(pack, changed), **_catalogues(catalogues, changed)}
    _try_out(pack, catalogues, files)
    _write(files)
    counts: dict[Path, int] = {}
    places = {name: passage.path for name, passage in translatable(pack)}
    for row in changed:
        path = catalogues.path(row.language) if row.id == INTERFACE else places[row.id]
        counts[path] = counts.get(path, 0) + 1
    return counts


def _changed(
    pack: Pack, catalogues: Catalogues, given: Sequence[tuple[int, Row]]
) -> tuple[Row, ...]:
    """The rows that say something new. Raises TableError if one is about a text of yesterday."""
    today = {row.key: row for row in rows(pack, catalogues, catalogues.tags)}
    faults, changed, seen = [], [], dict[tuple[str, str, str], int]()
    for number, row in given:
        now = today.get(row.key)
        if row.key in seen:
            faults.append(f"row {number}: is row {seen[row.key]} once more")
        elif now is None:
            faults.append(f"row {number}: there is no text {row.id}, {row.field}, {row.language}")
        elif row.target and not same(row.target, now.target):
            if not same(row.vi, now.vi):
                faults.append(f"row {number}: the Vietnamese has changed since: {row.id}")
            elif not same(row.before, now.target):
                faults.append(f"row {number}: somebody has changed this text since: {row.id}")
            changed.append(row)
        seen[row.key] = number
    if faults:
        raise TableError(*faults)
    return tuple(changed)


def _contents(pack: Pack, changed: Sequence[Row]) -> Mapping[Path, bytes]:
    """What the YAML files will be."""
    wanted = {(row.id, row.field, row.language): row.target for row in changed}
    files: dict[Path, YamlFile] = {}
    for name, passage in translatable(pack):
        for tag in sorted({key[2] for key in wanted}):
            if (text := wanted.get((name, passage.field, tag))) is not None:
                if passage.path not in files:
                    files[passage.path] = YamlFile(passage.path)
                files[passage.path].put(passage, tag, text)
    return {path: file.written() for path, file in files.items()}


def _catalogues(catalogues: Catalogues, changed: Sequence[Row]) -> Mapping[Path, bytes]:
    """What the PO files will be."""
    texts: dict[str, dict[str, str]] = {}
    for row in changed:
        if row.id == INTERFACE:
            texts.setdefault(row.language, {})[row.field] = row.target
    return {catalogues.path(tag): filled(catalogues.path(tag), of) for tag, of in texts.items()}


def _try_out(pack: Pack, catalogues: Catalogues, files: Mapping[Path, bytes]) -> None:
    """Raises TableError with every fault that the new files would have and the old have not."""
    with tempfile.TemporaryDirectory() as name:
        content, locales = Path(name, "content"), Path(name, "locales")
        shutil.copytree(pack.folder, content, copy_function=_linked)
        shutil.copytree(catalogues.folder, locales, copy_function=_linked)
        for path, data in files.items():
            for old, new in ((pack.folder, content), (catalogues.folder, locales)):
                if path.is_relative_to(old):
                    there = new / path.relative_to(old)
                    there.unlink()
                    there.write_bytes(data)
        before = set(_content_faults(pack))
        faults = [one for one in _content_faults(read_pack(content)) if one not in before]
        if any(path.is_relative_to(catalogues.folder) for path in files):
            faults += _new_catalogue_faults(catalogues.folder, locales)
        if faults:
            raise TableError(*faults)


def _linked(source: str, target: str) -> None:
    """A copy without its bytes: nothing but what changes is read twice."""
    Path(target).symlink_to(Path(source).resolve())


def _content_faults(pack: Pack) -> Iterator[str]:
    """Without their lines, which a longer text moves."""
    for fault in (*shape_faults(pack), *wording_faults(pack)):
        yield f"{fault.file.relative_to(pack.folder)}: {fault.message}"


def _new_catalogue_faults(old: Path, new: Path) -> tuple[str, ...]:
    """What the new catalogues cannot be used for, and the old could."""
    try:
        load_languages(new)
    except CatalogueError as error:
        try:
            load_languages(old)
        except CatalogueError as before:
            return tuple(fault for fault in error.faults if fault not in before.faults)
        return error.faults
    return ()


def _write(files: Mapping[Path, bytes]) -> None:
    """Each file is written beside the old one; only when all are there do they take its place."""
    ready = {path: path.with_name(f".{path.name}.new") for path in files}
    try:
        for path, beside in ready.items():
            beside.write_bytes(files[path])
        for path, beside in ready.items():
            beside.replace(path)
    finally:
        for beside in ready.values():
            beside.unlink(missing_ok=True)
