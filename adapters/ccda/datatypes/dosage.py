"""The dose and the times of a substanceAdministration as a Dosage."""

import re
from typing import Any

from adapters.ccda.datatypes.codes import CD
from adapters.ccda.datatypes.narrative import said
from adapters.ccda.datatypes.parts import element, is_null
from adapters.ccda.datatypes.times import IVL, TS, quietly
from adapters.ccda.datatypes.values import PQ, Range, number
from adapters.ccda.tree import Element, Place
from gateway.sdk import Context, Value, because, full, joined

UCUM = "http://unitsofmeasure.org"
_UNITS = {"s": "s", "min": "min", "h": "h", "hour": "h", "hours": "h", "hr": "h", "d": "d", "day": "d", "days": "d",
          "wk": "wk", "week": "wk", "weeks": "wk", "mo": "mo", "month": "mo", "a": "a", "year": "a", "m": "min"}
_WORD = re.compile(r"[^\W\d_]{4,}")
# What a direction says and a name does not: how often, when, how to take it, in the languages of the realms read here.
_DIRECTS = re.compile(
    r"\b(?:take|apply|inhale|inject|insert|place|swish|every|each|once|twice|times?|weekly|monthly|bedtime|morning|evening|"
    r"night(?:ly)?|meals?|needed|directed|mouth|daily|days?|weeks?|bid|tid|qid|qd|qhs|qam|qpm|prn|b\.i\.d|t\.i\.d|q\.i\.d|q\d+h|"
    r"täglich|morgens|mittags|abends|nachts|bedarf|fois|jours?|matin|midi|soir|besoin|volt[ae]|giorn[oi]|mattin[oa]|sera|"
    r"bisogno|daglig(?:en|t)?|morgon|kväll|behov|aften)\b", re.I)
# Words of a product's name that directions have, too.
_FORMS = frozenset(("tablet", "tablets", "capsule", "capsules", "oral", "dose", "unit", "units", "hour", "daily"))
_EVENTS = frozenset(("AC", "ACD", "ACM", "ACV", "C", "CD", "CM", "CV", "HS", "PC", "PCD", "PCM", "PCV", "WAKE"))


def dosages(place: Place, context: Context) -> list[dict[str, Any]]:
    """Dosages: one, or where the doses differ by time or step (split, tapered) one for each, in their order."""
    sa = element(place)
    steps = [e for r in sa.all("entryRelationship") if r.attributes.get("typeCode") == "COMP"
             for e in r.all("substanceAdministration") if "dose" in e.labels]
    whole_ = dosage(sa, context)
    if not steps:
        return [whole_] if whole_ else []
    shared = {k: v for k, v in (whole_ or {}).items() if k in ("route", "site", "asNeededCodeableConcept", "method")}
    bounds = {k: v for k, v in (whole_ or {}).get("timing", {}).get("repeat", {}).items() if k == "boundsPeriod"}
    found: list[dict[str, Any]] = []
    for step in steps:
        if one := dosage(step, context):
            timing_ = one.get("timing", {})
            repeat = full({**bounds, **timing_.get("repeat", {})})
            when = full({**timing_, "repeat": repeat})
            found.append(full({"sequence": Value(len(found) + 1), **shared, **one, "timing": when}) or one)
    own = whole_ is not None and not whole_.keys() <= {"timing", *shared}
    return [*([whole_] if whole_ and (own or not found) else []), *found]


def dosage(place: Place, context: Context) -> dict[str, Any] | None:
    """Dosage: text, timing, as needed, route, site, dose, rate, the most in a period."""
    sa = element(place)
    dose, rate, most = sa.first("doseQuantity"), sa.first("rateQuantity"), sa.first("maxDoseQuantity")
    given = full({**_counted(_amount(dose, "dose", context), sa, context), **_amount(rate, "rate", context)})
    condition = next((c for p in sa.all("precondition") for c in p.all("criterion")), None)
    reason = None
    if condition is not None:
        value = condition.first("value")
        reason = CD(value, context) if value is not None else None
        reason = reason or full({"text": said(text)} if (text := condition.first("text")) is not None else {})
        code = condition.first("code")
        reason = reason or (CD(code, context) if code is not None and code.get("code") else None)
    route, site = sa.first("routeCode"), sa.first("approachSiteCode")
    return full({
        "text": _text(sa), "timing": timing(sa, context), "asNeededCodeableConcept": reason,
        "route": CD(route, context) if route is not None else None,
        "site": CD(site, context) if site is not None else None, "doseAndRate": [given] if given else [],
        **(_most(most, context) if most is not None else {})})


def _text(sa: Element) -> Value | None:
    """Directions in free text: those of the template for it."""
    for sig in (e for r in sa.all("entryRelationship") for e in r.all("substanceAdministration")):
        if "free-text-sig" in sig.labels and (text := sig.first("text")) is not None and (found := said(text)):
            return found
    dose = sa.first("doseQuantity")
    words = _unread(dose) if dose is not None else None
    text = sa.first("text")
    if words or text is None or (line := said(text)) is None:
        return words
    # a reference leads to a line of the narrative, mostly the medicine's name; what stands here is how to take it
    return line if (_directs(text.text, sa) if text.text else _only_directs(str(line.content), sa)) else None


def _unread(dose: Element) -> Value | None:
    """A dose that is no amount: `1-2 tablets`, or words beside it."""
    value, unit = dose.get("value"), dose.get("unit")
    if value is not None and number(value) is None:
        return value.to(f"{value.content} {unit.content}") if unit is not None else value
    if value is not None or dose.first("low") is not None or dose.first("high") is not None:
        return None
    return next((found for holder in (dose, *dose.all("translation")) for o in holder.all("originalText")
                 if (found := said(o))), None)


def _names(sa: Element) -> list[str]:
    """What the medicine is called in its entry."""
    told = [e for h in sa.all("consumable") for p in h.all("manufacturedProduct") for m in p.children
            for e in (*m.all("code"), *m.all("name"))]
    told += [t for e in told for t in e.all("translation")]
    return [words for e in told for words in (e.attributes.get("displayName"), e.attributes.get("code"), e.text)
            if words] + [str(words.content) for e in told for o in e.all("originalText") if (words := said(o))]


def _directs(text: str, sa: Element) -> bool:
    """Whether a text tells how to take the medicine: it does not begin with the medicine, which is told elsewhere."""
    names, first = _names(sa), text.casefold().split(maxsplit=1)[0]
    return bool(names) and not any(first in name.casefold().split() for name in names)


def _only_directs(line: str, sa: Element) -> bool:
    """Whether a line of the narrative tells how to take the medicine and nothing else: no word of its name is in it."""
    named = {word for name in _names(sa) for word in _WORD.findall(name.casefold())} - _FORMS
    return bool(named and _DIRECTS.search(line)) and named.isdisjoint(_WORD.findall(line.casefold()))


def _amount(pq: Element | None, name: str, context: Context) -> dict[str, Any]:
    if pq is None:
        return {}
    if pq.first("low") is not None or pq.first("high") is not None:
        found = Range(pq, context)
        return {f"{name}Range": found} if found else {}
    quantity = PQ(pq, context) or (PQ(center, context) if (center := pq.first("center")) is not None else None)
    return {f"{name}Quantity": {k: v for k, v in quantity.items() if k != "comparator"}} if quantity else {}


def _counted(amount: dict[str, Any], sa: Element, context: Context) -> dict[str, Any]:
    """A dose that is a bare number counts the units of administration: tablets, puffs."""
    dose, counted = amount.get("doseQuantity"), sa.first("administrationUnitCode")
    if not dose or dose.get("unit") or counted is None or not (unit := CD(counted, context, "display")):
        return amount
    coding = CD(counted, context, "coding") or {}
    coded = {n: coding[n] for n in ("system", "code")} if coding.get("system") and coding.get("code") else {}
    return {**amount, "doseQuantity": {"value": dose["value"], "unit": unit, **coded}}


def unit_alone(place: Place, context: Context) -> Value | None:
    """What is counted in a dose that is not told, in words: an amount without a number would be none."""
    sa = element(place)
    dose, counted = sa.first("doseQuantity"), sa.first("administrationUnitCode")
    told = dose is not None and any(
        e.get("value") for e in (dose, *(e for n in ("low", "center", "high") for e in dose.all(n))))
    unit = CD(counted, context, "text") if counted is not None and not told else None
    return unit.to(f"Unit of administration: {unit.content}") if unit is not None else None


def _most(most: Element, context: Context) -> dict[str, Any]:
    """The most in a period; without one, the most at a time."""
    upper, period = ((PQ(p, context) if (p := most.first(n)) is not None else None)
                     for n in ("numerator", "denominator"))
    if upper and not (period and period.get("unit")):
        return {"maxDosePerAdministration": upper}
    return {"maxDosePerPeriod": full({"numerator": upper, "denominator": period})}


def timing(sa: Element, context: Context) -> dict[str, Any] | None:
    """Timing of the effectiveTimes: bounds of the interval, period or event of the others, a single time as event."""
    repeat: dict[str, Any] = {}
    events: list[Value] = []
    for time in sa.all("effectiveTime"):
        _take(time, repeat, events, context)
    times = whole(n, context) if sa.attributes.get("moodCode") == "INT" and (n := sa.first("repeatNumber")) else None
    return full({"event": events, "repeat": full({**repeat, "count": times})})


def _take(time: Element, repeat: dict[str, Any], events: list[Value], context: Context) -> None:
    for inner in time.all("comp"):
        _take(inner, repeat, events, context)
    kind = time.attributes.get("xsi:type", "").rpartition(":")[2]
    period, event = time.first("period"), time.first("event")
    if period is not None:
        repeat.update(_period(time, period, context))
    elif event is not None and (code := event.get("code")) is not None:
        if str(code.content) in _EVENTS:
            repeat["when"] = [*repeat.get("when", ()), code]
            if "offset" not in repeat and (minutes := _offset(time, str(code.content))) is not None:
                repeat["offset"] = minutes
    elif kind != "PIVL_TS" and not is_null(time):
        if (value := time.get("value")) is not None:
            if moment := quietly(value, time, context):
                events.append(moment)
        elif bounds := IVL(time, context):
            repeat["boundsPeriod"] = bounds


_MINUTES = {"min": 1, "h": 60, "d": 1440}


def _offset(time: Element, event: str) -> Value | None:
    """Minutes before or after an event; a meal itself has none (tim-9)."""
    low = next((e for o in time.all("offset") for e in (*o.all("low"), *o.all("center"), o)
                if "value" in e.attributes), None)
    amount, unit = (number(low.get("value")), low.attributes.get("unit", "")) if low is not None else (None, "")
    minutes = abs(int(amount.content)) * _MINUTES.get(unit, 0) if amount is not None else 0
    return amount.to(minutes) if amount is not None and minutes and event not in ("C", "CM", "CD", "CV") else None


def _period(time: Element, period: Element, context: Context) -> dict[str, Any]:
    """Once in each period; `low` and `high` of it are the least and the longest wait."""
    low, high = period.first("low"), period.first("high")
    main = low if low is not None else period
    value, unit = number(main.get("value")), main.get("unit") or period.get("unit")
    code = _UNITS.get(str(unit.content).strip().lower()) if unit else None
    if value is None or unit is None or code is None:
        return {}
    longest = number(high.get("value")) if high is not None and low is not None else None
    return {"frequency": because(1, value), "period": value, "periodUnit": unit.to(code),
            **({"periodMax": longest} if longest else {})}


def supply_quantity(place: Place, context: Context) -> dict[str, Any] | None:
    """A SimpleQuantity, also of a quantity without a unit."""
    quantity = PQ(place, context)
    return {k: v for k, v in quantity.items() if k != "comparator"} if quantity else None


def ordered(place: Place, context: Context) -> Value | None:
    """What was ordered of a medicine that somebody takes, in words: product, quantity, fills, last day."""
    supply = element(place)
    product = next((n for p in supply.all("product") for m in p.all("manufacturedProduct")
                    for d in m.all("manufacturedMaterial") for n in (*d.all("name"), *d.all("code"))), None)
    amount = PQ(q, context) if (q := supply.first("quantity")) is not None else None
    fills = supply.first("repeatNumber")
    times = number(fills.get("value")) if fills is not None else None
    last = next((h for t in supply.all("effectiveTime") for h in t.all("high") if h.get("value")), None)
    until = TS(last, context) if last is not None else None
    name = (said(product) or CD(product, context, "text")) if product is not None else None
    parts = [p for p in (
        name, amount["value"].to(f"{amount['value'].content} {_unit_of(amount)}".strip()) if amount else None,
        times.to(f"{times.content} {'fill' if str(times.content) == '1' else 'fills'}") if times else None,
        until.to(f"until {until.content}") if until else None) if p is not None]
    found = joined(parts, ", ")
    return Value(f"Ordered: {found.content}", found.origins) if found else None


def _unit_of(amount: dict[str, Any]) -> str:
    return str(unit.content) if (unit := amount.get("unit")) and unit.content != "1" else ""


def refills(place: Place, context: Context) -> Value | None:
    """`repeatNumber` counts all fills, FHIR those after the first: n − 1."""
    value = element(place).get("value")
    count = number(value)
    if value is None or count is None or not str(count.content).isdecimal():
        return None
    return value.to(max(int(str(count.content)) - 1, 0))


def whole(place: Place, context: Context) -> Value | None:
    """A positive whole number, else nothing."""
    value = element(place).get("value")
    text = str(value.content).strip() if value is not None else ""
    return value.to(int(text)) if value is not None and text.isdecimal() and int(text[:9]) > 0 else None


def as_number(place: Place, context: Context) -> Value | None:
    """A decimal."""
    return number(element(place).get("value"))
