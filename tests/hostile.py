"""Inputs that are nearly right: real payloads with fields changed, dropped, nested and swollen.

Short in `make test` and always the same; `make fuzz` (FUZZ_INPUTS=10000) asks for many, each time
other ones, and prints how many each parser took and how long.
"""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

INPUTS = int(os.environ.get("FUZZ_INPUTS", "0"))
SHORT = 150
_LEVELS = 300
Made = TypeVar("Made")

many = settings(
    max_examples=INPUTS or SHORT,
    derandomize=not INPUTS,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

# What people, phones and attackers put into a text: marks that turn or hide, halves of letters,
# digits of other scripts, what other languages take for a command.
SCRAPS: Sequence[str] = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff tin",
    "\u202etxt.exe",
    "\u200b\u200d\u2060\ufeff",
    "e" + "\u0301" * 300,
    "Đ" * 5000,
    "ﷺ" * 600,
    "\U000e0041\U0001f1fb\U0001f1f3",
    "👩‍👩‍👧‍👦" * 50,
    "٣٤",
    "²",
    "Ⅷ",
    "०",
    "1" * 5000,
    "-1",
    "9223372036854775808",
    "1e999",
    "NaN",
    "0x10",
    "25:61",
    "31/2",
    "null",
    "/start u_X",
    "#erase:yes",
    "'; DROP TABLE person;--",
    '" OR "1"="1',
    "NEAR(a b) AND *",
    "../../etc/passwd",
    "%s%n{0}{x!r}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "=1+1",
    "http://[",
    "http://[::1]:99999/",
    "https://a.vn:port/%ff%00?x=%",
    "xn--\udcff.com",
    "https://" + "a." * 500 + "vn/",
    "(" * 800,
    "\r\n\r\n",
)
NUMBERS: Sequence[Any] = (
    0, -1, 1, 2**31, 2**63, -(2**63) - 1, 2**64, 10**400, 0.0, -0.0, 1.5, 1e308,
    float("inf"), float("-inf"), float("nan"), True, False,
)  # fmt: skip


def _deep(kind: Callable[[Any], Any]) -> Any:
    node: Any = "x"
    for _ in range(_LEVELS):
        node = kind(node)
    return node


# Made anew each time: what is changed once must not be another input's beginning.
_SHAPES: Sequence[Callable[[], Any]] = (
    lambda: None, list, dict, lambda: [[]], lambda: [None], lambda: [{}], lambda: {"": ""},
    lambda: {"id": {}}, lambda: {"id": None}, lambda: {"url": []},
    lambda: _deep(lambda inside: [inside]), lambda: _deep(lambda inside: {"message": inside}),
)  # fmt: skip


def made(make: Callable[[Random], Made]) -> st.SearchStrategy[Made]:
    """What `make` makes with its dice: to draw each throw would cost more than all parsers."""
    return st.integers(0, 2**63).map(lambda seed: make(Random(seed)))


def letters_of(dice: Random) -> str:
    """Up to forty letters: of one row of Unicode, or of all, halves of letters among them."""
    row = dice.choice((0, 0, 0x80, 0x300, 0x1E80, 0x2000, 0xD800, 0xFF00, 0x1F600, 0))
    ends = dice.choice(((row, row + 0x80), (row, row + 0x80), (0, 0x10FFFF)))
    return "".join(chr(dice.randint(*ends)) for _ in range(int(dice.random() ** 2 * 41)))


def scrap_of(dice: Random) -> str:
    return dice.choice(SCRAPS) if dice.random() < 0.5 else letters_of(dice)


def value_of(dice: Random) -> Any:
    kind = dice.randrange(4)
    if kind == 0:
        return scrap_of(dice)
    if kind == 1:
        return dice.choice(NUMBERS)
    if kind == 2:
        return dice.choice(_SHAPES)()
    return dice.randint(-(2 ** dice.randrange(70)), 2 ** dice.randrange(70))


scraps = made(scrap_of)


def _places(node: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    """Every container of a payload with each of its keys."""
    keys: Any = ()
    if isinstance(node, dict):
        keys = list(node)
    elif isinstance(node, list):
        keys = range(len(node))
    for key in keys:
        yield node, key
        if depth < 8:
            yield from _places(node[key], depth + 1)


def mutated(samples: Sequence[Any]) -> st.SearchStrategy[Any]:
    """One of the samples after up to five changes of its fields; now and then something else."""
    return made(lambda dice: mutated_by(dice, samples))


def mutated_by(dice: Random, samples: Sequence[Any]) -> Any:
    if dice.randrange(20) == 0:
        return value_of(dice)
    whole = [copy.deepcopy(dice.choice(samples))]
    for _ in range(dice.randrange(6)):
        node, key = dice.choice(list(_places(whole)))
        does = dice.randrange(10)
        if does == 0 and node is not whole:
            del node[key]
        elif does == 1 and isinstance(node, dict):
            node[scrap_of(dice)] = value_of(dice)
        elif does == 2:
            node[key] = [node[key]]
        elif does == 3:
            node[key] = copy.deepcopy(dice.choice(samples))
        else:
            node[key] = value_of(dice)
    return whole[0]


def written(samples: Sequence[str]) -> st.SearchStrategy[str]:
    """One of the texts with scraps put in, parts cut out, doubled or swapped."""
    return made(lambda dice: written_by(dice, samples))


def written_by(dice: Random, samples: Sequence[str]) -> str:
    text = dice.choice(samples)
    for _ in range(dice.randrange(5)):
        at, to = sorted((dice.randint(0, len(text)), dice.randint(0, len(text))))
        more = scrap_of(dice) if dice.random() < 0.5 else dice.choice(samples)
        parts = (text[:at] + more + text[at:], text[:at] + text[to:],
                 text[:at] + more + text[to:], text[to:] + more + text[:at])  # fmt: skip
        text = dice.choice(parts)[:20_000]
    return text


def damaged(samples: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """One of the files with bytes turned, cut off, put in or doubled."""
    return made(lambda dice: damaged_by(dice, samples))


def damaged_by(dice: Random, samples: Sequence[bytes]) -> bytes:
    content = bytearray(dice.choice(samples))
    for _ in range(dice.randrange(7)):
        at = dice.randint(0, len(content))
        does = dice.randrange(6)
        if does == 0:
            del content[at:]
        elif does == 1:
            content[at:at] = dice.randbytes(dice.randrange(61))
        elif does == 2:
            large = (b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff")
            content[at : at + 4] = dice.choice(large)
        elif does == 3 and at < len(content):
            content[at] ^= 1 << dice.randrange(8)
        elif does == 4:
            content[at:at] = content[at : at + 40]
        else:
            content[at : at + 40] = b""
    return bytes(content)


def run(parser: str, inputs: st.SearchStrategy[Any], read: Callable[[Any], object]) -> None:
    """`read` with many inputs; it raises what the parser may not. `make fuzz` keeps the figures."""
    taken = 0

    @many
    @given(inputs)
    def each(one: Any) -> None:
        nonlocal taken
        taken += 1
        try:
            read(one)
        except Exception as error:
            error.add_note(f"the input: {one!r}"[:3000])
            raise

    began = time.process_time()
    each()
    if told := os.environ.get("FUZZ_FIGURES"):
        with Path(told).open("a", encoding="utf-8") as file:
            file.write(f"| {parser} | {taken:,} | {time.process_time() - began:.0f} |\n")
