"""HL7 v2 to FHIR: what a message costs, beside a naive split to subcomponents and the `hl7` package, in one run.

parse    bytes to a tree of which nothing is asked yet; the package's `parse` beside it
leaves   parse, then every populated leaf with its path, escapes resolved; the split (floor B) beside it
facts    message to checked FHIR with ledger: parse, shipped mappings, validation; stores nothing
memory   peak of 100,000 messages over that of the first thousand

CPU time on one core, least of several rounds. The messages are invented: an admission, and a result with 14 entries,
of a new patient each time (wards, physicians and codes come again, as they do); with CORPUS set also, again and again,
the messages of that name in its folder of the Node converter. Published figures of that converter
(Microsoft's, branch `handlebars`, called in process, quiet machine): ADT01-23 24.0 ms, ADT-A01-02 15.2 ms, LAB-ORU-1
43.6 ms, ORU-R01-01 24.1 ms, LRI_2.0-NG_CBC 96.7 ms a message. Takes a minute; `python -m benchmarks.hl7v2 memory` runs
the long one (some minutes).
"""

import gc
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hl7

from adapters.hl7v2 import HL7v2
from benchmarks.hl7v2_parse import _text, floor_b
from gateway.config import Source
from gateway.model import Message
from gateway.reading.process import Reader, process
from gateway.reading.reader import reader_of
from gateway.shipped import shipped

ADT = "\r".join([
    "MSH|^~\\&|ADT|LUND|GW|REGION|2026030110{time}+0100||ADT^A01^ADT_A01|A{n}|P|2.5.1||||||8859/1",
    "EVN|A01|2026030109{time}+0100",
    "PID|1||{n}^^^LUND^MR~19610203{n}^^^SKV^NNSWE||Öberg{n}^Eva^Maria^^^^L||19{year}0203|F|||Storgatan {n}^^Ådalby^^91320^SE^H||"
    "+46 46 1{n}^PRN^PH|||M",
    "NK1|1|Öberg{n}^Ola|SPO^Spouse^HL70063||+46 46 2{n}^PRN^PH",
    "PV1|1|I|MED1^12^2^LUND||||101^Holm^Lena^^^Dr^^^LUND|||MED|||||||||V{n}^^^LUND^VN|||||||||||||||||||||||||2026030108{time}+0100",
    "AL1|1|DA|PEN^Penicillin^L|SV|Rash|20200101", "DG1|1||I48.9^Atrial fibrillation^I10||20260301|A"]) + "\r"
ORU = "\r".join([
    "MSH|^~\\&|LAB|LUND|GW|REGION|2026030110{time}+0100||ORU^R01^ORU_R01|R{n}|P|2.5.1||||||UNICODE UTF-8",
    "PID|1||{n}^^^LUND^MR||Öberg{n}^Eva^Maria||19{year}0203|F", "PV1|1|O|LAB^^^LUND||||||||||||||||V{n}^^^LUND^VN",
    "OBR|1|P{n}|F{n}|24317-0^Hemogram^LN|||2026030108{time}+0100|||||||||||||||2026030109{time}+0100|||F",
    *(f"OBX|{i}|NM|{code}^{name}^LN||{i}.{{n}}|{unit}^^UCUM|1.0-9.0|N|||F|||2026030108{{time}}+0100" for i, (code, name, unit) in enumerate(
        [("6690-2", "Leukocytes", "10*9/L"), ("789-8", "Erythrocytes", "10*12/L"), ("718-7", "Haemoglobin", "g/L"),
         ("4544-3", "Haematocrit", "%")], 1))]) + "\r"
NAMES = ("ADT01-23", "ADT-A01-02", "LAB-ORU-1", "ORU-R01-01", "LRI_2.0-NG_CBC_Typ_Message")
AIMS = {"ADT": 1500.0, "ORU, 14 entries": 2500.0}


def invented(form: str, count: int, first: int = 1000) -> list[bytes]:
    """Messages of one hospital: each has its own patient, numbers, measures and times."""
    return [form.format(n=n, year=n % 90 + 10, time=f"{n // 60 % 60:02}{n % 60:02}")
            .encode("iso8859-1" if "8859/1" in form else "utf-8") for n in range(first, first + count)]


def corpus() -> Iterator[tuple[str, list[bytes]]]:
    """The converter's samples, when the folder of third-party messages is there."""
    folder = os.environ.get("CORPUS")
    for name in NAMES if folder else ():
        for path in Path(folder or "").rglob(f"{name}.hl7"):
            yield name, [path.read_bytes()] * 70


def microseconds(function: Callable[[bytes], Any], messages: list[bytes], rounds: int = 7) -> float:
    """Least mean CPU time a message; the garbage collector waits, as in `timeit`. Each round has its own messages."""
    best = float("inf")
    for number in range(rounds):
        share = messages[number::rounds]
        gc.collect()
        gc.disable()
        begin = time.process_time()
        for raw in share:
            function(raw)
        best = min(best, (time.process_time() - begin) / len(share) * 1e6)
        gc.enable()
    return best


def reader() -> Reader:
    return reader_of(Source("lund", "hl7v2", connection={"folder": "."}, timezone="Europe/Stockholm"), Path(), shipped())


def facts_of(reader: Reader) -> Callable[[bytes], Any]:
    """A message to what would be stored. Raises RuntimeError when it was not mapped whole."""
    adapter: Any = reader.adapter

    def mapped(raw: bytes) -> Any:
        unit = next(iter(adapter.split(raw)))
        outcome = process(reader, unit) if isinstance(unit, Message) else None
        if outcome is None or outcome.state != "done" or not outcome.facts:
            raise RuntimeError("a message was not mapped")
        return outcome
    return mapped


def measure(name: str, raws: list[bytes], facts: Callable[[bytes], Any]) -> bool:
    """Print one message's figures. Returns whether its aim holds."""
    adapter = HL7v2()
    entries = len(facts(raws[0]).facts)
    floor, whole = microseconds(floor_b, raws), microseconds(facts, raws)
    parse, leaves = microseconds(adapter.parse, raws), microseconds(lambda raw: list(adapter.leaves(adapter.parse(raw))), raws)
    package = microseconds(lambda raw: hl7.parse(_text(raw)), raws)
    aim = AIMS.get(name)
    print(f"{name} ({len(raws[0]) / 1000:.1f} kB, {entries} entries): parse {parse:.0f} µs, leaves {leaves:.0f} µs, split {floor:.0f} µs, "
          f"hl7 package {package:.0f} µs")
    print(f"{name} to facts: {whole:.0f} µs, {whole / entries:.0f} µs an entry, {whole / floor:.0f} x the split"
          + (f" (aim <= {aim:.0f} µs{'' if whole <= aim else '; MISSED'})" if aim else ""))
    print(f"{name} ratios: leaves {leaves / floor:.2f} x the split (aim <= 2), parse {package / parse:.0f} x faster than the hl7 package "
          "(aim >= 9)")
    return aim is None or whole <= aim


def memory(count: int = 100_000) -> None:
    """Print how much the peak grows between the first thousand messages and the last."""
    facts, peaks = facts_of(reader()), []
    for n in range(count):
        facts(invented(ORU if n % 2 else ADT, 1, 1000 + n)[0])
        if n in (999, count - 1):
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(f"memory over {count} messages: peak {peaks[1]:.0f} MB, {peaks[1] - peaks[0]:.1f} MB over that of the first 1000 (aim < 10)")


def main() -> None:
    facts = facts_of(reader())
    for name, raws in [("ADT", invented(ADT, 140)), ("ORU, 14 entries", invented(ORU, 140)), *corpus()]:
        measure(name, raws, facts)


if __name__ == "__main__":
    memory(*map(int, sys.argv[2:3])) if sys.argv[1:2] == ["memory"] else main()
