"""`bulk link` beside plain Splink on the same rows: people with the errors of routine registration.

Ours reads and normalises the rows, finds and weighs pairs with Splink, applies the guards and clusters. Plain Splink takes the raw
columns with its library comparisons, trained on the rows, predicts and clusters. ROWS sets the size (half a million takes a while).
"""

import os
import time

from gateway.identity import MODEL
from gateway.identity.bulk import link
from gateway.identity.evaluate import row_features
from tests.identity.million import registers
from tests.identity.peer import linked

ROWS = int(os.environ.get("ROWS", "500000"))



def main() -> None:
    people = [p for p, _ in zip(registers(ROWS, 7), range(ROWS), strict=False)]
    rows, who = [p.row(str(i)) for i, p in enumerate(people)], [p.who for p in people]
    del people
    started = time.perf_counter()
    found = link(rows, row_features, MODEL)
    ours = time.perf_counter() - started
    started = time.perf_counter()
    pairs, _ = linked(rows)
    theirs = time.perf_counter() - started
    wrong = sum(who[a] != who[b] for a, b in found.link)
    others = sum(who[int(a)] != who[int(b)] for a, b in pairs)
    stages = ", ".join(f"{stage} {seconds:.0f}" for stage, seconds in found.seconds.items())
    print(f"bulk link of {len(rows)} rows: {ours:.0f} s ({stages}); {wrong} of {len(found.link)} links wrong")
    print(f"plain Splink: {theirs:.0f} s; {others} of {len(pairs)} links wrong")
    print(f"ratio: {ours / theirs:.2f} (aim ≤ 1.5)")


if __name__ == "__main__":
    main()
