"""How often an id moves: facts of invented persons arrive one by one, in random order.

A change is counted when something that a reader could have referred to is from now on found under another id: for each
class of the whole record, how often its members were shown under a new id over its life. Bound: 0.5 a class.
"""

from collections import Counter
from random import Random

from benchmarks.merge import person
from gateway.merge import Person
from gateway.shipped import below, shipped
from gateway.terminology.tables import load

AIM = 0.5


def life(tables: object, facts: int, seed: int) -> tuple[int, Counter[str]]:
    """Classes of one person's whole record, and changes of class ids by resource type."""
    draw, arriving = Random(seed), person(facts, seed)
    draw.shuffle(arriving)
    merged, shown, moved = Person(tables), {}, Counter[str]()  # type: ignore[arg-type]
    for fact in arriving:
        merged.add([fact])
        members = merged.record().members
        now = {key: id for id, keys in members.items() for key in keys}
        moves = {(shown[key], id) for key, id in now.items() if shown.get(key, id) != id}
        moved.update(id.partition("/")[0] for _, id in moves)
        shown = now
    return len(members), moved


def main(persons: int = 10, facts: int = 60) -> None:
    tables = load(below(shipped(), "conceptmaps", "terminology"))
    classes, moved = 0, Counter[str]()
    for seed in range(persons):
        many, moves = life(tables, facts, seed)
        classes += many
        moved += moves
    print(f"id changes: {moved.total()} of {classes} classes, {persons} persons of {facts} facts"
          f"{''.join(f', {type} {n}' for type, n in moved.most_common())}")
    print(f"id churn: {moved.total() / classes:.3f} a class over its life (aim <= {AIM})")


if __name__ == "__main__":
    main()
