"""A reader of few types costs what these types cost, and sees what it would see if all were read."""

import pytest

from gateway.disclose import visible as visible_module
from gateway.disclose.visible import visible, visible_of
from gateway.model import Assertion, Fact
from gateway.pipeline import decide
from gateway.pipeline.write import write_facts
from gateway.policy.request import Request
from gateway.store import assertions, facts, people
from gateway.store.patients import Ref
from tests.api.test_match import EVA_SAYS, ask, bearer, client, grades, hide  # noqa: F401
from tests.homes import EVA, NOW, observation, patient

BASE = "https://gateway.example"
SCOPES = ("user/Patient.rs", "user/Observation.rs", "user/Patient.rs user/AllergyIntolerance.rs", "user/Provenance.rs",
          "user/Consent.rs", "user/*.rs", "user/Basic.rs", "user/Patient.c", "patient/Patient.rs", "")


def request(scopes):
    return Request("TREAT", scopes=tuple(scopes.split()), user="dr-holm", organisation="aarhus", care=True,
                   time=NOW.isoformat())


@pytest.fixture
def read(monkeypatch):
    """How many rows of source patients were read."""
    made = []
    inner = facts.of_patients

    def counted(*args, **more):
        found = inner(*args, **more)
        made.extend(found)
        return found
    monkeypatch.setattr(facts, "of_patients", counted)
    return made


def test_a_match_reads_none_of_a_thousand_results(gate, ask, read):  # noqa: F811
    write_facts(gate, [Fact("north", "1", observation(f"x{n}", "n1", str(n))) for n in range(1000)])
    read.clear()
    assert grades(ask(EVA_SAYS)[1]) == ["certain"]
    assert 0 < len(read) < 20 and {r.type for r in read} == {"Patient"}


def copied(gate):
    """Copies at another place, of Eva and of a result of hers, that name the south as their origin."""
    bodies = (patient("w1", "Öberg", "Eva", "1961-02-03", EVA),
              observation("wo1", "w1", "6.10", effectiveDateTime="2026-03-01T08:00:00Z"))
    for body, named in zip(bodies, ("Patient/s1", "Observation/so1"), strict=True):
        body["meta"]["source"] = f"{BASE}/fhir/source/south/{named}"
    write_facts(gate, [Fact("west", "1", b) for b in bodies])


def ruled(gate):
    """Rulings about results that a reader of the Patient alone does not see, about Patients, and about nothing."""
    with gate.store.read() as tx:
        rows = facts.of_patients(tx, [Ref("north", "n1"), Ref("south", "s1")])
    for type in ("Observation", "Patient"):
        both = sorted(r.id for r in rows if r.type == type)
        decide.rule(gate, "different" if type == "Patient" else "same", both, "dr", "looked")
    odd = Assertion("ruling", {"ruling": "same", "facts": ["f" * 64, "no id", "\0", 5], "id": "odd"})
    with gate.store.write(gate.now()) as tx:
        assertions.add(tx, [(odd, [Ref("north", "n1")])])


@pytest.mark.parametrize("scopes", SCOPES)
@pytest.mark.parametrize("more", [(), (copied,), (copied, ruled), (ruled, lambda g: hide(g, "south", "s1")),
                                  (copied, lambda g: hide(g, "south", "s1"))])
def test_what_is_seen_does_not_hang_on_what_was_read(gate, monkeypatch, scopes, more):
    for step in more:
        step(gate)
    with gate.store.read() as tx:
        persons = people.persons(tx)

        def seen():
            return [[visible(tx, request(scopes), p, gate.tables.versions) for p in persons],
                    list(visible_of(tx, request(scopes), persons, gate.tables.versions))]
        narrow = seen()
        monkeypatch.setattr(visible_module, "_readable", lambda tx, refs, said, types: facts.by_patient(tx, refs))
        assert narrow == seen()
        assert [[v.digest for v in part] for part in narrow] == [[v.digest for v in part] for part in seen()]
