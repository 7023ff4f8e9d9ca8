"""Identifiers: one valid number and its near misses for each national scheme (issue point 1; standards.md ID-07)."""

import pytest

from gateway.identity import compare, features_of
from gateway.identity.numbers import SCHEMES, contradiction, meaningless, numbers_of

# scheme → (as people write it, another valid one of the same scheme or None)
VALID = {
    "se-personnummer": ("19811218-9876", "640823-3234"), "se-samordningsnummer": ("701063-2391", None),
    "dk-cpr": ("070761-4285", "010190-1234"), "no-fodselsnummer": ("151086 95088", "01010101006"),
    "no-d-number": ("420591 99212", None), "fi-hetu": ("131052-308T", "010190-102Y"), "de-kvnr": ("A123456780", "B123456782"),
    "nl-bsn": ("111222333", "204417302"), "fr-nir": ("2 95 10 99 126 111 93", None), "es-dni": ("54362315-K", "12345678Z"),
    "es-nie": ("X-2482300-W", None), "it-codice-fiscale": ("RCCMNL83S18D969H", None),
    "uk-nhs-number": ("943 476 5870", "401 023 2137"), "uk-chi-number": ("1001015568", "1001015576"), "us-ssn": ("536-90-4399", "212-09-9998"),
    "us-mbi": ("1EG4-TE5-MK73", "2FH4-TE5-MK73"), "be-niss": ("85.07.30-033 28", None), "pl-pesel": ("44051401359", "02070803628"),
    "ch-ahv": ("756.9217.0769.85", None), "is-kennitala": ("120174-3399", None), "au-ihi": ("8003 6081 6669 0503", None), "ee-isikukood": ("37602231423", "47101010022"),
    "lv-personas-kods": ("161175-19997", "010190-12349"), "lt-asmens-kodas": ("37602231423", "47101010022"),
    "ie-pps": ("7654321PA", "1234567T"), "at-svnr": ("1237 280201", "4560 150371")}
BY_NAME = {s.name: s for s in SCHEMES}


def numbers(name: str, *values: str):
    scheme = BY_NAME[name]
    system, types = (scheme.systems[0], ()) if scheme.systems else ("", scheme.types)
    return numbers_of((system, v, types) for v in values)


def test_every_scheme_has_a_test() -> None:
    assert set(VALID) == set(BY_NAME)


@pytest.mark.parametrize("name", VALID)
def test_a_valid_number_is_recognised_however_it_is_written(name: str) -> None:
    found = numbers(name, VALID[name][0])
    assert list(found.valid) == [name]
    assert found.person == found.ids == (f"{name}|{found.valid[name][0]}",)


@pytest.mark.parametrize("name", [n for n in VALID if BY_NAME[n].checked])
def test_one_wrong_digit_fails_the_check(name: str) -> None:
    value = VALID[name][0]
    last = [i for i, c in enumerate(value) if c.isdigit()][-2 if name == "is-kennitala" else -1]
    wrong = [value[:last] + d + value[last + 1:] for d in "0123456789" if d != value[last]]
    assert not any(name in numbers(name, w).valid for w in wrong)


@pytest.mark.parametrize("name", [n for n in VALID if VALID[n][1]])
def test_two_valid_numbers_contradict(name: str) -> None:
    a, b = (numbers(name, v) for v in VALID[name])
    assert contradiction(a, b, checked=BY_NAME[name].checked) == name
    assert contradiction(a, b, checked=not BY_NAME[name].checked) is None
    assert contradiction(a, numbers(name, *VALID[name])) is None, "who has both has no contradiction"


@pytest.mark.parametrize("name", [n for n in VALID if VALID[n][1] and BY_NAME[n].checked])
def test_two_valid_numbers_are_never_linked(name: str) -> None:
    person = {"name": [{"family": "Holm", "given": ["Eva", "Maria"]}], "birthDate": "1971-04-19", "gender": "female",
              "address": [{"line": ["Storgatan 4"], "postalCode": "22221"}]}
    scheme = BY_NAME[name]
    named = {"system": scheme.systems[0]} if scheme.systems else {"type": {"coding": [{"code": scheme.types[0]}]}}
    a, b = ({**person, "identifier": [{**named, "value": v}]} for v in VALID[name])
    found = compare(a, b)
    assert found.decision == "review"
    assert found.guards[0].name == "national-numbers-conflict"


@pytest.mark.parametrize("written", ["19811218-9876", "811218-9876", "8112189876", "198112189876", "811218+9876"])
def test_a_swedish_number_is_one_number_with_and_without_century(written: str) -> None:
    assert numbers("se-personnummer", written).person == ("se-personnummer|8112189876",)


def test_sister_schemes_are_told_by_their_shape() -> None:
    """A coordination number in the personnummer system is one; person and coordination number do not contradict."""
    found = numbers("se-personnummer", "701063-2391")
    assert list(found.valid) == ["se-samordningsnummer"]
    assert contradiction(found, numbers("se-personnummer", "19811218-9876")) is None


def test_a_type_code_names_the_scheme_where_no_system_does() -> None:
    assert numbers_of([("", "536-90-4399", ("SS",))]).person == ("us-ssn|536904399",)
    assert numbers_of([("urn:x", "536-90-4399", ("SS",))]).person == ()


@pytest.mark.parametrize("value", ["9999999", "000-00-0000", "1111111111", "1234567", "123-45-6789", "unknown", "N/A",
                                   "078-05-1120", "0", "0000", "98765432"])
def test_placeholders_are_no_numbers(value: str) -> None:
    """A5: namesakes that share 9999999."""
    assert numbers_of([("", value, ())]).ids == ()


@pytest.mark.parametrize("value", ["9012345", "12", "4455", "8841230", "A1"])
def test_ordinary_numbers_are_kept(value: str) -> None:
    assert not meaningless(value)


def test_family_and_visit_numbers_say_nothing() -> None:
    assert numbers_of([("urn:payer", "88412", ("SN",)), ("urn:ward", "V771", ("VN",))]).ids == ()


def test_a_passport_that_was_renewed_contradicts_nothing_and_the_same_one_is_evidence() -> None:
    kinds = (("http://hl7.org/fhir/sid/passport-SWE", ()), ("urn:x", ("PPN",)))
    for system, types in kinds:
        old, new = (numbers_of([(system, v, types)]) for v in ("AA8841230", "AB1200934"))
        assert old.systems == new.systems == () and old.main is None and set(old.ids) & set(new.ids) == set()
        assert numbers_of([(system, "aa 8841230", types)]).ids == old.ids


def test_a_finnish_number_that_a_hospital_lent_for_a_while_is_no_evidence() -> None:
    assert numbers("fi-hetu", "010190-900P").ids == ()


def test_a_national_number_without_a_nation_is_a_bare_number() -> None:
    assert numbers_of([("", "8841230771", ("NI",))]).ids == ("|8841230771",)


def test_a_record_number_is_not_a_persons_number() -> None:
    found = numbers_of([("urn:lund", "88412", ("MR",))])
    assert (found.records, found.ids, found.systems) == (("urn:lund|88412",), (), ())


def test_a_number_that_fails_its_check_is_no_evidence_but_can_be_a_slip() -> None:
    wrong, right = numbers("uk-nhs-number", "943 476 5871"), numbers("uk-nhs-number", "943 476 5870")
    assert wrong.ids == () and wrong.main == "uk-nhs-number|9434765871"
    assert contradiction(wrong, right) is None


def test_a_bare_value_of_an_unknown_assigner_never_contradicts() -> None:
    a, b = (features_of({"identifier": [{"value": v}]}) for v in ("88412301", "77123409"))
    assert contradiction(a.identifiers, b.identifiers) is None
    assert contradiction(a.identifiers, b.identifiers, checked=False) is None


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("000271836", "271836", True), ("000271836", "0271-836", True), ("0001234", "1234", True), ("000123", "123", False),
    ("0A271836", "A271836", False), ("2718360", "271836", False)])
def test_zeros_in_front_of_a_number_are_no_other_number(one: str, other: str, expected: bool) -> None:
    found = [numbers_of([("urn:hospital", value, ())]) for value in (one, other)]
    assert bool(set(found[0].ids) & set(found[1].ids)) is expected
    records = [numbers_of([("urn:hospital", value, ("MR",))]).records for value in (one, other)]
    assert bool(set(records[0]) & set(records[1])) is expected
    assert found[0].main == f"urn:hospital|{one}", "slips are looked for in the number as it is written"
