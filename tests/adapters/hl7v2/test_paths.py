"""What a path selects: in a whole message, and below the place that an `each` selected."""

import pytest

from adapters.hl7v2 import HL7v2
from adapters.hl7v2.groups import _HEADS, _OF_STRUCTURE
from adapters.hl7v2.tree import Tree
from gateway.sdk import BadPath
from tests.adapters.hl7v2.messages import places, texts, tree

REPORT = tree(
    "PID|1||1", "PV1|1|I", "ORC|RE|p1|f1", "OBR|1|p1|f1|CBC", "NTE|1||order note", "OBX|1|NM|wbc||5", "NTE|1||result note",
    "NTE|2||again", "OBX|2|NM|rbc||4", "SPM|1|s1", "OBR|2|p2|f2|GLU", "OBX|1|NM|glu||6", "ORC|RE|p3|f3", "OBR|3|p3|f3|TSH",
    "SPM|1|s3", "OBX|1|NM|tsh||7", "ZLB|x")
MERGE = tree("EVN|A40", "PID|1||10", "MRG|11", "PV1|1|I", "PID|2||20", "MRG|21",
             header="MSH|^~\\&|A|B|C|D|2024||ADT^A40^ADT_A39|1|P|2.5")


def inside(found: Tree, each: str, path: str) -> list[list[object]]:
    """For each place that `each` selects, the texts that the path selects there."""
    return [texts(place, path) for place in HL7v2().path(each)(found)]


@pytest.mark.parametrize(("path", "expected"), [
    ("OBX-5", ["5", "4", "6", "7"]), ("OBX[2]-5", ["4"]), ("OBX[9]-5", []), ("MSH-9.2", ["R01"]),
    ("PID-3(1).1", ["1"]), ("PID-3(2)", []), ("PID-3.1.1", ["1"]), ("PID-3.1.2", []), ("ZLB-1", ["x"]), ("MSH-1", [])])
def test_a_path_selects_in_the_message(path: str, expected: list[str]) -> None:
    assert texts(REPORT, path) == expected


def test_segments_and_their_places() -> None:
    assert places(REPORT, "OBX") == ["OBX", "OBX[2]", "OBX[3]", "OBX[4]"]
    found = tree("PID|1||1^^^A&1.2~2", "OBX|1", "OBX|2|||x^y")
    assert places(found, "PID-3") == ["PID-3", "PID-3(2)"] and places(found, "PID-3.4.2") == ["PID-3.4.2"]
    assert [leaf.path for leaf in found.leaves()][-9:] == [
        "PID-1.1", "PID-3.1", "PID-3.4.1", "PID-3.4.2", "PID-3(2).1", "OBX-1.1", "OBX[2]-1.1", "OBX[2]-4.1", "OBX[2]-4.2"]


@pytest.mark.parametrize(("each", "path", "expected"), [
    ("OBX", "OBX-5", [["5"], ["4"], ["6"], ["7"]]),
    ("OBX", "NTE-3", [["result note", "again"], [], [], []]),
    ("OBX", "OBR-4", [["CBC"], ["CBC"], ["GLU"], ["TSH"]]),
    ("OBX", "ORC-2", [["p1"], ["p1"], [], ["p3"]]),
    ("OBX", "SPM-2", [["s1"], ["s1"], [], ["s3"]]),
    ("OBX", "PID-3", [["1"]] * 4), ("OBX", "PV1-2", [["I"]] * 4), ("OBX", "MSH-9.1", [["ORU"]] * 4),
    ("OBX", "ZLB-1", [[], [], [], ["x"]]),
    ("OBR", "OBX-5", [["5", "4"], ["6"], ["7"]]), ("OBR", "NTE-3", [["order note"], [], []]),
    ("ORC", "OBX-3", [["wbc", "rbc"], ["tsh"]]), ("PID", "OBX-5", [["5", "4", "6", "7"]]), ("PID", "NTE-3", [[]]),
    ("PID-3", "PID-3.1", [["1"]]), ("PID-3", ".1", [["1"]]), ("PID-3", ".", [["1"]]), ("PID-3", "-1", [["1"]]),
    ("OBX", "-3", [["wbc"], ["rbc"], ["glu"], ["tsh"]]), ("OBX", ".", [[None]] * 4)])
def test_a_path_inside_each_sees_its_own_group(each: str, path: str, expected: list[list[str]]) -> None:
    """The specimen before the result loses nothing; another order's ORC, OBR and SPM are never taken."""
    assert inside(REPORT, each, path) == expected


def test_each_person_of_a_merge_has_its_own_segments() -> None:
    """V2-09: A40 with several pairs."""
    assert inside(MERGE, "PID", "MRG-1") == [["11"], ["21"]] == inside(MERGE, "MRG", "MRG-1")
    assert inside(MERGE, "MRG", "PID-3") == [["10"], ["20"]]
    assert inside(MERGE, "PID", "PV1-2") == [["I"], []] and inside(MERGE, "PID", "EVN-1") == [["A40"], ["A40"]]


def test_repeats_of_a_field_are_scopes_of_their_own() -> None:
    found = tree("PV1|1|I|||||7^House~8^Grey")
    assert inside(found, "PV1-7", ".2") == [["House"], ["Grey"]] == inside(found, "PV1-7", "PV1-7.2")
    assert inside(found, "PV1-7", "PV1-2") == [["I"], ["I"]] and inside(found, "PV1-7", "PV1-7(1).1") == [["7"], ["7"]]
    assert inside(found, "PV1-7.2", "PV1-7.1") == [["7"], ["8"]]


@pytest.mark.parametrize(("segments", "each", "path", "expected"), [
    (["PV1|1|O", "PID|1||1"], "PV1", "PID-3", [["1"]]), (["PV1|1|O", "PID|1||1"], "PID", "PV1-2", [["O"]]),
    (["OBX|1||a", "OBR|1|||T"], "OBX", "OBR-4", [["T"]]), (["OBX|1||a"], "OBX", "PID-3", [[]]),
    (["PID|1||1", "RXA|0|1", "RXR|IM", "OBX|1||a", "RXA|0|2", "RXR|SC"], "RXA", "RXR-1", [["IM"], ["SC"]]),
    (["PID|1||1", "ORC|RE|1", "RXA|0|1", "OBX|1||a", "ORC|RE|2", "RXA|0|2"], "OBX", "ORC-2", [["1"]]),
    (["PID|1||1", "ORC|NW|1", "RXO|a", "RXR|PO", "RXE|x|b", "RXR|IV"], "RXE", "RXO-1", [["a"]]),
    (["PID|1||1", "ORC|NW|1", "RXO|a", "RXR|PO", "RXE|x|b", "RXR|IV"], "RXE", "RXR-1", [["IV"]]),
    (["PID|1||1", "IN1|1", "IN2|x", "IN1|2", "IN2|y"], "IN1", "IN2-1", [["x"], ["y"]]),
    (["PID|1||1", "PR1|1||a", "ROL|1|AD", "PR1|2||b"], "PR1", "ROL-2", [["AD"], []]),
    (["SCH|1", "PID|1||1", "RGS|1", "AIS|1||a", "AIP|1||d"], "SCH", "AIP-3", [["d"]]),
    (["SCH|1", "PID|1||1", "RGS|1", "AIS|1||a", "AIP|1||d"], "AIP", "PID-3", [["1"]]),
    (["PID|1||1", "TXA|1|DS", "OBX|1|TX|a", "OBX|2|TX|b"], "TXA", "OBX-3", [["a", "b"]])])
def test_groups_stand_in_any_order(segments: list[str], each: str, path: str, expected: list[list[str]]) -> None:
    assert inside(tree(*segments), each, path) == expected


@pytest.mark.parametrize(("structure", "segments", "each", "path", "expected"), [
    ("OML^O33^OML_O33", ["PID|1", "SPM|1|a", "ORC|NW|1", "OBR|1|1", "ORC|NW|2", "OBR|2|2", "SPM|2|b", "ORC|NW|3", "OBR|3|3"],
     "OBR", "SPM-2", [["a"], ["a"], ["b"]]),
    ("OUL^R22^OUL_R22", ["PID|1", "SPM|1|a", "OBR|1|1", "ORC|RE|1", "OBX|1||x", "SPM|2|b", "OBR|2|2", "ORC|RE|2", "OBX|1||y"],
     "OBX", "ORC-2", [["1"], ["2"]]),
    ("RAS^O17^RAS_O17", ["PID|1", "ORC|RE|1", "RXE|a", "RXA|0|1", "RXA|0|2"], "RXA", "ORC-2", [["1"], ["1"]])])
def test_structures_with_another_order_of_heads(structure: str, segments: list[str], each: str, path: str,
                                                expected: list[list[str]]) -> None:
    assert inside(tree(*segments, header=f"MSH|^~\\&|A|B|C|D|2024||{structure}|1|P|2.5"), each, path) == expected


def test_scopes_name_the_groups_from_the_outside_in() -> None:
    scopes = [[name for name, _ in node.scope] for node in HL7v2().path("OBX")(REPORT)]
    assert scopes == [["PID", "order", "OBR", "OBX"]] * 4
    assert len({node.scope for node in HL7v2().path("OBX")(REPORT)}) == 4


def test_no_rule_of_groups_makes_a_segment_its_own_ancestor() -> None:
    for own in ({}, *_OF_STRUCTURE.values()):
        heads, reached = {**_HEADS, **own}, set[tuple[str, str]]()
        edges = {(name, head) for name, possible in heads.items() for head in possible if head != name}
        while edges - reached:
            reached |= edges
            edges = {(a, d) for a, b in reached for c, d in reached if b == c}
        assert [name for name, head in reached if name == head] == []


@pytest.mark.parametrize(("path", "hint"), [
    ("PDI-3", "did you mean PID"), ("OBC", "did you mean OBX"), ("PID.3.1", "did you mean PID-3.1"), ("pid-3", "did you mean PID-3"),
    ("PID-3-1", "did you mean PID-3.1"), ("PID-41", "which has 40"), ("PID[0]", "expected"), ("Patient", "expected"), ("-", "expected")])
def test_a_bad_path_says_what_was_meant(path: str, hint: str) -> None:
    with pytest.raises(BadPath, match="expected") as bad:
        HL7v2().path(path)
    assert hint in str(bad.value)
