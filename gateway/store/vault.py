"""Sealing: AES-256-GCM under data keys, the data keys wrapped by a key derived from the home's master key.

Every sealed text is bound (as associated data) to the row it belongs to, so bytes that were moved to another row do
not open. Nonces are random; one data key seals one message, or the facts of one source patient.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.errors import IntegrityError, Issue, Severity

_NONCE = 12
NAME_LENGTH = 32


class Vault:
    """What is derived from one master key (at least 16 bytes): the wrapping key and the key of opaque names."""

    def __init__(self, master: bytes) -> None:
        if len(master) < 16:
            raise ValueError("a master key has at least 16 bytes")
        self.home = AESGCM(_derive(master, b"wrap"))
        self._names = _derive(master, b"name")

    def name(self, *parts: str | bytes) -> str:
        """32 hex digits that stand for some text: equal for equal text, telling nothing without the master key."""
        return self._name(b"".join(map(_framed, parts)))

    def names(self, kind: str, texts: Iterable[str]) -> set[str]:
        """`name(kind, text)` of each of these texts."""
        head = _framed(kind)
        return {self._name(head + _framed(text)) for text in texts}

    def _name(self, framed: bytes) -> str:
        return hmac.digest(self._names, framed, "sha256").hex()[:NAME_LENGTH]

    def new_key(self, owner: str) -> tuple[bytes, AESGCM]:
        """A fresh data key of an owner (`unit/7`, `patient/3`): wrapped, and ready for use."""
        key = AESGCM.generate_key(256)
        return seal(self.home, key, owner), AESGCM(key)

    def unwrap(self, wrapped: bytes, owner: str) -> AESGCM:
        """The data key of an owner. Raises IntegrityError."""
        return AESGCM(unseal(self.home, wrapped, owner))


def _derive(master: bytes, use: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"throughline store " + use).derive(master)


def _framed(text: str | bytes) -> bytes:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return len(data).to_bytes(4, "big") + data


def seal(key: AESGCM, data: bytes, bound: str) -> bytes:
    """Nonce and ciphertext of `data`, bound to the row that `bound` names."""
    nonce = os.urandom(_NONCE)
    return nonce + key.encrypt(nonce, data, bound.encode())


def unseal(key: AESGCM, sealed: bytes, bound: str) -> bytes:
    """What was sealed. Raises IntegrityError when the bytes were changed, moved, or sealed with another key."""
    try:
        return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound.encode())
    except (InvalidTag, ValueError) as e:
        raise IntegrityError(Issue(
            "sealed-damaged", Severity.fatal, "Stored bytes do not open: they were changed, or belong to another key.",
            bound, "Check secrets/master.key; if it is right, restore the database from a backup.")) from e


def commit(salt: bytes, data: bytes) -> bytes:
    """Salted commitment to bytes: proves what they were while the salt is kept, and nothing once it is gone."""
    return hashlib.sha256(salt + data).digest()
