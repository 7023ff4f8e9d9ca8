"""Run the demo and print its report: python -m tests.demo [FOLDER [PEOPLE [SEED]]]"""

import sys
import time
from pathlib import Path

from gateway.jsontext import dumps
from gateway.opened import opened
from gateway.pipeline.pull import pull
from tests.demo import feed, figures, homes, proofs, report
from tests.world import make_world


def main(folder: str = ".demo", people: str = "70", seed: str = "1") -> int:
    """Exit code: 0 when every proof holds."""
    started = time.monotonic()
    world = make_world(int(people), int(seed))
    first, other = homes.make_homes(Path(folder).absolute(), world)
    with opened(other) as gate:
        pull(gate, "vesterhede")
    (first / "secrets" / "vesterhede.token").write_text(homes.token(other, "Region Norrland"))
    over_mllp = feed.received(first, world, homes.listening_at(first, feed.NAME))
    with homes.served(other):
        with opened(first) as gate:
            for name, source in gate.home.sources.items():
                if not source.pushes:
                    pull(gate, name)
            shown = figures.collect(gate, world)
        proved = {"mllp": over_mllp, **proofs.on_a_copy(first, world, shown["patient"])}
        proved |= proofs.second_gateway(first, other, shown["patient"])
    with opened(first) as gate:
        proved |= proofs.log(gate, shown["patient"])
        shown["log"] = figures.log(gate)
    shown["proofs"] = {name: ok for name, (ok, _) in proved.items()}
    shown["seconds"] = round(time.monotonic() - started, 1)
    (first / "demo.json").write_text(dumps({"schema": "gateway.demo/1", **shown}, indent=1) + "\n", "utf-8")
    print(report.text(shown, proved, folder))
    return 0 if all(shown["proofs"].values()) else 1


sys.exit(main(*sys.argv[1:]))
