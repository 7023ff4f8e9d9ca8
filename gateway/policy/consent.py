"""FHIR R4 Consent as rules: what a patient's active consents take away from a reader (POL, section 7a).

A `deny` provision hides the facts that all of its members describe: the data holder (actor with role CST: a source or
its organisation), the recipient (any other actor), purpose, class (resource types), security label, period, data
(single facts). Whoever is denied a class is denied the documents that tell of it. A member that is absent narrows
nothing. Nested provisions are exceptions to the one that holds them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.policy.forms import readable
from gateway.policy.request import Request

# Members that would make an exception smaller in ways not judged here: such an exception is not granted.
NARROWING = frozenset({"action", "code", "dataPeriod"})
# Types that tell what facts of any other type tell: the narrative of a whole document, and its bytes.
TELLING = frozenset({"Composition", "Binary"})
HOLDER_ROLES = frozenset({"CST", "custodian"})
_RESOURCE_TYPES = "http://hl7.org/fhir/resource-types"


@dataclass(frozen=True, slots=True)
class Cell:
    """What policy knows of a fact, computed when it is written: facts of one cell are hidden or shown together.

    holder  the origin's name; patient: source patient "source/id"; labels: security label codes
    """

    source: str
    patient: str
    type: str
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Deny:
    """One way to be hidden: all of the sets that are not empty must hold the fact's value; `unless` are exceptions."""

    rule: str
    sources: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    unless: "tuple[Deny, ...]" = ()

    def hides(self, cell: Cell, reference: str) -> bool:
        """Does it hide a fact of this cell with this `source/Type/id`?"""
        hit = ((not self.sources or cell.source in self.sources) and (not self.types or cell.type in self.types)
               and (not self.labels or bool(cell.labels & self.labels))
               and (not self.references or reference in self.references))
        return hit and not any(u.hides(cell, reference) for u in self.unless)


def denies(consents: Iterable[tuple[str, Mapping[str, Any]]], request: Request) -> list[Deny]:
    """What the active consents, given as (source, Consent), deny to this request; one that cannot be read: all."""
    out = []
    for source, consent in consents:
        if consent.get("status") != "active":
            continue
        rule = f"consent {source}/{consent.get('id', '')}"
        if not readable({n: consent[n] for n in ("provision", "policyRule") if consent.get(n)}):
            out.append(Deny(f"{rule} cannot be read"))
            continue
        provision = consent.get("provision") or {}
        if not _now(provision.get("period"), request.time):
            continue
        out += _denies(provision, source, request, rule, provision.get("type", _default(consent)))
    return out


def _default(consent: Mapping[str, Any]) -> str:
    """Without a root type the policy rule decides: opt-out codes deny, everything else permits what is not denied."""
    codes = {c.get("code") for c in (consent.get("policyRule") or {}).get("coding", ())}
    return "deny" if codes & {"OPTOUT", "OPTOUTE", "ALLOWNONE"} else "permit"


def _denies(provision: Mapping[str, Any], source: str, request: Request, rule: str, kind: str) -> list[Deny]:
    nested = [p for p in provision.get("provision", ()) if isinstance(p, Mapping)]
    if kind != "deny":
        return [d for p in nested for d in _denies(p, source, request, rule, p.get("type", "deny"))]
    if not _concerns(provision, request):
        return []
    unless = tuple(_deny(p, source, rule) for p in nested
                   if p.get("type", "permit") == "permit" and not NARROWING & p.keys() and _concerns(p, request))
    denied = _deny(provision, source, rule, unless)
    return [replace(denied, types=denied.types | TELLING) if denied.types else denied]


def _deny(provision: Mapping[str, Any], source: str, rule: str, unless: tuple[Deny, ...] = ()) -> Deny:
    return Deny(rule, frozenset(a for r, a in _actors(provision) if r in HOLDER_ROLES),
                frozenset(_codes(provision.get("class", ()))), frozenset(_codes(provision.get("securityLabel", ()))),
                frozenset(_qualified(d.get("reference", {}).get("reference", ""), source)
                          for d in provision.get("data", ())), unless)


def _concerns(provision: Mapping[str, Any], request: Request) -> bool:
    """Do recipient, purpose and period of the provision fit this request?"""
    recipients = {a for r, a in _actors(provision) if r not in HOLDER_ROLES}
    purposes = set(_codes(provision.get("purpose", ())))
    asking = {request.user, request.organisation, request.role} - {""}
    return ((not recipients or bool(recipients & asking)) and (not purposes or request.purpose in purposes)
            and _now(provision.get("period"), request.time))


def _actors(provision: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(role code, name) of each actor: identifier value, else the reference's id, else its display."""
    out = []
    for actor in provision.get("actor", ()):
        role = next(iter(_codes([actor.get("role") or {}])), "")
        who = actor.get("reference") or {}
        name = (who.get("identifier") or {}).get("value") or str(who.get("reference", "")).rpartition("/")[2]
        out.append((role, name or who.get("display", "")))
    return out


def _codes(items: Any) -> list[str]:
    """Codes of Codings and CodeableConcepts."""
    out = []
    for item in items:
        out += [c["code"] for c in item.get("coding", [item]) if isinstance(c, Mapping) and c.get("code")]
    return out


def _qualified(reference: str, source: str) -> str:
    """`Type/id` of the consent's own source, or `source/Type/id` as it stands."""
    return reference if reference.count("/") == 2 else f"{source}/{reference}"


def _now(period: Any, time: str) -> bool:
    """Is `time` inside a Period? Instants are compared as such, all else as text to the precision that it gives."""
    start, end = (period or {}).get("start", ""), (period or {}).get("end", "")
    return (not start or not time or _order(time, start) >= 0) and (not end or not time or _order(time, end) <= 0)


def _order(time: str, bound: str) -> int:
    """-1, 0 or 1: before, at, after."""
    if "T" in time and "T" in bound:
        one, other = datetime.fromisoformat(time), datetime.fromisoformat(bound)
        if one.tzinfo and other.tzinfo:
            return (one > other) - (one < other)
    cut = time[:len(bound)]
    return (cut > bound) - (cut < bound)
