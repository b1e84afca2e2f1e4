"""Has posters and spreadsheets made by a process of its own: the bot neither waits nor grows."""

from __future__ import annotations

import asyncio
import sys

from pydantic import TypeAdapter

from bot.poster import Poster, PosterError
from bot.sheets import Sheet, SheetError

TIMEOUT = 30.0
ONE_HELPER = asyncio.Semaphore(1)


async def print_poster(poster: Poster) -> bytes:
    """The PDF, from a process of its own. Raises PosterError.

    One at a time: each helper takes 80 MB for a second.
    """
    async with ONE_HELPER:
        return await _print("bot.poster", TypeAdapter(Poster).dump_json(poster), PosterError)


async def print_sheet(sheet: Sheet) -> bytes:
    """The XLSX, likewise. Raises SheetError."""
    async with ONE_HELPER:
        return await _print("bot.sheets", TypeAdapter(Sheet).dump_json(sheet), SheetError)


async def _print(module: str, asked: bytes, fault: type[Exception]) -> bytes:
    pipe = asyncio.subprocess.PIPE
    helper = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        async with asyncio.timeout(TIMEOUT):
            made, said = await helper.communicate(asked)
    except TimeoutError:
        raise fault(f"it was not made within {TIMEOUT:g} seconds") from None
    finally:
        if helper.returncode is None:
            helper.kill()
            await helper.wait()
    if helper.returncode:
        reason = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise fault(reason or "the helper process broke off")
    return made
