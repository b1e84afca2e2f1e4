"""Reads the text of a screenshot, where the extra `[ocr]` is installed: off by default.

Run as `python -m bot.ocr` it is a helper process: a picture comes in, its text goes out. The
picture is not trusted, and Tesseract is written in C++: so it has little memory and little time.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot.intake import ask_helper
from bot.pictures import bare_pixels, run_helper

_LANGUAGES = "vie"
_MODELS = Path(__file__).parent / "ocr_models"
_UNIFORM_BLOCK = 6  # Tesseract's way of reading a page as one column of text
_NARROW = 700  # letters of a narrower picture are too small to be told apart
_DARK = 110


def is_installed() -> bool:
    """Whether the extra is there, so that `OCR=tesseract` can be asked for."""
    return find_spec("tesserocr") is not None


async def read_text(content: bytes) -> str:
    """The text of a picture in lines, empty where nothing can be read. Raises PictureFault."""
    return (await ask_helper("bot.ocr", content)).decode()


def text_of(content: bytes) -> bytes:
    """What the helper process answers. Raises PictureFault."""
    return bare_pixels(content, lambda picture, _: _read(picture).encode())


def _read(picture: Any) -> str:
    os.environ["OMP_THREAD_LIMIT"] = "1"  # it would take all cores, which the chat needs
    from tesserocr import PyTessBaseAPI  # noqa: PLC0415  # the extra may be missing

    with PyTessBaseAPI(path=str(_MODELS), lang=_LANGUAGES, psm=_UNIFORM_BLOCK) as tesseract:
        tesseract.SetImage(_made_legible(picture))
        return str(tesseract.GetUTF8Text()).strip()


def _made_legible(picture: Any) -> Any:
    """Dark on light, as Tesseract learned it, and no smaller than it learned it."""
    from PIL import Image, ImageOps, ImageStat  # noqa: PLC0415  # as above

    grey = picture.convert("L")
    if grey.width < _NARROW:
        grey = grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.BICUBIC)
    is_dark = ImageStat.Stat(grey).median[0] < _DARK
    return ImageOps.invert(grey) if is_dark else grey


if __name__ == "__main__":
    sys.exit(run_helper(text_of))
