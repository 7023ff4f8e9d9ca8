"""A problem observation with several values: those that name another problem, and those that say it in other codes."""

from adapters.ccda.tree import Element


def other_problems(observation: Element) -> list[Element]:
    """Its values behind the first that name a problem of their own.

    A system has one code for one thing, so a second code of a system that was used before names something else, unless
    it is the same code again; a code of another system says the same in other words.
    """
    found: list[Element] = []
    known: dict[str, str] = {}
    for value in observation.all("value"):
        system, code = value.attributes.get("codeSystem", ""), value.attributes.get("code", "")
        if code and known.setdefault(system, code) != code:
            found.append(value)
    return found


def same_problem(observation: Element) -> list[Element]:
    """Its values behind the first that say the same problem: in another system, or in words."""
    others = set(other_problems(observation))
    return [v for v in observation.all("value")[1:] if v not in others]
