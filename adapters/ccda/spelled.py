"""What a document says in another spelling than CDA has, put as CDA has it before anything is read."""

import re

from adapters.ccda.tree import Document
from gateway.errors import Issue, Severity

# Elements that say what they say in `value`: times and bounds.
_VALUED = ("effectiveTime", "time", "low", "high", "center", "birthTime", "expirationTime", "sdtc:deceasedTime")
# The first and the last day that the calendars of computers have: their senders had no time to tell, or no end.
_FIRST, _LAST = re.compile(r"0001-?01-?01"), re.compile(r"9999")
_STATES = {"canceled": "cancelled"}


def respelled(document: Document) -> list[Issue]:
    """States in small letters, times as `value`, days that stand for no time as null; an issue for the times."""
    for state in document.by_name.get("statusCode", ()):
        if code := state.attributes.get("code", ""):
            small = code.lower()
            if (told := _STATES.get(small, small)) != code:
                state.attributes = {**state.attributes, "code": told}
    return [*_values_of_texts(document), *_times_that_are_none(document)]


def _values_of_texts(document: Document) -> list[Issue]:
    """Take the text of a time or bound that has no `value` as its value; an issue says how many and where first."""
    found = [e for name in _VALUED for e in document.by_name.get(name, ())
             if e.text and not e.children and e.markup is None and not e.attributes.keys() & {"value", "nullFlavor"}]
    for element in found:
        element.attributes, element.text = {**element.attributes, "value": element.text}, ""
    return [Issue("ccda-time-text", Severity.warning, f"{len(found)} times or bounds stand as text of their element "
                  "instead of in `value`; they were read as if they did.", min(found, key=lambda e: e.line).where,
                  "Correct the sender.")] if found else []


def _times_that_are_none(document: Document) -> list[Issue]:
    """Take 1 January of year 1 for no information, and year 9999 for no end: neither began or ended anything."""
    found = [(e, "PINF" if e.attributes["value"][:1] == "9" else "NI") for name in _VALUED
             for e in document.by_name.get(name, ()) if (value := e.attributes.get("value", ""))[:1] in ("0", "9")
             and (_FIRST.match(value) or _LAST.match(value))]
    for element, flavor in found:
        element.attributes = {**{k: v for k, v in element.attributes.items() if k != "value"}, "nullFlavor": flavor}
    return [Issue("ccda-time-none", Severity.information, f"{len(found)} times lie in year 1 or 9999, with which "
                  "senders fill what has no time or no end; they were read as none.",
                  min((e for e, _ in found), key=lambda e: e.line).where, "Nothing needs to be done.")] if found else []
