"""HL7 v2 in: a message to checked FHIR with its ledger, beside the naive split to subcomponents; then a whole pull.

map    parse, shipped mappings, validation, ledger; the split is floor B of `benchmarks.hl7v2_parse`, CPU time
pull   files to durable facts: read, map, seal, store, identity, log; wall time, CPU time beside it
"""

import shutil
import tempfile
import time
from pathlib import Path

from benchmarks.hl7v2_parse import floor_b, invented, microseconds
from gateway import config
from gateway.model import Message
from gateway.opened import Gate, opened
from gateway.pipeline.pull import pull
from gateway.reading.process import Reader, process
from gateway.reading.reader import reader_of

SOURCE = 'kind = "hl7v2"\ntimezone = "Europe/Stockholm"\nconnection = { folder = "inbox" }\n'


def mapped(reader: Reader, raws: list[bytes]) -> None:
    """Print what mapping a message costs. Raises RuntimeError when one is not mapped whole."""
    outcomes = [process(reader, Message("", "ORU^R01", raw, "")) for raw in raws]
    facts = sum(len(o.facts) for o in outcomes)
    if any(o.state != "done" or o.held for o in outcomes) or facts < len(raws):
        raise RuntimeError("not every message was mapped")
    rounds = [(microseconds(floor_b, raws, 1), microseconds(lambda raw: process(reader, Message("", "ORU^R01", raw, "")), raws, 1))
              for _ in range(5)]
    floor, ours = map(min, zip(*rounds, strict=True))
    print(f"split to subcomponents: {floor:.0f} µs/message of {sum(map(len, raws)) / len(raws) / 1000:.1f} kB")
    print(f"map: {ours:.0f} µs/message, {ours / facts * len(raws):.0f} µs/resource, {facts / len(raws):.0f} resources a message")
    print(f"map ratio: {ours / floor:.1f} x the split (no aim set)")


def pulled(gate: Gate, count: int) -> None:
    """Print how many messages a second a pull keeps."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = pull(gate, "lab")
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if done.new != count or done.rejected or done.failed:
        raise RuntimeError(f"pulled {done.json()}")
    print(f"gateway pull: {count / wall:.0f} messages/s, {done.facts / wall:.0f} facts/s "
          f"({cpu / count * 1e3:.1f} ms of CPU a message)")


def main(count: int = 100) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        home, raws = config.init(folder / "home"), invented(40)
        (home / "inbox").mkdir()
        for n in range(count):
            (home / "inbox" / f"{n:04}.hl7").write_bytes(raws[n % 40].replace(b"^Anna^", b"^Anna%d^" % n).replace(b"3||", b"3||%d" % n, 1))
        (home / "sources" / "lab.toml").write_text(SOURCE)
        with opened(home) as gate:
            mapped(reader_of(gate.home.sources["lab"], gate.home.folder, gate.files), raws)
            pulled(gate, count)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
