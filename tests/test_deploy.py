"""The deploy files name what there is; a stop leaves time for the answers under way."""

from __future__ import annotations

import re
from configparser import ConfigParser

import yaml

from bot import app
from bot.settings import Settings
from tests.conftest import ROOT

COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
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


def test_the_processes_of_the_compose_file_share_what_they_must() -> None:
    services = COMPOSE["services"]
    apps = {name: one for name, one in services.items() if "build" in one}
    assert len(apps) >= 2
    for one in apps.values():
        context = (ROOT / "deploy" / one["build"]["context"]).resolve()
        assert (context / one["build"]["dockerfile"]).samefile(ROOT / "deploy" / "Dockerfile")
        assert one["environment"]["DATABASE_URL"].startswith("postgresql://")
        assert one["environment"]["SECRET_KEY"] == "${SECRET_KEY:?}"  # a start without is refused
        assert one["volumes"] == [f"{name}:/app/var/{name}" for name in ("reporters", "erasures")]
        assert all(f"/app/var/{name}" in DOCKERFILE for name in ("reporters", "erasures"))
        seconds = float(one["stop_grace_period"].removesuffix("s"))
        assert seconds > 2 * app.DRAIN_SECONDS + app.SHUTDOWN_SECONDS
        unknown = set(one["environment"]) - {name.upper() for name in Settings.model_fields}
        assert not unknown
    volumes = {use.partition(":")[0] for one in services.values() for use in one["volumes"]}
    assert {name for name in volumes if not name.startswith(".")} == set(COMPOSE["volumes"])


def test_the_balancer_knows_each_process_and_holds_back_no_stream() -> None:
    caddy = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")
    apps = [name for name, one in COMPOSE["services"].items() if "build" in one]
    (upstreams,) = re.findall(r"reverse_proxy ((?:\S+:8080 ?)+)", caddy)
    assert upstreams.split() == [f"{name}:8080" for name in apps]
    assert "health_uri /health/ready" in caddy
    assert "flush_interval -1" in caddy
