"""`caunoi contest sample`: a contest of a week and a private bank, to see how one is played.

The bank is made of the practice questions, whose answers are public: it is for trying out only.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

_TOPICS = ("union", "award")
_CONTEST = """\
# Made by `caunoi contest sample`, to try out how a contest is played. Its questions are those of
# the practice bank, whose answers everybody can read: make a bank of your own for a real one.
title: {{vi: Thi thử, en: Trial contest}}
about:
  vi: Đây là cuộc thi thử; giải chỉ để xem cách xét và bốc thăm.
  en: This is a trial; its prizes only show how a draw goes.
sources: [{{title: Thể lệ thi thử, issuer: Ban tổ chức}}]
leagues:
- {{id: viet-nam, title: {{vi: Lao động Việt Nam, en: Vietnamese workers}}}}
- {{id: foreign, title: {{vi: Lao động nước ngoài, en: Foreign workers}}}}
rounds:
- id: trial
  title: {{vi: Vòng thi thử, en: Trial round}}
  opens: {opens:%Y-%m-%d %H:%M}
  closes: {closes:%Y-%m-%d %H:%M}
  bank: sample.yaml
  attempts: 3
  counts: best
  minutes: 20
  questions: [{{topic: union, count: 6}}, {{topic: award, count: 4}}]
  essay: true
  prizes:
  - {{title: {{vi: Giải Nhất, en: First prize}}, count: 1, by: rank}}
  - {{title: {{vi: Giải may mắn, en: Lucky prize}}, count: 2, by: lot}}
"""


def write_sample(content: Path, now: datetime) -> int:
    """Writes contests/sample.yaml and private/sample.yaml, unless they are there."""
    contest, bank = content / "contests/sample.yaml", content / "private/sample.yaml"
    for path in (contest, bank):
        if path.exists():
            print(f"{path} is there already", file=sys.stderr)
            return 1
        path.parent.mkdir(parents=True, exist_ok=True)
    whole = now.replace(second=0, microsecond=0)
    contest.write_text(
        _CONTEST.format(opens=whole, closes=whole + timedelta(days=7)), encoding="utf-8"
    )
    questions = list(_questions(content))
    bank.write_text(
        yaml.safe_dump({"questions": questions}, allow_unicode=True, sort_keys=False), "utf-8"
    )
    print(contest, bank)
    return 0


def _questions(content: Path) -> Iterator[dict[str, Any]]:
    """Those of the practice bank, each with its topic, which its file said before."""
    for topic in _TOPICS:
        path = content / "questions" / f"{topic}.yaml"
        for one in yaml.safe_load(path.read_text("utf-8"))["questions"]:
            yield {"id": one["id"], "topic": topic, **one}
