"""A code whose text, and whose code system, stand in fields of their own: DG1-3 with DG1-4 and DG1-2."""

from typing import Any

from adapters.hl7v2.datatypes.codes import CWE, ST
from adapters.hl7v2.datatypes.parts import field
from adapters.hl7v2.tree import Node
from gateway.sdk import Context


def described(node: Node, context: Context, text: str, system: str = "") -> dict[str, Any] | None:
    """CodeableConcept with the text of the field `text` of the same segment, if it has one.

    system  the field that names the code system where component 3 does not: `DG1-3 as described(DG1-4, DG1-2)`
    """
    concept = CWE(node, context, f"-{system.rpartition('-')[2]}" if system else "")
    place = field(node, int(text.rpartition("-")[2]))
    said = ST(place, context) if place is not None else None
    return {**concept, "text": said} if concept and said else concept
