"""What must hold of every record; a violation is an issue of the record itself, never silence."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from gateway.merge.findings import Finding
from gateway.merge.made import Made
from gateway.merge.versions import Key
from gateway.model import Fact


def broken_invariants(made: Sequence[Made], ledger: Mapping[str, Mapping[str, str]], key_of: Mapping[str, Key],
                      excluded: Collection[Fact]) -> list[Finding]:
    """Every fact accounted for, ids unique, classes disjoint, references closed."""
    return [*_ledger(ledger, key_of, excluded), *_identity(made), *_closed(made)]


def _ledger(ledger: Mapping[str, Mapping[str, str]], key_of: Mapping[str, Key],
            excluded: Collection[Fact]) -> Iterable[Finding]:
    missing = sorted(set(key_of) - set(ledger))
    if missing or len(ledger) != len(key_of) + len(excluded):
        yield Finding("invariant-broken", tuple(sorted(key_of[f] for f in missing)), "A fact is not accounted for.")


def _identity(made: Sequence[Made]) -> Iterable[Finding]:
    keys = [k for m in made for k in m.keys]
    if len({m.reference for m in made}) != len(made) or len(set(keys)) != len(keys):
        yield Finding("invariant-broken", (), "Two resources share an id or a fact.")


def _closed(made: Sequence[Made]) -> Iterable[Finding]:
    known = {m.reference for m in made}
    for one in made:
        if not one.refs <= known:
            yield Finding("invariant-broken", one.keys, "A reference points to nothing.")
