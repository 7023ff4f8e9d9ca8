"""Names that are one, written otherwise: cut, misread, in the wrong character set, with umlauts written out."""

import pytest

from gateway.identity.names import name_of, words
from gateway.identity.spelling import cut_off, misread, one_spelling, one_writing, run_together


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("christop", "christopher", True), ("wilhelmi", "wilhelmina", True), ("christin", "christina", False), ("christophe", "christopher", False),
    ("chris", "christopher", False), ("konstant", "konstantinos", True), ("konstant", "konstant", False), ("maximili", "wilhelmina", False)])
def test_a_name_that_a_field_cut_off(one: str, other: str, expected: bool) -> None:
    """Eight letters at least, and no name that parents choose."""
    assert cut_off(one, other) is cut_off(other, one) is expected


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("carnila", "camila", True), ("sarijay", "sanjay", True), ("mar1a", "maria", True), ("r0bert", "robert", True), ("anna", "karin", False),
    ("lxszlx", "laszlo", True), ("boxena", "bozena", True), ("xxx", "laszlo", False), ("lxx", "laszlo", False), ("marx", "karin", False),
    ("barold", "harold", True), ("camlla", "camila", True), ("petcr", "peter", True), ("pavl", "paul", True), ("pefer", "peter", True), ("mortho", "martha", True),
    ("5ara", "sara", True), ("mxxxa", "maria", True), ("anna", "enna", False)])
def test_a_name_that_a_machine_misread(one: str, other: str, expected: bool) -> None:
    """Of letters that it did not know at most half."""
    assert misread(one, other) is misread(other, one) is expected


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("carnila", "camila", True), ("arian", "anan", True), ("moria", "maria", False), ("anna", "anna", False), ("mar1a", "maria", False)])
def test_two_letters_read_as_one(one: str, other: str, expected: bool) -> None:
    assert run_together(one, other) is run_together(other, one) is expected


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("gunther", "guenther", True), ("jorg", "joerg", True), ("marta", "maerta", True), ("asa", "aasa", True), ("sara", "saara", False),
    ("anna", "anne", False), ("jurgen", "jorgen", False)])
def test_umlauts_written_out(one: str, other: str, expected: bool) -> None:
    assert one_spelling(one, other) is one_spelling(other, one) is expected


@pytest.mark.parametrize(("text", "expected"), [
    ("MÃ¼ller", ["muller"]), ("JosÃ©", ["jose"]), ("Åžahin", ["sahin"]), ("Müller", ["muller"]), ("Ãngela", ["angela"]), ("L?szl?", ["lxszlx"]),
    ("Bo\ufffdena", ["boxena"]), ("?sa", ["xsa"]), ("?", []), ("Anna ?", ["anna"]), ("São João", ["sao", "joao"])])
def test_text_in_the_wrong_character_set(text: str, expected: list[str]) -> None:
    """UTF-8 read as Windows-1252 is put right; other text stays as it is. A letter that is not known keeps its place."""
    assert words(text) == expected


@pytest.mark.parametrize(("given", "expected"), [
    (["Dipl.-Ing.", "José", "Miguel"], ("jose", "miguel")), (["Sister", "Maria", "Agnes"], ("maria", "agnes")), (["Sr.", "José"], ("jose", None)),
    (["Smt.", "Meena"], ("meena", None)), (["Sister"], ("sister", None)), (["Haji"], ("haji", None)), (["Fr."], ("fr", None)), (["Phra", "Ananda"], ("ananda", None)),
    (["Anna", "Sheikh"], ("anna", "sheikh")), (["Prof. Dr. Sister Anna"], ("anna", None)), ([], (None, None))])
def test_titles_before_given_names(given: list[str], expected: tuple[str | None, str | None]) -> None:
    found = name_of([("Holm", given, [])])
    assert (found.given, found.middle) == expected


@pytest.mark.parametrize(("given", "expected"), [
    (["John", "Jr."], ("john", None, "2")), (["John Sr"], ("john", None, "1")), (["John", "Paul", "III"], ("john", "paul", "3")), (["Jr"], ("jr", None, None)),
    (["John", "I"], ("john", "i", None)), (["John", "V"], ("john", "v", None)), (["Juan", "hijo"], ("juan", None, "2"))])
def test_a_mark_of_generation_behind_the_given_names(given: list[str], expected: tuple[str | None, ...]) -> None:
    found = name_of([("Holm", given, [])])
    assert (found.given, found.middle, found.generation) == expected


@pytest.mark.parametrize(("given", "expected"), [
    (["María", "del", "Carmen"], "carmen"), (["María de los Ángeles"], "angeles"), (["Maria", "da", "Graça"], "graca"), (["Maria", "de"], None), (["Anna", "Lena"], "lena")])
def test_a_particle_is_no_further_name(given: list[str], expected: str | None) -> None:
    assert name_of([("Holm", given, [])]).middle == expected


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("國偉", "国伟", True), ("廣", "広", True), ("広", "广", True), ("志伟", "志炜", False), ("志伟", "志伟", True), ("伟", "志伟", False), ("", "", True)])
def test_one_writing_of_chinese_signs(one: str, other: str, expected: bool) -> None:
    assert one_writing(one, other) is one_writing(other, one) is expected


@pytest.mark.parametrize(("given", "expected"), [
    (["志伟"], "志伟"), (["志", "伟"], "志伟"), (["志 伟"], "志伟"), (["Zhiwei"], None), (["志伟 Zhiwei"], None), (["지훈"], None), ([], None), (["未知"], None)])
def test_given_names_as_they_were_written(given: list[str], expected: str | None) -> None:
    assert name_of([("王", given, [])]).written == expected
