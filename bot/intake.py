"""Takes pictures in: each is opened by a process of its own, which may break without harm."""

from __future__ import annotations

import asyncio
import os
import sys

from bot.fingerprints import Fingerprint
from bot.pictures import EXITS, MOST_BYTES, CleanPicture, PictureFault

_SECONDS = 25.0
_AT_ONCE = asyncio.Semaphore(2)  # a helper may take 500 MB for a moment


async def clean_picture(content: bytes) -> CleanPicture:
    """The picture without anything hidden in it, fit for every channel. Raises PictureFault.

    Nothing of the file's own bytes is passed on: no place, no camera, no comment.
    """
    return CleanPicture(await ask_helper("bot.pictures", content))


async def fingerprint_of(content: bytes) -> Fingerprint:
    """By what the picture is known again. Raises PictureFault for what `clean_picture` refuses."""
    return Fingerprint(await ask_helper("bot.pictures", content, "--fingerprint"))


async def ask_helper(module: str, content: bytes, *arguments: str) -> bytes:
    """What a module that runs `run_helper` makes of a picture. Raises PictureFault."""
    if len(content) > MOST_BYTES:
        raise PictureFault("too-large")
    async with _AT_ONCE:
        return await _answer(module, content, *arguments)


async def _answer(module: str, content: bytes, *arguments: str) -> bytes:
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    helper = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdin=pipe, stdout=pipe, stderr=nothing,
        env=_few_words(),
    )  # fmt: skip
    try:
        async with asyncio.timeout(_SECONDS):
            given, _ = await helper.communicate(content)
    except TimeoutError:
        raise PictureFault("too-large") from None
    finally:
        if helper.returncode is None:
            helper.kill()
            await helper.wait()
    if helper.returncode:
        kinds = {code: kind for kind, code in EXITS.items()}
        # One that was killed, or broke off, met a file that is made to break programs.
        raise PictureFault(kinds.get(helper.returncode or 0, "not-a-picture"))
    return given


def _few_words() -> dict[str, str]:
    """What the helper is told: not the bot's tokens, which a file made for that might ask for."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    kept |= {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
