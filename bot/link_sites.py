"""Gives every spelling of a post's address on the sites that people share from one form.

A post's number is its own on each of these sites: whose post it is need not be said, and is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import quote, urlencode

from bot.link_forms import Address


def canonical_form(address: Address) -> str:
    """The one spelling of an address: no scheme, no tracking, each site's own ways of saying it."""
    rule = _RULES.get(address.host)
    told = rule(address) if rule else _plain(address)
    host = f"{told.host}:{told.port}" if told.port else told.host
    path = "/".join(_encoded(part) for part in told.path)
    query = urlencode(sorted(told.query.items()))
    return "".join((host, "/" if path else "", path, "?" if query else "", query))


def _encoded(part: str) -> str:
    return quote(part, safe="~!$&'()*+,;=:@")


def _plain(address: Address) -> Address:
    path = address.path[:-1] if address.path[-1:] == ("amp",) else address.path
    return replace(address, path=path)


def _at(address: Address, *path: str, **query: str) -> Address:
    return Address(address.host, path, query, address.port)


def _after(address: Address, *names: str) -> str:
    """The last part of a path in which one of the names stands, or nothing."""
    last = address.path[-1] if address.path else ""
    return last if last not in names and set(names) & set(address.path[:-1]) else ""


def _facebook(address: Address) -> Address:
    query = address.query
    post = query.get("story_fbid") or query.get("multi_permalinks", "").partition(",")[0]
    if post := post or _after(address, "posts", "permalink"):
        return _at(address, "posts", post)
    if photo := query.get("fbid") or _after(address, "photos"):
        return _at(address, "photo", photo)
    watched = query.get("v", "") if "watch" in address.path or "video.php" in address.path else ""
    if video := watched or _after(address, "videos", "reel", "reels"):
        return _at(address, "videos", video)
    if code := _after(address, "share"):
        return _at(address, "share", code)
    if person := query.get("id") or _after(address, "people"):
        return _at(address, person)
    return _at(address, *(part.lower() for part in address.path))


def _youtube(address: Address) -> Address:
    if video := address.query.get("v") or _after(address, "shorts", "live", "embed", "v"):
        return _at(address, "watch", v=video)
    if songs := address.query.get("list"):
        return _at(address, "playlist", list=songs)
    return _at(address, *address.path)


def _tiktok(address: Address) -> Address:
    video = _after(address, "video", "photo", "v").removesuffix(".html")
    return _at(address, "video", video) if video else _at(address, *address.path)


def _instagram(address: Address) -> Address:
    code = _after(address, "p", "reel", "reels", "tv")
    return _at(address, "p", code) if code else _at(address, *address.path)


def _x(address: Address) -> Address:
    path = address.path
    if "status" in path[:-1]:
        return _at(address, "status", path[path.index("status") + 1])
    return _at(address, *path)


def _threads(address: Address) -> Address:
    post = _after(address, "post", "t")
    return _at(address, "post", post) if post else _at(address, *address.path)


def _telegram(address: Address) -> Address:
    path = address.path[1:] if address.path[:1] == ("s",) else address.path
    return _at(address, *(part.lower() if place == 0 else part for place, part in enumerate(path)))


def _zalo(address: Address) -> Address:
    """Zalo takes a phone number with 84 and with 0."""
    path = tuple(re.sub(r"^84(?=\d{9}$)", "0", part) for part in address.path)
    return _at(address, *path)


def _google_docs(address: Address) -> Address:
    ways = {"viewform", "edit", "preview", "view", "closedform", "formResponse"}
    path = [part for part in address.path if part not in ways]
    if "u" in path[:-1]:  # which of the reader's accounts: /forms/u/0/d/e/…
        place = path.index("u")
        path[place : place + 2] = []
    return _at(address, *path)


_RULES: Mapping[str, Callable[[Address], Address]] = {
    "facebook.com": _facebook,
    "youtube.com": _youtube,
    "tiktok.com": _tiktok,
    "instagram.com": _instagram,
    "x.com": _x,
    "threads.com": _threads,
    "t.me": _telegram,
    "zalo.me": _zalo,
    "docs.google.com": _google_docs,
    "drive.google.com": _google_docs,
}
