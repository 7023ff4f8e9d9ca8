"""`gateway map run`, `coverage`, `explain`: files in, one line a message out. Kinds are recognised by content."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gateway.config import utf8
from gateway.errors import ConfigError, Issue, error
from gateway.fhir.reader import read as read_fhir
from gateway.fhir.validate import validate
from gateway.jsontext import canonical
from gateway.mapping.run import Mapper, Result, result
from gateway.model import Ledger, Mapped, Message, Rejected
from gateway.reading.inside import KIND, inside
from gateway.reading.reader import mapping_of, tables
from gateway.registry import adapter_class, kinds
from gateway.sdk import Leaf, digest
from gateway.shipped import shipped


@dataclass(frozen=True)
class Found:
    """One message of a file: its place among them, its kind, what became of it."""

    file: str
    index: int
    kind: str | None
    result: Result


@dataclass(frozen=True)
class Chosen:
    """What --mapping and --timezone say, and whether lineage is asked for (it costs time)."""

    mapping: str = ""
    timezone: str | None = None
    lineage: bool = False


def messages(name: str, data: bytes, chosen: Chosen) -> Iterator[Found]:
    """Every message of a file, in order; at least one line, whatever is in it."""
    found = -1
    for found, (kind, one) in enumerate(_split(name, data, chosen)):
        yield Found(name, found, kind, one)
    if found < 0:
        yield Found(name, 0, None, _unread("file-empty", "The file holds no message.", name, data))


def unreadable(name: str, issue: Issue) -> Found:
    """The line of a file that could not be opened."""
    return Found(name, 0, None, _unread(issue.code, issue.message, name, os.fsencode(name), issue.hint))


def _split(name: str, data: bytes, chosen: Chosen) -> Iterator[tuple[str | None, Result]]:
    if chosen.mapping:
        kind, files, names = _named(chosen.mapping)
        mapper = mapper_of(kind, files, names, chosen.timezone)
        yield from ((kind, result(mapper, m, chosen.lineage)) for m in _messages(kind, name, data))
    elif adapter_class("hl7v2")().sniff(data):
        mapper = _shipped("hl7v2", chosen.timezone)
        for message in adapter_class("hl7v2")().split(data):
            yield "hl7v2", result(mapper, message, chosen.lineage)
            yield from _inside("hl7v2", message, chosen)
    elif adapter_class("ccda")().sniff(data):
        mapper = _shipped("ccda", chosen.timezone)
        yield from (("ccda", result(mapper, m, chosen.lineage)) for m in adapter_class("ccda")().split(data))
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"<", b"[") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        for number, resource in enumerate(read_fhir(data)):
            spoken = _spoken(resource, name, number)
            yield _kind(resource), spoken
            yield from _inside("fhir", spoken.message, chosen)
    else:
        yield None, _unread("kind-unrecognised", "This is neither HL7 v2 nor C-CDA nor FHIR; nothing was read.", name,
                            data, "For CSV name a mapping: --mapping NAME.")


def _inside(kind: str, message: Message | Rejected, chosen: Chosen) -> Iterator[tuple[str, Result]]:
    """The documents that a message holds, each mapped for itself."""
    if isinstance(message, Message):
        for found in inside(adapter_class(kind)(folder="."), message):
            yield KIND, result(_shipped(KIND, chosen.timezone), found, chosen.lineage)


def _kind(resource: dict[str, Any] | Issue) -> str | None:
    return None if isinstance(resource, Issue) else "fhir"


def _messages(kind: str, name: str, data: bytes) -> Iterable[Message | Rejected]:
    cls = adapter_class(kind)
    if hasattr(cls, "split"):
        return cls().split(data)
    return cls(folder=name).read(None)


def _named(text: str) -> tuple[str, Mapping[str, str], tuple[str, ...]]:
    """Kind, files and names of a mapping: a file on disk, or a name below the shipped mappings."""
    path = Path(text)
    if path.suffix == ".yaml" and path.exists():
        written = utf8(path, path.name)
        return reads(written), {**shipped(), path.name: written}, (path.name,)
    hits = [p for p in shipped() if p.endswith(".yaml") and (p.rpartition(".")[0] == text or p.startswith(text + "/")
                                                             or Path(p).stem == text)]
    if not hits:
        raise ConfigError(error("mapping-missing", f"There is no mapping {text!r}.", "--mapping",
                                "Name a file, or a file or folder below mappings/."))
    return reads(shipped()[hits[0]]), shipped(), tuple(hits)


def reads(text: str) -> str:
    """The kind that a mapping file says it reads. Raises ConfigError."""
    line = next((line for line in text.splitlines() if line.startswith("reads:")), "")
    kind = line.partition(":")[2].split("#")[0].strip()
    if kind not in kinds():
        raise ConfigError(error("kind-unknown", f"The mapping reads {kind!r}, which no adapter does.", "reads",
                                f"Kinds: {', '.join(sorted(kinds()))}."))
    return kind


def mapper_of(kind: str, files: Mapping[str, str], names: tuple[str, ...], timezone: str | None) -> Mapper:
    """How messages of a kind are mapped under these files; `names` chooses among them. Raises ConfigError."""
    cls = adapter_class(kind)
    adapter = cls(folder=".")
    return Mapper(adapter, mapping_of(names, kind, files, adapter, tables(files)), validate, "", timezone)


@cache
def _shipped(kind: str, timezone: str | None) -> Mapper:
    return mapper_of(kind, shipped(), (), timezone)


def _unread(code: str, message: str, name: str, data: bytes, hint: str = "") -> Result:
    issue = error(code, message, name, hint or "The file was left as it is.")
    return Result(Rejected(issue, data, "", digest(data.decode("latin-1"))[:32]), Mapped(issues=(issue,)))


def _spoken(resource: dict[str, Any] | Issue, name: str, index: int) -> Result:
    """FHIR is taken as it is: its leaves are mapped where the resource is valid, unmapped where it is not."""
    if isinstance(resource, Issue):
        return Result(Rejected(resource, b"", "", f"{name}-{index}"), Mapped(issues=(resource,)))
    entries = [e.get("resource") for e in resource.get("entry", ()) if isinstance(e, dict)]
    resources = [r for r in entries if isinstance(r, dict)] if resource.get("resourceType") == "Bundle" else [resource]
    kept, issues, mapped, unmapped, leaves = [], [], dict[str, tuple[str, ...]](), list[str](), list[Leaf]()
    for number, one in enumerate(resources):
        found = validate(one)
        issues += found
        valid = not any(i.severity in ("error", "fatal") for i in found)
        alone = str(one.get("resourceType", "Resource"))
        own = list(_leaves(one, alone if one is resource else f"entry[{number}].resource"))
        leaves += own
        if valid:
            kept.append(one)
            mapped.update((leaf.path, (f"{one['resourceType']}/{one.get('id', '')}",)) for leaf in own)
        else:
            unmapped += [leaf.path for leaf in own]
    key = str(resource.get("id") or digest(resource)[:32])
    message = Message(key, str(resource.get("resourceType")), canonical(resource), str(index))
    return Result(message, Mapped(kept, issues=issues, ledger=Ledger(mapped, {}, unmapped)), tuple(leaves))


def _leaves(value: Any, path: str) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for k, v in value.items():
            yield from _leaves(v, f"{path}.{k}")
    elif isinstance(value, list):
        for i, v in enumerate(value):
            yield from _leaves(v, f"{path}[{i}]")
    elif value is not None:
        yield Leaf(path, str(value))
