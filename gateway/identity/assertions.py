"""What people said about source patients: same, never, split, undo. Neither order nor clock decides."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import Issue, Severity
from gateway.model import Assertion

Member = tuple[str, str]
Pair = tuple[Member, Member]
_LISTS = ("members", "records", "patients")


def spelled(member: Member) -> str:
    """A member as it is printed: `source/Patient-id`."""
    return f"{member[0]}/{member[1]}"


@dataclass
class Said:
    """The assertions that stand. same and never: pairs, the lesser first; split: member → earliest time; apart: members
    (epochs) that a split keeps from being linked by a computer."""

    same: set[Pair] = field(default_factory=set)
    never: set[Pair] = field(default_factory=set)
    split: dict[Member, str] = field(default_factory=dict)
    apart: set[Member] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)


def standing(assertions: Iterable[Assertion]) -> list[Assertion]:
    """The assertions that no standing undo takes back, by id; undos that undo each other in a ring do not stand."""
    by_id = {a.id: a for a in assertions}
    undone: dict[str, list[str]] = {}
    for a in by_id.values():
        if a.kind == "undo":
            undone.setdefault(str(a.body.get("of")), []).append(a.id)
    stands: dict[str, bool] = {}
    waiting = set(by_id)
    while waiting:
        known = {i for i in waiting if all(u in stands for u in undone.get(i, ()))}
        if not known:
            stands.update(dict.fromkeys(waiting, False))
            break
        for i in known:
            stands[i] = not any(stands[u] for u in undone.get(i, ()))
        waiting -= known
    return [by_id[i] for i in sorted(by_id) if stands[i]]


def _spellings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        resource = value.get("resource")
        key = value.get("id") or value.get("patient") or value.get("reference") or (
            resource.get("id") if isinstance(resource, Mapping) else None)
        yield f"{value.get('source')}/{key}"
    elif isinstance(value, list | tuple) and len(value) == 2:
        yield f"{value[0]}/{value[1]}"


def _name(value: Any, members: Mapping[str, Member]) -> Member | None:
    for text in _spellings(value):
        for form in (text, text.replace("/Patient/", "/", 1), text.replace("|", "/", 1), text.replace("#", "/", 1)):
            if form in members:
                return members[form]
    return None


def named(assertion: Assertion) -> list[Any]:
    """The members as they were said; `Patient/id` is one of the source that says it."""
    body = assertion.body
    found = [body[k] for k in ("a", "b") if k in body]
    for name in _LISTS:
        if isinstance(body.get(name), list):
            found += body[name]
    source = body.get("source")
    return [f"{source}/{v}" if source and isinstance(v, str) and v.startswith("Patient/") else v for v in found]


def said(assertions: Iterable[Assertion], members: Iterable[Member]) -> Said:
    """Read what stands about the members that are there. Others are told as issues and change nothing."""
    known = {spelled(m): m for m in members}
    out = Said()
    for assertion in standing(assertions):
        if assertion.kind not in ("same", "never", "split"):
            continue
        values = named(assertion)
        found = [_name(v, known) for v in values]
        out.issues += [_unknown(assertion, v) for v, m in zip(values, found, strict=True) if m is None]
        present = sorted({m for m in found if m is not None})
        if assertion.kind == "split":
            since = str(assertion.body.get("since") or "")
            out.split |= {m: min(since, out.split.get(m, since)) for m in present}
            out.apart.update(present)
        else:
            pairs = {(x, y) for i, x in enumerate(present) for y in present[i + 1:]}
            (out.same if assertion.kind == "same" else out.never).update(pairs)
    return out


def _unknown(assertion: Assertion, value: Any) -> Issue:
    return Issue("identity-unknown-member", Severity.warning,
                 f"The assertion {assertion.id[:16]} ({assertion.kind}) names a patient that is not here; it waits "
                 "until that record comes.", f"{value!r:.80}", "Check the source and the id.")
