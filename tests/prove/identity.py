"""Never the wrong person: every class of pairs that fools matching, a thousand times each, and a million people linked in bulk.

About 10 minutes on two cores; PEOPLE=50000 makes it a minute, with the bounds that do not depend on the size.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator

from gateway.identity import MODEL, Comparison, compare
from gateway.identity.bulk import link
from gateway.identity.evaluate import row_features
from tests.identity import abroad, adversarial, crowded, further, locales, million, mistaken, near, numbered, written
from tests.identity.people import patient
from tests.prove import Figure

EACH = 1000
PEOPLE = int(os.environ.get("PEOPLE", "1000000"))


def _different(found: Iterable[Comparison]) -> tuple[int, int]:
    """How many were linked, and how many are held without a reason."""
    found = list(found)
    return (sum(c.decision == "link" for c in found), sum(c.decision == "review" and not (c.guards and c.why()) for c in found))


def _classes() -> Iterator[tuple[str, bool, list[Comparison]]]:
    for name, (same, _) in adversarial.CLASSES.items():
        yield name, same, [compare(patient(a, "1"), patient(b, "2")) for a, b in adversarial.pairs(name, EACH)]
    for classes in (further, abroad, near, numbered, crowded, written, mistaken, locales):
        for same, makes in ((False, classes.DIFFERENT), (True, classes.SAME)):
            for make in makes:
                yield make.__name__, same, [compare(a, b) for a, b in classes.made(make, EACH)]


def upper_bound(false: int, links: int) -> float:
    """The share of false links that is exceeded with a chance of 5 % only, from none (or few: a bound by Poisson)."""
    return {0: 2.996, 1: 4.744, 2: 6.296}.get(false, false + 2 * false ** 0.5 + 3) / max(links, 1)


def prove() -> Iterator[Figure]:
    false = silent = pairs = classes = 0
    least, lost, worst = 1.0, 0, ""
    for name, same, found in _classes():
        classes += 1
        if same:
            decisions = Counter(c.decision for c in found)
            share, lost = decisions["link"] / len(found), lost + decisions["no"]
            least, worst = (share, name) if share < least else (least, worst)
        else:
            linked, quiet = _different(found)
            false, silent, pairs = false + linked, silent + quiet, pairs + len(found)
    yield Figure("different people linked", f"{false} of {pairs} pairs in {classes} classes", "0", false == 0)
    yield Figure("held without a reason", str(silent), "0", silent == 0)
    yield Figure("one person linked, worst class", f"{least:.1%} {worst}", "≥ 99 %", least >= 0.99)
    yield Figure("one person answered no", str(lost), "0", lost == 0)
    people = list(million.registers(PEOPLE))
    who = [p.who for p in people]
    rows = [p.row(str(i)) for i, p in enumerate(people)]
    del people
    found = link(rows, row_features, MODEL)
    links, review = len(found.link), len(found.review)
    wrong = sum(who[a] != who[b] for a, b in found.link)
    together = sum(len({who[i] for i in person}) > 1 for person in found.persons)
    second = len(rows) - PEOPLE
    took = ", ".join(f"{stage} {seconds:.0f}" for stage, seconds in found.seconds.items())
    yield Figure("false links", f"{wrong} of {links}, below {upper_bound(wrong, links):.1e} with 95 % confidence",
                 f"0 of ≥ {0.3 * PEOPLE:.0f}", wrong == 0 and links >= 0.3 * PEOPLE)
    yield Figure("persons made of two people", f"{together} of {len(found.persons)}", "0", together == 0)
    yield Figure("second records linked", f"{(links - wrong) / second:.2%} of {second}", "told", True)
    yield Figure("pairs for review", f"{review / max(links + review, 1):.2%}", "≤ 1 %", review <= 0.01 * (links + review))
    yield Figure("seconds in bulk", f"{sum(found.seconds.values()):.0f} ({took})", "told", True)
