"""Files made to hurt: each is read or refused with its fault, within stated seconds and megabytes.

A child process reads them under limits of the kernel (CPU seconds, not wall time: other work on the
machine does not count). The numbers stand in docs/adversarial.md.
"""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from PIL import Image

from bot.channels.web.reading import _judge
from bot.editing.table import TableError, read_rows
from bot.library.broadcasts import load_broadcast
from bot.library.reader import ContentError
from bot.pictures import EXITS, PictureFault, clean
from bot.unit_files import UnitFileError, read_unit_file
from tests.conftest import ROOT
from tests.hostile import damaged, run
from tests.test_hostile_words import TODAY

MEGABYTE = 2**20
# Reads each file named on its command line with what its first argument names; a line for each.
_CHILD = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
kind, seconds, megabytes, *paths = sys.argv[1:]
if kind == "yaml":
    from bot.library.broadcasts import load_broadcast
    from bot.library.reader import ContentError as Fault
    read = lambda path: load_broadcast(path, {"rights": 1}, date(2026, 11, 30))
elif kind == "units":
    from bot.unit_files import UnitFileError as Fault, read_unit_file as read
else:
    from bot.editing.table import TableError as Fault, read_rows as read
resource.setrlimit(resource.RLIMIT_AS, (int(megabytes) << 20,) * 2)
for path in paths:
    now = int(time.process_time()) + int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (now, resource.RLIM_INFINITY))
    began = time.process_time()
    try:
        read(Path(path))
        said = "read"
    except Fault as fault:
        said = "refused: " + str(fault)[:300].replace(path, "")
    print(json.dumps([Path(path).name, said, time.process_time() - began]), flush=True)
"""


def _told(kind: str, seconds: int, megabytes: int, *paths: Path) -> dict[str, str]:
    """What became of each file, by its name; fails for one that broke a limit or the reader."""
    asked = [sys.executable, "-c", _CHILD, kind, str(seconds), str(megabytes), *map(str, paths)]
    ran = subprocess.run(asked, check=False, capture_output=True, text=True, cwd=ROOT)
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(lines) == len(paths), f"{paths[len(lines)].name}: {ran.stderr[-1500:]}"
    assert all(took <= seconds for _, _, took in lines), lines
    if note := os.environ.get("FUZZ_FIGURES"):
        with Path(note).with_suffix(".files").open("a", encoding="utf-8") as file:
            file.writelines(f"{name}: {said[:60]} ({took:.2f} s)\n" for name, said, took in lines)
    return {name: said for name, said, _ in lines}


# --- YAML ----------------------------------------------------------------------------------------

GOOD = """topic: rights
text: {vi: {title: Lương, body: Tăng}}
sources: [{title: Nghị định, issuer: Chính phủ}]
"""


def _aliases(levels: int) -> str:
    """Nine times nine times nine: a few hundred bytes stand for billions of values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += (
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, levels)
    )
    return "\n".join([*lines, f"text: *a{levels - 1}", ""])


YAML = {
    "good": GOOD,
    "aliases": _aliases(12),
    "aliases in the text": GOOD.replace("Tăng", "&a x") + _aliases(10).replace("text:", "picture:"),
    "a list in itself": "topic: &a [*a]\n",
    "a mapping in itself": "topic: &a {b: *a}\ntext: *a\n",
    "nested lists": "topic: " + "[" * 50_000 + "\n",
    "nested closed lists": "topic: " + "[" * 900 + "]" * 900 + "\n",
    "nested mappings": "topic: " + "{a: " * 50_000 + "\n",
    "dashes": "topic: \n" + "- " * 50_000 + "x\n",
    "steps": "".join(f"{' ' * step}a:\n" for step in range(3000)),
    "a key that is a list": "? [a, b]\n: c\n",
    "merged over and over": "a: &a {x: 1}\n" + "".join(f"b{i}: {{<<: *a}}\n" for i in range(2000)),
    "a tag of Python": "topic: !!python/object/apply:os.system [true]\n",
    "a long line": f"topic: {'x' * 4_000_000}\n",
    "many keys": "".join(f"k{number}: 1\n" for number in range(50_000)),
    "a number beyond all": f"topic: 1{'0' * 20_000}\n",
    "half letters": 'topic: "\\ud800"\n',
    "a time that is none": "expires: 2026-13-45\n" + GOOD,
    "nothing": "",
    "two documents": GOOD + "---\n" + GOOD,
    "a bare NUL": "topic: a\0b\n",
}


def test_yaml_made_to_hurt_is_refused_in_time(tmp_path: Path) -> None:
    paths = []
    for name, text in YAML.items():
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        paths.append(path)
    large = tmp_path / "larger than all content.yaml"
    large.write_bytes(b"# nothing\n" * 1_200_000)
    told = _told("yaml", 5, 1024, *paths, large)
    assert [name for name, said in told.items() if said == "read"] == ["good.yaml"]
    assert "larger than" in told[large.name]


def _yaml(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    try:
        load_broadcast(path, {"rights": 1}, TODAY)
    except ContentError:
        return


# --- CSV and XLSX --------------------------------------------------------------------------------

UNITS = "code,name,parent,kind\nLD,Liên đoàn,,federation\nA-1,Công đoàn A,LD,base\n"
TABLE = "id,field,language,vi,en,target,before\nrights-a,title,en,Lương,Wage,Pay,Wage\n"


def _zipped(**parts: bytes) -> bytes:
    """A small workbook whose parts are as they are given."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in {**_BOOK, **parts}.items():
            book.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


_FORMATS = b"http://schemas.openxmlformats.org/"
_MAIN = _FORMATS + b"spreadsheetml/2006/main"
_OFFICE = _FORMATS + b"officeDocument/2006/relationships"
_PACKAGE = _FORMATS + b"package/2006/"


def _leads(kind: bytes, target: bytes) -> bytes:
    one = b'<Relationship Id="r1" Type="%s/%s" Target="%s"/>' % (_OFFICE, kind, target)
    return b'<Relationships xmlns="%srelationships">%s</Relationships>' % (_PACKAGE, one)


_BOOK = {
    "[Content_Types].xml": b'<Types xmlns="%scontent-types"/>' % _PACKAGE,
    "_rels/.rels": _leads(b"officeDocument", b"xl/workbook.xml"),
    "xl/_rels/workbook.xml.rels": _leads(b"worksheet", b"worksheets/sheet1.xml"),
    "xl__workbook_xml": (
        b'<workbook xmlns="%s" xmlns:r="%s"><sheets><sheet name="a" sheetId="1" r:id="r1"/>'
        b"</sheets></workbook>" % (_MAIN, _OFFICE)
    ),
}


def _sheet(cells: bytes) -> bytes:
    begin = b'<worksheet xmlns="' + _MAIN + b'"><sheetData>'
    return begin + cells + b"</sheetData></worksheet>"


def _bombs() -> Mapping[str, bytes]:
    entities = (
        b'<!DOCTYPE a [<!ENTITY a "xxxxxxxxxx">'
        + b"".join(
            b'<!ENTITY a%d "%s">' % (n, b"&a%s;" % (str(n - 1).encode() if n > 1 else b"") * 10)
            for n in range(1, 12)
        )
        + b"]>"
    )
    outside = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row>'
    far = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    far += b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return {
        "plain.xlsx": _zipped(xl__worksheets__sheet1_xml=_sheet(row % b"code")),
        "bomb.xlsx": _zipped(xl__worksheets__sheet1_xml=_sheet(row % (b"a" * 150 * MEGABYTE))),
        "far.xlsx": _zipped(xl__worksheets__sheet1_xml=_sheet(far)),
        "entities.xlsx": _zipped(xl__worksheets__sheet1_xml=entities + _sheet(row % b"&a11;")),
        "outside.xlsx": _zipped(xl__worksheets__sheet1_xml=outside + _sheet(row % b"&a;")),
        "nested.xlsx": _zipped(xl__worksheets__sheet1_xml=_sheet(b"<row>" * 300_000)),
        "zip without end.xlsx": b"PK\x03\x04" + b"\0" * 5000,
        "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 5000,
        "a cell of 100 MB.csv": UNITS.encode() + b'B,"' + b"x" * 100 * MEGABYTE + b'",LD,base\n',
        "a cell of 15 MB.csv": UNITS.encode() + b'B,"' + b"x" * 15 * MEGABYTE + b'",LD,base\n',
        "many cells.csv": UNITS.encode() + b"," * 10 * MEGABYTE,
        "many rows.csv": UNITS.encode() + b"a,b,c,d\n" * 200_000,
        "quotes.csv": UNITS.encode() + b'"' * 1_000_001,
        "nothing.csv": b"",
        "nul.csv": b"\0" * MEGABYTE,
        "wide.csv": b"\xff\xfe" + b"\xd8\x00" * 50_000,
    }


def test_lists_of_units_made_to_hurt_are_refused_in_time(tmp_path: Path) -> None:
    paths = []
    for name, content in _bombs().items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(content)
    told = _told("units", 20, 4096, *paths)
    # A row of nothing but commas says nothing about a unit, and is passed over.
    assert [name for name, said in told.items() if said == "read"] == ["many cells.csv"]
    assert "larger than 20 MB" in told["a cell of 100 MB.csv"]
    assert "root:" not in told["outside.xlsx"]


def test_a_table_of_translations_made_to_hurt_is_refused_in_time(tmp_path: Path) -> None:
    hurts = {
        "a cell of 100 MB.csv": TABLE.encode() + b'a,b,c,"' + b"x" * 100 * MEGABYTE + b'",e,f,g\n',
        "a cell of 15 MB.csv": TABLE.encode() + b'a,b,c,"' + b"x" * 15 * MEGABYTE + b'",e,f,g\n',
        "a heading without end.csv": b"," * 10 * MEGABYTE,
        "quotes.csv": TABLE.encode() + b'"' * 1_000_001,
        "half letters.csv": b"\xff\xfe" + b"\x00\xd8" * 5000,
        "a heading that is never closed.csv": TABLE.replace("before", '"efore').encode(),
        "nothing.csv": b"",
    }
    for name, content in hurts.items():
        (tmp_path / name).write_bytes(content)
    told = _told("table", 10, 1024, *(tmp_path / name for name in hurts))
    assert {said.partition(":")[0] for said in told.values()} == {"refused"}


def _units(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    try:
        read_unit_file(path)
    except UnitFileError:
        return


def _table(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    try:
        read_rows(path)
    except TableError:
        return


# --- pictures ------------------------------------------------------------------------------------


def _saved(kind: str, **how: Any) -> bytes:
    file = io.BytesIO()
    picture = Image.effect_noise((64, 48), 90).convert("RGB")
    picture.save(file, kind, **how)
    return file.getvalue()


def _png(width: int, height: int, packed: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 50_000_000, 9))
    parts = (chunk(b"IHDR", head), text, chunk(b"IDAT", packed), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


_EXIF = Image.Exif()
_EXIF[0x0112] = 6
_EXIF[0x8825] = {1: "N", 2: (11.0, 18.0, 0.0)}
SMALL = [
    _saved("JPEG", exif=_EXIF),
    _saved("PNG"),
    _saved("WEBP"),
    _saved("GIF"),
    _saved("BMP"),
    _saved("TIFF"),
    _saved("JPEG") + b"PK\x03\x04" + b"<script>alert(1)</script>",
    b"%PDF-1.7\n",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>",
]
PICTURES: Mapping[str, Callable[[], bytes]] = {
    "65,000 by 65,000": lambda: _png(65_000, 65_000, zlib.compress(b"\0" * 1_000_000, 9)),
    "6,000 by 6,000 in 100 KB": lambda: _png(6000, 6000, zlib.compress(b"\0" * 108_006_000, 9)),
    "larger than any number": lambda: _png(2**31 - 1, 2**31 - 1, b""),
    "no width": lambda: _png(0, 5, b""),
    "cut off": lambda: SMALL[0][: len(SMALL[0]) // 2],
    "another kind inside": lambda: SMALL[6],
    "a TIFF called a photo": lambda: SMALL[5],
    "eleven megabytes": lambda: SMALL[0] + b"\0" * 11 * MEGABYTE,
    "nothing": lambda: b"",
}


@pytest.mark.parametrize("what", PICTURES)
def test_a_picture_made_to_hurt_is_cleaned_or_refused_in_its_process(what: str) -> None:
    """The helper's own limits hold: 20 CPU seconds, 1 GB. Nothing of the file's bytes goes on."""
    content = PICTURES[what]()
    asked = [sys.executable, "-m", "bot.pictures"]
    ran = subprocess.run(asked, check=False, input=content, capture_output=True, cwd=ROOT)
    assert ran.returncode in {0, *EXITS.values()}, ran.stderr[-500:]
    assert b"script" not in ran.stdout
    assert len(ran.stdout) <= 1_000_000


def _picture(content: bytes) -> None:
    assert _judge(content).kind in {"picture", "file"}
    try:
        made = clean(content)
    except PictureFault:
        return
    with Image.open(io.BytesIO(made.content)) as picture:
        assert not picture.getexif()


# --- files with bytes turned ---------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore")  # Pillow warns of what it then refuses
@pytest.mark.parametrize("kind", ["YAML", "CSV of units", "CSV of translations", "pictures"])
def test_damaged_files_are_read_or_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    reads: Mapping[str, tuple[list[bytes], Callable[[bytes], None]]] = {
        "YAML": ([GOOD.encode(), _aliases(3).encode()], lambda content: _yaml(content, path)),
        "CSV of units": ([UNITS.encode()], lambda content: _units(content, path)),
        "CSV of translations": ([TABLE.encode()], lambda content: _table(content, path)),
        "pictures": (SMALL, _picture),
    }
    samples, read = reads[kind]
    inputs: st.SearchStrategy[bytes] = damaged(samples)
    run(f"{kind}, damaged", inputs, read)
