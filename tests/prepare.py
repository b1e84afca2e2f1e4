"""Gets the browser, the fonts and the office that tests need; says loudly when they are missing.

Phones of people who read Chinese, Japanese or Korean bring fonts for them; a bare server does not.
The office shows what a document looks like on paper.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The content that ships, checked: read once for all that tests start.
ROOT = Path(__file__).parent.parent
KEPT = ROOT / "var" / "tests" / "library.json"
KEPT_WORDS = ROOT / "var" / "tests" / "catalogues"
KEPT_INDEX = ROOT / "var" / "tests" / "search.db"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fontconfig", "fonts-noto-cjk")
# Liberation Serif is as wide as Times New Roman.
OFFICE_PACKAGES = ("libreoffice-writer-nogui", "fonts-liberation2")


def browser() -> str | None:
    """The path of a Chromium on this machine."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def office() -> str | None:
    """The path of LibreOffice on this machine."""
    return shutil.which("soffice")


def has_fonts() -> bool:
    """Whether letters of Chinese, Japanese and Korean can be drawn here."""
    if not shutil.which("fc-list"):
        return False
    asked = (["fc-list", f":lang={tag}", "family"] for tag in ("zh-cn", "ja", "ko"))
    return all(subprocess.run(a, capture_output=True, check=False).stdout for a in asked)


def main() -> int:
    # Each worker would else read all of the content by itself.
    from bot.language import keep_languages  # conftest.py names this file early
    from bot.library import keep_library
    from bot.search import Search

    Search(keep_library(ROOT / "content", KEPT), KEPT_INDEX)
    keep_languages(ROOT / "locales", KEPT_WORDS)
    if shutil.which("apt-get"):
        if not (browser() and has_fonts()):
            _install(PACKAGES)
        if not office():
            _install(OFFICE_PACKAGES)
    if not office():
        print("NO LIBREOFFICE: no test looks at documents as they are printed.", file=sys.stderr)
        print(f"As root: apt-get install {' '.join(OFFICE_PACKAGES)}", file=sys.stderr)
        if os.environ.get("CI") == "true":
            return 1
    if (path := browser()) and has_fonts():
        print(f"the page is tested in {path}")
        return 0
    print("=" * 78, file=sys.stderr)
    print("NO BROWSER OR NO FONTS: they are missing and could not be installed.", file=sys.stderr)
    print("The tests of the web page DO NOT RUN, or not in all languages.", file=sys.stderr)
    print(f"As root: apt-get install {' '.join(PACKAGES)}", file=sys.stderr)
    print("=" * 78, file=sys.stderr)
    return 1 if os.environ.get("CI") == "true" else 0


def _install(packages: tuple[str, ...]) -> None:
    root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if root and not shutil.which("sudo"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        command = [*root, "apt-get", *step]
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    sys.exit(main())
