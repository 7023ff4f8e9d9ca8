"""The path grammar, a small XPath whose steps may name what an element was recognised as.

    path  := ["//" | "/" | "^"] step {"/" step}
    step  := name filter* | "@" attribute | "." | ".." | "pair()" | "others()" | "same()" | "visit()"
    filter := "(" LABEL {"|" LABEL} ")"                 recognised as (templates.csv): `observation(problem)`
           |  "[" ["!"] NAME "]"                          has, or has not, a child or "@attribute" of this name
           |  "[" ["!"] NAME "=" TEXT {"|" TEXT} "]"      its attribute, or its child's code, value or text, is so

`//` looks everywhere below, `/` begins at the document, `^` in the nearest enclosing element that has something of it
(an author is said once for all that stands inside), `*` is any name, `..` what encloses, `pair()`
the diastolic value that was measured with a systolic one, `others()` the values that name another problem,
`same()` what is told elsewhere under the same id, `visit()` the visit to which an entry belongs.
A path gives all places it selects, in document order.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from adapters.ccda.further import other_problems
from adapters.ccda.named import same, visits
from adapters.ccda.recognise import LABELS
from adapters.ccda.tree import Attribute, Document, Element, Place
from gateway.sdk import BadPath

Select = Callable[[Document | Place], list[Place]]
Step = Callable[[Element], list[Place]]
Test = Callable[[Element], bool]
_NONE: list[Element] = []

_NAME = r"(?:[A-Za-z][\w.-]*:)?[A-Za-z][\w.-]*"
_FILTER = re.compile(rf"\((?P<labels>[a-z][a-z|-]*)\)|\[(?P<no>!)?(?P<name>@?{_NAME})(?:=(?P<texts>[^\]=]+))?\]",
                     re.ASCII)
_STEP = re.compile(rf"(?P<name>{_NAME}|\*)(?P<filters>(?:\([^()]*\)|\[[^\[\]]*\])*)", re.ASCII)
_ATTRIBUTE = re.compile(rf"@(?P<name>{_NAME})", re.ASCII)
_FIRST = re.compile(rf"@?{_NAME}(?=[/(\[]|$)(?!\(\))", re.ASCII)
_SLASH = re.compile(r"/(?![^\[]*\])")
_EXPECTED = "expected steps like act/observation(problem)/value/@code, //*(allergy), ^author/time or ."


@lru_cache(4096)
def compile_path(text: str) -> Select:
    """A closure over a document, or over the place that an `each` selected. Raises BadPath."""
    plain = text.strip()
    start, rest = next(((s, plain[len(s) :]) for s in ("//", "/", "^") if plain.startswith(s)), ("", plain))
    steps = _SLASH.split(rest) if rest else []
    if not steps or not all(steps):
        raise BadPath(f"{_EXPECTED}, found {text[:60]!r}")
    if any(s.startswith("@") for s in steps[:-1]):
        raise BadPath(f"{_EXPECTED}; an attribute is the last step, found {text[:60]!r}")
    compiled = [_step(s, text) for s in steps]
    if start == "//":
        return _where_told(steps[1:], text, _anywhere(*_split(steps[0], text), compiled[1:]))
    if start == "^":
        return _enclosing(compiled)
    if not start:
        return _below(compiled)
    walk = _walker(compiled)
    return _where_told(steps, text, lambda scope: walk(_element(scope).document.root))


def _where_told(steps: list[str], text: str, select: Select) -> Select:
    """What is selected, unless nothing in the document was recognised as one of the steps wants it: as it mostly is."""
    names = [s for s in steps if _STEP.fullmatch(s) and not s.endswith("()")]
    labels = next((found for s in names if (found := _split(s, text)[1])), ())
    if not labels:
        return select

    def where_told(scope: Document | Place) -> list[Place]:
        known = _element(scope).document.by_label
        for label in labels:
            if label in known:
                return select(scope)
        return []

    return where_told


def outline(text: str) -> str:
    """The first step of a path below the place where it stands: `value`, `@moodCode`; "" where it leads elsewhere."""
    match = _FIRST.match(text.strip())
    return match[0] if match else ""


def _element(scope: Document | Place) -> Element:
    if isinstance(scope, Element):
        return scope
    return scope.element if isinstance(scope, Attribute) else scope.root


def _below(steps: list[Step | str]) -> Select:
    """The closure of a relative path; names of children, with or without an attribute at the end, without detours."""
    walk = _walker(steps)
    if not isinstance(steps[0], str):
        return lambda scope: walk(scope if scope.__class__ is Element else _element(scope))
    return walk  # type: ignore[return-value]  # begins with `named`, which every place has


def _walker(steps: list[Step | str]) -> Step:
    """All that steps select, one after the other; a text is the name of children. Only the last gives attributes."""
    first, *others = steps
    if not others:
        return (lambda element: element.named.get(first, _NONE)) if isinstance(first, str) else first  # type: ignore[return-value]
    further = _walker(others)

    def by_name(element: Element) -> list[Place]:
        found = element.named.get(first, _NONE)  # type: ignore[arg-type]
        if len(found) == 1:
            return further(found[0])
        return [place for e in found for place in further(e)] if found else found  # type: ignore[return-value]

    def by_step(element: Element) -> list[Place]:
        found: list[Any] = first(element)  # type: ignore[operator]
        if len(found) == 1:
            return further(found[0])
        return [place for e in found for place in further(e)] if found else found

    return by_name if isinstance(first, str) else by_step


def _enclosing(steps: list[Step | str]) -> Select:
    walk = _walker(steps)
    name = steps[0] if isinstance(steps[0], str) else ""

    def select(scope: Document | Place) -> list[Place]:
        element: Element | None = _element(scope)
        while element is not None:
            if (not name or name in element.named) and (found := walk(element)):
                return found
            element = element.parent
        return []

    return select


def _anywhere(name: str, labels: tuple[str, ...], test: Test | None, steps: list[Step | str]) -> Select:
    walk = _walker(steps) if steps else None

    def select(scope: Document | Place) -> list[Place]:
        start = _element(scope)
        among: Sequence[Element]
        if start.parent is None:
            document = start.document
            if labels:
                among = document.by_label.get(labels[0], _NONE) if len(labels) == 1 else \
                    [e for label in labels for e in document.by_label.get(label, ())]
            else:
                among = document.by_name.get(name, _NONE) if name != "*" else document.elements
        else:
            among = start.below()
            if labels:
                among = [e for e in among if not e.labels.isdisjoint(labels)]
        if not among:
            return []
        if name != "*":
            among = [e for e in among if e.name == name]
        found = [e for e in among if test(e)] if test is not None else list(among)
        return [p for e in found for p in walk(e)] if walk else found  # type: ignore[return-value]

    return select


def _split(step: str, text: str) -> tuple[str, tuple[str, ...], Test | None]:
    """Name, labels and other filters of a step, these as one."""
    match = _STEP.fullmatch(step)
    if not match:
        raise BadPath(f"{_EXPECTED}, found {step[:60]!r} in {text[:60]!r}")
    labels: tuple[str, ...] = ()
    tests: list[Test] = []
    for part in re.findall(r"\([^()]*\)|\[[^\[\]]*\]", match["filters"]):
        found = _FILTER.fullmatch(part)
        if not found:
            raise BadPath(f"{_EXPECTED}; this filter cannot be read: {part[:60]!r}")
        if found["labels"]:
            labels = tuple(found["labels"].split("|"))
            for label in labels:
                if label not in LABELS:
                    near = [k for k in sorted(LABELS) if k[:3] == label[:3]]
                    raise BadPath(f"expected a label of templates.csv, found {label!r}"
                                  f"{f'; did you mean {near[0]}?' if near else ''}")
        else:
            tests.append(_test(found["name"], frozenset((found["texts"] or "").split("|")) if found["texts"] else None,
                               bool(found["no"])))
    return match["name"], labels, _all(tests)


def _all(tests: list[Test]) -> Test | None:
    """One test out of several; None without any."""
    if len(tests) < 2:
        return tests[0] if tests else None
    first, others = tests[0], _all(tests[1:])
    return lambda e: first(e) and others(e)  # type: ignore[misc]


def _step(step: str, text: str) -> Step | str:
    if step == ".":
        return lambda e: [e]
    if step == "..":
        return lambda e: [e.parent] if e.parent else []
    if step == "pair()":
        return lambda e: [pair] if (pair := e.document.paired.get(e)) is not None else []
    if step == "others()":
        return lambda e: list(other_problems(e))
    if step == "same()":
        return lambda e: list(same(e))
    if step == "visit()":
        return lambda e: list(visits(e))
    if match := _ATTRIBUTE.fullmatch(step):
        attribute = match["name"]
        return lambda e: [Attribute(e, attribute)] if attribute in e.attributes else []
    name, labels, test = _split(step, text)
    if labels:
        fits = _all([lambda e: not e.labels.isdisjoint(labels), *([test] if test else [])])
    else:
        fits = test
    if fits is None:
        return name if name != "*" else lambda e: list(e.children)
    if name == "*":
        return lambda e: [c for c in e.children if fits(c)]
    return lambda e: [c for c in e.named[name] if fits(c)] if name in e.named else _NONE  # type: ignore[return-value]


def _test(name: str, texts: frozenset[str] | None, negated: bool) -> Test:
    if name.startswith("@"):
        attribute = name[1:]

        def by_attribute(e: Element) -> bool:
            said = e.attributes.get(attribute)
            return (said is not None if texts is None else said in texts) is not negated

        return by_attribute

    def by_child(e: Element) -> bool:
        children = e.named.get(name)
        if children is None or texts is None:
            return (children is not None) is not negated
        for child in children:
            if _says(child) in texts:
                return not negated
        return negated

    return by_child


def _says(element: Element) -> str:
    a = element.attributes
    return a.get("code") or a.get("value") or a.get("root") or element.text
