"""From 10,000 to 11 million members: what is stored, how long a message to all takes, who serves.

`python -m bench scale`: a simulation of days in steps of ten seconds, of any number of processes
with the costs that the other benches measured and the platforms' limits. No clock is read: the
table is the same on every machine, and docs/scale.md holds it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# Costs, µs of CPU: `bench updates`, `bench broadcast`; bytes: `bench stored`, `bench ledger`.
# An update with its answer said, and a delivery with its row of the ledger.
UPDATE, DELIVERY = 2_050.0, 950.0
STORED, LEDGER = 1_700, 150
# What a year leaves: messages to all, kept a month in the ledger; the rest are counts.
KEPT_DAYS, MESSAGES_A_WEEK = 30, 2
# The platforms: a second to all chats together (Telegram, one token), a minute (an app on Zalo).
TELEGRAM, ZALO = 25.0, 4_000 / 60
# Zalo lets an account of more than 10,000 followers say something unasked to 5 % of them a day.
UNASKED_SHARE, UNASKED_LEAST = 0.05, 500
# Not between 21:30 and 06:30: fifteen hours a day.
WAKING = (6.5, 21.5)
# How many members use the bot, where, and how much.
USING, ON_TELEGRAM = 1.0, 0.5
SAID_A_DAY = 0.1  # by a member, on average, spread over the waking hours
CONTEST_SHARE, CONTEST_ANSWERS, CONTEST_HOURS = 0.02, 25, 1  # the busiest evening
CORE = 1e6  # µs of CPU a second
BUSIEST = 0.5  # of a core: above that answers begin to wait
STEP = 10.0
MEMBERS = (10_000, 100_000, 200_000, 1_000_000, 5_000_000, 11_000_000)


@dataclass(frozen=True)
class Week:
    """How a message to all and the contest beside it went. Hours count from half past six."""

    telegram_hours: float
    zalo_hours: float
    busiest: float  # the share of its core that the fullest process used
    longest_queue: int  # things said that waited for an answer


@dataclass
class House:
    """So many processes; each takes its share of what is said, one of them sends as well."""

    processes: int
    waiting: float = 0.0
    busiest: float = 0.0
    longest_queue: float = 0.0

    def live(self, said: float, sent: float) -> None:
        """A step in which so much is said, and so much sent by the one that leads."""
        self.waiting += said
        sending = sent * DELIVERY
        free = self.processes * STEP * CORE - sending
        answered = min(self.waiting, max(0.0, free) / UPDATE)
        self.waiting -= answered
        self.longest_queue = max(self.longest_queue, self.waiting)
        share = (answered * UPDATE / self.processes + sending) / (STEP * CORE)
        self.busiest = max(self.busiest, min(1.0, share))


def live_through(members: int, processes: int) -> Week:
    """A message to all at half past six, and in the evening the contest's busiest hour."""
    house = House(processes)
    left = {"telegram": members * ON_TELEGRAM, "zalo": members * (1 - ON_TELEGRAM)}
    rates = {"telegram": TELEGRAM, "zalo": ZALO}
    ended = dict.fromkeys(left, 0.0)
    moment = WAKING[0] * 3600
    while any(left.values()) or moment < 24 * 3600:
        sent = 0.0
        if _is_waking(moment):
            for name, rate in rates.items():
                now = min(left[name], rate * STEP)
                left[name] -= now
                sent += now
                if now and not left[name]:
                    ended[name] = moment - WAKING[0] * 3600
        house.live(_said(members, moment), sent)
        moment += STEP
    return Week(
        ended["telegram"] / 3600,
        ended["zalo"] / 3600,
        house.busiest,
        math.ceil(house.longest_queue),
    )


def _is_waking(moment: float) -> bool:
    return WAKING[0] <= moment / 3600 % 24 < WAKING[1]


def _said(members: int, moment: float) -> float:
    """Things said in that step; on the first evening, at eight, the contest."""
    users = members * USING
    said = users * SAID_A_DAY / ((WAKING[1] - WAKING[0]) * 3600) if _is_waking(moment) else 0.0
    if 20 <= moment / 3600 < 20 + CONTEST_HOURS:
        said += users * CONTEST_SHARE * CONTEST_ANSWERS / (CONTEST_HOURS * 3600)
    return said * STEP


def processes_for(members: int) -> tuple[int, Week]:
    """The fewest processes of which none is too busy, and how their days went."""
    processes = 1
    while (week := live_through(members, processes)).busiest > BUSIEST:
        processes += 1
    return processes, week


def gigabytes(members: int) -> float:
    """People, and what a month of messages to all leaves in the ledger."""
    rows = members * MESSAGES_A_WEEK * KEPT_DAYS / 7
    return (members * STORED + rows * LEDGER) / 1e9


def unasked_days(members: int) -> int:
    """Days until Zalo has let all of them hear something unasked."""
    followers = members * (1 - ON_TELEGRAM)
    return math.ceil(followers / max(UNASKED_LEAST, followers * UNASKED_SHARE))


def table() -> str:
    """As docs/scale.md holds it."""
    head = (
        "| Members | Database | Telegram, 25/s | Zalo, 4,000/min | Zalo unasked | Processes |"
        " Fullest core | With one process |\n|---|---|---|---|---|---|---|---|"
    )
    return "\n".join([head, *(_row(members) for members in MEMBERS)])


def _row(members: int) -> str:
    processes, week = processes_for(members)
    alone = live_through(members, 1)
    waits = f"{alone.longest_queue:,} wait" if alone.longest_queue > 1 else f"{alone.busiest:.0%}"
    return (
        f"| {members:,} | {gigabytes(members):.2f} GB | {_told(week.telegram_hours)} | "
        f"{_told(week.zalo_hours)} | {unasked_days(members)} days | {processes} | "
        f"{week.busiest:.0%} | {waits} |"
    )


def _told(hours: float) -> str:
    return (
        f"{hours * 60:.0f} min"
        if hours < 2
        else f"{hours:.1f} h"
        if hours < 48
        else (f"{hours / 24:.1f} days")
    )


async def measure_scale() -> str:
    return "\n" + table()
