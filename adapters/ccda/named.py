"""Statements and products that are told once and elsewhere named by their id alone."""

from adapters.ccda.tree import Element

_SEVERAL = 4                        # a concern, what is in it, what asks, and one that is none of them
_REFERRING = frozenset(("RSON", "SPRT", "REFR", "CAUS", "SAS"))
Number = tuple[str, str]             # root and extension
# What a statement or product is told by, besides its id.
_TELLING = frozenset(("code", "value", "text", "consumable", "product", "manufacturedMaterial",
                      "manufacturedLabeledDrug", "participant", "component", "entryRelationship"))
_SAYING = frozenset(("code", "value", "displayName", "codeSystemName"))


def number_of(element: Element) -> Number | None:
    """The first id that names something; None where there is none."""
    for id in element.all("id"):
        said = id.attributes
        if (root := said.get("root")) and ("extension" in said or "nullFlavor" not in said):
            return root, said.get("extension", "")
    return None


def is_told(element: Element) -> bool:
    """Whether an element says anything of what it names."""
    for part in element.children:
        if part.name in _TELLING and (part.children or part.text or not _SAYING.isdisjoint(part.attributes)):
            return True
    return False


def same(element: Element) -> list[Element]:
    """The statement, or the product, that is told elsewhere in the document under this element's id.

    A concern and the problem in it may share one id: both are given. None where the id names several things: nothing
    tells which is meant.
    """
    number = number_of(element)
    if number is None:
        return []
    found = [e for e in _numbered(element, number) if e is not element
             and (e.name == "manufacturedProduct") is (element.name == "manufacturedProduct")]
    innermost = list(found[-1].above()) if found else []
    return found if all(e in innermost for e in found) and element not in innermost else []


def visits(element: Element) -> list[Element]:
    """The visit to which an entry belongs: the one around it, or one that it, or what encloses it, names by id.

    A visit that is told where it is named is given as it is; one that the header tells goes behind those of entries.
    """
    visited = element.document.visited
    for holder in element.above():
        if holder.name == "section":
            break
        if holder.name == "encounter" and holder is not element and is_told(holder):
            return [holder]
        for link in (*holder.all("entryRelationship"), *holder.all("component")) if holder in visited else ():
            for named in link.all("encounter"):
                if named is element:
                    continue
                known = is_told(named) or "encounter" in named.labels
                if found := [named] if known else same(named) or _of_header(named):
                    return found
    return []


def _of_header(named: Element) -> list[Element]:
    number = number_of(named)
    stay = next((s for c in named.document.root.all("componentOf") for s in c.all("encompassingEncounter")), None)
    ids = () if stay is None else stay.all("id")
    told = any((i.attributes.get("root"), i.attributes.get("extension", "")) == number for i in ids)
    return [stay] if stay is not None and told else []


def _refers(element: Element) -> bool:
    """Whether an element stands where something else is named: the reason for it, what supports it."""
    link = element.parent
    return link is not None and link.name == "entryRelationship" and link.attributes.get("typeCode") in _REFERRING


def _numbered(element: Element, number: Number) -> list[Element]:
    """What tells something under a number; as many as show that it names several."""
    known = element.document.numbered
    if not known:
        for id in element.document.by_name.get("id", ()):
            holder = id.parent
            own = number_of(holder) if holder is not None and holder.first("id") is id else None
            if holder is not None and own is not None and len(told := known.setdefault(own, [])) < _SEVERAL \
                    and is_told(holder) and not _refers(holder):
                told.append(holder)
    return known.get(number, [])
