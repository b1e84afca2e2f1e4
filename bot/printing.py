"""Has posters drawn by a process of its own, so that the bot neither waits nor keeps fonts."""

from __future__ import annotations

import asyncio
import sys

from pydantic import TypeAdapter

from bot.poster import Poster, PosterError

TIMEOUT = 30.0
ONE_HELPER = asyncio.Semaphore(1)


async def print_poster(poster: Poster) -> bytes:
    """The same from a process of its own: the bot neither waits nor keeps fonts in memory.

    One at a time: each helper takes 80 MB for a second.
    """
    async with ONE_HELPER:
        return await _print(poster)


async def _print(poster: Poster) -> bytes:
    pipe = asyncio.subprocess.PIPE
    helper = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.poster", stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        async with asyncio.timeout(TIMEOUT):
            drawn, said = await helper.communicate(TypeAdapter(Poster).dump_json(poster))
    except TimeoutError:
        raise PosterError(f"the poster was not drawn within {TIMEOUT:g} seconds") from None
    finally:
        if helper.returncode is None:
            helper.kill()
            await helper.wait()
    if helper.returncode:
        reason = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise PosterError(reason or "the helper process broke off")
    return drawn
