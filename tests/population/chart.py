"""What the organisations write in their charts, and a life's worth of it for ordinary people."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from tests.population.people import Person

LANGUAGE = {"norrvik": "sv", "norrlab": "sv", "elbhafen": "de", "soevang": "da", "vesterhede": "da",
            "ahlbek": "de"}
_LANGUAGES = ("sv", "de", "da")


@dataclass(frozen=True)
class Term:
    """A code (`code`: ICD-10, SNOMED CT, ATC, LOINC or CVX), a second one, and the words in three languages."""

    code: str
    other: str
    words: tuple[str, str, str]

    def said(self, source: str) -> str:
        return self.words[_LANGUAGES.index(LANGUAGE[source])]


@dataclass(frozen=True)
class Problem:
    term: Term
    status: str
    onset: str
    recorded: date
    ended: str = ""


@dataclass(frozen=True)
class Allergy:
    """status: active, refuted, or none (a statement that there are no known allergies; `term` is None)."""

    term: Term | None
    status: str
    severity: str
    recorded: date


@dataclass(frozen=True)
class Medicine:
    """listed: months (YYYY-MM) in which the practice's list holds it."""

    term: Term
    dose: str
    status: str
    started: date
    listed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """One value of one sample. `instance` names the result through its corrections; status is that of OBX-11."""

    term: Term
    value: str
    unit: str
    taken: datetime
    issued: datetime
    status: str = "F"
    sample: str = ""
    instance: str = ""


@dataclass(frozen=True)
class Shot:
    term: Term
    day: date
    lot: str


@dataclass(frozen=True)
class Visit:
    """kind: E emergency, I inpatient, O outpatient, A ambulance."""

    kind: str
    start: datetime
    end: datetime | None
    reason: Term
    ward: str
    number: str


@dataclass
class Chart:
    """Everything that one organisation holds of one person."""

    problems: list[Problem] = field(default_factory=list)
    allergies: list[Allergy] = field(default_factory=list)
    medicines: list[Medicine] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    shots: list[Shot] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)


PROBLEMS = {t.code: t for t in (
    Term("I10", "K86", ("Högt blodtryck", "Bluthochdruck", "Forhøjet blodtryk")),
    Term("E11.9", "T90", ("Diabetes typ 2", "Zuckerkrankheit Typ 2", "Type 2-diabetes")),
    Term("J45.9", "R96", ("Astma", "Asthma", "Astma")),
    Term("I48.9", "K78", ("Förmaksflimmer", "Vorhofflimmern", "Atrieflimren")),
    Term("M16.1", "L89", ("Höftledsartros", "Hüftarthrose", "Slidgigt i hoften")),
    Term("F32.1", "P76", ("Depression", "Depression", "Depression")),
    Term("J18.9", "R81", ("Lunginflammation", "Lungenentzündung", "Lungebetændelse")),
    Term("S72.0", "L75", ("Höftfraktur", "Schenkelhalsbruch", "Hoftebrud")),
    Term("G43.9", "N89", ("Migrän", "Migräne", "Migræne")),
    Term("E03.9", "T86", ("Låg ämnesomsättning", "Unterfunktion der Schilddrüse", "Lavt stofskifte")))}
ALLERGENS = {t.code: t for t in (
    Term("373270004", "", ("Penicillin", "Penicillin", "Penicillin")),
    Term("387458008", "", ("Acetylsalicylsyra", "Acetylsalicylsäure", "Acetylsalicylsyre")),
    Term("111088007", "", ("Latex", "Latex", "Latex")),
    Term("102263004", "", ("Ägg", "Hühnerei", "Æg")),
    Term("260152009", "", ("Kattpäls", "Katzenhaare", "Kattehår")))}
MEDICINES = {t.code: t for t in (
    Term("B01AA03", "", ("Warfarin 2,5 mg", "Warfarin 2,5 mg", "Warfarin 2,5 mg")),
    Term("B01AB05", "", ("Enoxaparin 40 mg", "Enoxaparin 40 mg", "Enoxaparin 40 mg")),
    Term("A10BA02", "", ("Metformin 500 mg", "Metformin 500 mg", "Metformin 500 mg")),
    Term("C07AB02", "", ("Metoprolol 50 mg", "Metoprolol 50 mg", "Metoprolol 50 mg")),
    Term("C09AA05", "", ("Ramipril 5 mg", "Ramipril 5 mg", "Ramipril 5 mg")),
    Term("C10AA01", "", ("Simvastatin 20 mg", "Simvastatin 20 mg", "Simvastatin 20 mg")),
    Term("N02BE01", "", ("Paracetamol 500 mg", "Paracetamol 500 mg", "Paracetamol 500 mg")),
    Term("H03AA01", "", ("Levotyroxin 50 mikrogram", "Levothyroxin 50 Mikrogramm", "Levothyroxin 50 mikrogram")),
    Term("J01CE02", "", ("Penicillin V 1 g", "Penicillin V 1 g", "Penicillin V 1 g")))}
# LOINC, local code of the Swedish hospital and laboratory, words; unit, factor to mg/dL, mean, spread, decimals.
TESTS = {t.code: (t, *rest) for t, *rest in (
    (Term("2345-7", "GLU", ("P-Glukos", "Glukose", "Glukose")), "mmol/L", 18.0156, 5.8, 1.1, 2),
    (Term("2160-0", "KREA", ("P-Kreatinin", "Kreatinin", "Kreatinin")), "umol/L", 1 / 88.4, 82, 18, 0),
    (Term("2823-3", "K", ("P-Kalium", "Kalium", "Kalium")), "mmol/L", None, 4.2, 0.4, 1),
    (Term("2951-2", "NA", ("P-Natrium", "Natrium", "Natrium")), "mmol/L", None, 140, 3, 0),
    (Term("1988-5", "CRP", ("P-CRP", "CRP", "CRP")), "mg/L", None, 12, 9, 0),
    (Term("2093-3", "KOL", ("P-Kolesterol", "Cholesterin", "Kolesterol")), "mmol/L", 38.665, 5.1, 0.9, 1),
    (Term("718-7", "HB", ("B-Hemoglobin", "Hämoglobin", "Hæmoglobin")), "g/L", None, 138, 11, 0))}
VACCINES = (Term("88", "", ("Influensa", "Grippe-Impfung", "Influenza")),
            Term("208", "", ("Covid-19", "Covid-19-Impfung", "Covid-19")),
            Term("115", "", ("Stelkramp", "Tetanus-Impfung", "Stivkrampe")))
DOSES = ("1 tablett morgon", "1 tablett morgon och kväll", "2 tabletter vid behov")


def ordinary(person: Person, seed: int, today: date) -> dict[str, Chart]:
    """Charts by source: the same illnesses, told by some of those who know the person, and never in contradiction."""
    rng = Random(f"{seed}/life/{person.key}")
    charts = {s: Chart() for s in person.sources if s != "ahlbek"}
    for term in rng.sample(sorted(PROBLEMS.values(), key=lambda t: t.code), rng.randrange(4)):
        onset = today - timedelta(days=rng.randrange(200, 6000))
        for source in _tellers(charts, rng, {"norrlab"}):
            charts[source].problems.append(Problem(term, "active", onset.isoformat(), onset + timedelta(days=20)))
    for term in rng.sample(sorted(ALLERGENS.values(), key=lambda t: t.code), rng.choice((0, 0, 0, 1, 1, 2))):
        severity, noted = rng.choice(("MI", "MO", "SV")), today - timedelta(days=rng.randrange(300, 5000))
        for source in _tellers(charts, rng, {"norrlab"}):
            charts[source].allergies.append(Allergy(term, "active", severity, noted))
    for term in rng.sample(sorted(MEDICINES.values(), key=lambda t: t.code)[1:], rng.randrange(4)):
        dose, started = rng.choice(DOSES), today - timedelta(days=rng.randrange(120, 2000))
        for source in set(charts) & {"soevang", "vesterhede"}:
            charts[source].medicines.append(Medicine(term, dose, "active", started, _months(today)))
    for source, chart in charts.items():
        _contacts(person, source, chart, Random(f"{seed}/contacts/{person.key}/{source}"), today)
    return charts


def _tellers(charts: dict[str, Chart], rng: Random, silent: set[str]) -> list[str]:
    return [s for s in charts if s not in silent and rng.random() < 0.7]


def _months(today: date) -> tuple[str, ...]:
    """The three monthly lists up to today."""
    first = today.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    return tuple(f"{day:%Y-%m}" for day in ((before - timedelta(days=1)), before, first))


def _contacts(person: Person, source: str, chart: Chart, rng: Random, today: date) -> None:
    """Visits, samples and vaccinations at one organisation."""
    for n in range(rng.randrange(0 if source == "norrlab" else 1, 3)):
        day = today - timedelta(days=rng.randrange(5, 700))
        start = datetime.combine(day, time(rng.randrange(8, 18), rng.randrange(60)))
        kind = rng.choice("EIO") if source in ("norrvik", "elbhafen") else "O"
        stay = timedelta(days=rng.randrange(2, 9)) if kind == "I" else timedelta(minutes=rng.randrange(20, 300))
        reason = rng.choice(chart.problems).term if chart.problems else PROBLEMS["J18.9"]
        if source != "norrlab":
            end = start + stay
            chart.visits.append(Visit(kind, start, end if end.date() <= today else None, reason,
                                      rng.choice(("AVA", "K1", "M2")), f"{person.key[1:]}{n}{start:%y%j}"))
    if source in ("norrvik", "norrlab", "elbhafen", "vesterhede"):
        for n in range(rng.randrange(1, 3)):
            chart.results.extend(_sample(person, source, n, rng, today))
    if source in ("elbhafen", "vesterhede") and rng.random() < 0.5:
        chart.shots.append(Shot(rng.choice(VACCINES), today - timedelta(days=rng.randrange(30, 900)),
                                f"L{rng.randrange(10**4):04}"))


def _sample(person: Person, source: str, n: int, rng: Random, today: date) -> list[Result]:
    day = today - timedelta(days=rng.randrange(3, 500))
    taken = datetime.combine(day, time(rng.randrange(7, 15), rng.choice((0, 15, 30))))
    sample = f"{taken:%y%j}-{person.key[1:]}{n}"
    return [result(code, round(rng.gauss(TESTS[code][3], TESTS[code][4]), TESTS[code][5]), source, taken, sample)
            for code in rng.sample(sorted(TESTS), rng.randrange(2, 5))]


def result(code: str, value: float, source: str, taken: datetime, sample: str, status: str = "F",
           instance: str = "", issued: datetime | None = None) -> Result:
    """A result in the units of its organisation: the German hospital reports mass per volume where that is usual."""
    term, unit, factor, _, _, decimals = TESTS[code]
    if factor and source == "elbhafen":
        value, unit, decimals = value * factor, "mg/dL", 1 if factor < 1 else 0
    return Result(term, f"{abs(value):.{decimals}f}", unit, taken, issued or taken + timedelta(hours=2), status, sample,
                  instance)
