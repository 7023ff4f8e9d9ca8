"""Short invented HL7 v2 messages, and what is made of them."""

from typing import Any

from gateway.model import Mapped
from gateway.pure.mapping import Chosen, messages

PID = "PID|1||100^^^SITE&1.2.3.4.5&ISO^MR||Ek^Mia||19800101|F"
OBR = "OBR|1||F1^LAB|24323-8^Panel^LN|||20260101080000+0100|||||||||||||||20260101090000+0100||CH|F"
VISIT = "V1^^^SITE&1.2.3.4.5&ISO^VN"


def run(kind: str, *segments: str, sent: str = "20260102100000+0100", zone: str | None = None) -> Mapped:
    """What `gateway map run` makes of a message of this kind."""
    text = "\r".join((f"MSH|^~\\&|APP|SITE|GW|R|{sent}||{kind}|1|P|2.5.1", *segments))
    (found,) = messages("x", text.encode(), Chosen(timezone=zone))
    return found.result.mapped


def made(mapped: Mapped, type: str) -> list[dict[str, Any]]:
    return [r for r in mapped.resources if r["resourceType"] == type]


def one(mapped: Mapped, type: str) -> dict[str, Any]:
    (resource,) = made(mapped, type)
    return resource


def pv1(patient_class: str = "I", admitted: str = "20260101080000+0100", discharged: str = "") -> str:
    return f"PV1|1|{patient_class}|W^1^A^SITE" + "|" * 16 + VISIT + "|" * 25 + f"{admitted}|{discharged}"


def codes(concept: dict[str, Any]) -> set[str]:
    return {c["code"] for c in concept["coding"]}
