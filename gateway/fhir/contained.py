"""Resources inside a resource: rules dom-2 to dom-5, and ids that stand once."""

from collections.abc import Iterator
from typing import Any

from gateway.fhir.findings import Findings, Place


def contained_check(resource: dict[str, Any], place: Place, found: Findings) -> None:
    """The rules for `contained` of a resource whose parts are right by themselves."""
    pointers = frozenset(local_pointers(resource))
    for index, inner in enumerate(resource["contained"]):
        spot = ((place, "contained"), index)
        if "contained" in inner:
            found.add("fhir-invariant", (spot, "contained"), "dom-2: a contained resource contains no other")
        meta = inner.get("meta", {})
        for name in ("versionId", "lastUpdated", "security"):
            if name in meta:
                key = "dom-5" if name == "security" else "dom-4"
                found.add("fhir-invariant", ((spot, "meta"), name), f"{key}: a contained resource has no meta.{name}")
        if "#" + str(inner.get("id")) not in pointers and "#" not in local_pointers(inner):
            found.add("fhir-invariant", spot, "dom-3: nothing refers to the contained resource, nor does it refer "
                                              "to what contains it", "Refer to it as '#id' or leave it out.")


def local_pointers(node: Any) -> Iterator[str]:
    """Every text of a resource that begins with '#', as references, canonicals and URIs to what is contained do."""
    if isinstance(node, dict):
        for child in node.values():
            yield from local_pointers(child)
    elif isinstance(node, list):
        for child in node:
            yield from local_pointers(child)
    elif isinstance(node, str) and node.startswith("#"):
        yield node
