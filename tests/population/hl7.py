"""HL7 v2 written the way two hospitals write it."""

from dataclasses import dataclass
from datetime import date, datetime

from tests.population.chart import Allergy, Problem, Result, Shot, Visit
from tests.population.numbers import CPR, KVNR, PERSONNUMMER
from tests.population.views import View

SEX = {"female": "F", "male": "M"}
COUNTRY = {"SE": "SWE", "DK": "DNK", "DE": "DEU"}
NATIONAL = {PERSONNUMMER: ("SKV", "NNSWE"), CPR: ("CPR", "NNDNK"), KVNR: ("GKV", "NNDEU")}
_ESCAPES = str.maketrans({"\\": r"\E\\", "|": r"\F\\", "^": r"\S\\", "&": r"\T\\", "~": r"\R\\"})
_ALLERGY_TYPE = {"102263004": "FA", "260152009": "AA", "111088007": "MA"}


@dataclass(frozen=True)
class Site:
    """How one hospital's system writes: its names, charset label, times, local system of test codes, and words."""

    name: str
    application: str
    authority: str
    charset: str
    time: str
    tests: str
    chemistry: str
    rash: str
    version: str = "2.5.1"

    def message(self, type: str, control: str, at: datetime, *segments: str) -> str:
        """A message as its segments, joined by CR."""
        msh = f"MSH|^~\\&|{self.application}|{self.authority}|GW|GW|{at:{self.time}}||{type}|{control}|P|" \
              f"{self.version}||||||{self.charset}"
        return "\r".join([msh, *segments]) + "\r"

    def evn(self, event: str, at: datetime) -> str:
        return segment("EVN", {1: event, 2: f"{at:{self.time}}"})

    def pid(self, seen: View, kind: str) -> str:
        """Patient identification; `kind` is the type of the hospital's own number (MR or PI)."""
        home, numbers = seen.home, [f"{seen.number}^^^{self.authority}^{kind}"]
        numbers += ["{}^^^{}^{}".format(value, *NATIONAL[system]) for system, value in seen.national.items()]
        maiden = f"{escaped(seen.maiden)}^^^^^^M" if seen.maiden and seen.maiden != seen.family else ""
        name = "^".join([escaped(seen.family), *[escaped(g) for g in (*seen.given, "")][:2], "", "", "", "L"])
        return segment("PID", {
            1: "1", 3: "~".join(numbers), 5: name, 7: seen.born.replace("-", ""), 8: SEX[seen.sex], 9: maiden,
            11: f"{escaped(home.street)}^^{escaped(home.town)}^^{home.postcode}^{COUNTRY[home.country]}^H",
            13: f"{seen.phone}^PRN^PH" if seen.phone else "", 25: str(seen.person.twin or "")})

    def pv1(self, visit: Visit, at_end: bool) -> str:
        doctor = f"D{sum(map(ord, visit.number)) % 7 + 101}^Holm^Lena"
        return segment("PV1", {
            1: "1", 2: visit.kind, 3: f"{visit.ward}^12^2^{self.authority}", 7: doctor,
            10: "ORT" if visit.ward == "ORTO" else "", 19: f"{visit.number}^^^{self.authority}^VN",
            44: f"{visit.start:{self.time}}", 45: f"{visit.end:{self.time}}" if at_end and visit.end else ""})

    def al1(self, number: int, allergy: Allergy) -> str:
        """An allergy, or the statement that none is known."""
        if allergy.term is None:
            return segment("AL1", {1: str(number), 3: "NKA^keine Allergien bekannt^L"})
        code = f"{allergy.term.code}^{escaped(allergy.term.said(self.name))}^SCT"
        return segment("AL1", {1: str(number), 2: _ALLERGY_TYPE.get(allergy.term.code, "DA"), 3: code,
                               4: allergy.severity, 5: self.rash if allergy.severity != "MI" else "",
                               6: f"{allergy.recorded:%Y%m%d}"})

    def dg1(self, number: int, problem: Problem) -> str:
        return segment("DG1", {1: str(number), 3: f"{problem.term.code}^{escaped(problem.term.said(self.name))}^I10",
                               5: f"{problem.recorded:%Y%m%d}", 6: "F"})

    def obr(self, first: Result) -> str:
        """The order that the results of one sample answer."""
        return segment("OBR", {1: "1", 3: f"{first.sample}^{self.authority}", 4: f"KEM^{self.chemistry}^L",
                               7: f"{first.taken:{self.time}}", 22: f"{first.issued:{self.time}}",
                               25: "C" if first.status == "C" else "F"})

    def obx(self, number: int, result: Result) -> str:
        """One result; a site with its own test codes gives LOINC as the alternative, without words."""
        words, loinc = escaped(result.term.said(self.name)), result.term.code
        code = f"{result.term.other}^{words}^{self.tests}^{loinc}^^LN" if self.tests else f"{loinc}^{words}^LN"
        instance = f"{result.instance}^{self.authority}" if result.instance else ""
        return segment("OBX", {1: str(number), 2: "NM", 3: code, 5: result.value, 6: result.unit, 11: result.status,
                               14: f"{result.taken:{self.time}}", 21: instance})

    def rxa(self, shot: Shot) -> str:
        return segment("RXA", {1: "0", 2: "1", 3: f"{shot.day:%Y%m%d}",
                               5: f"{shot.term.code}^{escaped(shot.term.said(self.name))}^CVX", 6: "999",
                               9: "00^neu verabreicht^NIP001", 15: shot.lot, 20: "CP", 21: "A"})


def segment(name: str, fields: dict[int, str]) -> str:
    """A segment out of its fields by number; empty ones at the end are left out."""
    last = max((n for n, text in fields.items() if text), default=0)
    return "|".join([name, *(fields.get(n, "") for n in range(1, last + 1))])


def escaped(text: str) -> str:
    """Text with the encoding characters escaped."""
    return text.translate(_ESCAPES)


def stamp(day: date | datetime) -> str:
    """A time that sorts as a file name."""
    return f"{day:%Y%m%d%H%M%S}"
