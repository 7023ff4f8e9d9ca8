"""From an Authorization header to who asks: the claims of a verified token as a policy request."""

from collections.abc import Mapping
from typing import Any

from gateway.errors import NotAllowed, error
from gateway.opened import Gate, iso
from gateway.policy.request import Request
from gateway.tokens import trusted, verified


class Tokens:
    """Verifies tokens against the built-in issuer and those that gateway.toml trusts; remembers recent ones."""

    def __init__(self, gate: Gate, size: int = 1024) -> None:
        self._gate, self._size = gate, size
        self._keys = trusted({gate.issuer.name: gate.issuer.jwks, **gate.home.issuers})
        self._recent: dict[str, dict[str, Any]] = {}

    def request(self, header: str | None) -> tuple[Request, str]:
        """The policy request and the token's id (`jti`). Raises NotAllowed."""
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAllowed(error("token-refused", "This needs an access token.", "Authorization header",
                                   "Send: Authorization: Bearer TOKEN. For development: gateway token"))
        now = self._gate.now()
        claims = self._recent.get(token)
        if claims is None or claims["exp"] < now.timestamp():
            claims = verified(token, self._keys, self._gate.home.base_url, int(now.timestamp()))
            if len(self._recent) >= self._size:
                self._recent.clear()
            self._recent[token] = claims
        return request_of(claims, iso(now)), str(claims.get("jti", ""))


def request_of(claims: Mapping[str, Any], time: str) -> Request:
    """Claims as a request; IHE IUA's nested claims are read where the flat ones are missing."""
    iua = _members(_members(claims.get("extensions")).get("ihe_iua"))
    purposes = claims.get("purpose") or _code(iua.get("purpose_of_use"))
    return Request(
        purpose=str(purposes or ""), role=str(claims.get("role") or _code(iua.get("subject_role"))),
        user=str(claims.get("sub", "")), organisation=str(claims.get("org") or iua.get("subject_organization") or ""),
        country=str(claims.get("country", "")), care=claims.get("care") is True, time=time,
        scopes=tuple(str(claims.get("scope", "")).split()), patient=str(claims.get("patient", "")))


def _members(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _code(value: Any) -> str:
    first = value[0] if isinstance(value, list) and value else value
    return str(first.get("code", "")) if isinstance(first, Mapping) else ""
