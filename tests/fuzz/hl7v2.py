"""Any bytes as HL7 v2: the parser explains or reads, the mapping accounts for every leaf, no byte is lost."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from gateway.config import Source
from gateway.model import Message
from gateway.reading.process import Reader, process
from gateway.reading.reader import reader_of
from gateway.shipped import shipped

SEEDS = tuple("\r".join(lines).encode() for lines in (
    ["MSH|^~\\&|LAB|LUND|GW|X|20260301100000+0100||ORU^R01^ORU_R01|7|P|2.5.1||||||UNICODE UTF-8",
     "PID|1||7^^^LUND&1.2.3&ISO^MR~8^^^SKV^NNSWE||Öberg&van^Eva^M^^Dr^^L||19610203|F|||Gata 1^^Lund^^22100^SE||+46 46 1^PRN^PH",
     "PV1|1|I|W3^12^2^LUND||||1^House^Greg|||MED||||||||V1^^^LUND^VN", "ORC|RE|P1|F1", "SPM|1|S1||BLD",
     "OBR|1|P1|F1|GLU^Glucose^L|||20260301080000+0100|||||||||||||||20260301||LAB|C",
     "OBX|1|NM|2345-7^Glucose^LN||5.50|mmol/L|4.0-6.0|N|||F|||20260301080000", "NTE|1||a\\.br\\b \\X41\\ \\F\\",
     "OBX|2|SN|1^a^L||>^500", "OBX|3|ED|P^pdf^L||^application^pdf^Base64^QUJD", "ZZZ|1|own"],
    ["MSH|^~\\&#|ADT|LUND|GW|X|20260301||ADT^A40^ADT_A39|8|P|2.7", "EVN|A40|20260301", "PID|1||7^^^LUND^MR||Berg^Anna||19610203|F",
     "MRG|9^^^LUND^MR", "AL1|1|DA|PEN^Penicillin^L|SV|Rash", "DG1|1||I10^x^I10||202613", "IN1|1|A|B|C", "NK1|1|Berg^Ola|SPO"],
    ["FHS|^~\\&|A", "BHS|^~\\&|A", "MSH|^~\\&|RX|LUND|GW|X|20260301||RDE^O11|9|P|2.5", "PID|1||7^^^LUND^MR||Berg", "ORC|NW|1|2",
     "RXE|1|A^b^c|1||mg", "RXR|PO", "RXC|B|x", "BTS|1", "FTS|1"]))
_SIGNS = [b"|", b"^", b"~", b"\\", b"&", b"#", b"\r", b"\n", b"\r\n", b"\x0b", b"\x1c", b"\x1c\r", b"\x00", b'""', b"\xef\xbb\xbf",
          b"\xff\xfe", b"\xe5", b"\xc3\xa5", b"\x1b$B", b"MSH|^~\\&|", b"MSH", b"OBX|", b"PID|1|", b"\\X", b"\\.br\\", b"\\H\\", b"T",
          b"8859/1", b"ISO IR87", b"GB 18030-2000", b"UNICODE UTF-16", b"99999999999999", b"-1", b"2.1", b"20261399", b"|" * 40, b"~" * 40]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A message with pieces cut out, doubled, put in; or plain noise."""
    raw = draw(st.sampled_from((*SEEDS, b"")))
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(raw)))
        end = draw(st.integers(start, min(len(raw), start + 60)))
        piece = draw(st.one_of(st.sampled_from(_SIGNS), st.binary(max_size=12), st.just(raw[start:end] * 2)))
        raw = raw[:start] + piece + raw[end:]
    return raw


@cache
def reader() -> Reader:
    return reader_of(Source("lund", "hl7v2", connection={"folder": "."}, timezone="Europe/Stockholm"), Path(), shipped())


def check(raw: bytes) -> None:
    """Raises AssertionError when a promise breaks."""
    adapter: Any = reader().adapter
    units = list(adapter.split(raw))
    assert b"".join(u.raw for u in units) == raw
    for unit in units:
        if not isinstance(unit, Message):
            assert unit.issue.code and unit.issue.message and unit.issue.hint
            continue
        outcome = process(reader(), unit)
        said = [i.code for i in outcome.issues]
        assert outcome.state in ("done", "rejected") and "internal-error" not in said, said
        if outcome.state == "done":
            ledger, paths = outcome.ledger, [leaf.path for leaf in adapter.leaves(adapter.parse(unit.raw))]
            assert len(paths) == len(set(paths)) == len(ledger.mapped) + len(ledger.ignored) + len(ledger.unmapped)


def pieces(stream: bytes, sizes: list[int]) -> Iterator[bytes]:
    """A stream as the network might cut it."""
    at = 0
    for size in sizes:
        yield stream[at:at + size]
        at += size
    yield stream[at:]
