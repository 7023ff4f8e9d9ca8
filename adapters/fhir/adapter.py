"""The adapter of kind `fhir`: a FHIR R4 server, another gateway, or files of FHIR JSON."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from adapters.fhir import feed
from adapters.fhir.bodies import enclosed, may_enclose
from adapters.fhir.client import Client, Limits, Refused
from adapters.fhir.deleted import deletions, remarks
from adapters.fhir.folder import read_folder
from adapters.fhir.gone import asked
from adapters.fhir.person import STRANGER, has_number, is_about
from adapters.fhir.references import relative
from adapters.fhir.search import Item, Search
from adapters.fhir.tree import Entry, Place, compile_path, count, entries, leaf, leaves, server_says
from adapters.fhir.units import joined
from gateway.errors import ConfigError, Fatal, Issue, Severity, error
from gateway.model import Message, Rejected
from gateway.sdk import Assertion, Function, Held, Identifier, Leaf, Origin, Resource

SECTIONS = {
    "allergies": ("AllergyIntolerance",),
    "medications": ("MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration"),
    "problems": ("Condition",),
    "results": ("Observation", "DiagnosticReport"),
    "immunizations": ("Immunization",),
    "procedures": ("Procedure",),
    "journey": ("Encounter",),
    "documents": ("DocumentReference",),
}
TYPES = ("Organization", "Practitioner", "PractitionerRole", "Location", "Medication", "Patient",
         *(type for types in SECTIONS.values() for type in types))
Tree = tuple[Entry, ...]


@dataclass(frozen=True)
class FHIR:
    """FHIR R4 JSON: pulled from a server by search, or read from files.

    url        base of the server, for instance https://fhir.example/r4; or else
    folder     folder with files of FHIR JSON (a resource, a Bundle, or one resource a line), or one such file
    patterns   names of the files that are read in the folder
    types      resource types that are pulled, in order
    origins    when the server is another gateway (url ends in /fhir): names of the sources whose facts it hands on;
               each fact keeps its origin
    token_file file that holds the bearer token, read anew for every pull; never shown
    page       how many resources the server is asked for at a time
    connect_seconds, read_seconds   how long to wait for a connection, and for the next bytes of an answer
    attempts   how often a request is tried while the server is busy or silent
    backoff    seconds before the second try; doubled for each further one, Retry-After of the server goes before
    max_bytes  how large one answer may be
    """

    kind: ClassVar[str] = "fhir"
    functions: ClassVar[Mapping[str, Function]] = {}

    url: str = ""
    folder: str = ""
    patterns: tuple[str, ...] = ("*.json", "*.ndjson", "*.jsonl")
    types: tuple[str, ...] = TYPES
    origins: tuple[str, ...] = ()
    token_file: str = ""
    page: int = 100
    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    attempts: int = 4
    backoff: float = 0.5
    max_bytes: int = 50 * 2**20

    def __post_init__(self) -> None:
        issues = [error("setting-invalid", message, name, hint) for wrong, name, message, hint in (
            (bool(self.url) == bool(self.folder), "url", "A FHIR source needs either url or folder.", ""),
            (bool(self.url) and not _is_base(self.url), "url", f"url = {self.url!r} is no base of a FHIR server.",
             "Write it without query and password: https://fhir.example/r4"),
            (bool(self.token_file) and _is_open_way(self.url), "url", "A token is not sent over plain HTTP to another "
             "machine.", "Use https."),
            (not all(re.fullmatch(r"[A-Z][A-Za-z]+", t) for t in self.types), "types", "types holds a name that is no "
             "resource type.", "Write for instance AllergyIntolerance."),
            (not all(re.fullmatch(r"[A-Za-z0-9._-]+", o) for o in self.origins), "origins", "origins holds a name that "
             "is no source name.", "Name the sources as the other gateway does."),
            (self.page < 1 or self.attempts < 1, "page", "page and attempts are at least 1.", ""),
        ) if wrong]
        if issues:
            raise ConfigError(*issues)

    def read(self, after: str | None = None) -> Iterator[Message | Rejected]:
        """Every resource behind the cursor, one a message.

        Raises Retry (nothing there, down, busy, a web page) or Fatal (token or address refused).
        """
        if self.folder:
            yield from read_folder(self.folder, self.patterns, after)
            return
        marks, types = feed.marks(after), (*self.types, "Basic") if self.origins else self.types
        with self._client() as client:
            for base in self._bases():
                yield from feed.pull(client, base, types, self.page, marks)

    def ask(self, patient: list[Identifier], sections: set[str], deadline: datetime) -> Iterator[Message | Rejected]:
        """What the server holds now about the patients with one of these identifiers: Patient, then the sections.

        What a server tells of anybody else, because it passed over what it was asked, is not taken.
        Raises Retry when the deadline (a time with its zone) passes or the server is down, Fatal as `read`.
        """
        types = [t for name, names in SECTIONS.items() if name in sections for t in names if t in self.types]
        tokens = ",".join(f"{_token(i.system)}|{_token(i.value)}" if i.system else _token(i.value) for i in patient)
        with self._client() as client:
            for base in self._bases() if tokens else ():
                ids: list[str] = []
                for unit in self._answers(client, base, "Patient", {"identifier": tokens}, deadline):
                    mine = self._told(unit, partial(has_number, numbers=patient))
                    ids += self._ids(mine, "Patient") if isinstance(mine, Message) else ()
                    yield mine
                about = frozenset(f"Patient/{id}" for id in ids)
                for type in types if ids else ():
                    for unit in self._answers(client, base, type, {"patient": ",".join(sorted(set(ids)))}, deadline):
                        yield self._told(unit, partial(is_about, patients=about))

    def _told(self, unit: Message | Rejected, wanted: Callable[[Resource], bool]) -> Message | Rejected:
        """The unit, or in its place why it was not taken when it tells of somebody else; nothing of that is kept."""
        if isinstance(unit, Rejected) or all(wanted(body) for _, body in self.resources(self.parse(unit.raw))):
            return unit
        return feed.rejected(STRANGER, b"", "")

    @property
    def unasked(self) -> str:
        """Why it cannot be asked about one person: files answer nobody."""
        return "it is a folder of files" if self.folder else ""

    def _answers(self, client: Client, base: str, type: str, params: Mapping[str, str],
                 deadline: datetime) -> Iterator[Message | Rejected]:
        try:
            for page in Search(client, base, type, self.page, params).pages(deadline):
                yield from (feed.unit(Item.of(text), "", type) for text in page.entries)
        except Refused as refused:
            yield feed.rejected(refused.issue, refused.body, "")

    def keys(self, scope: str) -> Iterator[str]:
        """`Type/id` of everything of the type `scope` that the server (or folder) holds now."""
        if self.folder:
            yield from (f"{scope}/{id}" for unit in self.read() if isinstance(unit, Message)
                        for id in self._ids(unit, scope))
            return
        params = {} if self.origins else {"_elements": "id"}
        with self._client() as client:
            for base in self._bases():
                for page in Search(client, base, scope, self.page, params).pages():
                    units = (feed.unit(Item.of(text), "", scope) for text in page.entries)
                    yield from (f"{scope}/{id}" for unit in units if isinstance(unit, Message)
                                for id in self._ids(unit, scope))

    @property
    def unlisted(self) -> str:
        """Why what is missing from `keys` is not gone: files are put away, and another gateway tells what ends."""
        if self.folder:
            return "a file that is no longer in its folder takes nothing back"
        return "another gateway tells by itself what its sources took back" if self.origins else ""

    def gone(self, held: Iterable[Held]) -> Iterator[Message | Issue | None]:
        """Of each thing whether the server still has it, in order. Raises Retry or Fatal."""
        with self._client() as client:
            for one in held:
                yield asked(client, self._bases()[0], one, datetime.now(UTC).isoformat(timespec="milliseconds"))

    def _ids(self, unit: Message, type: str) -> Iterator[str]:
        return (str(body.get("id")) for _, body in self.resources(self.parse(unit.raw)) if body["resourceType"] == type)

    def parse(self, raw: bytes) -> Tree:
        """The resources of a message. Raises BadMessage."""
        return entries(raw)

    def path(self, text: str) -> Callable[[Tree], list[Place]]:
        """Elements joined by dots, `name[0].family` or `Patient.name.given`. Raises BadPath."""
        return compile_path(text)

    def leaves(self, tree: Tree) -> Iterator[Leaf]:
        """Every populated JSON leaf of the resources, at its FHIRPath place."""
        return (leaf(*found) for entry in tree for found in leaves(entry.where, entry.resource))

    def count(self, tree: Tree) -> int:
        """How many leaves there are: `leaves` without their places."""
        return count(tree)

    def resources(self, tree: Tree) -> Iterator[tuple[str, Resource]]:
        """Place and body of every resource: as it came, but for references, which are relative (`Patient/1`)."""
        return relative(tree, self.url)

    def enclosed(self, raw: bytes) -> Iterator[tuple[str, bytes]]:
        """The contents of Binaries and DocumentReferences, with their places. Raises BadMessage.

        Nothing of what another gateway hands on: it has read its documents itself.
        """
        return enclosed(self.parse(raw)) if may_enclose(raw) else iter(())

    def remarks(self, tree: Tree) -> Iterator[Issue]:
        """What the server added about its answer."""
        said = (issue for e in tree if e.resource and e.resource["resourceType"] == "OperationOutcome"
                for issue in server_says(e.resource))
        return chain(said, remarks(tree))

    def origin(self, tree: Tree) -> Origin | None:
        """Under whose name another gateway hands this on; None when the source speaks for itself."""
        return next((Origin.of(entry.around) for entry in tree), None)

    def assertions(self, tree: Tree) -> Iterator[Assertion]:
        """Assertions that another gateway hands on, and deletions that the source tells."""
        found = (Assertion.of(entry.resource) for entry in tree if entry.resource)
        return (assertion for assertion in (*found, *deletions(tree)) if assertion)

    def join(self, units: Iterable[bytes]) -> bytes:
        """The file whose units these are, in order, byte for byte."""
        return joined(list(units))

    def _bases(self) -> list[str]:
        base = self.url.rstrip("/")
        return [f"{base}/source/{name}" for name in self.origins] or [base]

    def _client(self) -> Client:
        token = ""
        if self.token_file:
            try:
                token = Path(self.token_file).read_text("ascii").strip()
            except (OSError, UnicodeDecodeError) as e:
                raise Fatal(Issue("secret-missing", Severity.fatal, "The token of the source cannot be read.",
                                  self.token_file, "Put the token there, readable by the gateway alone.")) from e
        limits = Limits(self.connect_seconds, self.read_seconds, self.attempts, self.backoff, self.max_bytes)
        return Client(token, limits)


def _token(text: str) -> str:
    """A value of a token search with its separators escaped."""
    return re.sub(r"([\\,|$])", r"\\\1", text)


def _is_base(url: str) -> bool:
    with suppress(ValueError):
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or "@" in parts.netloc)
    return False


def _is_open_way(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1")
