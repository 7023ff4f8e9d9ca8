"""How fast HL7 v2 is read: ours beside naive splits and the `hl7` package, on the same messages in one run.

floor A  naive split to fields; floor B naive split to subcomponents, both without escapes, positions or checks
parse    bytes to a tree of which nothing is asked yet
lazy     parse, then three fields
full     parse, then every populated leaf; ours with its path and escapes resolved, the package's as it stands

Messages: every one below the folder that CORPUS names, else invented ones. `python -m benchmarks.hl7v2_parse [ROUNDS]`
"""

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hl7

from adapters.hl7v2 import HL7v2
from gateway.sdk import Message

SEGMENTS = (
    "MSH|^~\\&|LAB|HOSP|EHR|HOSP|20240103101500+0100||ORU^R01^ORU_R01|{n}|P|2.5.1|||AL|NE||UNICODE UTF-8",
    "PID|1||{n}^^^HOSP&1.2.3.4&ISO^MR~{n}7^^^STATE^SS||Berg&van^Anna^M^^Dr||19700203|F|||Long Street 5^^Lund^^22100^SE"
    "||+46 46 123456^PRN^PH~^NET^Internet^anna@example.org|||M",
    "PV1|1|I|W3^12^2^HOSP||||1234^House^Greg^^^^MD^^NPI|||MED||||||||V{n}^^^HOSP^VN|||||||||||||||||||||||||2024010208",
    "OBR|1|P{n}|F{n}|CBC^Count^L|||20240103080000+0100")
RESULT = "OBX|{i}|NM|{i}-4^Test {i}^LN^L{i}^local^L||{i}.50|mmol/L^^UCUM|3.5-5.0|N|||F|||20240103090000+0100||^Lab"


def invented(count: int = 40) -> list[bytes]:
    """Messages of 3 to 7 KB."""
    return ["\r".join([*(s.format(n=n) for s in SEGMENTS), *(RESULT.format(i=i) for i in range(1, 20 + n))]).encode()
            for n in range(count)]


def corpus(folder: str) -> list[bytes]:
    """Every message that ours and the `hl7` package can both read."""
    adapter, found = HL7v2(), []
    for path in sorted(Path(folder).rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        if path.suffix in (".hl7", ".txt") and adapter.sniff(data):
            found += [unit.raw for unit in adapter.split(data) if isinstance(unit, Message) and _is_plain(unit.raw)]
    return found


def _is_plain(raw: bytes) -> bool:
    try:
        hl7.parse(_text(raw))
    except Exception:
        return False
    return len(raw) < 20_000


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\r\n", "\r").replace("\n", "\r").strip("\ufeff\r")


def floor_a(raw: bytes) -> Any:
    return [segment.split("|") for segment in _text(raw).split("\r")]


def floor_b(raw: bytes) -> Any:
    return [[[[component.split("&") for component in repeat.split("^")] for repeat in field.split("~")]
             for field in segment.split("|")] for segment in _text(raw).split("\r")]


def lazy(adapter: HL7v2) -> Callable[[bytes], Any]:
    asked = [adapter.path(p) for p in ("PID-3.1", "PID-5.1", "MSH-9.2")]
    return lambda raw: [[node.value for node in path(tree)] for tree in [adapter.parse(raw)] for path in asked]


def full(adapter: HL7v2) -> Callable[[bytes], Any]:
    return lambda raw: list(adapter.leaves(adapter.parse(raw)))


def peer_leaves(item: Any) -> Iterator[str]:
    """Every populated text below a container of the `hl7` package."""
    if isinstance(item, str):
        if item:
            yield item
    else:
        for inner in item:
            yield from peer_leaves(inner)


def microseconds(function: Callable[[bytes], Any], messages: list[bytes], rounds: int) -> float:
    """Median over rounds of the mean CPU time a message; the garbage collector waits, as in `timeit`."""
    times = []
    for _ in range(rounds):
        gc.collect()
        gc.disable()
        begin = time.process_time()
        for raw in messages:
            function(raw)
        times.append((time.process_time() - begin) / len(messages) * 1e6)
        gc.enable()
    return statistics.median(times)


def main(rounds: int = 5) -> int:
    folder = os.environ.get("CORPUS", "")
    messages = corpus(f"{folder}/hl7v2/microsoft+FHIR-Converter") if folder else invented()
    adapter = HL7v2()
    print(f"{len(messages)} messages, mean {sum(map(len, messages)) / len(messages) / 1000:.1f} KB")
    cases = {"floor A: split to fields": floor_a, "floor B: split to subcomponents": floor_b, "ours, parse": adapter.parse,
             "ours, lazy": lazy(adapter), "ours, full": full(adapter), "hl7 package, parse": lambda raw: hl7.parse(_text(raw)),
             "hl7 package, full": lambda raw: list(peer_leaves(hl7.parse(_text(raw))))}
    taken = {name: microseconds(function, messages, rounds) for name, function in cases.items()}
    floor = taken["floor B: split to subcomponents"]
    for name, value in taken.items():
        print(f"{name:34} {value:9.1f} us/message {value / floor:8.2f} x floor B")
    share, faster = taken["ours, full"] / floor, taken["hl7 package, parse"] / taken["ours, parse"]
    print(f"full access: {share:.2f} x floor B (aim <= 2)")
    print(f"parse: {faster:.1f} x faster than the hl7 package (aim >= 9); full access: "
          f"{taken['hl7 package, full'] / taken['ours, full']:.1f} x")
    return 0 if share <= 2 and faster >= 9 else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
