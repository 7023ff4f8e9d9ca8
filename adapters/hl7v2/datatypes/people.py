"""XPN, XCN, CNN, PPN, NDL and XON: names of people and organisations, and references to them."""

from collections.abc import Mapping
from typing import Any

from adapters.hl7v2.datatypes.directory import NDL_LEVELS, located
from adapters.hl7v2.datatypes.identifiers import Authority, check_digit, identifier
from adapters.hl7v2.datatypes.parts import Place, at, choice, deep, part, texts, translate, whole
from adapters.hl7v2.datatypes.times import moment, period
from adapters.hl7v2.tree import Node
from gateway.sdk import Context, Value, because, first, full, joined

_USES = {"L": "official", "R": "official", "D": "usual", "M": "maiden", "B": "maiden", "N": "nickname",
         "S": "anonymous", "MSK": "anonymous", "BAD": "old", "NOUSE": "old", "TEMP": "temp", "NAV": "temp"}
_ORDERS = ("F", "G")                              # table 0444: family name first, given name first
_FAMILY = {2: "own-prefix", 3: "own-name", 4: "partner-prefix", 5: "partner-name"}
_PLACES = ("place", *NDL_LEVELS)
_EXTENSION = "http://hl7.org/fhir/StructureDefinition/humanname-"


def XPN(node: Node, context: Context, form: str = "") -> Any:
    """HumanName, and a second one for what the person is called (XPN.15); `XPN(text)`: the name as one text."""
    if form == "text":
        return _text(node, 1)
    during = period(part(node, 12), part(node, 13), context) or period(part(node, 10, 1), part(node, 10, 2), context)
    name, called = _name(node, 1, at(node, 7), (6, 14), during, at(node, 11)), at(node, 15)
    return [name, {"use": "nickname", "given": [called]}] if name and called else name


def _name(node: Node, begin: int, code: Value | None, titles: tuple[int, ...],
          during: Mapping[str, Value] | None = None, order: Value | None = None) -> dict[str, Any] | None:
    """A HumanName whose family name is component `begin`; `titles` are the components of degrees behind the name."""
    texts_, family = texts(node, begin + 4), deep(node, begin)
    pieces = [{"url": _EXTENSION + url, "valueString": value} for n, url in _FAMILY.items()
              if (value := at(family, n))] if family is not None else []
    said = full({"family": texts_[begin], "_family": {"extension": pieces} if pieces else None,
                 "given": choice(node, begin + 1, begin + 2), "prefix": choice(node, begin + 4),
                 "suffix": choice(node, begin + 3, *titles)})
    known = order if order and order.content in _ORDERS else None
    assembly = [{"url": _EXTENSION + "assembly-order", "valueCode": known}] if known else []
    return full({"extension": assembly, "use": translate(code, _USES), **said, "period": during}) if said else None


def _text(node: Place, begin: int) -> Value | None:
    """Prefix, given names, family name, suffix, as one text."""
    return joined(choice(node, begin + 4, begin + 1, begin + 2, begin, begin + 3))


def XCN(node: Node, context: Context, form: str = "") -> Any:
    """Reference to a Practitioner by identifier; `XCN(name)` HumanName, `XCN(identifier)`, `XCN(display)`."""
    during = period(part(node, 19), part(node, 20), context) or period(part(node, 17, 1), part(node, 17, 2), context)
    return _person(node, context, form, 2, part(node, 9), at(node, 13), at(node, 10), (7, 21), during,
                   check_digit(node, 11, 12), at(node, 18))


def CNN(node: Node, context: Context, form: str = "") -> Any:
    """As XCN, for CNN: its authority is spread over components 9 to 11."""
    return _person(node, context, form, 2, _spread(node), None, None, (7,))


def NDL(node: Node, context: Context, form: str = "") -> Any:
    """As XCN, for the name in NDL.1; `NDL(period)`: NDL.2 to NDL.3; `NDL(place)`, `NDL(bed)`: as `place`, `place(bed)`.

    Where a name stands in NDL.2 instead of a date, the whole field is one XCN, as many senders write it.
    """
    second = at(node, 2)
    if second is not None and not str(second.content)[:4].isdigit():
        return None if form == "period" or form in _PLACES else XCN(node, context, form)
    if form == "period":
        return period(part(node, 2), part(node, 3), context)
    if form in _PLACES:
        return located(node, context, NDL_LEVELS, form.removeprefix("place"))
    inner = part(node, 1)
    made = _person(inner, context, form, 2, _spread(inner), None, None, (7,)) if inner is not None else None
    return because(made, second) if made is not None else None


def _spread(node: Node) -> tuple[Value | None, ...]:
    return at(node, 9), at(node, 10), at(node, 11)


def _person(node: Node, context: Context, form: str, begin: int, authority: Authority, code: Value | None,
            use: Value | None, titles: tuple[int, ...], during: Mapping[str, Value] | None = None,
            digit: list[dict[str, Any]] | None = None, order: Value | None = None) -> Any:
    name = first(_text(node, begin), at(node, 1))
    if form in ("display", "text"):
        return name
    if form == "name":
        return _name(node, begin, use, titles, during, order)
    number = identifier(node, context, at(node, 1), authority, code, "practitioner", extension=digit)
    if form in ("identifier", "value", "system"):
        return number if form == "identifier" or number is None else number.get(form)
    return full({"type": "Practitioner", "identifier": number, "display": name}) if number or name else None


def XON(node: Node, context: Context, form: str = "") -> Any:
    """Reference to an Organization by identifier; `XON(name)` its name, `XON(identifier)`."""
    name, value = whole(node, 1), first(at(node, 10), at(node, 3))
    if form in ("name", "display", "text"):
        return first(name, value)
    number = identifier(node, context, value, part(node, 6), at(node, 7), "organization",
                        extension=check_digit(node, 4, 5))
    if form in ("identifier", "value", "system"):
        return number if form == "identifier" or number is None else number.get(form)
    return full({"type": "Organization", "identifier": number, "display": name}) if number or name else None


def PPN(node: Node, context: Context, form: str = "") -> Any:
    """As XCN; `PPN(time)`: when that person did it."""
    return moment(part(node, 15), context) if form == "time" else XCN(node, context, form)
