"""A fact's name and body are those of its content, however it was made."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from gateway.ids import digest
from gateway.jsontext import canonical, loads
from gateway.model import Fact

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VERSION = st.one_of(TEXT, st.integers(), st.none())


@given(TEXT, TEXT, VERSION, st.dictionaries(TEXT, st.one_of(TEXT, st.booleans(), st.lists(TEXT, max_size=3)), max_size=4))
def test_a_fact_is_named_by_the_hash_of_its_content(source: str, key: str, version: object, more: dict[str, object]) -> None:
    resource = {**more, "resourceType": "Basic", "id": key}
    fact = Fact(source, version, resource)
    assert fact.id == digest([source, "Basic", key, version, resource])
    assert loads(fact.body) == resource and fact.body == canonical(resource)


@given(TEXT, TEXT)
def test_without_a_version_the_content_is_the_version(key: str, text: str) -> None:
    resource = {"text": text, "resourceType": "Basic", "id": key}
    fact = Fact.unversioned("a", resource, canonical(resource), "2026-01-01")
    assert fact.version == "h" + sha256(canonical(resource)).hexdigest()[:16]
    assert fact == Fact("a", fact.version, resource, "2026-01-01") and fact.id == Fact("a", fact.version, resource).id
