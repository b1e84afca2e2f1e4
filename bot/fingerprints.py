"""Knows a picture again after it was saved badly, scaled, cut a little, framed or made brighter.

A difference hash with three values a cell (brighter to the right, darker, the same), since most
pictures that people send are screenshots of text: on the usual 64 bits of yes and no all white
pages are alike. Only cells in which something stands are compared.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

# Calibrated in tests/test_fingerprints.py: of pairs of different texts in the same layout 2 in a
# thousand lie as near, and of pictures that were changed on their way 99 in a hundred.
NEAR = 0.18
_CELLS = 32  # cells a side: a cell is about two letters wide in a post on a phone
_PLANE = _CELLS * _CELLS // 8  # bytes
SIZE = 4 * _PLANE
# A picture with fewer cells in which something stands is like no other, not even itself.
_FEWEST = 24
_SMALL = 480  # borders are looked for on so small a copy
_PLAIN = 24  # a line whose greys differ by less is part of a border
_NARROWEST = 12
_FAINT, _STRONG = 10, 60  # steps of grey: less is noise of JPEG, more counts no more
_TAIL = 0.03  # the share of what stands in a picture that may lie outside its frame on each side


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """512 bytes: two views of a picture, without its borders and only where something stands."""

    content: bytes

    def __post_init__(self) -> None:
        if len(self.content) != SIZE:
            raise ValueError("not a fingerprint")

    def is_near(self, other: Fingerprint) -> bool:
        """Whether it is most likely the same picture: one to ask about, no answer by itself.

        A screenshot in which a single figure was changed is near as well.
        """
        return self.distance(other) <= NEAR

    def distance(self, other: Fingerprint) -> float:
        """From 0 (the same) to 1; two unlike pictures lie at about a half."""
        views = zip(self._views(), other._views(), strict=True)
        return min(_distance(mine, theirs) for mine, theirs in views)

    def _views(self) -> Iterator[tuple[int, int]]:
        planes = [
            int.from_bytes(self.content[start : start + _PLANE]) for start in range(0, SIZE, _PLANE)
        ]
        yield planes[0], planes[1]
        yield planes[2], planes[3]


def taken(picture: Any) -> Fingerprint:
    """The fingerprint of an opened Pillow picture without transparency."""
    grey = picture.convert("L")
    small = grey.copy()
    small.thumbnail((_SMALL, _SMALL))
    inside = _without_borders(small)
    frame = _where_something_stands(small.crop(inside), inside[:2])
    scale = (grey.width / small.width, grey.height / small.height)
    boxes = [
        tuple(place * scale[side % 2] for side, place in enumerate(box)) for box in (inside, frame)
    ]
    return Fingerprint(b"".join(plane for box in boxes for plane in _planes(grey, box)))


def _distance(mine: tuple[int, int], theirs: tuple[int, int]) -> float:
    """The share that differs of the cells in which something stands; a missing one counts half."""
    standing = (mine[0] | mine[1] | theirs[0] | theirs[1]).bit_count()
    if standing < _FEWEST:
        return 1.0
    alike = ((mine[0] & theirs[0]) | (mine[1] & theirs[1])).bit_count()
    opposite = ((mine[0] & theirs[1]) | (mine[1] & theirs[0])).bit_count()
    return (opposite + (standing - alike - opposite) / 2) / standing


def _planes(grey: Any, box: Sequence[float]) -> Iterator[bytes]:
    """Which cells grow brighter to the right, and which darker."""
    from PIL import Image  # noqa: PLC0415  # 10 MB that an idle bot does not need

    wide = _CELLS + 1
    greys = grey.resize((wide, _CELLS), Image.Resampling.BOX, box=tuple(box)).tobytes()
    rows = [greys[start : start + wide] for start in range(0, len(greys), wide)]
    steps = [right - left for row in rows for left, right in itertools.pairwise(row)]
    # Against the picture's own contrast: a paler copy has the same fingerprint.
    least = max(2.0, sum(map(abs, steps)) / len(steps) / 2)
    yield _packed(step > least for step in steps)
    yield _packed(step < -least for step in steps)


def _packed(bits: Iterable[bool]) -> bytes:
    return int("".join("01"[bit] for bit in bits), 2).to_bytes(_PLANE)


# --- where to look -------------------------------------------------------------------------------


def _without_borders(small: Any) -> list[int]:
    """The part inside plain bands: of letterboxes, of frames, of paper."""
    box = [0, 0, small.width, small.height]
    for _ in range(3):  # a frame around a letterbox around a page
        for side, step in ((0, 1), (2, -1), (1, 1), (3, -1)):
            start = box[side]
            while _is_large(box) and _is_plain(small.crop(_edge(box, side))):
                box[side] += step
            if box[side] != start and _is_large(box):
                box[side] += step  # the line in which border and picture have run together
    return box


def _is_large(box: Sequence[int]) -> bool:
    return min(box[2] - box[0], box[3] - box[1]) > _NARROWEST


def _edge(box: Sequence[int], side: int) -> tuple[int, ...]:
    """The outermost line of a side."""
    edge = list(box)
    edge[(side + 2) % 4] = box[side] + (1 if side < 2 else -1)
    left, top, right, bottom = edge
    return (min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def _is_plain(line: Any) -> bool:
    darkest, brightest = line.getextrema()
    return bool(brightest - darkest < _PLAIN)


def _where_something_stands(inner: Any, corner: Sequence[int]) -> list[float]:
    """The frame that holds nearly all steps of brightness: it stays when margins are cut off."""
    from PIL import ImageChops  # noqa: PLC0415  # as above

    wide, high = inner.width - 1, inner.height
    shifted = inner.crop((1, 0, wide + 1, high))
    difference = ImageChops.difference(inner.crop((0, 0, wide, high)), shifted)
    weighed = difference.point([0 if step < _FAINT else min(step, _STRONG) for step in range(256)])
    steps = weighed.tobytes()
    left, right = _middle([sum(steps[column::wide]) for column in range(wide)])
    top, bottom = _middle([sum(steps[row * wide : (row + 1) * wide]) for row in range(high)])
    x, y = corner
    return [x + left, y + top, x + right, y + bottom]


def _middle(weights: Sequence[int]) -> tuple[float, float]:
    """From where to where the weights lie but for a tail at both ends; all where there are few."""
    total = sum(weights)
    if not total:
        return 0, len(weights)
    first, last = _place(weights, total * _TAIL), _place(weights, total * (1 - _TAIL))
    return (first, last) if last - first > _NARROWEST / 2 else (0, len(weights))


def _place(weights: Sequence[int], wanted: float) -> float:
    """Where the sum of the weights reaches what is wanted, to a fraction of a line."""
    total = 0.0
    for place, weight in enumerate(weights):
        if weight and total + weight >= wanted:
            return place + (wanted - total) / weight
        total += weight
    return len(weights)
