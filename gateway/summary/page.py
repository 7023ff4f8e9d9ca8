"""The clinician's page as plain values: who, what can kill, what is missing, medicines, problems, results, journey.

A pure function of the merged record (the output of `gateway merge`) and what is known of the sources. It decides
nothing about access: what a reader may not see is not in its input.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from gateway.summary import banner as who
from gateway.summary.beside import beside
from gateway.summary.checks import Check, checks
from gateway.summary.context import Context, behind, context, contributors, ref
from gateway.summary.documents import readable
from gateway.summary.headline import CLINICIAN, PATIENT, Headline, gap, headline, subhead
from gateway.summary.journey import gaps, since_last
from gateway.summary.missing import answered, missing
from gateway.summary.results import by_time, newest
from gateway.summary.rows import Row, disagreeing, fold, row
from gateway.summary.sections import SECTIONS, Section, SourceSaid, live, section
from gateway.summary.statements import Statement, statements
from gateway.summary.words import coded, name, phrase, when

CURRENT_STATUS = {"active", "on-hold", "draft", "intended", "in-progress", ""}
_PAST = {"resolved", "inactive", "remission"}
_NOBODY: Mapping[str, str] = MappingProxyType({})
Facts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the page says.

    allergies   live ones, each with what is refuted elsewhere folded in; statements: stated absences by section
    found       strip B; missing and answered: strip C; notes: the line over the list of each section
    also        rows of no section, by heading
    lists       rows by name: medications, unlisted, past medicines, problems, past problems, newest, results, reports …
    """

    person: str
    title: str
    banner: tuple[str, ...]
    identifiers: tuple[str, ...]
    names: tuple[str, ...]
    deceased: str
    headline: Headline
    plain: Headline
    allergies: tuple[Row, ...]
    found: tuple[Check, ...]
    missing: tuple[str, ...]
    answered: str
    statements: Mapping[str, tuple[Statement, ...]] = field(default_factory=dict)
    notes: Mapping[str, Headline] = field(default_factory=dict)
    since: str = ""
    also: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    lists: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    sections: Mapping[str, Section] = field(default_factory=dict)

    @property
    def checks(self) -> tuple[str, ...]:
        """The sentences of strip B."""
        return tuple(check.text for check in self.found)


def sections(record: Mapping[str, Any], source_of: Mapping[str, str],
             sources: Sequence[SourceSaid]) -> dict[str, Section]:
    """All sections of a record. `source_of`: fact id → source."""
    said_by = contributors(record, source_of)
    return {n: section(n, record["resources"], said_by, sources) for n in SECTIONS}


def page(record: Mapping[str, Any], facts: Facts, sources: Sequence[SourceSaid], now: str,
         issuers: Mapping[str, str] = _NOBODY, seen: Callable[[Mapping[str, Any]], bool] = lambda _: False) -> Page:
    """The page of one person.

    record   output of `gateway merge`; facts: fact id → {source, asserted, received}
    sources  what each told; now: FHIR instant of the reading; issuers: identifier system → who gives it out
    seen     do the automatic checks know what an allergy in words is about?
    """
    c = context(record, facts, sources, now, seen)
    patient = next((r for r in record["resources"] if r["resourceType"] == "Patient"), {"resourceType": "Patient"})
    parts = {n: section(n, record["resources"], c.said_by, sources) for n in SECTIONS}
    ids = {reference: sorted(found) for reference, found in behind(record).items()}
    rows = {ref(r): row(r, c, ids) for s in parts.values() for r in s.rows}
    opens = readable(record["resources"], c.said_by)
    rows |= {r: replace(rows[r], opens=True) for r in opens & rows.keys()}
    rows |= {r: replace(rows[r], marks=(*rows[r].marks, "content not included"))
             for r in map(ref, parts["documents"].rows) if r not in opens}
    said = {n: statements(s.absent, c, [ids.get(ref(r), ()) for r in s.absent]) for n, s in parts.items()}
    lists = _lists(parts, rows, c)
    heads = [headline(any(live(r) for r in parts["allergies"].rows), said["allergies"],
                      gap(parts["allergies"], sources), texts) for texts in (CLINICIAN, PATIENT)]
    return Page(
        person=patient.get("id", ""), title=name(patient), banner=who.banner(patient, now),
        identifiers=who.identifiers(patient, issuers), names=who.other_names(patient), deceased=who.deceased(patient),
        headline=heads[0], plain=heads[1], allergies=lists["allergies"], found=checks(c),
        missing=missing(sources, now), answered=answered(sources, now), statements=said,
        notes={n: subhead(n, bool(s.rows), said[n], gap(s, sources)) for n, s in parts.items() if n != "allergies"},
        since=since_last(parts["journey"].rows, now), lists=lists, sections=parts,
        also={h: tuple(row(r, c, ids) for r in found) for h, found in beside(record["resources"]).items()})


def _lists(parts: Mapping[str, Section], rows: Mapping[str, Row], c: Context) -> dict[str, tuple[Row, ...]]:
    """The lists by name, each in its order."""
    def pick(resources: Iterable[Mapping[str, Any]]) -> tuple[Row, ...]:
        return tuple(rows[ref(r)] for r in resources)

    gravest = sorted(parts["allergies"].rows, key=lambda r: (r.get("criticality") == "low", phrase(r).casefold()))
    allergies = pick(gravest)
    folded = fold(allergies, c)
    placed = {r.id for a in folded for r in (a, *a.also)}
    observed = [r for r in parts["results"].rows if r["resourceType"] == "Observation"]
    contacts = by_time(parts["journey"].rows)
    spans = gaps(contacts)
    medicines, problems = _medicines(parts["medications"], pick, c), _problems(parts["problems"], pick, c)
    return {
        **{n: pick(by_time(s.rows)) for n, s in parts.items()}, **medicines, **problems,
        "allergies": folded, "refuted": tuple(r for r in allergies if r.id not in placed),
        "results": pick(by_time(observed)), "newest": _first(pick(newest(observed))),
        "reports": pick(by_time([r for r in parts["results"].rows if r["resourceType"] != "Observation"])),
        "journey": tuple(replace(r, gap=g) for r, g in zip(pick(contacts), spans, strict=True)),
        "unlisted": (*medicines["unlisted medicines"], *problems["unlisted problems"])}


def _unlisted(r: Mapping[str, Any], c: Context) -> bool:
    return "no-longer-listed" in c.codes(ref(r))


def _first(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Disagreements first; the order stays otherwise."""
    return tuple(sorted(rows, key=lambda r: not disagreeing(r)))


def _medicines(meds: Section, pick: Any, c: Context) -> dict[str, tuple[Row, ...]]:
    """Medicines now, no longer listed, and past. One that a source calls active and another stopped stays among now."""
    listed = sorted(meds.rows, key=lambda r: phrase(r, c.by_ref).casefold())
    now = {ref(r) for r in listed if not _unlisted(r, c) and (
        (r.get("status", "") in CURRENT_STATUS and live(r)) or "status-conflict" in c.codes(ref(r)))}
    return {"medications": _first(pick(r for r in listed if ref(r) in now)),
            "unlisted medicines": pick(r for r in listed if _unlisted(r, c)),
            "past medicines": pick(r for r in by_time(listed) if ref(r) not in now and not _unlisted(r, c))}


def _problems(problems: Section, pick: Any, c: Context) -> dict[str, tuple[Row, ...]]:
    """Problems now, no longer listed, and past; refuted ones are past."""
    listed = sorted(problems.rows, key=lambda r: (when(r), r["id"]), reverse=True)
    past = {ref(r) for r in listed if (coded(r, "clinicalStatus") in _PAST or not live(r)) and not (
        c.codes(ref(r)) & {"status-conflict", "polarity-conflict"})}
    return {"problems": _first(pick(r for r in listed if ref(r) not in past and not _unlisted(r, c))),
            "unlisted problems": pick(r for r in listed if _unlisted(r, c)),
            "past problems": pick(r for r in listed if ref(r) in past and not _unlisted(r, c))}
