"""Draws what people send as pictures, screenshots of posts and photos, and what becomes of them."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any

import yaml
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

from tests.conftest import ROOT

_FONTS = ROOT / "bot/fonts"
_SIZE = (1080, 1920)


def texts() -> tuple[str, ...]:
    """The Vietnamese texts by which matching is judged, as one would find them in posts."""
    read = yaml.load((ROOT / "tests/claims/labelled.yaml").read_bytes(), yaml.CSafeLoader)
    return tuple(one["text"].replace("\n", " ") for one in read if one["language"] == "vi")


def post(text: str, *, ground: str = "white", ink: str = "#111", letters: int = 44) -> Image.Image:
    """A post on a phone: a blue bar, a round portrait, a grey name, the text, a row of buttons."""
    picture = Image.new("RGB", _SIZE, ground)
    pen = ImageDraw.Draw(picture)
    plain = _font("NotoSans-Regular.ttf", letters)
    pen.rectangle((0, 0, _SIZE[0], 130), fill="#1877f2")
    pen.text((40, 36), "facebook", font=_font("NotoSans-Bold.ttf", 48), fill="white")
    pen.ellipse((40, 170, 150, 280), fill="#9ab")
    pen.rectangle((180, 190, 560, 215), fill="#bbb")
    pen.rectangle((180, 240, 400, 258), fill="#ddd")
    pen.multiline_text(
        (40, 330), _wrapped(pen, text, plain, 1000), font=plain, fill=ink, spacing=18
    )
    pen.line((40, 1780, 1040, 1780), fill="#ccc", width=3)
    for place in (120, 480, 840):
        pen.rounded_rectangle((place, 1810, place + 140, 1860), 12, outline="#888", width=4)
    return picture


def page(text: str) -> Image.Image:
    """Nothing but dark text on white, as a note or a notice."""
    picture = Image.new("RGB", (900, 1200), "white")
    pen = ImageDraw.Draw(picture)
    font = _font("NotoSans-Regular.ttf", 36)
    pen.multiline_text(
        (60, 80), _wrapped(pen, text, font, 780), font=font, fill="black", spacing=14
    )
    return picture


def photo(seed: int) -> Image.Image:
    """Something like a photo: soft shapes of many colours, with grain."""
    chance = random.Random(seed)
    picture = Image.new("RGB", (900, 700), _colour(chance))
    pen = ImageDraw.Draw(picture)
    for _ in range(25):
        x, y = chance.randrange(900), chance.randrange(700)
        wide, high = chance.randrange(40, 400), chance.randrange(40, 300)
        pen.ellipse((x - wide, y - high, x + wide, y + high), fill=_colour(chance))
    return picture.filter(ImageFilter.GaussianBlur(6))


def _again(kind: str, **how: Any) -> Callable[[Image.Image], Image.Image]:
    def saved(picture: Image.Image) -> Image.Image:
        file = io.BytesIO()
        picture.save(file, kind, **how)
        return Image.open(io.BytesIO(file.getvalue())).convert("RGB")

    return saved


def _scaled(share: float) -> Callable[[Image.Image], Image.Image]:
    return lambda picture: picture.resize(
        (int(picture.width * share), int(picture.height * share)), Image.Resampling.BILINEAR
    )


def _cropped(left: float, top: float, right: float, bottom: float) -> Callable[[Any], Any]:
    return lambda one: one.crop(
        (
            int(one.width * left),
            int(one.height * top),
            int(one.width * (1 - right)),
            int(one.height * (1 - bottom)),
        )
    )


def _framed(colour: str, wide: float, high: float) -> Callable[[Image.Image], Image.Image]:
    def framed(picture: Image.Image) -> Image.Image:
        size = (int(picture.width * (1 + 2 * wide)), int(picture.height * (1 + 2 * high)))
        ground = Image.new("RGB", size, colour)
        ground.paste(picture, (int(picture.width * wide), int(picture.height * high)))
        return ground

    return framed


# What becomes of a picture on its way from phone to phone.
CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "JPEG at quality 40": _again("JPEG", quality=40),
    "JPEG at quality 40, three times": lambda one: _again("JPEG", quality=40)(
        _scaled(0.8)(_again("JPEG", quality=50)(one))
    ),
    "WEBP at quality 50": _again("WEBP", quality=50),
    "30 % of its size": _scaled(0.3),
    "60 % of its size": _scaled(0.6),
    "brighter": lambda one: ImageEnhance.Brightness(one).enhance(1.15),
    "darker": lambda one: ImageEnhance.Brightness(one).enhance(0.8),
    "less contrast": lambda one: ImageEnhance.Contrast(one).enhance(0.8),
    "without colour": lambda one: one.convert("L").convert("RGB"),
    "3 % cut off all around": _cropped(0.015, 0.015, 0.015, 0.015),
    "3 % cut off below": _cropped(0, 0, 0, 0.03),
    "black bars beside it": _framed("black", 0.3, 0),
    "white bars above and below": _framed("white", 0, 0.2),
    "scaled, framed, saved badly": lambda one: _again("JPEG", quality=45)(
        _framed("black", 0.1, 0.1)(_scaled(0.5)(one))
    ),
}


def bytes_of(picture: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / name), size)


def _wrapped(pen: Any, text: str, font: Any, wide: int) -> str:
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if pen.textlength(longer, font=font) > wide:
            lines.append(line)
            longer = word
        line = longer
    return "\n".join([*lines, line])


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return (chance.randrange(256), chance.randrange(256), chance.randrange(256))
