"""All C-CDA documents of the corpora through `gateway map run`: what became of every document and of its facts.

`CORPUS=… python -m tests.corpus.ccda [--missing] [PART OF A PATH]` prints the figures; `--missing` adds every fact
that was not found.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from gateway.fhir.validate import validate
from gateway.mapping.ledger import unnumbered
from gateway.pure.mapping import Chosen, Found, messages
from tests.corpus.ccda_facts import CORE, V3, Document, Fact
from tests.corpus.ccda_judge import Verdict, judge

CORPUS = Path(os.environ.get("CORPUS", "."))
FOLDER = CORPUS / "ccda"
VENDORS = ("jddamore+ccda-samples", "jmandel+sample_ccdas")


@dataclass(frozen=True)
class Judged:
    """One document: what was made of it, and the verdict on each of its facts."""

    path: Path
    found: tuple[Found, ...]
    verdicts: tuple[tuple[Fact, Verdict], ...]

    @property
    def resources(self) -> list[dict[str, Any]]:
        return [r for f in self.found for r in f.result.mapped.resources]

    @property
    def issues(self) -> list[Any]:
        return [i for f in self.found for i in f.result.mapped.issues]

    @property
    def vendor(self) -> str:
        parts = self.path.relative_to(FOLDER).parts
        return "/".join(parts[:2]) if parts[0] in VENDORS else parts[0]


@dataclass
class Measured:
    """Sums over documents."""

    documents: int = 0
    facts: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lost: int = 0
    missing: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)
    issues: Counter[str] = field(default_factory=Counter)
    resources: Counter[str] = field(default_factory=Counter)
    leaves: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)

    def recall(self, *kinds: str) -> float:
        """Part of the facts of these kinds, by default of the core ones, that were found."""
        chosen = kinds or CORE
        return sum(self.found[k] for k in chosen) / max(1, sum(self.facts[k] for k in chosen))


def documents() -> Iterator[Path]:
    """Every file below ccda/ whose root is a ClinicalDocument, whatever it is called."""
    return (path for path in files() if is_document(path))


def files() -> Iterator[Path]:
    """Every XML file of the corpora but the published ConceptMaps."""
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in (".xml", ".ccda") and "HL7+ccda-on-fhir" not in path.parts:
            yield path


def is_document(path: Path) -> bool:
    try:
        return etree.parse(path, etree.XMLParser(resolve_entities=False)).getroot().tag == f"{{{V3}}}ClinicalDocument"
    except etree.XMLSyntaxError:
        return False


@cache
def judged(path: Path) -> Judged:
    """One document, mapped and judged once a process."""
    data = path.read_bytes()
    found = tuple(messages(path.name, data, Chosen()))
    made = [r for f in found for r in f.result.mapped.resources]
    return Judged(path, found, tuple(judge(Document(data).facts(), made)))


def measure(paths: Iterable[Path]) -> Measured:
    """Run them all."""
    out = Measured()
    for path in paths:
        _add(judged(path), out)
    return out


def _add(one: Judged, out: Measured) -> None:
    name, out.documents = str(one.path.relative_to(FOLDER)), out.documents + 1
    if not one.resources:
        out.refused.append(f"{name}: {'; '.join(f'{i.code} {i.message}' for i in one.issues)}")
    out.issues.update(i.code for i in one.issues)
    out.resources.update(r["resourceType"] for r in one.resources)
    out.invalid += [f"{name}: {r['resourceType']} {i.where} {i.message}" for r in one.resources for i in validate(r)
                    if i.severity in ("error", "fatal")]
    for found in one.found:
        ledger = found.result.mapped.ledger
        out.leaves.update(mapped=len(ledger.mapped), ignored=len(ledger.ignored), unmapped=len(ledger.unmapped))
        out.unmapped.update(unnumbered(p) for p in ledger.unmapped)
    for fact, verdict in one.verdicts:
        out.facts[fact.kind] += 1
        out.found[fact.kind] += verdict.found
        out.lost += len(verdict.lost)
        if not verdict.found:
            out.missing.append(f"{name}: {fact}")
        if verdict.wrong:
            out.wrong.append(f"{name}: {fact}")


def main(words: list[str]) -> None:
    """Print the figures, by vendor and by kind."""
    wanted = [w for w in words if not w.startswith("--")]
    paths = [p for p in documents() if all(w in str(p) for w in wanted)]
    out = measure(paths)
    by_vendor: dict[str, list[Path]] = {}
    for path in paths:
        by_vendor.setdefault(judged(path).vendor, []).append(path)
    for vendor, own in by_vendor.items():
        print(f"{measure(own).recall():7.1%}  {len(own):3}  {vendor}")
    print(f"documents {out.documents}  facts found {out.recall():.2%}  wrong {len(out.wrong)}  translations lost {out.lost}")
    print("  ".join(f"{k} {out.recall(k):.1%} of {n}" for k, n in out.facts.most_common()))
    print("leaves " + "  ".join(f"{k} {n / max(1, out.leaves.total()):.1%}" for k, n in out.leaves.items()))
    for name in ("resources", "issues", "unmapped"):
        print(f"{name}: " + ", ".join(f"{k} {n}" for k, n in getattr(out, name).most_common(40)))
    for name in ("refused", "invalid", "wrong", *(("missing",) if "--missing" in words else ())):
        print(f"{name}: {len(getattr(out, name))}", *getattr(out, name), sep="\n  ")


if __name__ == "__main__":
    main(sys.argv[1:])
