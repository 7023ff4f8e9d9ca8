"""What an answer means: when two differ in words only, and when one says the other more precisely."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from gateway.merge.body import codes, obj, text
from gateway.merge.canonical import concept, plain
from gateway.merge.elements import slot
from gateway.merge.terms import Tables
from gateway.merge.times import moment
from gateway.merge.values import Value, exact, quantity, value
from gateway.merge.words import fold


class Saying(Protocol):
    """A member of a class, as far as its meaning goes."""

    @property
    def fact(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...
    @property
    def tier(self) -> Any: ...


S = TypeVar("S", bound=Saying)


@dataclass(frozen=True, slots=True)
class Meaning:
    """Compares answers of one class.

    test: the concept of an Observation, for its molar mass; daily: events of its type are told apart by day only
    """

    tables: Tables
    test: str | None = None
    is_result: bool = False
    daily: bool = False

    def of(self, name: str, member: Saying) -> Hashable:
        """Equal for two answers to one question that mean the same."""
        if name == "value" and self.is_result:
            return self.result(member).key
        if name in _STATES:
            return frozenset(codes(member.body, name)) or frozenset({fold(text(obj(member.body, name), "text"))})
        return tuple(self._plain(v, member.source) for n, v in sorted(member.body.items())
                     if slot(n) == name and not n.startswith("_"))

    def result(self, member: Saying) -> Value:
        return value(member.body, self.tables, member.source, self.test)

    def _plain(self, said: Any, source: str) -> Hashable:
        if isinstance(said, dict) and ("coding" in said or set(said) == {"text"}):
            return concept(said, self.tables, source) or plain(said)
        if _is_coding(said):
            return self.tables.concept(said["system"], said["code"])
        if isinstance(said, dict) and exact(said.get("value")) is not None:
            return quantity(said, self.tables, None).key
        at = moment(said) if isinstance(said, str) else None
        if at:
            return at.key
        if isinstance(said, list):
            return tuple(sorted((self._plain(v, source) for v in said), key=repr))
        return plain(said)

    def finest(self, name: str, saying: Sequence[S]) -> S:
        """The winner, or the first of its tier that says the winner's answer more precisely."""
        winner = saying[0]
        return next((m for m in saying[1:] if m.tier == winner.tier and self.refines(name, m, winner)), winner)

    def refines(self, name: str, finer: Saying, coarse: Saying) -> bool:
        """Does one say what the other says, only more precisely? `1970-05-03` and `1970`, 5.52 and 5.5."""
        if name == "value" and self.is_result:
            return finer.body.get("valueQuantity") != coarse.body.get("valueQuantity") and self.result(finer).inside(
                self.result(coarse))
        said, rough = _single(name, finer.body), _single(name, coarse.body)
        if isinstance(said, dict) and isinstance(rough, dict) and rough.keys() & {"coding", "text"}:
            return self._names(said, finer.source) and not self._names(rough, coarse.source)
        if name in _NOT_KNOWN:
            return rough == _NOT_KNOWN[name] and said != rough
        if name == "deceased" and rough is True:
            return isinstance(said, str)
        return _within(said, rough)

    def conflict(self, name: str, members: Iterable[Saying], shown: Saying) -> bool:
        """Is there an answer that the shown one neither equals nor says more precisely?

        Two hours of one day are no conflict where events are told apart by day only.
        """
        meant, day = self.of(name, shown), self.daily and name == "occurrence"
        return any(self.of(name, m) != meant and not self.refines(name, shown, m) and not self._agree(name, m, shown)
                   and not (day and _same_day(_single(name, m.body), _single(name, shown.body))) for m in members)

    def _names(self, codeable: Any, source: str) -> bool:
        """Does it name a thing, and not only its kind?"""
        named = concept(codeable, self.tables, source)
        return named is not None and named not in self.tables.kinds

    def _agree(self, name: str, a: Saying, b: Saying) -> bool:
        return name == "value" and self.is_result and self.result(a).agrees(self.result(b))


# Elements whose codes are FHIR's own, whatever the system was called when they were written.
_STATES = frozenset({"clinicalStatus", "verificationStatus"})
# Answers that say that the answer is not known.
_NOT_KNOWN = {"gender": "unknown", "status": "unknown", "criticality": "unable-to-assess"}


def _is_coding(said: Any) -> bool:
    return isinstance(said, dict) and "value" not in said and bool(text(said, "system") and text(said, "code"))


def _single(name: str, body: Mapping[str, Any]) -> Any:
    said = [v for n, v in body.items() if slot(n) == name and not n.startswith("_")]
    return said[0] if len(said) == 1 else None


def _same_day(a: Any, b: Any) -> bool:
    days = [found.day for d in (a, b) if isinstance(d, str) and (found := moment(d)) and found.day]
    return len(days) > 1 and days[0] == days[1]


def _within(said: Any, rough: Any) -> bool:
    """Is one date written inside the other, in the zone that it was written in?"""
    if not (isinstance(said, str) and isinstance(rough, str) and moment(said)):
        return False
    coarse = moment(rough)
    return bool(coarse and not coarse.exact and len(rough) < len(said) and said.startswith(rough))
