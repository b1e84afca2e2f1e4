"""Who wins which prize of a round: the best by rank, others by a lot that was promised before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.contests import Prize
from bot.contests_draw import lots


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that counts."""

    code: str
    rank: int
    league: str


def wins(
    entries: Iterable[Candidate], prizes: Sequence[Prize], seed: bytes
) -> list[tuple[int, str]]:
    """Each prize that is given as its index in `prizes` and the winner's code.

    Prizes for the best are given first; nobody gets two. Where two are equal in rank, and among
    those who are drawn, the lots decide, which anyone can draw again from the seed. With fewer
    entries than prizes some are not given.
    """
    known = {one.code: one for one in entries}
    drawn = lots(seed, known)
    best = sorted(drawn, key=lambda code: known[code].rank)  # stable: the lots part who is equal
    taken: dict[str, int] = {}
    for by, order in (("rank", best), ("lot", drawn)):
        for index, prize in enumerate(prizes):
            if prize.by == by:
                left = [
                    code
                    for code in order
                    if code not in taken and prize.league in {"", known[code].league}
                ]
                taken |= dict.fromkeys(left[: prize.count], index)
    return sorted(((index, code) for code, index in taken.items()), key=lambda one: one[0])
