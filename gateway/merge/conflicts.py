"""Step 6, inside one class: answers to a question of safety, codes or polarity that differ, versions that clash."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from gateway.merge.body import codes, items, text
from gateway.merge.canonical import concept
from gateway.merge.documents import attachments, differ
from gateway.merge.doses import contradict, dosages
from gateway.merge.elements import slot, tells
from gateway.merge.findings import Finding
from gateway.merge.keys import MEDICINES, rule
from gateway.merge.made import Made
from gateway.merge.meaning import Meaning
from gateway.merge.resolve import Member
from gateway.merge.versions import Entry

_STAGES = frozenset({"registered", "preliminary", "final", "amended", "corrected"})
_SEVERITY = ("mild", "moderate", "severe")


def inside(made: Made, meaning: Meaning) -> Iterator[Finding]:
    """The conflicts of one class."""
    shown = Member("", made.members[0].source, _as_told(made))
    differing = {slot(n) for n in made.resolved.alternatives}
    named = [f.concept for f in made.forms if f.concept is not None]
    about = slot((*rule(made.type).code, "")[0])
    if len(set(named)) > 1 and about in differing:
        yield _conflict(made, about, "value-conflict", _saying(made, about))
    for name, code in sorted(rule(made.type).conflicts.items()):
        saying = _saying(made, name)
        if name in differing and _differ(made, name, saying, meaning, shown):
            yield _conflict(made, name, code, saying)
            if name == "value" and len({v.kind for v in map(meaning.result, saying) if v.number is not None}) > 1:
                yield Finding("unit-mismatch", made.keys, "Sources give units that cannot be compared.", name)
    if made.type == "AllergyIntolerance":
        yield from _reactions(made, meaning)
    if len({f.negative for f in made.forms}) > 1:
        yield Finding("polarity-conflict", made.keys, "One source says that it was so, another that it was not.")


def _as_told(made: Made) -> Mapping[str, Any]:
    """What is shown; where no source lists a medicine any more, with the status that they told."""
    body = made.resolved.body
    if "status" not in body or any(m.body.get("status") == body["status"] for m in made.members):
        return body
    return {**body, "status": made.resolved.alternatives["status"][0]["value"]}


def _saying(made: Made, name: str) -> list[Member]:
    return [m for m in made.members if tells(name, m.body)]


def _conflict(made: Made, name: str, code: str, saying: Sequence[Member]) -> Finding:
    facts = tuple(sorted(m.fact for m in saying))
    said = ", ".join(sorted({f"{m.source}: {_brief(m, name)}" for m in saying}))
    if made.type == "Observation" and name == "status":
        stages = {text(m.body, "status") for m in saying}
        if len(stages) > 1 and stages <= _STAGES:
            code, said = "stale-version", f"{said}; one still holds an earlier stage"
    return Finding(code, made.keys, f"Sources differ on {name} ({said}).", name, facts)


def _brief(member: Member, name: str) -> str:
    """What a member says, in a few words."""
    for element, value in member.body.items():
        if slot(element) == name and not element.startswith("_"):
            if isinstance(value, dict):
                amount = [str(value[n]) for n in ("comparator", "value", "unit") if "value" in value and n in value]
                return text(value, "text") or " ".join(amount or sorted(codes({"it": value}, "it"))) or "…"
            return "…" if isinstance(value, list) else str(value)
    return ""


def _reactions(made: Made, meaning: Meaning) -> Iterator[Finding]:
    """A severity gap: two facts that give one manifestation different severities."""
    grades: dict[str, set[str]] = {}
    facts: set[str] = set()
    for member in made.members:
        for reaction in items(member.body, "reaction"):
            if text(reaction, "severity") in _SEVERITY:
                for manifestation in items(reaction, "manifestation"):
                    named = concept(manifestation, meaning.tables, member.source)
                    if named:
                        grades.setdefault(named, set()).add(text(reaction, "severity"))
                        facts.add(member.fact)
    if any(len(g) > 1 for g in grades.values()):
        yield Finding("value-conflict", made.keys, "Sources differ on how severe the reaction was.", "reaction",
                      tuple(sorted(facts)))


def clash(entry: Entry) -> Finding:
    """Two bodies under one version."""
    return Finding("version-clash", (entry.key,), "One source gives two contents under one version.", "",
                   tuple(sorted(f.id for f in entry.alive)))


def _differ(made: Made, name: str, saying: Sequence[Member], meaning: Meaning, shown: Member) -> bool:
    """Is there an answer that the shown one neither equals nor says more precisely?"""
    read = _READ.get((made.type, name))
    if read is None:
        return meaning.conflict(name, saying, shown)
    return read([m for m in saying if meaning.of("value", m) == meaning.of("value", shown)], shown, meaning)


def _bytes_differ(saying: Sequence[Member], *_: object) -> bool:
    """One document with different bytes, none of which replaced the others."""
    told = [attachments(m.body) for m in saying
            if text(m.body, "status") != "superseded" and not items(m.body, "relatesTo")]
    return any(differ(a, b) for a, b in combinations(told, 2))


def _dose_numbers_differ(saying: Sequence[Member], *_: object) -> bool:
    told = [n for m in saying if (n := {str(v) for p in items(m.body, "protocolApplied")
                                        for k, v in p.items() if k.startswith("doseNumber")})]
    return any(not a & b for a, b in combinations(told, 2))


def _doses_differ(saying: Sequence[Member], shown: Member, meaning: Meaning) -> bool:
    said = dosages(shown.body, meaning.tables, shown.source)
    return any(contradict(said, dosages(m.body, meaning.tables, m.source)) for m in saying)


def _flags_differ(saying: Sequence[Member], *_: object) -> bool:
    """Abnormal here and normal there, or high here and low there; how abnormal is no conflict."""
    told = {_FLAGS[c] for m in saying for c in codes(m.body, "interpretation") if c in _FLAGS}
    return len(told - {"abnormal"}) > 1 or {"normal", "abnormal"} <= told


_FLAGS = {"N": "normal", **dict.fromkeys(("H", "HH", "HU", "HX"), "high"),
          **dict.fromkeys(("L", "LL", "LU", "LX"), "low"), **dict.fromkeys(("A", "AA"), "abnormal")}
# What is read of an answer where only a part of it can be in conflict.
_READ: Mapping[tuple[str, str], Callable[[Sequence[Member], Member, Meaning], bool]] = {
         **{(type, name): _doses_differ for type in MEDICINES for name in ("dosage", "dosageInstruction")},
         ("DocumentReference", "content"): _bytes_differ, ("Immunization", "protocolApplied"): _dose_numbers_differ,
         ("Observation", "interpretation"): _flags_differ}
