"""The demo world: one invented population as seen by several organisations in three countries, and the truth.

    make_world(70, seed=1).write(folder)

writes a folder for each organisation that sends files (norrvik, elbhafen, norrlab, soevang,
vesterhede, ahlbek) and
`truth.json`. A seventh, the home care of Strandby, never answers. The same arguments give the same bytes. `settings`
says how each is wired in, `second` what the second gateway reads.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from gateway.sdk import key_id
from tests.population import extracts, hospitals, region, summaries
from tests.population.chart import Chart, ordinary
from tests.population.hero import CONFLICTS, PLANTED, hero
from tests.population.people import SOURCES, Person, Population, population
from tests.population.settings import NUMBERS, second, settings
from tests.population.views import View, view

__all__ = ["NUMBERS", "SILENT", "TODAY", "World", "make_world", "second", "settings"]

TODAY = date(2026, 3, 31)
SILENT = "strandby"


@dataclass(frozen=True)
class World:
    """Files by path, and the truth.

    truth   seed, n, today; hero: key of the person who has everything; persons: key → name, birth_date, sex, patients
            [{source, system, value, id}]; twins, father_son, namesakes: pairs of persons that must never be linked;
            conflicts: what the merge must show; planted: what must be one thing, or nothing, on the hero's record;
            silent: the source that does not answer; rejected: how many units each source sends that cannot be read
    """

    files: dict[str, bytes]
    truth: dict[str, Any]

    def write(self, folder: Path) -> None:
        """Write every organisation's files and truth.json below the folder."""
        truth = json.dumps(self.truth, ensure_ascii=False, indent=1).encode() + b"\n"
        for name, content in {**self.files, "truth.json": truth}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)


def make_world(n: int = 70, seed: int = 1) -> World:
    """A world of `n` people (at least 20). Raises ValueError for fewer."""
    made = population(n, seed, TODAY)
    charts = {p.key: hero() if p.key == "p001" else _charts(p, seed) for p in made.people}
    seen = {s: [(view(p, s, seed), charts[p.key][s]) for p in made.people if s in p.sources] for s in SOURCES}
    sent = [m for v, c in seen["norrvik"] for m in hospitals.messages(hospitals.NORRVIK, v, c)]
    older, elbhafen = _elbhafen(seen["elbhafen"], Random(f"{seed}/twice"))
    files = {**hospitals.norrvik_files(sent), **hospitals.elbhafen_files(elbhafen),
             **extracts.norrlab_files(seen["norrlab"]), **extracts.soevang_files(seen["soevang"]),
             **region.vesterhede_files(seen["vesterhede"]), **summaries.ahlbek_files(seen["ahlbek"])}
    views = [v for found in seen.values() for v, _ in found]
    return World(dict(sorted(files.items())), _truth(made, [*views, *older], n, seed))


def _charts(person: Person, seed: int) -> dict[str, Chart]:
    charts = ordinary(person, seed, TODAY)
    return {**charts, **({"ahlbek": summaries.ordinary(person, charts["elbhafen"], seed)} if "ahlbek" in person.sources else {})}


def _elbhafen(seen: list[tuple[View, Chart]], rng: Random) -> tuple[list[View], list[hospitals.Sent]]:
    """The hospital's messages, and the charts under which it had met some patients before."""
    sent = [m for v, c in seen for m in hospitals.messages(hospitals.ELBHAFEN, v, c)]
    twice = rng.sample([(v, c) for v, c in seen if c.visits and v.person.key != "p001"], 2)
    pairs = [hospitals.met_twice(v, c) for v, c in twice]
    return [older for older, _ in pairs], [*sent, *(m for _, merged in pairs for m in merged)]


def _truth(made: Population, views: list[View], n: int, seed: int) -> dict[str, Any]:
    persons = {p.key: {"name": f"{' '.join(p.given)} {p.family}", "birth_date": p.born.isoformat(), "sex": p.sex,
                       "patients": [_patient(v) for v in views if v.person.key == p.key]} for p in made.people}
    conflicts = [{"person": "p001", "code": code, "type": type, "sources": list(sources), "what": what}
                 for code, type, sources, what in CONFLICTS]
    return {"seed": seed, "n": n, "today": TODAY.isoformat(), "hero": "p001", "silent": SILENT, "persons": persons,
            "twins": made.twins, "father_son": made.father_son, "namesakes": made.namesakes, "conflicts": conflicts,
            "planted": PLANTED, "rejected": {"norrvik": 1, "norrlab": 1}}


def _patient(seen: View) -> dict[str, str]:
    """A source patient: its number, and the id that its Patient gets from the mapping (or has in its FHIR source)."""
    system = NUMBERS[seen.source]
    id = seen.number if seen.source == "vesterhede" else key_id("Patient", system, seen.number)
    return {"source": seen.source, "system": system, "value": seen.number, "id": id}
