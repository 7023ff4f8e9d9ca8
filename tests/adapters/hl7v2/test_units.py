"""Files cut into messages: nothing is lost, nothing is doubled, one bad message never takes its neighbours along."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hl7v2 import HL7v2
from adapters.hl7v2.units import pieces
from gateway.sdk import Message, Rejected
from tests.adapters.hl7v2.messages import message

GOOD = [message(f"PID|1||{n}") for n in range(3)]
FRAMES = st.sampled_from([(b"", b"\r"), (b"", b"\r\n"), (b"\x0b", b"\x1c\r"), (b"\n\n", b"\n"), (b"FHS|^~\\&\r", b"\r")])
NOISE = st.sampled_from([b"", b"hello\r", b"PID|9\r", b"\x00\xff\r", b"BTS|\r", b"MSH|||||\r", b"\x1c\r"])


def codes(data: bytes) -> list[str]:
    return [u.kind if isinstance(u, Message) else u.issue.code for u in HL7v2().split(data)]


@given(st.lists(st.one_of(st.tuples(FRAMES, st.sampled_from(GOOD)), NOISE), max_size=8), st.integers(1, 64))
def test_pieces_are_the_file_byte_for_byte_in_whatever_chunks_it_comes(parts: list[object], size: int) -> None:
    data = b"".join(p if isinstance(p, bytes) else p[0][0] + p[1] + p[0][1] for p in parts)  # type: ignore[index]
    whole = list(pieces(io.BytesIO(data).read))
    assert b"".join(p.raw for p in whole) == data
    stream = io.BytesIO(data)
    assert list(pieces(lambda _: stream.read(size))) == whole
    assert [p.end for p in whole] == [sum(len(q.raw) for q in whole[:n + 1]) for n in range(len(whole))]


@given(st.lists(st.tuples(FRAMES, st.sampled_from(GOOD)), min_size=1, max_size=6), NOISE.filter(bool))
def test_every_message_goes_through_whatever_stands_around_it(parts: list[tuple[tuple[bytes, bytes], bytes]],
                                                              noise: bytes) -> None:
    data = b"\r".join(frame[0] + raw + frame[1] for frame, raw in parts)
    assert codes(data).count("ORU^R01") == len(parts)
    assert codes(b"junk\r" + data).count("ORU^R01") == len(parts)
    assert codes(data + b"\rMSH|" + noise).count("ORU^R01") == len(parts)


@given(st.binary(max_size=300))
def test_any_bytes_become_units_that_are_these_bytes(data: bytes) -> None:
    assert b"".join(u.raw for u in HL7v2().split(data)) == data


def test_wide_characters_are_cut_at_messages_too() -> None:
    for codec in ("utf-16", "utf-16-le", "utf-16-be"):
        data = "\r".join(raw.decode() for raw in GOOD).encode(codec)
        units = list(HL7v2().split(data))
        assert [u.kind for u in units if isinstance(u, Message)] == ["ORU^R01"] * 3
        assert b"".join(u.raw for u in units) == data


@pytest.mark.parametrize(("data", "expected"), [
    (b"", ["hl7v2-empty"]), (b"  \r\n", ["hl7v2-empty"]), (b"FHS|^~\\&\rBTS|0\rFTS|1\r", ["hl7v2-empty"]),
    (b"PID|1\r" + GOOD[0], ["hl7v2-no-msh", "ORU^R01"]), (GOOD[0] + b"\r" + GOOD[1], ["ORU^R01", "ORU^R01"]),
    (b"BHS|^~\\&\r" + GOOD[0] + b"\rBTS|1", ["ORU^R01"]),
    (b"BHS|^~\\&\r" + GOOD[0] + b"\rBTS|2", ["ORU^R01", "hl7v2-batch-count"]),
    (b"FHS|^~\\&\rBHS|^~\\&\r" + GOOD[0] + b"\rBTS|1\rFTS|2", ["ORU^R01", "hl7v2-batch-count"]),
    (b"\x0b" + GOOD[0] + b"\x1c\rnoise\x0b" + GOOD[1] + b"\x1c\r", ["ORU^R01", "hl7v2-no-msh", "ORU^R01"]),
    (b"\x0b" + GOOD[0] + b"\r" + GOOD[1] + b"\x1c\r", ["ORU^R01", "ORU^R01"])])
def test_envelopes_and_frames(data: bytes, expected: list[str]) -> None:
    assert codes(data) == expected


@pytest.mark.parametrize(("data", "expected"), [
    (b"BHS|^~\\&\r" + GOOD[0] + b"\r" + GOOD[1], [[], ["BTS"]]),
    (b"FHS|^~\\&\rBHS|^~\\&\r" + GOOD[0] + b"\rBTS|1\r", [["FTS"]]),
    (b"FHS|^~\\&\rBHS|^~\\&\r" + GOOD[0], [["FTS"]]), (b"BTS|0\r" + GOOD[0], [[]]),
    (b"BHS|^~\\&\r" + GOOD[0] + b"\rBHS|^~\\&\r" + GOOD[1] + b"\rBTS|1\r", [["BTS"], []]),
    (b"BHS|^~\\&\r" + GOOD[0] + b"\rBTS|1\r", [[]]), (GOOD[0], [[]])])
def test_a_trailer_that_is_missing_is_said_once_at_the_last_message_before_it(data: bytes, expected: list[list[str]]) -> None:
    units = list(HL7v2().split(data))
    assert [[i.where for i in u.remarks] for u in units if isinstance(u, Message)] == expected and len(units) == len(expected)
    assert {i.code for u in units for i in u.remarks} <= {"hl7v2-batch-unfinished"}


def test_an_empty_batch_is_no_error() -> None:
    (unit,) = HL7v2().split(b"BHS|^~\\&\rBTS|0\r")
    assert isinstance(unit, Rejected) and unit.issue.severity == "information"
