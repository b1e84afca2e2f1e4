"""Renders media/*.svg, drawn for this project, to the pictures of the topics (`make covers`)."""

from io import BytesIO
from pathlib import Path

import resvg_py
from PIL import Image

for path in sorted((Path(__file__).parent / "media").glob("*.svg")):
    png = bytes(resvg_py.svg_to_bytes(svg_path=str(path)))
    with Image.open(BytesIO(png)) as picture:
        # Few colours: a phone on a metered line loads each cover in a few kilobytes.
        picture.convert("RGB").quantize(64).save(path.with_suffix(".png"), optimize=True)
