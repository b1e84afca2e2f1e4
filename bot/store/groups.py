"""One connection that runs what waits for it in groups, one transaction a group."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.store.engine import Database

T = TypeVar("T")
LARGEST_GROUP = 64


@dataclass(slots=True)
class _Waiting:
    task: Callable[[Connection], Any]
    result: asyncio.Future[Any]


class Groups:
    """Runs functions on a connection. What arrives while a group runs goes into the next one.

    A caller awaits the commit of its own group; nobody waits for a timer. A group that fails is
    run again one by one, each in a transaction of its own, so that only the culprit fails.
    """

    def __init__(
        self, database: Database, *, is_reading: bool = False, is_long: bool = False
    ) -> None:
        self._database = database
        self._is_reading = is_reading
        self._is_long = is_long
        self._urgent: list[_Waiting] = []
        self._waiting: list[_Waiting] = []
        self._runner: asyncio.Task[None] | None = None

    async def run(self, task: Callable[[Connection], T], *, is_urgent: bool = False) -> T:
        """What `task` returns, once its transaction is committed. Raises what `task` raises.

        Urgent tasks go before all others: a platform waits two seconds for its acknowledgement.
        """
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        (self._urgent if is_urgent else self._waiting).append(_Waiting(task, result))
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run_all())
        return await result

    async def glance(self, task: Callable[[Connection], T]) -> T:
        """What `task` returns, that reads a few rows by their key. Raises what `task` raises."""
        return await self._database.glance(task)

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner

    async def _run_all(self) -> None:
        while self._urgent or self._waiting:
            group = self._take(self._urgent, LARGEST_GROUP)
            # Few go along with urgent ones, who would wait for their end.
            group += self._take(self._waiting, LARGEST_GROUP // 8 if group else LARGEST_GROUP)
            try:
                await self._run_group(group)
            except Exception:
                for one in group:
                    await self._run_alone(one)

    @staticmethod
    def _take(queue: list[_Waiting], most: int) -> list[_Waiting]:
        taken = queue[:most]
        del queue[:most]
        return taken

    async def _run_alone(self, one: _Waiting) -> None:
        try:
            await self._run_group([one])
        except Exception as error:
            if isinstance(error, SQLAlchemyError):
                metrics.DATABASE_ERRORS.inc()
            if not one.result.done():
                one.result.set_exception(error)

    async def _run_group(self, group: list[_Waiting]) -> None:
        done = await self._database.run(
            lambda connection: [one.task(connection) for one in group],
            is_reading=self._is_reading,
            is_long=self._is_long,
        )
        for one, value in zip(group, done, strict=True):
            if not one.result.done():  # its caller was cancelled; the work stands all the same
                one.result.set_result(value)
