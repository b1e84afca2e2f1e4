"""The deploy files name what there is; a stop leaves time for the answers under way."""

from __future__ import annotations

import re
from configparser import ConfigParser

from bot import app
from tests.conftest import ROOT

DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")


def test_the_image_copies_files_that_exist_and_all_that_the_bot_reads() -> None:
    copied: set[str] = set()
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        *sources, _target = line.split()
        copied |= set(sources)
    assert all((ROOT / source).exists() for source in copied)
    assert {"bot", "handlers", "content", "locales", "requirements.lock"} <= copied


def test_the_image_installs_only_what_is_locked_and_runs_without_root() -> None:
    assert "--require-hashes --requirement requirements.lock" in DOCKERFILE
    assert DOCKERFILE.index("USER caunoi") < DOCKERFILE.index("CMD [")


def test_systemd_waits_longer_than_a_stop_takes() -> None:
    unit = ConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(ROOT / "deploy" / "caunoi.service")
    service = unit["Service"]
    assert app.SHUTDOWN_SECONDS < app.DRAIN_SECONDS < 9
    assert float(service["TimeoutStopSec"]) > 10
    assert service["ExecStart"].endswith("/caunoi serve")
    assert service["ReadWritePaths"].endswith("/var")
