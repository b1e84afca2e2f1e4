"""`caunoi campaign ID`: how far a campaign is, and the words that may be said to it."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from datetime import UTC, datetime

from bot.commands import run_on_store
from bot.settings import Settings
from bot.store import Store

# What is put in the queue again by a word of the command line.
_AGAIN = {"retry": "failed", "resend-uncertain": "uncertain"}


def campaign(settings: Settings, asked: Namespace) -> int:
    """`campaign ID` prints state and counts; `campaign ID WORD` says the word first."""
    return run_on_store(settings, lambda store: _run(store, asked))


async def _run(store: Store, asked: Namespace) -> int:
    number, now = asked.id, datetime.now(UTC)
    if await store.campaigns.get(number) is None:
        print(f"there is no campaign {number}", file=sys.stderr)
        return 1
    if asked.word in _AGAIN:
        is_done = bool(await store.campaigns.put_again(number, _AGAIN[asked.word], now))
    else:
        is_done = not asked.word or await store.campaigns.move(number, asked.word, now)
    found = await store.campaigns.get(number)
    assert found is not None
    counts = dict(await store.campaigns.tally(number))
    print(json.dumps({"state": found.state, "counts": counts}))
    if not is_done:
        print(f"{asked.word}: not in this state, or nothing to do", file=sys.stderr)
    return 0 if is_done else 1
