"""Access tokens: only what a trusted issuer signed for us, with an end (SMART, REST security)."""

import base64
import json

import pytest

from gateway.errors import NotAllowed
from gateway.tokens import MAX_TOKEN, Issuer, trusted, verified

ISSUER = Issuer(bytes(range(32)), "http://a")
OTHER = Issuer(bytes(32), "http://b")
KEYS = trusted({"http://a": ISSUER.jwks})


def mint(issuer=ISSUER, **claims):
    return issuer.mint({"scope": "user/*.rs", "purpose": "TREAT", **claims}, 1000, 60, "j1")


def unsigned(token):
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


def test_a_minted_token_is_verified_with_its_claims():
    assert verified(mint(), KEYS, "http://a", 1030)["purpose"] == "TREAT"


def test_the_published_key_holds_no_secret():
    assert all("d" not in key for key in ISSUER.jwks["keys"])


@pytest.mark.parametrize("token, audience, now", [
    (mint(), "http://elsewhere", 1030), (mint(), "http://a", 2000), (mint(OTHER), "http://a", 1030),
    (mint(iss="http://a", aud="http://a")[:-6] + "AAAAAA", "http://a", 1030), (unsigned(mint()), "http://a", 1030),
    ("a.b.c", "http://a", 1030), ("", "http://a", 1030), ("x" * (MAX_TOKEN + 1), "http://a", 1030),
    ("\u2028.\u2028.\u2028", "http://a", 1030)])
def test_anything_else_is_refused(token, audience, now):
    with pytest.raises(NotAllowed):
        verified(token, KEYS, audience, now)


def test_a_token_without_an_end_is_refused():
    from joserfc import jwt
    token = jwt.encode({"alg": "Ed25519"}, {"iss": "http://a", "aud": "http://a"}, ISSUER._key, algorithms=["Ed25519"])
    with pytest.raises(NotAllowed, match="exp"):
        verified(token, KEYS, "http://a", 1030)
