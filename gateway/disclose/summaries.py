"""`Patient/$summary`: the patient summary (IPS) of what a reader may see (IPS-12).

It is made of the view alone, so it shows what the record shows and its bytes can be made again: its time is that of the
newest change in it. Who is asked for by a number must have it in what the reader sees; else there is nobody.
"""

from collections.abc import Sequence
from typing import Any

from gateway.disclose import answers
from gateway.disclose.allowed import turned_away
from gateway.disclose.answers import JSON, refusal
from gateway.disclose.transfer import Asked, Made, logged
from gateway.disclose.view import View, Views
from gateway.disclose.visible import person_of
from gateway.errors import UsageError, error
from gateway.fhir.outcome import outcome
from gateway.fhir.search import token
from gateway.jsontext import dumps
from gateway.opened import Gate
from gateway.portable.ips import BASE, document
from gateway.store import search
from gateway.store.engine import Transaction
from gateway.summary.words import words

KNOWN = ("_format", "_pretty", "identifier", "profile")
_VERSIONS = {"": "2.0", "2.0": "2.0", "2.0.0": "2.0", "2.0.1": "2.0", "1.1": "1.1", "1.1.0": "1.1"}


@logged
def summary(gate: Gate, views: Views, asked: Asked, id: str, query: Sequence[tuple[str, str]]) -> Made:
    """The summary of the person whom an id, or where that is "" an identifier, names.

    Answers 400 for what is not known, 404 where there is nobody, 422 for a profile that is not made here.
    """
    try:
        options = _options(query, id)
    except UsageError as e:
        return Made(answers.Answer(400, dumps(outcome(e.issues)).encode(), JSON), (), "refused")
    profile = _profile(options.get("profile", ""))
    if not profile:
        return Made(refusal(422, "ips-profile", "This profile of a summary is not made here.",
                            f"Ask for {BASE}/Composition-uv-ips, with |2.0.0 or |1.1.0."), (), "refused")
    with gate.store.read() as tx:
        persons = [person_of(tx, id)] if id else _numbered(tx, options["identifier"])
        seen = [views.get(tx, asked.request, p) for p in persons if p]
    if why := turned_away(asked.request, "Patient"):
        return Made(refusal(403, "forbidden", why), seen, "refused")
    found = [v for v in seen if v.decision.permit and v.patient
             and (v.names(id, "Patient") or v.patient == id if id else _has(v, options["identifier"]))]
    if len(found) != 1:
        denied = [v for v in seen if not v.decision.permit]
        nobody = refusal(404, "not-found", "There is no such Patient.")
        return Made(nobody, denied or found, "refused" if denied else "empty")
    return Made(answers.Answer(200, dumps(of(found[0], profile)).encode(), JSON), [found[0]])


def of(view: View, profile: str = "2.0") -> dict[str, Any]:
    """The summary of a view, as of the newest change in it; sources by their names, as in `disclose.provenance`."""
    return document(view.record, profile, words, max(view.updated.values(), default=""), "", view.source_of)


def _options(query: Sequence[tuple[str, str]], id: str) -> dict[str, str]:
    """Raises UsageError for what is not known, stands there twice, or is missing."""
    known = KNOWN if not id else tuple(k for k in KNOWN if k != "identifier")
    options = dict(query)
    if unknown := sorted(options.keys() - set(known)):
        raise UsageError(error("search-parameter", f"$summary knows no parameter {unknown[0][:64]!r}.", unknown[0][:64],
                               f"Known: {', '.join(known)}."))
    if len(options) < len(query):
        raise UsageError(error("search-value", "A parameter of $summary stands there twice.", "", "Name each once."))
    if not id and not token(options.get("identifier", ""))[1]:
        raise UsageError(error("search-value", "Nobody is named.", "identifier", "Write identifier=system|value."))
    return options


def _profile(canonical: str) -> str:
    """The version of IPS that a canonical asks for, "" for one that we do not make; none named: the newest."""
    url, _, version = canonical.partition("|")
    return _VERSIONS.get(version, "") if url in ("", f"{BASE}/Composition-uv-ips") else ""


def _numbered(tx: Transaction, identifier: str) -> list[str]:
    system, value = token(identifier)
    return search.persons(tx, "Patient", [search.Criterion("identifier", "token", [(value, system)])])


def _has(view: View, identifier: str) -> bool:
    """Does the Patient that this reader sees have the number?"""
    system, value = token(identifier)
    patient = view.resource(f"Patient/{view.patient}") or {}
    return any(i.get("value") == value and (system is None or i.get("system", "") == system)
               for i in patient.get("identifier", ()))
