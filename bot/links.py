"""Finds links in a text and gives each a canonical form, so that the same post is known again.

Nothing is ever fetched. A post's address names its author: in words only the domain may be kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import regex

from bot.link_forms import domain_of, read_address
from bot.link_sites import canonical_form

# A word with a dot is a link under these also without a path, `example` is for documents and tests.
_SURE_TOPS = (
    "com|vn|net|org|info|biz|xyz|top|online|site|shop|store|club|vip|icu|app|dev|link|asia|edu|gov|"
    "example|click|live|news|website|space|fun|bet|cyou|buzz"
)
# Under these it is one only with a path: "nha.me" and "v.co" may be words that lack a blank.
_OTHER_TOPS = (
    "me|ly|be|gl|gle|co|to|io|tv|cc|gg|id|us|in|at|is|it|im|la|ai|sh|st|ee|so|ws|pw|ml|tk|ga|cf|gq|"
    "uk|au|ca|de|fr|eu|ru|jp|kr|cn|tw|hk|th|kh|mm|ph|sg|my|watch|page|pro|win|nl"
)
_HOST = r"(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}\-]{0,61}[\p{L}\p{M}\p{N}])?\.){1,8}"
_REST = r"[^\s<>\"“”«»\[\]{}|\\^`，。、；：！？（）【】「」『』…\p{Cs}]"
_END = r"(?:(?=https?://)|(?![\p{L}\p{M}\p{N}@\-]|\.[\p{L}\p{N}]))"
_LINK = regex.compile(
    rf"""
      https?://(?:\[[\da-f:.]{{2,45}}\])?{_REST}{{1,2000}}      # also glued to the word before it
    | (?<![\p{{L}}\p{{N}}@.+\-/_])
      (?: [a-z][a-z\d+.\-]{{1,15}}://{_REST}{{1,2000}}
        | {_HOST} (?:{_SURE_TOPS}) {_END} (?::\d{{1,5}})? (?:[/?\#]{_REST}{{0,2000}})?
        | {_HOST} (?:{_OTHER_TOPS}) (?::\d{{1,5}})? /{_REST}{{1,2000}}
        | (?:(?:\d{{1,3}}\.){{3}}\d{{1,3}} | localhost)
          (?: :\d{{1,5}} (?:/{_REST}{{0,2000}})? | /{_REST}{{1,2000}} ) )
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_TRAILING = ".,;:!?'’‘*_~›>-–"
_CLOSING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Link:
    """A link: `domain` may be kept (empty for an IP address or localhost), the rest may not.

    `canonical` exists in memory only, and in no log: its keyed hash is what may be kept.
    """

    canonical: str = field(repr=False)
    domain: str


def links_in(text: str) -> tuple[Link, ...]:
    """The links of a text in order, each address once. Any text; takes linear time."""
    return tuple(dict.fromkeys(link for _, _, link in _found(text)))


def without_links(text: str, instead: str | None = None) -> str:
    """The text with "(facebook.com)" where a link stood, and "(link)" where it has no domain; or
    with `instead`.

    A bare domain stays: it says no more than what would stand for it.
    """
    pieces, end = [], 0
    for start, stop, link in _found(text):
        is_bare = text[start:stop].casefold() == link.domain
        told = f"({link.domain or 'link'})" if instead is None else instead
        shown = text[start:stop] if is_bare else told
        pieces += [text[end:start], shown]
        end = stop
    return "".join([*pieces, text[end:]])


def _found(text: str) -> Iterator[tuple[int, int, Link]]:
    for match in _LINK.finditer(text):
        written = _without_trailing(match.group())
        address = read_address(written)
        link = Link(canonical_form(address), domain_of(address))
        yield match.start(), match.start() + len(written), link


def _without_trailing(written: str) -> str:
    """Without the marks of the sentence; a bracket stays where it was opened in the link."""
    end = len(written)
    while end:
        last = written[end - 1]
        opening = _CLOSING.get(last)
        is_open = opening and written.count(last, 0, end) <= written.count(opening, 0, end)
        if is_open or not (opening or last in _TRAILING):
            break
        end -= 1
    return written[:end]
