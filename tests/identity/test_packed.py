"""Features as they are kept are the features that were made, whatever the Patient holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity import features_of, keys
from gateway.identity.block import KEYS
from gateway.identity.packed import SPECIMEN, VERSION, outdated, packed, packs, patient_of, rules, unpacked, version
from gateway.jsontext import dumps, loads
from tests.identity.people import patient, registers

TEXT = st.text(max_size=12)
PATIENTS = st.dictionaries(st.sampled_from(["name", "birthDate", "identifier", "telecom", "address", "gender", "contact",
                                            "multipleBirthInteger", "deceasedDateTime"]),
                           st.recursive(TEXT, lambda x: st.lists(x, max_size=2) | st.dictionaries(
                               st.sampled_from(["family", "given", "value", "system", "line", "city", "text"]), x, max_size=3)))


def test_what_is_kept_reads_back_as_it_was():
    for i, p in enumerate(registers(200, seed=5)):
        resource = patient(p, str(i))
        assert unpacked(packed(resource)) == features_of(resource)


@given(PATIENTS)
def test_any_patient_reads_back(resource):
    assert unpacked(packed(resource)) == features_of(resource)


@pytest.mark.parametrize("older", [
    lambda p: packed(p).replace(VERSION, "older", 1), dumps, lambda p: dumps(["older", ["anna", None], [], dumps(p)])])
def test_what_another_version_kept_is_made_again(older):
    """The Patient stands on a line of its own, stood as text at the end of a list, or was kept alone."""
    resource = patient(next(registers(1)), "x")
    kept = older(resource)
    assert outdated(kept) and not packs(kept, resource)
    assert unpacked(kept) == features_of(resource) and patient_of(kept) == loads(dumps(resource))


def test_of_whom_nothing_is_kept_there_is_nothing_to_make_again():
    assert unpacked("") == unpacked("{}") == features_of({})
    assert not outdated("") and not outdated("{}") and not packs("", {})


def test_a_patient_who_changed_is_another_one():
    kept = packed(SPECIMEN)
    assert packs(kept, SPECIMEN) and not packs(kept, None) and not packs(kept, {})
    assert not packs(kept, {**SPECIMEN, "gender": "male"}) and not packs(kept, {"gender": SPECIMEN["gender"]})


def test_other_blocking_keys_are_another_version():
    """Or a record that was kept before would never be found by its new keys."""
    own = keys(features_of(SPECIMEN))
    assert {k.partition("|")[0] for k in own} == {str(i) for i in range(len(KEYS))}, "each kind of key is looked at"
    assert version() == VERSION
    assert all(version(lambda f, gone=gone: keys(f) - {gone}) != VERSION for gone in own)
    assert not packs(packed(SPECIMEN).replace(VERSION, version(lambda f: keys(f) | {"9|new"}), 1), SPECIMEN)


def test_other_rules_are_another_version():
    """Or a link that today's guards hold would stand, because nobody compares the pair again."""
    assert version(by=rules()) == VERSION != version(by="others")
    kept = packed(SPECIMEN)
    assert not outdated(kept) and outdated(kept.replace(VERSION, version(by="others"), 1))
