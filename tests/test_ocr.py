"""The text of a screenshot is read, where the extra is installed."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable

import pytest
from PIL import Image
from rapidfuzz.distance import Levenshtein

from bot.ocr import is_installed, read_text
from bot.pictures import PictureFault
from tests.screenshots import CHANGES, bytes_of, page, post, texts
from tests.test_pictures import BAD

with_extra = pytest.mark.skipif(not is_installed(), reason="the extra [ocr] is not installed")
MARKED = [text for text in texts() if len(text) > 90 and "ượ" in text][:4]


def _share_of_errors(read: str, written: str) -> float:
    return float(Levenshtein.distance(_plain(read), _plain(written)) / len(_plain(written)))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


WAYS: dict[str, Callable[[str], Image.Image]] = {
    "a page": page,
    "a post": lambda text: post(text).crop((0, 320, 1080, 1700)),
    "a dark post": lambda text: post(text, ground="#222", ink="#eee").crop((0, 320, 1080, 1700)),
    "a bad copy": lambda text: CHANGES["JPEG at quality 40, three times"](page(text)),
    "a small copy": lambda text: CHANGES["60 % of its size"](page(text)),
}


def test_ci_has_the_extra() -> None:
    assert is_installed() or os.environ.get("CI") != "true"


@with_extra
@pytest.mark.parametrize("way", WAYS)
async def test_at_most_one_letter_in_ten_is_read_wrong(way: str) -> None:
    for text in MARKED:
        read = await read_text(bytes_of(WAYS[way](text)))
        assert _share_of_errors(read, text) <= 0.10, read


@with_extra
async def test_around_a_post_more_is_read_but_the_text_is_there() -> None:
    read = _plain(await read_text(bytes_of(post(MARKED[0]))))
    found = [word for word in MARKED[0].split() if word in read]
    assert len(found) >= 0.9 * len(MARKED[0].split())


@with_extra
async def test_where_nothing_stands_nothing_is_read() -> None:
    assert await read_text(bytes_of(Image.new("RGB", (900, 900), "white"))) == ""


@with_extra
@pytest.mark.parametrize("what", BAD)
async def test_what_is_no_usable_picture_has_no_text(what: str) -> None:
    content, kind = BAD[what]
    with pytest.raises(PictureFault) as caught:
        await read_text(content)
    assert caught.value.kind == kind
