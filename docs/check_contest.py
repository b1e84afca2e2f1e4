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


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def lot(seed, text):
    return hmac.new(seed, text.encode(), "sha256").digest()


def draw(seed, code, key):
    left, drawn = dict(key["quotas"]), []
    for each in sorted(key["questions"], key=lambda each: (lot(seed, f"{code}:{each}"), each)):
        quota = key["questions"][each]["quota"]
        if left.get(quota, 0) > 0:
            left[quota] -= 1
            drawn.append(each)
    return drawn


def points(seed, code, drawn, letters, key, void):
    for each, letter in zip(drawn, letters, strict=True):
        question = key["questions"][each]
        order = sorted(range(question["options"]), key=lambda n: lot(seed, f"{code}:{each}:{n}"))
        is_right = letter != "-" and order["ABCDEFGHIJ".index(letter)] == question["right"]
        yield question["points"] if is_right or each in void else 0


def first_difference(folder, promised):
    told = json.loads((folder / "key.json").read_text("utf-8"))
    key, seed, void = told["key"], bytes.fromhex(told["seed"]), set(told["void"])
    whole = {"key": key, "salt": told["salt"], "seed": told["seed"]}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    if hashlib.sha256(text.encode()).hexdigest() != promised:
        return "the key, the seed or the salt is not the one that was promised"
    draws = {row["code"]: row["questions"].split() for row in read(folder / "draws.csv")}
    results, all_right = read(folder / "results.csv"), 0
    for row in results:
        code, drawn = row["code"], draw(seed, row["code"], key)
        if draws.get(code) != drawn:
            return f"{code}: the questions are not those that the seed draws"
        got = list(points(seed, code, drawn, row["answers"], key, void))
        if sum(got) != int(row["points"]):
            return f"{code}: {sum(got)} points, not {row['points']}"
        all_right += all(got)
    for row in results:
        gap = str(abs(int(row["prediction"]) - all_right)) if row["prediction"] else ""
        if gap != row["gap"]:
            return f"{row['code']}: the gap is {gap}, as {all_right} people had everything right"
    far = float("inf")
    results.sort(key=lambda r: (-int(r["points"]), float(r["gap"] or far), int(r["finish"])))
    for place, row in enumerate(results, start=1):
        if place != int(row["place"]):
            return f"{row['code']}: place {place}, not {row['place']}"
    return f"draws.csv has other entries than results.csv" if len(draws) != len(results) else ""


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    difference = first_difference(Path(sys.argv[1]), sys.argv[2].strip().lower())
    print(difference or "OK")
    sys.exit(1 if difference else 0)
