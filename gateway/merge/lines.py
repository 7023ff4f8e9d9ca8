"""The input of `gateway merge`: one JSON line a fact or an assertion. Every bad line is named, none is skipped."""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.errors import Issue, UsageError, error
from gateway.jsontext import BadJson, Number, loads
from gateway.merge.times import moment
from gateway.model import Assertion, Fact

_DEEPEST = 100
_OPTIONAL = ("asserted", "received", "via")

# Assertion → what must stand in it, each with its test in words.
_TEXT = ("a text", lambda v: isinstance(v, str))
_LIST = ("a list of texts", lambda v: isinstance(v, list) and all(isinstance(i, str) for i in v))
_TIME = ("a date or time in ISO 8601", lambda v: isinstance(v, str) and moment(v) is not None)
_NEEDS: dict[str, Mapping[str, tuple[str, Callable[[Any], bool]]]] = {
    "unlink": {"source": _TEXT},
    "retract": {"source": _TEXT, "type": _TEXT, "id": _TEXT},
    "move": {"source": _TEXT, "type": _TEXT, "id": _TEXT, "patient": _TEXT, "to": _TEXT},
    "listing": {"source": _TEXT, "scope": _TEXT, "at": _TIME, "keys": _LIST},
    "ruling": {"ruling": ("same, different, value or resolved",
                          lambda v: v in ("same", "different", "value", "resolved")), "facts": _LIST},
    "undo": {"of": _TEXT},
    # Said about people: known, and without meaning for the merge of one person.
    **{kind: {} for kind in ("link", "same", "never", "split")},
}


def read_lines(name: str, data: bytes) -> tuple[list[Fact], list[Assertion]]:
    """Facts and assertions of a JSON lines file; blank lines say nothing.

    Raises UsageError with one issue for every line that is not readable, as `name:line`.
    """
    facts: list[Fact] = []
    assertions: list[Assertion] = []
    faults: list[Issue] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip(b" \t\r\xef\xbb\xbf"):
            continue
        where = f"{name}:{number}"
        try:
            said = read_line(loads(line))
        except BadJson as e:
            faults.append(error("json-unreadable", f"{e}.", where, "Correct the line; nothing was merged."))
        except _Malformed as e:
            faults.append(error("line-malformed", f"{e}.", where, "Correct the line; nothing was merged."))
        else:
            facts += [said] if isinstance(said, Fact) else []
            assertions += [said] if isinstance(said, Assertion) else []
    if faults:
        raise UsageError(*faults)
    return facts, assertions


class _Malformed(ValueError):
    """The line is JSON but says nothing that the merge knows."""


def read_line(line: Any) -> Fact | Assertion:
    if not isinstance(line, dict):
        raise _Malformed("The line is no JSON object")
    if _depth(line) > _DEEPEST:
        raise _Malformed(f"The line is nested deeper than {_DEEPEST} levels")
    if "assert" not in line:
        return _fact(line)
    if "resource" in line:
        raise _Malformed("A line says `assert` or `resource`, not both")
    return _assertion(line)


def _fact(line: Mapping[str, Any]) -> Fact:
    resource = line.get("resource")
    if not isinstance(line.get("source"), str) or not line["source"]:
        raise _Malformed("A fact needs `source`, the name of the source that asserted it")
    if not isinstance(resource, dict):
        raise _Malformed("A fact needs `resource`, a FHIR resource; an assertion needs `assert`")
    for member in ("resourceType", "id"):
        if not isinstance(resource.get(member), str) or not resource[member]:
            raise _Malformed(f"The resource has no {member}")
    version = line.get("version")
    if isinstance(version, bool) or not isinstance(version, (str, int, Number, type(None))):
        raise _Malformed("`version` is a text or a number")
    for member in _OPTIONAL:
        if not isinstance(line.get(member), (str, type(None))):
            raise _Malformed(f"`{member}` is a text")
    _timed(line)
    return Fact(line["source"], version, resource, *(line.get(m) for m in _OPTIONAL))


def _assertion(line: Mapping[str, Any]) -> Assertion:
    kind = line["assert"]
    needs = _NEEDS.get(kind) if isinstance(kind, str) else None
    if needs is None:
        raise _Malformed(f"`assert` is one of {', '.join(_NEEDS)}")
    for member, (wanted, test) in needs.items():
        if not test(line.get(member)):
            raise _Malformed(f"`{member}` of {kind} is {wanted}")
    if not isinstance(line.get("id"), (str, type(None))):
        raise _Malformed(f"`id` of {kind} is a text")
    if line.get("ruling") == "value" and not (_TEXT[1](line.get("element")) and line["element"] and "choose" in line):
        raise _Malformed("A ruling `value` needs `element`, a text, and `choose`, the fact or answer that was chosen")
    _timed(line)
    return Assertion(kind, {k: v for k, v in line.items() if k != "assert"})


def _timed(line: Mapping[str, Any]) -> None:
    """A time that cannot be read would pass for "before everything" without a word."""
    said = line.get("asserted")
    if said is not None and not _TIME[1](said):
        raise _Malformed(f"`asserted` is {_TIME[0]}")


def _depth(value: Any) -> int:
    """Nesting, without recursion."""
    deepest, level = 0, [value]
    while level:
        deepest += 1
        level = [v for here in level for v in (here.values() if isinstance(here, dict) else here)
                 if isinstance(v, (dict, list))]
        if deepest > _DEEPEST:
            break
    return deepest
