"""What a pair of records says in the words of guards: each word at its edge (DECISIONS 22, 23, 27, 28)."""

from typing import Any

import pytest

from gateway.identity import MODEL, compare_features
from gateway.identity.compare import FEATURES
from gateway.identity.evaluate import row_features
from gateway.identity.evidence import Pair
from gateway.identity.guards import fired
from gateway.identity.relatives import further_names
from gateway.identity.words import SPELT_ALIKE

ANNA = {"given": "Anna Maria", "family": "Berglund", "birth_date": "1971-04-19", "sex": "f", "street": "Oak Road", "house_number": "5",
        "city": "Lund", "postcode": "22221", "phone": "+46701112233", "email": "anna.berglund71@mail.example", "identifier": "27183645"}
NO_MAIL = {"email": ""}


def said(change: dict[str, Any], of: dict[str, Any] | None = None) -> Pair:
    one = {**ANNA, **(of or {})}
    a, b = row_features(one), row_features({**one, **change})
    found = compare_features(a, b)
    assert found.decision == compare_features(b, a).decision
    return Pair(a, b, found.score)


@pytest.mark.parametrize(("change", "expected"), [
    ({}, True), ({"email": "ana.berglund71@mail.example"}, True), ({"email": "anna.berglund72@mail.example"}, False),
    ({"email": "anna.berglund711@mail.example"}, False), ({"email": ""}, False), ({"email": "berglund71@mail.example"}, False),
    ({"given": "Karin"}, True), ({"given": ""}, True)])
def test_an_e_mail_of_ones_own(change: dict[str, str], expected: bool) -> None:
    assert said(change).own_mail is expected


@pytest.mark.parametrize(("given", "email", "expected"), [
    ("Ann", "ann.berglund71@mail.example", False), ("Anna", "familyanna@mail.example", True), ("Anna", "berglund@mail.example", False)])
def test_a_short_name_in_an_e_mail_is_chance(given: str, email: str, expected: bool) -> None:
    assert said({}, {"given": given, "email": email}).own_mail is expected


NAME = {"given": "Ewelia"}      # spelt like a given name, and none that parents choose


MAIL = {**NAME, "email": "ewelia.b@mail.example"}


@pytest.mark.parametrize(("change", "of", "expected"), [
    ({"given": "Eweline"}, MAIL, True), ({"given": "Eweline", "identifier": "27183654"}, MAIL, True),
    ({"given": "Eweline", "identifier": "27183644"}, MAIL, False),                              # twins' numbers follow one another
    ({"given": "Eweline", "identifier": "90817263"}, MAIL, False),
    ({"given": "Eweline", "identifier": ""}, MAIL, False),                                      # only similar
    ({"given": "Evelia", "identifier": ""}, MAIL, True), ({"given": "Evelia", "identifier": "90817263"}, MAIL, False),
    ({"given": "Evelia", "identifier": "", "phone": ""}, MAIL, True), ({"given": "Evelia", "identifier": "", "street": "Elm"}, MAIL, True),
    ({"given": "Evelia", "identifier": "", "phone": "", "street": "", "house_number": ""}, MAIL, False),
    ({"given": "Anna"}, MAIL, False), ({"given": "Anna Ewelia"}, MAIL, True), ({"given": "Anna Ewelia", "identifier": "27183654"}, MAIL, False),
    ({"given": "Berglund", "family": "Quist"}, MAIL, True), ({"given": "Berglund", "family": "Quist", "identifier": ""}, MAIL, False),
    ({"given": "Eweline"}, {**NAME, **NO_MAIL}, False),                                         # both spelt like names: maybe two
    ({"given": "Ewxzlia"}, {**NAME, **NO_MAIL}, True), ({"given": "Ewxzlia", "identifier": "27183644"}, {**NAME, **NO_MAIL}, False),
    ({"given": "Ewxzlia", "family": "Nilsson"}, {**NAME, **NO_MAIL}, False),
    ({"given": "Ewxzlia", "phone": "", "street": "", "house_number": ""}, {**NAME, **NO_MAIL}, False),
    ({"given": "Ewxzlia", "identifier": ""}, {**NAME, **NO_MAIL}, False),
    ({"given": "Karin"}, {**NO_MAIL}, False), ({"given": "Anne"}, {}, False), ({"given": ""}, {}, False),
    ({"given": "Eweline", "birth_date": "1983-11-02"}, MAIL, True),
    ({"given": "Eweline", "birth_date": "1983-11-02", "family": "Nilsson"}, MAIL, False),
    ({"given": "Eweline", "birth_date": "1983-11-02", "identifier": ""}, MAIL, False)])
def test_a_garbled_given_name(change: dict[str, str], of: dict[str, str], expected: bool) -> None:
    assert said(change, of).garbled is expected


@pytest.mark.parametrize(("one", "two", "expected"), [
    ("Joshua", "Joshau", True), ("Joshua", "Joxshua", True), ("Joshua", "Joshuax", True), ("Anna", "Anne", False), ("Anna", "Ann", False),
    ("Ewelia", "Eweline", False), ("Anna", "Anna", False), ("Karin", "Xyzzz", False), ("Jooshau", "Joshau", False)])
def test_a_slip_of_the_pen(one: str, two: str, expected: bool) -> None:
    assert said({"given": two}, {"given": one}).misspelt is expected
    assert said({"given": one}, {"given": two}).misspelt is expected


@pytest.mark.parametrize(("one", "two", "word"), [
    ("Scarlett", "ecalStt", "spelt alike"), ("Thomas", "ahoTs", "spelt alike"), ("George", "oeGrge", "spelt alike"), ("Scarlett", "eca lStt", "spelt alike"),
    ("Nadia", "Aidan", "differs"), ("Scarlttex", "ecalSttx", "differs"), ("Thomas", "ahos", "differs"), ("Anna", "Karin", "differs"),
    ("Anna", "", "not given"), ("Thomas", "Thomas", "same")])
def test_letters_out_of_order_are_a_slip_of_the_one_name_that_is_known(one: str, two: str, word: str) -> None:
    assert said({"given": two}, {"given": one}).words["given name"] == word
    assert said({"given": one}, {"given": two}).words["given name"] == word


@pytest.mark.parametrize(("one", "two", "word"), [
    ("Mcdonald", "lconaMd", "spelt alike"), ("Brooks", "Borks", "spelt alike"), ("Quist", "Holm", "differs"), ("Berglund", "", "not given")])
def test_a_family_name_with_its_letters_out_of_order_is_the_same_one(one: str, two: str, word: str) -> None:
    assert said({"family": two}, {"family": one}).words["family name"] == word


@pytest.mark.parametrize(("change", "of", "held"), [
    ({"given": "ecalStt"}, {"given": "Scarlett", "email": "", "identifier": ""}, False), ({"given": "Karin"}, {"given": "Scarlett", "email": "", "identifier": ""}, True),
    ({"given": "Aidan"}, {"given": "Nadia", "email": "", "identifier": ""}, True)])
def test_a_name_with_its_letters_out_of_order_is_no_twin(change: dict[str, str], of: dict[str, str], held: bool) -> None:
    assert ("twins" in guarded(change, of)) is held


@pytest.mark.parametrize(("change", "expected"), [
    ({"family": "Quist"}, True), ({"family": "Quist", "identifier": "27183654"}, True), ({"family": "Quist", "identifier": ""}, False),
    ({"family": "Quist", "identifier": "27183648"}, False), ({}, False), ({"family": ""}, False), ({"family": "Quist", "given": "Karin"}, False),
    ({"family": "Quist", "street": "Elm Road"}, False), ({"family": "Quist", "sex": "m"}, False)])
def test_another_family_name_at_one_door_and_number(change: dict[str, str], expected: bool) -> None:
    assert said(change).unlike_family is expected


TOWN = {"street": "", "house_number": "", "postcode": "", "phone": "", "email": "", "identifier": ""}


@pytest.mark.parametrize(("change", "of", "expected"), [
    ({}, TOWN, True), ({"city": "Ystad"}, TOWN, False), ({"sex": "m"}, TOWN, False), ({"city": ""}, TOWN, False),
    ({}, {**TOWN, "postcode": "22221"}, True), ({"postcode": "11420"}, {**TOWN, "postcode": "22221"}, False),
    ({"street": ""}, {**TOWN, "postcode": "22221", "street": "Oak Road"}, True),
    ({"street": "Elm Way"}, {**TOWN, "postcode": "22221", "street": "Oak Road"}, False),
    ({"street": "Elm Way"}, {**TOWN, "street": "Oak Road"}, False), ({"street": ""}, {**TOWN, "street": "Oak Road"}, True),
    ({"postcode": ""}, {**TOWN, "postcode": "22221"}, False), ({"postcode": ""}, {**TOWN, "postcode": "22221", "family": "Berglund Jr"}, True),
    ({"postcode": "", "family": "Berglund III"}, {**TOWN, "postcode": "22221", "family": "Berglund Jr"}, False),
    ({"postcode": "11420"}, {**TOWN, "postcode": "22221", "family": "Berglund Jr"}, False),
    ({"postcode": "", "identifier": "urn:b|99182736"}, {**TOWN, "postcode": "22221", "family": "Berglund Jr", "identifier": "urn:a|27183645"}, False),
    ({"identifier": "99182736"}, {**TOWN, "identifier": "27183645"}, False)])
def test_a_town_where_no_more_is_given(change: dict[str, str], of: dict[str, str], expected: bool) -> None:
    assert said(change, of).town is expected


@pytest.mark.parametrize(("value", "same", "near", "consecutive"), [
    ("27183645", True, False, False), ("27183654", False, True, False), ("27183640", False, False, True),
    ("27183651", False, False, False), ("27183639", False, False, False), ("99182736", False, False, False),
    ("", False, False, False)])
def test_numbers(value: str, same: bool, near: bool, consecutive: bool) -> None:
    found = said({"identifier": value})
    assert (found.same_number, found.near_number, found.consecutive) == (same, near, consecutive)


@pytest.mark.parametrize(("change", "expected"), [
    ({"given": "Qxwz"}, True), ({"given": "Qxwz", "birth_date": "1971-04-18"}, True), ({"given": "Qxwz", "birth_date": "1971"}, False),
    ({"given": "Qxwz", "sex": "m"}, False), ({"given": "Qxwz", "phone": "+46709998877"}, False), ({"given": "Qxwz", "family": "Quist"}, True),
    ({"given": "Qxwz", "family": "Quist", "birth_date": "1971-04-29"}, True), ({"given": "Qxwz", "family": "Quist", "birth_date": "1971-04-29", "street": "Elm", "house_number": "9"}, False),
    ({"given": "Qxwz", "street": "Elm", "house_number": "9"}, True), ({"given": "Qxwz", "street": "Elm", "postcode": "90001", "city": "Kiruna"}, False),
    ({"given": "Qxwz", "identifier": "27183645"}, False), ({"given": "Qxwz", "identifier": ""}, False),
    ({"given": "Karin"}, False), ({"given": "Karin", "family": "Quist"}, False)])
def test_all_but_the_given_name(change: dict[str, str], expected: bool) -> None:
    one = {"given": "Anna", "email": "", "identifier": "http://hl7.org/fhir/sid/us-ssn|536904399"}
    assert said(change, one).all_but_given is expected
    assert said({**change, "birth_date": "2006" + change.get("birth_date", ANNA["birth_date"])[4:]}, {**one, "birth_date": "2006-04-19"}
                ).all_but_given is False


@pytest.mark.parametrize(("change", "of", "expected"), [
    ({}, {}, True), ({"identifier": "27183654"}, {}, True), ({"identifier": "27183654", "family": "Quist"}, {}, False),
    ({"identifier": "27183654", "street": "Elm", "house_number": "9"}, {}, False),
    ({}, NO_MAIL, False), ({"identifier": "27183654"}, NO_MAIL, False),       # grown-up twins may be on one policy
    ({"given": "Qxwz"}, NO_MAIL, True), ({"given": "Qxwz", "identifier": "27183654"}, NO_MAIL, True),
    # nor is a twin's national number, which a clerk took from the other's card, but for the mark that only one would bear
    ({}, {**NO_MAIL, "identifier": "http://hl7.org/fhir/sid/us-ssn|536904399"}, False),
    ({}, {**NO_MAIL, "identifier": "http://hl7.org/fhir/sid/us-ssn|536904399", "family": "Berglund II"}, True),
    ({}, {**NO_MAIL, "family": "Berglund II"}, False),
    # in signs the letters of ASCII do not tell whether they are names
    ({"given": "翔太"}, {**NO_MAIL, "given": "誠"}, False), ({"given": "Qxwz"}, {**NO_MAIL, "given": "誠"}, True)])
def test_a_number_that_a_family_may_share_does_not_outweigh_two_given_names(change: dict[str, str], of: dict[str, str], expected: bool) -> None:
    assert said({"given": "Karin", **change}, of).all_but_given is expected


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("XKB12345601", "XKB12345602", True), ("XKB12345601", "XKB12345699", False), ("XKB123456", "YKB123457", False),
    ("A1234567", "A1234568", True), ("1234567A", "1234568A", False)])
def test_numbers_of_one_policy_follow_one_another_behind_its_letters(one: str, other: str, expected: bool) -> None:
    assert said({"identifier": other}, {"identifier": one}).consecutive is expected


@pytest.mark.parametrize(("shared", "expected"), [(True, False), (False, True)])
def test_a_name_that_is_not_told_is_no_second_one_where_nobody_shares_a_home(shared: bool, expected: bool) -> None:
    """A lost last digit is a twin's who is not named, if there may be one."""
    pair = said({"given": "", "identifier": "2718364"})
    assert (pair.last_digit_open, Pair(pair.a, pair.b, pair.score, shared).near_number) == (True, expected)


PERSONNUMMER = "urn:oid:1.2.752.129.2.1.3.1|7104192385"
ONE_DIGIT_OFF = "urn:oid:1.2.752.129.2.1.3.1|7104192375"


@pytest.mark.parametrize(("one", "two", "expected"), [
    (PERSONNUMMER, PERSONNUMMER, True), (PERSONNUMMER, f"{PERSONNUMMER} http://hl7.org/fhir/sid/us-ssn|446255155", True),
    (PERSONNUMMER, ONE_DIGIT_OFF, True), (f"{PERSONNUMMER} 27183645", f"{PERSONNUMMER} 27183645", False),
    ("27183645", "27183645", False), ("27183645", "27183654", False), (PERSONNUMMER, "27183645", False)])
def test_a_number_that_agrees_is_made_of_the_birth_date(one: str, two: str, expected: bool) -> None:
    assert said({"identifier": two}, {"identifier": one}).dated is said({"identifier": one}, {"identifier": two}).dated is expected


def guarded(change: dict[str, str], of: dict[str, str]) -> set[str]:
    one = {**ANNA, **of}
    return {g.name for g in compare_features(row_features(one), row_features({**one, **change})).guards}


ELSEWHERE = {"street": "Elm Way", "house_number": "9", "postcode": "99999", "city": "Umea", "phone": "", "email": "", "identifier": ""}


@pytest.mark.parametrize(("family", "expected"), [("Nilsson", True), ("", False), ("Berglund", False), ("Berglind", False)])
def test_strangers_have_another_family_name_and_not_merely_none(family: str, expected: bool) -> None:
    assert ("strangers" in guarded({**ELSEWHERE, "family": family}, {"given": "Anna"})) is expected


@pytest.mark.parametrize(("one", "two", "expected"), [("Ewelia", "Eweliana", False), ("Anna", "Annabel", True), ("Marta", "Marika", True)])
def test_a_number_but_for_a_slip_joins_like_names_that_parents_do_not_choose(one: str, two: str, expected: bool) -> None:
    bare = {"phone": "", "email": "", "street": "", "house_number": ""}
    assert ("twins" in guarded({"given": two, "identifier": "27183654", **bare}, {"given": one, "email": ""})) is expected


@pytest.mark.parametrize(("email", "word"), [
    ("anna.berglund71@mail.example", "same"), ("nana.berglnud17@mali.exmaple", "garbled"),
    ("nana.berglnud17@mali.exmxxxe", "garbled"), ("qqna.berglnud17@mali.exmxxxe", "differs"), ("", "not given")])
def test_an_e_mail_with_its_letters_out_of_order_is_not_another(email: str, word: str) -> None:
    assert said({"email": email}, {"email": "anna.berglund71@mail.example"}).words["e-mail"] == word
    assert said({"email": "xyz@a.example"}, {"email": "ann@a.example"}).words["e-mail"] == "differs"


@pytest.mark.parametrize(("city", "word"), [
    ("Nswsaae", "same town"), ("ewnsSa", "same town"), ("Swansea", "same town"), ("Cardiff", "differs"), ("", "not given")])
def test_a_town_with_its_letters_out_of_order_is_the_same_one(city: str, word: str) -> None:
    nowhere = {"street": "", "house_number": "", "postcode": ""}
    assert said({"city": city}, {"city": "Swansea", **nowhere}).words["address"] == word


def level(feature: str, one: dict[str, str], other: dict[str, str]) -> tuple[str, float]:
    """The word of a feature's level as the model scores it, and its weight, whichever record comes first."""
    found = []
    for a, b in ((one, other), (other, one)):
        score = MODEL.score(row_features(a), row_features(b))
        at = [f.name for f in FEATURES].index(feature)
        found.append((FEATURES[at].levels[score.levels[at]].word, score.weights[at]))
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(("given", "family", "exchanged"), [
    ("Quist", "Max", True), ("Quist", "Mex", True), ("Qist", "Mex", True), ("Quist", "Mix-Mux", False), ("Qst", "Mex", False), ("Quist", "Otto", False)])
def test_short_names_are_exchanged_with_a_slip_each(given: str, family: str, exchanged: bool) -> None:
    one, other = {"given": "Max", "family": "Quist"}, {"given": given, "family": family}
    assert (level("given name", one, other)[0] == "exchanged with the family name") is exchanged
    assert (level("family name", one, other)[0] == "exchanged with the given name") is exchanged


def test_names_of_two_letters_are_too_short_for_a_slip() -> None:
    one, other = {"given": "Bo", "family": "Quist"}, {"given": "Quixt", "family": "By"}
    assert level("given name", one, other)[0] != "exchanged with the family name"


def test_a_name_that_stands_in_the_others_place_counts_once() -> None:
    """The given name's level says it; that the family name then differs too says nothing more."""
    one, other = {"given": "Barnaby", "family": "Reid"}, {"given": "Siggins", "family": "Barnaby"}
    assert level("given name", one, other)[0] == "one name stands in the other's place"
    assert level("family name", one, other) == ("one name stands in the other's place", 0.0)
    assert level("family name", one, {**other, "family": "Hollins"})[0] == "differs"
    assert said(other, one).words["family name"] == "differs", "guards ask whether the family names agree"


@pytest.mark.parametrize(("change", "word"), [
    ({}, "same door"), ({"city": "Lnud", "postcode": "22212"}, "same street and house"), ({"city": "Ystad", "postcode": "22231"}, "same street and house"),
    ({"city": "Lund", "postcode": "98761"}, "same street and house"), ({"city": "Ystad", "postcode": "98761"}, "same street or postcode"),
    ({"city": "", "postcode": "98761"}, "same street or postcode"), ({"city": "Ystad", "postcode": ""}, "same street or postcode"),
    ({"city": "", "postcode": ""}, "same street and house")])
def test_a_house_of_one_street_is_none_of_that_street_elsewhere(change: dict[str, str], word: str) -> None:
    home = {"street": "Oak Road", "house_number": "5", "city": "Lund", "postcode": "22221"}
    assert level("address", home, {**home, **change})[0] == word


JUNIOR = {"given": "Anna", "family": "Berglund Jr", "phone": "", "email": "", "identifier": ""}
UNMARKED = {**JUNIOR, "family": "Berglund"}
SSN = {"given": "Anna", "email": "", "identifier": "us-ssn|446255155"}


@pytest.mark.parametrize(("change", "of", "guard"), [
    ({"birth_date": ""}, UNMARKED, "household-only"), ({"given": ""}, UNMARKED, "household-only"),
    ({"birth_date": "1931-04-19"}, UNMARKED, "generations"), ({"birth_date": "1931-04-19"}, UNMARKED, "other-birth-date"),
    ({"given": "Bill"}, {**UNMARKED, "given": "Will"}, "twins")])
def test_one_mark_of_generation_at_one_home_is_one_persons(change: dict[str, str], of: dict[str, str], guard: str) -> None:
    assert guard in guarded(change, of)
    assert not guarded(change, {**of, "family": "Berglund Jr"})


@pytest.mark.parametrize(("change", "of", "guard"), [
    ({"birth_date": "", "family": "Berglund III"}, {}, "household-only"), ({"birth_date": "", "given": "Karin"}, {}, "household-only"),
    ({"birth_date": "", "street": "Elm Way", "house_number": "9"}, {}, "household-only"), ({"birth_date": "", "sex": "m"}, {}, "household-only"),
    ({"birth_date": "", "identifier": "urn:b|99182736"}, {"identifier": "urn:a|27183645"}, "household-only"),
    ({"birth_date": "", "family": "Quist Jr"}, {}, "household-only"), ({"birth_date": "", "given": "Anne"}, {}, "household-only"),
    ({"given": "", "birth_date": "1971"}, {}, "household-only"), ({"given": "", "sex": "m"}, {}, "household-only"),
    ({"given": "", "street": "Elm Way", "house_number": "9"}, {}, "household-only"),
    ({"given": "", "identifier": "urn:b|99182736"}, {"identifier": "urn:a|27183645"}, "household-only"),
    ({"birth_date": "1942-08-19"}, {}, "generations"), ({"birth_date": "1942-08-19"}, {}, "other-birth-date"),
    ({"birth_date": "1931-04-19", "street": "Elm Way", "house_number": "9"}, {}, "generations"), ({"birth_date": "1931-04-19", "given": "Anne"}, {}, "generations"),
    ({"birth_date": "1931-04-19", "family": "Quist Jr"}, {}, "generations"), ({"birth_date": "1931-04-19", "sex": "m"}, {}, "generations"),
    ({"birth_date": "1973-08-01"}, {}, "other-birth-date"),
    ({"given": "Jon"}, {"given": "Joe"}, "twins"), ({"given": "Bill", "family": "Berglund III"}, {"given": "Will"}, "generations"),
    ({"given": "Bill", "phone": "+46701112244"}, {"given": "Will", "phone": "+46709998877"}, "twins"),
    ({"given": "Bill", "identifier": "27183646"}, {"given": "Will", "identifier": "27183645"}, "twins")])
def test_what_one_mark_of_generation_does_not_prove(change: dict[str, str], of: dict[str, str], guard: str) -> None:
    assert guard in guarded(change, {**JUNIOR, **of})


def test_one_mark_stands_for_a_family_name_that_is_not_given() -> None:
    assert "generations" not in guarded({"birth_date": "1931-04-19", "family": "Jr"}, JUNIOR)
    assert "generations" in guarded({"birth_date": "1931-04-19", "family": ""}, UNMARKED)


@pytest.mark.parametrize(("change", "of", "held"), [
    ({}, SSN, False), ({"family": "Berglind"}, SSN, False), ({"identifier": "us-ssn|446255199"}, SSN, True), ({"given": "Anne"}, SSN, True), ({"given": "Anna Lisa"}, SSN, True),
    ({"birth_date": "1971-04-18"}, SSN, True), ({"street": "Elm Way", "house_number": "9"}, SSN, True), ({"sex": "m"}, SSN, True),
    ({}, {**SSN, "given": "A"}, True), ({}, {**SSN, "birth_date": "2006-04-19"}, True), ({}, {**SSN, "birth_date": "2005-04-19"}, False)])
def test_a_last_digit_of_a_number_that_nobody_can_check(change: dict[str, str], of: dict[str, str], held: bool) -> None:
    """Twins have numbers that follow one another, and two given names."""
    assert ("numbers-conflict" in guarded({"identifier": "us-ssn|446255156", **change}, of)) is held


def test_a_short_form_of_a_name_with_slips_is_no_twin() -> None:
    assert not guarded({"given": "Chrisopherr"}, {**UNMARKED, "given": "Chris"})
    assert "twins" in guarded({"given": "Chrysanthe"}, {**UNMARKED, "given": "Chris"})


@pytest.mark.parametrize(("system", "value", "change", "near"), [
    ("https://fhir.kemkes.go.id/id/nik", "3173011904710519", {}, True), ("https://fhir.kemkes.go.id/id/nik", "3173011904710519", {"given": ""}, False),
    ("https://fhir.kemkes.go.id/id/nik", "3173011904710519", {"street": "", "house_number": "", "phone": "", "email": ""}, False),
    ("urn:register", "3173011904710519", {"street": "", "house_number": "", "phone": "", "email": ""}, True),
    ("urn:oid:2.16.840.1.113883.4.629", "GAXL710419MJCRPN05", {"street": "", "house_number": "", "phone": "", "email": ""}, True)])
def test_near_numbers_that_are_made_of_one_birth_date_are_namesakes_where_no_check_digit_tells(
        system: str, value: str, change: dict[str, str], near: bool) -> None:
    other = value[:-2] + "5" + value[-1] if value.isdigit() else value[:-2] + "95"
    found = said({**change, "identifier": f"{system}|{other}"}, {"identifier": f"{system}|{value}"})
    assert (found.words["number"], found.near_number) == ("one typing error", near)


@pytest.mark.parametrize(("one", "two", "known", "one_given"), [
    ("桂英", "秀英", True, False), ("桂英", "Xiuying", False, False), ("محمد", "خالد", True, False), ("Ewelia", "Evelia", False, True),
    ("עליה", "עליזה", True, False), ("桂英", "桂英", True, True)])
def test_names_in_signs_are_not_judged_by_their_letters_in_ascii(one: str, two: str, known: bool, one_given: bool) -> None:
    found = said({"given": two}, {"given": one})
    assert (found.in_signs, found.one_given) == (known, one_given)


@pytest.mark.parametrize(("one", "two", "held"), [("Soo-jin", "Seo-yeon", True), ("Soo-jin", "Soo-yeon", False), ("Maria Luisa", "Mxria Teresa", False)])
def test_two_names_that_are_only_alike_are_two_on_one_national_number(one: str, two: str, held: bool) -> None:
    found = said({"given": two}, {"given": one, "email": "", "identifier": "https://mois.go.kr/rrn|7104192510092"})
    assert found.own_number and further_names(found) is held


@pytest.mark.parametrize(("one", "two", "given", "word"), [
    ("王", "杨", "晓燕", "differs"), ("张", "黄", "强", "differs"), ("黄", "璜", "强", "same"), ("김", "감", "민준", "differs"), ("Wang", "Yang", "Xiaoyan", SPELT_ALIKE),
    ("王", "Yang", "晓燕", SPELT_ALIKE), ("حداد", "حدادي", "محمد", SPELT_ALIKE), ("佐藤", "佐藤", "健", "same"),
    ("张", "张-李", "晓燕", "shares a part or former name")])
def test_family_names_in_signs_of_syllables_have_no_slips_of_letters(one: str, two: str, given: str, word: str) -> None:
    assert said({"family": two}, {"family": one, "given": given}).words["family name"] == word


def test_names_in_signs_in_each_others_place_are_exchanged() -> None:
    found = said({"family": "晓燕", "given": "王"}, {"family": "王", "given": "晓燕"})
    assert found.words["family name"] == "exchanged with the given name"


@pytest.mark.parametrize(("one", "two", "expected"), [("伟敏", "伟斌", False), ("Weimin", "Weibin", True)])
def test_a_name_in_signs_is_not_misspelt(one: str, two: str, expected: bool) -> None:
    assert said({"given": two}, {"given": one}).misspelt is expected


@pytest.mark.parametrize(("one", "two", "held"), [("恵子", "花子", True), ("Ewelia", "Evelia", False), ("恵子", "恵子", False)])
def test_twins_whose_names_share_a_sign_are_held_on_one_national_number(one: str, two: str, held: bool) -> None:
    found = said({"given": two}, {"given": one, "email": "", "identifier": "http://hl7.org/fhir/sid/us-ssn|536904399"})
    assert found.own_number
    assert ("twins" in [g.name for g in fired(found.a, found.b, found.score)]) is held
