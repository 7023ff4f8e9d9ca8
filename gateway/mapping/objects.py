"""Values that are more than one line: lists, `{from, when, add}`, nested objects, extensions."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from gateway.mapping import conditions
from gateway.mapping.conditions import Condition
from gateway.mapping.draft import Because, Build, Left, Needs, Run, together
from gateway.mapping.kit import Kit
from gateway.mapping.lines import NOTHING, Line, line
from gateway.mapping.mistakes import guess
from gateway.mapping.reader import Items, Pairs, Text, Yaml
from gateway.mapping.same import plain
from gateway.mapping.types import ElementRow, Target, target
from gateway.sdk import Tree, Value

REPEATED = frozenset(("keys",))
# Nested objects that are nothing without one of these (pat-1, cmp-1, obs-3, con-1, con-2, mad-1).
ONE_OF: Mapping[str, tuple[frozenset[str], ...]] = {
    "Patient.contact": (frozenset(("name", "telecom", "address", "organization")),),
    "Composition.section": (frozenset(("text", "entry", "section")),),
    "Observation.referenceRange": (frozenset(("low", "high", "text")),),
    "Condition.stage": (frozenset(("summary", "assessment")),),
    "Condition.evidence": (frozenset(("code", "detail")),),
    "MedicationAdministration.dosage": (frozenset(("dose", "rateRatio", "rateQuantity")),),
}
CORE = "http://hl7.org/fhir/StructureDefinition/"
NO_LEAVES: tuple[str, ...] = ()


class _Field(NamedTuple):
    """A compiled element. `name` is "" for `value[x]`, whose results bring the name that they fill."""

    name: str
    build: Build
    many: bool
    constant: bool
    choice: frozenset[str] = frozenset()
    needs: Needs = None
    always: bool = False


def value(kit: Kit, node: Yaml, to: Target) -> Line:
    """Anything that may stand on the right side."""
    if isinstance(node, Text):
        return line(kit, node, to)
    if isinstance(node, Items):
        return _sequence([value(kit, n, to) for n in node.items], to)
    if to.primitive:
        if node.get("from") is None:
            kit.mistakes.add("mapping-type", f"{to.label} is a {to.type}, not an object.", node)
            return NOTHING
        return _long(kit, node, to)
    if node.get("from") is not None:
        return _long(kit, node, to)
    if to.type == "Extension" and _is_shorthand(kit, node):
        return _extensions(kit, node, to)
    return nested(kit, node, to)


def texts(node: Yaml | None) -> tuple[Text, ...]:
    """One text or a list of texts."""
    found = node.items if isinstance(node, Items) else (node,)
    return tuple(n for n in found if isinstance(n, Text))


def nested(kit: Kit, node: Pairs, to: Target, whole: bool = True) -> Line:
    """An object of the elements of a type: `each` repeats it, `when` guards it.

    `whole`: it stands for itself, so it needs something of the message and every required element.
    """
    known = kit.elements.children(to.type) or {} if to.type else None
    words = {w for w in ("each", "when") if known is None or w not in known}
    fields = [f for key, v in node.without(*words).pairs if (f := _field(kit, key, v, to, known))]
    each = [kit.place(t) for t in texts(node.get("each"))] if "each" in words else []
    when = conditions.conditions(kit, texts(node.get("when"))) if "when" in words else None
    constant = not each and all(f.constant for f in fields)
    wanted = [*needed(known or {}), *ONE_OF.get(to.type, ())] if whole else []
    build = _object(fields, constant or not whole, wanted, to, f"{kit.mistakes.file}:{node.line}")
    always = constant and whole and all(f.always for f in fields)
    if always and to.type not in ("", "Identifier"):         # identifiers are looked into for keys
        build = _once(build)
    if when:
        build = _guarded(build, when)
    needs = kit.needs_of(texts(node.get("each"))) if each else None
    if needs is None and not constant:
        needs = together(f.needs for f in fields if not f.constant)
    if needs is None and when and not each:
        needs = conditions.needs(kit, texts(node.get("when")))
    return Line(_repeated(build, each[0]) if each else build, constant, needs, always and not when)


def _field(kit: Kit, key: Text, node: Yaml, to: Target, known: Mapping[str, ElementRow] | None) -> _Field | None:
    name = key.value
    if known is None:
        compiled = value(kit, node, Target(f"{to.label}.{name}".lstrip("."), many=name in REPEATED))
        return _Field(name, compiled.build, name in REPEATED, compiled.constant, needs=compiled.needs)
    element, label = known.get(name), f"{to.label}.{name}"
    if element:
        aim = target(label, element, kit.elements)
        compiled = value(kit, node, aim)
        return _Field(name, compiled.build, aim.many, compiled.constant, needs=compiled.needs, always=compiled.always)
    choice = frozenset(n for n, e in known.items() if name.endswith("[x]") and e.choice_of == name[:-3])
    if choice:
        compiled = value(kit, node, Target(label))
        return _Field("", compiled.build, False, compiled.constant, choice, compiled.needs)
    if name[:1] == "_" and name[1:] in known and known[name[1:]].types[0] in kit.elements.primitives:
        compiled = value(kit, node, Target(label, "Element"))
        return _Field(name, compiled.build, False, compiled.constant, needs=compiled.needs, always=compiled.always)
    kit.mistakes.add("mapping-element", f"{to.label} has no element {name!r}{guess(name, known)}", key)
    return None


def _object(fields: list[_Field], constant: bool, wanted: list[frozenset[str]], to: Target, rule: str) -> Build:
    left = Left(fields, "name", "build", "many", "constant", "choice")

    def build(tree: Tree, run: Run) -> list[Any]:
        out: dict[str, Any] = {}
        solid, deleted = constant, NO_LEAVES
        emptied: list[str] = []
        for name, get, many, fixed, choice in left[run.holds(tree)]:
            found = get(tree, run)
            if not found:
                continue
            first = found[0]
            if first.__class__ is not dict and isinstance(first, Value) and first.content is None:
                deleted += first.origins
                emptied.append(name)
            elif not fixed:
                solid = True
            if name:
                out[name] = found if many else first
            else:
                _spread(out, first, choice, to, run, rule)
        if not solid:
            return [Value(None, deleted)] if deleted else []
        said = out if not emptied else out.keys() - set(emptied)
        if wanted and (missing := [group for group in wanted if group.isdisjoint(said)]):
            run.incomplete("element-required", to.label, missing, rule)
            return [Value(None, deleted)] if deleted else []
        return [out]
    return build


def _spread(out: dict[str, Any], item: Any, choice: frozenset[str], to: Target, run: Run, rule: str) -> None:
    """Elements of a choice that the function itself named."""
    if isinstance(item, Because):
        inner = item.item
        item = {n: Because(v, item.origins) for n, v in inner.items()} if isinstance(inner, dict) else inner
    if isinstance(item, dict) and choice.issuperset(item):
        out.update(item)
    elif not (isinstance(item, Value) and item.content is None):
        run.context.rule = rule
        run.failed(to.label, "", ", ".join(item) if isinstance(item, dict) else item, "names no type of this element")


def needed(known: Mapping[str, ElementRow]) -> list[frozenset[str]]:
    """The elements that must be there, each with its alternatives."""
    groups: dict[str, set[str]] = {}
    for name, element in known.items():
        if element.min > 0:
            groups.setdefault(element.choice_of or name, set()).add(name)
    return [frozenset(names) for names in groups.values()]


def _guarded(build: Build, when: Condition) -> Build:
    def guarded(tree: Tree, run: Run) -> list[Any]:
        because = when(tree)
        if because is None:
            return []
        found = build(tree, run)
        return [Because(item, because) for item in found] if because else found
    return guarded


def _once(build: Build) -> Build:
    """What is the same in every message, made once and for all as the plain object; anew where lines are traced."""
    said: list[Any] = []

    def once(tree: Tree, run: Run) -> list[Any]:
        if run.lineage:
            return build(tree, run)
        if not said:
            said[:] = [Value(plain(item)) for item in build(tree, run)]
        return said
    return once


def _repeated(build: Build, select: Callable[[Tree], list[Any]]) -> Build:
    def repeated(tree: Tree, run: Run) -> list[Any]:
        places = select(tree)
        return [item for place in places for item in build(place, run)] if len(places) != 1 else build(places[0], run)
    return repeated


def _sequence(parts: list[Line], to: Target) -> Line:
    """One after the other; an element that does not repeat takes the first part that gives something."""
    left = Left(parts, "build")

    def concatenated(tree: Tree, run: Run) -> list[Any]:
        out: list[Any] = []
        for build in left[run.holds(tree)]:
            if found := build(tree, run):
                out = [*out, *found] if out else found
        return out

    def first(tree: Tree, run: Run) -> list[Any]:
        deleted: list[Any] = []
        for build in left[run.holds(tree)]:
            found = build(tree, run)
            if found and not (isinstance(found[0], Value) and found[0].content is None):
                return [Because(found[0], tuple(o for d in deleted for o in d.origins))] if deleted else found
            deleted += found
        return deleted
    return Line(concatenated if to.many else first, all(p.constant for p in parts), together(p.needs for p in parts),
                all(p.always for p in parts))


def _long(kit: Kit, node: Pairs, to: Target) -> Line:
    """`{from, when, add}`."""
    source, add, when = node.get("from"), node.get("add"), conditions.conditions(kit, texts(node.get("when")))
    base = line(kit, source, to) if isinstance(source, Text) else NOTHING
    build = base.build
    if isinstance(add, Pairs):
        if to.primitive:
            kit.mistakes.add("mapping-type", f"{to.label} is a {to.type}; `add` fills objects.", add)
            return NOTHING
        build = _filled(build, nested(kit, add, to, whole=False).build)
    if when is None:
        return Line(build, base.constant, base.needs)
    return Line(_guarded(build, when), base.constant, base.needs or conditions.needs(kit, texts(node.get("when"))))


def _filled(build: Build, add: Build) -> Build:
    def filled(tree: Tree, run: Run) -> list[Any]:
        found = build(tree, run)
        if not found:
            return found
        extra: Any = next(iter(add(tree, run)), {})
        return [_fill(item, extra) for item in found]
    return filled


def _fill(item: Any, extra: Any) -> Any:
    if isinstance(item, Because):
        return Because(_fill(item.item, extra), item.origins)
    if not isinstance(item, dict) or not isinstance(extra, dict):
        return item
    return {**item, **{name: v for name, v in extra.items() if not item.get(name)}}


def _is_shorthand(kit: Kit, node: Pairs) -> bool:
    """True when the names are URLs of extensions and not elements of an Extension."""
    known = {*(kit.elements.children("Extension") or {}), "each", "when", "value[x]"}
    return all(key.value not in known for key, _ in node.pairs)


def _extensions(kit: Kit, node: Pairs, to: Target) -> Line:
    """Extensions by URL; inside another extension a bare name is the URL."""
    within = to.label.rpartition(".")[0].lower().endswith("extension")
    parts = []
    for key, content in node.pairs:
        url = key.value if ":" in key.value or within else CORE + key.value
        line_ = Text(f"= `{url}`", key.line, key.column)
        for entry in content.items if isinstance(content, Items) else (content,):
            if isinstance(entry, Pairs):
                named = Pairs(((Text("url", key.line, key.column), line_), *entry.pairs), entry.line, entry.column)
                parts.append(nested(kit, named, to))
            else:
                kit.mistakes.add("mapping-shape", f"Write the element that holds it, for instance {{ valueString: "
                                 f"{getattr(entry, 'value', '…')} }}.", entry)
    return _sequence(parts, to)
