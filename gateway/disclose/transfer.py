"""One way to hand something over: build the bytes, write the transfer, only then return them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from gateway.audit.log import Transfer
from gateway.disclose.view import View
from gateway.opened import Gate, iso
from gateway.policy.request import Request


@dataclass(frozen=True)
class Asked:
    """What was asked, as the log keeps it.

    action  read | search | everything | history | match | feed | page | record | raw | provenance …
    text    the request: method and path with its query, or the command line; it may name a person, so it is private
    """

    request: Request
    action: str
    text: str
    token: str = ""


@dataclass(frozen=True)
class Answer:
    """What a door sends: status, body, headers; `entry` is its number in the log."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    entry: int = 0


def hand_over(gate: Gate, asked: Asked, answer: Answer, about: Sequence[View] = (), outcome: str = "done") -> Answer:
    """Log one entry for each person in the answer (one without a person when there is none), then hand it over.

    Raises IntegrityError when the log cannot be written: the answer is then lost, on purpose.
    """
    time, sent = iso(gate.now()), hashlib.sha256(answer.body).hexdigest()
    public = {"action": asked.action, "direction": "out", "sent": sent, "status": answer.status, "outcome": outcome,
              **_who(asked)}
    transfers = [Transfer(time, {**public, **_what(view)}, view.person, _private(asked, view)) for view in about]
    if not transfers:
        transfers = [Transfer(time, {**public, "decision": "deny" if outcome == "refused" else "permit", "rules": [],
                                     "facts": 0, "view": ""}, None, _private(asked, None))]
    entries = gate.log.append(transfers)
    return Answer(answer.status, answer.body, answer.headers, entries[0])


def _who(asked: Asked) -> dict[str, Any]:
    r = asked.request
    return {"who": r.user, "organisation": r.organisation, "country": r.country, "role": r.role, "purpose": r.purpose,
            "token": asked.token}


def _what(view: View) -> dict[str, Any]:
    sections: dict[str, int] = {}
    for resource in view.record["resources"]:
        sections[resource["resourceType"]] = sections.get(resource["resourceType"], 0) + 1
    return {"decision": "permit" if view.decision.permit else "deny", "rules": list(view.decision.rules),
            "obligations": list(view.decision.obligations), "facts": len(view.facts), "view": view.digest,
            "resources": sections, "change": view.change}


def _private(asked: Asked, view: View | None) -> dict[str, Any]:
    """What rebuilds the answer: the request, who the person was then, what the reader was."""
    return {"request": asked.text, "members": [list(m) for m in view.members] if view else [],
            "reader": {k: v for k, v in asdict(asked.request).items() if v not in ("", (), False)}}
