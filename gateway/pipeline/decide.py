"""What humans say about facts of one person: the same, different, this answer is right, settled. Never an edit."""

from collections.abc import Sequence
from typing import Any

from gateway.errors import UsageError, error
from gateway.model import Assertion
from gateway.opened import Gate, iso
from gateway.store import assertions, facts
from gateway.store.patients import Ref

KINDS = {"same": "these are one thing", "different": "these are different things", "value": "this answer is right",
         "resolved": "the issue about these is settled"}


def rule(gate: Gate, kind: str, about: Sequence[str], by: str, reason: str, element: str = "", choose: Any = None,
         dry_run: bool = False) -> dict[str, Any]:
    """Assert a ruling about facts. It holds while they are what it saw; new evidence reopens it.

    about  ids of the facts; element and choose: the answer that is right, for a ruling `value`
    Returns {id, applied, facts}. Raises UsageError.
    """
    if kind in ("same", "different") and len(about) < 2:
        raise UsageError(error("ruling-unclear", f"A ruling `{kind}` needs two facts or more.", "NAME",
                               "Name several facts, or resources that hold several."))
    if (kind == "value") != (choose is not None) or (kind == "value" and not element):
        raise UsageError(error("ruling-unclear", "--element and --choose belong to a ruling `value`; it needs both.",
                               "--choose", 'For instance: --element criticality --choose "high"'))
    body = {"ruling": kind, "facts": sorted(about), **({"element": element} if element else {}),
            **({"choose": choose} if choose is not None else {}), "by": by, "at": iso(gate.now()), "reason": reason}
    said = Assertion("ruling", body)
    if not dry_run:
        with gate.store.write(gate.now()) as tx:
            whom = {Ref(r.source, r.patient_key) for r in facts.of_ids(tx, about) if r.patient_key}
            assertions.add(tx, [(said, sorted(whom))])
    return {"id": said.id, "applied": not dry_run, "facts": len(about)}
