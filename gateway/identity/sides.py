"""Two patients side by side, for the human who decides: field by field what each says, and whether that is the same.

One row of FIELDS adds a field. Texts are as they were said; what is compared is normalised as for linking, so that
`ÖBERG` and `Oeberg` are the same where the model says so and a placeholder is not given.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from gateway.identity.features import Features
from gateway.identity.patient import MOST, features_of

Json = Mapping[str, Any]
SAME, DIFFERS, NOT_GIVEN = "same", "differs", "not given"
_TWO_LETTERS = re.compile("([aou])e")       # Aengsstigen is Ängsstigen, which stands here without its dots


class Field(NamedTuple):
    """texts: as people read them; keys: what is compared, of which one in common is enough.

    kinds  the keys are `kind|value`, and only those of one kind are compared: numbers of two hospitals do not differ
    """

    name: str
    texts: Callable[[Json], Iterable[str]]
    keys: Callable[[Features, Json], Iterable[Any]]
    kinds: bool = False


class Side(NamedTuple):
    """One row of the comparison. word: same | differs | not given."""

    field: str
    a: tuple[str, ...]
    b: tuple[str, ...]
    word: str


def _objects(patient: Json, name: str) -> list[Json]:
    value = patient.get(name)
    return [v for v in value if isinstance(v, Mapping)] if isinstance(value, list) else []


def _joined(value: Any) -> str:
    return " ".join(v for v in value if isinstance(v, str)) if isinstance(value, list) else str(value or "")


def _names(part: str, *, former: bool) -> Callable[[Json], list[str]]:
    def texts(patient: Json) -> list[str]:
        found = [n for n in _objects(patient, "name") if (n.get("use") in ("old", "maiden", "nickname")) is former]
        return [t for n in found if (t := _joined(n.get(part)) or (_joined(n.get("text")) if part == "family" else ""))]
    return texts


def _further(patient: Json) -> list[str]:
    return [t for n in _objects(patient, "name")[:1] if (t := " ".join(_joined(n.get("given")).split()[1:]))]


def _identifiers(patient: Json) -> list[str]:
    return [f"{i['value']} ({i.get('system') or _kind(i) or 'no assigner'})" for i in _objects(patient, "identifier")
            if i.get("value")]


def _kind(identifier: Json) -> str:
    kind = identifier.get("type")
    return str(kind.get("text") or next((c.get("code", "") for c in _objects(kind, "coding")), "")) if isinstance(
        kind, Mapping) else ""


def _address(a: Json) -> str:
    town = " ".join(filter(None, (_joined(a.get("postalCode")), _joined(a.get("city")))))
    street = _joined(a.get("line")) or _joined(a.get("text"))
    return ", ".join(filter(None, (street, town, _joined(a.get("state")), _joined(a.get("country")))))


def _addresses(patient: Json) -> list[str]:
    return [t for a in _objects(patient, "address") if (t := _address(a))]


def _home(f: Features, _: Json) -> Iterable[Any]:
    doors = f.places or _given(" ".join(filter(None, (f.street, f.house, f.postcode, f.city))))
    return {_TWO_LETTERS.sub(r"\1", door) for door in doors}


def _telecom(*systems: str) -> Callable[[Json], list[str]]:
    return lambda p: [str(t["value"]) for t in _objects(p, "telecom") if t.get("value") and t.get("system") in systems]


def _maiden(patient: Json) -> list[str]:
    return [str(e["valueString"]) for e in _objects(patient, "extension")
            if str(e.get("url", "")).endswith("/patient-mothersMaidenName") and e.get("valueString")]


def _death(patient: Json) -> list[str]:
    at, dead = patient.get("deceasedDateTime"), patient.get("deceasedBoolean")
    return [str(at)] if at else ["yes, no date"] if dead is True else ["no"] if dead is False else []


def _born_as(patient: Json) -> list[str]:
    order, several = patient.get("multipleBirthInteger"), patient.get("multipleBirthBoolean")
    return [f"number {order} of a multiple birth"] if order is not None else (
        ["one of several"] if several is True else [])


def _contacts(patient: Json) -> list[str]:
    return [t for c in _objects(patient, "contact") if isinstance(n := c.get("name"), Mapping)
            and (t := " ".join(filter(None, (_joined(n.get("given")), _joined(n.get("family")))))
                 or _joined(n.get("text")))]


def _given(value: Any) -> list[Any]:
    return [] if value in (None, "", ()) else [value]


FIELDS = (
    Field("family name", _names("family", former=False), lambda f, _: _given(f.family)),
    Field("given name", _names("given", former=False), lambda f, _: _given(f.given)),
    Field("further given names", _further, lambda f, _: _given(f.middle)),
    Field("other names", _names("family", former=True), lambda f, _: set(f.families) - {f.family}),
    Field("generation", lambda p: [_joined(n.get("suffix")) for n in _objects(p, "name") if n.get("suffix")],
          lambda f, _: _given(f.life.generation)),
    Field("birth date", lambda p: _given(p.get("birthDate")), lambda f, _: _given(f.birth)),
    Field("sex", lambda p: _given(p.get("gender")), lambda f, _: _given(f.sex)),
    Field("national numbers and identifiers", _identifiers, lambda f, _: {*f.numbers, *f.record_numbers}, True),
    Field("address", _addresses, _home),
    Field("phone", _telecom("phone", "sms", "fax", "pager"), lambda f, _: f.phones),
    Field("e-mail", _telecom("email"), lambda f, _: f.emails),
    Field("mother's maiden name", _maiden, lambda f, _: _given(f.mother)),
    Field("relatives", _contacts, lambda f, _: f.relatives),
    Field("place in a multiple birth", _born_as, lambda f, _: _given(f.life.birth_order)),
    Field("death", _death, lambda f, p: _given(f.life.died or ("dead" if f.life.dead else "".join(_death(p))))),
)


def sides(a: Json, b: Json) -> list[Side]:
    """All fields of two FHIR R4 Patients. A field that neither gives is left out."""
    mine, theirs, found = features_of(a), features_of(b), []
    for f in FIELDS:
        texts = [_shown(tuple(dict.fromkeys(f.texts(p)))) for p in (a, b)]
        if any(texts):
            keys = set(f.keys(mine, a)), set(f.keys(theirs, b))
            found.append(Side(f.name, texts[0], texts[1], word(*(_alike(*keys) if f.kinds else keys))))
    return found


def _shown(texts: tuple[str, ...]) -> tuple[str, ...]:
    more = len(texts) - MOST
    return texts if more <= 0 else (*texts[:MOST], f"and {more} more, which are not compared")


def _alike(a: set[str], b: set[str]) -> tuple[set[str], set[str]]:
    """Of two sets of `kind|value` those of kinds that both have; values without a kind only where both are equal."""
    kinds = {k.rpartition("|")[0] for k in a} & {k.rpartition("|")[0] for k in b} - {""}
    compared = {k for k in a | b if k.rpartition("|")[0] in kinds} | (a & b)
    return a & compared, b & compared


def word(a: set[Any], b: set[Any]) -> str:
    """How two sets of normalised values compare: one in common is the same."""
    return NOT_GIVEN if not a or not b else SAME if a & b else DIFFERS
