"""Laws of the mapping room: the ledger is total and true, a message never crashes it, the same gives the same."""

import copy
import json
import re
from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.fhir.validate import validate
from gateway.jsontext import canonical
from gateway.model import Mapped
from tests.mapping.ledger import changed as changed_elements
from tests.mapping.ledger import numbered
from tests.mapping.tiny import Tiny
from tests.mapping.world import run

WORDS = st.text("abcdefgh", min_size=3, max_size=8)
DATES = st.dates(min_value=date(1900, 1, 1)).map(lambda d: d.strftime("%Y%m%d"))
NUMBERS = st.integers(1, 10**6).map(str)
NAMES = st.builds(lambda a, b: f"{a} {b}", WORDS, WORDS)
DOMAINS = {
    **dict.fromkeys(("number", "old_number", "shoe", "digits", "filler", "part", "value", "merged"), NUMBERS),
    **dict.fromkeys(("contact", "mother", "hat", "panel", "unit", "remark", "allergy", "snapshot", "event"), WORDS),
    **dict.fromkeys(("born", "taken", "collected", "event_time", "sent"), DATES),
    **dict.fromkeys(("name", "alias", "doctor"), NAMES),
    "birth_order": st.integers(1, 9).map(str), "sex": st.sampled_from(["M", "F"]), "twin": st.sampled_from(["Y", "N"]),
    "use": st.sampled_from(["h", "w"]), "test": st.sampled_from(["GLU", "NA"]), "state": st.sampled_from(["F", "C"]),
    "form": st.sampled_from(["number", "words", "other"])}


def _some(*names: str) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({}, optional={name: DOMAINS[name] for name in names})


RESULT = _some("state", "test", "part", "taken", "doctor", "value", "unit", "form", "remark")
ORDER = st.builds(lambda order, results: {**order, "result": results}, _some("filler", "panel", "collected", "doctor"),
                  st.lists(RESULT, max_size=3))
PATIENT = st.builds(lambda p, state: {**p, **state},
                    _some("number", "old_number", "name", "alias", "sex", "born", "twin", "birth_order", "contact",
                          "mother", "shoe", "hat"),
                    st.fixed_dictionaries({}, optional={"state": st.sampled_from(["active", "resting"])}))
MESSAGES = st.builds(lambda head, rest: {**head, **rest}, _some("event_time", "sent", "snapshot", "event", "merged"),
                     st.fixed_dictionaries({}, optional={
                         "patient": PATIENT, "order": st.lists(ORDER, max_size=3),
                         "phone": st.lists(_some("digits", "use"), max_size=3),
                         "allergy": st.lists(DOMAINS["allergy"], max_size=3)}))


@given(MESSAGES)
def test_every_leaf_is_in_exactly_one_part_of_the_ledger(message: dict) -> None:
    ledger = run(message).ledger
    paths = [leaf.path for leaf in _leaves(message)]
    assert sorted([*ledger.mapped, *ledger.ignored, *ledger.unmapped]) == sorted(paths)
    assert all(ledger.mapped.values())


@given(MESSAGES)
def test_what_is_made_is_valid_and_the_same_every_time(message: dict) -> None:
    once, again = run(message), run(copy.deepcopy(message))
    assert canonical(list(once.resources)) == canonical(list(again.resources))
    assert [i for r in once.resources for i in validate(r) if i.severity == "error"] == []
    names = [f"{r['resourceType']}/{r['id']}" for r in once.resources]
    assert len(names) == len(set(names))


@given(MESSAGES)
def test_lineage_changes_nothing_and_names_true_values(message: dict) -> None:
    plain, traced = run(message), run(message, lineage=True)
    assert canonical(list(plain.resources)) == canonical(list(traced.resources))
    assert plain.ledger == traced.ledger and not plain.lineage
    values = dict(_leaves(message))
    for one in traced.lineage:
        assert one.source == values.get(one.path, "")
        assert re.fullmatch(r"\w+\.yaml:\d+", one.rule)


@given(MESSAGES, st.data())
@settings(max_examples=400)
def test_a_changed_leaf_changes_what_the_ledger_names_and_nothing_else(message: dict, data: st.DataObject) -> None:
    """The law of the ledger (mapping.md 3)."""
    paths = [leaf.path for leaf in _leaves(message)]
    assume(paths)
    path = data.draw(st.sampled_from(paths))
    before = run(message)
    other = copy.deepcopy(message)
    place, name = _parent(other, path)
    assume(_decides_alone(message, path))
    place[name] = data.draw(_other_value(path, place[name]))
    after = run(other)
    assume(before.issues == after.issues and not _twins(after) and _unlike(message) and _unlike(other))
    changed, named = changed_elements(before, after), numbered(before, path)
    assume(not named or len(before.resources) == len(after.resources))
    assert bool(changed) == (path in before.ledger.mapped), (path, changed)
    assert all(any(c == n or c.startswith((n + ".", n + "#")) for n in named) for c in changed), (changed, named)


def test_a_change_is_seen_where_the_neighbours_say_both_values() -> None:
    before = {"patient": {"number": "1"}, "phone": [{"use": "h"}, {"digits": "1", "use": "h"}, {"digits": "1", "use": "w"}]}
    after = {**before, "phone": [{"use": "w"}, *before["phone"][1:]]}
    assert changed_elements(run(before), run(after)) == numbered(run(before), "phone(1).use") == {"0.telecom.use"}


def _unlike(message: dict) -> bool:
    """Leave out equal entries of a list: an element that says the same twice says it once."""
    said = [canonical(p) for p in message.get("phone", ())]
    return len(set(said)) == len(said)


def _decides_alone(message: dict, path: str) -> bool:
    """Leave out the texts for which a condition asks: they may turn another line on."""
    return not path.endswith((".form", ".state"))


def _twins(mapped: Mapped) -> bool:
    """Leave out what became equal to something else by the change: one of the two gets another ordinal."""
    beside = {"id", "status", "note", "performer", "identifier"}
    bodies = [canonical({name: item for name, item in r.items() if name not in beside}) for r in mapped.resources]
    return len(set(bodies)) < len(bodies)


def _other_value(path: str, old: str) -> st.SearchStrategy[str]:
    name = re.sub(r"\(\d+\)", "", path).rpartition(".")[2]
    return DOMAINS[name].filter(lambda new: new != old)


def _leaves(message: dict) -> list:
    return list(Tiny().leaves(Tiny().parse(json.dumps(message).encode())))


def _parent(message: dict, path: str) -> tuple:
    *steps, last = re.findall(r"\w+(?:\(\d+\))?", path)
    place = message
    for step in steps:
        name, _, number = step.rstrip(")").partition("(")
        place = place[name][int(number) - 1] if number else place[name]
    name, _, number = last.rstrip(")").partition("(")
    return (place[name], int(number) - 1) if number else (place, name)
