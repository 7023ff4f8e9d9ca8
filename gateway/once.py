"""A value that is made when it is first asked for, and kept."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Kept = TypeVar("Kept")


class once(Generic[Kept]):
    """`functools.cached_property` without the one lock that Python 3.11 takes for all instances: for pure functions of
    what does not change, where two threads at once may both make the value."""

    def __init__(self, make: Callable[[Any], Kept]) -> None:
        self._make, self.__doc__ = make, make.__doc__

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, of: None, _: type | None = None) -> "once[Kept]": ...

    @overload
    def __get__(self, of: object, _: type | None = None) -> Kept: ...

    def __get__(self, of: object | None, _: type | None = None) -> Any:
        if of is None:
            return self
        value = of.__dict__[self._name] = self._make(of)
        return value
