"""Versions of source patients, and the epochs of a number.

A number that comes to mean another person (an update contradicts birth date, name and numbers at once, or a human says
`split … since`) starts a new epoch: a patient of its own, `id~2`, never an overwrite of the first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gateway.errors import Issue, Severity
from gateway.identity.assertions import Member, Pair, spelled
from gateway.identity.compare import FEATURES
from gateway.identity.features import Features
from gateway.identity.patient import features_of
from gateway.identity.score import Model
from gateway.ids import digest
from gateway.model import partial

Patient = Mapping[str, Any]
Versions = dict[Member, list[Patient]]


@dataclass
class Epochs:
    """features: of the latest whole version of each epoch; apart: epochs that a human split off; overlays: an epoch and
    the next, which contradicts it."""

    features: dict[Member, Features] = field(default_factory=dict)
    apart: set[Member] = field(default_factory=set)
    overlays: list[Pair] = field(default_factory=list)


def versions(records: Iterable[tuple[str, Patient]]) -> tuple[Versions, list[Issue]]:
    """The distinct versions of each source patient, by the time they were updated; a Patient without id gets a hash."""
    found: dict[Member, dict[str, Patient]] = {}
    issues = []
    for source, patient in records:
        content = digest(patient)
        key = patient.get("id")
        if not isinstance(key, str) or not key:
            key = content[:32]
            issues.append(Issue("identity-no-id", Severity.warning,
                                "A Patient has no id; a hash of its content names it.", f"{source}/{key}",
                                "Give each Patient the id that its source knows it by."))
        found.setdefault((source, key), {})[content] = patient
    return ({member: [p for _, p in sorted(byhash.items(), key=lambda i: (_updated(i[1]), i[0]))]
             for member, byhash in sorted(found.items())}, sorted(issues, key=lambda i: i.where))


def _updated(patient: Patient) -> str:
    meta = patient.get("meta")
    when = meta.get("lastUpdated") if isinstance(meta, Mapping) else None
    return _instant(when) if isinstance(when, str) else ""


def _instant(text: str) -> str:
    """A time as text that sorts, in UTC where it has an offset."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (when.astimezone(UTC) if when.tzinfo else when).strftime("%Y-%m-%dT%H:%M:%S.%f")


def contradicts(a: Features, b: Features, model: Model) -> bool:
    """Birth date, name and numbers all speak of another person.

    What both have besides national numbers is the source's own number of the patient, which an overlay keeps.
    """
    own = (set(a.numbers) & set(b.numbers)) - set(a.person_numbers)
    a, b = _without(a, own), _without(b, own)
    words = {f.name: f.levels[i].word for f, i in zip(FEATURES, model.score(a, b).levels, strict=True)}
    other = {"birth date": ("differs", "same year or the next"), "given name": ("differs", "similar", "not given"),
             "family name": ("differs", "similar"), "number": ("differs", "not given")}
    return all(words[feature] in found for feature, found in other.items())


def _without(f: Features, own: set[str]) -> Features:
    """The features without record numbers and these."""
    values = {n.rpartition("|")[2] for n in (*own, *f.record_numbers)}
    return f._replace(record_numbers=(), numbers=tuple(n for n in f.numbers if n not in own),
                      number_values=tuple(v for v in f.number_values if v not in values),
                      number=None if f.number in own else f.number)


def epochs(found: Versions, split: Mapping[Member, str], model: Model) -> Epochs:
    """Cut the versions of each source patient into epochs. Of an epoch the latest whole version counts, a part only
    where there is none."""
    out, whole = Epochs(), set[Member]()
    for member, patients in found.items():
        since = _instant(split[member]) if member in split else None
        names: list[Member] = []
        apart = False
        for patient in patients:
            features, updated = features_of(patient), _updated(patient)
            now_apart = since is not None and (not updated or updated >= since)
            overlay = bool(names) and contradicts(out.features[names[-1]], features, model)
            if not names or overlay or now_apart != apart:
                names.append(member if not names else (member[0], f"{member[1]}~{len(names) + 1}"))
                if overlay:
                    out.overlays.append((names[-2], names[-1]))
            apart, part = now_apart, partial(patient)
            if names[-1] not in whole or not part:
                out.features[names[-1]] = features
            if not part:
                whole.add(names[-1])
            if apart:
                out.apart.add(names[-1])
    return out


def overlay_issue(pair: Pair) -> Issue:
    """An overlay in words."""
    return Issue("identity-overlay", Severity.warning,
                 f"An update of {spelled(pair[0])} describes another person; it is kept apart as {spelled(pair[1])}.",
                 spelled(pair[1]), "Ask the source which person the number belongs to, then say `same` or `never`.")
