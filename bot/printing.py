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
    asked = TypeAdapter(Poster).dump_json(poster)
    try:
        code, drawn, said = await _print(("bot.poster",), asked)
    except TimeoutError:
        raise PosterError(f"the poster was not drawn within {TIMEOUT:g} seconds") from None
    if code:
        raise PosterError(_reason(said))
    return drawn


async def print_certificate(certificate: Certificate, kind: Kind = "pdf") -> bytes:
    """The certificate as a PDF or PNG. Raises CertificateError, Undrawable among them."""
    asked = TypeAdapter(Certificate).dump_json(certificate)
    try:
        code, drawn, said = await _print(("bot.certificate", kind), asked)
    except TimeoutError:
        raise CertificateError(f"it was not drawn within {TIMEOUT:g} seconds") from None
    if code == UNDRAWABLE:
        raise Undrawable(tuple(said.decode()))
    if code:
        raise CertificateError(_reason(said))
    return drawn


async def print_sheet(sheet: Sheet) -> bytes:
    """The XLSX. Raises SheetError."""
    asked = TypeAdapter(Sheet).dump_json(sheet)
    try:
        code, made, said = await _print(("bot.sheets",), asked)
    except TimeoutError:
        raise SheetError(f"it was not made within {TIMEOUT:g} seconds") from None
    if code:
        raise SheetError(_reason(said))
    return made


async def _print(module: tuple[str, ...], asked: bytes) -> tuple[int, bytes, bytes]:
    """How the helper ended, what it drew and what it said. Raises TimeoutError."""
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


def _reason(said: bytes) -> str:
    reason = said.decode(errors="replace").strip().rpartition("\n")[2]
    return reason or "the helper process broke off"
