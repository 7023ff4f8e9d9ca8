"""How fast a resource is validated: microseconds of CPU, beside reading its JSON and beside fhir.resources (R4B).

Resources: the valid ones of the tests, invented, 0.4 to 3 KB. Bound: at most 60 µs for a resource of 1 KB.
`python -m benchmarks.fhir_validate [ROUNDS]`
"""

import sys
import time
from collections.abc import Callable
from typing import Any

from fhir.resources.R4B import get_fhir_model_class

from gateway.fhir.validate import validate
from gateway.jsontext import dumps, loads
from tests.fhir.samples import VALID

AIM = 60


def best(work: Callable[[], Any], rounds: int) -> float:
    """Microseconds of CPU of one call: the best of seven runs of `rounds` calls."""
    runs = []
    for _ in range(7):
        start = time.process_time()
        for _ in range(rounds):
            work()
        runs.append((time.process_time() - start) / rounds * 1e6)
    return min(runs)


def main(rounds: int = 100) -> None:
    print(f"{'resource':20} {'bytes':>6} {'loads':>8} {'validate':>9} {'per KB':>8} {'fhir.resources':>15} {'ratio':>6}")
    taken, shares = [], []
    for resource in VALID:
        text, model = dumps(resource), get_fhir_model_class(resource["resourceType"])
        reading = best(lambda text=text: loads(text), rounds)
        ours = best(lambda resource=resource: validate(resource), rounds)
        theirs = best(lambda text=text, model=model: model.model_validate_json(text), max(1, rounds // 10))
        size = len(text.encode())
        taken.append(ours)
        shares.append(ours / size * 1024)
        print(f"{resource['resourceType']:20} {size:6} {reading:8.1f} {ours:9.1f} {shares[-1]:8.1f} "
              f"{theirs:15.1f} {theirs / ours:5.1f}x")
    print(f"validation: {sum(taken) / len(taken):.0f} µs/resource, {sum(shares) / len(shares):.0f} µs/KB (aim <= {AIM} a KB)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
