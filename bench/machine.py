"""The two cores of a measurement, and the memory of one process of it."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parent.parent
CLIENT_CORE, SERVER_CORE = 0, 1


def pin(core: int) -> None:
    """Client and server each on a core of its own, where there are two."""
    pin_process(os.getpid(), core)


def pin_process(process: int, core: int) -> None:
    """A process with all its threads, by its number; what it makes later follows."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(1))  # who is pinned itself knows of one core only
        for thread in Path(f"/proc/{process}/task").iterdir():
            os.sched_setaffinity(int(thread.name), {cores[core % len(cores)]})


def peak_kb() -> int:
    """Of this process alone: ru_maxrss would count the parent's memory from before the exec."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


def busy_seconds(process: int) -> float:
    """CPU that a process has used so far, by its number, in all its threads."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
