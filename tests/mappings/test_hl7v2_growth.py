"""Twice as many segments make about twice the work: no sender can hold the gateway up with a long message.

Work is counted in calls of functions, so that the machine plays no part.
"""

import sys

import pytest

from gateway.pure.mapping import Chosen, messages
from tests.mappings.hl7v2_messages import OBR, PID

N = 120
TXA = "TXA|1|DS|TX" + "|" * 9 + "D1^SITE"
BOOKING = "SCH|A1|A1" + "|" * 9 + "^^30^20260325140000+0100^20260325143000+0100"
# kind of message → what stands once, and what is repeated.
SHAPES = {
    "results": ("ORU^R01", OBR, "OBX|{n}|NM|{n}^a^L||{n}|mmol/L|||||F"), "one result again": ("ORU^R01", OBR, "OBX|{n}|NM|1^a^L||{n}||||||F"),
    "orders": ("ORU^R01", "", "ORC|RE|P{n}|F{n}\rOBR|{n}|P{n}|F{n}|P{n}^P\rOBX|1|NM|1^a^L||{n}||||||F"),
    "specimens": ("ORU^R01", OBR, "SPM|{n}|P{n}&A^F{n}&B||BLD"), "lines": ("MDM^T02", TXA, "OBX|{n}|TX|1^a^L||line {n}||||||F"),
    "empty lines": ("MDM^T02", TXA, "OBX|{n}|TX|1^a^L||||||||F"), "withdrawn": ("ORU^R01", OBR, "OBX|{n}|NM|{n}^a^L||1||||||W"),
    "kin": ("ADT^A08", "", "NK1|{n}|Ek^N{n}|SPO|Gata {n}"), "visits": ("ADT^A08", "", "PV1|{n}|I|W{n}^1^A^S" + "|" * 16 + "V{n}"),
    "reactions": ("ADT^A60", "IAM|1|FA|1^Peanut^L|MI|h||A1", "IAR|{n}^Rash{n}^L|SV"), "diagnoses": ("ADT^A01", "PV1|1|I", "DG1|{n}||I{n}.0^x^I10"),
    "providers": ("REF^I12", "RF1|A|R|CAR|||R1^GP", "PRD|RP|Ek^Bo{n}|||||{n}^NPI"), "services": ("SIU^S12", BOOKING, "AIS|{n}||X{n}^y^L|20260325140000+0100"),
    "charges": ("DFT^P03", "", "FT1|{n}|T{n}||20260101||CG|71045^X^C4|||1"), "notes": ("ORU^R01", OBR + "\rOBX|1|NM|1^a^L||5||||||F", "NTE|{n}||line {n}"),
    "vaccines": ("VXU^V04", "", "ORC|RE||F{n}\rRXA|0|1|20250101||207^C^CVX|0.5|mL\rRXR|IM|LD\rOBX|1|CE|30963-3^F^LN|1|P^Q^C||||||F")}


def calls(kind: str, once: str, again: str, count: int) -> int:
    """How many functions are called to map a message."""
    text = "\r".join((f"MSH|^~\\&|APP|SITE|GW|R|20260102100000+0100||{kind}|1|P|2.5.1", PID, once,
                      *(again.format(n=n) for n in range(count))))
    found = 0

    def count_one(_frame: object, event: str, _value: object) -> None:
        nonlocal found
        found += event in ("call", "c_call")

    sys.setprofile(count_one)
    try:
        list(messages("x", text.encode(), Chosen()))
    finally:
        sys.setprofile(None)
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_segments_are_about_twice_the_work(shape: str) -> None:
    calls(*SHAPES[shape], 1)                             # what is compiled once
    base, once, twice = (calls(*SHAPES[shape], n) for n in (0, N, 2 * N))
    assert twice - base < 2.6 * (once - base)
