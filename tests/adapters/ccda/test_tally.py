"""Leaves that are counted (sdk.Tallies) end as those that are named, whichever of them were taken."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.ccda import CCDA
from gateway.mapping.ledger import Ignores, account
from gateway.pure.mapping import Chosen, messages
from tests.ccda_documents import everything

ADAPTER = CCDA()
# A code and a name of an attribute that look like the way from an element to its attribute.
ODD = everything("D-1").replace(b'code="48765-2"', b'code="48765/@2/@x"', 1).replace(
    b"<recordTarget", b'<recordTarget xmlns:o="urn:a/@b" o:c="1" classCode="/@"', 1)
TREES = [ADAPTER.parse(raw) for raw in (everything("D-1"), ODD)]


@given(st.sampled_from(TREES), st.randoms(use_true_random=False), st.sampled_from((0, .02, .5, .98, 1)))
def test_leaves_that_are_counted_end_as_those_that_are_named(tree, random, share):
    leaves = list(ADAPTER.leaves(tree))
    reached = {leaf.path for leaf in leaves if random.random() < share}
    named = account(leaves, reached, dict, Ignores({}, ADAPTER.wider), set(), ADAPTER.ignored(tree))
    counted = ADAPTER.tally(tree, reached)
    assert (counted.mapped, counted.ignored, counted.unmapped) == (len(named.mapped), len(named.ignored), named.unmapped)
    assert counted.mapped + counted.ignored + len(counted.unmapped) == len(leaves)


def test_odd_names_are_among_them():
    paths = {leaf.path for leaf in ADAPTER.leaves(TREES[1])}
    assert any(p.startswith("section(48765/@2/@x)/") for p in paths) and "recordTarget/@{urn:a/@b}c" in paths


def test_the_ledger_names_what_it_counted():
    for raw in (everything("D-1"), ODD):
        for found in messages("a.xml", raw, Chosen()):
            ledger, paths = found.result.mapped.ledger, [leaf.path for leaf in found.result.leaves]
            assert len(ledger.mapped) == len(list(ledger.mapped)) and len(ledger.ignored) == len(list(ledger.ignored))
            assert sorted([*ledger.mapped, *ledger.ignored, *ledger.unmapped]) == sorted(paths)
            assert all(ledger.mapped.values()) and all(ledger.ignored.values())
