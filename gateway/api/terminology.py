"""Terminology operations over what is loaded: ConceptMap/$translate, CodeSystem/$lookup, CodeSystem/$validate-code.
What is not loaded is asked of the terminology server, where the home names one; who answered stands in a header.

R4 operations; parameters in the URL, or as a Parameters resource. No patient data is read; a token is needed anyway.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, request

from gateway.api.fhir import asked, gate
from gateway.api.remote import server
from gateway.errors import UsageError, error
from gateway.fhir.outcome import outcome
from gateway.jsontext import BadJson, dumps, loads
from gateway.terminology.lookup import Code, Concepts

blueprint = Blueprint("terminology", __name__, url_prefix="/fhir")
Given = Mapping[str, str]
Said = tuple[int, dict[str, Any], bool]                  # status, body, and is anything loaded of what was asked?


@blueprint.route("/ConceptMap/$translate", methods=["GET", "POST"])
def translate() -> Response:
    """What a code is in another code system, by the maps that are loaded."""
    return _answer("ConceptMap/$translate", _translate)


@blueprint.route("/CodeSystem/$lookup", methods=["GET", "POST"])
def lookup() -> Response:
    """The display of a code that is loaded."""
    return _answer("CodeSystem/$lookup", _lookup)


@blueprint.route("/CodeSystem/$validate-code", methods=["GET", "POST"])
def validate_code() -> Response:
    """Whether a code is loaded, and whether this is its display."""
    return _answer("CodeSystem/$validate-code", _validate)


def _answer(name: str, operation: Callable[[Concepts, Code, Given], Said]) -> Response:
    asked("terminology")
    given = _given()
    system, code = given.get("system") or given.get("url", ""), given.get("code", "")
    if not code:
        raise UsageError(error("search-value", "The operation needs a code.", "code", "Give system and code."))
    status, body, is_known = operation(gate().concepts, (gate().tables.system(system), code), given)
    told, home = None, gate().home
    if home.terminology_server and not is_known:
        asking = server(home.terminology_server, home.terminology_seconds, home.terminology_hours)
        told = asking.ask(name, given)
    headers = {"X-Terminology-Server": home.terminology_server} if told else {}
    return Response(dumps(told or body), 200 if told else status, headers, mimetype="application/fhir+json")


def _given() -> dict[str, str]:
    """Parameters of the URL and of a posted Parameters resource; a coding stands for its system and code."""
    given = dict(request.args.items())
    if request.method == "POST" and request.data:
        try:
            body = loads(request.data)
            parts = {p["name"]: next(v for k, v in p.items() if k.startswith("value")) for p in body["parameter"]}
        except (BadJson, KeyError, TypeError, StopIteration, AttributeError) as e:
            raise UsageError(error("body-unreadable", "The body is no Parameters resource with values.", "",
                                   "Send {resourceType: Parameters, parameter: [{name, value…}]}.")) from e
        concept = parts.get("codeableConcept")
        codings = [parts.get("coding"), *(concept.get("coding", ()) if isinstance(concept, dict) else ())]
        named = {**next((c for c in codings if isinstance(c, dict)), {}), **parts}
        given |= {k: v for k, v in named.items() if isinstance(v, str)}
    return given


def _parameters(**values: Any) -> dict[str, Any]:
    """A Parameters resource: booleans and text by their type, lists are parameters with parts."""
    kinds = {bool: "valueBoolean", str: "valueString"}
    out = []
    for name, value in values.items():
        if isinstance(value, list):
            out += [{"name": name, "part": part} for part in value]
        else:
            out.append({"name": name, kinds[type(value)]: value})
    return {"resourceType": "Parameters", "parameter": out}


def _translate(concepts: Concepts, code: Code, given: Given) -> Said:
    target = gate().tables.system(given.get("targetsystem") or given.get("targetSystem", ""))
    named = given.get("conceptMap") or (given.get("url", "") if "system" in given else "")
    found = concepts.translate(code, target, named)
    if not found:
        said = f"No map that is loaded says anything about {code[0]}|{code[1]}."
        return 200, _parameters(result=False, message=said), False
    match = [[{"name": "equivalence", "valueCode": m.equivalence},
              {"name": "concept", "valueCoding": _coding(concepts, m.target)},
              {"name": "source", "valueUri": m.map}] for m in found]
    result = any(m.equivalence not in ("unmatched", "disjoint") for m in found)
    return 200, _parameters(result=result, match=match), True


def _coding(concepts: Concepts, code: Code) -> dict[str, str]:
    display = concepts.displays.get(code)
    return {"system": code[0], "code": code[1], **({"display": display} if display else {})}


def _lookup(concepts: Concepts, code: Code, given: Given) -> Said:
    if code not in concepts.displays:
        said = error("not-found", f"The code {code[0]}|{code[1]} is not loaded here; it is not thereby wrong.", "code",
                     "Add a ConceptMap or table that names it to the home's mappings/.")
        return 404, outcome([said]), False
    return 200, _parameters(name=code[0], display=concepts.displays[code] or code[1]), True


def _validate(concepts: Concepts, code: Code, given: Given) -> Said:
    if code not in concepts.displays:
        known = code[0] in concepts.systems()
        return 200, _parameters(result=False, message=(
            f"The code {code[1]} of {code[0]} is not loaded here; it is not thereby wrong." if known else
            f"No code of the system {code[0]} is loaded here; nothing can be said of {code[1]}.")), False
    display, said = concepts.displays[code], given.get("display", "")
    if said and display and said.casefold() != display.casefold():
        differs = f"The display differs: {display} is loaded."
        return 200, _parameters(result=False, message=differs, display=display), True
    return 200, _parameters(result=True, **({"display": display} if display else {})), True
