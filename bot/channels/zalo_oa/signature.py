"""Whether a webhook's body comes from Zalo: `sha256(app id + body + timestamp + secret)`.

A plain SHA-256, not an HMAC, over the bytes exactly as they came (fact sheet B9). The body is read
as JSON only afterwards.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping

_TIMESTAMP = re.compile(rb'"timestamp"\s*:\s*"?(\d{1,20})')
_OA_ID = re.compile(rb'"(?:oa_id|id)"\s*:\s*"(\d{1,30})"')
_MOST_CANDIDATES = 4


def is_signed(body: bytes, headers: Mapping[str, str], app_id: str, secret: str) -> bool:
    """Whether `X-ZEvent-Signature` (with or without `mac=`) fits body and secret."""
    given = headers.get("X-ZEvent-Signature", "").removeprefix("mac=").strip().lower()
    if not given:
        return False
    told = given.encode("utf-8", "replace")  # a header may hold bytes that are no letters
    return any(
        hmac.compare_digest(told, mac(body, first, stamp, secret).encode())
        for first in _first_terms(body, app_id)
        for stamp in _timestamps(body, headers)
    )


def mac(body: bytes, app_id: str, timestamp: str, secret: str) -> str:
    """The signature in hex; `timestamp` is in milliseconds as the body spells it."""
    parts = (app_id.encode(), body, timestamp.encode("utf-8", "replace"), secret.encode())
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _timestamps(body: bytes, headers: Mapping[str, str]) -> Iterator[str]:
    """Uncertain: some code reads a header of its own first; both are tried."""
    if stamp := headers.get("X-ZEvent-Timestamp"):
        yield stamp
    for number, found in enumerate(_TIMESTAMP.finditer(body)):
        if number < _MOST_CANDIDATES:
            yield found[1].decode()


def _first_terms(body: bytes, app_id: str) -> Iterator[str]:
    """The app's id; uncertain: one source has the account's id in its place."""
    yield app_id
    for number, found in enumerate(_OA_ID.finditer(body)):
        if number < _MOST_CANDIDATES:
            yield found[1].decode()
