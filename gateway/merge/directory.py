"""The directory: catalogue entries (Practitioner, Organization, Location …) merged by registry identifiers only.

It is an input of the merge like a table: a home builds it once over all its facts, `gateway merge` builds it from its
own input. The id of an entry comes from its registry identifier, so that two persons' records agree on it (P11).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.ids import merged_id
from gateway.jsontext import canonical
from gateway.merge.body import identifiers, text
from gateway.merge.findings import Finding
from gateway.merge.graph import Classes
from gateway.merge.keys import rule
from gateway.merge.versions import Entry, Key

# Registries of many organisations, the most widely known first; then any other assigner by name.
REGISTRIES = ("http://hl7.org/fhir/sid/us-npi", "urn:oid:1.2.752.129.2.1.4.1", "http://fhir.de/sid/arge-ik/iknr",
              "https://fhir.kbv.de/NamingSystem/KBV_NS_Base_ANR", "https://fhir.kbv.de/NamingSystem/KBV_NS_Base_BSNR",
              "https://www.gs1.org/gln")
_SAME = {"urn:oid:2.16.840.1.113883.4.6": "http://hl7.org/fhir/sid/us-npi", "urn:oid:1.3.88": "https://www.gs1.org/gln"}
Name = tuple[str, str, str]


@dataclass(frozen=True)
class Directory:
    """ids: key of a catalogue fact → id of its class; members: (type, id) → its keys; named: identifier → id."""

    ids: Mapping[Key, str] = field(default_factory=dict)
    members: Mapping[tuple[str, str], Sequence[Key]] = field(default_factory=dict)
    named: Mapping[Name, str] = field(default_factory=dict)
    findings: Sequence[Finding] = ()


def directory(entries: Mapping[Key, Entry], id_key: bytes) -> Directory:
    """The directory of the catalogue facts among the entries."""
    listed = sorted(k for k, e in entries.items() if e.head is not None and rule(k[1]).way == "catalogue")
    names = {key: _names(key, entries[key]) for key in listed}
    refused = _reused(names, entries)
    classes: Classes[Key] = Classes(listed)
    by_name: dict[Name, list[Key]] = {}
    for key in listed:
        for name in names[key] - refused:
            by_name.setdefault(name, []).append(key)
    for keys in by_name.values():
        classes.join(keys)
    ids, members, named = {}, {}, {}
    for group in classes.classes():
        known = sorted({n for k in group for n in names[k] - refused}, key=_order)
        type, assigner, value = known[0] if known else ("", "", "")
        id = merged_id(id_key, assigner, type, value) if known else merged_id(id_key, *min(group))
        members[group[0][1], id] = sorted(group)
        ids.update(dict.fromkeys(group, id))
        named.update(dict.fromkeys(known, id))
    return Directory(ids, members, named, _findings(refused, names))


def _names(key: Key, entry: Entry) -> set[Name]:
    """Registry identifiers of a catalogue fact; temporary and old ones name nobody."""
    assert entry.head is not None
    body = entry.head.resource
    passing = {(text(i, "system"), text(i, "value")) for i in body.get("identifier", ()) if isinstance(i, dict)
               and i.get("use") in ("temp", "old")} if isinstance(body.get("identifier"), list) else set()
    return {(key[1], _SAME.get(assigner, assigner), value) for assigner, value, _ in identifiers(body, "identifier")
            if (assigner, value) not in passing}


def _reused(names: Mapping[Key, set[Name]], entries: Mapping[Key, Entry]) -> set[Name]:
    """Identifiers that one source gives to two entries of different name: no registry identifiers."""
    uses: dict[tuple[str, Name], set[bytes]] = {}
    for key, own in names.items():
        head = entries[key].head
        for name in own:
            uses.setdefault((key[0], name), set()).add(canonical(head.resource.get("name")) if head else b"")
    return {name for (_, name), said in uses.items() if len(said) > 1}


def _order(name: Name) -> tuple[int, Name]:
    return (REGISTRIES.index(name[1]) if name[1] in REGISTRIES else len(REGISTRIES), name)


def _findings(refused: Iterable[Name], names: Mapping[Key, set[Name]]) -> list[Finding]:
    return [Finding("id-reused", tuple(sorted(k for k, own in names.items() if name in own)),
                    f"One source uses the identifier {name[1]} {name[2]} for different entries, so it joins nothing.",
                    "identifier") for name in sorted(refused)]
