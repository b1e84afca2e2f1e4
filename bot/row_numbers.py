"""Numbers that a button's value or a command's argument names: they come from outside.

Anybody can make up a value. Python refuses to read more than 4,300 digits, the databases take no
number beyond 64 bits, and no place in a list beyond 32: each would end in a sorry-sentence.
"""

from __future__ import annotations

_MOST_DIGITS = 18  # what fits 64 bits whichever digits they are


def is_number(text: str, most: int = _MOST_DIGITS) -> bool:
    return text.isdecimal() and len(text) <= most


def row_number(text: str) -> int:
    """The row that it names; 0, which no row has, for what names none."""
    return int(text) if is_number(text) else 0


def page_number(text: str) -> int:
    """The page of a list, or the place where one begins; 0, where it begins, for all else."""
    return int(text) if is_number(text, 5) else 0
