"""What messages of a source look like: how many fill a field, and the shapes of its values."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from gateway.cli.desk import shape
from gateway.disclose.samples import Taken
from gateway.errors import BadMessage
from gateway.mapping.ledger import unnumbered
from gateway.sdk import Adapter

EXAMPLES = 3        # shapes of a field, most frequent first
LONGEST = 40


def profile(adapter: Adapter, taken: Sequence[Taken], plain: bool) -> dict[str, Any]:
    """{kinds, messages, fields} of some messages; `plain`: values and messages as they came, else their shapes."""
    filled, values = Counter[str](), defaultdict[str, Counter[str]](Counter)
    for one in taken:
        here = set()
        for path, value in _leaves(adapter, one.raw):
            here.add(place := unnumbered(path))
            values[place][(str(value) if plain else shape("", str(value)))[:LONGEST]] += 1
        filled.update(here)
    return {"kinds": dict(Counter(one.kind for one in taken)),
            "messages": [{"id": one.id, "kind": one.kind, "state": one.state, "size": len(one.raw),
                          **({"raw": one.raw.decode("utf-8", "replace")} if plain else {})} for one in taken],
            "fields": [{"path": place, "messages": filled[place], "values": [v for v, _ in found.most_common(EXAMPLES)]}
                       for place, found in values.items()]}


def _leaves(adapter: Adapter, raw: bytes) -> list[tuple[str, str]]:
    try:
        return list(adapter.leaves(adapter.parse(raw)))
    except BadMessage:
        return []
