"""How well the merge finds what is one event, on a generated world with a known truth (`make world-score`; about a minute).

Each invented person has events of every clinical kind. One to four of five sources tell each of them in their own way:
another code system, unit, zone, precision, an id of the laboratory or none, a copy by an exchange, now and then nothing but
free text. Beside them stand events that look alike and are not one (measured again, the other side, another lot, another
strength), and planted conflicts. Nothing here is tuned to a record: the truth is written down while the facts are made.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from random import Random
from typing import Any

from gateway.merge import Record, merge
from gateway.model import Assertion, Fact
from tests.laws.test_merge_laws import missing
from tests.merge.given import ATC, CVX, ICD, LOINC, RXNORM, SNOMED, coded, fact, quantity, says, tables
from tests.prove import Figure

PEOPLE = int(os.environ.get("PEOPLE", "400"))
SOURCES = ("gp", "hospital", "laboratory", "exchange", "pharmacy")
FREE_TEXT = .01                               # how often a source writes words that no table knows

# One meaning in the code systems that sources use.
PROBLEMS = [((SNOMED, "38341003"), (ICD, "I10")), ((SNOMED, "44054006"), (ICD, "E11.9")), ((SNOMED, "195967001"), (ICD, "J45.909")),
            ((SNOMED, "49436004"), (ICD, "I48.91")), ((SNOMED, "13645005"), (ICD, "J44.9")), ((SNOMED, "64859006"), (ICD, "M81.0"))]
SUBSTANCES = [((RXNORM, "1191"), (SNOMED, "387458008"), (SNOMED, "293586001")), ((RXNORM, "5640"), (SNOMED, "387207008"), (ATC, "M01AE01")),
              ((RXNORM, "2670"), (SNOMED, "387494007"), (ATC, "R05DA04"))]
DRUGS = [((RXNORM, "6809"), (ATC, "A10BA02")), ((RXNORM, "83367"), (ATC, "C10AA05")), ((RXNORM, "29046"), (ATC, "C09AA03")),
         ((RXNORM, "17767"), (ATC, "C08CA01"))]
VACCINES = [((CVX, "03"), (SNOMED, "871831003")), ((CVX, "21"), (SNOMED, "836495005")), ((CVX, "10"), (SNOMED, "871740006"))]
OPERATIONS = [((SNOMED, "80146002"),), ((SNOMED, "38102005"),), ((SNOMED, "73761001"),)]
SITES = ("left", "right")


@dataclass
class Chart:
    """facts of one person; event: fact id → the event that it tells of; planted: (code of the issue, facts that show it)."""

    random: Random
    facts: list[Fact] = field(default_factory=list)
    said: list[Assertion] = field(default_factory=list)
    event: dict[str, int] = field(default_factory=dict)
    planted: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    told: set[Any] = field(default_factory=set)
    serial: int = 0

    def tell(self, event: int, source: str, type: str, **body: Any) -> Fact:
        self.serial += 1
        told = fact(source, type, f"{type[:2].lower()}{self.serial}", asserted=f"2024-06-{1 + self.serial % 28:02}", **body)
        self.facts.append(told)
        self.event[told.id] = event
        return told

    def new(self) -> int:
        self.serial += 1
        return self.serial

    def first(self, of: Any) -> bool:
        """Is this the first time? A person has an allergy or a problem once, however often it is drawn."""
        return of not in self.told and not self.told.add(of)  # type: ignore[func-returns-value]

    def sources(self) -> list[str]:
        return self.random.sample(SOURCES, self.random.choice((1, 2, 2, 3, 4)))

    def name(self, ways: tuple[tuple[str, str], ...]) -> dict[str, Any]:
        """The concept in one of its code systems, with words of the source's own; rarely words alone."""
        if self.random.random() < FREE_TEXT:
            return coded(text=f"as told, no. {self.new()}")
        way = self.random.choice(ways)
        return coded(way, text=f"{way[1]} in other words")


def _day(n: int) -> str:
    return (date(2010, 1, 1) + timedelta(n)).isoformat()


def _zoned(random: Random, day: str, hour: int, minute: int) -> str:
    """One instant in the zone of one of the sources."""
    shift = random.choice((0, 1, 2))
    return f"{day}T{hour + shift:02}:{minute:02}:00" + (f"+{shift:02}:00" if shift else "Z")


def _result(chart: Chart, n: int) -> None:
    """A laboratory result, mass here and substance there, as precise as each source writes; and one like it an hour later."""
    r, day, minute = chart.random, _day(n), n % 60
    kind = r.choice(("glucose", "creatinine", "potassium", "haemoglobin"))
    tenths = r.randint(35, 120)
    ways = {"glucose": [((LOINC, "14749-6"), f"{tenths / 10}", "mmol/L"), ((LOINC, "2345-7"), str(round(tenths * 1.80156)), "mg/dL")],
            "creatinine": [((LOINC, "14682-9"), str(tenths), "umol/L"), ((LOINC, "2160-0"), f"{tenths / 88.4:.2f}", "mg/dL")],
            "potassium": [((LOINC, "2823-3"), f"{tenths / 20:.2f}", "mmol/L"), ((LOINC, "2823-3"), f"{tenths / 20:.2f}", "meq/L")][:1],
            "haemoglobin": [((LOINC, "718-7"), f"{tenths / 10}", "g/dL"), ((LOINC, "718-7"), str(tenths), "g/L")]}[kind]
    number = [{"system": "urn:laboratory:result", "value": f"R{n}"}]
    for later in (0, *([1] if r.random() < .3 else [])):
        event = chart.new()
        for source in chart.sources() if not later else ["laboratory"]:
            code, value, unit = r.choice(ways)
            at = _zoned(r, day, 8 + later, minute) if later or r.random() > .05 or source == "laboratory" else day
            chart.tell(event, source, "Observation", status="final", code=coded(code), effectiveDateTime=at,
                       valueQuantity=quantity(value, unit), **({"identifier": number} if not later and r.random() < .3 else {}))
        if later:
            number = []


def _pressure(chart: Chart, n: int) -> None:
    upper, lower = chart.random.randint(100, 180), chart.random.randint(60, 95)
    parts = [{"code": coded((LOINC, c)), "valueQuantity": quantity(v, "mm[Hg]")} for c, v in (("8480-6", upper), ("8462-4", lower))]
    event = chart.new()
    for source in chart.sources():
        chart.tell(event, source, "Observation", status="final", code=coded((LOINC, "85354-9")), component=chart.random.sample(parts, 2),
                   effectiveDateTime=_zoned(chart.random, _day(n), 10, n % 60))


def _problem(chart: Chart, n: int) -> None:
    """A problem; some are over and come again."""
    ways, year = PROBLEMS[n % len(PROBLEMS)], 2001 + n % 7
    if not chart.first(ways):
        return
    again = chart.random.random() < .3
    for onset, end in (((f"{year}", f"{year + 1}"), (f"{year + 8}", None)) if again else ((f"{year}", None),)):
        event = chart.new()
        for source in chart.sources():
            day = chart.random.choice((onset, f"{onset}-03", f"{onset}-03-04"))
            chart.tell(event, source, "Condition", code=chart.name(ways), onsetDateTime=day,
                       **({"abatementDateTime": end} if end else {}))


def _allergy(chart: Chart, n: int) -> None:
    ways = SUBSTANCES[n % len(SUBSTANCES)]
    if not chart.first(ways):
        return
    event = chart.new()
    for source in chart.sources():
        chart.tell(event, source, "AllergyIntolerance", code=chart.name(ways),
                   **({"recordedDate": _day(n)} if chart.random.random() < .5 else {}))


def _order(chart: Chart, n: int) -> None:
    """An order of one day, and the next a month later."""
    for later in range(chart.random.randint(1, 2)):
        event, day = chart.new(), _day(n + 31 * later)
        for source in chart.sources():
            chart.tell(event, source, "MedicationRequest", status="completed", intent="order", medicationCodeableConcept=chart.name(
                DRUGS[n % len(DRUGS)]), authoredOn=chart.random.choice((day, f"{day}T09:00:00Z")))


def _vaccine(chart: Chart, n: int) -> None:
    """A dose; and another lot of it on the same day."""
    two = chart.random.random() < .2
    for lot in ("L1", "L2") if two else ("L1",):
        event = chart.new()
        for source in chart.sources():
            chart.tell(event, source, "Immunization", status="completed", vaccineCode=chart.name(VACCINES[n % len(VACCINES)]),
                       occurrenceDateTime=chart.random.choice((_day(n), f"{_day(n)}T12:00:00Z")),
                       **({"lotNumber": lot} if two or chart.random.random() < .5 else {}))


def _operation(chart: Chart, n: int) -> None:
    """An operation on one side; and within one source the other side, months later."""
    for later, side in enumerate(SITES[:chart.random.randint(1, 2)]):
        event, day = chart.new(), _day(n + 90 * later)
        for source in chart.sources():
            when = chart.random.choice(({"performedDateTime": day}, {"performedPeriod": {"start": f"{day}T08:00:00Z"}}))
            chart.tell(event, source, "Procedure", status="completed", code=coded(*OPERATIONS[n % len(OPERATIONS)]),
                       bodySite=[coded(text=side)], **when)


def _visit(chart: Chart, n: int) -> None:
    """A contact by its number, and another on the same day without one."""
    house = {"identifier": {"system": "urn:registry", "value": f"house {n % 3}"}}
    visit = {"system": "urn:visits", "value": str(n), "type": coded(("http://terminology.hl7.org/CodeSystem/v2-0203", "VN"))}
    kind = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
    for hour, number in ((8, True), (15, False)):
        event = chart.new()
        for source in chart.sources() if number else ["hospital"]:
            chart.tell(event, source, "Encounter", status="finished", serviceProvider=house, **{"class": kind},
                       period={"start": _zoned(chart.random, _day(n), hour, n % 60)},
                       **({"identifier": [visit]} if number and chart.random.random() < .5 else {}))


def _document(chart: Chart, n: int) -> None:
    event = chart.new()
    for source in chart.sources():
        chart.tell(event, source, "DocumentReference", status="current", masterIdentifier={"system": "urn:doc", "value": str(n)},
                   content=[{"attachment": {"title": f"Letter as {source} calls it", "url": "urn:letter"}}])


MAKERS = (_result, _result, _result, _pressure, _problem, _allergy, _order, _vaccine, _operation, _visit, _document)


def _plant(chart: Chart, n: int) -> None:
    """One conflict of each kind, on codes that nothing else uses."""
    one, two = chart.random.sample(SOURCES, 2)
    at, number = f"2023-05-05T06:{n % 60:02}:00Z", [{"system": "urn:planted", "value": "P1"}]
    code, sodium = coded((SNOMED, f"9{n:06}")), coded((LOINC, "2951-2"))

    def plant(issue: str, *told: Fact) -> None:
        chart.planted.append((issue, frozenset(f.id for f in told)))

    def clinical(status: str) -> dict[str, Any]:
        return coded(("http://terminology.hl7.org/CodeSystem/condition-clinical", status))

    event = chart.new()
    plant("status-conflict", *(chart.tell(event, s, "Condition", code=code, clinicalStatus=clinical(c)) for s, c in (
        (one, "active"), (two, "resolved"))))
    plant("polarity-conflict", *(chart.tell(chart.new(), s, "Immunization", status=c, vaccineCode=coded((CVX, "133")),
                                            occurrenceDateTime="2023-04-04") for s, c in ((one, "completed"), (two, "not-done"))))
    event = chart.new()
    plant("value-conflict", *(chart.tell(event, s, "Observation", status="final", code=sodium, effectiveDateTime=at, identifier=number,
                                         valueQuantity=quantity(v, "mmol/L")) for s, v in ((one, 140), (two, 144))))
    plant("unit-mismatch", *(chart.tell(chart.new(), s, "Observation", status="final", code=coded((LOINC, "2524-7")), effectiveDateTime=at,
                                        valueQuantity=quantity("1.4", u)) for s, u in ((one, "mmol/L"), (two, "mg/dL"))))
    event = chart.new()
    plant("dose-conflict", *(chart.tell(event, s, "MedicationStatement", status="active", medicationCodeableConcept=coded((RXNORM, "6918")),
                                        dosage=[{"text": d}]) for s, d in ((one, "50 mg"), (two, "100 mg"))))
    plant("none-known-conflict", chart.tell(chart.new(), one, "AllergyIntolerance", code=coded((SNOMED, "716186003"))),
          positive := chart.tell(chart.new(), two, "AllergyIntolerance", code=coded((SNOMED, "764146007"))))
    plant("drug-allergy", positive, chart.tell(chart.new(), two, "MedicationRequest", status="active", intent="order",
                                               medicationCodeableConcept=coded((RXNORM, "308182")), authoredOn="2023-01-01"))
    plant("ambiguous-date", *_ambiguous(chart, one, two, code))
    plant("possible-duplicate", *(chart.tell(chart.new(), s, "Immunization", status="completed", vaccineCode=coded((CVX, "133")),
                                             occurrenceDateTime=d) for s, d in ((one, "2021-03-01"), (two, "2021-03-03"))))
    listed = chart.tell(chart.new(), one, "MedicationStatement", status="active", medicationCodeableConcept=coded((RXNORM, "3640")))
    chart.said.append(says("listing", source=one, scope="medications", at="2024-09-01", keys=[
        f.reference for f in chart.facts if f.source == one and f.type.startswith("Medication") and f is not listed]))
    plant("no-longer-listed", listed)


def _ambiguous(chart: Chart, one: str, two: str, code: dict[str, Any]) -> list[Fact]:
    told = [chart.tell(chart.new(), s, "Procedure", status="completed", code=code, performedDateTime=d) for s, d in (
        (one, "2022-02-02"), (one, "2022-09-09"), (two, "2022"))]
    return told[2:]


def chart_of(seed: int) -> Chart:
    chart = Chart(Random(seed))
    for n in chart.random.sample(range(3000), 30):
        chart.random.choice(MAKERS)(chart, n)
    if seed % 2:
        _plant(chart, seed)
    return chart


def prove() -> Iterator[Figure]:
    seen: Counter[str] = Counter()
    for seed in range(PEOPLE):
        chart = chart_of(seed)
        made = merge(chart.facts, chart.said, tables())
        seen += _pairs(chart, made) + _issues(chart, made)
        seen["facts"] += len(chart.facts)
        seen["lost"] += _lost(chart, made)
    precision, recall = seen["right"] / (seen["right"] + seen["wrong"]), seen["right"] / seen["same"]
    alarms = seen["alarms"] / seen["groups"]
    yield Figure("same event, precision", f"{precision:.5f} ({seen['wrong']} false of {seen['right'] + seen['wrong']} pairs)", "≥ 0.999",
                 precision >= .999)
    yield Figure("same event, recall", f"{recall:.4f} of {seen['same']} pairs", "≥ 0.97", recall >= .97)
    yield Figure("facts lost", f"{seen['lost']} of {seen['facts']}", "0", not seen["lost"])
    yield Figure("planted conflicts raised", f"{seen['raised']} of {seen['planted']}", "all", seen["raised"] == seen["planted"])
    yield Figure("false alarms", f"{alarms:.2%} of {seen['groups']} events told by several", "≤ 2 %", alarms <= .02)


def _pairs(chart: Chart, made: Record) -> Counter[str]:
    class_of = {f: line["by"] for f, line in made.ledger.items()}
    by_event: dict[int, list[str]] = {}
    by_class: dict[str, list[str]] = {}
    for f, event in chart.event.items():
        by_event.setdefault(event, []).append(f)
        by_class.setdefault(class_of[f], []).append(f)
    same = [p for told in by_event.values() for p in combinations(told, 2)]
    joined = [p for told in by_class.values() for p in combinations(told, 2)]
    right = sum(chart.event[a] == chart.event[b] for a, b in joined)
    return Counter(same=len(same), right=right, wrong=len(joined) - right, groups=sum(len(t) > 1 for t in by_event.values()))


def _issues(chart: Chart, made: Record) -> Counter[str]:
    told = [(i["code"]["coding"][0]["code"], {d["identifier"]["value"] for e in i.get("evidence", ()) for d in e.get("detail", ())})
            for i in made.issues]
    raised = sum(any(code == c and (facts & f if len(facts) > 1 else facts <= f) for c, f in told) for code, facts in chart.planted)
    meant = set[str]().union(*(facts for _, facts in chart.planted))
    return Counter(planted=len(chart.planted), raised=raised, alarms=sum(not facts & meant for _, facts in told))


def _lost(chart: Chart, made: Record) -> int:
    shown = {f"{r['resourceType']}/{r['id']}": r for r in made.resources}
    return sum(f.id not in made.ledger or made.ledger[f.id]["by"] not in shown or bool(missing(
        f.resource, shown[made.ledger[f.id]["by"]], made.alternatives.get(made.ledger[f.id]["by"], {}))) for f in chart.facts)
