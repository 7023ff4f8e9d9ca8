"""Names as features: case, accents, scripts, particles, nicknames, placeholders (issue point 1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity import features_of
from gateway.identity.names import (
    like_a_name,
    name_of,
    roots,
    short_for,
    sound,
    words,
)
from gateway.identity.spelling import one_spelling, out_of_order, short_of_a_slip


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


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("chris", "chrisopherr", True), ("bill", "wliliaam", True), ("liz", "elizabxth", True), ("anna", "chrisopherr", False),
    ("chris", "christopher", False), ("bill", "wililam", False), ("bob", "robxert", False), ("chris", "chrsxopherr", False), ("charlie", "chxarlesx", False), ("chris", "", False)])
def test_a_short_form_of_a_long_name_with_slips(one: str, other: str, expected: bool) -> None:
    """Not of a name that parents choose or that is spelt like one, nor where slips hide a short one."""
    assert short_of_a_slip(one, other) is short_of_a_slip(other, one) is expected


@pytest.mark.parametrize(("one", "other"), [
    ("Алексей", "Alexei"), ("Aleksey", "Alexei"), ("Mohammed", "Muhammad"), ("Müller", "Mueller"), ("Christian", "Kristian"),
    ("Sophia", "Sofia"), ("Søren", "Soeren"), ("Tchaikovsky", "Chaikovskij"), ("McDonald", "MacDonald")])
def test_spellings_of_one_name_sound_alike(one: str, other: str) -> None:
    assert sound(words(one)[0]) == sound(words(other)[0])


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("mohammed", "muhammad", True), ("iuliia", "julia", True), ("kim", "gim", True), ("anna", "anna", False), ("hassan", "hussein", False),
    ("sara", "sarah", False), ("", "", False), ("kim", "choi", False)])
def test_romanisations_of_one_name(one: str, other: str, expected: bool) -> None:
    assert one_spelling(one, other) is one_spelling(other, one) is expected


@pytest.mark.parametrize(("given", "expected"), [
    (["Abd", "al-Rahman", "Omar"], ("abdalrahman", "omar")), (["Abdul", "Karim"], ("abdulkarim", None)), (["Abd", "El"], ("abdel", None)),
    (["Abdul"], ("abdul", None)), (["Thị", "Lan"], ("lan", "thi")), (["Văn"], ("van", None)), (["Văn", "Minh", "Anh"], ("minh", "anh van"))])
def test_a_given_name_whose_first_word_is_none_by_itself(given: list[str], expected: tuple[str, str | None]) -> None:
    found = name("Berg", *given)
    assert (found.given, found.middle) == expected


@pytest.mark.parametrize(("family", "given", "newborn", "placeholder"), [
    ("Patel", ["B/O", "Priya"], True, False), ("Doğan", ["Ayşe", "Bebeği"], True, False), ("Kim", ["아기"], True, False),
    ("Doe", ["John"], False, True), ("John", ["Doe"], False, True), ("Test", ["Jean"], False, True), ("Holm", ["Zztest"], False, True),
    ("山田", ["太郎"], False, True), ("Test-Holm", ["Eva"], False, True), ("Testa", ["Eva"], False, False), ("Holm", ["Bo"], False, False),
    ("佐藤", ["花子児"], True, False), ("佐藤", ["健児"], False, False), ("Li", ["Si"], False, False)])
def test_newborns_and_nobody_in_further_languages(family: str, given: list[str], newborn: bool, placeholder: bool) -> None:
    found = name(family, *given)
    assert (found.newborn, found.placeholder) == (newborn, placeholder)
    assert not (placeholder and (found.given or found.family))


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


# country → a name as people there write it, as others write it, and what both share.
LOCALES = {
    "SE": (("Åkesson", "Håkan"), ("AKESSON", "HAKAN"), ("akesson", "hakan")), "DK": (("Ærø", "Søren"), ("Aero", "Soren"), ("aero", "soren")),
    "DE": (("von Groß", "Jürgen"), ("Gross", "Jurgen"), ("gross", "jurgen")), "NL": (("van den Berg", "Sjoerd"), ("Berg", "Sjoerd"), ("berg", "sjoerd")),
    "FR": (("de L'Étang", "Zoé"), ("LETANG", "ZOE"), ("letang", "zoe")), "ES": (("Núñez de Castro", "Íñigo"), ("NUNEZ CASTRO", "INIGO"), ("nunezcastro", "inigo")),
    "PT": (("dos Santos Conceição", "João"), ("Santos Conceicao", "Joao"), ("santosconceicao", "joao")),
    "IS": (("Sigurðardóttir", "Þórdís"), ("Sigurdardottir", "Thordis"), ("sigurdardottir", "thordis")),
    "PL": (("Wiśniewska", "Łucja"), ("WISNIEWSKA", "LUCJA"), ("wisniewska", "lucja")), "RU": (("Иванов", "Дмитрий"), ("Ivanov", "Dmitriy"), ("ivanov", "dmitriy")),
    "CN": (("王", "伟"), ("Wang", "Wei"), ("wang", "wei")), "VN": (("Nguyễn", "Đức"), ("NGUYEN", "DUC"), ("nguyen", "duc")),
    "EG": (("al-Haddad", "Omar"), ("Haddad", "Omar"), ("haddad", "omar")), "IE": (("O'Brien", "Séan"), ("OBrien", "Sean"), ("obrien", "sean"))}


@pytest.mark.parametrize("country", LOCALES)
def test_names_of_a_country_meet_however_they_are_written(country: str) -> None:
    one, other, expected = LOCALES[country]
    found = [name(family, given) for family, given in (one, other)]
    assert [(n.family, n.given) for n in found] == [expected, expected]


@pytest.mark.parametrize("given", ["Flicka", "Recém-nascido", "Recién nacido", "Girl A", "Junge", "Новорожденный", "新生儿", "Tvilling 1"])
def test_newborns_of_other_languages_have_no_given_name(given: str) -> None:
    found = name("Holm", given)
    assert found.newborn and found.given is None


@pytest.mark.parametrize("text", ["Неизвестный", "無名", "Desconhecido", "Nieznany", "Bilinmeyen", "مجهول", "Okjend"])
def test_placeholders_of_other_languages_name_nobody(text: str) -> None:
    assert name(text, text).placeholder


@pytest.mark.parametrize(("text", "like"), [("emma", True), ("kaylin", True), ("emiiluy", False), ("michadl", False), ("zacyary", False)])
def test_slips_are_not_spelt_like_names(text: str, like: bool) -> None:
    assert like_a_name(text) is like


def test_hyphens_join_names_that_are_particles_elsewhere() -> None:
    assert {"le", "pham"} <= set(name("Lê-Phạm", "Mai").families)


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


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("nathan", "nthaan", True), ("nathan", "nthaa", True), ("nathan", "nthaanx", True), ("nathan", "nthaax", True), ("nathan", "ntha", False),
    ("nathan", "nthxx", False), ("nathan", "nathan", False), ("carol", "ralo", True), ("anna", "naan", True), ("ivy", "vyi", False),
    ("evan", "nav", False), ("", "", False)])
def test_letters_out_of_order(one: str, other: str, expected: bool) -> None:
    assert out_of_order(one, other) is expected
    assert out_of_order(other, one) is expected


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("will", "william", True), ("bob", "robert", True), ("chris", "christopher", True), ("chris", "christina", True), ("will", "bill", False),
    ("lisa", "elizabeth", False), ("lisa", "elsa", False), ("emma", "emily", False), ("jack", "john", False), ("jon", "john", False), ("wim", "william", False),
    ("mi", "minnie", False), ("william", "william", False), ("", "william", False)])
def test_a_short_form_is_no_name_of_its_own(one: str, other: str, expected: bool) -> None:
    assert short_for(one, other) is short_for(other, one) is expected


@pytest.mark.parametrize(("family", "given", "expected"), [
    ("Suharto", ["FNU"], (None, "suharto", False)), ("LNU", ["Suharto"], ("suharto", None, False)), ("Suharto", ["F.N.U."], (None, "suharto", False)),
    ("LNU", ["FNU"], (None, None, True)), ("Unknown", ["FNU"], (None, None, True)), ("Suharto", ["Unknown"], (None, "suharto", True)),
    ("Suharto", ["FNU", "Eko"], ("fnu", "suharto", False))])
def test_people_of_one_single_name_are_no_unknown_ones(family: str, given: list[str], expected: tuple) -> None:
    found = name(family, *given)
    assert (found.given, found.family, found.placeholder) == expected


@pytest.mark.parametrize(("given", "expected"), [
    ("桂英", True), ("민준", True), ("はなこ", True), ("محمد", True), ("דוד", True), ("สมชาย", True), ("प्रिया", True), ("Đức", False), ("Мария", False),
    ("Γεώργιος", False), ("Anna", False), ("გიორგი", False), ("", False)])
def test_names_in_scripts_of_signs_or_without_vowels(given: str, expected: bool) -> None:
    assert name("Holm", given).signs is expected
    assert name("桂", given).signs is expected


@pytest.mark.parametrize(("given", "expected"), [("عمر", "mr"), ("Mr Omar", "omar"), ("Dr. Anna", "anna"), ("مر", "mr"), ("Mr", None)])
def test_a_name_in_another_script_is_no_title(given: str, expected: str | None) -> None:
    assert name("Holm", given).given == expected


@pytest.mark.parametrize(("one", "other"), [
    ("محمد", "Mohammed"), ("خالد", "Khalid"), ("يوسف", "Yousef"), ("عبدالرحمن", "Abdulrahman"), ("דוד", "David"), ("כהן", "Cohen"), ("יעקב", "Yaakov")])
def test_a_name_in_letters_without_vowels_is_the_romanised_one(one: str, other: str) -> None:
    assert one_spelling(words(one)[0], words(other)[0])


@pytest.mark.parametrize(("one", "other"), [("محمد", "Mahmoud"), ("حسن", "Hussein"), ("خالد", "Walid")])
def test_two_names_in_letters_without_vowels_are_two(one: str, other: str) -> None:
    assert not one_spelling(words(one)[0], words(other)[0])


@pytest.mark.parametrize(("given", "sex"), [("Mrs John", "female"), ("Frau Hans", "female"), ("Sra. María", "female"), ("Herr Uwe", "male"), ("Mr", None),
                                            ("Anna", None), ("مر علي", None)])
def test_a_title_tells_the_sex(given: str, sex: str | None) -> None:
    assert name("Holm", *given.split()).sex == sex


@pytest.mark.parametrize(("given", "role", "first"), [("Anna Donor", "donor", "anna"), ("Anna (Ehefrau)", "ehefrau", "anna"), ("Fetus of Anna", "fetus", "anna"),
                                                      ("Anna", None, "anna"), ("Partner", None, "partner")])
def test_a_word_that_makes_the_record_anothers(given: str, role: str | None, first: str) -> None:
    found = name("Holm", *given.split())
    assert (found.role, found.given) == (role, first)


@pytest.mark.parametrize(("family", "given", "tones"), [("Nguyễn", "Thúy", "thúy"), ("Lê", "Thùy", "thùy"), ("Garcia", "José", None), ("NGUYEN", "THUY", None),
                                                        ("Trần", "Anh\u200b", "anh")])
def test_vietnamese_names_are_kept_as_they_were_written(family: str, given: str, tones: str | None) -> None:
    assert name(family, given).tones == tones
