"""The International Patient Summary of a merged record: a document Bundle, after IPS 2.0 or 1.1. Pure.

Everything in it is made of the record that it is given, so what a policy left out is nowhere: neither in an entry nor
in a narrative nor in a reference. Silence is not absence: a required section of which nobody told anything says
`unavailable`, and "none known" is told only where a source stated it and no other states the contrary (IPS-05, IPS-06).
"""

import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from html import escape
from typing import Any

from gateway.errors import UsageError, error
from gateway.ids import digest
from gateway.portable.selection import SECTIONS, Resource, Section, absence, chosen, pointed, ref, wrong
from gateway.portable.shape import Body, nothing_told, shaped

BASE = "http://hl7.org/fhir/uv/ips/StructureDefinition"
PROFILES = {"2.0": "2.0.0", "1.1": "1.1.0"}
XHTML, FACT = "http://www.w3.org/1999/xhtml", "urn:gateway:fact"
_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_ROLES = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_EMPTY = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": "unavailable"}]}
_CARE = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActClass", "code": "PCPR"}]}
_ORDER = "ULMNRV"                                              # confidentiality, least restrictive first
# What goes along with an entry that refers to it. Anything else is named by its words.
_ALONG = frozenset(("Practitioner", "PractitionerRole", "Organization", "Location", "Medication", "Device", "Specimen",
                    "RelatedPerson", "Observation", "ImagingStudy"))
_MARKS = (("-conflict", "sources disagree"), ("-clash", "sources disagree"), ("-mismatch", "sources disagree"),
          ("no-longer-listed", "no longer listed"),
          ("drug-allergy", "check: allergy and medicine"), ("possible-duplicate", "possible duplicate"),
          ("perhaps-unlisted", "perhaps over: a later list under another number omits it"),
          ("ambiguous-date", "date is not certain"), ("ambiguous-value", "value is not certain"),
          ("stale-version", "one source holds an earlier version"),
          ("invariant-broken", "the last good version is shown"))
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?")
_SAID = ("recordedDate", "recorded", "dateAsserted", "authoredOn", "issued", "date", "effectiveDateTime",
         "occurrenceDateTime", "performedDateTime")
_MAKER: Body = {
    "resourceType": "Device", "id": digest("gateway")[:32], "status": "active",
    "deviceName": [{"name": "throughline", "type": "model-name"}],
    "note": [{"text": "Made by a computer out of the records of several sources; nobody has checked it."}]}
Say = Callable[[Resource, Mapping[str, Resource]], str]


def document(record: Mapping[str, Any], profile: str, say: Say, at: str = "", identifier: str = "",
             authors: Mapping[str, str] | None = None) -> Body:
    """The summary of a record (the output of `gateway merge`).

    profile     `2.0` or `1.1`
    say         words of a resource, for the narrative; it is given the directory "Type/id" → resource
    at          FHIR instant of the document; "": the newest at which something of the record was said
    identifier  URN of the document; "": made of what it holds
    authors     fact id → who said it

    Raises UsageError where the record has no patient.
    """
    known = {ref(r): r for r in record["resources"]}
    patient = next((r for r in known.values() if r["resourceType"] == "Patient"), None)
    if patient is None:
        raise UsageError(error("ips-no-patient", "The record has no Patient; nothing was made.", "resources",
                               "A summary is about one person: give the record of one."))
    time = at or newest(record["resources"])
    number = identifier or _urn([record["resources"], profile, time])
    told = chosen(list(known.values()))
    parts = [r for s in SECTIONS if s.since <= profile for r in told[s.name]]
    held = _along([patient, *parts], known)
    addresses = {ref(r): _urn(ref(r)) for r in held}
    section_of = {ref(r): name for name, rs in told.items() for r in rs}
    bodies = [shaped(r, profile, section_of.get(ref(r), ""), addresses) for r in held]
    made: list[Body] = [dict(_MAKER)]
    sections, marks = [], _marks(record)
    for s in SECTIONS:
        if s.since <= profile and (told[s.name] or s.required):
            rows = [_row(r, known, marks, say) for r in told[s.name]]
            part, more = _section(s, told[s.name], rows, profile, addresses, addresses[ref(patient)])
            sections.append(part)
            made += more
    proofs = [_provenance(r, record["provenance"].get(ref(r), {}), addresses, time, authors or {})
              for r in (patient, *parts)]
    secret = _secret(bodies)
    composition = {
        "resourceType": "Composition", "id": _id(number),
        "meta": {"profile": [f"{BASE}/Composition-uv-ips|{PROFILES[profile]}"]},
        "language": "en", "identifier": {"system": "urn:ietf:rfc:3986", "value": number}, "status": "final",
        "type": {"coding": [{"system": "http://loinc.org", "code": "60591-5", "display": "Patient summary Document"}]},
        "subject": {"reference": addresses[ref(patient)]}, "date": time, "author": [{"reference": _urn(ref(_MAKER))}],
        "title": "Patient summary", "confidentiality": secret,
        "event": [{"code": [_CARE], "period": {"end": time}, "detail": [{"reference": _urn(ref(p))} for p in proofs]}],
        "section": sections}
    entries = [composition, *bodies[:1], *made, *bodies[1:], *proofs]
    return {"resourceType": "Bundle", "id": _id(f"bundle {number}"),
            "meta": {"profile": [f"{BASE}/Bundle-uv-ips|{PROFILES[profile]}"],
                     "security": [{"system": _CONFIDENTIALITY, "code": secret}]},
            "language": "en", "identifier": {"system": "urn:ietf:rfc:3986", "value": number}, "type": "document",
            "timestamp": time,
            "entry": [{"fullUrl": addresses.get(ref(r)) or _urn(ref(r)), "resource": r} for r in entries]}


def newest(resources: Iterable[Resource]) -> str:
    """The newest instant at which something was said or seen, in UTC; the beginning of 1970 where nothing tells."""
    found = [t for r in resources for value in _said(r) if (t := _moment(value))]
    last = max(found, default=datetime(1970, 1, 1, tzinfo=UTC))
    return last.isoformat(timespec="seconds").replace("+00:00", "Z")


def _moment(text: str) -> datetime | None:
    """A day or an instant in UTC; None for what is neither, or in no calendar."""
    with suppress(ValueError, OverflowError):
        if _TIME.fullmatch(text):
            found = datetime.fromisoformat(text)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    return None


def _said(r: Resource) -> Iterable[str]:
    yield from (str(v) for k, v in r.items() if k in _SAID)
    yield str(r.get("meta", {}).get("lastUpdated", ""))


def _urn(value: Any) -> str:
    """The same for the same content, unlike any other."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest(value))}"


def _id(value: Any) -> str:
    return digest(value)[:32]


def _along(parts: Sequence[Resource], known: Mapping[str, Resource]) -> list[Resource]:
    """The parts, and behind them what they refer to, each once."""
    out = {ref(r): r for r in parts}
    waiting = list(parts)
    while waiting:
        for target in pointed(waiting.pop(0)):
            found = known.get(target)
            if found is not None and target not in out and found["resourceType"] in _ALONG and not wrong(found):
                out[target] = found
                waiting.append(found)
    return list(out.values())


def _section(s: Section, told: Sequence[Resource], rows: Sequence[str], profile: str, addresses: Mapping[str, str],
             subject: str) -> tuple[Body, list[Body]]:
    """A section, and the resource that stands in it where nobody told anything (1.1)."""
    part: Body = {"title": s.title, "code": {"coding": [{"system": "http://loinc.org", "code": s.code}]},
                  "text": {"status": "generated", "div": _div(rows)}}
    if told:
        return {**part, "entry": [{"reference": addresses[ref(r)]} for r in told]}, []
    if profile == "2.0":
        return {**part, "emptyReason": _EMPTY}, []
    nothing = nothing_told(s.name, _id(f"nothing {s.name} {subject}"), subject)
    return {**part, "entry": [{"reference": _urn(ref(nothing))}]}, [nothing]


def _row(r: Resource, known: Mapping[str, Resource], marks: Mapping[str, Sequence[str]], say: Say) -> str:
    """The line of the narrative that tells an entry."""
    return " · ".join((absence_words(r) or say(r, known), *marks.get(ref(r), ())))


def absence_words(r: Resource) -> str:
    """`No known allergies`, with the day on which it was stated; "" for what states something."""
    none = absence(r)
    stated = str(r.get("recordedDate") or r.get("dateAsserted") or "")[:10]
    return "" if none is None else f"{none.words}{f' (stated {stated})' if stated else ''}"


def _div(rows: Sequence[str]) -> str:
    listed = "".join(f"<li>{escape(_printable(row))}</li>" for row in rows)
    inner = f"<ul>{listed}</ul>" if listed else "<p>No information is available.</p>"
    return f'<div xmlns="{XHTML}" lang="en" xml:lang="en">{inner}</div>'


def _printable(text: str) -> str:
    return "".join(" " if c.isspace() else c for c in text if c.isprintable() or c.isspace())


def _marks(record: Mapping[str, Any]) -> dict[str, list[str]]:
    """"Type/id" → what the automatic checks say of it."""
    out: dict[str, list[str]] = {}
    for issue in record["issues"]:
        code = str(issue["code"]["coding"][0]["code"])
        for mark in (words for end, words in _MARKS if code.endswith(end)):
            for i in issue.get("implicated", ()):
                if mark not in out.setdefault(i.get("reference", ""), []):
                    out[i.get("reference", "")].append(mark)
    return out


def _secret(bodies: Iterable[Resource]) -> str:
    """The most restrictive confidentiality of all that is told (IPS-14)."""
    said = {str(c.get("code")) for r in bodies for c in r.get("meta", {}).get("security", ())
            if c.get("system") == _CONFIDENTIALITY}
    return max(said & set(_ORDER) | {"N"}, key=_ORDER.index)


def _provenance(r: Resource, elements: Mapping[str, Iterable[str]], addresses: Mapping[str, str], time: str,
                authors: Mapping[str, str]) -> Body:
    """Which facts of which sources stand behind an entry (IPS-15)."""
    facts = sorted({f for ids in elements.values() for f in ids})
    agents = [("assembler", {"reference": _urn(ref(_MAKER))})]
    agents += [("author", {"display": n}) for n in sorted({authors[f] for f in facts if f in authors})]
    entity = [{"role": "source", "what": {"identifier": {"system": FACT, "value": f},
                                          **({"display": authors[f]} if f in authors else {})}} for f in facts]
    return {"resourceType": "Provenance", "id": _id(["provenance", ref(r), facts]), "recorded": time,
            "target": [{"reference": addresses[ref(r)]}],
            "agent": [{"type": {"coding": [{"system": _ROLES, "code": role}]}, "who": who} for role, who in agents],
            **({"entity": entity} if entity else {})}
