"""Problems that are denied: which one, or all of them (CDA-05). Allergies: allergies.py, medicines: medicines.py."""

import re
from typing import Any

from adapters.ccda.datatypes.absences import denial, denies, negative
from adapters.ccda.datatypes.codes import CD, original
from adapters.ccda.datatypes.narrative import said
from adapters.ccda.datatypes.parts import element
from adapters.ccda.further import same_problem
from adapters.ccda.sections import section_of
from adapters.ccda.tree import Element, Place
from gateway.sdk import Context, Value, because, first, full

# SNOMED CT concepts that stand above all problems: whoever denies one of these denies every problem.
ANY_PROBLEM = frozenset(("55607006", "64572001", "404684003", "71388002", "418799008", "243796009"))
# Kinds of problems: they say what sort of statement this is, not which problem.
_KINDS = ANY_PROBLEM | {"282291009", "409586006", "248536006", "373930000"}
# What says by itself that there is nothing: denied again it says the same.
ABSENCES = frozenset(("160245001", "182904002", "787481004", "no-known-problems", "no-known-medications"))
NO = r"\W*(?:(?:no|none|not|nil|unknown|n/?a)\b|(?:any |all )?(?:known |active |current )*(?:{})s?\W*$)"
_PROBLEM = re.compile(NO.format("problem|disease|disorder|condition|finding|diagnosis|complaint|symptom"), re.I)
# SNOMED CT and the classifications of diseases.
_CLINICAL = frozenset(f"2.16.840.1.113883.6.{n}" for n in ("96", "90", "3", "103", "42", "2"))
# Sections about an event: who has no diagnosis there may have others.
OF_AN_EVENT = frozenset("46240-8 46241-6 11535-2 10219-4 10218-6 29299-5 59776-5 59769-0 55109-3".split())
NO_PROBLEMS = {"coding": [{"system": "http://snomed.info/sct", "code": "160245001",
                           "display": "No current problems or disability"}]}


def problem(place: Place, context: Context) -> dict[str, Any] | None:
    """Code of a problem observation: what it found; the negative statement where it denies problems at large."""
    observation = element(place)
    value, negation = observation.first("value"), negation_of(observation)
    found = _in_all_codes(observation, value, context)
    if negation is not None and _any_problem(observation, value):
        words = original(value) if value is not None else None
        return because({**NO_PROBLEMS, **({"text": words} if words else {})}, negation,
                       value.get("code") if value is not None else None)
    if found and negation is None and section_of(observation) not in OF_AN_EVENT and (none := denial("problem", found)):
        return negative(NO_PROBLEMS["coding"][0], found, none)
    named = found or _told(observation, context) or _around(observation)
    if named is None and (value is None or value.attributes.get("nullFlavor") != "MSK"):
        context.issue("ccda-untold", "The entry does not say which problem it is about; it was kept without a name.",
                      observation.where, "Read it in the document and ask the sender.")
    return named


def _in_all_codes(observation: Element, value: Element | None, context: Context) -> dict[str, Any] | None:
    """The first value, with the codes of those behind it that say the same."""
    found: dict[str, Any] | None = CD(value, context) if value is not None else None
    more = [c for v in same_problem(observation) if (c := CD(v, context)) and "coding" in c]
    if not more:
        return found
    codings = [c for concept in ((found or {}), *more) for c in concept.get("coding", ())]
    return full({"coding": codings, "text": first((found or {}).get("text"), *(c.get("text") for c in more))})


def _told(statement: Element, context: Context) -> dict[str, Any] | None:
    """The problem where no value names it: by the code of the statement, by its words, or by both."""
    coded, words = _coded(statement, context), worded(statement)
    if words is not None and denies("problem", words["text"].content):
        return because({**NO_PROBLEMS, **words}, words["text"])
    return {**coded, **(words or {})} if coded else words


def _coded(observation: Element, context: Context) -> dict[str, Any] | None:
    """The problem where it stands in place of what kind of statement this is."""
    code = observation.first("code")
    names = code is not None and code.attributes.get("codeSystem") in _CLINICAL and observation.first("value") is None
    return CD(code, context) if code is not None and names and code.attributes.get("code") not in _KINDS else None


def _around(observation: Element) -> dict[str, Any] | None:
    """The words of the concern that holds this problem only."""
    concern = observation.parent.parent if observation.parent is not None else None
    alone = concern is not None and concern.name == "act" \
        and sum(bool(r.all("observation")) for r in concern.all("entryRelationship")) == 1
    return worded(concern) if concern is not None and alone else None


def none_done(place: Place, context: Context) -> Value | None:
    """`not-done` where the words in the place of a procedure say that there was none."""
    act = element(place)
    code = act.first("code")
    words = denial("procedure", (CD(code, context) if code is not None else None) or worded(act))
    return words.to("not-done") if words is not None else None


def refuted(place: Place, context: Context) -> Value | None:
    """`refuted` where one problem is denied."""
    observation = element(place)
    negation = negation_of(observation)
    return None if negation is None or _any_problem(observation, observation.first("value")) else negation.to("refuted")


def _any_problem(observation: Element, value: Element | None) -> bool:
    """Whether all problems are denied: an encounter without a diagnosis says nothing about the others."""
    return _general(value, ANY_PROBLEM, _PROBLEM) and section_of(observation) not in OF_AN_EVENT


def _general(coded: Element | None, top: frozenset[str], names: re.Pattern[str]) -> bool:
    """Whether a concept names nothing in particular, by its codes and by the words that were meant."""
    if coded is None:
        return True
    codes = {c.attributes["code"] for c in (coded, *coded.all("translation")) if c.attributes.get("code")}
    if not codes.isdisjoint(ABSENCES):
        return True
    words = original(coded) or (None if codes else coded.get("displayName") or coded.value)
    return codes <= top and (words is None or bool(names.match(str(words.content))))


def worded(statement: Element) -> dict[str, Any] | None:
    """What the text of a statement says."""
    text = statement.first("text")
    return full({"text": said(text)}) if text is not None else None


def negation_of(statement: Element) -> Value | None:
    """The negation of a statement that is denied."""
    negation = statement.get("negationInd")
    return negation if negation is not None and negation.content == "true" else None
