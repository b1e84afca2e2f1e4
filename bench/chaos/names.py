"""A resolver that can be broken, for one process: its Python looks here first."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT

NAME = "platform.test"
# The file is read by the interpreter when it starts, as every sitecustomize.
_CODE = """
import pathlib, socket, sys
sys.modules['aiodns'] = None  # aiohttp would not ask the system
_known, _switch = socket.getaddrinfo, pathlib.Path({switch!r})

def getaddrinfo(host, *more, **named):
    if host == {name!r}:
        if _switch.exists():
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        host = "127.0.0.1"
    return _known(host, *more, **named)

socket.getaddrinfo = getaddrinfo
"""


def breakable(folder: Path, *bases: str) -> tuple[dict[str, str], list[str]]:
    """The environment of such a process, and the bases under a name instead of a number.

    No name is found while `folder`/no-names is there.
    """
    (site := folder / "site").mkdir()
    code = _CODE.format(switch=str(folder / "no-names"), name=NAME)
    (site / "sitecustomize.py").write_text(code)
    named = [base.replace("127.0.0.1", NAME) for base in bases]
    return {"PYTHONPATH": f"{site}:{ROOT}"}, named
