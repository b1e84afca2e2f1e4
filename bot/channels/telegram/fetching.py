"""Fetches a picture that somebody sent, from Telegram's own address and nowhere else."""

from __future__ import annotations

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.calls import Caller
from bot.pictures import MOST_BYTES, PictureFault


async def fetch(bot: Bot, caller: Caller, files: str, handle: str) -> bytes:
    """The file of that id; `files` is how all addresses of files begin. Raises PictureFault.

    A Bot API server on this machine may name a path of its own disk: that is not read.
    """
    if not handle:
        raise PictureFault("gone")
    try:
        found = await bot.get_file(handle)
    except TelegramError as error:
        kind = "too-large" if "too big" in error.message.lower() else "gone"
        raise PictureFault(kind) from None
    if (found.file_size or 0) > MOST_BYTES:
        raise PictureFault("too-large")
    if not (found.file_path or "").startswith(files):
        raise PictureFault("gone")
    await caller.open()
    return await caller.fetch(str(found.file_path))
