"""Zalo's OAuth v4 on this machine: codes, refresh tokens for one use, and the clock they obey."""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from tests.fakes.zalo_oa_shapes import APP_ID, Refusal

APP_SECRET = "AppSecretExample"
FIRST_REFRESH = "refresh-0"
OAUTH_PATH = "/v4/oa/access_token"
_GRANTS: Mapping[str, frozenset[str]] = {
    "authorization_code": frozenset({"grant_type", "app_id", "code", "code_verifier"}),
    "refresh_token": frozenset({"grant_type", "app_id", "refresh_token"}),
}
_ACCESS_LIFE = timedelta(seconds=90_000)
_REFRESH_LIFE = timedelta(days=90)
_CODE_LIFE = timedelta(minutes=10)
_UNNUMBERED = -14004  # that these are refused is known, with which number is a guess


class GrantRefusal(Refusal):
    """What the OAuth host answers with an `error_name`."""

    key = "error_name"


class ZaloClock:
    """The time as the fake sees it; tests move it."""

    def __init__(self) -> None:
        super().__init__()
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def advance(self, delta: timedelta) -> None:
        """Moves the clock: tokens, windows and uploaded things grow older."""
        before = self.now
        self.now = lambda: before() + delta

    def clock(self) -> datetime:
        """The time by whatever `now` is at the moment of asking."""
        return self.now()

    def milliseconds(self) -> str:
        """The time as Zalo writes it: a string."""
        return str(int(self.now().timestamp() * 1000))


class ZaloTokens(ZaloClock):
    """The tokens that the OAuth host has given out."""

    def __init__(self) -> None:
        super().__init__()
        self.refreshes: list[str] = []
        self.spent: list[str] = []
        self.keeps_refresh_token = False
        self.string_codes = False
        self.expired_code = -216
        self.oauth_delay = 0.0
        self._numbers = itertools.count(1)
        self._access: dict[str, datetime] = {}
        self._refresh = {FIRST_REFRESH: self.now() + _REFRESH_LIFE}
        self._codes: dict[str, tuple[str, datetime]] = {}

    def expect_code(self, code: str, challenge: str) -> None:
        """An admin has consented: the code may be exchanged once, within ten minutes."""
        self._codes[code] = (challenge, self.now() + _CODE_LIFE)

    def check_token(self, token: str | None) -> None:
        """Raises Refusal unless the access token is good now."""
        if token not in self._access:
            raise Refusal(-216, "Access token is invalid")
        if self.now() >= self._access[token]:
            raise Refusal(self.expired_code, "Access token has expired")

    def exchange(self, secret: str | None, form: Mapping[str, str]) -> dict[str, str] | None:
        """New tokens; None for a refresh token that was used before. Raises GrantRefusal."""
        grant = form.get("grant_type", "")
        token = form.get("refresh_token", "")
        if grant == "refresh_token":
            self.refreshes.append(token)
        if secret != APP_SECRET:
            raise GrantRefusal(_UNNUMBERED, "Invalid secret key.")
        if form.keys() != _GRANTS.get(grant, frozenset()):
            raise GrantRefusal(_UNNUMBERED, "Invalid parameters.")
        if form["app_id"] != APP_ID:
            raise GrantRefusal(-14002, "Invalid app id.")
        if grant == "authorization_code":
            self._consume(form["code"], form["code_verifier"])
            return self._issue()
        if token in self.spent and token not in self._refresh:
            return None
        if token not in self._refresh or self.now() >= self._refresh[token]:
            raise GrantRefusal(-14014, "Invalid refresh token.")
        self.spent.append(token)
        if self.keeps_refresh_token:
            return {name: value for name, value in self._issue().items() if name != "refresh_token"}
        del self._refresh[token]
        return self._issue()

    def _consume(self, code: str, verifier: str) -> None:
        challenge, until = self._codes.pop(code, ("", None))
        if until is None or self.now() >= until:
            raise GrantRefusal(_UNNUMBERED, "Invalid authorization code.")
        digest = hashlib.sha256(verifier.encode()).digest()
        # Which alphabet Zalo means differs from source to source.
        readings = (base64.urlsafe_b64encode(digest), base64.b64encode(digest))
        if challenge.rstrip("=") not in {each.decode().rstrip("=") for each in readings}:
            raise GrantRefusal(-14003, "Invalid code verifier.")

    def _issue(self) -> dict[str, str]:
        number = next(self._numbers)
        access, refresh = f"access-{number}", f"refresh-{number}"
        self._access[access] = self.now() + _ACCESS_LIFE
        self._refresh[refresh] = self.now() + _REFRESH_LIFE
        return {"access_token": access, "refresh_token": refresh, "expires_in": "90000"}
