"""The words that everyone uses: message, fact, assertion. Plain values; what is done with them lives in the rooms."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from gateway.errors import Issue
from gateway.ids import content_version, digest, fact_id
from gateway.jsontext import BadJson, canonical, dumps, loads
from gateway.once import once

Answer = TypeVar("Answer")
Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Identifier:
    """A business identifier: `system` is the assigner's URI, "" when unknown."""

    system: str
    value: str


@dataclass(frozen=True)
class Fact:
    """One FHIR resource as one source asserted it, at one version.

    source     name of the origin (a source's name in its home, or the origin's name when it came through a gateway)
    version    as the source names it: text or number; compared by merge.md step 1
    asserted   FHIR dateTime at which the source says so, or None
    received, via   metadata: when and by which way it came here; never read by the merge
    resource   the FHIR R4 body; its `resourceType` and `id` are the fact's type and key
    """

    source: str
    version: Any
    resource: Resource
    asserted: str | None = None
    received: str | None = None
    via: str | None = None

    @property
    def type(self) -> str:
        return str(self.resource["resourceType"])

    @property
    def key(self) -> str:
        return str(self.resource["id"])

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.key}"

    @once
    def body(self) -> bytes:
        """The resource as canonical JSON: what is hashed and kept. Made once; nobody changes a resource in place."""
        return canonical(self.resource)

    @once
    def id(self) -> str:
        """Content hash; the fact's name everywhere (gateway.ids.fact_id)."""
        return fact_id(self.source, self.type, self.key, self.version, self.body)

    @classmethod
    def unversioned(cls, source: str, resource: Resource, body: bytes, asserted: str | None = None) -> "Fact":
        """A fact whose source gives no versions: its content is its version. `body` is its canonical JSON."""
        fact = cls(source, content_version(body), resource, asserted)
        vars(fact)["body"] = body
        return fact

    def line(self) -> dict[str, Any]:
        """The fact as one line of `gateway merge`."""
        line: dict[str, Any] = {"source": self.source, "version": self.version}
        for name in ("asserted", "received", "via"):
            if getattr(self, name) is not None:
                line[name] = getattr(self, name)
        return {**line, "resource": self.resource}


ORIGIN = "urn:throughline:origin"
ASSERTION = "urn:throughline:assertion"
HIDDEN = "!"                               # begins the key of a patient whom a reader may not see
RECONCILED = "reconciliation"              # `by` of what we said because a source lists something no longer, or again
ENDED = "ended"                            # between gateways: whoever handed something on says it no longer
COPIED_FROM = frozenset(("source", "quotation", "derivation"))      # roles of a Provenance's entity that it copies
NAMING = frozenset(("retract", "move", ENDED))      # assertions about one thing of a source: `type`, `id` name it


@dataclass(frozen=True, slots=True)
class Origin:
    """Under whose name, version and time something was asserted, when it comes through another gateway.

    It travels as an extension of the Bundle entry, beside the body and never in it: the body is part of the fact's id.
    `changed` is the instant at which the gateway took it; it moves the cursor of whoever pulls, nothing else.
    """

    source: str
    version: Any = None
    asserted: str | None = None
    changed: str | None = None

    def extension(self) -> dict[str, Any]:
        """The extension of a Bundle entry that says so; a version is text, a whole number or a decimal."""
        kind = {str: "valueString", int: "valueInteger"}.get(type(self.version), "valueDecimal")
        parts = [("source", "valueString", self.source), ("version", kind, self.version),
                 ("asserted", "valueDateTime", self.asserted), ("changed", "valueInstant", self.changed)]
        return {"url": ORIGIN, "extension": [{"url": url, type: v} for url, type, v in parts if v is not None]}

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Origin | None":
        """The origin that a Bundle entry names, or None."""
        for extension in _objects(entry.get("extension")):
            if extension.get("url") == ORIGIN:
                parts = {p.get("url"): next((v for k, v in p.items() if k.startswith("value")), None)
                         for p in _objects(extension.get("extension"))}
                source = parts.get("source")
                if isinstance(source, str):
                    return cls(source, *(parts.get(name) for name in ("version", "asserted", "changed")))
        return None


def _objects(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def partial(resource: Mapping[str, Any]) -> bool:
    """Says the source that this is only a part of what it knows? FHIR's tag SUBSETTED. A part never hides a whole: the
    name beside a laboratory result is no newer address, whenever it was said."""
    meta = resource.get("meta")
    tags = meta.get("tag") if isinstance(meta, Mapping) else None
    return isinstance(tags, list) and any(isinstance(t, Mapping) and t.get("code") == "SUBSETTED" for t in tags)


@dataclass(frozen=True)
class Assertion:
    """Something said about facts or people that is no FHIR resource: a line with `assert` in `gateway merge`.

    kind   unlink | retract | move | listing | ruling | undo (about facts), same | never | split | undo (about people),
           ended (between gateways: about what one handed on)
    body   the other members of the line, as given; `id`, `by`, `at`, `reason` optional
    """

    kind: str
    body: Mapping[str, Any] = field(default_factory=dict)

    @once
    def id(self) -> str:
        """The id that was given, else the hash of the content; the `id` of those NAMING a thing is the thing's."""
        return str(self.body["id"]) if "id" in self.body and self.kind not in NAMING else digest(self.line())

    def line(self) -> dict[str, Any]:
        return {"assert": self.kind, **self.body}

    def basic(self) -> Resource:
        """The assertion as a FHIR Basic: the form in which it travels to another gateway."""
        return {"resourceType": "Basic", "id": self.id[:32],
                "extension": [{"url": ASSERTION, "valueString": dumps(self.line(), sort=True)}],
                "code": {"coding": [{"system": "urn:throughline", "code": "assertion"}]}}

    @classmethod
    def of(cls, resource: Resource) -> "Assertion | None":
        """The assertion that a Basic carries, or None."""
        for extension in _objects(resource.get("extension")) if resource.get("resourceType") == "Basic" else ():
            if extension.get("url") == ASSERTION:
                with suppress(BadJson):
                    line = loads(str(extension.get("valueString")))
                    if isinstance(line, dict) and isinstance(line.get("assert"), str):
                        return cls(line["assert"], {k: v for k, v in line.items() if k != "assert"})
        return None


def ended(source: str, type: str, id: str, said: str, asserted: str | None, at: str) -> Assertion:
    """That a gateway which handed on this content says it no longer, since an instant: `said` is the id of a fact, or
    of an assertion, whose type is Basic then."""
    return Assertion(ENDED, {"source": source, "type": type, "id": id, "said": said, "at": at,
                             **({"asserted": asserted} if asserted else {})})


@dataclass(frozen=True, slots=True)
class Message:
    """One thing as the source gave it.

    key      stable and unique within the source
    kind     what it is, for people: `ADT^A01`, `Bundle`, `row`
    raw      its exact bytes
    cursor   hand it to `read(after=…)` to go on behind this message
    delivery name of the file or answer that this unit was part of; its units, in order, are the whole of it
    place    where it stands in there, for people: `labs.csv:12`
    inside   key of the source's message that holds this one, as an MDM holds a document; "" for what stands alone
    remarks  what its delivery shows and its own bytes do not: that the end of the batch is missing behind it
    """

    key: str
    kind: str
    raw: bytes
    cursor: str
    received: datetime | None = None
    delivery: str = ""
    place: str = ""
    inside: str = ""
    remarks: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """Bytes out of which the adapter could make no message, and why.

    whole   the bytes are a whole answer: what the source holds of that kind is not known, so it is not said to be empty
    """

    issue: Issue
    raw: bytes
    cursor: str
    key: str = ""
    delivery: str = ""
    inside: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where one value of an output resource came from.

    element  FHIRPath-like place, `Patient.name[0].family`
    value    the output value as text
    path     leaf path of the input, as `Adapter.leaves` names it
    source   the input value as text
    rule     mapping file:line
    """

    resource: str
    element: str
    value: str
    path: str
    source: str
    rule: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where every populated leaf of one message ended.

    mapped   leaf path → elements that its value reached (`Patient/id.name[0].family`)
    ignored  leaf path → name and reason of the rule
    unmapped leaf paths, in order
    """

    mapped: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ignored: Mapping[str, str] = field(default_factory=dict)
    unmapped: Sequence[str] = ()

    def json(self) -> dict[str, Any]:
        return {"mapped": len(self.mapped), "ignored": len(self.ignored), "unmapped": len(self.unmapped),
                "unmapped_paths": list(self.unmapped)}


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a mapping made of one message. `assertions` are retractions, listings, links between source patients.

    asserted         the time at which the source says all this, when the mapping names one
    times, versions  `Type/id` → the time, the version that the mapping gives to this one resource
    answers          `Type/id` → what was found out about a resource that many messages repeat (`answer`)
    """

    resources: Sequence[Resource] = ()
    asserted: str | None = None
    assertions: Sequence[Assertion] = ()
    issues: Sequence[Issue] = ()
    ledger: Ledger = field(default_factory=Ledger)
    lineage: Sequence[Lineage] = ()
    times: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, dict[Any, Any]] = field(default_factory=dict)

    def answer(self, question: Callable[[Resource], Answer], resource: Resource) -> Answer:
        """What a pure function says of one of the resources; asked once, however many messages repeat it."""
        known = self.answers.get(f"{resource['resourceType']}/{resource['id']}")
        if known is None:
            return question(resource)
        if question not in known:
            known[question] = question(resource)
        answer: Answer = known[question]
        return answer
