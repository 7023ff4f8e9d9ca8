"""The files of the two hospitals that speak HL7 v2.

Norrvik (Sweden) writes a file a message, in ISO 8859-1 with line feeds, its own test codes, and a local segment.
Elbhafen (Germany) writes batches, in UTF-8, its times to the minute, and merges the charts of patients it met twice.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from tests.population.chart import Chart, Result, Visit
from tests.population.hl7 import Site, segment, stamp
from tests.population.views import View

NORRVIK = Site("norrvik", "NORRPAS", "NORRVIK", "8859/1", "%Y%m%d%H%M%S", "NRVLAB", "Klinisk kemi",
               "Hudutslag")
ELBHAFEN = Site("elbhafen", "ELBKIS", "ELBHAFEN", "UNICODE UTF-8", "%Y%m%d%H%M", "", "Klinische Chemie",
                "Hautausschlag", "2.5")
_KIND = {"norrvik": "MR", "elbhafen": "PI"}


class Sent(NamedTuple):
    """A message, when it was sent, and its trigger."""

    at: datetime
    type: str
    control: str
    text: str


def messages(site: Site, seen: View, chart: Chart) -> Iterator[Sent]:
    """Everything that a hospital sends about one patient."""
    pid, person = site.pid(seen, _KIND[site.name]), seen.person.key[1:]
    for n, visit in enumerate(chart.visits):
        yield from _visit(site, pid, chart, visit, f"{person}{n}")
    groups = groupby(sorted(chart.results, key=_answer), key=_answer)
    for n, (_, group) in enumerate(groups):
        results = list(group)
        at, control = results[0].issued, f"{site.authority[:1]}R{person}{n}"
        lines = [site.obx(i, r) for i, r in enumerate(results, 1)]
        text = site.message("ORU^R01^ORU_R01", control, at, pid, site.obr(results[0]), *lines)
        yield Sent(at, "ORU-R01", control, text)
    for n, shot in enumerate(chart.shots):
        at, control = datetime(shot.day.year, shot.day.month, shot.day.day, 11, 0), f"{site.authority[:1]}V{person}{n}"
        order = segment("ORC", {1: "RE", 3: f"{control}^{site.authority}"})
        text = site.message("VXU^V04^VXU_V04", control, at, pid, order, site.rxa(shot))
        yield Sent(at, "VXU-V04", control, text)


def _answer(result: Result) -> tuple[str, datetime, str]:
    return result.sample, result.issued, result.status


def _visit(site: Site, pid: str, chart: Chart, visit: Visit, name: str) -> Iterator[Sent]:
    """Arrival with allergies and diagnoses, an update when somebody turns the list of allergies round, discharge."""
    event = "A01" if visit.kind == "I" else "A04"
    allergies, turned = ([site.al1(n, a) for n, a in enumerate(order, 1)]
                         for order in (chart.allergies, chart.allergies[::-1]))
    told = [*allergies, *(site.dg1(n, p) for n, p in enumerate(chart.problems, 1))]
    local = [segment("ZPI", {1: "1", 2: "Vårdval", 3: "B"})] if site.name == "norrvik" else []
    yield _adt(site, event, visit.start, f"{name}A", pid, site.pv1(visit, False), *told, *local)
    if len(allergies) > 1:
        yield _adt(site, "A08", visit.start + timedelta(minutes=40), f"{name}B", pid, site.pv1(visit, False),
                   *turned)
    if visit.end:
        yield _adt(site, "A03", visit.end, f"{name}C", pid, site.pv1(visit, True))


def _adt(site: Site, event: str, at: datetime, name: str, pid: str, *segments: str) -> Sent:
    structure = {"A04": "ADT_A01", "A08": "ADT_A01", "A40": "ADT_A39"}.get(event, f"ADT_{event}")
    control = f"{site.authority[:1]}A{name}"
    return Sent(at, f"ADT-{event}", control, site.message(f"ADT^{event}^{structure}", control, at, site.evn(event, at),
                                                          pid, *segments))


def met_twice(seen: View, chart: Chart) -> tuple[View, list[Sent]]:
    """A patient whom Elbhafen had registered under another number, and the merge of the two charts afterwards."""
    older = replace(seen, number=f"9{seen.number[1:]}", national={}, phone="")
    first = min(v.start for v in chart.visits)
    start = first - timedelta(days=60)
    arrived = Visit("O", start, start + timedelta(hours=1), chart.visits[0].reason, "AMB", f"E9{seen.number}")
    merged = chart.visits[0].start + timedelta(days=2)
    mrg = segment("MRG", {1: f"{older.number}^^^{ELBHAFEN.authority}^PI"})
    name = f"{seen.person.key[1:]}M"
    return older, [*_visit(ELBHAFEN, ELBHAFEN.pid(older, "PI"), Chart(), arrived, name),
                   _adt(ELBHAFEN, "A40", merged, f"{name}X", ELBHAFEN.pid(seen, "PI"), mrg)]


def norrvik_files(sent: list[Sent]) -> dict[str, bytes]:
    """A file a message, and one of which only the end arrived."""
    files = {f"norrvik/{stamp(s.at)}-{s.type}-{s.control}.hl7": s.text.replace("\r", "\n").encode("iso-8859-1")
             for s in sorted(sent)}
    files["norrvik/20260315030000-broken.hl7"] = b"|NORRVIK^MR||||1\nOBX|1|NM|K^P-Kalium^NRVLAB||4.1|mmol/L|||||F\n"
    return files


def elbhafen_files(sent: list[Sent]) -> dict[str, bytes]:
    """A batch file a quarter."""
    files = {}
    for quarter, group in groupby(sorted(sent), key=lambda s: f"{s.at.year}-Q{(s.at.month + 2) // 3}"):
        batch = list(group)
        at = f"{batch[-1].at:%Y%m%d%H%M}"
        head = f"FHS|^~\\&|ELBKIS|ELBHAFEN|GW|GW|{at}\rBHS|^~\\&|ELBKIS|ELBHAFEN|GW|GW|{at}\r"
        text = head + "".join(s.text for s in batch) + f"BTS|{len(batch)}\rFTS|1\r"
        files[f"elbhafen/batch-{quarter}.hl7"] = text.encode()
    return files
