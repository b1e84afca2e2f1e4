"""A PostgreSQL server that hangs and dies, and its standby that takes over."""

from __future__ import annotations

import asyncio

from bench.chaos.scene import Scene


async def failed_over(scene: Scene) -> None:
    """It says nothing for a while, is killed, and is missed until the other one is promoted."""
    assert scene.pair is not None
    scene.pair.forwarder.speaks.clear()
    await scene.lasts(10)
    scene.pair.kill()
    scene.pair.forwarder.speaks.set()
    await scene.lasts(5)
    await asyncio.to_thread(scene.pair.promote)
    await scene.lasts(8)
