"""Faults and kills of the real process; the ledger and the platforms' own logs are the judges."""

from bench.chaos.fleet import (
    Fleet,
    Sending,
    arrived,
    end_lease,
    faults_of,
    holder_of,
    send,
    until_over,
)

__all__ = [
    "Fleet", "Sending", "arrived", "end_lease", "faults_of", "holder_of", "send", "until_over",
]  # fmt: skip
