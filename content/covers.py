"""Renders the SVG drawn for this project: the topics' pictures and the icon (`make covers`)."""

from io import BytesIO
from pathlib import Path

import resvg_py
from PIL import Image

HERE = Path(__file__).parent
ICON = HERE.parent / "bot" / "channels" / "web" / "static" / "icon.svg"

for path in (*sorted((HERE / "media").glob("*.svg")), ICON):
    size = {"width": 192} if path == ICON else {}
    png = bytes(resvg_py.svg_to_bytes(svg_path=str(path), **size))
    with Image.open(BytesIO(png)) as picture:
        # Few colours: a phone on a metered line loads each cover in a few kilobytes.
        picture.convert("RGB").quantize(64).save(path.with_suffix(".png"), optimize=True)
