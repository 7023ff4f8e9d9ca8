"""The log itself, handed out: search, page, export, verification, accounting. Reading the log is an entry too."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gateway.audit.verify import Verdict, anchors_text, read_anchors, verify
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.opened import Gate

SHOWN = 200


def rows(gate: Gate, person: str = "", since: str = "", until: str = "9") -> Iterator[dict[str, Any]]:
    """Rows of `gateway audit search`: metadata, no clinical content."""
    for e in gate.log.search(person or None, since, until):
        yield {"entry": e["entry"], "time": e["time"], "who": e.get("who", ""), "purpose": e.get("purpose", ""),
               "person": e.get("subject"), "view": e.get("view", ""), "outcome": e.get("outcome", ""),
               "action": e.get("action", ""), "direction": e.get("direction", ""), "facts": e.get("facts", 0),
               "organisation": e.get("organisation", ""), "country": e.get("country", ""), "rules": e.get("rules", [])}


def verified(gate: Gate) -> Verdict:
    """Verify the home's own log against its own checkpoints: an operator's check, not an outsider's."""
    anchors = anchors_text(gate.log.verifier_key, gate.log.checkpoints()).encode()
    return verify(gate.log.lines(), read_anchors(anchors))


def page(gate: Gate, asked: Asked, render: Callable[[Mapping[str, Any]], bytes]) -> Answer:
    """The regulator's page."""
    gate.log.checkpoint()
    verdict, found = verified(gate), list(rows(gate))
    for row in found:
        place = f"{row['organisation']} {row['country']}".strip()
        row["route"] = f"{place} → here" if row["direction"] == "in" else f"here → {place}"
    body = render({"verified": verdict.state == "VERIFIED", "verdict": verdict.words(), "total": len(found),
                   "entries": found[::-1][:SHOWN]})
    return hand_over(gate, asked, Answer(200, body, {"Content-Type": "text/html; charset=utf-8"}), ())


def export(gate: Gate, asked: Asked, out: Path, anchors: Path) -> int:
    """Write the log and its anchors: first its own entry, then a checkpoint over everything, then the files."""
    hand_over(gate, asked, Answer(200, b""), ())
    gate.log.checkpoint()
    size = gate.log.size()
    with out.open("wb") as f:
        for line in gate.log.lines(1, size):
            f.write(line + b"\n")
    anchors.write_text(anchors_text(gate.log.verifier_key, gate.log.checkpoints()), "utf-8")
    return size
