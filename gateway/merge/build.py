"""Steps 4 and 5: ids of classes, bodies with references written in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateway.ids import ID_LENGTH, digest, merged_id
from gateway.merge.body import items, references, text
from gateway.merge.forms import Form
from gateway.merge.keys import rule
from gateway.merge.listing import Unlisted
from gateway.merge.made import Made
from gateway.merge.meaning import Meaning
from gateway.merge.references import Resolver, rewrite
from gateway.merge.resolve import Member, Resolved, resolve
from gateway.merge.versions import Entry, Key
from gateway.merge.world import World
from gateway.model import Fact

_LISTED = frozenset({"MedicationStatement", "MedicationRequest"})


def anchor(keys: Iterable[Key], entries: Mapping[Key, Entry]) -> Key:
    """The least member of a class: the earliest asserted over all its versions, then source, type, key."""
    return min(keys, key=lambda k: (entries[k].first, k))


def members(forms: Sequence[Form], world: World, ids: Mapping[Key, str]) -> list[Member]:
    """The facts of a class in rank order, two bodies of one version after each other, references rewritten."""
    facts = [(form, fact) for form in forms for fact in form.entry.alive]
    return [_member(fact, form, world, ids, alone=len(facts) == 1) for form, fact in facts]


def _member(fact: Fact, form: Form, world: World, ids: Mapping[Key, str], alone: bool) -> Member:
    """The body with merged references; contained resources are named by content where bodies may meet."""
    body = fact.resource
    renamed: dict[str, str] = {}
    if "contained" in body and not alone:
        renamed = {text(c, "id"): digest({k: v for k, v in c.items() if k != "id"})[:ID_LENGTH]
                   for c in items(body, "contained")}
        body = {**body, "contained": [{**c, "id": renamed[text(c, "id")]} for c in items(body, "contained")]}
    resolver = Resolver(world, fact.source, ids, renamed)
    out: dict[str, Any] = rewrite(body, resolver)
    if fact.type == "Patient":
        out = _without_self(out, fact, ids)
    return Member(fact.id, fact.source, out, form.rank[:2], frozenset(resolver.targets), frozenset(resolver.refs))


def _without_self(patient: dict[str, Any], fact: Fact, ids: Mapping[Key, str]) -> dict[str, Any]:
    """Links between the source Patients of one person point to the person itself: they say nothing any more.

    Nor does it that a record is inactive which such a link replaced: the person goes on in the other one.
    """
    own = f"Patient/{ids[fact.source, fact.type, fact.key]}"
    kept, gone = [], {"link"}
    for link in items(patient, "link"):
        if own not in references(link):
            kept.append(link)
        elif text(link, "type") == "replaced-by" and patient.get("active") is False:
            gone.add("active")
    rest = {k: v for k, v in patient.items() if k not in gone}
    return {**rest, "link": kept} if kept else rest


def make(forms: Iterable[Form], world: World, ids: Mapping[Key, str], chosen: Mapping[str, str],
         gone: Mapping[Key, Unlisted], id_key: bytes) -> Made:
    """The resource of one class.

    ids     key → id of its class, for every key that a reference may mean
    chosen  answer → fact whose answer a ruling chose; gone: keys that their source no longer lists
    """
    ranked = sorted(forms, key=lambda f: f.rank, reverse=True)
    keys = tuple(sorted(f.entry.key for f in ranked))
    type, id = keys[0][1], ids[keys[0]]
    said = members(ranked, world, ids)
    resolved = resolve(type, id, said, meaning_of(ranked[0], world), chosen)
    if type in _LISTED and all(k in gone for k in keys) and not ranked[0].negative:
        resolved = _not_current(resolved)
    aliases = sorted({merged_id(id_key, *k) for k in keys} - {id}) if len(keys) > 1 else ()
    return Made(type, id, f"{type}/{id}", ranked, said, resolved, keys, frozenset(k[0] for k in keys), tuple(aliases),
                frozenset().union(*(m.targets for m in said)), frozenset().union(*(m.refs for m in said)))


def meaning_of(lead: Form, world: World) -> Meaning:
    test = lead.concept if isinstance(lead.concept, str) else None
    return Meaning(world.tables, test, lead.fact.type == "Observation", rule(lead.fact.type).grain == "day")


def _not_current(resolved: Resolved) -> Resolved:
    """A medicine that no source lists any more: the status is unknown, what was said stays beside it."""
    if resolved.body.get("status") in (None, "unknown"):
        return resolved
    others = [{"value": resolved.body["status"], "facts": resolved.provenance["status"]},
              *resolved.alternatives.get("status", ())]
    everyone = sorted({f for o in others for f in o["facts"]})
    return Resolved({**resolved.body, "status": "unknown"}, {**resolved.provenance, "status": everyone},
                    {**resolved.alternatives, "status": others})
