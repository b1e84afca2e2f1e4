"""Seals what people typed, under keys derived from one secret kept outside the database."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class Unsealable(Exception):
    """These bytes were not sealed under this secret for this purpose."""


class Seal:
    """Seals bytes for a purpose and makes keyed hashes by which a thing is recognised again."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._box = ChaCha20Poly1305(self._key("seal"))
        # Copied for each use: OpenSSL takes ten times as long to begin anew.
        self._mac = hmac.new(self._key("recognise"), digestmod=hashlib.sha256)

    def seal(self, content: bytes, purpose: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._box.encrypt(nonce, content, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """The sealed bytes. Raises Unsealable when secret, purpose or a byte is another."""
        try:
            return self._box.decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise Unsealable(purpose) from error

    def recognise(self, *parts: str) -> bytes:
        """A keyed hash of 16 bytes; the parts cannot run into each other."""
        joined = "\x00".join(f"{len(part)}:{part}" for part in parts)
        mac = self._mac.copy()
        mac.update(joined.encode())
        return mac.digest()[:16]

    def _key(self, purpose: str) -> bytes:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"caunoi {purpose}".encode())
        return derive.derive(self._secret)


def keep_secret(given: str, folder: Path) -> str:
    """The secret that was set, else the one kept in `folder`, made at the first start."""
    if given:
        return given
    path = folder / "secret.key"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        # Created whole and only once, even when two processes start together.
        made = folder / f"secret.key.{os.getpid()}"
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(32), encoding="ascii")
        os.link(made, path)
    except FileExistsError:
        pass
    finally:
        made.unlink(missing_ok=True)
    return path.read_text(encoding="ascii").strip()
