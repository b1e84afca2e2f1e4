"""How long the search index of 1,000 articles takes to build, and a question to it."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

from bench.content import write_content
from bot.library import load_library
from bot.search import Search

ARTICLES = 1000
QUESTIONS = (
    "tien luong toi thieu",
    "người nước ngoài gia nhập công đoàn",
    "prisson dairy",
    "bảo hiểm xã hội khi nghỉ việc ở công ty",
    "qxzvk",
)


async def measure_index() -> str:
    with tempfile.TemporaryDirectory() as name:
        began = time.perf_counter()
        library = load_library(write_content(Path(name), ARTICLES))
        loaded = time.perf_counter() - began
        builds = []
        for _ in range(5):
            began = time.perf_counter()
            search = Search(library)
            builds.append(time.perf_counter() - began)
        asked = []
        for question in QUESTIONS * 20:
            began = time.perf_counter()
            search.find(question, ("vi", "en"), date(2026, 11, 23))
            asked.append(time.perf_counter() - began)
    p95 = statistics.quantiles(asked, n=20)[18] * 1000
    return (
        f"{ARTICLES} articles in 2 languages: index built in {statistics.median(builds):.2f} s "
        f"(goal 1 s), written and read from YAML in {loaded:.2f} s, a question p95 {p95:.1f} ms"
    )
