"""`python -m bench.chaos [--fault NAME]… [--faults] [--on DATABASE] [--kills 200] [--people 600]`.

Runs the faults named, or all, and prints a table; then the kills. Exit 1 if a promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from bench.chaos.faults import BOTH, HAZARDS
from bench.chaos.kills import kill
from bench.chaos.runs import run_all


async def _main(asked: argparse.Namespace) -> int:
    names = list(HAZARDS) if asked.faults else asked.fault
    is_well = await run_all(names, asked.on) if names else True
    if asked.kills:
        is_well &= await kill(asked)
    return 0 if is_well else 1


if __name__ == "__main__":
    known = "\n".join(f"  {one.name:20}{one.what}" for one in HAZARDS.values())
    parser = argparse.ArgumentParser(
        prog="python -m bench.chaos",
        epilog=f"faults:\n{known}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--fault", action="append", choices=list(HAZARDS), default=[], metavar="NAME"
    )
    parser.add_argument("--faults", action="store_true", help="all of them")
    parser.add_argument("--on", choices=BOTH, help="only that database")
    for option, usual in (("--kills", 0), ("--people", 600), ("--seed", 1)):
        parser.add_argument(option, type=int, default=usual)
    sys.exit(asyncio.run(_main(parser.parse_args())))
