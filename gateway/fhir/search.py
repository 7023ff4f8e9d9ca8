"""FHIR R4 search on one resource: parse a query, decide whether a resource matches (REST search, section 3b).

Strict: a parameter that is not known is refused, never ignored. Values joined by a comma are alternatives, repeated
parameters must all hold. Candidates come from an index; this decides.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from gateway.errors import Issue, UsageError, error, near
from gateway.fhir.leads import leads

# parameter → (type, elements). A `*` reads every element that begins so (`effective*`), a URL an extension.
_PATIENT = {
    "identifier": ("token", ("identifier",)), "name": ("string", ("name",)), "family": ("string", ("name.family",)),
    "given": ("string", ("name.given",)), "birthdate": ("date", ("birthDate",)), "gender": ("token", ("gender",)),
    "active": ("token", ("active",)), "telecom": ("token", ("telecom",)), "address": ("string", ("address",)),
    **{f"address-{part.lower()}": ("string", (f"address.{part}",)) for part in ("city", "state", "country")},
    "address-postalcode": ("string", ("address.postalCode",)),
    "mothersMaidenName": ("string", ("http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName",)),
}
_COMMON = {"_id": ("token", ("id",)), "identifier": ("token", ("identifier",)), "status": ("token", ("status",)),
           "patient": ("reference", ("subject", "patient", "beneficiary"))}
_WHOSE: dict[str, tuple[str, tuple[str, ...]]] = {
    "subject": ("reference", ("subject",)), "encounter": ("reference", ("encounter", "context", "context.encounter"))}
_CODED = {"code": ("token", ("code",)), "category": ("token", ("category",))}
PARAMETERS: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "Patient": {"_id": _COMMON["_id"], **_PATIENT},
    "AllergyIntolerance": {**_COMMON, **_CODED, "clinical-status": ("token", ("clinicalStatus",)),
                           "date": ("date", ("recordedDate",))},
    "Condition": {**_COMMON, **_WHOSE, **_CODED, "clinical-status": ("token", ("clinicalStatus",)),
                  "onset-date": ("date", ("onset*",)), "recorded-date": ("date", ("recordedDate",)),
                  "date": ("date", ("onset*", "recordedDate"))},
    "Observation": {**_COMMON, **_WHOSE, **_CODED, "date": ("date", ("effective*",))},
    "DiagnosticReport": {**_COMMON, **_WHOSE, **_CODED, "date": ("date", ("effective*",))},
    "MedicationRequest": {**_COMMON, **_WHOSE, **_CODED, "code": ("token", ("medicationCodeableConcept",)),
                          "authoredon": ("date", ("authoredOn",)), "date": ("date", ("authoredOn",)),
                          "intent": ("token", ("intent",))},
    "MedicationStatement": {**_COMMON, **_WHOSE, **_CODED, "code": ("token", ("medicationCodeableConcept",)),
                            "effective": ("date", ("effective*",)), "date": ("date", ("effective*",))},
    "Immunization": {**_COMMON, "vaccine-code": ("token", ("vaccineCode",)), "code": ("token", ("vaccineCode",)),
                     "date": ("date", ("occurrence*",))},
    "Procedure": {**_COMMON, **_WHOSE, **_CODED, "date": ("date", ("performed*",))},
    "Encounter": {**_COMMON, "subject": _WHOSE["subject"], "class": ("token", ("class",)), "type": ("token", ("type",)),
                  "date": ("date", ("period",))},
    "DocumentReference": {**_COMMON, **_WHOSE, "category": ("token", ("category",)), "type": ("token", ("type",)),
                          "date": ("date", ("date",))},
    "ServiceRequest": {**_COMMON, **_WHOSE, **_CODED, "authored": ("date", ("authoredOn",)),
                       "occurrence": ("date", ("occurrence*",))},
}
_DEFAULT = {**_COMMON, **_CODED}
_PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?"
                     r"(?:Z|[+-]\d\d:\d\d)?)?)?)?)")


_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_VALUE = re.compile(r"(?:\\[\\,|$]|[^,])+")           # what commas separate; a backslash keeps what separates
_SYSTEM = re.compile(r"((?:\\[\\,|$]|\\(?![\\,|$])|[^\\|])*)\|(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\,|$])")
ASSUMED = {"active": True}                             # what R4 says that an element means which is not told
MOST_VALUES, MOST_FAULTS = 200, 20


@dataclass(frozen=True, slots=True)
class Criterion:
    """One parameter of a query: any of `values` must hold."""

    name: str
    modifier: str
    type: str
    elements: tuple[str, ...]
    values: tuple[str, ...]


def parameters(type: str) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Search parameters of a resource type."""
    return PARAMETERS.get(type, _DEFAULT)


def _unbuilt(name: str, modifier: str) -> str:
    """What of FHIR's search is not built here, in words; "" for a name that is none of it."""
    if "." in name:
        return "Searches chained over references are not built: search what is referred to first, then by its id."
    if name == "_has":
        return "Reverse chained searches (_has) are not built: search what refers to it first."
    if name in ("_include", "_revinclude") and modifier:
        return f"{name}:{modifier[:20]} is not built: {name} goes one step far."
    return ""


def unsupported(type: str, key: str) -> Issue | None:
    """Why a type cannot be searched by a parameter with its modifier; None: it can."""
    known = parameters(type)
    name, _, modifier = key.partition(":")
    if name not in known:
        told = f"{type} cannot be searched by {name[:80]!r}.{near(name[:80], known)}"
        return error("search-parameter", _unbuilt(name, modifier) or told, key[:80],
                     f"Known: {', '.join(sorted(known))}.")
    if modifier and modifier not in _MODIFIERS[known[name][0]]:
        return error("search-modifier", f"The modifier :{modifier[:80]} is not supported for {name}.", key[:80])
    return None


def criteria(type: str, query: Iterable[tuple[str, str]]) -> list[Criterion]:
    """The criteria of a query, result parameters such as `_count` taken out. Raises UsageError with all faults."""
    faults, out = list[Issue](), list[Criterion]()
    for key, text in query:
        if len(faults) == MOST_FAULTS:
            break
        if fault := unsupported(type, key):
            faults.append(fault)
            continue
        name, _, modifier = key.partition(":")
        kind, elements = parameters(type)[name]
        values = tuple(v if kind == "token" else _plain(v) for v in _VALUE.findall(text))
        if kind == "date" and not all(map(is_date, values)):
            faults.append(error("search-value", f"{text[:80]!r} is not a date.", key, "Write ge2026-01-31 or 2026-01."))
        elif values:
            out.append(Criterion(name, modifier, kind, elements, values))
    if sum(len(c.values) for c in out) > MOST_VALUES:
        faults.append(error("search-value", f"More than {MOST_VALUES} values are asked for at once.", "",
                            "Ask for fewer at a time."))
    if faults:
        raise UsageError(*faults)
    return out


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def token(text: str) -> tuple[str | None, str]:
    """System (None: any) and code ("": any) of a token as a query writes it."""
    parts = _SYSTEM.fullmatch(text)
    return (_plain(parts[1]), _plain(parts[2])) if parts else (None, _plain(text))


def is_date(text: str) -> bool:
    """Whether it is a prefix and a date of the calendar: compared as text, any other finds nothing without a word."""
    match = _PREFIX.fullmatch(text)
    try:
        return bool(match and datetime.fromisoformat(match[2] + "0001-01-01"[len(match[2]):]))
    except ValueError:
        return False


_MODIFIERS: dict[str, tuple[str, ...]] = {"token": ("not",), "string": ("exact", "contains"), "date": (),
                                          "reference": ()}


def matches(resource: Mapping[str, Any], wanted: Sequence[Criterion]) -> bool:
    """Does the resource meet all criteria?"""
    return all(_holds(resource, c) for c in wanted)


def _holds(resource: Mapping[str, Any], c: Criterion) -> bool:
    found = [v for e in c.elements for v in select(resource, e)] or [ASSUMED[e] for e in c.elements if e in ASSUMED]
    hit = any(_TESTS[c.type](v, wanted, c.modifier) for v in found for wanted in c.values)
    return not hit if c.modifier == "not" else hit


def select(value: Any, path: str) -> Iterator[Any]:
    """The values of an element by its path: dots lead in, `effective*` names all that begin so, a URL an extension."""
    if path.startswith("http:"):                        # an extension, by its URL
        extensions = value.get("extension") if isinstance(value, Mapping) else None
        for e in extensions if isinstance(extensions, list) else ():
            if isinstance(e, Mapping) and e.get("url") == path:
                yield from (v for k, v in e.items() if k.startswith("value"))
        return
    name, _, rest = path.partition(".")
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            continue
        names = [n for n in item if n.startswith(name[:-1])] if name.endswith("*") else [name] if name in item else []
        for n in names:
            yield from select(item[n], rest) if rest else item[n] if isinstance(item[n], list) else [item[n]]


def fold(text: str) -> str:
    """Case and accents removed: `Öberg` is found by `oberg`."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for v in value.values():
            yield from _texts(v)
    elif isinstance(value, list):
        for v in value:
            yield from _texts(v)


def _string(value: Any, wanted: str, modifier: str) -> bool:
    for text in _texts(value):
        if modifier == "exact":
            if text == wanted:
                return True
        elif modifier == "contains":
            if fold(wanted) in fold(text):
                return True
        elif any(part.startswith(fold(wanted)) for part in (fold(text), *fold(text).split())):
            return True
    return False


def tokens(value: Any) -> Iterator[tuple[str, str]]:
    """(system, code) of a code, Coding, CodeableConcept, Identifier or ContactPoint."""
    if isinstance(value, bool):
        yield "", "true" if value else "false"
    elif isinstance(value, str):
        yield "", value
    elif isinstance(value, dict):
        for coding in value.get("coding", ()):
            yield coding.get("system", ""), coding.get("code", "")
        if "value" in value or "code" in value:
            yield value.get("system", ""), value["value"] if "value" in value else value["code"]


def _token(value: Any, wanted: str, modifier: str) -> bool:
    system, code = token(wanted)
    return any((not code or c == code) and (system is None or s == system) for s, c in tokens(value))


def _reference(value: Any, wanted: str, modifier: str) -> bool:
    reference = value.get("reference", "") if isinstance(value, Mapping) else ""
    return reference == wanted or reference.endswith(f"/{wanted}")


def period(date: str) -> tuple[str, str]:
    """First and last second of a partial date as comparable text, offset removed by the caller."""
    low, high = "0000-01-01T00:00:00", "9999-12-31T23:59:59"
    return date + low[len(date):], date + high[len(date):]


def _local(date: str) -> str:
    return re.sub(r"(\.\d+)?(Z|[+-]\d\d:\d\d)?$", "", date) if "T" in date else date


def _utc(date: str) -> str:
    """The time in UTC to the precision that it has; one without a zone, or that is none, as it stands."""
    local = _local(date)
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(date)
        return moment.astimezone(UTC).isoformat()[:len(local)] if "T" in date and moment.tzinfo else local
    return local


def bounds(value: Any, clock: Callable[[str], str] = _local) -> tuple[str, str] | None:
    """First and last second that a date or Period may mean, as comparable text; None for what is neither."""
    if isinstance(value, Mapping):
        start, end = value.get("start"), value.get("end")
        if not start and not end:
            return None
        return period(clock(start))[0] if start else "0000", period(clock(end))[1] if end else "9999-12-31T23:59:59"
    return period(clock(value)) if isinstance(value, str) and value[:4].isdigit() else None


_DATES: dict[str, Callable[[str, str, str, str], bool]] = {
    "eq": lambda a, b, low, high: low <= a and b <= high, "ne": lambda a, b, low, high: not (low <= a and b <= high),
    "gt": lambda a, b, low, high: b > high, "sa": lambda a, b, low, high: a > high,
    "lt": lambda a, b, low, high: a < low, "eb": lambda a, b, low, high: b < low,
    "ge": lambda a, b, low, high: b >= low, "le": lambda a, b, low, high: a <= high,
    "ap": lambda a, b, low, high: a <= high and low <= b,
}


def _date(value: Any, wanted: str, modifier: str) -> bool:
    """Days are those of the place where it happened; an instant that is asked for with its zone is compared as such."""
    match = _PREFIX.fullmatch(wanted)
    clock = _utc if match and match[2] != _local(match[2]) else _local
    meant = bounds(value, clock)
    if meant is None or match is None:
        return False
    return _DATES[match[1] or "eq"](*meant, *period(clock(match[2])))


_TESTS: dict[str, Callable[[Any, str, str], bool]] = {"string": _string, "token": _token, "reference": _reference,
                                                      "date": _date}


def terms(resource: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Rows of a search index for a resource: (parameter, lo, hi).

    A token has its code in lo and its system in hi, a string its folded words in both, a date the first and last
    second it may mean. Where a document leads stands there too, for us alone.
    """
    out: list[tuple[str, str, str]] = []
    for name, terms_of, element, plain in _indexed(resource["resourceType"]):
        if not plain:
            out += [(name, lo, hi) for value in select(resource, element) for lo, hi in terms_of(value)]
        elif element in resource:
            held = resource[element]
            for value in held if isinstance(held, list) else (held,):
                out += [(name, lo, hi) for lo, hi in terms_of(value)]
    return list(dict.fromkeys([*out, *((how, name, "") for how, name in leads(resource))]))


@cache
def _indexed(type: str) -> list[tuple[str, Callable[[Any], Iterable[tuple[str, str]]], str, bool]]:
    """(parameter, its rows of a value, element, whether that is simply a member) of all that a type is indexed by."""
    return [(name, _INDEXED[kind], element, element.isalpha()) for name, (kind, elements) in parameters(type).items()
            if kind in _INDEXED for element in elements]


def _token_terms(value: Any) -> list[tuple[str, str]]:
    return [(code, system) for system, code in tokens(value)]


def _string_terms(value: Any) -> Iterator[tuple[str, str]]:
    for text in _texts(value):
        folded = fold(text)
        yield from ((word[:64], word[:64]) for word in {folded, *folded.split()})


def _date_terms(value: Any) -> Iterator[tuple[str, str]]:
    if meant := bounds(value):
        yield meant


_INDEXED: dict[str, Callable[[Any], Iterable[tuple[str, str]]]] = {
    "token": _token_terms, "string": _string_terms, "date": _date_terms}


def lookup(criterion: Criterion) -> tuple[str, list[tuple[str, str | None]]] | None:
    """What a match of this criterion must have in the index: `token` | `prefix` | `overlap`, alternatives as lo and hi.

    None when the index cannot narrow it: references, negations, searches inside words, what is assumed where nothing is
    told, and dates but the day of a birth: it names people, any other date a time of everybody.
    """
    if criterion.type == "token" and not criterion.modifier:
        if any(_token(ASSUMED[e], v, "") for e in criterion.elements if e in ASSUMED for v in criterion.values):
            return None
        return "token", [(code, system) for system, code in map(token, criterion.values)]
    if criterion.type == "string" and criterion.modifier in ("", "exact"):
        return "prefix", [(fold(v)[:64], None) for v in criterion.values]
    if criterion.name == "birthdate":
        days = [v.removeprefix("eq") for v in criterion.values]
        return ("overlap", [period(d) for d in days]) if all(map(_DAY.fullmatch, days)) else None
    return None
