"""The list of what is installed names every package of the lock, and is the same each time."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from tests.conftest import ROOT


def _listed(path: Path) -> bytes:
    """As `make sbom` writes it, without a network."""
    tool = ROOT / ".venv" / "bin" / "cyclonedx-py"
    asked: list[str | Path] = [
        tool,
        "requirements",
        "requirements.lock",
        "--pyproject",
        "pyproject.toml",
    ]
    more: list[str | Path] = ["--output-reproducible", "--short-PURLs", "--output-file", path]
    nowhere = {"http_proxy": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1"}
    subprocess.run(
        [str(one) for one in (*asked, *more)],
        cwd=ROOT,
        check=True,
        env=nowhere,
        capture_output=True,
    )
    return path.read_bytes()


def test_the_sbom_names_every_locked_package(tmp_path: Path) -> None:
    listed = _listed(tmp_path / "sbom.json")
    found = {(one["name"], one["version"]) for one in json.loads(listed)["components"]}
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    locked = set(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", lock, re.MULTILINE))
    assert len(locked) > 30
    assert found == locked
    assert all(one["externalReferences"][0]["hashes"] for one in json.loads(listed)["components"])
    told = json.loads(listed)
    assert "serialNumber" not in told
    assert "timestamp" not in told["metadata"]
