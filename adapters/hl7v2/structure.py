"""Which message this is: code, trigger event and structure (V2-08), whatever MSH-9 leaves out or gets wrong.

Structures by table 0354; the events of merges before version 2.3.1 keep the structure they had then.
"""

from collections.abc import Collection

_EVENTS = {
    "ADT_A01": "A01 A04 A08 A13", "ADT_A02": "A02", "ADT_A03": "A03", "ADT_A05": "A05 A14 A28 A31",
    "ADT_A06": "A06 A07", "ADT_A09": "A09 A10 A11", "ADT_A12": "A12", "ADT_A15": "A15", "ADT_A16": "A16",
    "ADT_A17": "A17", "ADT_A18": "A18", "ADT_A20": "A20",
    "ADT_A21": "A21 A22 A23 A25 A26 A27 A29 A32 A33", "ADT_A24": "A24",
    "ADT_A30": "A30 A34 A35 A36 A46 A47 A48 A49", "ADT_A37": "A37", "ADT_A38": "A38", "ADT_A39": "A39 A40 A41 A42",
    "ADT_A43": "A43", "ADT_A44": "A44", "ADT_A45": "A45", "ADT_A50": "A50 A51", "ADT_A52": "A52 A53",
    "ADT_A54": "A54 A55", "ADT_A60": "A60", "ADT_A61": "A61 A62",
    "ORU_R01": "R01", "ORU_R30": "R30 R31 R32", "OUL_R21": "R21", "OUL_R22": "R22", "OUL_R23": "R23", "OUL_R24": "R24",
    "ORM_O01": "O01", "OMG_O19": "O19", "OML_O21": "O21", "OML_O33": "O33", "OML_O35": "O35", "OMP_O09": "O09",
    "RDE_O11": "O11 O25", "RDS_O13": "O13", "RGV_O15": "O15", "RAS_O17": "O17", "VXU_V04": "V04",
    "MDM_T01": "T01 T03 T05 T07 T09 T11", "MDM_T02": "T02 T04 T06 T08 T10",
    "SIU_S12": "S12 S13 S14 S15 S16 S17 S18 S19 S20 S21 S22 S23 S24 S26", "REF_I12": "I12 I13 I14 I15",
    "PPR_PC1": "PC1 PC2 PC3", "BAR_P01": "P01", "BAR_P02": "P02", "BAR_P05": "P05", "BAR_P12": "P12",
    "DFT_P03": "P03", "DFT_P11": "P11", "RSP_K21": "K22", "RSP_K11": "K11"}
# Without these a message of this structure tells nothing of what it is for: what lacks them was perhaps cut off.
_NEEDED = {name: ("PID", *more.split()) for name, more in {
    "ADT_A01": "PV1", "ADT_A02": "PV1", "ADT_A03": "PV1", "ADT_A05": "", "ADT_A06": "PV1", "ADT_A09": "PV1",
    "ADT_A39": "MRG", "ORU_R01": "OBR", "ORM_O01": "ORC", "VXU_V04": "RXA", "MDM_T02": "TXA"}.items()}
_FIRST = ("MSH", "SFT", "EVN", "PID", "PD1")
STRUCTURES = {(name.partition("_")[0], event): name for name, events in _EVENTS.items() for event in events.split()}
_LAST = {"A": 62, "B": 9, "C": 12, "E": 31, "I": 22, "J": 2, "K": 37, "M": 17, "N": 2, "O": 60, "P": 12, "Q": 33,
         "R": 44, "S": 37, "T": 12, "U": 14, "V": 4, "W": 2}          # last number of each letter in table 0003
_CODES = {event: code for code, event in STRUCTURES}


def kind_of(code: str, event: str, structure: str, recorded: str) -> str:
    """`ADT^A01`. `recorded` is EVN-1, which named the event before version 2.3."""
    code, event = code.strip(), event.strip() or (recorded.strip() if code in ("ADT", "") else "")
    if not event and "_" in (structure or code):
        code, _, event = (structure or code).partition("_")
    if not code and event:
        code = _CODES.get(event, "")
    return "^".join(part for part in (code, event) if part)


def is_event(event: str) -> bool:
    """Whether table 0003 has this trigger event; a site's own begin with Z."""
    letter, number = event[:1], event[1:]
    return (number.isdecimal() and len(number) == 2 and 1 <= int(number) <= _LAST.get(letter, 0)) or (
        len(event) == 3 and event.startswith("PC"))


def lacking(structure: str, there: Collection[str], last: str) -> tuple[str, ...]:
    """The segments that a message of this structure needs and that cannot stand before its last one."""
    return tuple(name for name in _NEEDED.get(structure, ()) if name not in there) if last in _FIRST else ()


def structure_of(kind: str, named: str) -> tuple[str, bool]:
    """The structure of a kind of message, and whether MSH-9.3 (`named`) has to be put right."""
    code, _, event = kind.partition("^")
    known = STRUCTURES.get((code, event))
    if known is None:
        return named or "_".join(p for p in (code, event) if p), False
    return known, bool(named) and named != known
