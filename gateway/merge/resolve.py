"""Step 4: one body out of the members of a class, element by element; what is not shown stays as an alternative.

An answer (a Quantity, a Period, a choice [x], a dosage) is atomic: it comes whole from one fact. Lists whose members
stand for themselves are united. Codings are united only among facts that name the same concept.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from gateway.jsontext import canonical
from gateway.merge.body import items, references, text
from gateway.merge.canonical import concept
from gateway.merge.choices import preferred
from gateway.merge.elements import FOLLOWS, UNITED, slot, tells
from gateway.merge.keys import rule
from gateway.merge.meaning import Meaning
from gateway.merge.meta import meta
from gateway.merge.narrative import narrative
from gateway.merge.terms import Tables
from gateway.merge.versions import Key

Json = dict[str, Any]
_OWN = frozenset({"resourceType", "id", "meta"})


@dataclass(frozen=True, slots=True)
class Member:
    """One fact of a class, its references rewritten.

    tier     facts of one tier may refine each other's answers
    targets  keys that its references mean; refs: the merged resources that they point to
    """

    fact: str
    source: str
    body: Mapping[str, Any]
    tier: Any = ()
    targets: frozenset[Key] = frozenset()
    refs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Resolved:
    """body; provenance: element → facts that say so; alternatives: element → [{value, facts}]."""

    body: Json
    provenance: dict[str, list[str]]
    alternatives: dict[str, list[Json]]


def resolve(type: str, id: str, members: Sequence[Member], meaning: Meaning, chosen: Mapping[str, str]) -> Resolved:
    """The resource of a class.

    members  in rank order, the winner first
    chosen   element → fact whose answer a human ruling chose
    """
    if len(members) == 1:
        return _single(type, id, members[0])
    shown = _shown(type, members, meaning, chosen)
    head: Json = {"resourceType": type, "id": id}
    labels = meta([m.body for m in members])
    provenance = {"resourceType": sorted({m.fact for m in members})}
    alternatives: dict[str, list[Json]] = {}
    for name in sorted({n for m in members for n in m.body} - _OWN):
        saying, others = _said(name, shown, members)
        if name in shown:
            provenance[name] = saying
        if others:
            alternatives[name] = others
    if labels:
        head["meta"] = labels
        provenance["meta"] = sorted({m.fact for m in members if "meta" in m.body})
    if "text" in alternatives:
        shown["text"] = narrative({**head, **shown})
        provenance["text"] = provenance["resourceType"]
    return Resolved({**head, **{n: shown[n] for n in sorted(shown)}}, dict(sorted(provenance.items())), alternatives)


def _single(type: str, id: str, member: Member) -> Resolved:
    """A class of one fact says what the fact says."""
    body: Json = {"resourceType": type, "id": id}
    labels = meta([member.body]) if "meta" in member.body else {}
    if labels:
        body["meta"] = labels
    body |= {n: member.body[n] for n in sorted(member.body) if n not in _OWN}
    return Resolved(body, {n: [member.fact] for n in sorted(body) if n != "id"}, {})


def _shown(type: str, members: Sequence[Member], meaning: Meaning, chosen: Mapping[str, str]) -> Json:
    by_slot: dict[str, list[Member]] = {}
    for member in members:
        for name in {slot(n) for n in member.body if n not in _OWN}:
            by_slot.setdefault(name, []).append(member)
    shown: Json = {}
    follows, choose = FOLLOWS.get(type, {}), rule(type).choose
    told = by_slot.pop("text", [])
    if len(told) == len(members) and all(identical(m.body.get("text"), told[0].body.get("text")) for m in told):
        shown["text"] = told[0].body["text"]
    for name in sorted(by_slot, key=lambda n: (n in follows, n)):
        saying = _agreeing(by_slot[name], follows[name], shown) if name in follows else by_slot[name]
        if saying:
            shown |= _answer(name, saying, meaning, chosen.get(name), choose.get(name, ""))
    return _with_contained(shown) if "contained" in shown else shown


def _with_contained(shown: Json) -> Json:
    """Of the contained resources those that what is shown refers to (dom-3); the others stay beside it."""
    by_id = {f"#{text(c, 'id')}": c for c in items(shown, "contained")}
    rest = {n: v for n, v in shown.items() if n != "contained"}
    todo, kept = [r for r in references(rest) if r in by_id], set()
    while todo:
        reference = todo.pop()
        if reference not in kept:
            kept.add(reference)
            todo += [r for r in references(by_id[reference]) if r in by_id]
    listed = [c for r, c in by_id.items() if r in kept]
    return {**rest, "contained": listed} if listed else rest


def _agreeing(saying: Iterable[Member], leader: str, shown: Json) -> list[Member]:
    """The members that give the leading answer that is shown."""
    led = {n: v for n, v in shown.items() if slot(n) == leader}
    return [m for m in saying if identical({n: v for n, v in m.body.items() if slot(n) == leader}, led)]


def _answer(name: str, saying: Sequence[Member], meaning: Meaning, chosen: str | None, choice: str) -> Json:
    """The answer to one question: united, or that of the winner."""
    if name == "extension":
        return {name: _extensions(saying)}
    if name in UNITED and all(isinstance(m.body.get(name, []), list) for m in saying):
        united = _united(m.body[name] for m in saying if name in m.body)
        return {name: united} if united else {}
    if name == "contained":
        return {name: _united(m.body[name] for m in saying if isinstance(m.body.get(name), list))}
    telling = [m for m in saying if tells(name, m.body)] or saying
    winner = next((m for m in saying if m.fact == chosen), None) or (
        _preferred(choice, name, telling, meaning) if choice else meaning.finest(name, _leading(name, telling)))
    answer = {n: v for n, v in winner.body.items() if slot(n) == name} | _beside(name, winner, saying)
    return {n: _codings(v, [m for m in saying if n in m.body], n, meaning.tables, winner) for n, v in answer.items()}


def _beside(name: str, winner: Member, saying: Iterable[Member]) -> Json:
    """The extensions of a primitive whose value the winner gives without any: of the first who gives them with it."""
    found: Json = {}
    for n, said in winner.body.items():
        if slot(n) == name and not isinstance(said, (dict, list)) and f"_{n}" not in winner.body:
            with_it = (m.body[f"_{n}"] for m in saying if f"_{n}" in m.body and identical(m.body.get(n), said))
            found |= {f"_{n}": extensions for extensions in islice(with_it, 1)}
    return found


def _preferred(choice: str, name: str, saying: Sequence[Member], meaning: Meaning) -> Member:
    """The member that the table prefers, or who says the same more precisely."""
    best = preferred(choice, name, saying)
    finer = [m for m in saying if m.tier == best.tier and meaning.refines(name, m, best)]
    return _preferred(choice, name, finer, meaning) if finer else best


def _leading(name: str, saying: Sequence[Member]) -> Sequence[Member]:
    """A reference that leads to a resource of the record goes before those that lead nowhere."""
    return [m for m in saying if isinstance(m.body.get(name), dict) and "reference" in m.body[name]] or saying


def _codings(value: Any, saying: Sequence[Member], name: str, tables: Tables, winner: Member) -> Any:
    """A CodeableConcept with the codings of all members that name the same concept."""
    if not isinstance(value, dict) or not isinstance(value.get("coding"), list):
        return value
    named = concept(value, tables, winner.source)
    same = [m.body[name] for m in saying if isinstance(m.body[name], dict) and named is not None
            and concept(m.body[name], tables, m.source) == named]
    coded = [c for s in (value, *same) for c in items(s, "coding")]
    best: dict[Any, Json] = {}
    for coding in coded:
        key = (text(coding, "system"), text(coding, "code") or canonical(coding), text(coding, "version"))
        if key not in best or (text(coding, "display") and not text(best[key], "display")):
            best[key] = dict(coding)
    words = next((t for s in (value, *same) if (t := text(s, "text"))), "")
    return {**value, "coding": list(best.values()), **({"text": words} if words else {})}


def _united(lists: Iterable[Any]) -> list[Any]:
    """Distinct entries as first said; one that says less than another goes into it."""
    distinct: dict[bytes, Any] = {}
    for entry in (e for entries in lists for e in entries):
        distinct.setdefault(canonical(entry), entry)
    entries = list(distinct.values())
    return [e for e in entries if not any(_less(e, o) for o in entries)] if len(entries) <= _MANY else entries


_MANY = 200


def _less(entry: Any, other: Any) -> bool:
    """Does the other entry say all of this one, and more?"""
    if not isinstance(entry, dict) or not isinstance(other, dict) or len(entry) >= len(other):
        return False
    return all(k in other and identical(v, other[k]) for k, v in entry.items())


def _extensions(saying: Sequence[Member]) -> list[Any]:
    """Extensions by url: each url's answer comes whole from the first member that gives it."""
    answers: dict[Any, list[Any]] = {}
    for member in saying:
        own: dict[Any, list[Any]] = {}
        entries = member.body.get("extension")
        for extension in entries if isinstance(entries, list) else ():
            own.setdefault(text(extension, "url") if isinstance(extension, dict) else "", []).append(extension)
        for url, said in own.items():
            answers.setdefault(url, said)
    return [e for url in sorted(answers) for e in answers[url]]


def _said(name: str, shown: Json, members: Iterable[Member]) -> tuple[list[str], list[Json]]:
    """The facts whose answer the shown one holds; and what is not shown, each with the facts that say it, in rank order
    of the first who says it."""
    holds = _holder(name, shown[name]) if name in shown else None
    saying: set[str] = set()
    others: dict[bytes, tuple[Any, set[str]]] = {}
    for member in members:
        if name in member.body:
            said = member.body[name]
            if holds and holds(said):
                saying.add(member.fact)
            else:
                others.setdefault(canonical(said), (said, set()))[1].add(member.fact)
    return sorted(saying), [{"value": value, "facts": sorted(facts)} for value, facts in others.values()]


def _holder(name: str, shown: Any) -> Callable[[Any], bool]:
    """Does the shown value hold everything that a member said there?"""
    united = isinstance(shown, list) and (name in UNITED or name in ("extension", "contained"))
    have: set[bytes] = set()

    def holds(said: Any) -> bool:
        if identical(shown, said):
            return True
        if united and isinstance(said, list):
            if not have:
                have.update(map(canonical, shown))
            return all(canonical(e) in have or any(_less(e, s) for s in shown) for e in said)
        return isinstance(shown, dict) and isinstance(said, dict) and "coding" in said and "coding" in shown and (
            _covers_concept(shown, said))

    return holds


def identical(a: Any, b: Any) -> bool:
    """Are two JSON values the same text? 1.50 is not 1.5, and 1 is not true."""
    if a is b:
        return True
    if isinstance(a, dict):
        return isinstance(b, dict) and len(a) == len(b) and all(k in b and identical(v, b[k]) for k, v in a.items())
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(identical, a, b))
    return isinstance(b, str) and a == b if isinstance(a, str) else not isinstance(b, str) and str(a) == str(b)


def _covers_concept(shown: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    if set(said) - {"coding", "text"} or (text(said, "text") and text(said, "text") != text(shown, "text")):
        return False
    have = {(text(c, "system"), text(c, "code"), text(c, "version")): c for c in items(shown, "coding")}
    for coding in items(said, "coding"):
        same = have.get((text(coding, "system"), text(coding, "code"), text(coding, "version")))
        if same is None or text(coding, "display") not in ("", text(same, "display")):
            return False
    return True
