"""Bytes to a tree: separators, line ends, character sets, escapes; and what is refused, with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hl7v2 import HL7v2
from adapters.hl7v2.tree import Tree
from gateway.sdk import BadMessage
from tests.adapters.hl7v2.messages import MSH, message, texts, tree

ADAPTER = HL7v2()
VALUE = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).map(str.strip).filter(
    lambda v: v and v != '""')
SIGNS = st.permutations("|^~\\&#!@%*$").map(lambda signs: "".join(signs[:6]))


def codes(found: Tree) -> list[str]:
    return [issue.code for issue in ADAPTER.remarks(found)]


def escaped(value: str, signs: str) -> str:
    field, component, repetition, escape, subcomponent, truncation = signs
    words = {field: "F", component: "S", repetition: "R", escape: "E", subcomponent: "T", truncation: "P"}
    return "".join(f"{escape}{words[c]}{escape}" if c in words else c for c in value)


@given(SIGNS, st.lists(st.lists(st.lists(st.lists(VALUE, min_size=1, max_size=3), min_size=1, max_size=3), min_size=1,
                                max_size=3), min_size=1, max_size=4), st.sampled_from(["\r", "\n", "\r\n"]))
def test_what_is_written_is_read_with_any_separators(signs: str, fields: list[list[list[list[str]]]], end: str) -> None:
    """V2-06: the leaves of a message are exactly the values that were put into it, at their places."""
    field, component, repetition, _, subcomponent, _ = signs
    written = [repetition.join(component.join(subcomponent.join(escaped(v, signs) for v in c) for c in r) for r in f)
               for f in fields]
    raw = end.join([f"MSH{field}{signs[1:]}{field}APP", field.join(["ZZZ", *written])]).encode()
    leaves = {leaf.path: leaf.value for leaf in ADAPTER.leaves(ADAPTER.parse(raw)) if leaf.path.startswith("ZZZ")}
    expected = {f"ZZZ-{f}{f'({r})' if r > 1 else ''}.{c}" + (f".{s}" if len(subs) > 1 else ""): value
                for f, repeats in enumerate(fields, 1) for r, components in enumerate(repeats, 1)
                for c, subs in enumerate(components, 1) for s, value in enumerate(subs, 1)}
    assert leaves == expected
    found = ADAPTER.parse(raw)
    one = {path if "(" in path else path.replace(".", "(1).", 1): value for path, value in expected.items()}
    assert {path: texts(found, path) for path in one} == {path: [value] for path, value in one.items()}


@given(st.lists(st.sampled_from(["PID|1||5", "OBX|1|NM|x||5", "NTE|1||a~b"]), max_size=5),
       st.lists(st.sampled_from(["\r", "\n", "\r\n", "\r\r", "\n\r\n"]), min_size=6, max_size=6))
def test_the_segments_printed_again_are_the_message(segments: list[str], ends: list[str]) -> None:
    raw = "".join(line + end for line, end in zip([MSH, *segments], ends, strict=False)).encode()
    assert list(ADAPTER.parse(raw).lines) == [MSH, *segments]


@given(st.binary(max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_damaged_messages_are_read_or_refused(noise: bytes, start: int, length: int) -> None:
    good = message("PID|1||5^^^A&B", "OBX|1|NM|x||5")
    try:
        found = ADAPTER.parse(good[:start] + noise + good[start + length:])
    except BadMessage as bad:
        assert bad.issue.code.startswith("hl7v2-") and bad.issue.where and bad.issue.hint
    else:
        assert all(value.strip() for _, value in found.leaves())
        assert all(s.scope for s in found.segments)


@pytest.mark.parametrize(("raw", "code", "where"), [
    (b"", "hl7v2-empty", "segment 1"), (b"PID|1||5", "hl7v2-no-msh", "segment 1"),
    (b"PID|1\r" + message(), "hl7v2-msh-not-first", "segment 1"),
    (message("PID|1", MSH), "hl7v2-two-messages", "MSH[2] (segment 3)"),
    (b"MSH|^^\\&|A", "hl7v2-separators", "MSH-2"), (b"MSH|&&&&|A", "hl7v2-separators", "MSH-2"),
    (message("PID^1^^5"), "hl7v2-separators", "PID (segment 2)"), (bytes(range(256)), "hl7v2-no-msh", "segment 1"),
    (message("PID|1||5", "OBX|1|ST|x||a\x81") .decode().encode("latin-1"), "hl7v2-charset-unreadable", "OBX-5"),
    (message("PID|1").decode().encode("utf-16")[:-1], "hl7v2-charset-unreadable", "MSH")])
def test_what_cannot_be_read_is_refused_with_its_place(raw: bytes, code: str, where: str) -> None:
    with pytest.raises(BadMessage) as bad:
        ADAPTER.parse(raw)
    assert (bad.value.issue.code, bad.value.issue.where) == (code, where)


@pytest.mark.parametrize(("label", "codec", "text", "read_as"), [
    ("", "ascii", "Ake", None), ("8859/1", "iso8859-1", "Åke", None), ("8859/15", "iso8859-15", "€", None),
    ("8859/5", "iso8859-5", "Иван", None), ("UNICODE UTF-8", "utf-8", "Åke", None), ("ASCII", "ascii", "Ake", None),
    ("ASCII~ISO IR87", "iso2022_jp", "山田", None), ("GB 18030-2000", "gb18030", "联通", None),
    ("KS X 1001", "euc_kr", "김", None), ("WINDOWS-1252", "cp1252", "“Å”", None),
    ("8859/1", "utf-8", "Åke", "hl7v2-charset-mislabelled"), ("UNICODE UTF-8", "cp1252", "Åke", "hl7v2-charset-mislabelled"),
    ("8859/1", "cp1252", "Å“ke”", "hl7v2-charset-mislabelled"), ("ASCII", "cp1252", "Åke", "hl7v2-charset-mislabelled"),
    ("GB 18030-2000", "utf-8", "山田太郎", "hl7v2-charset-mislabelled"), ("", "utf-8", "Åke", "hl7v2-charset-guessed"),
    ("", "cp1252", "Åke", "hl7v2-charset-guessed"), ("KLINGON", "utf-8", "Åke", "hl7v2-charset-unknown")])
def test_character_sets_are_honoured_and_false_labels_named(label: str, codec: str, text: str, read_as: str | None) -> None:
    """V2-06: no byte is ever replaced."""
    found = ADAPTER.parse(f"{MSH}||||||{label}\rPID|||||{text}".encode(codec))
    assert texts(found, "PID-5") == [text]
    assert [c for c in codes(found) if "charset" in c][:1] == ([read_as] if read_as else [])


@pytest.mark.parametrize(("label", "codes_"), [("UNICODE UTF-16", []), ("", []), ("8859/1", ["hl7v2-charset-mislabelled"])])
def test_wide_characters_are_read_whatever_the_label_says(label: str, codes_: list[str]) -> None:
    for codec in ("utf-16", "utf-16-be", *([] if "16" in label else ["utf-32"])):
        found = ADAPTER.parse(f"{MSH}||||||{label}\rPID|||||Åke 山".encode(codec))
        assert texts(found, "PID-5") == ["Åke 山"]
        assert [c for c in codes(found) if "mislabelled" in c] == codes_


@pytest.mark.parametrize(("version", "value", "said"), [("2.8", "abc#", True), ("2.8", "ab#c", False), ("2.5", "abc#", False)])
def test_a_truncated_value_is_said(version: str, value: str, said: bool) -> None:
    found = tree(f"NTE|1||{value}", header=f"MSH|^~\\&#|A|B|C|D|2024||ORU^R01|1|P|{version}")
    assert texts(found, "NTE-3") == [value] and (codes(found) == ["hl7v2-truncated"]) is said


def test_the_settings_say_what_the_header_does_not() -> None:
    raw = f"{MSH}\rPID|||||Иван".encode("iso8859-5")
    assert texts(HL7v2(charset="8859/5").parse(raw), "PID-5") == ["Иван"]


@pytest.mark.parametrize(("written", "meant"), [
    ("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", "a|b^c&d~e\\f"), ("A\\.br\\B\\.sp2\\C", "A\nB\n\nC"), ("\\H\\bold\\N\\", "bold"),
    ("\\X41\\\\X42\\", "AB"), ("\\XC385\\ke", "Åke"), ("\\XC3\\\\X85\\ke", "Åke"), ("C:\\temp\\new", "C:\\temp\\new"),
    ("\\X4\\", "\\X4\\"), ("\\Zq1\\", "\\Zq1\\"), ("100\\", "100\\"), ("\\M244200\\;3ED\\C2842\\x", "山田x"),
    ("tab\there", "tab\there")])
def test_escapes(written: str, meant: str) -> None:
    """V2-06"""
    assert texts(tree(f"NTE|1||{written}"), "NTE-3") == [meant]


def test_a_latin_escape_is_read_with_the_bytes_of_its_own_set() -> None:
    raw = f"{MSH}||||||8859/1\rNTE|1||\\C2D42\\".encode() + b"\xa3\\C2842\\!"
    assert texts(ADAPTER.parse(raw), "NTE-3") == ["Ł!"]


def test_delete_is_not_absent() -> None:
    """V2-05: `""` is a node that is empty on purpose, and a leaf; an empty field is neither."""
    found = tree('PID|1||5||""||""^x|')
    assert [(n.where, n.value.content, n.value.origins) for n in ADAPTER.path("PID-5")(found)] == [("PID-5", None, ("PID-5.1",))]
    assert texts(found, "PID-6") == [] and texts(found, "PID-7.2") == ["x"]
    assert ("PID-5.1", '""') in list(found.leaves())


def test_lines_that_are_no_segments_stay_with_the_text_above_them() -> None:
    found = tree("OBX|1|TX|x||first", "second line|||F")
    assert texts(found, "OBX-5") == ["first\nsecond line"] and texts(found, "OBX-8") == ["F"]
    assert codes(found) == ["hl7v2-line-broken"]


def test_strange_segments_are_kept_and_named() -> None:
    found = tree("PIDX|1||5", "ZAB|x^y", "  PID|1||6", "EVN\r")
    assert [s.name for s in found.segments] == ["MSH", "PIDX", "ZAB", "PID", "EVN"]
    assert ("PIDX-3.1", "5") in list(found.leaves()) and texts(found, "ZAB-1.2") == ["y"]
    assert codes(found) == ["hl7v2-segment-name"]


def test_a_segment_named_in_small_letters_is_that_segment() -> None:
    found = tree("pid|1||5", "Obx|1|NM|a||7", "a line that has pid|in it")
    assert [s.name for s in found.segments] == ["MSH", "PID", "OBX"] and texts(found, "PID-3.1") == ["5"]
    assert codes(found) == ["hl7v2-segment-case", "hl7v2-line-broken"]


def test_control_characters_are_left_out_of_values_and_said() -> None:
    found = tree("PID|1||5\x00\x07", "NTE|1||a\\X00\\b")
    assert texts(found, "PID-3") == ["5"] and texts(found, "NTE-3") == ["ab"]
    assert codes(found) == ["hl7v2-control-character"]


@pytest.mark.parametrize(("nine", "evn", "kind", "structure", "derived"), [
    ("ADT^A01^ADT_A01", "", "ADT^A01", "ADT_A01", False), ("ADT^A04", "", "ADT^A04", "ADT_A01", False),
    ("ADT^A04^ADT_A04", "", "ADT^A04", "ADT_A01", True), ("ADT", "A08", "ADT^A08", "ADT_A01", False),
    ("^A40", "", "ADT^A40", "ADT_A39", False), ("ADT^A34^ADT_A30", "", "ADT^A34", "ADT_A30", False),
    ("ADT_A31", "", "ADT^A31", "ADT_A05", False), ("ZZZ^Z01^ZZZ_Z01", "", "ZZZ^Z01", "ZZZ_Z01", False), ("", "", "", "", False)])
def test_the_kind_of_message_is_found_where_msh_9_is_missing_or_wrong(nine: str, evn: str, kind: str, structure: str,
                                                                      derived: bool) -> None:
    """V2-08"""
    found = tree(f"EVN|{evn}", header=f"MSH|^~\\&|A|B|C|D|2024||{nine}|1|P|2.3")
    assert (found.kind, found.structure) == (kind, structure)
    assert ("hl7v2-structure-derived" in codes(found)) is derived


@pytest.mark.parametrize(("event", "known"), [("A01", True), ("A62", True), ("A63", False), ("Z01", False), ("PC6", True), ("R40", True),
                                              ("X", False), ("A1", False), ("S26", True)])
def test_a_trigger_event_that_does_not_exist_is_said(event: str, known: bool) -> None:
    found = tree(header=f"MSH|^~\\&|A|B|C|D|2024||ADT^{event}|1|P|2.5")
    assert ("hl7v2-event-unknown" in codes(found)) is not known


@pytest.mark.parametrize(("raw", "told"), [
    (b"\x0b" + message("PID|1") + b"\x1c\r", False), (message("PID|1"), False), (b"\x0b" + message("PID|1") + b"\r", True),
    (message("PID|1") + b"\r\x1c\r", True)])
def test_a_frame_that_is_not_around_one_message_alone_is_told(raw: bytes, told: bool) -> None:
    assert ("hl7v2-frame-shared" in [i.code for i in HL7v2().parse(raw).remarks]) == told


def test_two_messages_in_one_frame_of_a_file_are_both_read_and_both_say_so() -> None:
    file = b"\x0b" + message("PID|1||1") + b"\r" + message("PID|1||2") + b"\x1c\r"
    found = list(HL7v2().split(file))
    assert b"".join(m.raw for m in found) == file
    assert [[i.code for i in HL7v2().parse(m.raw).remarks] for m in found] == [["hl7v2-frame-shared"]] * 2


HEAD = b"MSH|^~\\&|A|B|C|D|20260101000000+0100||%b|5|P|2.5\r"
PID = b"PID|1||128^^^HOSP^MR||Good^Neigh"


@pytest.mark.parametrize("raw, missing", [
    (HEAD % b"ADT^A01" + PID, "no PV1"), (HEAD[:-1] % b"ADT^A01", "no PID and no PV1"), (HEAD % b"ORU^R01" + PID, "no OBR"),
    (HEAD % b"VXU^V04" + PID, "no RXA"), (HEAD % b"ADT^A40" + PID, "no MRG"), (HEAD % b"ADT^A01" + PID + b"\r", ""),
    (HEAD % b"ADT^A01" + PID + b"\n", ""), (HEAD % b"ADT^A01" + PID + b"\rPV1|1|I", ""), (HEAD % b"ADT^A28" + PID, ""),
    (HEAD % b"ACK" + b"MSA|AA|1", ""), (b"\x0b" + HEAD % b"ADT^A01" + PID + b"\x1c\r", ""),
    ((HEAD % b"ADT^A01" + PID).decode().encode("utf-16"), "no PV1")])
def test_a_message_that_was_perhaps_cut_off_is_told(raw, missing):
    told = [i for i in ADAPTER.remarks(ADAPTER.parse(raw)) if i.code == "hl7v2-cut-off"]
    assert len(told) == bool(missing) and all(missing in i.message and i.where.endswith(")") for i in told)
