"""Rulings `value` and `resolved`: which answer a human chose, which issues are settled, and what reopens them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.jsontext import canonical
from gateway.merge.elements import slot
from gateway.merge.findings import Finding
from gateway.merge.issues import facts_of
from gateway.merge.keys import rule
from gateway.merge.rulings import Pair, holding_apart, reopened
from gateway.merge.said import Ruling
from gateway.merge.versions import Entry, Key
from gateway.model import Fact


@dataclass(frozen=True)
class Verdicts:
    """chosen: least key of a class → answer → fact whose answer was chosen; apart: pairs called different;
    resolved: rulings that settle issues, with the keys that they saw; same: those that saw other codes."""

    chosen: Mapping[Key, Mapping[str, str]] = field(default_factory=dict)
    apart: frozenset[Pair] = frozenset()
    resolved: Sequence[tuple[Ruling, frozenset[Key]]] = ()
    same: Sequence[Ruling] = ()
    findings: Sequence[Finding] = ()

    def settle(self, findings: Iterable[Finding], entries: Mapping[Key, Entry]) -> list[Finding]:
        """The findings that no ruling settles, and a new one for each ruling that new evidence reopens."""
        out: list[Finding] = []
        for finding in findings:
            evidence = set(facts_of(finding, entries)) if self.resolved or self.same else set()
            about = [(r, keys) for r, keys in self.resolved
                     if not r.element or slot(r.element) == slot(finding.element)]
            said_same = self.same if _on_code(finding) else ()
            if any(evidence <= set(r.facts) for r in (*said_same, *(r for r, _ in about))):
                continue
            out.append(finding)
            out += [reopened(r, finding.keys) for r, keys in about if keys and keys <= set(finding.keys)]
        return out


def _on_code(finding: Finding) -> bool:
    """Is it that members name different things?"""
    return finding.code == "value-conflict" and finding.element in map(slot, rule(finding.keys[0][1]).code[:1])


def verdicts(rulings: Iterable[Ruling], key_of: Mapping[str, Key], entries: Mapping[Key, Entry],
             class_of: Callable[[Key], Sequence[Key] | None]) -> Verdicts:
    """What the rulings that stand decide about the classes as they are. `class_of`: key → keys of its class."""
    listed = list(rulings)
    chosen: dict[Key, dict[str, set[str]]] = {}
    findings = []
    for ruling in (r for r in listed if r.kind == "value"):
        keys = {key_of[f] for f in ruling.facts if f in key_of}
        classes = [c for k in sorted(keys) if (c := class_of(k))]
        choice = _choice(ruling, keys, entries, classes)
        if choice:
            chosen.setdefault(min(classes[0]), {}).setdefault(slot(ruling.element), set()).add(choice)
        elif classes:
            findings.append(reopened(ruling, [k for k in keys if class_of(k)]))
    kept, quarrels = _agreed(chosen)
    resolved = [(r, frozenset(key_of[f] for f in r.facts if f in key_of)) for r in listed if r.kind == "resolved"]
    same = [r for r in listed if r.kind == "same"]
    return Verdicts(kept, holding_apart(listed, key_of, entries), resolved, same, findings + quarrels)


def _agreed(chosen: Mapping[Key, Mapping[str, set[str]]]) -> tuple[dict[Key, dict[str, str]], list[Finding]]:
    """Where two rulings choose different answers, none of them holds."""
    kept: dict[Key, dict[str, str]] = {}
    quarrels = []
    for key, answers in chosen.items():
        for name, facts in answers.items():
            if len(facts) == 1:
                kept.setdefault(key, {})[name] = min(facts)
            else:
                quarrels.append(Finding("ruling-reopened", (key,), "Two rulings choose different answers.", name))
    return kept, quarrels


def _choice(ruling: Ruling, keys: set[Key], entries: Mapping[Key, Entry],
            classes: Sequence[Sequence[Key]]) -> str | None:
    """The fact whose answer was chosen; None when members, versions or answers are no longer what the ruling saw."""
    if not classes or len(classes) < len(keys) or len({min(c) for c in classes}) > 1:
        return None
    alive = sorted((f for k in classes[0] for f in entries[k].alive), key=lambda f: f.id)
    saying = [f for f in alive if any(slot(n) == slot(ruling.element) for n in f.resource)]
    if not {f.id for f in saying} <= set(ruling.facts):
        return None
    meant = next((_answer(f, ruling) for f in saying if _is(f, ruling)), None)
    return next((f.id for f in saying if _answer(f, ruling) == meant), None)


def _answer(fact: Fact, ruling: Ruling) -> bytes:
    """What a fact says on the matter of the ruling: whoever says it, it is one answer."""
    return canonical({n: v for n, v in fact.resource.items() if slot(n) == slot(ruling.element)})


def _is(fact: Fact, ruling: Ruling) -> bool:
    """Is this the fact, or the answer, that was chosen?"""
    if ruling.choose == fact.id:
        return True
    wanted = canonical(ruling.choose)
    return any(canonical(v) == wanted for n, v in fact.resource.items() if slot(n) == slot(ruling.element))
