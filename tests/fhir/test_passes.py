"""What passes fast is what the walk finds nothing in."""

import copy
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.fhir.passes import passes
from gateway.fhir.walk import walked
from gateway.jsontext import Number, dumps, loads
from tests.fhir.samples import VALID, at, objects

ODD = (None, "", " ", "x  y", "2024-02-30", 1, -1, True, Number("1.50"), [], {}, [{}], ["a"], {"a": 1}, "#x", "final",
       {"reference": "Patient/1"}, {"reference": "#"}, [{"url": "x"}], [{"url": "urn:x", "valueString": "\u0007"}], [None])
NAMES = ("id", "_id", "extension", "modifierExtension", "contained", "resourceType", "_birthDate", "valueString", "x")


def test_nearly_all_that_is_valid_passes_without_the_walk() -> None:
    assert not [i for resource in VALID for i in walked(resource).issues]
    assert sum(map(passes, VALID)) > len(VALID) / 2


@given(st.sampled_from(VALID), st.randoms(use_true_random=False))
def test_what_passes_has_no_fault(resource: dict[str, Any], rng: random.Random) -> None:
    damaged = loads(dumps(resource))
    for _ in range(rng.randrange(1, 4)):
        place = at(damaged, rng.choice(list(objects(damaged))))
        name = rng.choice([*place, *NAMES])
        if rng.random() < 0.3:
            place.pop(name, None)
        else:
            place[name] = copy.deepcopy(rng.choice([*ODD, [place.get(name)], *place.values()]))
    damaged = loads(dumps(damaged))
    if passes(damaged):
        assert not walked(damaged).issues


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.sampled_from(["resourceType", "Patient", "name", "id"]), inner, max_size=3)))
def test_no_value_makes_it_raise(value: Any) -> None:
    assert not passes(value) or not walked(value).issues
