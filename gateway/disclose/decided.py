"""What a human rules about: the facts that names in a record stand for, and the answers that they give."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateway.disclose.records import view_of
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import View
from gateway.disclose.visible import visible
from gateway.errors import UsageError, error
from gateway.jsontext import canonical
from gateway.merge import standing
from gateway.opened import Gate


def facts_named(gate: Gate, asked: Asked, person: str, names: Sequence[str], element: str = "",
                choose: Any = None) -> list[str]:
    """The ids of the facts that stand behind fact ids, merged resources and issues (`Type/id`) of a record.

    With `choose`, the answer must be one that a fact gives to `element`, or a fact. Raises UsageError, NotAllowed.
    """
    view = view_of(gate, asked, person)
    try:
        found = sorted({f for name in names for f in _facts(view, name)})
        if choose is not None and choose not in found and choose not in list(_answers(view.record, found, element)):
            raise UsageError(error("ruling-unclear", f"No fact of these gives this answer to {element or 'it'}.",
                                   "--choose", "Give a fact's id, or an answer as gateway record --json shows it."))
    except UsageError:
        hand_over(gate, asked, Answer(404, b""), [view], "empty")
        raise
    hand_over(gate, asked, Answer(200, canonical(found)), [view])
    return found


def rows(gate: Gate, asked: Asked, person: str, masked: bool) -> list[dict[str, Any]]:
    """Rulings about facts that this reader sees, oldest first; masked: without what was chosen and why."""
    view = view_of(gate, asked, person)
    with gate.store.read() as tx:
        said = visible(tx, asked.request, view.person, gate.tables.versions).assertions
    undone = {a.body["of"] for a in standing(said) if a.kind == "undo"}
    found = sorted(({"id": a.id, "ruling": a.body.get("ruling"), "facts": len(a.body.get("facts", ())),
                     "element": a.body.get("element", ""), "choose": "" if masked else a.body.get("choose", ""),
                     "by": a.body.get("by", ""), "at": a.body.get("at", ""),
                     "reason": "" if masked else a.body.get("reason", ""), "undone": a.id in undone}
                    for a in said if a.kind == "ruling"), key=lambda r: (r["at"], r["id"]))
    hand_over(gate, asked, Answer(200, canonical(found)), [view])
    return found


def _facts(view: View, name: str) -> Iterable[str]:
    if name in view.facts:
        return [name]
    if name in view.record["provenance"]:
        return list(view.record["provenance"][name]["resourceType"])
    issue = next((i for i in view.record["issues"] if name == f"DetectedIssue/{i['id']}"), None)
    if issue is None:
        raise UsageError(error("fact-unknown", "The record holds no fact, resource or issue of this name.", name[:80],
                               "Take it from: gateway record PERSON --json"))
    return [d["identifier"]["value"] for e in issue.get("evidence", ()) for d in e.get("detail", ())]


def _answers(record: Mapping[str, Any], facts: Sequence[str], element: str) -> Iterable[Any]:
    """What is shown at an element of the resources of these facts, and what is not."""
    shown = {record["ledger"][f]["by"] for f in facts if f in record["ledger"]}
    for resource in record["resources"]:
        name = f"{resource['resourceType']}/{resource['id']}"
        if name in shown:
            yield from (v for n, v in resource.items() if n == element)
            yield from (a["value"] for a in record["alternatives"].get(name, {}).get(element, ()))
