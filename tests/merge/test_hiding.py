"""What is denied of a fact is denied of its copies."""

from typing import Any

import pytest

from gateway.jsontext import dumps
from gateway.merge import hidden_copies
from gateway.model import Fact
from gateway.pure.records import view_lines
from tests.merge.given import SNOMED, VERIFICATION, coded, condition, fact, says

CODE = coded((SNOMED, "38341003"))
RESTRICTED = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}


def test_copies_in_turn_are_hidden_with_their_origin_and_others_are_not() -> None:
    origin, copy = condition("A", "1", CODE), condition("B", "2", CODE, meta={"source": "A/Condition/1"})
    third, own = condition("C", "3", CODE, meta={"source": "B/Condition/2"}), condition("D", "4", CODE)
    assert hidden_copies([origin, copy, third, own], [], {origin.id}) == {copy.id, third.id}
    assert hidden_copies([origin, copy, third, own], [], {copy.id}) == {third.id}
    assert hidden_copies([origin, copy, third, own], [], {own.id}) == set()
    assert hidden_copies([origin, copy, third], [says("unlink", source="B")], {origin.id}) == set()


def test_a_hidden_old_version_hides_no_copy_and_a_hidden_retracted_fact_does() -> None:
    old, new = condition("A", "1", CODE, version=1), condition("A", "1", CODE, "active", version=2)
    copy = condition("B", "2", CODE, meta={"source": "A/Condition/1"})
    assert hidden_copies([old, new, copy], [], {old.id}) == set()
    assert hidden_copies([old, new, copy], [], {new.id}) == {copy.id}
    wrong = condition("A", "1", CODE, version=3, verificationStatus=coded((VERIFICATION, "entered-in-error")))
    assert hidden_copies([old, wrong, copy], [], {old.id}) == {copy.id}


@pytest.mark.parametrize(("care", "seen"), [(True, 3), (False, 1)])
def test_a_view_without_the_restricted_fact_is_one_without_its_copy(care: bool, seen: int) -> None:
    facts: list[Fact] = [fact("A", "Patient", "p"), condition("A", "1", CODE, meta=RESTRICTED),
                         condition("B", "2", CODE, meta={"source": "A/Condition/1"})]
    request: dict[str, Any] = {"purpose": "TREAT", "role": "physician", "care": care}
    answer = view_lines("f", b"\n".join(dumps(f.line()).encode() for f in facts), "r", dumps(request).encode())
    assert len(answer["visible"]) == seen
