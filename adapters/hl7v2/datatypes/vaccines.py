"""What the OBX below an RXA say of its vaccination (guide for immunisation messaging 1.5, appendix A)."""

from typing import Any

from adapters.hl7v2.datatypes.codes import CWE, ST
from adapters.hl7v2.datatypes.numbers import SI
from adapters.hl7v2.datatypes.parts import Place, at, field
from adapters.hl7v2.datatypes.times import DTM
from adapters.hl7v2.tree import Segment
from gateway.sdk import Context, full

_DOCUMENT, _VACCINE, _PUBLISHED, _PRESENTED = "69764-9", "30956-7", "29768-9", "29769-7"
_DOSE, _DOSES = "30973-2", "59782-3"


def leaflets(node: Place, context: Context) -> list[dict[str, Any]] | None:
    """Immunization.education: leaflets with the dates at which they were published and handed over.

    The OBX of one leaflet have the same OBX-4. A leaflet is named by its document type, else by the vaccine it is
    about; dates without either name none (imm-1).
    """
    groups: dict[str, dict[str, Segment]] = {}
    for segment in node.segment.related("OBX"):
        code, group = at(field(segment, 3), 1), at(field(segment, 4), 1)
        if code is not None and segment.field(5):
            groups.setdefault(str(group.content) if group else "", {}).setdefault(str(code.content), segment)
    found = []
    for said in groups.values():
        dates = full({name: DTM(said[code].field(5)[0], context) for name, code in
                      (("publicationDate", _PUBLISHED), ("presentationDate", _PRESENTED)) if code in said})
        kind = CWE(said[_DOCUMENT].field(5)[0], context, "code") if _DOCUMENT in said else None
        if kind is None and dates and _VACCINE in said:
            kind = CWE(said[_VACCINE].field(5)[0], context, "text")
        if kind is not None:
            found.append({"documentType": kind, **(dates or {})})
    return found or None


def doses(node: Place, context: Context) -> list[dict[str, Any]] | None:
    """Immunization.protocolApplied: which dose it was and of how many, as a number where it is one."""
    said = {str(code.content): s for s in node.segment.related("OBX")
            if s.field(5) and (code := at(field(s, 3), 1)) is not None}
    if _DOSE not in said:
        return None
    found = _counted(said[_DOSE], "doseNumber", context)
    return [{**found, **(_counted(said[_DOSES], "seriesDoses", context) if _DOSES in said else {})}] if found else None


def _counted(segment: Segment, name: str, context: Context) -> dict[str, Any]:
    node = segment.field(5)[0]
    try:
        number = SI(node, context)
    except ValueError:
        number = None
    if number is not None and number.content > 0:
        return {f"{name}PositiveInt": number}
    return full({f"{name}String": ST(node, context)}) or {}
