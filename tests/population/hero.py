"""The one patient who has everything: a journey over five organisations and every conflict the merge must show."""

from datetime import date, datetime, timedelta

from tests.population.chart import (
    ALLERGENS,
    MEDICINES,
    PROBLEMS,
    TESTS,
    VACCINES,
    Allergy,
    Chart,
    Medicine,
    Problem,
    Result,
    Shot,
    Visit,
    result,
)

_PENICILLIN, _LATEX = ALLERGENS["373270004"], ALLERGENS["111088007"]
_FALL = date(2026, 2, 10)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Days after the fall."""
    return datetime(_FALL.year, _FALL.month, _FALL.day, hour, minute) + timedelta(days=day)


def hero() -> dict[str, Chart]:
    """Charts by source. Practice (dizzy) → ambulance → emergency → ward (hip) → rehabilitation → control."""
    return {"norrvik": _norrvik(), "norrlab": _norrlab(), "elbhafen": _elbhafen(), "soevang": _soevang(),
            "vesterhede": _vesterhede(), "ahlbek": _ahlbek()}


def _norrvik() -> Chart:
    hip, pressure = PROBLEMS["S72.0"], PROBLEMS["I10"]
    glucose = Result(TESTS["2345-7"][0], "100", "mg/dL", at(2, 7, 30), at(2, 9), "F", "NV-260212-1")
    potassium = [result("2823-3", value, "norrvik", at(1, 6), "NV-260211-7", status, "NV-K-4711", issued)
                 for value, status, issued in ((5.9, "F", at(1, 8)), (4.9, "C", at(1, 11)))]
    mixed_up = [result("718-7", 74, "norrvik", at(3, 6), "NV-260213-2", status, "NV-HB-4720", issued)
                for status, issued in (("F", at(3, 8)), ("D", at(3, 15)))]
    return Chart([Problem(hip, "active", "2026-02-10", _FALL), Problem(pressure, "active", "2014", date(2019, 5, 2))],
                 [Allergy(_PENICILLIN, "active", "SV", date(1999, 3, 4)),
                  Allergy(_LATEX, "active", "MO", date(2011, 9, 1))],
                 [], [glucose, *potassium, *mixed_up], [],
                 [Visit("E", at(0, 15, 20), at(0, 19, 5), hip, "AKUT", "NV26021001"),
                  Visit("I", at(0, 19, 5), at(9, 11, 0), hip, "ORTO", "NV26021002")])


def _norrlab() -> Chart:
    return Chart(results=[result("2345-7", 5.55, "norrlab", at(2, 7, 30), "260212-8841"),
                          result("2160-0", 88, "norrlab", at(2, 7, 30), "260212-8841"),
                          result("718-7", 121, "norrlab", at(2, 7, 30), "260212-8841")])


def _elbhafen() -> Chart:
    return Chart([Problem(PROBLEMS["S72.0"], "active", "2026-02-10", date(2026, 2, 20))],
                 [Allergy(None, "none", "", date(2026, 2, 20))], [],
                 [result("2160-0", 91, "elbhafen", at(20, 7, 0), "E-26-7781"),
                  result("2345-7", 6.1, "elbhafen", at(20, 7, 0), "E-26-7781")],
                 [Shot(VACCINES[0], date(2026, 2, 24), "L7703")],
                 [Visit("I", at(10, 13, 0), at(31, 10, 0), PROBLEMS["S72.0"], "REHA", "E26-1190")])


def _soevang() -> Chart:
    return Chart([Problem(PROBLEMS["I48.9"], "active", "2015", date(2015, 6, 9)),
                  Problem(PROBLEMS["I10"], "active", "2014-03-11", date(2014, 3, 11)),
                  Problem(PROBLEMS["E03.9"], "active", "2008", date(2008, 1, 15))],
                 [Allergy(_PENICILLIN, "active", "SV", date(2003, 8, 20))],
                 [Medicine(MEDICINES["B01AA03"], "efter skema", "active", date(2015, 6, 10), ("2026-01", "2026-02")),
                  Medicine(MEDICINES["C07AB02"], "1 tablet morgen", "active", date(2015, 6, 10),
                           ("2026-01", "2026-02", "2026-03")),
                  Medicine(MEDICINES["H03AA01"], "1 tablet morgen", "active", date(2008, 2, 1),
                           ("2026-01", "2026-02", "2026-03"))],
                 [], [], [Visit("O", at(-8, 10, 15), at(-8, 10, 40), PROBLEMS["I10"], "", "K-2026-0218")])


def _vesterhede() -> Chart:
    return Chart([Problem(PROBLEMS["I48.9"], "active", "2015-06-03", date(2015, 6, 3)),
                  Problem(PROBLEMS["I10"], "resolved", "2014-03-11", date(2026, 3, 20), "2026-03-20")],
                 [Allergy(_PENICILLIN, "refuted", "", date(2026, 3, 18))],
                 [Medicine(MEDICINES["C07AB02"], "1 tablet morgen og aften", "active", date(2026, 3, 20)),
                  Medicine(MEDICINES["J01CE02"], "1 g tre gange dagligt i 7 dage", "active", date(2026, 3, 21))],
                 [], [Shot(VACCINES[1], date(2025, 10, 14), "L5521")],
                 [Visit("A", at(0, 14, 10), at(0, 15, 20), PROBLEMS["S72.0"], "Ambulance", "V-AMB-88213"),
                  Visit("O", at(38, 9, 0), at(38, 9, 45), PROBLEMS["S72.0"], "Ortopædkirurgi", "V-2026-5521")])


def _ahlbek() -> Chart:
    """The practice beside the rehabilitation: the injections after the operation end with it."""
    return Chart([Problem(PROBLEMS["S72.0"], "active", "2026-02-10", date(2026, 2, 27))],
                 [Allergy(_LATEX, "active", "", date(2026, 2, 27))],
                 [Medicine(MEDICINES["B01AB05"], "", "active", date(2026, 2, 20), ("2026-02",)),
                  Medicine(MEDICINES["N02BE01"], "", "active", date(2026, 2, 20), ("2026-02", "2026-03"))])


# What the merge must show of it. `sources`: who disagrees; `code`: issue code of the merge.
CONFLICTS = (
    ("polarity-conflict", "AllergyIntolerance", ("norrvik", "soevang", "vesterhede"),
     "penicillin: confirmed by two, refuted after a test by the third"),
    ("none-known-conflict", "AllergyIntolerance", ("elbhafen", "norrvik"),
     "no known allergies, beside penicillin and latex"),
    ("status-conflict", "Condition", ("soevang", "vesterhede"), "high blood pressure: active or resolved"),
    ("no-longer-listed", "MedicationStatement", ("soevang",), "warfarin left the practice's list of March 2026"),
    ("no-longer-listed", "MedicationRequest", ("ahlbek",), "enoxaparin left the summary of March 2026"),
    ("dose-conflict", "MedicationStatement", ("soevang", "vesterhede"), "metoprolol once or twice a day"),
    ("drug-allergy", "MedicationStatement", ("vesterhede", "norrvik"), "penicillin V beside a penicillin allergy"))
# What must be one thing, or no thing, on the record.
PLANTED = {
    "two-units": {"type": "Observation", "sources": ["norrvik", "norrlab"], "what": "glucose 100 mg/dL = 5.55 mmol/L, "
                  "2026-02-12 07:30: one result"},
    "corrected": {"type": "Observation", "sources": ["norrvik"], "what": "potassium 4.9 replaces 5.9"},
    "retracted": {"type": "Observation", "sources": ["norrvik"], "what": "haemoglobin 74 was of another patient"},
    "re-ordered": {"type": "AllergyIntolerance", "sources": ["norrvik"], "what": "the second list names latex first"},
    "partial-date": {"type": "Condition", "sources": ["soevang", "vesterhede"], "what": "atrial "
                     "fibrillation since 2015, and since 2015-06-03"}}
