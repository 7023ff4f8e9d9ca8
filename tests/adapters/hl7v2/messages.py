"""Invented messages that several tests read."""

from adapters.hl7v2 import HL7v2
from adapters.hl7v2.tree import Tree
from gateway.sdk import Context, Value

MSH = "MSH|^~\\&|LAB|WEST|EHR|WEST|20240103101500+0100||ORU^R01^ORU_R01|M1|P|2.5.1"
ADMIT = "\r".join([
    "MSH|^~\\&|ADT|WEST|EHR|WEST|20240103101500+0100||ADT^A01^ADT_A01|A1|P|2.5.1",
    "EVN|A01|20240103101000", "PID|1||123^^^WEST&1.2.840.99&ISO^MR~900^^^STATE^SB||Berg&van^Anna^Maria^^Dr^^L||19700203|F",
    "NK1|1|Berg^Ola|FTH", "PV1|1|I|W3^12^2^WEST", "AL1|1|DA|PEN^Penicillin^L"])


def message(*segments: str, header: str = MSH) -> bytes:
    """A message out of a header and other segments."""
    return "\r".join([header, *segments]).encode()


def tree(*segments: str, header: str = MSH) -> Tree:
    return HL7v2().parse(message(*segments, header=header))


def texts(tree: object, path: str) -> list[object]:
    """What a path selects, as texts."""
    return [node.value.content if node.value else None for node in HL7v2().path(path)(tree)]


def places(tree: object, path: str) -> list[str]:
    return [node.where for node in HL7v2().path(path)(tree)]


def plain(item: object) -> object:
    """The result of a conversion with the contents in place of the values."""
    if isinstance(item, Value):
        return item.content
    if isinstance(item, dict):
        return {name: plain(value) for name, value in item.items()}
    return [plain(value) for value in item] if isinstance(item, list) else item


def convert(function: str, field: str, *arguments: str, segment: str = "ZZZ", context: Context | None = None,
            header: str = MSH) -> object:
    """What a function makes of the text of a field (`{segment}-1`)."""
    found = tree(f"{segment}|{field}", header=header)
    node = HL7v2().path(f"{segment}-1")(found)[0]
    return plain(HL7v2.functions[function](node, context or Context(source="west"), *arguments))
