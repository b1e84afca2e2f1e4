"""The name of a public check in its address: readable words of the claim and its number."""

from __future__ import annotations

import re

from bot.claims import Claim
from bot.search import fold

_LONGEST = 40


def slug_of(claim: Claim) -> str:
    """`thu-viec-khong-luong-17`: the number makes it the only one."""
    finding = claim.draft or claim.finding
    words = finding.claim if finding else {}
    text = fold(words.get("vi") or next(iter(words.values()), ""))
    plain = re.findall(r"[a-z0-9]+", text)
    number = str(claim.id)
    kept = ""
    for word in plain:
        longer = f"{kept}-{word}" if kept else word
        if len(longer) > _LONGEST - len(number) - 1:
            break
        kept = longer
    return f"{kept or 'claim'}-{number}"
