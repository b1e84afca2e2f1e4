"""Whether something known is wrong with a locked package: asks OSV, which holds PyPI's advisories.

  audit.py [--osv-url URL] [--unasked-passes]

A package about which nobody could be asked is none without faults: it is counted and told, and the
run ends with 2 unless `--unasked-passes` says that this machine cannot ask. Ends with 1 when
something is known that pyproject.toml does not argue.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# It holds all that the bot runs with as well (tests/test_audit.py).
LOCK = ROOT / "requirements-test.lock"
KNOWN, UNASKED = 1, 2


def _told_by(*service: str) -> list[dict[str, Any]]:
    """pip-audit's list of packages, as in its JSON; empty when the service does not answer."""
    tool = Path(sys.executable).with_name("pip-audit")
    locked = ["--requirement", str(LOCK), "--disable-pip", "--require-hashes"]
    shape = ["--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    asked = [str(tool), *locked, *shape, *service]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    # It ends with 1 both when it found something and when it could not ask.
    return json.loads(told.stdout)["dependencies"] if told.stdout.startswith("{") else []


def _packages(osv_url: str) -> list[dict[str, Any]]:
    """What is known of each locked package; PyPI's own service is asked where OSV is silent."""
    service = ["--vulnerability-service", "osv", *(["--osv-url", osv_url] if osv_url else [])]
    return _told_by(*service) or _told_by("--vulnerability-service", "pypi")


def _argued(pyproject: Path) -> dict[str, str]:
    """Advisory → why it does not hurt here."""
    told = tomllib.loads(pyproject.read_text("utf-8"))
    return dict(told["tool"]["caunoi-audit"]["argued"])


def _names(advisory: dict[str, Any]) -> set[str]:
    return {advisory["id"], *advisory["aliases"]}


def _told(package: dict[str, Any], advisory: dict[str, Any], why: str) -> str:
    mended = ", ".join(advisory["fix_versions"]) or "nothing yet"
    about = f"{package['name']} {package['version']}: {advisory['id']}, mended in {mended}"
    return f"{about}. Argued: {why}" if why else about


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--osv-url", default="", help="another server that speaks OSV's API")
    parser.add_argument("--pyproject", type=Path, default=ROOT / "pyproject.toml")
    parser.add_argument("--unasked-passes", action="store_true", help="this machine cannot ask")
    wanted = parser.parse_args()

    packages, argued = _packages(wanted.osv_url), _argued(wanted.pyproject)
    asked = [one for one in packages if "vulns" in one]
    unargued = 0
    for package in asked:
        for advisory in package["vulns"]:
            why = next((argued[name] for name in _names(advisory) & set(argued)), "")
            unargued += not why
            print(_told(package, advisory, why))
    print(f"audit: {len(asked)} packages asked about, {unargued} advisories that nobody argued")
    if unargued:
        return KNOWN
    if asked and len(asked) == len(packages):
        return 0
    what = f"{len(packages) - len(asked)} PACKAGES WERE NOT" if asked else "NOTHING WAS"
    print(f"audit: {what} AUDITED: no database of advisories answers here")
    return 0 if wanted.unasked_passes else UNASKED


if __name__ == "__main__":
    sys.exit(main())
