"""Makes a picture that somebody sent fit to be passed on: checked, small, nothing hidden in it.

Run as `python -m bot.pictures` it is the helper process of bot/intake.py: a file comes in, the
clean picture goes out, or with `--fingerprint` its fingerprint. What it opens is not trusted, so
it has little memory and little time.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.fingerprints import taken

if sys.platform != "win32":
    import resource

MOST_BYTES = 10 * 1024 * 1024
# What goes out: cheap phones take it, and so does Zalo (1 MB).
LONGEST_SIDE, MOST_BYTES_OUT = 1600, 1_000_000
_MOST_PIXELS = 40_000_000
_THINNEST = 20  # Telegram takes no picture that is more than so many times longer than wide
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITIES = (85, 75, 65, 55)
_SECONDS, _MEMORY = 20, 2**30
# How the helper process says that it has no picture to give.
EXITS = {"not-a-picture": 3, "too-large": 4}


class PictureFault(ValueError):
    """It cannot be used; `kind` is `not-a-picture`, `too-large` or `gone` (not to be had)."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A JPEG or PNG without metadata: at most 1600 pixels a side and 1 MB."""

    content: bytes

    @property
    def kind(self) -> str:
        return "jpg" if self.content.startswith(b"\xff\xd8") else "png"

    @property
    def file(self) -> str:
        """Where it is served, named by what it holds: the same picture is kept once."""
        return f"media/sent/{hashlib.sha256(self.content).hexdigest()}.{self.kind}"


def clean(content: bytes) -> CleanPicture:
    """The picture upright, drawn anew from its pixels. Raises PictureFault.

    It may take 500 MB for a moment: bot/intake.py calls it in a process of its own.
    """
    return CleanPicture(
        bare_pixels(content, lambda picture, kind: _written(picture, is_drawing=kind == "PNG"))
    )


def fingerprint(content: bytes) -> bytes:
    """By what the picture is known again, as bot/fingerprints.py compares it. Raises PictureFault.

    Like `clean` it is for a process of its own.
    """
    return bare_pixels(content, lambda picture, _: taken(_on_white(picture, picture.size)).content)


def bare_pixels(content: bytes, make: Callable[[Any, str], bytes]) -> bytes:
    """What is made of the upright pixels, free of all else, and the format. Raises PictureFault."""
    from PIL import Image, ImageOps  # noqa: PLC0415  # 10 MB that an idle bot does not need

    if len(content) > MOST_BYTES:
        raise PictureFault("too-large")
    Image.MAX_IMAGE_PIXELS = None  # looked at right below, before a pixel is read
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise PictureFault("too-large")
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return make(_bare(picture), opened.format or "")
    except PictureFault:
        raise
    except MemoryError:
        raise PictureFault("too-large") from None
    except Exception:  # Pillow's decoders raise a dozen kinds; all mean that it cannot be used
        raise PictureFault("not-a-picture") from None


def _bare(picture: Any) -> Any:
    """The pixels alone: what stands in `info` would be written into the new file."""
    has_holes = picture.has_transparency_data
    bare = picture.convert("RGBA" if has_holes else "RGB")
    bare.info = {}
    width, height = bare.size
    if max(bare.size) > _THINNEST * min(bare.size):
        wide = (max(width, -(-height // _THINNEST)), max(height, -(-width // _THINNEST)))
        return _on_white(bare, wide)
    return bare


def _on_white(picture: Any, size: tuple[int, int]) -> Any:
    from PIL import Image  # noqa: PLC0415  # as above

    ground = Image.new("RGB", size, "white")
    corner = ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2)
    ground.paste(picture, corner, picture if picture.mode == "RGBA" else None)
    return ground


def _written(picture: Any, *, is_drawing: bool) -> bytes:
    """A drawing stays a PNG where that is small enough; all else is a JPEG, made to fit."""
    if is_drawing or picture.mode == "RGBA":
        drawn = _saved(picture, "PNG", optimize=True)
        if len(drawn) <= MOST_BYTES_OUT:
            return drawn
    photo = _on_white(picture, picture.size)
    while True:
        for quality in _QUALITIES:
            taken = _saved(photo, "JPEG", quality=quality, progressive=True, optimize=True)
            if len(taken) <= MOST_BYTES_OUT:
                return taken
        photo.thumbnail((photo.width * 3 // 4, photo.height * 3 // 4))


def _saved(picture: Any, kind: str, **how: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


def run_helper(make: Callable[[bytes], bytes]) -> int:
    """A helper process: a file on its input, what is made of it on its output."""
    if sys.platform != "win32":
        with contextlib.suppress(ValueError, OSError):  # a stricter limit holds already
            resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    try:
        sys.stdout.buffer.write(make(sys.stdin.buffer.read()))
    except PictureFault as fault:
        return EXITS[fault.kind]
    return 0


if __name__ == "__main__":
    is_asked = sys.argv[1:] == ["--fingerprint"]
    sys.exit(run_helper(fingerprint if is_asked else lambda content: clean(content).content))
