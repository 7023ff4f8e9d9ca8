"""A second opinion on damaged resources: whatever fhir.resources (R4B) refuses, we refuse.

Known differences, each wanted: it does not check required codes, references, invariants, empty objects and arrays or
null, and it takes text for a number or boolean ("5", "true"), a number for text, and dates without a time zone.
"""

from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.fhir.validate import validate
from gateway.jsontext import dumps
from tests.fhir.samples import VALID, leaves, objects, put, without

VALUES = [None, "", " ", "x", "2023-02-30", "2023-13", "2020-01-01T00:00:00", -1, 0, 7, True, {}, [], {"x": 1}, ["x"],
          [{}]]


def second(resource: dict[str, Any]) -> bool:
    """True when fhir.resources takes the resource."""
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate_json(dumps(resource))
    except (ValidationError, ValueError, KeyError, AttributeError, TypeError):
        return False
    return True


@pytest.mark.parametrize("resource", VALID, ids=lambda r: str(r["resourceType"]))
def test_both_take_what_is_valid(resource: dict[str, Any]) -> None:
    assert second(resource) and validate(resource) == []


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_what_the_second_opinion_refuses_we_refuse(data: st.DataObject) -> None:
    resource = data.draw(st.sampled_from(VALID))
    paths = [p for p in (*leaves(resource), *objects(resource)) if p and p[-1] != "resourceType"]
    path = data.draw(st.sampled_from(paths))
    damage = data.draw(st.sampled_from(["value", "remove", "unknown"]))
    if damage == "value":
        damaged = put(resource, path, data.draw(st.sampled_from(VALUES)))
    elif damage == "remove":
        damaged = without(resource, path)
    else:
        damaged = put(resource, (*path[:-1], "zzz") if isinstance(path[-1], str) else path, "x")
    if not second(damaged):
        assert validate(damaged), damaged


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_what_only_we_refuse_is_of_a_known_kind(data: st.DataObject) -> None:
    resource = data.draw(st.sampled_from(VALID))
    path = data.draw(st.sampled_from([p for p in leaves(resource) if p[-1] != "resourceType"]))
    damaged = put(resource, path, data.draw(st.sampled_from(VALUES)))
    issues = validate(damaged)
    if issues and second(damaged):
        assert {i.code for i in issues} <= {"fhir-code", "fhir-reference", "fhir-invariant", "fhir-empty", "fhir-null",
                                            "fhir-type", "fhir-format", "fhir-xhtml"}
