"""CWE and its older forms CE, CNE, CF, IS and ID: CodeableConcept, Coding, and the URIs of code systems.

A code keeps the system that the sender names. Names of table 0396 become their URIs; a name that only the source
knows, or none at all, becomes a URI of that source, so that two organisations' local codes are never the same.
"""

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from adapters.hl7v2.datatypes.parts import Place, at, code_text, deep, local_uri, texts, whole, wholes
from adapters.hl7v2.paths import compile_path
from adapters.hl7v2.tree import Node
from gateway.sdk import Context, Value, because, first, full

_TABLE = re.compile(r"(?:HL7|V2-?|HL7\s)?(\d{4})", re.ASCII)
_OID = re.compile(r"[0-2](?:\.(?:0|[1-9]\d*)){3,}", re.ASCII)
_URI = re.compile(r"(?:https?://|urn:)\S+", re.ASCII)
_OLD_SNOMED = ("SNM", "SNM3")        # also written for SNOMED CT, whose codes are numbers; older ones (T-59300) are not
_SUFFIX = re.compile(r"[A-Z]{3}\d?", re.ASCII)
_FORMS = ("coding", "second", "identifiers", "identifier", "code", "text", "display", "system")


@cache
def _systems() -> Mapping[str, str]:
    text = files("adapters.hl7v2").joinpath("systems.csv").read_text("utf-8")
    return {row["name"]: row["uri"] for row in csv.DictReader(text.splitlines())}


def uri_of(name: str, context: Context) -> str:
    """URI of a code system that a message names by an abbreviation of table 0396, an OID or a URI."""
    if known := _systems().get(name.removeprefix("urn:oid:").upper()):
        return known
    if match := _TABLE.fullmatch(name.upper()):
        return f"http://terminology.hl7.org/CodeSystem/v2-{match[1]}"
    if _OID.fullmatch(name):
        return f"urn:oid:{name}"
    return name if _URI.fullmatch(name) else local_uri(context, name)


def CWE(node: Node, context: Context, form: str = "") -> Any:
    """CodeableConcept with up to three codings and the original text.

    form  `coding` the first coding, `second` the one of components 4 to 6 beside it, `identifiers` all as Identifiers,
          `identifier` the first as one,
          `code`, `text`, `display`, `system` one value of the first; anything else names the code system where
          component 3 is empty: `HL70001`, a URI, or `-2`, the field of the same segment that names it
    """
    if not isinstance(node, Node):
        return None
    said = wholes(node, 9)
    codings = [c for places in _PLACES if places[0] < len(said) and (c := _coding(node, context, form, *places))]
    text = said[9] or said[2] or said[5]
    if form == "text":
        return first(text, said[1])
    if form == "identifiers":
        return [{"system": c["system"], "value": c["code"]} for c in codings]
    if form == "identifier":
        return next(({"system": c["system"], "value": c["code"]} for c in codings), None)
    if form == "second":
        return codings[1] if len(codings) > 1 and said[4] else None
    if form in _FORMS:
        return _form(codings[0], form, node) if codings else None
    return full({"coding": codings, "text": text})


def _form(coding: dict[str, Any], form: str, node: Node) -> Any:
    if form == "coding":
        return coding
    value, code = coding.get(form), at(node, 1)
    return code.to(value) if isinstance(value, str) and code else value


_PLACES = ((1, 2, 3, 7, 14), (4, 5, 6, 8, 17), (10, 11, 12, 13, 20))


def _coding(node: Node, context: Context, form: str, code: int, text: int, system: int, version: int,
            oid: int) -> dict[str, Any] | None:
    said = texts(node, max(text, version))
    value, display = said[code], said[text] and whole(node, text)
    if code == 1 and (joint := _suffixed(node, display)):
        return full({"system": local_uri(context, "OBX-3"), "code": joint, "display": display})
    if value is None:
        return None
    default = form if form not in _FORMS and code == 1 else ""
    return full({"system": _system(node, context, default, system, oid, value), "version": said[version],
                 "code": code_text(value), "display": display})


def _suffixed(node: Node, display: Value | None) -> Value | None:
    """The code of a part of a report, `74022&IMP`, its impression: a code of the source's own, not of the system that
    has the code before the suffix (chapter 7.1.4 of 2.3). A suffix alone is a part of what was ordered."""
    joint = deep(node, 1) if node.segment.name == "OBX" and node.number == 3 and not node.component else None
    if joint is None or len(joint.below) != 2:
        return None
    head, suffix = joint.below
    fits = _SUFFIX.fullmatch(suffix) and (head or display)
    return code_text(joint.text.to(f"{head}&{suffix}")) if fits else None


def _system(node: Node, context: Context, default: str, named: int, oid: int, code: Value) -> Value | str:
    name = node.at(named)
    if name is None and default.startswith("-"):
        place = next((n for n in compile_path(default)(node) if n.value), None)
        name = place.value if place is not None else None
    if name is not None and name.content is not None and str(name.content).upper() not in ("L", "LOCAL", "99"):
        if str(name.content).upper() in _OLD_SNOMED:
            named_by = uri_of(str(name.content), context) if str(code.content).isdigit() else \
                local_uri(context, str(name.content))
            return because(name.to(named_by), code)
        uri = uri_of(str(name.content), context)
        identifier = at(node, oid) if uri.startswith("urn:throughline:") else None
        return identifier.to(uri_of(str(identifier.content), context)) if identifier else name.to(uri)
    if name is None and default and not default.startswith("-"):
        return uri_of(default, context)
    own = local_uri(context, f"{node.segment.name}-{node.number}")
    return name.to(own) if name is not None else own


def translated(node: Node, context: Context, table: str, system: str = "") -> dict[str, Any] | None:
    """CodeableConcept: the codings to which a table maps its codes, before the source's own codings and text."""
    meant = [_meant(node, n, context, table) for n in (1, 4, 10)]
    own = _row(at(node, 1), context, table) and not meant[0]
    concept = CWE(node, context, "" if own else system)
    if concept is None:
        return None
    codings = concept.get("coding", [])
    said = {(_plain(c.get("system")), _plain(c.get("code"))) for c in codings}
    found = [_of_row(row, value) for row, value in filter(None, meant) if (row["system"], row["code"]) not in said]
    return {**concept, "coding": [*found, *codings]} if found else dict(concept)


def translated_known(node: Node, context: Context, table: str, system: str = "") -> dict[str, Any] | None:
    """As `translated`, for an element whose codes FHIR fixes: nothing when the table has no row."""
    return translated(node, context, table, system) if any(_meant(node, n, context, table) for n in (1, 4)) else None


def translated_coding(node: Node, context: Context, table: str, system: str = "") -> dict[str, Any] | None:
    """The coding to which a table maps the code, else the source's own."""
    found = _meant(node, 1, context, table)
    return _of_row(*found) if found else coding(node, context, system)


def none_known(node: Node, context: Context, table: str) -> dict[str, Any] | None:
    """CodeableConcept of the negative statement that the code or text of any component makes, else None (V2-12)."""
    for value in (at(node, 1), at(node, 2), at(node, 4), at(node, 5), at(node, 9)):
        key = " ".join(str(value.content).upper().split()) if value else ""
        row = context.tables[table].get(key) if key else None
        if value and row and row["code"]:
            return full({"coding": [_of_row(row, value)], "text": first(at(node, 9), at(node, 2), at(node, 1))})
    return None


def _meant(node: Node, number: int, context: Context, table: str) -> tuple[Mapping[str, str], Value] | None:
    """The row of the code in a component, or of the words beside or instead of it where no row has the code.

    None where the words are those of another row: a sender whose N is "Never married" has codes of his own.
    """
    code, words = at(node, number), at(node, number + 1)
    row = _row(code, context, table)
    if row is None or code is None:
        spoken = ((_worded(said, context, table), said) for said in (words, code) if said)
        return next(((found, said) for found, said in spoken if found), None)
    other = _worded(words, context, table) if words and row.get("display", "").casefold() != _folded(words) else None
    return (row, code) if other is None or (other["system"], other["code"]) == (row["system"], row["code"]) else None


def _worded(words: Value, context: Context, table: str) -> Mapping[str, str] | None:
    """The row with these words; None where none has them, or several that mean different things."""
    found = {(r["system"], r["code"]): r for r in context.tables[table].rows.values()
             if r["code"] and r.get("display", "").casefold() == _folded(words)}
    return next(iter(found.values())) if len(found) == 1 else None


def _folded(words: Value) -> str:
    return " ".join(str(words.content).split()).casefold()


def _row(code: Value | None, context: Context, table: str) -> Mapping[str, str] | None:
    rows = context.tables[table]
    row = (rows.get(str(code.content)) or rows.get(str(code.content).upper())) if code else None
    return row if row and row["code"] else None


def _of_row(row: Mapping[str, str], value: Value) -> dict[str, Any]:
    return {"system": value.to(row["system"]), "code": value.to(row["code"]),
            **({"display": value.to(row["display"])} if row.get("display") else {})}


def _plain(item: Value | str | None) -> Any:
    return item.content if isinstance(item, Value) else item


def coding(node: Node, context: Context, system: str = "") -> dict[str, Any] | None:
    """The first coding; `system` where component 3 is empty."""
    if not isinstance(node, Node):
        return None
    return _coding(node, context, system, *_PLACES[0]) or _coding(node, context, "", *_PLACES[1])


def ST(node: Place, context: Context) -> Value | None:
    """ST, TX, FT: the text as it was written, all components, escapes resolved, line breaks kept."""
    if not isinstance(node, Node) or (node.value is not None and node.value.content is None):
        return None
    text = node.text
    return text if text.content else None


def yesno(node: Node, context: Context) -> Value | None:
    """Table 0136 and its habits as a boolean."""
    value = at(node, 1)
    if value is None:
        return None
    answer = {"Y": True, "YES": True, "TRUE": True, "1": True, "T": True,
              "N": False, "NO": False, "FALSE": False, "0": False, "F": False}.get(str(value.content).upper())
    if answer is None and str(value.content).upper() not in ("U", "UNK"):
        raise ValueError("is neither yes nor no")
    return value.to(answer) if answer is not None else None
