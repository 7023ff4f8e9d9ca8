"""What a ledger names and what really changed, as comparable element names: resource number, no numbers of repeats."""

import re
from collections import Counter

from gateway.model import Mapped


def numbered(mapped: Mapped, path: str) -> set[str]:
    """The elements that the ledger names, by the number of the resource."""
    numbers = {f"{r['resourceType']}/{r['id']}": str(n) for n, r in enumerate(mapped.resources)}
    out = set()
    for element in mapped.ledger.mapped.get(path, ()):
        head = re.match(r"[^.#]+", element)[0]
        out.add(bare(numbers.get(head, head) + element[len(head):]))
    return out


def bare(element: str) -> str:
    return re.sub(r"\[\d+\]", "", element)


def flat(mapped: Mapped) -> dict[str, list]:
    out: dict[str, list] = {}

    def walk(item: object, at: str) -> None:
        if isinstance(item, dict):
            for name, value in item.items():
                walk(value, f"{at}.{name}")
        elif isinstance(item, (list, tuple)):
            for value in item:
                walk(value, at)
        else:
            out.setdefault(at, []).append(item)
    for number, resource in enumerate(mapped.resources):
        walk(resource, str(number))
        name = f"{resource['resourceType']}/{resource['id']}"
        if name in mapped.times:
            out[f"{number}#asserted"] = [mapped.times[name]]
    for assertion in mapped.assertions:
        walk(dict(assertion.body), assertion.kind)
    return out


def changed(before: Mapped, after: Mapped) -> set[str]:
    old, new = flat(before), flat(after)
    return {e for e in {*old, *new} if not _alike(old.get(e, []), new.get(e, []))}


def _alike(old: list, new: list) -> bool:
    """As many of each value; where an item more or less stands there, the same values."""
    return Counter(old) == Counter(new) if len(old) == len(new) else {*old} == {*new}
