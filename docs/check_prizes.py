"""Draws a round's prizes once more from its published files, with Python's own library alone.

    python check_prizes.py FOLDER

FOLDER holds key.json, results.csv and prizes.csv; check_contest.py says whether the first two are
those that were promised at the opening, the seed of this draw among them.
"""

import csv
import hmac
import json
import sys
from pathlib import Path


def first_difference(told, results, given):
    seed, taken = bytes.fromhex(told["seed"]), {}
    lot = lambda row: hmac.new(seed, f"prize:{row['code']}".encode(), "sha256").digest()  # noqa: E731
    drawn = sorted(results, key=lot)
    best = sorted(drawn, key=lambda row: int(row["place"]))
    for by, order in (("rank", best), ("lot", drawn)):
        for number, prize in enumerate(told["key"]["prizes"], start=1):
            left = [row["code"] for row in order if prize["league"] in {"", row["league"]}]
            left = [code for code in left if code not in taken][: prize["count"]]
            taken.update(dict.fromkeys(left, number) if prize["by"] == by else {})
    wrong = set(taken.items()) ^ {(row["code"], int(row["prize"])) for row in given}
    return "".join(f"{code}: prize {number} is not so" for code, number in sorted(wrong)[:1])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    texts = (open(folder / f"{name}.csv", encoding="utf-8-sig") for name in ("results", "prizes"))
    told = json.loads((folder / "key.json").read_text("utf-8"))
    difference = first_difference(told, *(list(csv.DictReader(text)) for text in texts))
    print(difference or "OK")
    sys.exit(1 if difference else 0)
