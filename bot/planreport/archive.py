"""Office files that come out the same, byte for byte, whenever and wherever they are made."""

from __future__ import annotations

import os
import re
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_ABOUT = "docProps/core.xml"
_STAMPS = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def same_always(content: bytes, day: date) -> bytes:
    """The same DOCX or XLSX, with the day as the time of everything in it."""
    out = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == _ABOUT:
                part = _STAMPS.sub(rb"\g<1>%sT00:00:00Z\g<2>" % day.isoformat().encode(), part)
            entry = ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 0
            new.writestr(entry, part)
    return out.getvalue()


def put(path: Path, content: bytes) -> None:
    """Writes the file whole or not at all: whoever reads it meanwhile has the old one. OSError."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
