"""What every part of a page needs besides its resource, derived once from the record (output of `gateway merge`)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.summary.sections import SourceSaid

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """facts: fact id → {source, asserted, received}; said_by: "Type/id" → sources; issues: "Type/id" → issues on it.

    `by_ref` is the directory too: "Type/id" → resource, for the names behind references.
    seen: do the automatic checks know what an allergy is about?
    """

    record: Mapping[str, Any]
    facts: Mapping[str, Mapping[str, Any]]
    sources: Mapping[str, SourceSaid]
    now: str
    by_ref: Mapping[str, Resource]
    said_by: Mapping[str, Sequence[str]]
    issues: Mapping[str, Sequence[Resource]]
    seen: Callable[[Resource], bool]

    def codes(self, reference: str) -> set[str]:
        """Codes of the issues on a row."""
        return {code_of(i) for i in self.issues.get(reference, ())}


def context(record: Mapping[str, Any], facts: Mapping[str, Mapping[str, Any]], sources: Sequence[SourceSaid],
            now: str, seen: Callable[[Resource], bool] = lambda _: False) -> Context:
    """The context of one reading."""
    issues: dict[str, list[Resource]] = {}
    for issue in record["issues"]:
        for reference in implicated(issue):
            issues.setdefault(reference, []).append(issue)
    source_of = {id: str(f["source"]) for id, f in facts.items()}
    return Context(record, facts, {s.name: s for s in sources}, now, {ref(r): r for r in record["resources"]},
                   contributors(record, source_of), issues, seen)


def contributors(record: Mapping[str, Any], source_of: Mapping[str, str]) -> dict[str, list[str]]:
    """"Type/id" → sources whose facts stand behind it, alternatives included. `source_of`: fact id → source."""
    return {reference: sorted({source_of[f] for f in facts if f in source_of})
            for reference, facts in behind(record).items()}


def behind(record: Mapping[str, Any]) -> dict[str, set[str]]:
    """"Type/id" → ids of the facts behind it, alternatives included."""
    out: dict[str, set[str]] = {}
    for reference, elements in record["provenance"].items():
        out.setdefault(reference, set()).update(f for facts in elements.values() for f in facts)
    for reference, elements in record["alternatives"].items():
        out.setdefault(reference, set()).update(f for values in elements.values() for v in values for f in v["facts"])
    return out


def sayings(c: Context, reference: str, element: str) -> list[tuple[str, Any, list[str]]]:
    """(element, value, sources) for everything said on one question (`value`, `dosage` …): what is shown first."""
    resource, shown = c.by_ref.get(reference, {}), c.record["provenance"].get(reference, {})
    out = [(e, resource[e], _sources(c, shown.get(e, ()))) for e in resource if _answers(e, element)]
    for name, values in sorted(c.record["alternatives"].get(reference, {}).items()):
        if _answers(name, element):
            out += [(name, v["value"], _sources(c, v["facts"])) for v in values]
    return out


def _answers(name: str, element: str) -> bool:
    """`valueQuantity` and `value` answer the question `value`; `dosageInstruction` answers `dosage`."""
    rest = name.removeprefix(element)
    return rest != name and (not rest or rest[0].isupper())


def _sources(c: Context, facts: Iterable[str]) -> list[str]:
    return sorted({str(c.facts[f]["source"]) for f in facts if f in c.facts})


def ref(resource: Resource) -> str:
    """`Type/id` of a resource."""
    return f"{resource['resourceType']}/{resource['id']}"


def code_of(issue: Resource) -> str:
    """The code of a DetectedIssue."""
    return str(issue["code"]["coding"][0]["code"])


def implicated(issue: Resource) -> list[str]:
    """The rows that a DetectedIssue is about."""
    return [i["reference"] for i in issue.get("implicated", ()) if i.get("reference")]
