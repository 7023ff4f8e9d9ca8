"""Signed checkpoints of the transfer log: C2SP tlog-checkpoint inside a C2SP signed note, Ed25519 (AUD-09).

A checkpoint is text: origin, tree size, base64 root, one a line; then a blank line and signature lines. Who holds
one can prove later that the log was changed; nothing in it tells about a person.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.errors import IntegrityError, Issue, Severity

_ED25519 = b"\x01"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of the log after `size` entries."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def _public_bytes(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, key: Ed25519PublicKey) -> str:
    """The public key as text: `name+hex(key id)+base64(0x01 || key)`."""
    public = _public_bytes(key)
    return f"{name}+{_key_id(name, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def parse_verifier_key(text: str) -> tuple[str, Ed25519PublicKey]:
    """Name and key out of `verifier_key` text. Raises ValueError."""
    name, hash_hex, data = text.strip().split("+", 2)
    raw = base64.b64decode(data, validate=True)
    if raw[:1] != _ED25519 or len(raw) != 33 or _key_id(name, raw[1:]).hex() != hash_hex:
        raise ValueError("not an Ed25519 verifier key, or its key id does not belong to it")
    return name, Ed25519PublicKey.from_public_bytes(raw[1:])


def sign(checkpoint: Checkpoint, name: str, key: Ed25519PrivateKey) -> str:
    """The signed note."""
    text = checkpoint.text
    signature = _key_id(name, _public_bytes(key.public_key())) + key.sign(text.encode())
    return f"{text}\n\u2014 {name} {base64.b64encode(signature).decode()}\n"


def opened(note: str, name: str, key: Ed25519PublicKey) -> Checkpoint:
    """The checkpoint inside a note that `key` signed. Raises IntegrityError when it is not what was signed."""
    text, separator, signatures = note.rpartition("\n\n")
    text += "\n"
    wanted = _key_id(name, _public_bytes(key))
    for line in signatures.splitlines() if separator else ():
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or parts[1] != name:
            continue
        try:
            raw = base64.b64decode(parts[2], validate=True)
            if raw[:4] == wanted:
                key.verify(raw[4:], text.encode())
                origin, size, root = text.splitlines()[:3]
                return Checkpoint(origin, int(size), base64.b64decode(root, validate=True))
        except (InvalidSignature, ValueError, binascii.Error) as e:
            raise _untrue("its signature does not belong to its text") from e
    raise _untrue(f"it carries no signature of the key {name!r}")


def _untrue(why: str) -> IntegrityError:
    return IntegrityError(Issue("checkpoint-untrue", Severity.error, f"A checkpoint cannot be trusted: {why}.", "",
                                "Ask whoever keeps the checkpoints for their own copy and compare."))
