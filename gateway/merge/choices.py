"""Value choices of table 11b: whose answer is shown where the clinically safer one is not simply the newest."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway.merge.body import Body, text
from gateway.merge.elements import slot
from gateway.merge.meaning import S
from gateway.merge.times import Moment, moment

_RISKS = ("unable-to-assess", "low", "high")


def preferred(choice: str, name: str, saying: Sequence[S]) -> S:
    """The member whose answer is chosen; among those that cannot be compared the first in rank.

    Only members of the winner's tier are asked: an old copy must not outbid its origin.
    """
    peers = [m for m in saying if m.tier == saying[0].tier]
    graded = [(grade, m) for m in peers if (grade := CHOICES[choice](name, m.body)) is not None]
    if not graded:
        return saying[0]
    best = max(grade for grade, _ in graded)
    return next(m for grade, m in graded if grade == best)


def _worst(name: str, body: Body) -> Any:
    return _RISKS.index(text(body, name)) if text(body, name) in _RISKS else None


def _earliest(name: str, body: Body) -> Any:
    said = _when(name, body)
    return -said.low if said else None


def _latest(name: str, body: Body) -> Any:
    said = _when(name, body)
    return said.low if said else None


def _when(name: str, body: Body) -> Moment | None:
    """The date of an answer, of a period its start."""
    for element, said in sorted(body.items()):
        if slot(element) == name and not element.startswith("_"):
            return moment(text(said, "start") if isinstance(said, dict) else said if isinstance(said, str) else "")
    return None


CHOICES: Mapping[str, Callable[[str, Body], Any]] = {"worst": _worst, "earliest": _earliest, "latest": _latest}
