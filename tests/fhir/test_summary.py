"""The elements of `_summary=true`: each is one of its type, and so are all that the table of R4 has."""

from gateway.fhir.elements import ELEMENTS
from gateway.fhir.summary import summary


def test_every_type_has_its_summary_and_every_name_in_it_is_an_element():
    for type in ELEMENTS.resources:
        children = ELEMENTS.children(type) or {}
        known = {*children, *(e.choice_of for e in children.values() if e.choice_of)}
        assert set(summary(type)) <= known, type
    assert sum(bool(summary(type)) for type in ELEMENTS.resources) > 140 and summary("Nothing") == ()


def test_what_is_in_the_summary_of_an_observation():
    assert {"status", "code", "subject", "effective", "value", "component"} <= set(summary("Observation"))
    assert not {"note", "interpretation", "referenceRange", "method", "text"} & set(summary("Observation"))
