"""C-CDA and other CDA R2 documents from files and folders, mostly one document a file, told apart by content."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, islice
from operator import attrgetter
from typing import Any, ClassVar

from adapters.ccda.carried import Part, carried, is_document, may_carry, opening
from adapters.ccda.checks import checked
from adapters.ccda.datatypes import FUNCTIONS
from adapters.ccda.explained import explained, tally
from adapters.ccda.paths import Select, compile_path, outline
from adapters.ccda.reading import MAX_BYTES, read_document, separated
from adapters.ccda.tree import Document, Place
from adapters.files import File, files, resume
from gateway.errors import BadMessage, error
from gateway.sdk import Function, Issue, Leaf, Message, Rejected, Tally

# A section or entry without its document: recognised, so that it is refused for what it is.
_FRAGMENT = re.compile(
    rb"<(?:component|section|entry|entryRelationship|act|observation|organizer|"
    rb"encounter|procedure|substanceAdministration|supply|author|participant|participantRole|recordTarget|custodian|"
    rb"documentationOf|componentOf|consumable|informationRecipient|relatedDocument|structuredBody)[\s>/]"
)
_NUMBER = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class CCDA:
    """C-CDA R1.1 to R3.0, CCD, and CDA R2 of other realms as far as their templates are known.

    folder    folder, or one file; also of archives (XDM), MIME and MTOM packages and envelopes that hold documents
    patterns  names of the files that are read in the folder

    Paths of a mapping: `recordTarget/patientRole/id`, `//observation(problem)`, `^author/time`; see paths.py.
    """

    kind: ClassVar[str] = "ccda"
    functions: ClassVar[Mapping[str, Function]] = FUNCTIONS

    folder: str = "."
    patterns: tuple[str, ...] = ("*",)

    def read(self, after: str | None = None) -> Iterator[Message | Rejected]:
        """Every document behind the cursor; what cannot be read is rejected and its neighbours go through.

        Raises Retry when there is nothing at `folder`.
        """
        left, taken, _ = resume(files(self.folder, self.patterns), after)
        for file in left:
            yield from self._units(file, taken)
            taken = 0

    def _units(self, file: File, taken: int) -> Iterator[Message | Rejected]:
        """The documents of a file behind the first `taken`."""
        try:
            with file.path.open("rb") as data:
                raw = data.read(MAX_BYTES + 1)
        except OSError as e:
            if not taken:
                yield Rejected(error("file-unreadable", f"The file cannot be read: {e.strerror}.", file.name,
                                     "Give the gateway the right to read it."), b"", file.cursor(1, 2), file.name,
                               file.name)
            return
        for number, part in islice(enumerate(_parts(raw), 1), taken, None):
            yield self._message(part, raw, file.cursor(number, number + 1), file.name, f"{file.name} {part.place}")

    def split(self, data: bytes) -> Iterator[Message | Rejected]:
        """The document in any bytes; several where one envelope or archive holds them."""
        for number, part in enumerate(_parts(data), 1):
            yield self._message(part, data, str(number), "", part.place)

    def _message(self, part: Part, holder: bytes, cursor: str, delivery: str, place: str) -> Message | Rejected:
        """A document is told by its bytes: one sent again under its id with other content is another message."""
        place, raw = place.strip(), part.data
        if part.issue is not None:
            key = hashlib.sha256(holder + part.place.encode()).hexdigest()[:32]
            return Rejected(replace(part.issue, where=place or part.issue.where), holder, cursor, key, delivery)
        key = hashlib.sha256(raw).hexdigest()[:32]
        try:
            tree = self.parse(raw)
        except BadMessage as bad:
            issue = replace(bad.issue, where=" ".join(w for w in (place, bad.issue.where) if w) or "document")
            return Rejected(issue, raw, cursor, key, delivery)
        return Message(key, tree.kind, raw, cursor, delivery=delivery, place=place)

    def sniff(self, data: bytes) -> bool:
        """Whether these bytes are a CDA document, a part of one, or carry one, whatever the name of their file."""
        return is_document(data) or _FRAGMENT.match(opening(data)) is not None or bool(carried(data))

    def parse(self, raw: bytes) -> Document:
        """One document as a tree. Raises BadMessage."""
        return _parsed(raw)

    def path(self, text: str) -> Select:
        """A closure that gives the places a path selects, in a document or below a place of it. Raises BadPath."""
        return compile_path(text)

    def outline(self, path: str) -> str:
        """The first step of a path: `value`, `@moodCode`; "" where it does not lead below its place."""
        return outline(path)

    holds_at: ClassVar[Callable[[Document | Place], frozenset[str]]] = attrgetter("steps")  # asked for every place

    def leaves(self, tree: Document) -> Iterator[Leaf]:
        """Every attribute and text; the narrative of a section is one leaf."""
        return iter(tree.leaves)

    def ignored(self, tree: Document) -> list[str | None]:
        """Why the format itself explains each leaf: what names templates and fixes structure."""
        return explained(tree)

    def tally(self, tree: Document, reached: Set[str]) -> Tally:
        """How the leaves of a document ended, counted."""
        return tally(tree, reached)

    def again(self, tree: Document) -> Callable[[], Document]:
        """The same document, once more out of its bytes."""
        raw = tree.raw
        return lambda: self.parse(raw)

    def wider(self, path: str) -> tuple[str, ...]:
        """The paths that cover a leaf, from narrow to wide: itself, without numbers, then step by step its section."""
        plain = _NUMBER.sub("", path) if "[" in path else path
        covers = [path] if plain == path else [path, plain]
        while plain := plain.rpartition("/")[0]:
            covers.append(plain)
        return tuple(covers)

    def remarks(self, tree: Document) -> Iterator[Issue]:
        """What had to be guessed or put right to read the document, and what cannot be as it says."""
        return chain(tree.remarks, checked(tree))

    def context(self, tree: Document) -> dict[str, Any]:
        """What the document itself says for `Context`: the offset of its time."""
        return {"offset": tree.offset}


def _parts(raw: bytes) -> Iterator[Part]:
    """The documents in some bytes; the bytes themselves where they carry none."""
    found = carried(raw)
    if not found and opening(raw)[:1] != b"<" and may_carry(raw):
        found = [Part("", raw, error("ccda-envelope", "No clinical document is in it. Its bytes were kept, unread.",
                                     "document", "Check what the source sends."))]
    for part in found or [Part("", raw)]:
        yield from [part] if part.issue is not None else (Part(part.place, d) for d in separated(part.data))


@lru_cache(1)
def _parsed(raw: bytes) -> Document:
    """The last document: it is read when it is recognised, and again when it is mapped."""
    return read_document(raw)
