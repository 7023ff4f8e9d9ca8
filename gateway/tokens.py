"""Access tokens: signed JWTs (Ed25519) with SMART scopes, purpose of use, organisation and country.

The built-in issuer is for development and the demo; production names its issuers' JWKS in gateway.toml. Only
asymmetric algorithms are accepted, the key is chosen by the issuer, `exp` is required.
"""

import base64
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from joserfc.jws import JWSRegistry

from gateway.errors import NotAllowed, error
from gateway.jsontext import loads

ALGORITHMS = ["Ed25519", "ES256", "ES384", "RS256", "PS256"]
MAX_TOKEN = 8192


class Issuer:
    """The built-in issuer: mints and publishes its key."""

    def __init__(self, secret: bytes, name: str) -> None:
        public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.name = name
        self._key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _b64(public), "d": _b64(secret),
                                       "alg": "Ed25519", "use": "sig"})
        self._key.ensure_kid()

    def mint(self, claims: Mapping[str, Any], now: int, seconds: int, jti: str) -> str:
        """A token; `now` in seconds since 1970, `jti` names it in the log."""
        body = {"iss": self.name, "aud": self.name, "iat": now, "exp": now + seconds, "jti": jti,
                **{k: v for k, v in claims.items() if v not in ("", None)}}
        return jwt.encode({"alg": "Ed25519", "kid": self._key.kid}, body, self._key, registry=_registry())

    @property
    def jwks(self) -> dict[str, Any]:
        """The public key set, as `/.well-known/jwks.json` shows it."""
        return {"keys": [self._key.as_dict(private=False)]}


def trusted(issuers: Mapping[str, Mapping[str, Any]]) -> dict[str, KeySet]:
    """Issuer name → keys, out of JWKS documents."""
    return {name: KeySet.import_key_set(jwks) for name, jwks in issuers.items()}  # type: ignore[arg-type]


def verified(token: str, keys: Mapping[str, KeySet], audience: str, now: int) -> dict[str, Any]:
    """Claims of a token that one of the trusted issuers signed for us. Raises NotAllowed saying what is wrong."""
    if len(token) > MAX_TOKEN:
        raise _refused("it is longer than a token may be")
    try:
        issuer = _unverified_issuer(token)
        if issuer not in keys:
            raise _refused("its issuer is not trusted here")
        claims = jwt.decode(token, keys[issuer], registry=_registry()).claims
        jwt.JWTClaimsRegistry(now=now, leeway=5, exp={"essential": True}, iss={"essential": True, "value": issuer},
                              aud={"essential": True, "value": audience}).validate(claims)
    except JoseError as e:
        raise _refused(str(e).strip(" :.") or type(e).__name__) from e
    except (ValueError, KeyError, TypeError) as e:
        raise _refused("it is no JSON Web Token that names its issuer") from e
    return dict(claims)


def _unverified_issuer(token: str) -> str:
    _, payload, _ = token.split(".")
    return str(loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["iss"])


def _registry() -> JWSRegistry:
    return JWSRegistry(algorithms=ALGORITHMS)


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _refused(why: str) -> NotAllowed:
    return NotAllowed(error("token-refused", f"The access token is refused: {why}.", "Authorization header",
                            "Ask the issuer for a new token."))
