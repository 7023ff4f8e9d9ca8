"""HL7 v2 from files and folders (single messages, batches, MLLP captures, told apart by content), or over MLLP."""

import hashlib
import io
import re
from asyncio import Event
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any, BinaryIO, ClassVar

from adapters.files import File, files, resume
from adapters.hl7v2.acknowledge import Header
from adapters.hl7v2.charset import codec_of, marked
from adapters.hl7v2.datatypes import ALONE, FUNCTIONS
from adapters.hl7v2.enclosed import enclosed, may_enclose
from adapters.hl7v2.listening import is_address, serve
from adapters.hl7v2.paths import Select, compile_path, outline, segment_fields
from adapters.hl7v2.reading import read_tree
from adapters.hl7v2.structure import is_event, lacking, structure_of
from adapters.hl7v2.tree import Tree
from adapters.hl7v2.units import Piece, pieces
from gateway.errors import ConfigError, error, near
from gateway.sdk import BadMessage, Function, Issue, Leaf, Message, Rejected, Severity, Take

_SNIFFED = 2**16
_DELETED = {"A23": "a visit", "A29": "a person"}   # V2-09: kept, shown as inactive or not at all, and told
_SIGNS = r"[^A-Za-z0-9\s\x00-\x1f]{2}"           # a name of a column called MSH has only one behind it
_HEAD = re.compile(rf"[\x0b\s\ufeff]*(?:MSH|FHS|BHS){_SIGNS}")
_LATER = re.compile(rf"[\r\n\x0b\x1c][ \t]{{0,8}}MSH{_SIGNS}")
_SEGMENT = re.compile(r"[\x0b\s\ufeff]*([A-Z][A-Z0-9]{2})\|")


@dataclass(frozen=True)
class HL7v2:
    """HL7 v2.1 to 2.9: in one file, or in a folder whose files are read in the order of their names.

    folder    folder, or one file
    patterns  names of the files that are read in the folder
    charset   character set where MSH-18 names none, as table 0211 or Python writes it; empty: UTF-8, else windows-1252

    Or pushed over MLLP, received by `gateway listen`; the folder is not looked at then:

    listen    address to listen at: host:port
    certificate_file, key_file   PEM files for TLS; empty: no TLS
    clients_file   PEM file of the authorities whose clients may connect (mutual TLS); empty: no client certificate
    processing     values of MSH-11 that are taken; others, such as test traffic (T, D), are refused
    sequence       whether MSH-13 must count up (sequence number protocol)
    max_bytes      how large one message may be
    connections    how many may be open at once
    frame_seconds  how long one message may take from its first byte to its last

    Paths of a mapping: `PID-3`, `PID-3(2).1`, `PID-5.1.1`, `OBX[2]-5`, `PID`; see adapters/hl7v2/paths.py.
    """

    kind: ClassVar[str] = "hl7v2"
    functions: ClassVar[Mapping[str, Function]] = FUNCTIONS

    folder: str = "."
    patterns: tuple[str, ...] = ("*",)
    charset: str = ""
    listen: str = ""
    certificate_file: str = ""
    key_file: str = ""
    clients_file: str = ""
    processing: tuple[str, ...] = ("P",)
    sequence: bool = False
    max_bytes: int = 1 << 26
    connections: int = 256
    frame_seconds: float = 60.0

    def __post_init__(self) -> None:
        names = ("ASCII", "8859/1", "8859/15", "UNICODE UTF-8", "windows-1252", "ISO IR87", "GB 18030-2000")
        issues = [error("setting-invalid", message, name, hint) for wrong, name, message, hint in (
            (self.charset and not codec_of(self.charset), "charset", f"charset = {self.charset!r} is no character set "
             f"of table 0211.{near(self.charset, names)}", f"Write for instance {', '.join(names)}."),
            (self.listen and not is_address(self.listen), "listen", f"listen = {self.listen!r} is no address.",
             "Write host:port, for instance 127.0.0.1:2575."),
            ((self.key_file or self.clients_file) and not self.certificate_file, "certificate_file",
             "TLS needs a certificate.", "Name certificate_file, and key_file where the key is not in it."),
            (min(self.max_bytes, self.connections, self.frame_seconds) <= 0, "max_bytes",
             "max_bytes, connections and frame_seconds are more than 0.", "")) if wrong]
        if issues:
            raise ConfigError(*issues)

    @property
    def listens(self) -> str:
        """The address to listen at, "" where files are read."""
        return self.listen

    async def serve(self, take: Take, stop: Event, cursor: str | None, say: Callable[[str], None]) -> None:
        """Receive over MLLP until `stop`. Raises Fatal when the address or the certificate cannot be used."""
        await serve(self, take, stop, cursor, say)

    def pushed(self, raw: bytes, head: Header) -> Message | Rejected:
        """What came in one frame; its key is sender and control id, which must not be used twice."""
        unit = self._unit(Piece(raw, 0), "", "", "")
        names = [head[n] for n in (3, 4, 10)]
        return replace(unit, key="|".join(names)) if names[2] else unit

    def read(self, after: str | None = None) -> Iterator[Message | Rejected]:
        """Every message behind the cursor; what cannot be read is rejected and its neighbours go through.

        Nothing where it is pushed. Raises Retry when there is nothing at `folder`.
        """
        if self.listen:
            return
        left, offset, _ = resume(files(self.folder, self.patterns), after)
        for file in left:
            try:
                with file.path.open("rb") as data:
                    yield from self._units(file, data, offset)
            except OSError as e:
                yield Rejected(error("file-unreadable", f"The file cannot be read: {e.strerror}. None of its messages "
                                     "were taken.", file.name, "Give the gateway the right to read it."),
                               b"", file.cursor(0, 1), file.name, file.name)
            offset = 0

    def _units(self, file: File, data: BinaryIO, offset: int) -> Iterator[Message | Rejected]:
        for number, piece in enumerate(pieces(data.read), 1):
            if piece.end > offset or not piece.raw:
                yield self._unit(piece, file.name, f"{file.name}#{number}", file.cursor(piece.end, number + 1))

    def split(self, data: bytes) -> Iterator[Message | Rejected]:
        """The messages in any bytes, in order; their bytes one after another are `data`."""
        for number, piece in enumerate(pieces(io.BytesIO(data).read), 1):
            yield self._unit(piece, "", f"#{number}", str(piece.end))

    def _unit(self, piece: Piece, delivery: str, place: str, cursor: str) -> Message | Rejected:
        reject = partial(Rejected, raw=piece.raw, cursor=cursor, key=hashlib.sha256(piece.raw).hexdigest()[:32],
                         delivery=delivery)
        if piece.issue:
            return reject(_placed(piece.issue, place))
        try:
            tree = self.parse(piece.raw)
        except BadMessage as bad:
            return reject(_placed(bad.issue, place))
        return Message(_key(tree), tree.kind, piece.raw, cursor, delivery=delivery, place=place,
                       remarks=(piece.remark,) if piece.remark else ())

    def sniff(self, data: bytes) -> bool:
        """Whether these bytes, or the first of them, look like HL7 v2, whatever the file is called."""
        codec, length = marked(data[:64])
        text = data[length:_SNIFFED].decode(codec or "latin-1", "replace")
        first = _SEGMENT.match(text)
        later = "MSH" in text and _LATER.search(text)
        return bool(_HEAD.match(text) or later or (first and first[1] in segment_fields()))

    def parse(self, raw: bytes) -> Tree:
        """One message as a tree. Raises BadMessage."""
        tree = _parsed(raw, self.charset)
        if self.listen and (mode := tree.head(11)) and mode not in self.processing:
            raise BadMessage(error("hl7v2-test-traffic", f"MSH-11 says {mode[:20]!r}, this source takes "
                                   f"{', '.join(self.processing)} only. The message was set aside.", "MSH-11",
                                   "Send tests to a gateway of their own, or set `processing` of the source."))
        return tree

    def path(self, text: str) -> Select:
        """A closure that gives the places a path selects, in a tree or below a place of it. Raises BadPath."""
        return compile_path(text)

    def outline(self, path: str) -> str:
        """Segment and field of a path: `PID-5`, `OBX`; "" below an `each`."""
        return outline(path)

    def holds(self, tree: Tree) -> Set[str]:
        """The segments of a message and their fields that hold a value."""
        return tree.outlines

    def manner(self, tree: Tree) -> Hashable:
        """The separators, and the offset that times without one get."""
        return tree.separators, tree.has_controls, tree.offset

    def alone(self, function: str, arguments: Sequence[str]) -> bool:
        """Whether a function reads one field only; an argument that names another (`-2`) makes it read both."""
        return function in ALONE and not any("-" in argument and argument[-1:].isdigit() for argument in arguments)

    def within(self, path: str) -> bool:
        """Whether a path is one below an `each` (`.`, `.1`)."""
        return path.strip()[:1] == "."

    def leaves(self, tree: Tree) -> Iterator[Leaf]:
        """Every populated leaf to the subcomponent, without segment names, separators and envelopes."""
        return tree.leaves()

    def enclosed(self, raw: bytes) -> Iterator[tuple[str, bytes]]:
        """The documents in OBX-5, with their places, as bytes. Raises BadMessage."""
        return enclosed(self.parse(raw)) if may_enclose(raw) else iter(())

    def remarks(self, tree: Tree) -> Iterator[Issue]:
        """What had to be guessed or put right to read the message."""
        yield from tree.remarks
        if cut := tree.truncated:
            yield Issue("hl7v2-truncated", Severity.warning, "A value ends with the truncation character of MSH-2: the "
                        "sender has more of it than it sent.", cut, "Ask the sender for the whole value.")
        expected, wrong = structure_of(tree.kind, tree.head(9, 3))
        if wrong:
            yield Issue("hl7v2-structure-derived", Severity.information, f"MSH-9.3 says {tree.head(9, 3)}, {tree.kind} "
                        f"is {expected}, which was taken. Nothing was lost.", "MSH-9.3", "Correct the sender.")
        if not tree.ended and (missing := lacking(expected, tree.by_name, tree.lines[-1][:3])):
            yield Issue("hl7v2-cut-off", Severity.warning, f"The message ends within a segment and has no "
                        f"{' and no '.join(missing)}: it was perhaps cut off. What came of it was read.",
                        f"{tree.lines[-1][:3]} (segment {len(tree.lines)})", "Ask the sender for the whole message.")
        event = tree.kind.partition("^")[2]
        if event and not is_event(event):
            yield Issue("hl7v2-event-unknown", Severity.warning, f"There is no trigger event {event[:20]!r}; the "
                        "message was mapped segment by segment.", "MSH-9.2", "Correct the sender, or look what was "
                        "made of it.")
        back = [s.where for s in tree.by_name.get("OBX", ()) if len(s.fields) > 11 and s.fields[11] == "W"]
        if back:
            yield Issue("hl7v2-wrong-patient", Severity.warning, f"{len(back)} results were of the wrong patient and "
                        "are taken back: no record shows them from now on.", f"{back[0]}-11.1", "Who saw them: gateway "
                        "audit recipients FACT, with the ids of `gateway record PERSON --json`.")
        if gone := _DELETED.get(event):
            yield Issue("hl7v2-deleted", Severity.warning, f"The source deleted {gone}; its bytes are kept.", "MSH-9.2",
                        "Who saw it: gateway audit search --person PERSON.")
        if not tree.kind:
            yield Issue("hl7v2-kind-missing", Severity.warning, "MSH-9 does not say which message this is; it is "
                        "mapped segment by segment.", "MSH-9", "Correct the sender.")

    def context(self, tree: Tree) -> dict[str, Any]:
        """What the message itself says for `Context`: the offset of its time stamp."""
        return {"offset": tree.offset}


@lru_cache(1)
def _parsed(raw: bytes, charset: str) -> Tree:
    """The last message: it is read when it is taken, and again when it is mapped."""
    return read_tree(raw, charset)


def _placed(issue: Issue, place: str) -> Issue:
    return Issue(issue.code, issue.severity, issue.message, f"{place} {issue.where}".strip(), issue.hint)


def _key(tree: Tree) -> str:
    """MSH-10 and a hash of the segments: the same for a message that comes again, whatever frames or envelops it."""
    content = "\r".join(tree.lines).encode("utf-8", "surrogatepass")
    return f"{tree.head(10)[:64]}~{hashlib.sha256(content).hexdigest()[:32]}"
