"""Recomputes a closed contest round from its published files, with Python's own library alone.

    python check_contest.py FOLDER COMMITMENT

FOLDER holds key.json, draws.csv and results.csv; COMMITMENT is the number published at the opening.
"""

import csv
import hashlib
import hmac
import json
import sys
from pathlib import Path


def lot(seed, text):
    return hmac.new(seed, text.encode(), "sha256").digest()


def draw(seed, code, key):
    left, questions = dict(key["quotas"]), key["questions"]
    for each in sorted(questions, key=lambda each: (lot(seed, f"{code}:{each}"), each)):
        left[questions[each]["quota"]] = left.get(questions[each]["quota"], 0) - 1
        if left[questions[each]["quota"]] >= 0:
            yield each


def points(seed, code, question, letter, key, void):
    one = key["questions"][question]
    order = sorted(range(one["options"]), key=lambda n: lot(seed, f"{code}:{question}:{n}"))
    is_right = dict(zip("ABCDEFGHIJ", order)).get(letter) == one["right"]
    return one["points"] if is_right or question in void else 0


def first_difference(told, draws, results, promised):
    key, seed, void = told["key"], bytes.fromhex(told["seed"]), told["void"]
    whole = {"key": key, "salt": told["salt"], "seed": told["seed"]}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    if hashlib.sha256(text.encode()).hexdigest() != promised:
        return "the key, the seed or the salt is not the one that was promised"
    drawn, all_right = {row["code"]: row["questions"].split() for row in draws}, 0
    for row in results:
        asked = list(draw(seed, row["code"], key))
        if drawn.get(row["code"]) != asked or len(row["answers"]) != len(asked):
            return f"{row['code']}: the questions are not those that the seed draws"
        got = [points(seed, row["code"], *pair, key, void) for pair in zip(asked, row["answers"])]
        if sum(got) != int(row["points"]):
            return f"{row['code']}: {sum(got)} points, not {row['points']}"
        all_right += all(got)
    for row in results:
        if row["gap"] != (row["prediction"] and str(abs(int(row["prediction"]) - all_right))):
            return f"{row['code']}: not the gap to the {all_right} who had everything right"
    rank = lambda r: (-int(r["points"]), float(r["gap"] or "inf"), int(r["finish"]))  # noqa: E731
    place, before = 0, None
    for number, row in enumerate(sorted(results, key=rank), start=1):
        place, before = (place, before) if rank(row) == before else (number, rank(row))
        if place != int(row["place"]):
            return f"{row['code']}: place {place}, not {row['place']}"
    return "" if len(drawn) == len(draws) == len(results) else "an entry is missing or there twice"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    texts = (open(folder / f"{name}.csv", encoding="utf-8-sig") for name in ("draws", "results"))
    told = json.loads((folder / "key.json").read_text("utf-8"))
    difference = first_difference(
        told, *(list(csv.DictReader(text)) for text in texts), sys.argv[2]
    )
    print(difference or "OK")
    sys.exit(1 if difference else 0)
