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
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

INPUTS = int(os.environ.get("FUZZ_INPUTS", "0"))
SHORT = 150
_LEVELS = 300

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

letters = st.text(st.characters(codec=None), max_size=40)
scraps = st.one_of(st.sampled_from(SCRAPS), letters)
shapes = st.sampled_from(_SHAPES).map(lambda make: make())
values = st.one_of(scraps, st.sampled_from(NUMBERS), shapes, st.integers())


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


@st.composite
def mutated(draw: st.DrawFn, samples: Sequence[Any]) -> Any:
    """One of the samples after up to five changes of its fields; now and then something else."""
    if draw(st.integers(0, 19)) == 0:
        return draw(values)
    whole = [copy.deepcopy(draw(st.sampled_from(samples)))]
    for _ in range(draw(st.integers(0, 5))):
        node, key = draw(st.sampled_from(list(_places(whole))))
        does = draw(st.integers(0, 9))
        if does == 0 and node is not whole:
            del node[key]
        elif does == 1 and isinstance(node, dict):
            node[draw(scraps)] = draw(values)
        elif does == 2:
            node[key] = [node[key]]
        elif does == 3:
            node[key] = copy.deepcopy(draw(st.sampled_from(samples)))
        else:
            node[key] = draw(values)
    return whole[0]


@st.composite
def written(draw: st.DrawFn, samples: Sequence[str]) -> str:
    """One of the texts with scraps put in, parts cut out, doubled or swapped."""
    text = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(0, 4))):
        at, to = sorted(draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
        more = draw(st.one_of(scraps, st.sampled_from(samples)))
        does = draw(st.integers(0, 3))
        parts = (text[:at] + more + text[at:], text[:at] + text[to:],
                 text[:at] + more + text[to:], text[to:] + more + text[:at])  # fmt: skip
        text = parts[does][:20_000]
    return text


@st.composite
def damaged(draw: st.DrawFn, samples: Sequence[bytes]) -> bytes:
    """One of the files with bytes turned, cut off, put in or doubled."""
    content = bytearray(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(content)))
        does = draw(st.integers(0, 4))
        if does == 0:
            del content[at:]
        elif does == 1:
            content[at:at] = draw(st.binary(max_size=60))
        elif does == 2:
            large = [b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"]
            content[at : at + 4] = draw(st.sampled_from(large))
        elif does == 3 and at < len(content):
            content[at] ^= 1 << draw(st.integers(0, 7))
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
        read(one)

    began = time.process_time()
    each()
    if told := os.environ.get("FUZZ_FIGURES"):
        with Path(told).open("a", encoding="utf-8") as file:
            file.write(f"| {parser} | {taken:,} | {time.process_time() - began:.0f} |\n")
