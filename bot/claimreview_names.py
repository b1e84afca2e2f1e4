"""Takes out of a text who made a claim, as far as the same review tells who that was.

Links and @names go in any case: the address of a post names its author. A name that stands in
the claim's own words and nowhere else cannot be known here; the editor sees it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import regex

from bot.search import fold

GAP = "[…]"
MOST_NAMES = 50
_LONGEST_NAME = 200
_WHO = frozenset(
    {"author", "creator", "contributor", "editor", "publisher", "provider", "sender", "actor"}
    | {"sourceOrganization", "accountablePerson", "copyrightHolder", "character"}
)
_SOMEBODY = ("Person", "Organization")
_CALLED = ("name", "alternateName", "additionalName", "legalName")
_ADDRESSES = ("sameAs", "url", "@id")
# Reviews name these for want of an author; a claim about them would lose its subject.
_NOBODY = frozenset(
    {"facebook", "zalo", "tiktok", "youtube", "whatsapp", "twitter", "instagram", "telegram"}
    | {"internet", "socialmedia", "socialmediausers", "facebookusers"}
    | {"mangxahoi", "nguoidungmangxahoi", "nguoidungfacebook"}
)
_LINK = re.compile(
    r"(?:https?://|\bwww\.)\S+|\b(?:[\w-]{1,63}\.){1,4}[a-z]{2,12}/\S*", re.IGNORECASE
)
_HANDLE = re.compile(r"(?<!\w)@[\w.]+")
_NOTHING = r"(?!)"
# With their marks, which Thai and Khmer write after the letters and `re` takes for gaps.
_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+")


class _Folding(dict[int, int]):
    """Marks taken off letter by letter, so that a place in the folded text is one in the text."""

    def __missing__(self, code: int) -> int:
        self[code] = ord(fold(chr(code))[:1] or chr(code))
        return self[code]


_FOLDING = _Folding()


def names_in(claim: object, nodes: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Names and accounts of all who made or spread the claim, which is an `itemReviewed`.

    `nodes` are those that may be referred to by their `@id`.
    """
    found = (name.strip() for who in _people(claim) for name in _called(who, nodes))
    return tuple(dict.fromkeys(name for name in found if 0 < len(name) <= _LONGEST_NAME))


def without(names: Sequence[str], text: str) -> str:
    """The text with a gap for each of the names, marked or not, and for each address."""
    text = _HANDLE.sub(GAP, _LINK.sub(GAP, unicodedata.normalize("NFC", text)))
    parts, end = [], 0
    for match in _pattern(names).finditer(text.translate(_FOLDING)):
        parts += [text[end : match.start()], GAP]
        end = match.end()
    return "".join([*parts, text[end:]])


def is_named(names: Sequence[str], address: str) -> bool:
    """Whether one of the names stands in an address."""
    return _pattern(names).search(_folded(unquote(address))) is not None


def _people(claim: object) -> Iterator[object]:
    """What stands below a word such as `author`, however deep; a loop, since depth is hostile."""
    waiting = [claim]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield from (node[key] for key in _WHO & node.keys())
            if node.get("@type") in _SOMEBODY:
                yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _called(who: object, nodes: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for person in who if isinstance(who, list) else [who]:
        if isinstance(person, str):
            yield _account(person) if "/" in person else person
        if isinstance(person, dict):
            yield from _names_of(person)
            for address in _strings(person.get("@id")):
                yield from _names_of(nodes.get(address, {}))


def _names_of(person: Mapping[str, Any]) -> Iterator[str]:
    yield from (text for key in _CALLED for text in _strings(person.get(key)))
    given, family = (next(_strings(person.get(key)), "") for key in ("givenName", "familyName"))
    if given and family:
        yield from (f"{given} {family}", f"{family} {given}")
    yield from (_account(text) for key in _ADDRESSES for text in _strings(person.get(key)))


def _strings(value: object) -> Iterator[str]:
    values = value if isinstance(value, list) else [value]
    yield from (each for each in values if isinstance(each, str))


def _account(address: str) -> str:
    """The last part of an address: `https://example.org/NAME/` is somebody's."""
    try:
        return unquote(urlsplit(address).path).rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""


def _pattern(names: Sequence[str]) -> re.Pattern[str]:
    """Finds the names in a folded text, the longest first; `re` keeps the last ones compiled.

    Scripts without spaces have no borders of words to stop at.
    """
    wanted = sorted(filter(None, map(_name, names)), key=len, reverse=True)
    spaced = "|".join(name for name in wanted if name.isascii())
    others = [name for name in wanted if not name.isascii()]
    bordered = [rf"(?<![^\W_])(?:{spaced})(?![^\W_])"] if spaced else []
    return re.compile("|".join([*bordered, *others]) or _NOTHING)


def _name(name: str) -> str:
    """Matches a name whatever stands between its words (`nguyen-van-a`); empty for no real one."""
    words = _WORD.findall(_folded(name))
    bare = "".join(words)
    # A single short word is a syllable of many others: "An" would take "an toàn" apart.
    shortest = 5 if bare.isascii() and len(words) == 1 else 2
    is_one = len(bare) >= shortest and bare not in _NOBODY
    return r"[\W_]*".join(words) if is_one else ""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_FOLDING)
