"""Finds links in a text and gives each a canonical form, so that the same post is known again.

Nothing is ever fetched. A link names its author, so of a link only the domain is kept in words;
bot/link_forms.py tells which spellings are one address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import regex

from bot.link_forms import canonical, host_of, registrable

# Bare words with a dot are links only under these; under the others a path must follow, since
# "nha.me" and "co.op" are words. `example` is what documents and tests use.
_SURE_TOPS = (
    "com|vn|net|org|info|biz|xyz|top|online|site|shop|store|club|vip|icu|app|dev|link|asia|edu|gov|"
    "example|click|live|news|website|space|pro|fun|win|bet|cyou|buzz"
)
_HOST = r"(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}\-]{0,61}[\p{L}\p{M}\p{N}])?\.){1,8}"
_REST = r"[^\s<>\"“”«»\[\]{}|\\^`，。、；：！？（）【】「」『』…]"
_LINK = regex.compile(
    rf"""
    (?<![\p{{L}}\p{{N}}@.+\-/])
    (?: (?P<scheme>[a-z][a-z\d+.\-]{{1,15}}://) {_REST}{{1,2000}}
    | (?:www\.|(?<bare>)) {_HOST} (?:
          (?:{_SURE_TOPS}) (?![\p{{L}}\p{{N}}@\-]|\.[\p{{L}}\p{{N}}]) (?::\d{{1,5}})? (?:[/?\#]{_REST}{{0,2000}})?
        | [a-z]{{2,12}} (?::\d{{1,5}})? /{_REST}{{1,2000}} )
    | (?:\d{{1,3}}\.){{3}}\d{{1,3}} (?: :\d{{1,5}} | (?=/[\p{{L}}]) ) (?:/{_REST}{{0,2000}})?
    | localhost (?: :\d{{1,5}} (?:/{_REST}{{0,2000}})? | /{_REST}{{1,2000}} ) )
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
