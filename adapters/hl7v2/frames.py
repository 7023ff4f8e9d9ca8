"""MLLP: a stream of bytes cut into frames, 0x0B … 0x1C 0x0D, however the network splits or joins it (V2-01).

Pure: bytes in, frames out. What is no proper frame comes out too, with what is wrong with it; of what is too long only
the beginning is kept, so that a stream without an end needs no memory.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.errors import error
from gateway.sdk import Issue

START, END = b"\x0b", b"\x1c"
KEPT = 1 << 16                                    # bytes that are kept of what is too long, or of no frame at all
_AFTER = b"\r\n\x0b"                              # what may follow 0x1C where it ends a frame
_BLANK = b" \t\r\n\x00\x1c"
_TLS = b"\x16\x03"                               # how a handshake of any version of TLS begins
_LOST = "It was not taken, and the sender was told so."


class Frame(NamedTuple):
    """The bytes between the framing bytes, and what is wrong with the frame, if anything."""

    raw: bytes
    issue: Issue | None = None


@dataclass
class Framer:
    """Where a stream stands. `limit`: bytes that a message may have.

    inside   a frame has begun and not ended
    size     bytes of it so far
    ending   its last byte is 0x1C: most likely it is complete, and the sender leaves out the 0x0D
    broken   nothing sensible will come any more: close the connection
    """

    limit: int
    inside: bool = False
    size: int = 0
    broken: bool = False
    _data: bytearray = field(default_factory=bytearray)
    _seen: int = 0                                # up to here `_data` holds no end

    @property
    def waiting(self) -> bool:
        """Whether something has come that is not complete."""
        return self.inside or bool(self._data)

    @property
    def ending(self) -> bool:
        return self.inside and self._data.endswith(END)

    def feed(self, more: bytes) -> list[Frame]:
        """The frames that these bytes complete."""
        frames: list[Frame] = []
        self._data += more
        while self._data and not self.broken:
            if not self._step(len(more), frames):
                break
        return frames

    def _step(self, more: int, frames: list[Frame]) -> bool:
        """One frame, or what stands before one. False: the rest of it has not come yet."""
        if not self.inside:
            return self._between(frames)
        end = self._end()
        if end < 0:
            self._cut(more)
            return False
        frames.append(self._complete(end))
        return True

    def _between(self, frames: list[Frame]) -> bool:
        """Bytes before the next start are blanks, or no message that could be read."""
        start = self._data.find(START)
        closed = self._data.find(END + b"\r", 0, start if start >= 0 else len(self._data))
        length = closed + 2 if closed >= 0 else start if start >= 0 else len(self._data)
        other = bytes(self._data[:length])
        complete, blank = closed >= 0 or start >= 0, not other.strip(_BLANK)
        if not complete and not blank and length <= KEPT:
            return False
        if not blank:
            frames.append(_unstarted(other))
            self.broken = not complete
        self._enter(length, start == length)
        return True

    def _enter(self, length: int, inside: bool) -> None:
        del self._data[:length + inside]
        self.inside, self.size, self._seen = inside, len(self._data) if inside else 0, 0

    def _end(self) -> int:
        """Where 0x1C ends the frame, -1 when that has not come yet."""
        while (found := self._data.find(END, self._seen)) >= 0:
            if found + 1 == len(self._data):
                self._seen = found
                return -1
            if self._data[found + 1] in _AFTER:
                return found
            self._seen = found + 1
        self._seen = len(self._data)
        return -1

    def _cut(self, more: int) -> None:
        """Count what came, and of a frame that is too long keep the beginning and the last byte only."""
        if self.size <= self.limit:
            self.size = len(self._data)
        else:
            self.size += more
        if self.size > self.limit and len(self._data) > KEPT + 1:
            del self._data[KEPT:-1]
            self._seen = max(0, len(self._data) - 1)
        self.broken = self.size > 2 * self.limit + KEPT

    def _complete(self, end: int) -> Frame:
        raw = bytes(self._data[:end])
        size = self.size if self.size > self.limit else end
        self._enter(end + 1 + (self._data[end + 1] != START[0]), False)
        return self._judged(raw, size)

    def _judged(self, raw: bytes, size: int) -> Frame:
        if size > self.limit:
            return Frame(raw[:KEPT], _too_long(size, self.limit))
        if (at := max(raw.find(START), raw.find(END))) >= 0:
            return Frame(raw, error("hl7v2-frame-control", f"The framing byte 0x{raw[at]:02x} stands inside the "
                                    f"message, at byte {at + 1}, so where it ends is not certain. {_LOST}", "frame",
                                    "The sender must escape binary data, and close a frame before it begins another."))
        return Frame(raw)

    def finish(self) -> list[Frame]:
        """What is left when the sender is gone or takes too long: a frame that needs only its 0x0D, or a rest."""
        raw, inside, size = bytes(self._data), self.inside, max(self.size, len(self._data))
        ended = self.ending
        self._data.clear()
        self.inside, self.size, self._seen = False, 0, 0
        if inside and ended:
            return [self._judged(raw[:-1], size - 1)]
        if inside and size > self.limit:
            return [Frame(raw[:KEPT], _too_long(size, self.limit))]
        if inside:
            return [Frame(raw, error("hl7v2-frame-unfinished", f"The frame broke off after {size} bytes, without 0x1C "
                                     f"0x0D. {_LOST}", "frame", "The sender sends it again; look at the network."))]
        return [_unstarted(raw)] if raw.strip(_BLANK) else []


def _too_long(size: int, limit: int) -> Issue:
    return error("hl7v2-frame-size", f"The frame has {size} bytes or more, {limit} are allowed; its first {KEPT} are "
                 f"kept. {_LOST}", "frame", "Send large documents by reference, or raise `max_bytes` of the source.")


def _unstarted(raw: bytes) -> Frame:
    raw = raw.lstrip(_BLANK)
    hint = "The sender must speak MLLP: 0x0B, message, 0x1C 0x0D."
    if raw[:2] == _TLS:
        hint = "The sender speaks TLS: set certificate_file of the source, or switch TLS off at the sender."
    return Frame(raw[:KEPT], error("hl7v2-frame-start", f"Bytes came without the start byte 0x0B of MLLP; they begin "
                                   f"with {raw[:16].hex(' ')}. Up to {KEPT} of them are kept. {_LOST}", "frame", hint))
