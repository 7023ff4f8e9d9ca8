"""What an entry is: by its template, else by its code, else by name and section (templates.csv).

Templates say what an entry means more surely than section and place do, and many real entries have none that is known.
"""

import csv
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from adapters.ccda.doubted import EXCLUDED, WITHDRAWN, doubts
from adapters.ccda.named import is_told, same
from adapters.ccda.nothing import NOTHING, says_nothing
from adapters.ccda.pressure import LABEL, pair
from adapters.ccda.sections import section_of
from adapters.ccda.tree import Document, Element

SHORT = {"C": "2.16.840.1.113883.10.20.22.4", "D": "2.16.840.1.113883.10.20.1", "I": "1.3.6.1.4.1.19376.1.5.3.1.4",
         "H": "2.16.840.1.113883.3.88.11.83", "X": "1.3.6.1.4.1.19376.1.3", "P": "1.3.6.1.4.1.19376.1.9.1"}
STATEMENTS = frozenset(("act", "encounter", "observation", "organizer", "procedure", "substanceAdministration",
                        "supply"))
OTHER = "other"  # a statement directly below a section that nothing else recognises


class Known(NamedTuple):
    """templates, codes: (element, root or code) → (section or "", label); sections: (element, LOINC) → label."""

    templates: dict[tuple[str, str], list[tuple[str, str]]]
    codes: dict[tuple[str, str], list[tuple[str, str]]]
    sections: dict[tuple[str, str], str]


@cache
def known() -> Known:
    """The table, read once."""
    found = Known({}, {}, {})
    for row in _rows():
        element, label = row["element"], row["label"]
        for text in row["templates"].split():
            root, _, section = text.partition("@")
            found.templates.setdefault((element, _long(root)), []).append((section, label))
        for text in row["codes"].split():
            code, _, section = text.partition("@")
            found.codes.setdefault((element, code), []).append((section, label))
        for section in row["sections"].split():
            found.sections.setdefault((element, section), label)
    return found


def _rows() -> list[dict[str, str]]:
    text = files("adapters.ccda").joinpath("templates.csv").read_text("utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


LABELS = frozenset((*(row["label"] for row in _rows()), OTHER, NOTHING, LABEL, WITHDRAWN, EXCLUDED))


def _long(root: str) -> str:
    short, _, rest = root.partition(".")
    return f"{SHORT[short]}.{rest}" if short in SHORT else root


def recognise(document: Document) -> None:
    """Give every statement its labels, from the outside in."""
    vitals = []
    for element in document.grouping:
        if element.name == "section" and _names_another(element) and section_of(element) != _FAMILY:
            document.of_others[element] = None
        elif element.name in STATEMENTS and not _of_others(document, element):
            element.labels = _labels(element) if is_told(element) or not same(element) else frozenset()
            if not element.labels.isdisjoint(_FILLED) and says_nothing(element):
                element.labels = frozenset((NOTHING,))
            elif element.name == "act":
                element.labels |= _alone(element)
            elif element.attributes.get("negationInd") == "true" and element.labels.isdisjoint(_DOUBTABLE) \
                    and _is_silent(element):
                element.labels = frozenset()          # of what it denies it tells nothing
            elif not element.labels.isdisjoint(_DOUBTABLE):
                element.labels |= doubts(element)
            if "vital" in element.labels:
                vitals.append(element)
    pair(document, vitals)


_DOUBTABLE = frozenset(("problem", "allergy"))
# What templates that are filled with nothing would make a statement of.
_FILLED = frozenset((OTHER, "problem", "allergy", "medication", "immunization", "procedure", "procedure-act",
                     "instruction", "procedure-observation", "result", "vital", "goal", "referral",
                     "nutrition", "dispense", "supply",
                     *(f"planned-{n}" for n in ("medication", "immunization", "procedure", "act", "observation",
                                                "encounter", "supply"))))
_SAYING = frozenset(("code", "value", "displayName"))


def _is_silent(observation: Element) -> bool:
    """Whether an observation names neither what was looked for nor what was found."""
    return observation.name == "observation" and not any(
        e.attributes.keys() & _SAYING or e.text for name in ("code", "value", "text") for part in observation.all(name)
        for e in (part, *part.below()))


# Concerns around problems and allergies → what they are where they hold none and tell it themselves.
_CONCERNS = {"allergy-concern": "allergy-alone", **dict.fromkeys(
    ("problem-concern", "encounter-diagnosis", "discharge-diagnosis", "admission-diagnosis", "operative-diagnosis"),
    "problem-alone")}
_KIND_SYSTEMS = frozenset(("2.16.840.1.113883.6.1", "2.16.840.1.113883.5.6", "2.16.840.1.113883.5.4", None))


def _alone(act: Element) -> frozenset[str]:
    """What a concern tells by its own words, code or product; nothing where it holds a statement that does."""
    found = frozenset(_CONCERNS[label] for label in act.labels if label in _CONCERNS)
    if not found or any(e.name != "act" or "comment" not in _labels(e) for e in _statements(act)):
        return frozenset()
    text, code = act.first("text"), act.first("code")
    named = code is not None and code.get("code") and code.attributes.get("codeSystem") not in _KIND_SYSTEMS
    worded = text is not None and (text.text or text.children)
    told = named or worded or act.named.keys() & {"participant", "consumable"}
    return found if told else frozenset()


def _statements(element: Element) -> Iterator[Element]:
    """The statements below an element, one by one: the first mostly answers."""
    for child in element.children:
        if child.name in STATEMENTS:
            yield child
        yield from _statements(child)


_FAMILY = "10157-6"


def _of_others(document: Document, element: Element) -> bool:
    """Whether an entry is about somebody other than the patient: a fetus, a donor. It is left to the narrative."""
    if _names_another(element) and _labels(element).isdisjoint(("family", "family-observation")):
        document.of_others[element] = None
    return bool(document.of_others) and any(e in document.of_others for e in element.above())


def _names_another(element: Element) -> bool:
    subject = element.first("subject")
    related = subject.first("relatedSubject") if subject is not None else None
    code = related.first("code") if related is not None else None
    return related is not None and (code is None or code.attributes.get("code") != "SELF")


@lru_cache(1024)
def _by_template(element: str, roots: tuple[str, ...], section: str) -> frozenset[str]:
    """What templates make of an element in a section; the same ones stand together again and again."""
    table = known().templates
    return _narrowed(label for root in roots for label in _here(table.get((element, root), ()), section))


def _by_code(element: Element, section: str) -> frozenset[str]:
    code, table = element.first("code"), known().codes
    said = (code, *code.all("translation")) if code is not None else ()
    return _narrowed(label for c in said
                     for label in _here(table.get((element.name, c.attributes.get("code", "")), ()), section))


def _narrowed(labels: Iterable[str]) -> frozenset[str]:
    found = set(labels)
    if "vitals-panel" in found:
        found.discard("result-panel")    # C32 says of it, too, that it is a group of results
    if not found.isdisjoint(("immunization", "planned-immunization")):
        found.discard("medication")  # IHE's vaccine is a medicine of a kind, and says so
    if "allergy" in found:
        found.discard("problem")     # IHE's allergy is a problem of a kind, and says so
    return frozenset(found)


def _labels(element: Element) -> frozenset[str]:
    section = section_of(element)
    roots = tuple([t.attributes.get("root", "") for t in element.all("templateId")])
    found = _by_template(element.name, roots, section) or _by_code(element, section)
    if element.name == "substanceAdministration" and _is_step(element):
        return frozenset(("dose",))
    if "problem" in found and _reason_of_vaccine(element):
        return frozenset(("indication",))
    if found:
        return found
    table = known()
    around = [e for e in element.above() if e is not element and e.name in STATEMENTS]
    if linked := _linked(element, around):
        return frozenset((linked,))
    label = table.sections.get((element.name, section), "")
    if around and label in around[0].labels:
        label = _INSIDE.get(label, label)
    if label == "procedure-act" and _wraps(element):
        label = ""
    if label and not any(label in e.labels for e in around):
        return frozenset((label,)) if not _inside_part(around) else frozenset()
    above = element.parent
    alone = not around and above is not None and above.name == "entry"
    found_more = (around and element.name == "observation" and not around[0].labels.isdisjoint(_FINDINGS)
                  and any(v.attributes or v.text or v.children for v in element.all("value")))
    if alone and element.name == "substanceAdministration":
        return frozenset(("medication",))     # what is given is a medicine in whatever section it stands
    if alone and element.name == "supply":
        return frozenset((_supplied(element),))
    if element.name == "encounter" and around and element.first("id") is not None and is_told(element):
        return frozenset(("encounter",))      # the visit to which an entry belongs
    if element.name == "procedure" and around and not around[0].labels.isdisjoint(_DOINGS):
        return frozenset(("procedure",))      # a part of another, or what was done at a visit
    return frozenset((OTHER,)) if alone or found_more else frozenset()


def _reason_of_vaccine(problem: Element) -> bool:
    """Whether a problem is why a vaccine was given: mostly what it protects against, which the patient has not."""
    link = problem.parent
    whole = link.parent if link is not None and link.attributes.get("typeCode") == "RSON" else None
    return whole is not None and not whole.labels.isdisjoint(("immunization", "planned-immunization"))


def _wraps(act: Element) -> bool:
    """Whether an act says of itself only that it holds something."""
    code = act.first("code")
    return code is not None and (code.attributes.get("code") == "CONC"
                                 or code.attributes.get("codeSystem") == "2.16.840.1.113883.5.6")


def _is_step(administration: Element) -> bool:
    """Whether it is one dose of another's: split over the day, or tapered; it names no product of its own."""
    above = administration.parent.parent if administration.parent is not None else None
    named = any(e.name in ("code", "name") and (e.attributes.keys() & {"code", "displayName"} or e.text)
                for c in administration.all("consumable") for e in c.below())
    timed = administration.named.keys() & {"effectiveTime", "doseQuantity", "rateQuantity"}
    return above is not None and above.name == "substanceAdministration" and not named and bool(timed)


# In these stand procedures that were done.
_DOINGS = frozenset(("procedure", "procedure-act", "encounter", OTHER))
_MEDICINES = frozenset(f"2.16.840.1.113883.{n}" for n in ("6.88", "6.69", "12.292", "6.59", "6.73"))


def _supplied(supply: Element) -> str:
    """A medicine that was handed over, where its product has a code of medicines or vaccines; else equipment."""
    planned = supply.attributes.get("moodCode") in ("INT", "RQO", "PRMS", "ARQ", "APT", "PRP")
    codes = [c for e in supply.below() if e.name == "code" and e.parent is not None and e.parent.name ==
             "manufacturedMaterial" for c in (e, *e.all("translation"))]
    if any(c.attributes.get("codeSystem") in _MEDICINES for c in codes):
        return "dispense"
    return "planned-supply" if planned else "supply"


# How a part is linked to what it belongs to says what it is: typeCode, labels of the whole → label.
_LINKS = (("MFST", frozenset(("allergy",)), "reaction"),
          ("RSON", frozenset(("medication", "procedure", "procedure-act", "encounter", "immunization",
                               *(f"planned-{n}" for n in ("medication", "immunization", "procedure", "act",
                                                          "observation", "encounter", "supply")))), "indication"))


def _linked(element: Element, around: list[Element]) -> str:
    link = element.parent
    if element.name != "observation" or link is None or link.name != "entryRelationship" or not around:
        return ""
    type = link.attributes.get("typeCode", "")
    whole = around[0]
    if type == "RSON" and whole.attributes.get("negationInd") == "true":
        return "refusal"
    return next((label for t, wholes, label in _LINKS if t == type and not whole.labels.isdisjoint(wholes)), "")


# What stands below these is a part of them, never an entry of its section of its own.
_WHOLES = frozenset(("allergy", "problem", "medication", "immunization", "result", "vital", "procedure", "encounter",
                     "family-observation", "goal", "policy", "supply", "care-team", "note", "social", "smoking"))


# What a part is that has neither template nor code, by what its section would make of it again.
_INSIDE = {"coverage": "policy"}

# What stands below these with a value of its own is another finding.
_FINDINGS = frozenset(("result", "vital", "social", "function", "procedure-observation", "wound-measure",
                       "health-concern", OTHER))


def _inside_part(around: list[Element]) -> bool:
    return any(not e.labels.isdisjoint(_WHOLES) for e in around)


def _here(found: "list[tuple[str, str]] | tuple[()]", section: str) -> list[str]:
    """Labels that count in a section: those that name it, else those that name none."""
    named = [label for s, label in found if s and s == section]
    return named or [label for s, label in found if not s]
