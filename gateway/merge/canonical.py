"""Step 2: what a fact says, in a form that can be compared. The source's own codes are never rewritten."""

import re
from typing import Any

from gateway.merge.body import Body, codes, codings, items, obj, text
from gateway.merge.terms import Tables
from gateway.merge.words import SAYS_NOTHING, fold

# Code systems and codes that say "unknown": never equal to anything, not even to each other.
_UNKNOWN_SYSTEMS = frozenset({"http://terminology.hl7.org/CodeSystem/v3-NullFlavor",
                              "http://terminology.hl7.org/CodeSystem/data-absent-reason",
                              "http://hl7.org/fhir/data-absent-reason", "http://hl7.org/fhir/v3/NullFlavor",
                              "urn:oid:2.16.840.1.113883.5.1008"})
_UNKNOWN_CODES = frozenset({"http://snomed.info/sct|261665006", "http://hl7.org/fhir/sid/cvx|999"})
_STRENGTH = re.compile(r" [0-9].*", re.DOTALL)
_NEGATIVE_STATUS = frozenset({"not-done", "not-taken", "declined"})


def concept(codeable: Body, tables: Tables, source: str = "") -> str | None:
    """The primary concept of one CodeableConcept, read from it alone; None when it says nothing that can be compared.

    The coding of the system with the highest priority counts; without one the folded text; a code without a system
    means something only within its source. A code that names only a kind ("any allergy to a drug") counts where neither
    another code nor words of the source's own say more.
    """
    known = [c for c in items(codeable, "coding") if text(c, "system") not in _UNKNOWN_SYSTEMS
             and tables.concept(text(c, "system"), text(c, "code")) not in _UNKNOWN_CODES]
    coded = [(tables.priority(system), tables.concept(system, code)) for c in known
             if (system := text(c, "system")) and (code := text(c, "code"))]
    telling = [c for c in coded if c[1] not in tables.kinds]
    if telling:
        return min(telling)[1]
    displays = [fold(d) for c in known if (d := text(c, "display"))]
    words = fold(text(codeable, "text"))
    if coded and (words in SAYS_NOTHING or words in displays):
        return min(coded)[1]
    words = words or next(iter(displays), "")
    if words not in SAYS_NOTHING:
        return tables.concept("text", words)
    local = [text(c, "code") for c in known if text(c, "code")]
    return f"local {source}|{min(local)}" if local else None


def concepts(codeable: Body, tables: Tables) -> set[str]:
    """Every concept that a CodeableConcept names, its text included; for warnings, never for merging.

    Words name a substance where they are its name, perhaps with a strength behind it or as "allergy to" it.
    """
    named = {tables.concept(text(c, "system"), text(c, "code")) for c in items(codeable, "coding")
             if text(c, "system") and text(c, "code")}
    words = {fold(w) for w in (text(codeable, "text"), *(text(c, "display") for c in items(codeable, "coding")))}
    plainly = {_STRENGTH.sub("", w).removeprefix("allergy to ").removesuffix(" allergy") for w in words}
    return (named - tables.kinds | {tables.concept("text", w) for w in words - SAYS_NOTHING}
            | {tables.names[w] for w in plainly & tables.names.keys()})


def recognised(allergy: Body, tables: Tables) -> bool:
    """Do the warnings know what an allergy is about, by its codes or by its words? Else no check can find it."""
    code = obj(allergy, "code")
    substances = [] if code else [obj(r, "substance") for r in items(allergy, "reaction")]
    named = {c for said in (code, *substances) for c in concepts(said, tables)}
    return any(not c.startswith(tables.concept("text", "")) for c in named)


def negative(body: Body) -> bool:
    """Polarity: does the fact say that something is not so?"""
    return (text(body, "status") in _NEGATIVE_STATUS or body.get("doNotPerform") is True
            or "refuted" in codes(body, "verificationStatus"))


def sites(body: Body, tables: Tables, source: str) -> tuple[str, ...]:
    """Body sites and sides where given; one that cannot be compared stands for itself."""
    if "bodySite" not in body and "bodyStructure" not in body:
        return ()
    found = {_site(s, tables, source) for s in items(body, "bodySite")}
    structure = text(obj(body, "bodyStructure"), "reference")
    return tuple(sorted(found | ({f"{source}|{structure}"} if structure else set())))


def _site(site: Body, tables: Tables, source: str) -> str:
    """A body site with its side, whether that is a second coding of one system or an extension."""
    coded = [(tables.priority(s), tables.concept(s, c)) for s, c in codings(site) if s and s not in _UNKNOWN_SYSTEMS]
    best = min((rank for rank, _ in coded), default=None)
    named = sorted({c for rank, c in coded if rank == best}) or [
        concept(site, tables, source) or repr(sorted(map(str, site.items())))]
    side = [repr(plain(site["extension"]))] if "extension" in site else []
    return " ".join([*named, *side])


def plain(value: Any) -> Any:
    """A JSON value as it is compared: numbers exactly, text folded, lists in order, names sorted."""
    if isinstance(value, dict):
        return tuple((k, plain(v)) for k, v in sorted(value.items()))
    if isinstance(value, list):
        return tuple(plain(v) for v in value)
    if isinstance(value, str):
        return fold(value)
    return (type(value).__name__, value) if isinstance(value, bool) else value
