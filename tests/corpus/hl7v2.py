"""All HL7 v2 files of the corpora through `gateway map run`: what became of every leaf, and of the expected facts.

`CORPUS=… python -m tests.corpus.hl7v2 [--missing]` prints the figures; `--missing` adds every expected fact that is
not in ours, with its message.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.hl7v2 import HL7v2
from gateway.fhir.validate import validate
from gateway.jsontext import loads
from gateway.mapping.ledger import unnumbered
from gateway.pure.mapping import Chosen, messages
from tests.corpus.clinical_facts import Clue, facts, missing

CORPUS = Path(os.environ.get("CORPUS", "."))
MICROSOFT = "microsoft+FHIR-Converter"
SAMPLES = "data/SampleData/Hl7v2"


@dataclass
class Measured:
    """Sums over all messages. `missing`: (file, expected fact)."""

    messages: int = 0
    leaves: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)
    resources: Counter[str] = field(default_factory=Counter)
    issues: Counter[str] = field(default_factory=Counter)
    invalid: list[str] = field(default_factory=list)
    expected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missing: list[tuple[str, Clue]] = field(default_factory=list)

    def share(self, kind: str) -> float:
        """Part of all leaves that ended as this kind."""
        return self.leaves[kind] / max(1, self.leaves.total())

    def recall(self, kind: str = "") -> float:
        """Part of the expected facts, of one kind or of all, that are in ours."""
        if kind:
            return self.found[kind] / max(1, self.expected[kind])
        return self.found.total() / max(1, self.expected.total())


def files() -> Iterator[Path]:
    """Every file below hl7v2/ that looks like HL7 v2, whatever it is called."""
    for path in sorted((CORPUS / "hl7v2").rglob("*")):
        if path.is_file() and path.suffix not in (".json", ".csv", ".xml", ".md") and HL7v2().sniff(path.read_bytes()):
            yield path


def expectations() -> dict[str, list[dict[str, Any]]]:
    """Name of a sample → resources of the bundle that its authors expect."""
    found = (CORPUS / "hl7v2" / MICROSOFT).glob("src/*/TestData/Expected/Hl7v2/*/*-expected.json")
    return {p.name.removesuffix("-expected.json"): [e["resource"] for e in loads(p.read_bytes())["entry"]] for p in found}


def measure() -> Measured:
    """Run everything once."""
    out, wanted = Measured(), expectations()
    for path in files():
        made = _run(path, out)
        if path.stem in wanted and SAMPLES in str(path):
            _compare(path.stem, facts(wanted[path.stem]), facts(made), out)
    return out


def _run(path: Path, out: Measured) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for found in messages(path.name, path.read_bytes(), Chosen()):
        mapped, out.messages = found.result.mapped, out.messages + 1
        out.leaves.update(mapped=len(mapped.ledger.mapped), ignored=len(mapped.ledger.ignored),
                          unmapped=len(mapped.ledger.unmapped))
        out.unmapped.update(unnumbered(p) for p in mapped.ledger.unmapped)
        out.resources.update(r["resourceType"] for r in mapped.resources)
        out.issues.update(i.code for i in mapped.issues)
        out.invalid += [f"{path.name}: {i.where} {i.message}" for r in mapped.resources for i in validate(r)
                        if i.severity == "error"]
        made += mapped.resources
    return made


def _compare(name: str, wanted: set[Clue], ours: set[Clue], out: Measured) -> None:
    lacking = missing(wanted, ours)
    out.expected.update(clue[0] for clue in wanted)
    out.found.update(clue[0] for clue in wanted - lacking)
    out.missing += [(name, clue) for clue in lacking]


def main() -> None:
    """Print the figures."""
    out = measure()
    print(f"messages {out.messages}  leaves " + "  ".join(f"{k} {out.share(k):.1%}" for k in out.leaves))
    print("expected facts found " + f"{out.recall():.1%}  " + "  ".join(f"{k} {out.recall(k):.1%}" for k in out.expected))
    for name in ("resources", "issues", "unmapped"):
        print(f"{name}: " + ", ".join(f"{k} {n}" for k, n in getattr(out, name).most_common(40)))
    print(f"invalid: {len(out.invalid)}")
    if "--missing" in sys.argv:
        for name, clue in sorted(out.missing):
            print(name, *clue)


if __name__ == "__main__":
    main()
