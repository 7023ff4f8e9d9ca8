"""The shape of a mapping file, checked against mapping.schema.json; every mistake with its place."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs

from gateway.mapping.mistakes import Mistakes, guess
from gateway.mapping.reader import Items, Pairs, Text, Yaml, plain

SCHEMA = json.loads(files("gateway.mapping").joinpath("mapping.schema.json").read_text("utf-8"))
_FROM = tuple(SCHEMA["$defs"]["from"]["properties"])
_WORDS = {"string": "a text", "array": "a list", "object": "names with values"}


@cache
def _validator() -> Any:
    return jsonschema_rs.Draft202012Validator(SCHEMA)


def check(node: Yaml, mistakes: Mistakes) -> None:
    """Add a mistake for everything that the schema refuses."""
    for problem in _validator().iter_errors(plain(node)):
        place = _at(node, problem.instance_path)
        _SAY.get(problem.kind.name, _other)(problem, place, mistakes)


def _at(node: Yaml, path: list[Any]) -> Yaml:
    for step in path:
        if isinstance(node, Items):
            node = node.items[step]
        elif isinstance(node, Pairs):
            node = node.get(step) or node
    return node


def _unknown(problem: Any, place: Yaml, mistakes: Mistakes) -> None:
    known = _FROM if problem.instance_path else tuple(SCHEMA["properties"])
    for name in problem.kind.unexpected:
        key = next(k for k, _ in place.pairs if k.value == name) if isinstance(place, Pairs) else place
        mistakes.add("mapping-name", f"There is no setting {name!r} here{guess(name, known)}", key,
                     hint=f"Settings: {', '.join(known)}.")


def _missing(problem: Any, place: Yaml, mistakes: Mistakes) -> None:
    mistakes.add("mapping-missing", f"The setting {problem.kind.property!r} is missing.", place)


def _wrong_type(problem: Any, place: Yaml, mistakes: Mistakes) -> None:
    expected = " or ".join(_WORDS.get(t, t) for t in problem.kind.types)
    mistakes.add("mapping-shape", f"Expected {expected} here.", place)


def _excluded(problem: Any, place: Yaml, mistakes: Mistakes) -> None:
    name = problem.instance_path[-1]
    mistakes.add("mapping-shape", "`makes` and `asserts` exclude each other." if name == "asserts" else
                 "`fields` need `makes` or `asserts`.", place)


def _not_listed(problem: Any, place: Yaml, mistakes: Mistakes) -> None:
    word, options = place.value if isinstance(place, Text) else "", problem.kind.options
    mistakes.add("mapping-shape", f"{word!r} is none of {', '.join(options)}{guess(word, options)}", place)


def _empty(problem: Any, place: Yaml, mistakes: Mistakes) -> None:
    mistakes.add("mapping-shape", "Something has to be written here.", place)


def _other(problem: Any, place: Yaml, mistakes: Mistakes) -> None:
    mistakes.add("mapping-shape", f"{problem.message}.", place)


_SAY = {"additionalProperties": _unknown, "required": _missing, "type": _wrong_type, "falseSchema": _excluded,
        "enum": _not_listed, "minLength": _empty, "minItems": _empty, "minProperties": _empty}
