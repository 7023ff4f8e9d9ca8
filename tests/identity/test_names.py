"""Names as features: case, accents, scripts, particles, nicknames, placeholders (issue point 1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity import features_of
from gateway.identity.names import name_of, roots, sound, words


def name(family: str = "", *given: str, suffix: str = ""):
    return name_of([(family, given, [suffix] if suffix else [])])


@pytest.mark.parametrize(("text", "expected"), [
    ("ÅSTRÖM", "astrom"), ("O’Brien", "obrien"), ("O'Brien", "obrien"), ("Großmann", "grossmann"), ("Иванов", "ivanov"),
    ("Ærø", "aero"), ("José", "jose"), ("Jose\u0301", "jose"), ("Nguyễn", "nguyen"), ("Łukasz", "lukasz"), ("王", "wang"),
    ("St. Clair", "st clair"), ("Anna-Karin", "anna karin"), ("", ""), ("---", "")])
def test_words_fold_case_accents_and_scripts(text: str, expected: str) -> None:
    assert words(text) == expected.split()


@pytest.mark.parametrize(("text", "core", "full"), [
    ("van der Berg", "berg", "vanderberg"), ("de la Cruz", "cruz", "delacruz"), ("von Ahn", "ahn", "vonahn"),
    ("al-Haddad", "haddad", "alhaddad"), ("Smith-Jones", "smithjones", "smithjones"), ("de", "de", "de")])
def test_particles_do_not_count(text: str, core: str, full: str) -> None:
    found = name(text, "Eva")
    assert (found.family, found.full) == (core, full)


def test_parts_of_double_names_and_former_names_are_kept() -> None:
    found = name_of([("Smith-Jones", ["Eva"], []), ("Holm", ["Eva"], [])])
    assert found.families == ("holm", "jones", "smith", "smithjones")


@pytest.mark.parametrize(("family", "suffix", "generation"), [
    ("King Jr", "", "2"), ("King", "Junior", "2"), ("King", "Sr.", "1"), ("King III", "", "3"), ("King", "", None)])
def test_generations(family: str, suffix: str, generation: str | None) -> None:
    found = name(family, "Adam", suffix=suffix)
    assert (found.family, found.generation) == ("king", generation)


@pytest.mark.parametrize(("short", "full"), [("Bob", "robert"), ("Bill", "william"), ("Kate", "catherine"), ("Sasha", "alexander")])
def test_nicknames_share_a_root(short: str, full: str) -> None:
    assert full in roots(words(short))
    assert full in roots([full])


@pytest.mark.parametrize(("one", "other"), [
    ("Алексей", "Alexei"), ("Aleksey", "Alexei"), ("Mohammed", "Muhammad"), ("Müller", "Mueller"), ("Christian", "Kristian"),
    ("Sophia", "Sofia"), ("Søren", "Soeren"), ("Tchaikovsky", "Chaikovskij"), ("McDonald", "MacDonald")])
def test_spellings_of_one_name_sound_alike(one: str, other: str) -> None:
    assert sound(words(one)[0]) == sound(words(other)[0])


@pytest.mark.parametrize(("one", "other"), [("Anna", "Eva"), ("Peter", "Paul"), ("Berg", "Holm"), ("Marta", "Karin")])
def test_other_names_do_not(one: str, other: str) -> None:
    assert sound(words(one)[0]) != sound(words(other)[0])


@pytest.mark.parametrize(("family", "given"), [
    ("Doe", "John"), ("Doe", "Jane"), ("Unknown", "Unknown"), ("Okänd", "Okänd"), ("Mustermann", "Erika"), ("Name", "No"),
    ("Unbekannt", "Anonym")])
def test_placeholders_name_nobody(family: str, given: str) -> None:
    """A6: two John Does."""
    found = name(family, given)
    assert found.placeholder and (found.given, found.family) == (None, None)


def test_nothing_is_not_a_name() -> None:
    assert name("N/A", "n/a") == name("", "") == name("-", "?")


@pytest.mark.parametrize("given", ["Baby", "Baby Boy", "BABYGIRL", "Newborn", "Twin A", "Neugeborenes"])
def test_newborns_have_no_given_name(given: str) -> None:
    """A7: unnamed newborns."""
    found = name("Holm", given)
    assert found.newborn and found.given is None and found.family == "holm"


@pytest.mark.parametrize(("family", "given"), [("No", "Connor"), ("Na", "Hana"), ("Rossi", "Mario"), ("Doe", "Peter"), ("Gift", "Patient2")])
def test_people_with_rare_names_are_people(family: str, given: str) -> None:
    found = name(family, given)
    assert not found.placeholder and found.given and found.family


@pytest.mark.parametrize(("text", "family", "given"), [("Holm, Eva Maria", "holm", "eva"), ("Eva Holm", "holm", "eva")])
def test_a_name_as_text_is_parted(text: str, family: str, given: str) -> None:
    found = features_of({"name": [{"text": text}]})
    assert (found.family, found.given) == (family, given)


def test_the_official_name_comes_first() -> None:
    found = features_of({"name": [{"use": "maiden", "family": "Holm"}, {"use": "official", "family": "Berg", "given": ["Eva"]}]})
    assert found.family == "berg" and found.families == ("berg", "holm")


@given(st.text(max_size=60), st.lists(st.text(max_size=30), max_size=4))
def test_any_text_gives_ascii(family: str, given: list[str]) -> None:
    found = name_of([(family, given, given)])
    texts = [t for t in (*found[:5], *found.givens, *found.families) if t]
    assert all(t.isascii() and t.strip() == t for t in texts)
    assert sound("".join(words(family))).isascii()
