"""What mappings say that is no resource: two patients are the same, a fact is retracted, a list is complete."""

from typing import Any

from gateway.mapping.draft import Draft, Run
from gateway.mapping.finish import Bare, Finish
from gateway.mapping.kit import Kit
from gateway.mapping.mistakes import guess
from gateway.mapping.reader import Pairs
from gateway.model import Assertion

NEEDED = {"same": ("a", "b"), "never": ("a", "b"), "retract": ("type", "id"),
          "move": ("type", "id", "patient", "to"), "listing": ("scope", "keys")}
MEMBERS = {"same": ("a", "b", "at"), "never": ("a", "b", "at"), "retract": ("type", "id", "version", "asserted", "at"),
           "move": ("type", "id", "patient", "to", "asserted", "at"),
           "listing": ("scope", "at", "keys", "patient")}
_COMMON = ("reason", "by")


def check(kit: Kit, fields: Pairs, kind: str) -> None:
    """Mistakes for members that the kind of assertion does not have, or lacks."""
    known = (*MEMBERS.get(kind, ()), *_COMMON)
    for key, _ in fields.pairs:
        if key.value not in known:
            kit.mistakes.add("mapping-element", f"An assertion `{kind}` has no member {key.value!r}"
                             f"{guess(key.value, known)}", key)
    for name in NEEDED.get(kind, ()):
        if fields.get(name) is None:
            kit.mistakes.add("mapping-missing", f"An assertion `{kind}` needs the member {name!r}.", fields)


def finished(draft: Draft, number: int, out: Finish | Bare, run: Run) -> Assertion | None:
    """The plain assertion, or None and an issue when a member that it needs is not there."""
    if draft.type == "listing" and (short := run.short.intersection(k.type for k in run.links if k.owner is draft)):
        run.context.rule = draft.rule
        run.context.issue("listing-short", f"The listing is left out: {', '.join(sorted(short))} of this message could "
                          "not be made, and what it does not name would end.", draft.where,
                          "See the issue that says why, and replay the message.")
        return None
    element = f"{draft.type}[{number}]"
    body: dict[str, Any] = {"keys": []} if draft.type == "listing" else {}
    reached: Any = out.fork()
    for name, item in draft.body.items():
        member = "scope" if draft.type == "listing" and name == "patient" else name
        plain = reached.strip(item, f"{element}.{member}")
        if plain is not None:
            body[name] = plain
    missing = [name for name in NEEDED[draft.type] if name not in body]
    if missing:
        run.context.rule = draft.rule
        run.context.issue("assertion-incomplete", f"An assertion `{draft.type}` is left out: it has no "
                          f"{', '.join(missing)}.", draft.where,
                          "Guard the mapping with `when`, or correct the message at its source.")
        return None
    out.because(draft.because, element)
    out.join(reached)
    if draft.type == "listing" and "patient" in body:
        body["scope"] = f"{body.pop('patient')}/{body['scope']}"
    return Assertion(draft.type, {"source": run.context.source, **body} if run.context.source else body)
