"""Deny by default, scopes, purposes, consents (POL; house.md promises 4 and 11)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import UsageError
from gateway.policy.consent import Cell
from gateway.policy.decide import decide
from gateway.policy.request import PURPOSES, Request, from_json
from gateway.policy.scopes import granted

LUND = Cell("lund", "lund/1", "Observation")
KIEL = Cell("kiel", "kiel/1", "Observation")
NOW = "2026-03-01T10:00:00Z"


def ask(**changes):
    return Request(**{"purpose": "TREAT", "scopes": ("user/*.rs",), "user": "dr-holm", "organisation": "aarhus",
                      "time": NOW, **changes})


def consent(provision, **more):
    return ("lund", {"resourceType": "Consent", "id": "c1", "status": "active", "provision": provision, **more})


def holder(name):
    return {"role": {"coding": [{"code": "CST"}]}, "reference": {"identifier": {"value": name}}}


def recipient(name):
    return {"role": {"coding": [{"code": "IRCP"}]}, "reference": {"reference": f"Organization/{name}"}}


def sees(cell, *consents, reference="lund/Observation/1", **changes):
    return decide(ask(**changes), "p", consents).shows(cell, reference)


@given(st.text(max_size=12))
def test_any_purpose_that_is_not_known_is_denied(purpose):
    assert decide(ask(purpose=purpose), "p").permit == (purpose in PURPOSES - {"PATRQT", "FAMRQT"})


@pytest.mark.parametrize("scopes", [(), ("openid", "launch/patient"), ("user/*.cud",), ("patient/*.rs?code=1",),
                                    ("*",)])
def test_without_a_reading_scope_nothing_is_permitted(scopes):
    assert not decide(ask(scopes=scopes), "p").permit


def test_a_scope_for_a_patient_grants_nothing_where_the_token_names_none():
    d = decide(ask(scopes=("patient/*.rs", "user/Observation.read")), "p")
    assert d.permit and d.scope.types == {"Observation"}
    assert decide(ask(scopes=("patient/*.rs", "user/Observation.read"), patient="p"), "p").scope.types is None
    assert not decide(ask(scopes=("patient/*.rs", "user/Observation.read"), patient="q"), "p").permit


def test_scope_limits_types_but_keeps_the_directory():
    d = decide(ask(scopes=("user/Observation.read",)), "p")
    assert d.shows(LUND, "x") and not d.shows(Cell("lund", "1", "Condition"), "x")
    assert d.shows(Cell("lund", "", "Organization"), "x")


def test_patient_token_reads_its_own_record_only():
    own = ask(purpose="PATRQT", scopes=("patient/*.rs",), patient="p")
    assert decide(own, "p").permit
    assert not decide(own, "q").permit
    assert not decide(ask(scopes=("patient/*.rs",), patient="q"), "p").permit


def test_a_consent_that_hides_a_source():
    c = consent({"type": "deny", "actor": [holder("lund")]})
    assert not sees(LUND, c) and sees(KIEL, c)
    assert "deny: consent lund/c1" in decide(ask(), "p", [c]).rules


@pytest.mark.parametrize("provision, hidden", [
    ({"type": "deny"}, True),
    ({"type": "permit"}, False),
    ({"type": "deny", "purpose": [{"code": "HPAYMT"}]}, False),
    ({"type": "deny", "purpose": [{"code": "TREAT"}]}, True),
    ({"type": "deny", "class": [{"code": "Condition"}]}, False),
    ({"type": "deny", "class": [{"code": "Observation"}]}, True),
    ({"type": "deny", "actor": [recipient("kiel")]}, False),
    ({"type": "deny", "actor": [recipient("aarhus")]}, True),
    ({"type": "deny", "period": {"end": "2025"}}, False),
    ({"type": "deny", "period": {"start": "2026-03-01", "end": "2026-03"}}, True),
    ({"type": "deny", "data": [{"meaning": "instance", "reference": {"reference": "Observation/1"}}]}, True),
    ({"type": "deny", "data": [{"meaning": "instance", "reference": {"reference": "Observation/2"}}]}, False),
    ({"type": "permit", "provision": [{"type": "deny", "actor": [holder("lund")]}]}, True),
    ({"type": "deny", "provision": [{"type": "permit", "actor": [holder("lund")]}]}, False),
])
def test_provisions(provision, hidden):
    assert sees(LUND, consent(provision)) != hidden


def test_only_active_consents_count():
    assert sees(LUND, ("lund", {"status": "inactive", "provision": {"type": "deny"}}))


def test_opt_out_without_a_root_type_denies():
    assert not sees(LUND, consent({}, policyRule={"coding": [{"code": "OPTOUT"}]}))


def test_emergency_sees_all_and_owes_notice():
    c = consent({"type": "deny"})
    d = decide(ask(purpose="BTG"), "p", [c])
    assert d.shows(LUND, "x") and "tell-patient" in d.obligations


def test_restricted_labels_need_a_care_relation():
    cell = Cell("lund", "lund/1", "Observation", frozenset({"R"}))
    assert not sees(cell) and sees(cell, care=True)


def test_decision_class_names_what_is_seen():
    c = consent({"type": "deny", "actor": [holder("lund")]})
    assert decide(ask(), "p").name == decide(ask(user="another"), "p").name
    assert decide(ask(), "p").name != decide(ask(), "p", [c]).name


def test_smart_scopes_of_both_versions():
    assert granted(("user/*.read",)).types is None
    assert granted(("system/Patient.rs", "system/Encounter.s")).types == {"Patient"}


def test_request_json_names_unknown_members():
    with pytest.raises(UsageError, match="purpose"):
        from_json({"purposes": "TREAT"}, "r.json")
    assert from_json({"scopes": "user/*.rs openid"}, "r").scopes == ("user/*.rs", "openid")


@pytest.mark.parametrize("provision", ["x", [1], {"type": 5}, {"type": "Deny"}, {"type": "deny", "actor": "x"}, {"actor": [1]},
                                       {"class": [{"code": []}]}, {"data": [{"reference": "x"}]}, {"period": {"start": 5}},
                                       {"period": {"end": "2026-13-01T10:00:00Z"}}, {"provision": {"type": "deny"}},
                                       {"actor": [{"role": [], "reference": {}}]}])
def test_a_consent_that_cannot_be_read_hides_everything_and_stops_nothing(provision):
    assert not sees(LUND, consent(provision)) and sees(LUND, consent(provision), purpose="ETREAT")
    assert sees(LUND, ("lund", {**consent(provision)[1], "status": "inactive"}))


def test_a_period_is_compared_as_time_not_as_text():
    """11:30 at +02:00 is 09:30 UTC: half an hour before the request."""
    began = {"type": "deny", "period": {"start": "2026-03-01T11:30:00+02:00"}}
    ended = {"type": "deny", "period": {"end": "2026-03-01T11:30:00+02:00"}}
    assert not sees(LUND, consent(began)) and sees(LUND, consent(ended))


@pytest.mark.parametrize("more", [{"dataPeriod": {"end": "2020"}}, {"code": [{"coding": [{"code": "x"}]}]},
                                  {"action": [{"coding": [{"code": "collect"}]}]}])
def test_an_exception_that_is_narrowed_in_ways_not_judged_is_not_granted(more):
    assert not sees(LUND, consent({"type": "deny", "provision": [{"type": "permit", **more}]}))


@pytest.mark.parametrize("amiss", [{"time": "zz"}, {"care": "yes"}, {"purpose": ["TREAT"]}, {"country": 5},
                                   {"scopes": [1]}, {"packs": {}}])
def test_a_request_with_a_value_of_the_wrong_form_is_refused(amiss):
    with pytest.raises(UsageError):
        from_json({"purpose": "TREAT", **amiss}, "request.json")


@pytest.mark.parametrize(("provision", "hidden"), [
    ({"type": "deny", "class": [{"code": "AllergyIntolerance"}]}, {"Composition", "Binary"}),
    ({"type": "deny", "class": [{"code": "AllergyIntolerance"}], "actor": [holder("kiel")]}, set()),
    ({"type": "deny", "securityLabel": [{"code": "R"}]}, set()),
    ({"type": "deny", "class": [{"code": "AllergyIntolerance"}], "provision": [{"type": "permit", "class": [{"code": "Composition"}]}]}, {"Binary"}),
    ({"type": "deny", "provision": [{"type": "permit", "class": [{"code": "Observation"}]}]}, {"Composition", "Binary", "DocumentReference"})])
def test_who_is_denied_a_class_is_denied_the_documents_that_tell_of_it(provision, hidden):
    """The narrative of a whole document would say what its allergies say."""
    d = decide(ask(), "p", [consent(provision)])
    assert {t for t in ("Composition", "Binary", "DocumentReference") if not d.shows(Cell("lund", "lund/1", t), f"lund/{t}/1")} == hidden
