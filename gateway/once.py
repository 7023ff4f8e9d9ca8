"""A value that is made when it is first asked for, and kept."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    once = cached_property
else:
    class once(cached_property):
        """`cached_property` without the one lock that Python 3.11 takes for all instances: for pure functions of what
        does not change, where two threads at once may both make the value."""

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            value = instance.__dict__[self.attrname] = self.func(instance)
            return value
