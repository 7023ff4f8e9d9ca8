"""A value that is made once for each instance, frozen or not."""

from dataclasses import dataclass, replace

from gateway.once import once


@dataclass(frozen=True)
class Sum:
    a: int
    made: list

    @once
    def twice(self) -> int:
        """What it says."""
        self.made.append(self.a)
        return 2 * self.a


def test_it_is_made_when_it_is_asked_for_and_kept() -> None:
    one, two = Sum(3, []), Sum(5, [])
    assert not one.made
    assert (one.twice, one.twice, two.twice) == (6, 6, 10)
    assert (one.made, two.made) == ([3], [5])


def test_a_copy_makes_its_own() -> None:
    one = Sum(3, [])
    assert (one.twice, replace(one, a=4).twice) == (6, 8)


def test_the_class_has_it_with_its_words() -> None:
    assert isinstance(Sum.twice, once) and Sum.twice.__doc__ == "What it says."
