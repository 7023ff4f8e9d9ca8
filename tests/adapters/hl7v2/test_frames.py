"""MLLP framing: whatever the network does to a stream, the same frames come out, and what is no frame is told."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.hl7v2.frames import KEPT, Frame, Framer

BODY = st.binary(max_size=40).map(lambda b: b"M" + b.replace(b"\x0b", b"v").replace(b"\x1c", b"f"))


def framed(*bodies):
    return b"".join(b"\x0b" + body + b"\x1c\r" for body in bodies)


def cut(stream, limit=1 << 20, sizes=None):
    """The frames of a stream that comes in pieces, and the framer at its end."""
    framer, frames, at = Framer(limit), [], 0
    while at < len(stream):
        size = sizes() if sizes else len(stream)
        frames += framer.feed(stream[at:at + size])
        at += size
    return frames, framer


def codes(frames):
    return [f.issue.code if f.issue else "" for f in frames]


@settings(max_examples=200, deadline=None)
@given(st.lists(BODY, max_size=6), st.integers(1, 7), st.sampled_from([b"", b"\r\n", b"\n"]))
def test_any_cutting_gives_the_same_frames(bodies, size, between):
    stream = between.join(framed(body) for body in bodies)
    frames, framer = cut(stream, sizes=lambda: size)
    assert frames == [Frame(body) for body in bodies] and not framer.finish()


def test_one_byte_at_a_time_and_two_frames_at_once():
    stream = framed(b"one", b"two" * 50_000)
    assert cut(stream, sizes=lambda: 1)[0] == cut(stream)[0] == [Frame(b"one"), Frame(b"two" * 50_000)]


def test_what_may_follow_the_end():
    assert [f.raw for f in cut(b"\x0ba\x1c\n\x0bb\x1c\x0bc\x1c\r\n\x0bd\x1c\r")[0]] == [b"a", b"b", b"c", b"d"]


def test_an_end_without_its_carriage_return_is_complete_when_the_sender_is_done():
    frames, framer = cut(b"\x0ba\x1c")
    assert not frames and framer.ending
    assert framer.finish() == [Frame(b"a")]
    assert framer.feed(b"\r\x0bb\x1c\r") == [Frame(b"b")]


def test_framing_bytes_inside_make_the_frame_doubtful():
    frames, _ = cut(b"\x0ba\x1cb\x1c\r\x0bc\x0bd\x1c\r\x0be\x1c\r")
    assert codes(frames) == ["hl7v2-frame-control", "hl7v2-frame-control", ""]
    assert [f.raw for f in frames] == [b"a\x1cb", b"c\x0bd", b"e"]


def test_bytes_without_a_start_are_told_and_the_next_frame_is_read():
    frames, framer = cut(b"GET / HTTP/1.1\r\n" + framed(b"good"))
    assert codes(frames) == ["hl7v2-frame-start", ""] and frames[1].raw == b"good" and not framer.broken
    assert "47 45 54" in frames[0].issue.message
    frames, framer = cut(b"MSH|^~\\&|A\x1c\r")
    assert codes(frames) == ["hl7v2-frame-start"] and frames[0].raw.startswith(b"MSH|") and not framer.broken


def test_a_stream_that_never_starts_is_given_up():
    frames, framer = cut(b"x" * 200_000, sizes=lambda: 4096)
    assert codes(frames) == ["hl7v2-frame-start"] and len(frames[0].raw) == KEPT and framer.broken
    frames, framer = cut(b"\r\n" * 200_000, sizes=lambda: 4096)
    assert not frames and not framer.broken


def test_a_frame_that_is_too_long_keeps_its_beginning_and_the_next_one_is_read():
    frames, framer = cut(framed(b"MSH" + b"a" * 300_000, b"good"), limit=250_000, sizes=lambda: 5000)
    assert codes(frames) == ["hl7v2-frame-size", ""] and frames[1].raw == b"good"
    assert frames[0].raw == b"MSH" + b"a" * (KEPT - 3) and not framer.broken


def test_a_frame_without_an_end_needs_no_memory():
    framer, rnd = Framer(1 << 20), random.Random(1)
    framer.feed(b"\x0b")
    most = fed = 0
    while not framer.broken:
        fed += len(piece := rnd.randbytes(65536).translate(None, b"\x0b\x1c"))
        assert not framer.feed(piece)
        most = max(most, len(framer._data))
    assert most < (1 << 20) + (1 << 17) and fed < 3 << 20
    (frame,) = framer.finish()
    assert frame.issue.code == "hl7v2-frame-size" and len(frame.raw) == KEPT


def test_a_frame_that_breaks_off_is_told():
    framer = cut(b"\x0bMSH|^~")[1]
    (frame,) = framer.finish()
    assert frame.issue.code == "hl7v2-frame-unfinished" and frame.raw == b"MSH|^~"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([b"\x0b", b"\x1c", b"\r", b"MSH|", b"\n", b"x", b"\x1c\r", b"y" * 300]), max_size=40),
       st.integers(1, 9))
def test_noise_loses_no_byte_but_blanks_and_framing(parts, size):
    stream = b"".join(parts)
    frames, framer = cut(stream, sizes=lambda: size)
    kept = b"".join(f.raw for f in frames + framer.finish()).translate(None, b"\x0b\x1c\r\n")
    assert kept == stream.translate(None, b"\x0b\x1c\r\n")
    assert cut(stream)[0] == cut(stream, sizes=lambda: size)[0]


def test_tls_where_none_is_spoken_is_called_by_its_name():
    framer = Framer(1000)
    framer.feed(bytes.fromhex("16030100c8010000c40303"))
    (frame,) = framer.finish()
    assert frame.issue.code == "hl7v2-frame-start" and "speaks TLS" in frame.issue.hint
