"""One way to hand something over: build the bytes, write the transfer, only then return them."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl

from gateway.audit.log import Transfer
from gateway.disclose.view import View, Views, minute
from gateway.fhir.xml_out import TYPE, xml
from gateway.jsontext import loads
from gateway.once import once
from gateway.opened import Gate, iso
from gateway.policy.request import Request

LENIENT = "##lenient"                # ends an address; no form and no query holds it, since there # is written %23


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

    @once
    def name(self) -> tuple[str, Request]:
        """What caches compare: decisions are made anew each minute."""
        return self.text, minute(self.request)

    @property
    def xml(self) -> bool:
        """Does the request ask for the XML form? It stands in the text, so that the answer can be built again."""
        query, _, told = self._address.removesuffix(LENIENT).partition("#")
        asked = [v for part in (query.partition("?")[2], told) for k, v in parse_qsl(part, True) if k == "_format"]
        return bool(asked) and "xml" in asked[-1]

    @property
    def lenient(self) -> bool:
        """May what a search does not know be passed over? So the door notes `Prefer: handling=lenient`."""
        return self._address.endswith(LENIENT)

    @property
    def _address(self) -> str:
        return self.text.partition(" ")[2].partition(" ")[0]             # what was posted stands behind it


@dataclass(frozen=True)
class Answer:
    """What a door sends: status, body, headers; `entry` is its number in the log.

    made    what it was made as, where that is remembered (`logged`)
    scopes  those under which it was made: a search for people reads the Patient alone
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    entry: int = 0
    made: "Made | None" = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """An answer that is ready but not yet handed over, with the views it was made of and what became of the request."""

    answer: Answer
    about: Sequence[View] = ()
    outcome: str = "done"

    @once
    def sent(self) -> str:
        """Hash of the bytes, hex."""
        return hashlib.sha256(self.answer.body).hexdigest()

    @once
    def what(self) -> tuple[dict[str, Any], ...]:
        """What the log says of each view."""
        return tuple(_what(view) for view in self.about)


def hand_over(gate: Gate, asked: Asked, answer: Answer, about: Sequence[View] = (), outcome: str = "done") -> Answer:
    """Log one entry for each person in the answer (one without a person when there is none), then hand it over.

    Raises IntegrityError when the log cannot be written: the answer is then lost, on purpose.
    """
    return _deliver(gate, asked, _formed(asked, Made(answer, about, outcome)))


def again(gate: Gate, views: Views, asked: Asked, made: Made) -> Answer | None:
    """Hand over once more what was made; None where this reader would be answered something else now."""
    return _deliver(gate, asked, made) if views.recall(asked) is made else None


def _deliver(gate: Gate, asked: Asked, made: Made) -> Answer:
    entry, answer = gate.log.append(entries(gate, asked, made))[0], made.answer
    return Answer(answer.status, answer.body, answer.headers, entry, made, asked.request.scopes)


def entries(gate: Gate, asked: Asked, made: Made) -> list[Transfer]:
    """What the log is to say of an answer, for whoever logs many at once before the first of them leaves."""
    time, answer = iso(gate.now()), made.answer
    public = {"action": asked.action, "direction": "out", "sent": made.sent, "status": answer.status,
              "outcome": made.outcome, **_who(asked)}
    transfers = [Transfer(time, {**public, **what}, view.person, _private(asked, view))
                 for view, what in zip(made.about, made.what, strict=True)]
    if not transfers:
        decision = "deny" if made.outcome == "refused" else "permit"
        transfers = [Transfer(time, {**public, "decision": decision, "rules": [], "facts": 0, "view": ""}, None,
                              _private(asked, None))]
    return transfers


def _formed(asked: Asked, made: Made) -> Made:
    """What was made as FHIR JSON in the form that was asked for."""
    answer = made.answer
    if not (asked.xml and answer.headers.get("Content-Type", "").startswith("application/fhir+json")):
        return made
    headers = {**answer.headers, "Content-Type": TYPE}
    return replace(made, answer=replace(answer, body=xml(loads(answer.body)), headers=headers))


Maker = Callable[..., Made]


def logged(make: Maker) -> Callable[..., Answer]:
    """Turn a function that makes an answer (gate, views, asked, …) into one that logs it and hands it over.

    What was made is remembered as long as nothing in the store changes; each time it is handed over it is logged.
    """
    @wraps(make)
    def answered(gate: Gate, views: Views, asked: Asked, *rest: Any) -> Answer:
        made = views.recall(asked)
        if made is None:
            with views.alone(asked):
                made = views.recall(asked) or _make(gate, views, asked, *rest)
        return _deliver(gate, asked, made)

    def _make(gate: Gate, views: Views, asked: Asked, *rest: Any) -> Made:
        change = gate.pulse()
        made = _formed(asked, make(gate, views, asked, *rest))
        views.remember(asked, made, change)
        return made

    return answered


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


_READER = tuple(f.name for f in fields(Request))


def _private(asked: Asked, view: View | None) -> dict[str, Any]:
    """What rebuilds the answer: the request, who the person was then, what the reader was."""
    return {"request": asked.text, "members": [list(m) for m in view.members] if view else [],
            "reader": {k: v for k in _READER if (v := getattr(asked.request, k)) not in ("", (), False)}}
