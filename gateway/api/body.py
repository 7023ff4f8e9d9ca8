"""The one resource in the body of a request, JSON or XML by its Content-Type. (REST-15)"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from gateway.errors import UsageError, error
from gateway.fhir import xml_form
from gateway.jsontext import BadJson, loads

JSON = frozenset(("application/fhir+json", "application/json", "text/json"))
XML = frozenset(("application/fhir+xml", "application/xml", "text/xml"))
VERSION = re.compile(r"4(\.0(\.\d+)?)?")               # of FHIR, as a media type names it
_READ: Mapping[str, Callable[[bytes], Any]] = {**dict.fromkeys(JSON, loads), **dict.fromkeys(XML, xml_form.resource)}


def resource(hint: str, nothing: str = "Nothing was done.") -> dict[str, Any]:
    """The resource that was sent; without a Content-Type it is what its first character says.

    hint, nothing  what to send instead, and what was left undone. Raises UsageError: `http-415` for a form or a version
    that is not read, `body-unreadable` for what is no resource of its form.
    """
    data, named = request.get_data(), request.mimetype
    kind = named or ("application/fhir+xml" if data.lstrip()[:1] == b"<" else "application/fhir+json")
    if kind not in _READ or not VERSION.fullmatch(request.mimetype_params.get("fhirversion", "4.0")):
        raise UsageError(error("http-415", f"FHIR 4.0 in JSON and XML is read here. {nothing}", "Content-Type",
                               "Send application/fhir+json or application/fhir+xml."))
    try:
        found = _READ[kind](data)
    except (BadJson, xml_form.BadXml) as e:
        form = "XML" if kind in XML else "JSON"
        raise UsageError(error("body-unreadable", f"The body is no {form}. {nothing}", "", hint)) from e
    if not isinstance(found, dict):
        raise UsageError(error("body-unreadable", f"The body is no resource. {nothing}", "", hint))
    return found
