"""Steps 4 and 5: ids of classes, bodies with references written in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateway.ids import ID_LENGTH, digest, merged_id
from gateway.merge.body import items, references, text
from gateway.merge.forms import Form
from gateway.merge.listing import Unlisted
from gateway.merge.made import Made
from gateway.merge.meaning import Meaning
from gateway.merge.references import resolver, rewrite
from gateway.merge.resolve import Member, Resolved, resolve
from gateway.merge.versions import Entry, Key
from gateway.merge.world import World
from gateway.model import Fact

_LISTED = frozenset({"MedicationStatement", "MedicationRequest"})
_CURRENT = frozenset({"active", "on-hold", "intended", "draft"})


def anchor(keys: Iterable[Key], entries: Mapping[Key, Entry]) -> Key:
    """The least member of a class: the earliest asserted over all its versions, then source, type, key."""
    return min(keys, key=lambda k: (entries[k].first, k))


def class_ids(classes: Iterable[Sequence[Key]], entries: Mapping[Key, Entry], id_key: bytes) -> dict[Key, str]:
    """Key → id of its class."""
    ids = {}
    for keys in classes:
        ids.update(dict.fromkeys(keys, merged_id(id_key, *anchor(keys, entries))))
    return ids


def members(forms: Sequence[Form], world: World, ids: Mapping[Key, str]) -> list[Member]:
    """The facts of a class in rank order, two bodies of one version after each other, references rewritten."""
    facts = [f for form in forms for f in form.entry.alive]
    alone = len(facts) == 1
    return [Member(f.id, f.source, _rewritten(f, world, ids, alone), form.rank[:2])
            for form in forms for f in form.entry.alive]


def _rewritten(fact: Fact, world: World, ids: Mapping[Key, str], alone: bool) -> dict[str, Any]:
    """The body with merged references; contained resources are named by content where bodies may meet."""
    body = fact.resource
    renamed: dict[str, str] = {}
    if "contained" in body and not alone:
        renamed = {text(c, "id"): digest({k: v for k, v in c.items() if k != "id"})[:ID_LENGTH]
                   for c in items(body, "contained")}
        body = {**body, "contained": [{**c, "id": renamed[text(c, "id")]} for c in items(body, "contained")]}
    out: dict[str, Any] = rewrite(body, resolver(world, fact.source, ids, renamed))
    return _without_self(out, fact, ids) if fact.type == "Patient" else out


def _without_self(patient: dict[str, Any], fact: Fact, ids: Mapping[Key, str]) -> dict[str, Any]:
    """Links between the source Patients of one person point to the person itself: they say nothing any more."""
    own = f"Patient/{ids[fact.source, fact.type, fact.key]}"
    kept = [li for li in patient.get("link", ()) if own not in references(li)] if isinstance(
        patient.get("link"), list) else []
    rest = {k: v for k, v in patient.items() if k != "link"}
    return {**rest, "link": kept} if kept else rest


def make(keys: Sequence[Key], forms: Mapping[Key, Form], world: World, ids: Mapping[Key, str], chosen: Mapping[str, str],
         gone: Mapping[Key, Unlisted]) -> Made:
    """The resource of one class."""
    ranked = [forms[k] for k in keys]
    said = members(ranked, world, ids)
    lead = ranked[0]
    resolved = resolve(lead.fact.type, ids[keys[0]], said, meaning_of(lead, world), chosen)
    if lead.fact.type in _LISTED and all(k in gone for k in keys):
        resolved = _not_current(resolved)
    return Made(lead.fact.type, ids[keys[0]], ranked, said, resolved)


def meaning_of(lead: Form, world: World) -> Meaning:
    return Meaning(world.tables, lead.concept if isinstance(lead.concept, str) else None, lead.fact.type == "Observation")


def _not_current(resolved: Resolved) -> Resolved:
    """A medicine that no source lists any more: the status is unknown, what was said stays beside it."""
    status = resolved.body.get("status")
    if status not in _CURRENT:
        return resolved
    facts = resolved.provenance["status"]
    others = [{"value": status, "facts": facts}, *resolved.alternatives.get("status", ())]
    everyone = sorted({f for o in others for f in o["facts"]})
    return Resolved({**resolved.body, "status": "unknown"}, {**resolved.provenance, "status": everyone},
                    {**resolved.alternatives, "status": others})
