"""C-CDA at length: every document of the corpora, and 10,000 mutants. About six minutes on one core.

Without CORPUS the mutants come from invented documents only and the figures of the corpora are left out, which is said.
"""

import os
from collections import Counter
from collections.abc import Iterator
from multiprocessing import Pool
from random import Random

from tests import ccda_documents as made
from tests.ccda_mutations import TEXTS, faults, mutated
from tests.prove import Figure

CASES, BLOCKS, LARGEST = 10_000, 100, 60_000


def prove() -> Iterator[Figure]:
    if "CORPUS" in os.environ:
        yield from corpus()
    else:
        yield Figure("corpora", "not measured: CORPUS names no folder", "not a bound", True)
    yield mutants()


def corpus() -> Iterator[Figure]:
    """What the corpus tests ask of a sample, of everything."""
    from tests.corpus.ccda import documents, judged, measure
    from tests.oracle import medplum_verdicts
    paths = list(documents())
    out = measure(paths)
    yield Figure("documents converted", f"{out.documents - len(out.refused)} of {out.documents}", "all", not out.refused)
    yield Figure("facts found", f"{out.recall():.2%} of {sum(out.facts.values())}", ">= 97 %", out.recall() >= 0.97)
    yield Figure("negations lost", str(len(out.wrong)), "0", not out.wrong)
    yield Figure("invalid resources", f"{len(out.invalid)} of {out.resources.total()}", "0", not out.invalid)
    made_ = [r for p in paths for r in judged(p).resources]
    objected = sum(map(bool, medplum_verdicts(made_)))
    yield Figure("objections of a second validator", f"{objected} of {len(made_)}", "0", not objected)
    yield Figure("leaves unmapped", f"{out.leaves['unmapped'] / max(1, out.leaves.total()):.1%}", "not a bound", True)


def mutants() -> Figure:
    """Blocks of mutants, in two processes."""
    with Pool(2) as pool:
        found = [fault for block in pool.imap_unordered(_block, range(BLOCKS)) for fault in block]
    kinds = Counter(text.partition(":")[0] for _, text in found)
    detail = f"; {dict(kinds)}, first {sorted(found)[:3]}" if found else ""
    return Figure("mutants with a crash, an untyped issue, an invalid resource or no answer",
                  f"{len({n for n, _ in found})} of {CASES}{detail}", "0", not found)


def seeds() -> list[bytes]:
    """Invented documents, and the smaller ones of the corpora."""
    own = [made.everything(), made.everything("D-2", None)]
    if "CORPUS" not in os.environ:
        return own
    from tests.corpus.ccda import documents
    return own + [p.read_bytes() for p in documents() if p.stat().st_size < LARGEST]


def _block(number: int) -> list[tuple[int, str]]:
    chance, found, chosen = Random(number), [], seeds()
    for case in range(CASES // BLOCKS):
        data = mutated(chance.choice(chosen), chance, TEXTS)
        found += [(number * 1000 + case, fault) for fault in faults(data)]
    return found
