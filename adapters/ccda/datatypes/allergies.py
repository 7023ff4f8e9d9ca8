"""Allergies: what a negated statement means, and where the severity and criticality stand (CDA-05)."""

import re
from typing import Any

from adapters.ccda.datatypes.absences import denial, denied_allergies, denies, negative, own
from adapters.ccda.datatypes.codes import CD, absent
from adapters.ccda.datatypes.narrative import said
from adapters.ccda.datatypes.parts import element
from adapters.ccda.tree import Element, Place
from gateway.sdk import Context, Value, because, first, full, joined

SNOMED = "http://snomed.info/sct"
# What is denied when nothing is named, by the kind of allergy → the negative statement of SNOMED CT.
NONE_KNOWN = {
    "419199007": ("716186003", "No known allergy"), "420134006": ("716186003", "No known allergy"),
    "418038007": ("716186003", "No known allergy"), "416098002": ("409137002", "No known drug allergy"),
    "419511003": ("409137002", "No known drug allergy"), "59037007": ("409137002", "No known drug allergy"),
    "414285001": ("429625007", "No known food allergy"), "418471000": ("429625007", "No known food allergy"),
    "235719002": ("429625007", "No known food allergy"),
    "232347008": ("428607008", "No known environmental allergy"),
    "426232007": ("428607008", "No known environmental allergy"),
    "DALG": ("409137002", "No known drug allergy"), "FALG": ("429625007", "No known food allergy"),
    "EALG": ("428607008", "No known environmental allergy")}
# Kinds of allergy: what they say is which, not to what. SNOMED CT and HL7's ObservationIntoleranceType.
_KINDS = frozenset((*NONE_KNOWN, "106190000", "64970000", "ASSERTION", "ALG", "DALG", "FALG", "EALG", "OINT", "DINT",
                    "FINT", "EINT", "NAINT", "DNAINT", "FNAINT", "ENAINT"))
_BLANK = frozenset(("", "no known allergies", "none"))
# Systems of substances, and what their codes name is none: kinds of statements.
_SUBSTANCES = frozenset(f"2.16.840.1.113883.{n}" for n in ("6.88", "4.9", "6.69", "6.96", "12.292", "3.26.1.5"))
_STATEMENTS = _KINDS | {"281647001", "473010000", "473011001", "55607006", "64572001", "404684003", "418799008",
                        "282291009", "409586006", "420134006", "79899007"}
# Names of nothing in particular: whoever denies these denies all.
_NOTHING = re.compile(
    r"\b(?:no|none|not|nil|unknown|nk\w?a|n/?a)\b|\W*(?:any |all )?(?:allerg\w* to )?(?:drug|food|substance|medicine|"
    r"medication|allergen|allergy|allergie|environment(?:al)?)s?(?: allerg\w*| substances?)?\W*$", re.IGNORECASE)
# Substances at the top of SNOMED CT, denied like the kinds; and what says by itself that there is no allergy.
_TOPS = {"410942007": "416098002", "373873005": "416098002", "763158003": "416098002", "255620007": "414285001",
         "762766007": "414285001", "105590001": "419199007"}
_ABSENCES = frozenset(code for code, _ in NONE_KNOWN.values()) | {"160244002", "428197003", "1003774007"}


def substance(place: Place, context: Context) -> dict[str, Any] | None:
    """Code of an allergy observation: its substance; the negative statement where it denies one without naming it."""
    allergy = element(place)
    named = _substance(allergy, context)
    negation, value = allergy.get("negationInd"), allergy.first("value")
    if negation is None or negation.content != "true":
        if named is not None and (words := denial("allergy", named)) is not None:
            return negative(_none_known(allergy, words), named, words, _kind(allergy))
        return (named or _text(allergy) or _none(allergy) or (CD(value, context) if value is not None else None)
                or _untold(allergy, context))
    if named and (_is_one(named) or not _ABSENCES.isdisjoint(_codes(named))):
        return because(named, negation)
    kind = _kind(allergy)
    top = next((_TOPS[c] for c in _codes(named) if c in _TOPS), "")
    text = first(named.get("text") if named else None, *(t["text"] for t in [_text(allergy)] if t))
    return because(full({"coding": [_none_known(allergy, text, top)], "text": text}), negation, kind)


def _none_known(allergy: Element, words: Value | None, kind: str = "") -> dict[str, Any]:
    """Coding of the negative statement: of the allergies that the words name, else of the kind of this one."""
    said_kind = _kind(allergy)
    kind = kind or (denied_allergies(words.content) if words is not None else "") or (
        str(said_kind.content) if said_kind is not None else "")
    code, display = NONE_KNOWN.get(kind, NONE_KNOWN["419199007"])
    return {"system": SNOMED, "code": code, "display": display}


def _untold(allergy: Element, context: Context) -> dict[str, Any] | None:
    """Why no substance is told (CDA-04): hidden is something else than not known."""
    codes = [c for p in allergy.all("participant") for r in p.all("participantRole") for e in r.all("playingEntity")
             for c in e.all("code")]
    return next((found for c in (*codes, *allergy.all("value"), *allergy.all("code"))
                 if (found := absent(c, context))), None)


def denied(place: Place, context: Context, code: str = "refuted") -> Value | None:
    """`refuted`, or another code, where a named substance is denied: never a positive allergy."""
    allergy = element(place)
    if allergy.attributes.get("negationInd") != "true":
        return None
    negation, named = allergy.get("negationInd"), _substance(allergy, context)
    return negation.to(code) if negation is not None and named and _is_one(named) else None


def denied_kind(place: Place, context: Context) -> dict[str, Any] | None:
    """The substance at the top of all that an entry denies, which its code tells as the negative statement."""
    allergy = element(place)
    named = _substance(allergy, context) if allergy.attributes.get("negationInd") == "true" else None
    codes = _codes(named)
    return named if named and codes and _ABSENCES.isdisjoint(codes) and not _is_one(named) else None


_DEGREES = ("severe", "moderate", "mild", "fatal")


def severity(place: Place, context: Context, table: str) -> Value | None:
    """How bad a reaction was: by the code, else by the word that names one degree."""
    cd = element(place)
    rows = context.tables[table]
    coded = next(((c, row["code"]) for e in (cd, *cd.all("translation"))
                  if (c := e.get("code")) and (row := rows.get(str(c.content)))), None)
    if coded is not None:
        return coded[0].to(coded[1])
    words = CD(cd, context, "text")
    degrees = re.findall(rf"\b(?:{'|'.join(_DEGREES)})", str(words.content).lower()) if words is not None else []
    worst = next((d for d in _DEGREES if d in degrees), None)
    return words.to("severe" if worst == "fatal" else worst) if worst else None


def severity_said(place: Place, context: Context, table: str) -> Value | None:
    """What is said of how bad it was, where that names none of the degrees."""
    words = CD(element(place), context, "text")
    return words.to(f"Severity: {words.content}") if words is not None and severity(place, context, table) is None \
        else None


def _is_one(named: dict[str, Any]) -> bool:
    """Whether something in particular is named."""
    if (codes := _codes(named)) and (not own(named) or "text" not in named):
        return _ABSENCES.isdisjoint(codes) and _TOPS.keys().isdisjoint(codes)
    return not _NOTHING.match(str(named["text"].content).strip())


def _codes(concept: dict[str, Any] | None) -> set[str]:
    return {str(c["code"].content) for c in (concept or {}).get("coding", ())}


def _substance(allergy: Element, context: Context) -> dict[str, Any] | None:
    """What it is to: the substances, else the value where that tells more than the kind; both where one has no code."""
    found = next((named for named in (_named(e, context) for e in _told_in(allergy)) if named), [])
    value, code = allergy.first("value"), allergy.first("code")
    tells = value is not None and value.attributes.get("code", "ASSERTION") not in _KINDS
    if not found and not tells and code is not None and _names(code) and (coded := CD(code, context)):
        found = [coded]
    whole = CD(value, context) if value is not None and tells else None
    codings = [c for concept in found for c in concept.get("coding", ())] or (whole.get("coding", []) if whole else [])
    words = list(dict.fromkeys(t.content for concept in found if (t := concept.get("text"))))
    text = joined((next(c["text"] for c in found if c.get("text") and c["text"].content == w) for w in words), "; ")
    return full({"coding": codings, "text": text or (whole.get("text") if whole and codings else None)})


def _names(code: Element) -> bool:
    """Whether a code names a substance where others say what kind of statement this is."""
    return code.attributes.get("codeSystem") in _SUBSTANCES and code.attributes.get("code") not in _STATEMENTS


def _told_in(allergy: Element) -> tuple[Element, ...]:
    """Where the substance may stand: in the observation, else in the concern around it that holds nothing else."""
    link = allergy.parent
    concern = link.parent if link is not None and link.name == "entryRelationship" else None
    alone = concern is not None and sum(bool(r.all("observation")) for r in concern.all("entryRelationship")) == 1
    return (allergy, concern) if concern is not None and alone else (allergy,)


def _named(statement: Element, context: Context) -> list[dict[str, Any]]:
    """The substances of its participants, by the entity, else by its role; of a product that it consumes."""
    roles = [r for p in statement.all("participant") for r in p.all("participantRole")]
    holders = [e for r in roles for e in (*r.all("playingEntity"), *r.all("playingDevice"), r)]
    holders += [m for c in statement.all("consumable") for p in c.all("manufacturedProduct")
                for m in (*p.all("manufacturedMaterial"), *p.all("manufacturedLabeledDrug"), p)]
    found = [(e, concept) for e in holders if (concept := _entity(e, context))]
    inner = {e.parent for e, _ in found}
    return [concept for e, concept in found if e not in inner]


def _entity(entity: Element, context: Context) -> dict[str, Any] | None:
    code, name = entity.first("code"), entity.first("name") or entity.first("desc")
    concept = CD(code, context) if code is not None else None
    text = name.value if name is not None else None
    return concept or ({"text": text} if text else None)


def _none(allergy: Element) -> dict[str, Any] | None:
    """The negative statement where the entry's own text is one and nothing else is named."""
    text = allergy.first("text")
    words = said(text) if text is not None else None
    if words is None or not denies("allergy", words.content):
        return None
    return because({"coding": [_none_known(allergy, words)], "text": words}, words, _kind(allergy))


def _kind(allergy: Element) -> Value | None:
    """The code of the kind of allergy: the value, or as IHE has it the code."""
    said_ = [c for n in ("value", "code") if (e := allergy.first(n)) is not None and (c := e.get("code"))]
    return next((c for c in said_ if c.content in NONE_KNOWN), said_[0] if allergy.first("value") and said_ else None)


def _text(allergy: Element) -> dict[str, Any] | None:
    """What the entry's own text says, where no substance is coded."""
    text = allergy.first("text")
    words = said(text) if text is not None else None
    return {"text": words} if words and str(words.content).strip().lower() not in _BLANK \
        and not denies("allergy", words.content) else None
