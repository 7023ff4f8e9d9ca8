"""Bodies that hold anything: the merge never crashes, never loses a fact, never depends on order."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.jsontext import canonical, loads
from gateway.merge import Person, merge
from gateway.merge.elements import FOLLOWS, UNITED
from gateway.merge.keys import RULES
from gateway.model import Assertion, Fact
from tests.merge.given import fact, tables

_NAMES = sorted({"code", "status", "relatesTo", "method", "specimen", "category", "criticality", "requester", "meta", "contained", "extension", "modifierExtension", "valueQuantity", "value",
                 "component", "effectiveDateTime", "effectivePeriod", "onsetDateTime", "abatementDateTime", "subject",
                 "patient", "medicationReference", "medicationCodeableConcept", "result", "class", "period", "text",
                 "serviceProvider", "masterIdentifier", "content", "udiCarrier", "bodySite", "_birthDate", "entity", "target",
                 "verificationStatus", "clinicalStatus", "authoredOn", "occurrenceDateTime", "dosage", "issued"}
                | UNITED | {n for names in FOLLOWS.values() for n in names} | {n for r in RULES.values() for n in r.conflicts})
_INNER = st.sampled_from(["coding", "system", "code", "value", "unit", "reference", "text", "start", "end", "display",
                          "security", "source", "url", "id", "resourceType", "identifier", "type", "assigner", "severity",
                          "manifestation", "lastUpdated", "comparator"])
_LEAF = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.sampled_from(
    ["", "x", "#x", "A/Flag/1", "Patient/1", "urn:uuid:1", "2024-01-01", "2024", "entered-in-error", "refuted",
     "http://snomed.info/sct", "mg/dL", "1", "http://unitsofmeasure.org"]),
    st.sampled_from(["1.50", "1e400", "-0", "12345678901234567890", "1e999999999"]).map(loads))
_JSON = st.recursive(_LEAF, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_INNER, inner, max_size=4)),
                     max_leaves=8)
_TYPES = st.sampled_from([*RULES, "Flag", "Provenance", "Bundle", "Unheard"])


@st.composite
def _fact(draw: Any) -> Fact:
    body = draw(st.dictionaries(st.sampled_from(_NAMES), _JSON, max_size=6))
    head = {"resourceType": draw(_TYPES), "id": draw(st.sampled_from(["1", "2", "a/b", " "]))}
    return Fact(draw(st.sampled_from("AB")), draw(st.sampled_from([None, 1, "2", "x", loads("1e99999"), loads("2.0")])),
                {**head, **body}, draw(st.sampled_from([None, "2024", "nonsense"])))


_ASSERTION = st.builds(Assertion, st.sampled_from(["unlink", "retract", "listing", "ruling", "undo", "same", "whatever"]),
                       st.dictionaries(st.sampled_from(["source", "type", "id", "of", "facts", "keys", "scope", "at", "ruling",
                                                        "element", "choose", "version", "asserted"]), _JSON, max_size=5))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_fact(), max_size=8), st.lists(_ASSERTION, max_size=3), st.randoms())
def test_any_bodies_give_one_record(facts: list[Fact], assertions: list[Assertion], random: Any) -> None:
    record = merge(facts, assertions, tables()).json()
    assert set(record["ledger"]) == {f.id for f in facts}
    assert all(line["state"] == "represented" or line["why"] for line in record["ledger"].values())
    assert "invariant-broken" not in {i["code"]["coding"][0]["code"] for i in record["issues"]}
    shuffled = merge(random.sample(facts, len(facts)), random.sample(assertions, len(assertions)), tables()).json()
    assert canonical(shuffled) == canonical(record)
    person = Person(tables())
    for one in facts:
        person.add([one])
    person.add([], assertions)
    assert canonical(person.record().json()) == canonical(record)


def test_many_stays_at_one_time_cost_no_square() -> None:
    """5,000 of them once took all memory: a pair each is twelve million issues."""
    stays = [fact(f"S{n}", "Encounter", "e", status="finished", period={"start": f"2020-01-01T{n % 24:02}:00:00Z", "end": "2030-01-01"},
                  serviceProvider={"display": f"House {n}"}, **{"class": {"code": "IMP"}}) for n in range(200)]
    issues = merge(stays, (), tables()).issues
    told = {d["display"] for i in issues for e in i["evidence"] for d in e["detail"]}
    assert len(told) == 200 and len(issues) <= 200 * 32


def test_every_stay_that_overlaps_another_is_named_however_many_there_are() -> None:
    """One long stay, and a hundred short ones in other houses one after the other: each contradicts the long one."""
    def stay(source: str, start: str, end: str) -> Fact:
        return fact(source, "Encounter", "e", status="finished", period={"start": start, "end": end},
                    serviceProvider={"display": f"House {source}"}, **{"class": {"code": "IMP"}})

    short = [stay(f"S{n}", f"2020-{1 + n // 28:02}-{1 + n % 28:02}T08:00:00Z", f"2020-{1 + n // 28:02}-{1 + n % 28:02}T20:00:00Z")
             for n in range(100)]
    issues = merge([stay("LONG", "2019-12-01T08:00:00Z", "2021-01-01T08:00:00Z"), *short], (), tables()).issues
    told = {d["display"] for i in issues for e in i["evidence"] for d in e["detail"]}
    assert len(told) == 101 and len(issues) == 100
