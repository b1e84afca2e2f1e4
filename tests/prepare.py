"""Gets the browser that the tests need; says so loudly when there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser() -> str | None:
    """The path of a Chromium on this machine."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def main() -> int:
    if browser() is None and shutil.which("apt-get"):
        _install()
    if path := browser():
        print(f"the page is tested in {path}")
        return 0
    print("=" * 78, file=sys.stderr)
    print("NO BROWSER: Chromium is missing and could not be installed here.", file=sys.stderr)
    print(
        "The tests of the web page DO NOT RUN. As root: apt-get install chromium", file=sys.stderr
    )
    print("=" * 78, file=sys.stderr)
    return 1 if os.environ.get("CI") == "true" else 0


def _install() -> None:
    root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if root and not shutil.which("sudo"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        command = [*root, "apt-get", *step]
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    sys.exit(main())
