"""Medicines: which one is told, wherever it stands; what is in it; which are denied (CDA-05)."""

import re
from collections.abc import Iterator
from typing import Any

from adapters.ccda.datatypes.absences import denial, negative
from adapters.ccda.datatypes.codes import CD, absent, original
from adapters.ccda.datatypes.narrative import said
from adapters.ccda.datatypes.negated import ABSENCES, NO, negation_of, worded
from adapters.ccda.datatypes.parts import element
from adapters.ccda.datatypes.values import PQ
from adapters.ccda.named import is_told, same
from adapters.ccda.sections import section_of
from adapters.ccda.tree import Element, Place
from gateway.sdk import Context, Value, because, first, full, joined

_MEDICINE = re.compile(NO.format("drug|medication|medicine|med|pharmaceutical|substance"), re.I)
NO_MEDICINES = {"coding": [{"system": "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips",
                            "code": "no-known-medications", "display": "No known medications"}]}
NOT_TOLD = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "unknown",
                        "display": "Unknown"}]}
# What says how something is given, where others name what is.
_ACT_CODE, _ACTS = "2.16.840.1.113883.5.4", frozenset(("DRUG", "IMMUNIZ", "TREAT", "BLDPROD"))
_GIVEN_HERE = "29549-3"              # section of what was given here: who was given nothing may take something
# HL7's system of what is absent or unknown, which stands in the entry's own code.
_ABSENT_SYSTEM = "2.16.840.1.113883.5.1150.1"
# Medicines of IHE: those of patient care, and items of its pharmacy (treatment plan, prescription).
_IHE = ("1.3.6.1.4.1.19376.1.5.3.1.4.7", "1.3.6.1.4.1.19376.1.9.1.3.")
_CCDA = "2.16.840.1.113883.10.20.22.4."


def medicine(place: Place, context: Context) -> dict[str, Any] | None:
    """The medicine that is given: its code, else its name, else the entry's text, else why it is not told.

    Where the entry denies medicines and names none: the statement that none is known.
    """
    administration = element(place)
    negation, named = negation_of(administration), _medicine(administration, context)
    if negation is not None and (named is None or _any_medicine(named)):
        return because({**NO_MEDICINES, **({"text": named["text"]} if named and "text" in named else {})}, negation)
    elsewhere = section_of(administration) == _GIVEN_HERE
    if named is not None and negation is None and not elsewhere and (none := denial("medicine", named)) is not None:
        return negative(NO_MEDICINES["coding"][0], named, none)
    code = next((c for m in _materials(administration) if (c := m.first("code")) is not None), None)
    return named or (absent(code, context) if code is not None else None)


def vaccine(place: Place, context: Context) -> dict[str, Any]:
    """The vaccine: its code, else its name, else the entry's text, else why it is not told."""
    administration = element(place)
    code = next((c for m in _materials(administration) if (c := m.first("code")) is not None), None)
    return _medicine(administration, context) or (absent(code, context) if code is not None else None) or NOT_TOLD


def none_given(place: Place, context: Context) -> Value | None:
    """`not-done` where the words in the place of a vaccine say that none was given."""
    words = denial("vaccine", _medicine(element(place), context))
    return words.to("not-done") if words is not None else None


def not_taken(place: Place, context: Context, form: str = "") -> Value | None:
    """True where one medicine is denied; `not_taken(status)`: `not-taken`."""
    administration = element(place)
    negation = negation_of(administration)
    named = _medicine(administration, context) if negation is not None else None
    if negation is None or not named or _any_medicine(named):
        return None
    return negation.to("not-taken" if form == "status" else True)


def placed(place: Place, context: Context) -> Value | None:
    """`active` for a medicine that IHE's templates call completed and whose end is not told, or not before the
    document: there the word says that it was written down (PCC 6.3.4.16.5), in C-CDA that it is taken no longer."""
    administration = element(place)
    roots = [t.attributes.get("root", "") for t in administration.all("templateId")]
    state = administration.first("statusCode")
    code = state.get("code") if state is not None else None
    ihe = any(r.startswith(_IHE) for r in roots) and not any(r.startswith(_CCDA) for r in roots)
    if code is None or code.content != "completed" or not ihe:
        return None
    told = administration.document.root.first("effectiveTime")
    now = told.attributes.get("value", "")[:8] if told is not None else ""
    ends = [h.attributes["value"][:8] for t in administration.all("effectiveTime") for h in t.all("high")
            if "value" in h.attributes]
    return code.to("active") if not any(end < now[:len(end)] for end in ends) else None


def ingredients(place: Place, context: Context) -> Value | None:
    """What is in a product that HL7's extension for medicines tells, in words: name and strength of each."""
    told = [text for e in _ingredients(element(place)) if (text := _ingredient(e, context)) is not None]
    found = joined(told, "; ")
    return found.to(f"Active ingredient: {found.content}") if found is not None else None


def _ingredient(outer: Element, context: Context) -> Value | None:
    substance = outer.first("pharm:ingredient")
    code = substance.first("pharm:code") if substance is not None else None
    name = substance.first("pharm:name") if substance is not None else None
    words = first(name.value if name is not None else None, CD(code, context, "text") if code is not None else None)
    if words is None:
        return None
    strength = outer.first("pharm:quantity")
    amounts = [a for n in ("numerator", "denominator") if strength is not None
               for e in (*strength.all(f"pharm:{n}"), *strength.all(n)) if (a := _amount(e, context)) is not None]
    return joined([words, *([amount] if (amount := joined(amounts, " / ")) else [])])


def _amount(pq: Element, context: Context) -> Value | None:
    found = PQ(pq, context)
    unit = str(u.content) if found and (u := found.get("unit")) is not None and u.content != "1" else ""
    return because(found["value"].to(f"{found['value'].content} {unit}".strip()), found.get("unit")) if found else None


def _any_medicine(named: dict[str, Any]) -> bool:
    """Whether what is named is no medicine in particular."""
    codes = {str(c["code"].content) for c in named.get("coding", ()) if "code" in c}
    return not codes.isdisjoint(ABSENCES) if codes else bool(_MEDICINE.match(str(named["text"].content)))


def _medicine(administration: Element, context: Context) -> dict[str, Any] | None:
    materials = list(_materials(administration))
    named = next((found for m in materials if (found := _product(m, context))), None)
    code = administration.first("code") if named is None else None
    if code is not None and materials and code.attributes.get("codeSystem") != _ABSENT_SYSTEM \
            and code.attributes.get("code") not in ABSENCES:
        code = None                  # it says how something is given, and what that is, is not told
    if code is not None and (code.attributes.get("codeSystem") == _ACT_CODE or code.attributes.get("code") in _ACTS):
        code = None
    return named or (CD(code, context) if code is not None else None) or worded(administration)


def _product(material: Element, context: Context) -> dict[str, Any] | None:
    """Code and name of a product, and its class; where it has no code, that of the one substance in it."""
    code, name = material.first("code"), material.first("name")
    text = said(name) if name is not None else None
    classes = [c for e in material.all("pharm:asSpecializedKind") for kind in e.children
               for coded in kind.all("pharm:code") if (c := CD(coded, context, "coding"))]
    if code is not None and (found := CD(code, context)):
        named = _with_name(found, text, original(code)) if text is not None else found
        return {**named, "coding": [*named.get("coding", ()), *classes]} if classes else named
    inside = [c for e in material.all("pharm:ingredient") for s in e.all("pharm:ingredient")
              for c in s.all("pharm:code")]
    coding = CD(inside[0], context, "coding") if len(inside) == 1 else None
    codings = [c for c in (coding, *classes) if c]
    return full({"coding": codings, "text": text or next((c["display"] for c in codings if "display" in c), None)})


def _with_name(found: dict[str, Any], name: Value, words: Value | None) -> dict[str, Any]:
    """The name of the product as the text; where the sender's own words lack it, beside the codes."""
    if words is None:
        return {**found, "text": name}
    known = str(name.content).casefold() in str(words.content).casefold()
    return found if known else {**found, "coding": [*found.get("coding", ()), {"display": name}]}


def _materials(administration: Element) -> Iterator[Element]:
    """What is given: a material, or in old documents a labelled drug; behind it what is handed over for that."""
    supplies = [s for r in administration.all("entryRelationship") for s in r.all("supply")]
    for holder in (administration, *supplies):
        named = [p for name in ("consumable", "product") for h in holder.all(name)
                 for p in h.all("manufacturedProduct")]
        products = [p for product in named for p in ([product] if is_told(product) else same(product) or [product])]
        places = [m for product in products for m in product.children
                  if m.name in ("manufacturedMaterial", "manufacturedLabeledDrug")]
        yield from [*places, *products]


def _ingredients(administration: Element) -> list[Element]:
    return next((found for m in _materials(administration) if (found := m.all("pharm:ingredient"))), [])
