"""Sign-in for the faces: a link that works once sets a signed, short-lived cookie. Production puts its login here."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.errors import NotAllowed, error
from gateway.jsontext import BadJson, canonical, loads
from gateway.opened import Gate, iso
from gateway.policy.request import Request

COOKIE = "gateway_session"
LINK_SECONDS, SESSION_SECONDS = 3600, 8 * 3600
FACES: dict[str, dict[str, Any]] = {
    "clinician": {"user": "Dr M. Holm", "role": "clinician", "purpose": "TREAT", "scopes": ["user/*.rs"], "care": True},
    "patient": {"user": "the patient", "role": "patient", "purpose": "PATRQT", "scopes": ["patient/*.rs"]},
    "it": {"user": "hospital IT", "role": "it", "purpose": "HOPERAT", "scopes": ["system/*.rs"]},
    "audit": {"user": "the regulator", "role": "regulator", "purpose": "HCOMPL", "scopes": ["system/*.rs"]},
}
HOME = {"clinician": "/", "patient": "/me", "it": "/it", "audit": "/audit"}


def sealed(gate: Gate, body: Mapping[str, Any]) -> str:
    """A value that only this home can have made."""
    text = base64.urlsafe_b64encode(canonical(body)).rstrip(b"=")
    return f"{text.decode()}.{_mac(gate, text)}"


def opened(gate: Gate, text: str) -> dict[str, Any] | None:
    """What `sealed` holds, or None when it was made elsewhere or is over."""
    body, _, mac = text.partition(".")
    if not hmac.compare_digest(mac.encode(), _mac(gate, body.encode()).encode()):
        return None
    try:
        value = loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, BadJson):
        return None
    return value if isinstance(value, dict) and value.get("until", 0) > gate.now().timestamp() else None


def _mac(gate: Gate, text: bytes) -> str:
    return hmac.new(gate.home.secret("session"), b"web" + text, hashlib.sha256).hexdigest()


def link(gate: Gate, face: str, nonce: str, patient: str = "", base: str = "") -> str:
    """The address that signs a face in, once; under `base`, by default the home's `base_url`."""
    until = int(gate.now().timestamp()) + LINK_SECONDS
    return f"{base or gate.home.base_url}/signin?key={sealed(gate, _body(face, patient, until, nonce))}"


def _body(face: str, patient: str, until: int, nonce: str) -> dict[str, Any]:
    return {"face": face, "patient": patient, "until": until, "nonce": nonce}


def take(gate: Gate, body: Mapping[str, Any]) -> bool:
    """True the first time that a link is opened, for all processes of the home: its name is taken on disk.

    What is over is refused anyway, so its name is let go.
    """
    folder, now = gate.home.folder / "data" / "signins", int(gate.now().timestamp())
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in folder.iterdir():
        if int(old.name.partition("-")[0]) < now:
            old.unlink(missing_ok=True)
    try:
        _name(gate, body).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _name(gate: Gate, body: Mapping[str, Any]) -> Path:
    name = hashlib.sha256(body["nonce"].encode()).hexdigest()
    return gate.home.folder / "data" / "signins" / f"{body['until']}-{name}"


def session(gate: Gate, body: Mapping[str, Any]) -> str:
    """The cookie for a link that was opened; no two are the same, so that one can be ended."""
    until = int(gate.now().timestamp()) + SESSION_SECONDS
    return sealed(gate, {**_body(body["face"], body["patient"], until, "session"), "id": secrets.token_hex(8)})


def end(gate: Gate, cookie: str) -> None:
    """Sign out: the cookie opens nothing any more, for any process of the home and whoever holds a copy of it."""
    body = opened(gate, cookie)
    if body and body.get("nonce") == "session":
        take(gate, _ending(body))


def _ending(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"until": body["until"], "nonce": f"ended {canonical(body).decode()}"}


def form_token(gate: Gate, cookie: str) -> str:
    """What a form of this session carries, so that no other site can send it."""
    return _mac(gate, b"form" + cookie.encode())


def own_form(gate: Gate, cookie: str, token: str) -> bool:
    """Was the form made by a page of this session?"""
    return hmac.compare_digest(token.encode(), form_token(gate, cookie).encode())


def reader(gate: Gate, cookie: str, faces: tuple[str, ...]) -> Request:
    """Who a cookie says is asking. Raises NotAllowed for another face, or for none."""
    body = opened(gate, cookie)
    if (body is None or body.get("nonce") != "session" or body["face"] not in faces
            or _name(gate, _ending(body)).exists()):
        raise NotAllowed(error("sign-in", "Sign in to open this page.", "", "make serve prints a sign-in link."))
    face = FACES[body["face"]]
    return Request(purpose=face["purpose"], role=face["role"], user=face["user"], organisation=gate.home.organisation,
                   country=gate.home.country, care=face.get("care", False), time=iso(gate.now()),
                   scopes=tuple(face["scopes"]), patient=body["patient"])
