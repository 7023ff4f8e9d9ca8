"""Conversions of CDA data types by name, as mappings call them. Each takes the node and the context."""

from collections.abc import Mapping

from adapters.ccda.datatypes.allergies import denied, denied_kind, severity, severity_said, substance
from adapters.ccda.datatypes.codes import (
    CD,
    absent,
    coding_known,
    empty_reason,
    labelled,
    observed,
    sectioned,
    sides,
    stated,
)
from adapters.ccda.datatypes.document import base64, content_type, digest_of, encoded, size_of, words
from adapters.ccda.datatypes.dosage import as_number, dosages, ordered, refills, supply_quantity, unit_alone, whole
from adapters.ccda.datatypes.ids import II, of_one_stay
from adapters.ccda.datatypes.labels import security
from adapters.ccda.datatypes.languages import language
from adapters.ccda.datatypes.medicines import ingredients, medicine, none_given, not_taken, placed, vaccine
from adapters.ccda.datatypes.narrative import ED, xhtml
from adapters.ccda.datatypes.negated import none_done, problem, refuted
from adapters.ccda.datatypes.people import AD, ON, PN, TEL
from adapters.ccda.datatypes.times import IVL, TS, occurrence, unread
from adapters.ccda.datatypes.values import PQ, Range, goal_target, more_values, obs_absent, obs_value
from gateway.sdk import Function

FUNCTIONS: Mapping[str, Function] = {
    "AD": AD, "CD": CD, "ED": ED, "II": II, "IVL": IVL, "ON": ON, "PN": PN, "PQ": PQ, "TEL": TEL, "TS": TS,
    "absent": absent, "as_number": as_number, "base64": base64, "coding_known": coding_known,
    "content_type": content_type, "denied": denied, "denied_kind": denied_kind, "empty_reason": empty_reason,
    "digest": digest_of, "dosage": dosages, "encoded": encoded, "goal_target": goal_target, "ingredients": ingredients,
    "labelled": labelled, "language": language, "medicine": medicine, "more_values": more_values,
    "none_done": none_done, "none_given": none_given, "not_taken": not_taken, "obs_absent": obs_absent,
    "obs_value": obs_value, "observed": observed, "occurrence": occurrence, "of_one_stay": of_one_stay,
    "ordered": ordered, "placed": placed, "problem": problem, "range": Range, "refills": refills, "refuted": refuted,
    "sectioned": sectioned, "security": security, "severity": severity, "severity_said": severity_said,
    "sides": sides, "size": size_of, "stated": stated, "substance": substance, "supply_quantity": supply_quantity,
    "unit_alone": unit_alone, "unread": unread, "vaccine": vaccine, "whole": whole, "words": words, "xhtml": xhtml}
