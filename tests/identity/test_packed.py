"""Features as they are kept are the features that were made, whatever the Patient holds."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.identity import features_of, keys
from gateway.identity.block import KEYS
from gateway.identity.packed import SPECIMEN, VERSION, outdated, packed, packs, rules, unpacked, version
from gateway.jsontext import canonical, loads
from tests.identity.people import patient, registers

TEXT = st.text(max_size=12)
PATIENTS = st.dictionaries(st.sampled_from(["name", "birthDate", "identifier", "telecom", "address", "gender", "contact",
                                            "multipleBirthInteger", "deceasedDateTime"]),
                           st.recursive(TEXT, lambda x: st.lists(x, max_size=2) | st.dictionaries(
                               st.sampled_from(["family", "given", "value", "system", "line", "city", "text"]), x, max_size=3)))


def test_what_is_kept_reads_back_as_it_was():
    for i, p in enumerate(registers(200, seed=5)):
        resource = patient(p, str(i))
        assert unpacked(loads(canonical(packed(resource)))) == features_of(resource)


@given(PATIENTS)
def test_any_patient_reads_back(resource):
    assert unpacked(loads(canonical(packed(resource)))) == features_of(resource)


def test_what_another_version_kept_is_made_again():
    resource = patient(next(registers(1)), "x")
    kept = packed(resource)
    assert unpacked(["older", *kept[1:2], kept[-1]]) == unpacked(resource) == features_of(resource)
    assert unpacked({}) == unpacked(None) == features_of({})


def test_other_blocking_keys_are_another_version():
    """Or a record that was kept before would never be found by its new keys."""
    own = keys(features_of(SPECIMEN))
    assert {k.partition("|")[0] for k in own} == {str(i) for i in range(len(KEYS))}, "each kind of key is looked at"
    assert version() == VERSION
    assert all(version(lambda f, gone=gone: keys(f) - {gone}) != VERSION for gone in own)
    kept = packed(SPECIMEN)
    assert packs(kept, SPECIMEN) and not packs([version(lambda f: keys(f) | {"9|new"}), *kept[1:]], SPECIMEN)


def test_other_rules_are_another_version():
    """Or a link that today's guards hold would stand, because nobody compares the pair again."""
    assert version(by=rules()) == VERSION != version(by="others")
    kept = packed(SPECIMEN)
    assert not outdated(kept) and not outdated({}) and not outdated(None)
    assert outdated([version(by="others"), *kept[1:]]) and outdated(SPECIMEN)
