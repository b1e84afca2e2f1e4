"""Draws a contest's questions from a seed that was promised beforehand, so that anyone can check.

Nothing here is random: who knows the seed of a round gets the same draw. The seed is published
when the round has closed; at its opening only one hash is, over the seed and the right answers.
`docs/check_contest.py` does the same again without this house's code.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterable, Mapping


class ShortBank(ValueError):
    """The bank has too few questions for the quotas; `missing` says how many of which."""

    def __init__(self, missing: Mapping[str, int]) -> None:
        super().__init__(", ".join(f"{name}: {count} missing" for name, count in missing.items()))
        self.missing = dict(missing)


def canonical(value: object) -> bytes:
    """The one way to write a JSON value: keys in order, no spaces, UTF-8 as it is."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def commitment(key: object, seed: bytes, salt: bytes) -> str:
    """SHA-256 in hexadecimal letters over the key, the seed and the salt, as canonical JSON.

    `key` is any JSON value, or such a value as bytes of JSON. The salt is what keeps a short key
    from being guessed; it is secret until the round has closed, like the seed.
    """
    if isinstance(key, bytes | bytearray | memoryview):
        key = json.loads(bytes(key))
    whole = {"key": key, "salt": salt.hex(), "seed": seed.hex()}
    return hashlib.sha256(canonical(whole)).hexdigest()


def draw(
    seed: bytes, code: str, questions: Mapping[str, str], quotas: Mapping[str, int]
) -> list[str]:
    """The questions of the attempt `code`, in the order in which they are asked.

    `questions` gives for each question's id the name of its quota, `quotas` how many of each are
    asked. All are put in the attempt's own order and each quota takes its first ones, so the
    quotas are mixed. Neither mapping's order matters. Raises ShortBank.
    """
    sizes = Counter(questions.values())
    if missing := {name: n - sizes[name] for name, n in quotas.items() if n > sizes[name]}:
        raise ShortBank(missing)
    left = dict(quotas)
    drawn = []
    for question in sorted(questions, key=lambda each: (_lot(seed, f"{code}:{each}"), each)):
        if left.get(questions[question], 0) > 0:
            left[questions[question]] -= 1
            drawn.append(question)
    return drawn


def option_order(seed: bytes, code: str, question_id: str, count: int) -> list[int]:
    """Which option stands at each place: `[2, 0, 1]` shows the third of the bank first."""
    return sorted(range(count), key=lambda each: _lot(seed, f"{code}:{question_id}:{each}"))


def lots(seed: bytes, codes: Iterable[str]) -> list[str]:
    """All entries in the order in which they are drawn for prizes; the first ones win."""
    return sorted(set(codes), key=lambda code: (_lot(seed, f"prize:{code}"), code))


def _lot(seed: bytes, message: str) -> bytes:
    return hmac.digest(seed, message.encode(), "sha256")
