"""Laws of the running product over random steps: what is hidden leaves no trace, what is erased never was, what is
unlinked was never linked, and nothing happens twice (house promises 1, 2, 4, 6; issue "The spine", how it is judged)."""

import os

import pytest

from gateway.store import people
from gateway.store.patients import Ref
from tests.laws.asking import Asker, answers
from tests.laws.removed import without
from tests.laws.steps import Clock, World, consent, fact, ids_of, world

PROVE = bool(os.environ.get("PROVE"))
SEEDS = range(int(os.environ.get("SEEDS", 40 if PROVE else 3)))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_consent_hides_leaves_no_trace(tmp_path, seed):
    """Every answer equals that of a store without the hidden facts and without the consent that hides them."""
    clock = Clock()
    with world(tmp_path / "home", seed, clock) as made:
        source, consents = hide_one(made)
        clock.step *= 0
        with made.gate.store.read() as tx:
            members = people.members(tx, made.person_of(source, "anna"))
        ids = ids_of(made, "anna")
        seen = answers(Asker(made.gate), ids, "anna")
        others = [c for c in made.hidden if c not in consents]
        with without(made.gate, tmp_path / "copy", source, members, consents, others) as other:
            wanted = answers(Asker(other), ids, "anna")
        wrong = [q for q in seen if seen[q] != wanted.get(q)]
        assert not wrong, [(q, *apart(seen[q], wanted.get(q, b""))) for q in wrong[:4]] + wrong
        marks = [f"zq{source}anna".encode(), *(c.encode() for c in consents)]
        assert not [(q, m) for q, body in seen.items() for m in marks if m in body]
        open_to = Asker(made.gate, purpose="ETREAT")
        assert any(marks[0] in body for body in answers(open_to, ids, "anna").values()), "there was nothing to hide"


def hide_one(made: World) -> tuple[str, list[str]]:
    """Anna is known to all three sources, and one of them is hidden. Returns it, with the consents that hide it.

    A consent reaches whoever was ever one person with its patient, not one who was kept apart from the beginning.
    """
    for name in ("north", "south", "west"):
        fact(made, name, "anna")
    for source in ("north", "south", "west"):
        with made.gate.store.read() as tx:
            near = people.companions(tx, [Ref(source, made.key(source, "anna"))])
        consents = [c for c, (p, hides) in made.hidden.items() if (p, hides) == ("anna", source) and Ref(
            made.origin(c), made.key(made.origin(c), "anna")) in near]
        if consents:
            return source, consents
    consent(made, "north", "anna", "north")
    return "north", [c for c, h in made.hidden.items() if h == ("anna", "north")]


def apart(a: bytes, b: bytes) -> tuple[bytes, bytes]:
    """Where two answers begin to differ."""
    n = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return a[max(0, n - 60):n + 120], b[max(0, n - 60):n + 120]
