"""CD, CE, CV, CO, CS: CodeableConcept and Coding, with translations and the text that was meant (CDA-02)."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast

from adapters.ccda.datatypes.narrative import said
from adapters.ccda.datatypes.parts import element, spaced, system_uri
from adapters.ccda.sections import told
from adapters.ccda.tree import Element, Place
from gateway.sdk import Context, Value, because, first, full

SATURATION = {"59408-5": "Oxygen saturation in Arterial blood by Pulse oximetry",
              "2708-6": "Oxygen saturation in Arterial blood"}
_ASSERTED = frozenset(("ASSERTION", "55607006", "404684003"))
_QUESTIONS = {"pregnancy": ("82810-3", "Pregnancy status"), "smoking": ("72166-2", "Tobacco smoking status")}
_SYSTEM = re.compile(r"[0-2](?:\.(?:0|[1-9]\d*))+|[a-z]+:\S+", re.ASCII)
# Systems that a sender names in place of their number, without blanks and signs.
_NAMED = {name: system_uri(f"2.16.840.1.113883.{oid}") for name, oid in {
    "snomedct": "6.96", "snomed": "6.96", "loinc": "6.1", "rxnorm": "6.88", "ndc": "6.69", "cvx": "12.292",
    "icd9cm": "6.103", "icd9": "6.103", "icd10cm": "6.90", "icd10": "6.3", "cpt": "6.12", "cpt4": "6.12",
    "hcpcs": "6.285", "unii": "4.9"}.items()}


def CD(place: Place, context: Context, form: str = "") -> Any:
    """CodeableConcept: the code, its translations, the original text.

    form  `coding` the first coding, `code` its code, `text` the text or display, `display`; `translation`: the codings
          of the translations before the code itself
    """
    cd = element(place)
    if "translation" in cd.named:
        codings = [c for e in _all(cd) if (c := _coding(e))]
    else:
        codings = [alone] if (alone := _coding(cd)) else []
    text = original(cd) if "originalText" in cd.named else None
    if text is None:
        text = next((c["display"] for c in codings if "display" in c), None) or _words(cd) or _named(cd)
    if form == "coding":
        return codings[0] if codings else None
    if form == "code":
        return codings[0]["code"] if codings else None
    if form == "text":
        return text or (codings[0]["code"] if codings else None)
    if form == "display":
        return first(*(c.get("display") for c in codings), text)
    if form == "translation" and len(codings) > 1:
        codings = [*codings[1:], codings[0]]
    if not codings:
        return {"text": text} if text else None
    return {"coding": codings, "text": text} if text else {"coding": codings}


def observed(place: Place, context: Context) -> dict[str, Any] | None:
    """What was observed; oxygen saturation among the vital signs by both codes that their profile asks for (CDA-07)."""
    cd = element(place)
    found = CD(cd, context)
    codings = found.get("coding", []) if found else []
    asked = next((q for c in codings[:1] if str(c["code"].content) in _ASSERTED and cd.parent is not None
                  for label in cd.parent.labels if (q := _QUESTIONS.get(label))), None)
    if asked is not None:             # what was asserted is told by the template only
        code, display = asked
        return full({"coding": [{"system": "http://loinc.org", "code": codings[0]["code"].to(code),
                                 "display": display}, *codings]})
    saturation = next((c for c in codings if str(c["code"].content) in SATURATION), None)
    if saturation is not None and cd.parent is not None and "vital" in cd.parent.labels:
        known = {str(c["code"].content) for c in codings}
        codings += [{"system": saturation.get("system"), "code": saturation["code"].to(code), "display": display}
                    for code, display in SATURATION.items() if code not in known and saturation.get("system")]
    return cast("dict[str, Any] | None", found)


def _all(cd: Element) -> Iterator[Element]:
    """The concept and its translations, those of translations too."""
    yield cd
    for translation in cd.all("translation"):
        yield from _all(translation)


def _coding(cd: Element) -> dict[str, Any] | None:
    said = cd.attributes
    code, at = said.get("code"), f"{cd.path}/@"
    if not code:
        return None
    found: dict[str, Any] = {}
    name = "codeSystem" if said.get("codeSystem") else "codeSystemName"
    if (system := said.get(name)) and (uri := _uri(system)):
        found["system"] = Value(uri, (at + name,))
        if "codeSystemVersion" in said:
            found["version"] = Value(said["codeSystemVersion"], (at + "codeSystemVersion",))
    found["code"] = Value(" ".join(code.split()), (at + "code",))
    if display := said.get("displayName"):
        found["display"] = Value(" ".join(display.split()), (at + "displayName",))
    return found


@lru_cache(1024)
def _uri(system: str) -> str:
    oid = system.removeprefix("urn:oid:")
    return system_uri(oid) if _SYSTEM.fullmatch(oid) else _NAMED.get(re.sub(r"[^a-z0-9]", "", system.lower()), "")


def original(cd: Element) -> Value | None:
    """The original text: written out, or where the narrative has it."""
    text = cd.first("originalText")
    return said(text) if text is not None else None


def _words(cd: Element) -> Value | None:
    """A text that stands in the place of a code, or where the narrative has it."""
    return said(cd) if cd.text or "reference" in cd.named else None


def _named(cd: Element) -> Value | None:
    """The name of a concept for which there was no code."""
    display = cd.get("displayName")
    return spaced(display) if display is not None else None


_SIDE = frozenset(("272741003", "20228-3"))      # laterality, of SNOMED CT and LOINC


def sides(place: Place, context: Context) -> list[dict[str, Any]]:
    """Left, right or both, as CodeableConcepts: what a concept says of the side beside what it is."""
    return [because(found, named) for q in element(place).all("qualifier") for n in q.all("name")
            if (named := n.get("code")) is not None and named.content in _SIDE
            for v in q.all("value") if "code" in v.attributes and (found := CD(v, context))]


def labelled(place: Place, context: Context, label: str) -> Value | None:
    """What a concept or text says, with what it is about before it: `No history of: Asthma`."""
    words = CD(place, context, "text") or said(element(place))
    return words.to(f"{label}: {words.content}") if words is not None else None


def absent(place: Place, context: Context) -> dict[str, Any] | None:
    """CodeableConcept of data-absent-reason for a nullFlavor (CDA-04)."""
    flavor = element(place).get("nullFlavor")
    found = NULLS.get(str(flavor.content)) if flavor else None
    if flavor is None or found is None:
        return None
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": flavor.to(found),
                        "display": _REASONS.get(found, found.replace("-", " ").title())}]}


_REASONS = {"asked-unknown": "Asked But Unknown", "temp-unknown": "Temporarily Unknown",
            "negative-infinity": "Negative Infinity (NINF)", "positive-infinity": "Positive Infinity (PINF)"}
NULLS = {"NI": "unknown", "UNK": "unknown", "ASKU": "asked-unknown", "NAV": "temp-unknown", "NASK": "not-asked",
         "MSK": "masked", "NA": "not-applicable", "OTH": "unsupported", "TRC": "unsupported", "QS": "unsupported",
         "NINF": "negative-infinity", "PINF": "positive-infinity", "NP": "unknown", "UNC": "unsupported",
         "INV": "error", "DER": "unsupported"}


def coding_known(place: Place, context: Context, table: str) -> dict[str, Any] | None:
    """Coding of a table that names only what matters: a text that it lacks is simply nothing."""
    value = place.value
    row = context.tables[table].get(str(value.content)) if value is not None else None
    return {n: value.to(row[n]) for n in ("system", "code", "display") if row[n]} if row and value is not None else None


def stated(place: Place, context: Context, table: str, form: str = "") -> Any:
    """CodeableConcept of a table, by the code of a value, else by a translation's, else by its words, in any case;
    `stated(table, code)`: the code alone."""
    cd = element(place)
    rows = context.tables[table]
    coded = next(((c, row) for e in _all(cd) if (c := e.get("code")) and (row := rows.get(str(c.content)))), None)
    if coded is None:
        words = first(original(cd), _words(cd), _named(cd))
        row = rows.get(str(words.content).strip(" .").capitalize()) if words is not None else None
        coded = (words, row) if words is not None and row else None
    if coded is None:
        return None
    value, found = coded
    if form == "code":
        return value.to(found["code"])
    return {"coding": [{n: value.to(found[n]) for n in ("system", "code", "display") if found[n]}]}


def sectioned(place: Place, context: Context, table: str) -> dict[str, Any] | None:
    """CodeableConcept of a table by the section in which an entry stands."""
    section = element(place).section
    loinc = told(section) if section is not None else None
    row = context.tables[table].get(str(loinc.content)) if loinc is not None else None
    if loinc is None or not row:
        return None
    return {"coding": [full({n: loinc.to(row[n]) for n in ("system", "code", "display") if row[n]})]}


def empty_reason(place: Place, context: Context) -> dict[str, Any] | None:
    """Why a section is empty: `nilknown` is never concluded, only `unavailable` or `withheld`."""
    flavor = element(place).get("nullFlavor")
    if flavor is None:
        return None
    code = {"MSK": "withheld", "NASK": "notasked", "ASKU": "unavailable"}.get(str(flavor.content), "unavailable")
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": flavor.to(code)}]}
