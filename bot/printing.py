"""Has pages and sheets made by a process of its own: the bot neither waits nor keeps fonts."""

from __future__ import annotations

import asyncio
import sys

from pydantic import TypeAdapter

from bot.certificate import UNDRAWABLE, Certificate, CertificateError, Kind, Undrawable
from bot.poster import Poster, PosterError
from bot.sheets import Sheet, SheetError

TIMEOUT = 30.0
# One at a time: each helper takes some 100 MB for a second.
ONE_HELPER = asyncio.Semaphore(1)


async def print_poster(poster: Poster) -> bytes:
    """The poster's PDF. Raises PosterError."""
    return await _made(("bot.poster",), TypeAdapter(Poster).dump_json(poster), PosterError)


async def print_certificate(certificate: Certificate, kind: Kind = "pdf") -> bytes:
    """The certificate as a PDF or PNG. Raises CertificateError, Undrawable among them."""
    asked = TypeAdapter(Certificate).dump_json(certificate)
    return await _made(("bot.certificate", kind), asked, CertificateError)


async def print_sheet(sheet: Sheet) -> bytes:
    """The XLSX. Raises SheetError."""
    return await _made(("bot.sheets",), TypeAdapter(Sheet).dump_json(sheet), SheetError)


async def _made(module: tuple[str, ...], asked: bytes, fault: type[Exception]) -> bytes:
    """What the helper wrote. Raises `fault`, or Undrawable."""
    try:
        code, made, said = await run_helper(module, asked)
    except TimeoutError:
        raise fault(f"it was not made within {TIMEOUT:g} seconds") from None
    if code == UNDRAWABLE and fault is CertificateError:
        raise Undrawable(tuple(said.decode()))
    if code:
        raise fault(reason_of(said))
    return made


async def run_helper(module: tuple[str, ...], asked: bytes) -> tuple[int, bytes, bytes]:
    """How the helper ended, what it made and what it said. Raises TimeoutError."""
    pipe = asyncio.subprocess.PIPE
    async with ONE_HELPER:
        helper = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *module, stdin=pipe, stdout=pipe, stderr=pipe
        )
        try:
            async with asyncio.timeout(TIMEOUT):
                drawn, said = await helper.communicate(asked)
        finally:
            if helper.returncode is None:
                helper.kill()
                await helper.wait()
    return helper.returncode or 0, drawn, said


def reason_of(said: bytes) -> str:
    """The last line of what a helper said: why it broke off."""
    reason = said.decode(errors="replace").strip().rpartition("\n")[2]
    return reason or "the helper process broke off"
