"""What moved from one patient to another leaves the one; later words, moves back and undos decide, never the order."""

from itertools import permutations
from typing import Any

import pytest

from gateway.ids import digest
from gateway.merge.moves import ended, followed, moves, when, with_visits
from gateway.model import HIDDEN, Assertion, Fact
from tests.merge.given import coded, fact, of, record, result, says, states

SUBSETTED = {"tag": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}]}


def visit(patient: str, at: str, **body: Any) -> Fact:
    return fact("pas", "Encounter", "v1", f"h{patient}{at}", at, status="in-progress",
                subject={"reference": f"Patient/{patient}", "display": patient}, **body)


def measured(patient: str, at: str, value: int = 95) -> Fact:
    return result("pas", "o1", at, value, version=f"h{value}{patient}", asserted=at,
                  subject={"reference": f"Patient/{patient}"}, encounter={"reference": "Encounter/v1"})


def move(of: str, to: str, at: str | None, type: str = "Encounter", id: str = "v1") -> Assertion:
    return says("move", source="pas", type=type, id=id, patient=f"Patient/{of}", to=f"Patient/{to}",
                **({"asserted": at} if at else {}))


def test_the_visit_and_what_names_it_leave_the_patient_from_whom_it_moved() -> None:
    seen, glucose, other = visit("a", "2026-01-01"), measured("a", "2026-01-02"), result("pas", "o2", "2026-01-02", 1)
    answer = record(seen, glucose, other, move("a", "b", "2026-01-05"))
    assert states(answer, seen, glucose, other) == ["retracted", "retracted", "represented"]
    assert answer.ledger[seen.id]["why"] == "its source moved it to another patient"


def test_it_ends_nothing_about_the_patient_who_has_it_now_nor_of_another_source() -> None:
    glucose = measured("b", "2026-01-02")
    elsewhere = Fact("lab", "1", measured("a", "2026-01-02").resource, "2026-01-02")
    answer = record(glucose, elsewhere, visit("b", "2026-01-01"), move("a", "b", "2026-01-05"))
    assert states(answer, glucose, elsewhere) == ["represented", "represented"] and of(answer, "Encounter")


def test_a_later_word_of_the_source_gives_the_visit_back_but_a_part_or_what_names_it_does_not() -> None:
    whole, part = visit("a", "2026-01-06"), visit("a", "2026-01-06", meta=SUBSETTED)
    late = measured("a", "2026-01-07")
    moved = move("a", "b", "2026-01-05")
    assert states(record(whole, late, moved), whole, late) == ["represented", "retracted"]
    assert states(record(part, late, moved), part, late) == ["retracted", "retracted"]


def test_a_move_back_leaves_all_as_it_was_and_a_third_owner_has_all() -> None:
    old, glucose = visit("a", "2026-01-01"), measured("a", "2026-01-02")
    there, back = move("a", "b", "2026-01-05"), move("b", "a", "2026-01-06")
    assert states(record(old, glucose, there, back), old, glucose) == ["represented", "represented"]
    on = moves([there, move("b", "c", "2026-01-06")])
    assert followed(glucose, on)[-1].resource["subject"] == {"reference": "Patient/c"}
    assert followed(visit("b", "2026-01-05"), on)[-1].resource["subject"] == {"reference": "Patient/c"}
    assert followed(glucose, moves([there, back])) == []


def test_a_move_to_the_same_patient_an_undone_one_and_one_of_an_unlinked_source_say_nothing() -> None:
    old, moved = visit("a", "2026-01-01"), move("a", "b", "2026-01-05")
    assert states(record(old, move("a", "a", "2026-01-05")), old) == ["represented"]
    assert states(record(old, moved, says("undo", of=digest(moved.line()))), old) == ["represented"]
    undone = record(old, moved, says("undo", of=digest(moved.line())))
    assert undone.resources == record(old).resources


def test_a_move_without_a_time_ends_what_has_none() -> None:
    timeless = fact("pas", "Encounter", "v1", None, status="finished", subject={"reference": "Patient/a"})
    assert states(record(timeless, move("a", "b", None)), timeless) == ["retracted"]


def test_a_move_that_says_its_day_alone_ends_what_was_said_on_that_day() -> None:
    morning, next_day = visit("a", "2026-01-05T08:00:00Z"), visit("a", "2026-01-06T00:00:00Z")
    moved = move("a", "b", "2026-01-05")
    assert states(record(morning, moved), morning) == ["retracted"]
    assert states(record(next_day, moved), next_day) == ["represented"]
    assert followed(morning, moves([moved])) and not followed(next_day, moves([moved]))


def test_of_two_linked_patients_the_record_shows_what_followed() -> None:
    old, glucose, moved = visit("a", "2026-01-01"), measured("a", "2026-01-02"), move("a", "b", "2026-01-05")
    ours = [made for f in (old, glucose) for made in followed(f, moves([moved]))]
    answer = record(old, glucose, *ours, moved)
    assert states(answer, old, glucose, *ours) == ["superseded", "superseded", "represented", "represented"]


def test_what_followed_keeps_all_but_whom_it_is_about() -> None:
    told = fact("pas", "Condition", "c1", code=coded(text="Asthma"), encounter={"reference": "Encounter/v1"},
                subject={"reference": "Patient/a", "display": "Ek, Mia"}, recorder={"reference": "Patient/a"},
                asserter={"reference": "Practitioner/p"}, asserted="2026-01-01")
    (made,) = followed(told, moves([move("a", "b", "2026-01-05")]))
    assert made.resource == {**told.resource, "subject": {"reference": "Patient/b"}, "recorder": {"reference": "Patient/b"}}
    assert (made.source, made.version, made.asserted) == (told.source, told.version, told.asserted)


def test_nobody_gets_what_moved_to_a_patient_who_is_not_told_or_is_hidden() -> None:
    old = visit("a", "2026-01-01")
    for to in (f"{HIDDEN}1f", ""):
        moved = says("move", source="pas", type="Encounter", id="v1", patient="Patient/a", to=to, asserted="2026-01-05")
        assert followed(old, moves([moved])) == [] and states(record(old, moved), old) == ["retracted"]


def test_of_two_things_that_moved_the_one_that_left_this_patient_says_who_has_it() -> None:
    told = result("pas", "o1", "2026-01-02", subject={"reference": "Patient/a"}, encounter={"reference": "Encounter/v1"},
                  account=[{"reference": "Account/k1"}], asserted="2026-01-02")
    both = moves([move("c", "d", "2026-01-05"), move("a", "b", "2026-01-05", "Account", "k1")])
    assert followed(told, both)[-1].resource["subject"] == {"reference": "Patient/b"}


def test_what_names_only_the_visit_of_an_account_that_moved_goes_along_and_nobody_elses() -> None:
    account = [{"reference": "Account/k1"}]
    seen, glucose = visit("a", "2026-01-01", account=account), measured("a", "2026-01-02")
    moved = move("a", "b", "2026-01-05", "Account", "k1")
    assert states(record(seen, glucose, moved), seen, glucose) == ["retracted", "retracted"]
    assert states(record(visit("a", "2026-01-01"), glucose, moved), glucose) == ["represented"]
    other, theirs = visit("z", "2026-01-01", account=account), measured("z", "2026-01-02")
    assert states(record(other, theirs, moved), other, theirs) == ["represented", "represented"]


def on_account(patient: str, at: str, account: str = "acc") -> Fact:
    """A visit that lies on an account."""
    return visit(patient, at, account=[{"reference": f"Account/{account}"}])


def chain(*steps: tuple[str, str, str]) -> list[Assertion]:
    """(`V` or `A`, from, to) in the order of their times."""
    kinds = {"V": ("Encounter", "v1"), "A": ("Account", "acc")}
    return [move(of, to, f"2026-02-{day:02}", *kinds[kind]) for day, (kind, of, to) in enumerate(steps, 1)]


@pytest.mark.parametrize("steps, owner", [
    ([("V", "a", "b"), ("A", "b", "c")], "c"), ([("A", "a", "b"), ("V", "b", "c")], "c"), ([("A", "a", "b"), ("A", "b", "c")], "c"),
    ([("V", "a", "b"), ("A", "a", "d")], "b"), ([("A", "a", "d"), ("V", "a", "b")], "b"), ([("V", "a", "b"), ("A", "b", "a")], "a"),
    ([("A", "a", "b"), ("V", "b", "a")], "a"), ([("A", "a", "b"), ("V", "b", "a"), ("A", "b", "c")], "a"),
    ([("V", "a", "b"), ("V", "b", "c"), ("A", "c", "d")], "d"), ([("V", "a", "b"), ("A", "b", "c"), ("V", "c", "a")], "a"),
    ([("A", "a", "b"), ("A", "b", "c"), ("A", "c", "a")], "a"), ([("V", "a", "b"), ("A", "x", "c")], "b")])
def test_moves_of_a_visit_and_of_its_account_are_one_chain(steps: list[tuple[str, str, str]], owner: str) -> None:
    told, glucose = on_account("a", "2026-01-01"), measured("a", "2026-01-02")
    for said in permutations(chain(*steps)):
        at = with_visits(moves(said), [(told, when(told))])
        made = [m for f in (told, glucose) for m in (f, *followed(f, at))]
        assert {m.resource["subject"]["reference"] for m in made if ended(m, when(m), at) is None} == {f"Patient/{owner}"}
        for one in (told, glucose):
            assert states(record(*said, told, glucose), one) == ["represented" if owner == "a" else "retracted"]


def test_what_names_a_visit_and_an_account_follows_both_though_nobody_told_of_the_visit() -> None:
    both = result("pas", "o1", "2026-01-02", 95, asserted="2026-01-02", subject={"reference": "Patient/a"},
                  encounter={"reference": "Encounter/v1"}, account={"reference": "Account/acc"})
    there = moves(chain(("V", "a", "b"), ("A", "b", "c")))
    assert followed(both, there)[-1].resource["subject"] == {"reference": "Patient/c"}
    circle = moves(chain(("V", "a", "b"), ("A", "b", "a")))
    assert followed(both, circle)[-1].resource["subject"] == {"reference": "Patient/b"}, "it ends, and is not lost"


def test_a_visit_takes_the_account_on_which_it_lay_along_to_its_next_patient() -> None:
    other = on_account("b", "2026-01-03", "other")
    told = on_account("a", "2026-01-01")
    on = moves(chain(("V", "a", "b"), ("A", "b", "c")))
    assert with_visits(on, [(told, when(told))])["pas", "Encounter", "v1"].owner == "c"
    assert with_visits(on, [(told, when(told)), (other, when(other))])["pas", "Encounter", "v1"].owner == "b"
    assert with_visits(on, [(other, when(other))])["pas", "Encounter", "v1"].owner == "b"


def test_who_had_a_visit_until_its_account_brought_it_back_is_told_on_which_it_lay() -> None:
    told, late = on_account("a", "2026-01-01"), on_account("a", "2026-02-02T12:00:00Z")
    at = with_visits(moves(chain(("V", "a", "b"), ("A", "b", "a"))), [(told, when(told))])
    (between,) = followed(told, at)
    assert between.resource["subject"] == {"reference": "Patient/b"} and between.resource["account"] == told.resource["account"]
    assert ended(between, when(between), at) and not ended(told, when(told), at)
    assert followed(late, at) == [], "said when it was back"


def test_accounts_of_a_visit_are_those_of_the_latest_word_and_of_visits_only() -> None:
    first, later = on_account("a", "2026-01-01"), on_account("a", "2026-01-02", "other")
    result_on = result("pas", "o1", "2026-01-02", 95, subject={"reference": "Patient/a"}, account={"reference": "Account/acc"})
    gone = moves(chain(("A", "a", "b")))
    for said in ([first, later], [later, first]):
        assert ("pas", "Encounter", "v1") not in with_visits(gone, [(f, when(f)) for f in said])
    assert with_visits(gone, [(first, when(first))])["pas", "Encounter", "v1"].owner == "b"
    assert with_visits(gone, [(result_on, when(result_on))]) == gone


def test_everybody_between_is_told_in_their_order_but_for_who_is_hidden() -> None:
    told = on_account("a", "2026-01-01")
    steps = moves(chain(("V", "a", "b"), ("A", "b", "c"), ("V", "c", "d")))
    made = followed(told, with_visits(steps, [(told, when(told))]))
    assert [m.resource["subject"]["reference"] for m in made] == ["Patient/b", "Patient/c", "Patient/d"]
    hidden = moves(chain(("V", "a", f"{HIDDEN}1"), ("V", f"{HIDDEN}1", "c")))
    assert [m.resource["subject"]["reference"] for m in followed(told, hidden)] == ["Patient/c"]


def test_a_move_of_which_the_one_before_was_not_told_ends_with_the_last_who_has_it() -> None:
    told = visit("a", "2026-01-01")
    made = followed(told, moves(chain(("V", "a", "b"), ("V", "c", "d"))))
    assert [m.resource["subject"]["reference"] for m in made] == ["Patient/d"]


def test_a_round_without_end_comes_to_one() -> None:
    both = result("pas", "o1", "2026-01-02", 95, asserted="2026-01-02", subject={"reference": "Patient/a"},
                  encounter={"reference": "Encounter/v1"}, account={"reference": "Account/acc"})
    made = followed(both, moves(chain(("V", "a", "b"), ("A", "b", "c"), ("V", "c", "b"))))
    assert [m.resource["subject"]["reference"] for m in made] == ["Patient/b", "Patient/c"]


def test_a_move_from_nobody_or_to_the_same_patient_is_none() -> None:
    assert moves([move("", "b", "2026-01-05")]) == {} == moves([move("a", "a", "2026-01-05")])


def test_what_names_its_patient_otherwise_follows_too_and_is_as_old_as_its_server_says() -> None:
    told = fact("pas", "AllergyIntolerance", "al", patient={"reference": "Patient/a"}, encounter={"reference": "Encounter/v1"})
    (made,) = followed(told, moves([move("a", "b", "2026-01-05")]))
    assert made.resource["patient"] == {"reference": "Patient/b"}
    dated = Fact("pas", "1", {**visit("a", "2026-01-01").resource, "meta": {"lastUpdated": "2026-01-06T00:00:00Z"}})
    assert when(dated) == when(visit("a", "2026-01-06T00:00:00Z")) and followed(dated, moves([move("a", "b", "2026-01-05")])) == []
