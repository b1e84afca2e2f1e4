"""Pictures that people send: made clean, or refused in words; nothing hidden in them goes on."""

from __future__ import annotations

import io
import os
import struct
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from bot.app import App
from bot.campaigns import Campaign, Message, Picture
from bot.channels.calls import is_of_zalo
from bot.intake import clean_picture
from bot.pictures import LONGEST_SIDE, MOST_BYTES_OUT, PictureFault
from bot.store import Seal, Store
from tests.people import Visitor

SECRET = b"zqSECRETqz"


def picture(size: tuple[int, int] = (300, 200), kind: str = "PNG", **how: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(file, kind, **how)
    return file.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of some kilobytes that says it is as large as a field."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(2_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def photo_with_place() -> bytes:
    """A phone's photo, lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = SECRET.decode()
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (21.0, 1.0, 40.0)
    return picture((300, 200), "JPEG", exif=exif, comment=SECRET)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BAD = {
    "a PNG of 60,000 by 60,000": (bomb(60_000), "too-large"),
    "a PNG of 9,000 by 9,000": (bomb(9_000), "too-large"),
    "a PNG that is cut off": (picture((900, 900))[:-40], "not-a-picture"),
    "a JPEG that is mostly missing": (picture((900, 900), "JPEG")[:300], "not-a-picture"),
    "a GIF": (picture(kind="GIF"), "not-a-picture"),
    "a BMP": (picture(kind="BMP"), "not-a-picture"),
    "an SVG": (SVG, "not-a-picture"),
    "a text that is called .jpg": (b"I am no picture.\n" * 9, "not-a-picture"),
    "nothing": (b"", "not-a-picture"),
    "30 MB": (bytes(30 << 20), "too-large"),
}


@pytest.mark.parametrize("what", BAD)
async def test_what_is_no_usable_picture_is_refused_with_its_reason(what: str) -> None:
    content, kind = BAD[what]
    with pytest.raises(PictureFault) as caught:
        await clean_picture(content)
    assert caught.value.kind == kind


async def test_a_photo_is_turned_upright_and_keeps_no_place_no_camera_no_comment() -> None:
    content = photo_with_place()
    assert SECRET in content
    clean = await clean_picture(content)
    assert clean.kind == "jpg"
    assert SECRET not in clean.content
    with Image.open(io.BytesIO(clean.content)) as shown:
        assert shown.size == (200, 300)
        assert dict(shown.getexif()) == {}
        assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density",
                                   "progressive", "progression"}  # fmt: skip


async def test_texts_in_a_png_and_what_hangs_behind_it_are_gone() -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", SECRET.decode())
    clean = await clean_picture(picture(pnginfo=words) + SECRET)
    assert clean.kind == "png"
    assert SECRET not in clean.content


NOISE = Image.frombytes("RGB", (1800, 1800), os.urandom(1800 * 1800 * 3))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
async def test_what_goes_out_is_small_enough_for_cheap_phones_and_for_zalo(kind: str) -> None:
    file = io.BytesIO()
    NOISE.save(file, kind, **({"quality": 80} if kind == "WEBP" else {}))
    clean = await clean_picture(file.getvalue())
    assert len(clean.content) <= MOST_BYTES_OUT
    with Image.open(io.BytesIO(clean.content)) as shown:
        assert shown.format == "JPEG"
        assert max(shown.size) <= LONGEST_SIDE


async def test_a_banner_is_padded_until_telegram_takes_it() -> None:
    clean = await clean_picture(picture((3000, 12)))
    with Image.open(io.BytesIO(clean.content)) as shown:
        assert shown.size == (1600, 80)


async def test_holes_stay_holes_and_the_same_picture_has_the_same_name() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (40, 40), (1, 2, 3, 0)).save(file, "WEBP", lossless=True)
    first, second = [await clean_picture(file.getvalue()) for _ in range(2)]
    assert first.file == second.file
    with Image.open(io.BytesIO(first.content)) as shown:
        assert shown.mode == "RGBA"


ADDRESSES = {
    "https://f10-org-zp.zdn.vn/a.jpg": True,
    "https://photo-stal-1.zadn.vn/a.jpg": True,
    "http://127.0.0.1:9/photo/a.jpg": True,  # the base that is set
    "http://f10.zdn.vn/a.jpg": False,
    "https://zdn.vn.evil.example/a.jpg": False,
    "https://evilzdn.vn/a.jpg": False,
    "https://f10.zdn.vn:8443/a.jpg": False,
    "https://f10.zdn.vn@evil.example/a.jpg": False,
    "https://evil.example/?.zdn.vn": False,
    "http://127.0.0.1:10/a.jpg": False,
    "http://169.254.169.254/latest/meta-data": False,
    "file:///etc/passwd": False,
    "": False,
}


@pytest.mark.parametrize("url", ADDRESSES)
def test_a_picture_is_fetched_only_where_zalo_keeps_it(url: str) -> None:
    assert is_of_zalo(url, "http://127.0.0.1:9") is ADDRESSES[url]


# --- kept ----------------------------------------------------------------------------------------


async def test_a_picture_is_sealed_shared_by_processes_and_deleted_when_nobody_needs_it(
    database_url: str, tmp_path: Path
) -> None:
    store, other = (Store(database_url, Seal("secret")) for _ in range(2))
    await store.upgrade()
    now = datetime.now(UTC)
    clean = await clean_picture(picture())
    used, unused = clean.file, "media/sent/x.png"
    message = Message({}, picture=Picture(used, {"vi": "Ảnh"}))
    for file in (used, unused):
        await store.pictures.keep(file, clean.content, now)
    number = await store.campaigns.keep(Campaign(0, "draft", message, "everyone"), now)
    assert await other.pictures.read(used) == clean.content
    stranger = Store(database_url, Seal("another secret"))
    assert await stranger.pictures.read(used) is None
    if database_url.startswith("sqlite"):
        assert not any(clean.content[-90:] in one.read_bytes() for one in tmp_path.glob("test.db*"))
    await store.tidy(now + timedelta(days=2))
    assert await store.pictures.read(unused) is None
    assert await store.pictures.read(used) == clean.content
    await store.campaigns.move(number, "cancel", now + timedelta(days=2))
    await store.tidy(now + timedelta(days=3))
    assert await store.pictures.read(used) is None
    for one in (store, other, stranger):
        await one.close()


async def test_a_picture_lives_as_long_as_the_inbox_shows_it(database_url: str) -> None:
    store = Store(database_url, Seal("secret"))
    await store.upgrade()
    now = datetime.now(UTC)
    file = "media/sent/x.png"
    await store.pictures.keep(file, b"x", now)
    message = Message({}, picture=Picture(file, {"vi": "Ảnh"}))
    number = await store.campaigns.keep(Campaign(0, "scheduled", message, "everyone"), now)
    await store.campaigns.move(number, "launch", now)
    campaign = await store.campaigns.get(number)
    assert campaign is not None
    for days, is_there in ((29, True), (30, True), (33, False)):
        later = now + timedelta(days=days)
        await store.tidy(later)
        assert (campaign.message_on(later.date()).picture is not None) is is_there
        assert (await store.pictures.read(file) is not None) is is_there
    await store.close()


async def test_it_is_served_by_its_name_and_nothing_else_is(
    bot: App, visitor: Visitor, session: aiohttp.ClientSession
) -> None:
    clean = await clean_picture(picture())
    await bot.store.pictures.keep(clean.file, clean.content, datetime.now(UTC))
    async with session.get(f"{visitor.url}/{clean.file}") as response:
        assert (response.status, response.content_type) == (200, "image/png")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert await response.read() == clean.content
    for name in ("nope.png", "nope.svg", "..%2Funion.png", "x" * 500 + ".png"):
        async with session.get(f"{visitor.url}/media/sent/{name}") as response:
            assert response.status == 404, name
    async with session.get(f"{visitor.url}/media/union.png") as response:
        assert response.status == 200
