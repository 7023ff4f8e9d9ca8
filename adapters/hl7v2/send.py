"""An MLLP client, for tests and for sending files again: `python -m adapters.hl7v2.send HOST:PORT FILE…`.

Every message of the files is sent and its acknowledgement awaited; prints one line each, exit code 1 when one was
refused.
"""

import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from adapters.hl7v2.frames import Framer
from adapters.hl7v2.listening import address


class Answer(NamedTuple):
    """An acknowledgement: MSA-1, MSA-2, MSA-4, and the whole of it."""

    code: str
    control: str
    expected: str
    raw: bytes


class Connection:
    """An open connection. `send` and `answer` may be called apart, to have several messages under way."""

    def __init__(self, link: socket.socket) -> None:
        self.link, self._framer, self._frames = link, Framer(1 << 24), list[bytes]()

    def send(self, raw: bytes) -> None:
        """One message in its frame."""
        self.link.sendall(b"\x0b" + raw + b"\x1c\r")

    def answer(self) -> Answer:
        """The next acknowledgement. Raises ConnectionError when the other end is gone, TimeoutError."""
        while not self._frames:
            data = self.link.recv(1 << 16)
            if not data:
                raise ConnectionResetError("the connection was closed before the answer came")
            self._frames += [frame.raw for frame in self._framer.feed(data)]
        return read_answer(self._frames.pop(0))

    def ask(self, raw: bytes) -> Answer:
        """Send a message and wait for its answer."""
        self.send(raw)
        return self.answer()


def read_answer(raw: bytes) -> Answer:
    """What an acknowledgement says; all empty where it has no MSA."""
    text = raw.decode("latin-1")
    mark = text[3:4] or "|"
    fields = next((line.split(mark) for line in text.split("\r") if line[:3] == "MSA"), [])
    code, control, _, expected = (fields[1:] + [""] * 4)[:4]
    return Answer(code, control, expected, raw)


@contextmanager
def connected(where: str, tls: ssl.SSLContext | None = None, seconds: float = 30.0) -> Iterator[Connection]:
    """A connection to `host:port`. Raises OSError."""
    host, port = address(where)
    with socket.create_connection((host or "127.0.0.1", port), timeout=seconds) as plain:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link = tls.wrap_socket(plain, server_hostname=host) if tls else plain
        with link:
            yield Connection(link)


def main(where: str, *files: str) -> int:
    """Send every message of some files."""
    from adapters.hl7v2.adapter import HL7v2
    from gateway.sdk import Message

    refused = 0
    with connected(where) as link:
        for file in files:
            for unit in HL7v2().split(Path(file).read_bytes()):
                answer = link.ask(unit.raw.strip(b"\x0b\x1c\r\n") if isinstance(unit, Message) else unit.raw)
                refused += answer.code not in ("AA", "CA")
                print(f"{answer.code or 'no code'} {answer.control}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
