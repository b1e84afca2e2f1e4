"""Reads an address as it is written: where it leads to, without what only follows its readers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

# Second levels that anybody may register under, in every country that has them (com.vn, co.jp).
# The full list of public suffixes is longer than the bot and would have to be kept up to date;
# a blog's own name under blogspot.com is on purpose no part of the domain.
_SECOND_LEVELS = frozenset(
    {
        "ac", "biz", "co", "com", "edu", "go", "gob", "gov", "health", "in", "info", "int", "mil",
        "name", "ne", "net", "or", "org", "pro", "re", "web",
    }
)  # fmt: skip
_SUFFIXES = frozenset(f"{second}.vn" for second in _SECOND_LEVELS)
# The same site for phones, in other languages, or for a search engine's own pages.
_SAME_SITE = frozenset(
    {"www", "www2", "m", "mobile", "mbasic", "wap", "web", "touch", "amp", "vi-vn", "l", "lm"}
)
_ALIASES = {
    "fb.com": "facebook.com",
    "twitter.com": "x.com",
    "telegram.me": "t.me",
    "telegram.dog": "t.me",
    "threads.net": "threads.com",
    "youtube-nocookie.com": "youtube.com",
}
_WHOLE_SITES = ("facebook.com", "fb.com", "instagram.com", "youtube.com", "x.com", "twitter.com")
# Pages that only lead on: the parameter that holds where to.
_REDIRECTS = {
    ("facebook.com", "l.php"): ("u",),
    ("facebook.com", "flx/warn"): ("u",),
    ("instagram.com", ""): ("u",),
    ("youtube.com", "redirect"): ("q",),
    ("google", "url"): ("q", "url"),
    ("t.me", "iv"): ("url",),
    ("linkedin.com", "safety/go"): ("url",),
}
_TRACKING = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid",
        "ttclid", "igsh", "igshid", "mibextid", "si", "feature", "ref", "refsrc", "refid",
        "ref_src", "ref_url", "referrer", "source", "src", "from", "eav", "paipv", "sfnsn",
        "rdid", "app", "amp", "outputtype", "share", "shareid", "share_id", "share_url",
        "share_app_id", "share_link_id", "share_source", "sharer", "sharer_language",
        "is_from_webapp", "is_copy_url", "sender_device", "sender_web_id", "sec_user_id",
        "u_code", "preview_pb", "checksum", "tt_from", "enter_method", "zarsrc", "zalo", "zaloid",
        "usp", "pli", "authuser", "spm", "s_trans", "mc_cid", "mc_eid", "trk", "tracking",
        "gidzl", "hl",
    }
)  # fmt: skip
_TRACKING_BEGINS = ("utm_", "_", "fb_", "share_", "hsa_", "at_", "pk_", "mtm_")
_MOST_HOPS = 5


@dataclass(frozen=True, slots=True)
class Address:
    """Where a link leads to: `host` without what is the same site, `path` without empty parts."""

    host: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    port: int | None = None


def read_address(written: str) -> Address:
    """The address that a link leads to in the end, as far as it says so itself."""
    address = _read(written)
    for _ in range(_MOST_HOPS):
        target = _target(address)
        if not target:
            break
        address = _read(target)
    return address


def domain_of(address: Address) -> str:
    """The part that its owner has registered; empty for numbers, localhost and what is no host."""
    labels = address.host.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or _is_number(address.host):
        return ""
    has_second = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVELS
    return ".".join(labels[-3 if has_second else -2 :])


# --- reading -------------------------------------------------------------------------------------


def _read(written: str) -> Address:
    text = written if "://" in written else f"http://{written}"
    try:
        parts = urlsplit(text)
        port, name = parts.port, parts.hostname or ""
    except ValueError:  # what urllib takes for no address, such as half of an IPv6 one
        return Address("", (_composed(written),), {})
    path = tuple(_decoded(part) for part in parts.path.split("/") if part not in {"", "."})
    query = {key: value for key, value in parse_qsl(parts.query) if not _is_tracking(key)}
    return Address(_host(name), path, query, None if port in {80, 443} else port)


def _host(name: str) -> str:
    labels = _ascii(name.rstrip(".")).split(".")
    while len(labels) > 2 and labels[0] in _SAME_SITE and ".".join(labels[1:]) not in _SUFFIXES:
        labels = labels[1:]
    host = ".".join(labels)
    for site in _WHOLE_SITES:
        if host.endswith(f".{site}"):
            host = site
    return _ALIASES.get(host, host)


def _ascii(name: str) -> str:
    """Letters of other scripts as the network spells them (xn--…)."""
    lower = unicodedata.normalize("NFKC", name).lower()
    try:
        return lower.encode("idna").decode()
    except UnicodeError:
        return lower


def _decoded(part: str) -> str:
    raw = unquote_to_bytes(part)
    try:
        return _composed(raw.decode())
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _is_tracking(key: str) -> bool:
    lower = key.lower()
    return lower in _TRACKING or lower.startswith(_TRACKING_BEGINS)


def _is_number(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _target(address: Address) -> str:
    """Where a page leads on to, or nothing."""
    host = "google" if re.fullmatch(r"google\.[a-z.]{2,6}", address.host) else address.host
    for key in _REDIRECTS.get((host, "/".join(address.path)), ()):
        target = address.query.get(key, "")
        if target.startswith(("http://", "https://")):
            return target
    if host == "google" and address.path[:2] == ("amp", "s"):
        return "/".join(address.path[2:])
    if host == "youtu.be" and address.path:
        return f"https://youtube.com/watch?v={address.path[0]}"
    if host.endswith(".ampproject.org") and address.path[1:2] == ("s",):
        return "/".join(address.path[2:])
    return ""
