"""How the result of a search is shown: its order, which parts of each resource, what goes along (REST-07).

All of it is taken from the views that the reader sees, behind the filter: what is hidden is neither sorted by, nor
counted, nor included. What is not supported is refused, as any parameter is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.disclose import provenance
from gateway.disclose.domains import SUBSETTED
from gateway.disclose.view import View
from gateway.errors import Issue, UsageError, error
from gateway.fhir.elements import ELEMENTS
from gateway.fhir.search import Criterion, bounds, fold, is_date, matches, parameters, select, tokens
from gateway.fhir.summary import summary

NAMES = ("_elements", "_include", "_lastUpdated", "_revinclude", "_sort", "_summary")
# Search parameters that are references → where they stand. `_include=Type:name` takes along what they lead to.
SHARED: dict[str, tuple[str, ...]] = {
    "patient": ("patient", "subject", "beneficiary"), "subject": ("subject",), "encounter": ("encounter", "context"),
    "performer": ("performer", "performer.actor"), "requester": ("requester",), "recorder": ("recorder",),
    "asserter": ("asserter",), "author": ("author",), "based-on": ("basedOn",), "part-of": ("partOf",)}
INCLUDES: dict[str, dict[str, tuple[str, ...]]] = {
    "Observation": {"has-member": ("hasMember",), "derived-from": ("derivedFrom",), "specimen": ("specimen",)},
    "DiagnosticReport": {"result": ("result",), "specimen": ("specimen",),
                         "results-interpreter": ("resultsInterpreter",)},
    **{f"Medication{kind}": {"medication": ("medicationReference",)} for kind in (
        "Request", "Statement", "Dispense", "Administration")},
    "MedicationStatement": {"medication": ("medicationReference",), "source": ("informationSource",)},
    "Immunization": {"manufacturer": ("manufacturer",), "location": ("location",)},
    "Encounter": {"location": ("location.location",), "participant": ("participant.individual",),
                  "service-provider": ("serviceProvider",), "diagnosis": ("diagnosis.condition",)},
    "Patient": {"organization": ("managingOrganization",), "general-practitioner": ("generalPractitioner",)},
    "PractitionerRole": {"practitioner": ("practitioner",), "organization": ("organization",),
                         "location": ("location",)},
}
Hit = tuple[View, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Shape:
    """order: (parameter, descending); only: elements that are shown, () for all; count: the total alone."""

    type: str
    order: tuple[tuple[str, bool], ...] = ()
    only: tuple[str, ...] = ()
    left_out: str = ""
    count: bool = False
    along: tuple[str, ...] = ()
    origins: bool = False
    changed: tuple[Criterion, ...] = ()

    def fits(self, view: View, resource: Mapping[str, Any]) -> bool:
        """Was it changed when the request asks for? (`_lastUpdated`)"""
        return not self.changed or matches({"lastUpdated": view.updated.get(_ref(resource), "")}, self.changed)

    def ordered(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits in their order; what has no such value comes last, whichever way."""
        out = list(hits)
        for name, down in reversed(self.order):
            keyed = [(_key(self.type, name, h), h) for h in out]
            told = sorted((k for k in keyed if k[0] is not None), key=lambda k: k[0], reverse=down)
            out = [h for _, h in told] + [h for k, h in keyed if k is None]
        return out

    def part(self, resource: dict[str, Any]) -> dict[str, Any]:
        """What is shown of a resource, marked as a part where something is left out."""
        if not self.only and not self.left_out:
            return resource
        shown = {k: v for k, v in resource.items() if self._shows(k)}
        meta = resource.get("meta", {})
        return {**shown, "meta": {**meta, "tag": [*meta.get("tag", ()), SUBSETTED]}}

    def _shows(self, name: str) -> bool:
        plain = name.lstrip("_")
        if plain in ("resourceType", "id", "meta"):
            return True
        element = (ELEMENTS.children(self.type) or {}).get(plain)
        needed = element is not None and (element.min > 0 or element.modifier)
        if self.only:
            return needed or plain in self.only or (element is not None and element.choice_of in self.only)
        return plain != self.left_out

    def included(self, page: Sequence[Hit]) -> list[dict[str, Any]]:
        """What goes along with a page: each once, nothing that is on it."""
        held = {_ref(r) for _, r in page}
        out: dict[str, dict[str, Any]] = {}
        for view, resource in page:
            known = {_ref(r): r for r in view.record["resources"]} if self.along else {}
            for reference in _pointed(resource, self.along):
                if reference in known and reference not in held | out.keys():
                    out[reference] = view.versioned(known[reference])
            if self.origins:
                out |= {_ref(p): p for p in provenance.of(view, [_ref(resource)])}
        return list(out.values())


def shape(type: str, query: Iterable[tuple[str, str]]) -> Shape:
    """What a query asks for. Raises UsageError with all that is not known."""
    faults: list[Issue] = []
    found: dict[str, Any] = {}
    for name, value in query:
        if name not in NAMES:
            continue
        try:
            given = _READ[name](type, value)
        except _Refused as e:
            faults.append(error("search-value", f"{value[:60]!r} is not supported for {name}.", name, str(e)))
            continue
        for key, part in given.items():
            if key in found and not isinstance(part, tuple):
                faults.append(error("search-value", f"{name} stands there twice.", name, "Name it once."))
            found[key] = found[key] + part if key in found and isinstance(part, tuple) else part
    if faults:
        raise UsageError(*faults)
    return Shape(type, **found)


def alone(type: str, query: Iterable[tuple[str, str]], parts: bool = True) -> Shape:
    """How one resource is shown that is read by its id. parts: it may be shown in parts (`_elements`, `_summary`).

    Raises UsageError with all that a read does not know: it would be ignored without a word.
    """
    known = ("_format", "_pretty", *(("_elements", "_summary") if parts else ()))
    given = list(query)
    faults = [error("search-parameter", f"A read knows no parameter {name[:60]!r}.", name[:60],
                    f"Known: {', '.join(sorted(known))}.") for name in dict(given) if name not in known]
    faults += [error("search-value", "A read counts nothing.", "_summary", "Search, or leave _summary=count out.")
               for pair in given if pair == ("_summary", "count")]
    if faults:
        raise UsageError(*faults)
    return shape(type, given)


class _Refused(Exception):
    """What would be right instead."""


def _sort(type: str, value: str) -> dict[str, Any]:
    order = [(v.removeprefix("-"), v.startswith("-")) for v in value.split(",") if v]
    known = (*parameters(type), "_lastUpdated")
    if not order or any(name not in known for name, _ in order):
        raise _Refused(f"Known: {', '.join(sorted(known))}; with - in front, the other way round.")
    return {"order": tuple(order)}


def _elements(type: str, value: str) -> dict[str, Any]:
    children = ELEMENTS.children(type) or {}
    known = {*children, *(e.choice_of for e in children.values() if e.choice_of)}
    names = tuple(v.removeprefix(f"{type}.") for v in value.split(",") if v)
    if not names or any(name not in known for name in names):
        raise _Refused(f"Name elements of {type}, without what lies in them.")
    return {"only": names}


def _summary(type: str, value: str) -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {"count": {"count": True}, "data": {"left_out": "text"}, "false": {},
                                        "text": {"only": ("text",)}, "true": {"only": ("id", *summary(type))}}
    if value not in kinds:
        raise _Refused(f"Known: {', '.join(sorted(kinds))}.")
    return kinds[value]


def _include(type: str, value: str) -> dict[str, Any]:
    known = {**SHARED, **INCLUDES.get(type, {})}
    if value == "*":
        return {"along": tuple(p for paths in known.values() for p in paths)}
    of, _, name = value.partition(":")
    name, _, target = name.partition(":")
    if of != type or name not in known or (target and target not in ELEMENTS.resources):
        raise _Refused(f"Known: {', '.join(f'{type}:{n}' for n in sorted(known))}.")
    return {"along": tuple(f"{p}|{target}" if target else p for p in known[name])}


def _revinclude(type: str, value: str) -> dict[str, Any]:
    if value != "Provenance:target":
        raise _Refused("Known: Provenance:target.")
    return {"origins": True}


def _last_updated(type: str, value: str) -> dict[str, Any]:
    values = tuple(v for v in value.split(",") if v)
    if not values or not all(map(is_date, values)):
        raise _Refused("Write ge2026-01-31 or gt2026-01-31T12:00:00Z.")
    return {"changed": (Criterion("_lastUpdated", "", "date", ("lastUpdated",), values),)}


_READ: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "_sort": _sort, "_elements": _elements, "_summary": _summary, "_include": _include, "_revinclude": _revinclude,
    "_lastUpdated": _last_updated}


def _ref(r: Mapping[str, Any]) -> str:
    return f"{r['resourceType']}/{r['id']}"


def _key(type: str, name: str, hit: Hit) -> Any:
    """What a hit is sorted by: the start of a date, a code, words without case; None where it has none."""
    view, resource = hit
    if name == "_lastUpdated":
        return view.updated.get(_ref(resource))
    kind, elements = parameters(type)[name]
    found = (_WAYS[kind](v) for e in elements for v in select(resource, e))
    return next((f for f in found if f), None)


_WAYS: dict[str, Callable[[Any], Any]] = {
    "date": bounds, "token": lambda v: next(((c, s) for s, c in tokens(v)), None),
    "string": lambda v: fold(" ".join(_words(v))),
    "reference": lambda v: v.get("reference") if isinstance(v, Mapping) else None}


def _words(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (Mapping, list)):
        for v in value.values() if isinstance(value, Mapping) else value:
            yield from _words(v)


def _pointed(resource: Mapping[str, Any], paths: Iterable[str]) -> Iterable[str]:
    for path in paths:
        path, _, target = path.partition("|")
        for value in select(resource, path):
            reference = value.get("reference", "") if isinstance(value, Mapping) else ""
            if reference.startswith(f"{target}/") if target else reference:
                yield reference
