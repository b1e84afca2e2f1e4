"""One of several processes that refresh the same token at the same moment; prints what they got."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from bot.channels.calls import Caller
from bot.channels.zalo_oa.tokens import Credentials, Tokens
from bot.store import Seal, Store
from tests.fakes.zalo_oa import APP_ID, APP_SECRET, FIRST_REFRESH


async def _main(database_url: str, base: str, attempts: int) -> None:
    store = Store(database_url, Seal("secret"))
    caller = Caller()
    await caller.open()
    credentials = Credentials(APP_ID, APP_SECRET, FIRST_REFRESH, base)
    # Each has a lock of its own, so that they race within the process too.
    racing = [
        Tokens("zalo-oa", credentials, store.grants, caller, lambda: datetime.now(UTC))
        for _ in range(attempts)
    ]
    await racing[0].open()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    grants = await asyncio.gather(*(tokens.access() for tokens in racing))
    print(*sorted({grant.access for grant in grants}), flush=True)
    await caller.close()
    await store.close()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
