"""`caunoi campaign ID`: how far a campaign is, and the words that may be said to it."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime

from bot.commands import run_on_store
from bot.settings import Settings
from bot.store import Store
from bot.tallies import Pair, pair, told, told_units

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
    if asked.word == "tally":
        print(json.dumps(await _tally(store, number), ensure_ascii=False))
        return 0
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


async def _tally(store: Store, number: int) -> Mapping[str, object]:
    """Arrived and others by channel, language and unit; `others` holds what is not told by name."""
    tally, tree = await store.campaigns.full_tally(number), await store.organisation.tree()
    whole = pair(tally.whole)
    languages, others = told({tag: pair(one) for tag, one in tally.languages.items()}, whole)
    units = told_units(tree, tally)
    return {
        "all": _cells(whole),
        "channels": {name: _cells(pair(parts)) for name, parts in tally.channels.items()},
        "languages": {
            **{tag: _cells(one) for tag, one in languages.items()},
            **({"others": _cells(others)} if sum(others) else {}),
        },
        "units": {tree.by_id[unit].code: _cells(one) for unit, one in units.items()},
        "reasons": dict(tally.reasons),
    }


def _cells(one: Pair) -> Mapping[str, int]:
    return {"arrived": one[0], "others": one[1]}
