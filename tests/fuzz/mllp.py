"""Any bytes at the MLLP listener: it survives, answers what came framed, and hands on every byte that is no framing."""

import contextlib
import socket

from hypothesis import strategies as st

from adapters.hl7v2.acknowledge import header, is_acknowledgement
from adapters.hl7v2.frames import Framer
from tests.adapters.hl7v2.serving import Served
from tests.fuzz.hl7v2 import damaged, pieces

_FRAMING = b"\x0b\x1c\r\n \t\x00"
_AROUND = [b"\x0b", b"\x1c\r", b"\x1c", b"\r", b"", b"GET / HTTP/1.1\r\n\r\n", b"\x0b\x0b", b"\x1c\r\x1c\r"]
streams = st.lists(st.one_of(st.sampled_from(_AROUND), damaged(), damaged().map(lambda raw: b"\x0b" + raw + b"\x1c\r")),
                   min_size=1, max_size=5).map(b"".join)
sizes = st.lists(st.integers(1, 400), max_size=6)


def check(served: Served, stream: bytes, cut: list[int]) -> None:
    """Send a stream on a connection of its own. Raises AssertionError when a promise breaks."""
    begin = len(served.taken)
    host, _, port = served.address.partition(":")
    answers = b""
    with socket.create_connection((host, int(port)), timeout=20) as link, contextlib.suppress(ConnectionError):
        for piece in pieces(stream, cut):
            link.sendall(piece)
        link.shutdown(socket.SHUT_WR)
        while data := link.recv(1 << 16):
            answers += data
    taken = served.taken[begin:]
    kept = b"".join(unit.raw for unit in taken)
    if b"|ACK" not in stream and b"MCF" not in stream:
        assert kept.translate(None, _FRAMING) == stream.translate(None, _FRAMING)
    framer = Framer(1 << 20)
    frames = framer.feed(answers)
    assert not framer.finish() and all(f.issue is None and is_acknowledgement(header(f.raw)) for f in frames)
    assert not [said for said in served.said[1:] if "lost" not in said], served.said
