"""`bulk link` beside plain Splink on the same rows: people with the errors of routine registration, in no order.

Ours reads and normalises the rows, finds and weighs pairs with Splink, applies the guards and clusters. Plain Splink takes the raw
columns with its library comparisons, predicts and clusters. Ours comes with a trained model, so Splink's training is left out of the
ratio. Processor seconds of both are told too: they hardly depend on what else the machine does.
ROWS sets the size (half a million takes a while); PEER=none leaves Splink out.
"""

import os
import random
import time
from collections.abc import Callable
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import TypeVar

from gateway.identity import MODEL
from gateway.identity.bulk import link
from gateway.identity.evaluate import row_features
from tests.identity.million import registers
from tests.identity.peer import linked, trained

ROWS = int(os.environ.get("ROWS", "500000"))
TRAINED_ON = 50_000  # rows, the first ones: more teach it little, and take it longer than the linking
PEER = os.environ.get("PEER", "splink")
Found = TypeVar("Found")


def cpu() -> float:
    """Processor seconds so far, those of processes that have ended too."""
    return sum(used.ru_utime + used.ru_stime for used in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


def timed(does: Callable[[], Found]) -> tuple[Found, float, float]:
    """What it finds, seconds, processor seconds."""
    started, used = time.perf_counter(), cpu()
    return does(), time.perf_counter() - started, cpu() - used


def main() -> None:
    people = [p for p, _ in zip(registers(ROWS, 7), range(ROWS), strict=False)]
    random.Random(1).shuffle(people)
    rows, who = [p.row(str(i)) for i, p in enumerate(people)], [p.who for p in people]
    del people
    found, ours, used = timed(lambda: link(rows, row_features, MODEL))
    wrong = sum(who[a] != who[b] for a, b in found.link)
    stages = ", ".join(f"{stage} {seconds:.0f}" for stage, seconds in found.seconds.items())
    print(f"bulk link of {len(rows)} rows: {ours:.0f} s ({stages}), {used:.0f} s of processors; {wrong} of {len(found.link)} links wrong",
          flush=True)
    if PEER == "none":
        return
    model, training, _ = timed(lambda: trained(rows[:TRAINED_ON]))
    (pairs, _), theirs, used_theirs = timed(lambda: linked(rows, model))
    others = sum(who[int(a)] != who[int(b)] for a, b in pairs)
    print(f"plain Splink: {theirs:.0f} s, {used_theirs:.0f} s of processors, after {training:.0f} s of training on {len(rows[:TRAINED_ON])} "
          f"rows; {others} of {len(pairs)} links wrong")
    print(f"ratio: {ours / theirs:.2f}, of processors {used / used_theirs:.2f} (aim ≤ 1.5)")


if __name__ == "__main__":
    main()
