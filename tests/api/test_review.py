"""Identity review at the API and at the page (faces H-8; issue point 6): what is shown, to whom, and what a ruling does."""

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.disclose import review
from gateway.errors import UsageError
from gateway.ids import merged_id
from gateway.jsontext import loads
from gateway.model import Assertion, Fact
from gateway.pipeline.link import relink
from gateway.pipeline.people import rule, undo
from gateway.pipeline.write import write_facts
from gateway.store import assertions, people
from gateway.store.patients import Ref
from gateway.web import session
from gateway.wsgi import create_app
from tests.api.test_match import hide
from tests.homes import EVA, NOW, allergy, observation, patient

NONE_KNOWN = {"coding": [{"system": "http://snomed.info/sct", "code": "716186003", "display": "No known allergy"}]}
PAIR = ("north/n1", "west/w1")


def twin(id="w1", given="Ester", **more):
    """Eva's sister: same day, name and door, no number."""
    return {k: v for k, v in patient(id, "Öberg", given, "1961-02-03", "", **more).items() if k != "identifier"}


@pytest.fixture
def world(gate):
    """Eva in two sources, and a sister in a third whom the computer holds."""
    write_facts(gate, [Fact("west", "1", twin()), Fact("west", "1", allergy("wa", "w1", "", code=NONE_KNOWN)),
                       Fact("west", "1", observation("wo", "w1", "4.0"))])
    return gate


class Client:
    """The doors of one home, for one role."""

    def __init__(self, gate, **claims):
        self.gate, self.client = gate, create_app(gate).test_client()
        body = {"sub": "dr-holm", "scope": "system/*.rs", "purpose": "HOPERAT", "org": "test", "role": "operator", **claims}
        self.headers = {"Authorization": f"Bearer {gate.issuer.mint(body, int(NOW.timestamp()), 600, secrets.token_hex(4))}"}

    def get(self, path="", **query):
        answer = self.client.get(f"/api/review{path}", query_string=query, headers=self.headers)
        return answer.status_code, loads(answer.data)

    def post(self, path, **body):
        answer = self.client.post(f"/api/review{path}", json=body, headers=self.headers)
        return answer.status_code, loads(answer.data)

    def cases(self, **query):
        return self.get(**query)[1]["cases"]

    def case(self, pair=PAIR):
        return self.get(f"/{self.address(pair)}")

    def address(self, pair=PAIR):
        return "/".join(merged_id(self.gate.store.id_key, r.split("/")[0], "Patient", r.split("/")[1]) for r in pair)

    def say(self, ruling, pair=PAIR, reason="seen both", **more):
        return self.post(f"/{self.address(pair)}", **{"ruling": ruling, "reason": reason, "stamp": self.case(pair)[1]["stamp"], **more})

    def last(self):
        return loads(list(self.gate.log.lines())[-1])


@pytest.fixture
def api(world):
    return Client(world)


def persons(gate, *refs):
    with gate.store.read() as tx:
        return [people.person(tx, Ref(*r.split("/"))) for r in refs]


def test_the_queue_says_who_why_and_since_when_and_no_demographics(api):
    found = api.cases()
    assert [(c["a"], c["b"]) for c in found] == [("north/n1", "west/w1"), ("south/s1", "west/w1")]
    assert found[0]["sources"] == ["North Hospital", "west"] and "may be twins" in " ".join(found[0]["why"])
    assert found[0]["since"].startswith("2026-04-01T12") and found[0]["active"] is False
    assert not any(word in str(found) for word in ("Öberg", "Ester", EVA, "1961"))
    assert (api.last()["action"], api.last()["outcome"]) == ("review", "done") and api.last()["subject"]


def test_every_field_says_same_differs_or_not_given(api):
    status, case = api.case()
    assert status == 200
    assert {f["field"]: f["word"] for f in case["fields"]} == {
        "family name": "same", "given name": "differs", "birth date": "same", "sex": "same",
        "national numbers and identifiers": "not given", "address": "same"}
    given = next(f for f in case["fields"] if f["field"] == "given name")
    assert (given["a"], given["b"]) == (["Eva"], ["Ester"])
    assert case["reasons"] and case["model"] == api.gate.model.id and case["likely"] == "likely"


def test_what_would_come_together_is_counted_and_its_conflicts_named(api):
    together = api.case()[1]["together"]
    rows = {r["name"]: (r["a"], r["b"], r["after"], r["joined"]) for r in together["sections"]}
    assert rows["results"] == (2, 1, 3, 0) and rows["allergies"] == (1, 1, 2, 0)
    assert together["facts"] == [5, 3, 8] and together["adds_up"] and not together["hidden"]
    assert together["allergies"] and any("No known allergies" in c for c in together["conflicts"])


def test_same_joins_and_undo_parts_them_for_ever(api):
    before, case = persons(api.gate, "north/n1", "south/s1", "west/w1"), api.case()[1]
    status, said = api.say("same")
    assert status == 200 and said["applied"] and len(set(persons(api.gate, "north/n1", "south/s1", "west/w1"))) == 1
    assert api.cases() == [] and api.case()[1]["one_person"] and api.case()[1]["together"] is None
    ruling = api.case()[1]["rulings"][0]
    assert (ruling["said"], ruling["by"], ruling["reason"], ruling["stands"]) == ("same person", "dr-holm", "seen both", True)
    assert api.post(f"/undo/{said['id']}", reason="wrong")[0] == 200
    assert persons(api.gate, "north/n1", "south/s1", "west/w1") == before
    again = api.case()[1]
    assert {k: again[k] for k in ("fields", "why", "together", "waits")} == {k: case[k] for k in ("fields", "why", "together", "waits")}
    ruling = again["rulings"][0]
    assert not ruling["stands"] and (ruling["undone_by"], ruling["undone_reason"]) == ("dr-holm", "wrong")
    assert api.post(f"/undo/{ruling['undo']}", reason="right after all")[0] == 200
    assert len(set(persons(api.gate, "north/n1", "west/w1"))) == 1


def test_different_takes_the_pair_away_and_a_new_version_does_not_bring_it_back(api):
    assert api.say("different")[0] == 200
    assert api.cases() == [], "nor does another record of the same two"
    write_facts(api.gate, [Fact("west", "2", twin(telecom=[{"system": "phone", "value": "+46701112233"}]), "2026-03-03T00:00:00Z")])
    assert api.cases() == []


def test_cannot_tell_changes_nobody_and_moves_the_pair_behind_the_others(api):
    before = persons(api.gate, "north/n1", "west/w1")
    assert api.say("unsure", reason="the unit must ask her")[0] == 200
    found = api.cases()
    assert [c["a"] for c in found] == ["south/s1", "north/n1"] and "cannot tell" in found[1]["state"]
    assert persons(api.gate, "north/n1", "west/w1") == before


def test_a_ruling_keeps_what_the_computer_said_then(api):
    api.say("unsure")
    from gateway.store import assertions
    with api.gate.store.read() as tx:
        [said] = assertions.of_kinds(tx, ["unsure"])
    assert said.body["model"] == api.gate.model.id and said.body["decision"] == "review" and said.body["weight"] > 0


def test_same_against_two_valid_numbers_is_suspended_and_asks_again(api):
    write_facts(api.gate, [Fact("east", "1", patient("e1", "Öberg", "Eva", "1961-02-03", "196102039994"))])
    rule(api.gate, "same", "north/n1", "east/e1", "dr", "sure")
    case = next(c for c in api.cases() if {c["a"], c["b"]} == {"east/e1", "north/n1"})
    assert any("suspended" in w for w in case["why"]) and any("national number" in w for w in case["why"])
    assert len(set(persons(api.gate, "north/n1", "east/e1"))) == 2
    undone = api.case(("east/e1", "north/n1"))[1]["rulings"][0]["ruling"]
    api.post(f"/undo/{undone}", reason="no")
    assert not any("east/e1" in (c["a"], c["b"]) and any("suspended" in w for w in c["why"]) for c in api.cases())


def test_people_in_care_come_first(api):
    write_facts(api.gate, [Fact("south", "9", {
        "resourceType": "Encounter", "id": "now", "status": "in-progress", "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"}, "subject": {"reference": "Patient/s1"}})])
    assert [(c["a"], c["active"]) for c in api.cases()] == [("south/s1", True), ("north/n1", False)]


@pytest.mark.parametrize("said, told", [({"reason": ""}, "Say why"), ({"reason": " \n"}, "Say why"), ({"ruling": "maybe"}, "one of"),
                                        ({"stamp": "0" * 32}, "changed since"), ({"stamp": ""}, "changed since")])
def test_a_ruling_without_reason_or_about_something_else_is_refused(api, said, told):
    status, body = api.say(**{"ruling": "same", **said})
    assert status == 400 and told in body["issue"][0]["diagnostics"] and len(set(persons(api.gate, *PAIR))) == 2
    assert api.last()["outcome"] == "refused"


def test_a_ruling_about_records_that_changed_meanwhile_is_refused(api):
    stamp = api.case()[1]["stamp"]
    write_facts(api.gate, [Fact("west", "1", allergy("wb", "w1", "Latex"))])
    assert api.say("same", stamp=stamp)[0] == 400
    assert api.say("same")[0] == 200


@pytest.mark.parametrize("claims", [{"role": "clinician"}, {"role": ""}, {"purpose": "TREAT"}, {"scope": "system/Observation.rs"},
                                    {"scope": "openid"}, {"scope": "patient/*.rs", "patient": "x", "purpose": "PATRQT", "role": "operator"}])
def test_another_role_learns_nothing_and_changes_nothing(world, claims):
    api = Client(world, **claims)
    there, absent = api.case(), api.case(("north/n1", "north/none"))
    assert there == absent and there[0] == 403 and api.get()[0] == 403 and api.get("/rulings")[0] == 403
    assert api.post(f"/{api.address()}", ruling="same", reason="x", stamp="y")[0] == 403
    assert api.post("/undo/x", reason="x")[0] == 403
    assert api.last()["outcome"] == "refused" and len(set(persons(world, *PAIR))) == 2
    assert api.client.get("/api/review").status_code == 401


@pytest.mark.parametrize("a, b", [("north/n1", "north/n1"), ("north/n1", "north/none"), ("north/n2", "west/w1"), ("x", "y"),
                                  ("north/n1", "'; drop table facts; --")])
def test_what_is_no_pair_or_never_was_compared_is_not_found(api, a, b):
    from gateway.disclose import review
    from gateway.disclose.transfer import Asked
    from gateway.disclose.view import Views
    from gateway.policy.request import Request
    asked = Asked(Request(purpose="HOPERAT", role="operator", scopes=("system/*.rs",)), "review", "test")
    with pytest.raises(UsageError) as e:
        review.case(api.gate, Views(api.gate), asked, a, b)
    assert e.value.issue.code == "case-unknown"


def test_a_hidden_source_has_no_cases_no_rulings_and_leaves_no_trace(api):
    """The sister hides what the west holds: a reader sees neither her nor that somebody waits, and cannot rule."""
    assert api.say("unsure")[0] == 200
    ruling = api.case()[1]["rulings"][0]["ruling"]
    hide(api.gate, "west", "w1")
    assert api.get() == (200, {"schema": "gateway.review/1", "cases": [], "next": "", "after": ""})
    assert api.get("/rulings")[1]["rulings"] == []
    hidden, none = (api.case(p) for p in (PAIR, ("north/n1", "west/none")))
    assert hidden[0] == none[0] == 400 and hidden[1]["issue"][0]["details"] == none[1]["issue"][0]["details"]
    assert api.post(f"/{api.address()}", ruling="same", reason="x", stamp="y")[0] == 400
    undone, none = (api.post(f"/undo/{r}", reason="x") for r in (ruling, "0" * 64))
    assert undone[0] == none[0] == 400 and len(set(persons(api.gate, *PAIR))) == 2
    assert len(set(persons(api.gate, *PAIR))) == 2


def test_reasons_speak_of_what_the_reader_sees_alone(api):
    """The newest version is hidden by its label: the case is about the one before."""
    secret = {**twin(given="Eva"), "meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}}
    write_facts(api.gate, [Fact("west", "2", secret, "2026-03-03T00:00:00Z")])
    given = {f["field"]: f for f in api.case()[1].get("fields", ())}.get("given name")
    assert given is None or given["b"] == ["Ester"]


def test_what_a_hidden_record_speaks_against_is_not_told(gate):
    """Two records that would be joined, held apart by a third that this reader may not see: no word of it."""
    api, died = Client(gate), {"south/s2": "2020-01-01", "west/w1": "2021-01-01"}
    for ref, day in died.items():
        source, key = ref.split("/")
        write_facts(gate, [Fact(source, "1", patient(key, "Öberg", "Eva", "1961-02-03", EVA, deceasedDateTime=day))])
    assert len(set(persons(gate, "north/n1", *died))) == 2
    told = [w for c in api.cases() for w in c["why"]]
    assert any("south/s2 and west/w1: Both have died" in w for w in told)
    hide(gate, "south", "s2")
    left = api.cases()
    assert "s2" not in str(left) and "Both have died" not in str(left)


def test_ten_thousand_pairs_come_in_pages_and_each_once(gate, monkeypatch):
    """The queue is read in one go, but only a page of records is opened."""
    from gateway.disclose import review
    from gateway.store import cases
    real = [Ref("west", f"w{i}") for i in range(8)]
    write_facts(gate, [Fact("west", "1", twin(r.key, f"Ester{'abcdefgh'[i]}")) for i, r in enumerate(real)])
    api, opened = Client(gate), []
    every = [cases.Case(Ref("north", "n1"), real[i % 8], f"2026-01-01T{i:09}", i % 3 == 0) for i in range(10_000)]
    monkeypatch.setattr(cases, "waiting", lambda tx: list(every))
    side = review._side
    monkeypatch.setattr(review, "_side", lambda *a: opened.append(1) or side(*a))
    seen, after = [], ""
    for _ in range(4):
        _, body = api.get(after=after, count=200)
        seen += [c["since"] for c in body["cases"]]
        after = body["next"]
        assert len(body["cases"]) == 200 and after
    order = sorted(every, key=lambda c: (not c.active, c.since))
    assert seen == [c.since for c in order[:800]] and len(opened) <= 4 * 2 * 201


@pytest.mark.parametrize("after", ["x", "eyJhIjoxfQ", "W10", "WzEsMiwzLDQsNV0", "é"])
def test_a_place_that_is_none_is_refused(api, after):
    assert api.get(after=after)[0] == 400


# The page --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(world):
    client = create_app(world).test_client()
    cookie = session.session(world, {"face": "it", "patient": ""})
    client.set_cookie(session.COOKIE, cookie)
    return client, session.form_token(world, cookie), f"/it/review/{Client(world).address()}", Client(world)


def test_a_form_that_no_page_of_this_session_made_is_refused(page):
    client, token, where, api = page
    stamp = api.case()[1]["stamp"]
    for bad in ("", token[:-1], session.form_token(api.gate, "another session"), "é"):
        answer = client.post(where, data={"ruling": "same", "reason": "x", "stamp": stamp, "token": bad})
        assert answer.status_code == 403 and len(set(persons(api.gate, *PAIR))) == 2
        assert client.post("/it/review/undo/x", data={"reason": "x", "token": bad}).status_code == 403
    assert api.last()["outcome"] == "refused"


def test_a_page_of_another_face_cannot_rule(page):
    client, _, where, api = page
    for face in ("clinician", "patient", "audit"):
        cookie = session.session(api.gate, {"face": face, "patient": ""})
        client.set_cookie(session.COOKIE, cookie)
        data = {"ruling": "same", "reason": "x", "stamp": api.case()[1]["stamp"], "token": session.form_token(api.gate, cookie)}
        assert client.post(where, data=data).status_code == 401 and client.get(where).status_code == 401
    assert len(set(persons(api.gate, *PAIR))) == 2


def test_a_ruling_from_the_page_is_kept_logged_and_answered_with_the_page(page):
    client, token, where, api = page
    data = {"ruling": "different", "reason": "<b>sisters</b>", "stamp": api.case()[1]["stamp"], "token": token}
    before = api.gate.log.size()
    answer = client.post(where, data=data)
    assert answer.status_code == 303 and answer.headers["Location"] == f"{where}#rulings" and api.gate.log.size() == before + 2
    text = client.get(where).text
    assert "&lt;b&gt;sisters&lt;/b&gt;" in text and "<b>sisters" not in text and "hospital IT" in text
    assert client.post(where, data=data).status_code == 409, "the same form again is about what was"


def test_a_reason_that_is_missing_is_said_on_the_page_and_nothing_is_lost(page):
    client, token, where, api = page
    answer = client.post(where, data={"ruling": "same", "reason": "  ", "stamp": api.case()[1]["stamp"], "token": token})
    assert answer.status_code == 400 and "Say why" in answer.text and "<title>Error: " in answer.text


@pytest.mark.parametrize("one", ["north/n1", "south/s1"])
def test_an_undo_leads_back_to_the_pair_that_was_looked_at(page, one):
    """"Same" is said of all three records; who undoes it on the page of two is not sent to two others."""
    client, token, _, api = page
    said = rule(api.gate, "same", one, "west/w1", "dr-holm", "seen both")
    undone = client.post(f"/it/review/undo/{said['id']}", data={"reason": "wrong", "token": token})
    assert undone.status_code == 303 and undone.headers["Location"] == f"/it/review/{api.address((one, 'west/w1'))}#rulings"


def meanwhile(monkeypatch, name, happens):
    """Something happens between the look at a case and what is said of it, once."""
    plain, waits = getattr(review, name), [happens]

    def seen(*args, **more):
        found = plain(*args, **more)
        while waits:
            waits.pop()()
        return found
    monkeypatch.setattr(review, name, seen)


@pytest.mark.parametrize("other", ["same", "never", "unsure"])
def test_of_two_who_rule_at_once_the_second_looks_again(api, world, monkeypatch, other):
    meanwhile(monkeypatch, "obstacle", lambda: rule(world, other, *PAIR, "dr-lind", "was faster"))
    status, body = api.say("same")
    assert status == 400 and "look again" in body["issue"][0]["diagnostics"] and api.last()["outcome"] == "refused"
    assert [r["by"] for r in api.case()[1]["rulings"]] == ["dr-lind"], "nothing of it was said"
    assert api.say("same")[0] == 200


def test_what_comes_between_look_and_ruling_is_looked_at(api, world, monkeypatch):
    meanwhile(monkeypatch, "obstacle", lambda: write_facts(world, [Fact("west", "1", allergy("wa2", "w1", "Latex"))]))
    assert api.say("same")[0] == 400 and not api.case()[1]["rulings"]
    meanwhile(monkeypatch, "obstacle", lambda: write_facts(world, [Fact("west", "1", patient("w7", "Lind", "Per", "1950-05-06", "777"))]))
    assert api.say("same")[0] == 200, "another person's news is none of theirs"


def test_many_at_once_are_one_ruling(api, world):
    stamp, path, waiting = api.case()[1]["stamp"], f"/{api.address()}", threading.Barrier(4)

    def one(_):
        client = Client(world)
        waiting.wait()
        return client.post(path, ruling="same", reason="seen both", stamp=stamp)[0]
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [200, 400, 400, 400]
    assert len({r["ruling"] for r in api.case()[1]["rulings"]}) == 1


def test_the_page_says_that_somebody_was_faster(world, page, monkeypatch):
    client, token, path, api = page
    meanwhile(monkeypatch, "obstacle", lambda: rule(world, "never", *PAIR, "dr-lind", "was faster"))
    answer = client.post(path, data={"token": token, "stamp": api.case()[1]["stamp"], "ruling": "same", "reason": "I know them"})
    assert answer.status_code == 409 and "look again" in answer.text and "I know them" in answer.text
    assert [r["by"] for r in api.case()[1]["rulings"]] == ["dr-lind"]


def test_a_ruling_is_undone_once(api, world, monkeypatch):
    ruling = api.say("same")[1]["id"]
    meanwhile(monkeypatch, "ruled", lambda: undo(world, ruling, "dr-lind", "was faster"))
    assert api.post(f"/undo/{ruling}", reason="wrong")[0] == 400
    [told] = api.case()[1]["rulings"]
    assert told["undone_by"] == "dr-lind" and persons(world, *PAIR)[0] != persons(world, *PAIR)[1]
    assert api.post(f"/undo/{ruling}", reason="wrong")[0] == 400, "it was undone before"
    assert api.post(f"/undo/{told['undo']}", reason="it was right")[0] == 200
    assert len(set(persons(world, *PAIR))) == 1
    assert undo(world, ruling, "dr-lind", "after all")["applied"], "what stands again is undone again"


def test_a_ruling_is_undone_also_when_the_patient_of_one_side_was_taken_back(api):
    """Her source withdraws the Patient; her allergies stay in the record that they came into, until somebody parts them."""
    said = api.say("same")[1]["id"]
    with api.gate.store.write(api.gate.now()) as tx:
        assertions.add(tx, [(Assertion("retract", {"source": "west", "type": "Patient", "id": "w1"}), [Ref("west", "w1")])])
        relink(tx, [Ref("west", "w1")], api.gate.model)
    assert len(set(persons(api.gate, *PAIR))) == 1
    status, case = api.case()
    assert status == 200 and {f["word"] for f in case["fields"]} == {"not given"} and "Ester" not in str(case["fields"])
    assert PAIR in [(r["a"], r["b"]) for r in api.get("/rulings")[1]["rulings"]]
    assert api.post(f"/undo/{said}", reason="wrong")[0] == 200 and len(set(persons(api.gate, *PAIR))) == 2
