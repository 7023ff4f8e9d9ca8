"""The ledger names the same leaves and elements whether lineage is wanted at once or the names are asked for later."""

from pathlib import Path

import pytest

from gateway.pure.mapping import Chosen, messages
from tests import ccda_documents
from tests.mappings import sidecar


def both(name: str, data: bytes) -> None:
    plain, traced = (list(messages(name, data, Chosen(lineage=wanted))) for wanted in (False, True))
    assert len(plain) == len(traced) > 0
    for one, other in zip(plain, traced, strict=True):
        a, b = one.result.mapped, other.result.mapped
        assert (a.resources, a.assertions, a.issues, a.times) == (b.resources, b.assertions, b.issues, b.times)
        assert list(a.ledger.mapped.items()) == list(b.ledger.mapped.items())
        assert a.ledger.ignored == b.ledger.ignored and a.ledger.unmapped == b.ledger.unmapped
        assert all(a.ledger.mapped.values()) and "no such leaf" not in a.ledger.mapped


@pytest.mark.parametrize("file", sidecar.files(), ids=lambda f: f.stem)
def test_of_a_message(file: Path) -> None:
    both(file.name, file.read_bytes())


def test_of_a_document() -> None:
    both("document.xml", ccda_documents.everything("D-1"))
