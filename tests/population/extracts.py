"""The extracts of the laboratory and of the practice: delimited text, each with its own habits.

Norrlab (Sweden) writes commas, dates with slashes, and at times a row that lacks a cell. Søvang (Denmark) writes
semicolons behind a byte order mark; its lists of medicines and problems come every month, whole.
"""

from collections.abc import Iterable
from itertools import groupby

from tests.population.chart import Chart, Result
from tests.population.numbers import CPR, PERSONNUMMER
from tests.population.views import View

Seen = tuple[View, Chart]
_DAY = {"2026-01": "2026-01-31", "2026-02": "2026-02-28", "2026-03": "2026-03-30"}
_SEX = {"female": "K", "male": "M"}
_STATUS = {"F": "slutsvar", "C": "rättat", "D": "makulerat"}
_SAID = {"active": "aktiv", "resolved": "afsluttet", "refuted": "afkræftet", "none": "ingen kendte"}


def norrlab_files(seen: list[Seen]) -> dict[str, bytes]:
    """The laboratory's results, a file a quarter."""
    head = ("sample_id", "patient_no", "personnummer", "family_name", "given_name", "birth_date", "sex", "Sample Date",
            "test_code", "test_name", "result", "unit", "result_status", "answered", "analyser")
    rows = sorted((r.taken, r.sample, v.number, r.term.code, _result(v, r)) for v, c in seen for r in c.results)
    files = {}
    for quarter, group in groupby(rows, key=lambda row: f"{row[0].year}-Q{(row[0].month + 2) // 3}"):
        lines = [row[-1] for row in group]
        broken = [lines[-1][:7]] if quarter == "2026-Q1" else []
        files[f"norrlab/results-{quarter}.csv"] = _text(",", [head, *lines, *broken]).encode()
    return files


def _result(view: View, result: Result) -> tuple[str, ...]:
    return (result.sample, view.number, view.national.get(PERSONNUMMER, ""), view.family, " ".join(view.given),
            view.born, _SEX[view.sex], f"{result.taken:%d/%m/%Y %H:%M}", result.term.other, result.term.said("norrlab"),
            result.value, result.unit, _STATUS[result.status], f"{result.issued:%d/%m/%Y %H:%M:%S}", "A2")


def soevang_files(seen: list[Seen]) -> dict[str, bytes]:
    """The practice's extracts."""
    files = {"patients": _rows(_PATIENT, (_patient(v) for v, _ in seen)),
             "allergies": _rows(_ALLERGY, (row for v, c in seen for row in _allergies(v, c))),
             "contacts": _rows(_CONTACT, (row for v, c in seen for row in _contacts(v, c)))}
    for month, day in _DAY.items():
        files[f"medicines-{month}"] = _rows(_MEDICINE, (row for v, c in seen for row in _medicines(v, c, month, day)))
        files[f"problems-{month}"] = _rows(_PROBLEM, (row for v, c in seen for row in _problems(v, c, day)))
    return {f"soevang/{name}.csv": b"\xef\xbb\xbf" + text.encode() for name, text in files.items()}


_PATIENT = ("patient_no", "cpr", "family_name", "given_name", "birth_date", "sex", "street", "postcode", "city",
            "country", "phone", "email", "practice_no")
_ALLERGY = ("patient_no", "allergy_no", "substance_code", "substance", "allergy_status", "severity", "recorded")
_MEDICINE = ("list_date", "patient_no", "medicine_no", "atc", "medicine", "dose", "medicine_status", "started")
_PROBLEM = ("list_date", "patient_no", "problem_no", "icpc", "icd10", "problem", "problem_status", "onset")
_CONTACT = ("patient_no", "contact_no", "contact_start", "contact_end", "icpc", "reason")


def _patient(view: View) -> tuple[str, ...]:
    home = view.home
    return (view.number, view.national.get(CPR, ""), view.family, " ".join(view.given), view.born, _SEX[view.sex],
            home.street, home.postcode, home.town, home.country, view.phone, view.email, "078123")


def _allergies(view: View, chart: Chart) -> Iterable[tuple[str, ...]]:
    for n, a in enumerate(chart.allergies, 1):
        term = (a.term.code, a.term.said("soevang")) if a.term else ("", "")
        severity = {"SV": "svær", "MO": "moderat", "MI": "let"}.get(a.severity, "")
        yield (view.number, f"{view.number}-A{n}", *term, _SAID[a.status], severity, a.recorded.isoformat())


def _medicines(view: View, chart: Chart, month: str, day: str) -> Iterable[tuple[str, ...]]:
    for n, m in enumerate(chart.medicines, 1):
        if month in m.listed:
            yield (day, view.number, f"{view.number}-M{n}", m.term.code, m.term.said("soevang"), m.dose,
                   _SAID[m.status], m.started.isoformat())


def _problems(view: View, chart: Chart, day: str) -> Iterable[tuple[str, ...]]:
    for n, p in enumerate(chart.problems, 1):
        yield (day, view.number, f"{view.number}-P{n}", p.term.other, p.term.code, p.term.said("soevang"),
               _SAID[p.status], p.onset)


def _contacts(view: View, chart: Chart) -> Iterable[tuple[str, ...]]:
    for v in chart.visits:
        yield (view.number, v.number, f"{v.start:%Y-%m-%dT%H:%M}", f"{v.end:%Y-%m-%dT%H:%M}" if v.end else "",
               v.reason.other, v.reason.said("soevang"))


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return _text(";", [head, *rows])


def _text(delimiter: str, rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(delimiter.join(_cell(c, delimiter) for c in row) + "\r\n" for row in rows)


def _cell(text: str, delimiter: str) -> str:
    return '"' + text.replace('"', '""') + '"' if delimiter in text or '"' in text else text
