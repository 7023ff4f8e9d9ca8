"""Blood pressure: the systolic and the diastolic value of one measurement, which C-CDA writes side by side (CDA-07)."""

from collections.abc import Iterator

from adapters.ccda.tree import Document, Element

UPPER, LOWER = "8480-6", "8462-4"
LABEL = "pressure"                   # of the systolic value of a pair


def pair(document: Document, vitals: list[Element]) -> None:
    """Pair the values of one panel and one time, in their order; the upper ones get a label of their own."""
    waiting: dict[tuple[int, str], list[Element]] = {}
    for upper in _of(vitals, UPPER):
        waiting.setdefault(_taken(upper), []).append(upper)
    for lower in _of(vitals, LOWER) if waiting else ():
        if uppers := waiting.get(_taken(lower)):
            upper = uppers.pop(0)
            document.paired[upper] = lower
            upper.labels |= {LABEL}


def _of(vitals: list[Element], code: str) -> Iterator[Element]:
    for vital in vitals:
        said = vital.first("code")
        if said is not None and any(c.attributes.get("code") == code for c in (said, *said.all("translation"))):
            yield vital


def _taken(vital: Element) -> tuple[int, str]:
    """The panel in which it stands, and its time as written; "" where it has that of the panel."""
    panel = next((e for e in vital.above() if e.name == "organizer"), vital)
    time, whole = vital.first("effectiveTime"), panel.first("effectiveTime")
    written = time.attributes.get("value", "") if time is not None else ""
    return panel.group, "" if whole is not None and written == whole.attributes.get("value") else written
