"""Headlines of sections (faces 1.2): a pure function of three things; exactly one row of the table holds.

P = something positive, N = a stated absence that counts, M = sources that normally send the section and did not tell.
"Nothing there" and "nobody answered" never read alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.summary.sections import MISSING, Section, SourceSaid
from gateway.summary.statements import Statement

WEIGHTS = {1: "strong", 2: "amber", 3: "conflict", 4: "normal", 5: "amber", 6: "label", 7: "amber", 8: "alarm"}
CLINICIAN = {
    1: "Known allergies", 2: "Known allergies — list may be incomplete: {silent}",
    3: "Known allergies — and one source states there are none", 4: "{stated}",
    5: "Cannot be confirmed: {said} none known, {silent}",
    6: "Allergies not recorded in {any}. This does not mean none.", 7: "Allergies unavailable: {silent}",
    8: "Allergies unavailable: {all}"}
PATIENT = {
    1: "You have known allergies", 2: "You have known allergies — the list may be incomplete: {silent}",
    3: "You have known allergies — and one place states there are none", 4: "{stated}",
    5: "This is not certain: {said} no known allergies, {silent}",
    6: "No allergies are noted in {any}. This does not mean that you have none.",
    7: "We cannot tell your allergies: {silent}", 8: "We cannot tell your allergies: {all}"}
# Every other section: {Title} starts the sentence, {things} stands in it.
SECTION = {
    1: "", 2: "{Title} may be incomplete: {silent}", 3: "One source states that there are none.{also}", 4: "{stated}",
    5: "Cannot be confirmed: {said} none known, {silent}",
    6: "No {things} stated by {any}. This does not mean none.", 7: "{Title} unavailable: {silent}",
    8: "{Title} unavailable: {all}"}
TITLES = {
    "medications": ("Medicine list", "current medicines"), "problems": ("Problem list", "current problems"),
    "results": ("Results", "results"), "immunizations": ("Vaccinations", "vaccinations"),
    "procedures": ("Procedures", "procedures"), "journey": ("Contacts", "contacts"),
    "documents": ("Documents", "documents"), "allergies": ("Allergies", "allergies")}


@dataclass(frozen=True, slots=True)
class Headline:
    """row: number of the table (0: nobody sends the section); weight: how it is drawn; note: who did not tell."""

    row: int
    text: str
    weight: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """How many of the sources that send a section did not tell: `silent` did not answer, `unreadable` did in part."""

    silent: int
    unreadable: int
    sources: int
    names: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        return self.silent + self.unreadable

    def words(self, noun: str = "source", verb: str = "did not answer") -> str:
        """`1 of 5 sources did not answer`; where all did: `no source answered`, unless some could be read in part."""
        of = f"{self.missing} of {self.sources} {noun}{'' if self.sources == 1 else 's'}"
        if not self.unreadable:
            return f"{of} {verb}"
        partly = "could not be read in full"
        return f"{of} {verb} or {partly}" if self.silent else f"{of} {partly}"


def row_of(positive: bool, stated: bool, gap: Gap) -> int:
    """The row of the table that holds."""
    if positive:
        return 3 if stated else 2 if gap.missing else 1
    if stated:
        return 5 if gap.missing else 4
    return 6 if not gap.missing else 8 if gap.missing == gap.sources else 7


def gap(section: Section, sources: Sequence[SourceSaid]) -> Gap:
    """The gap of a section. Sources that never send it are not counted."""
    telling = {n: s for n, s in section.sources.items() if s != "unsupported"}
    missing = [n for n, s in telling.items() if s in MISSING]
    unreadable = sum(telling[n] == "unreadable" for n in missing)
    names = {s.name: s.organisation or s.name for s in sources}
    return Gap(len(missing) - unreadable, unreadable, len(telling), tuple(names.get(n, n) for n in missing))


def headline(positive: bool, stated: Sequence[Statement], gap: Gap, texts: dict[int, str] = CLINICIAN) -> Headline:
    """The headline of the allergies. A statement on drugs or food alone does not speak against a known allergy."""
    telling = [s for s in stated if s.counts and (s.general or not positive)]
    row = row_of(positive, bool(telling), gap)
    voice = ("place", "could not be reached") if texts is PATIENT else ("source", "did not answer")
    note = f"{gap.words(*voice)}: {', '.join(gap.names)}" if gap.missing else ""
    return Headline(row, _text(texts[row], telling, gap, *voice), WEIGHTS[row], note)


def subhead(section: str, positive: bool, stated: Sequence[Statement], gap: Gap) -> Headline:
    """The line over (or instead of) the list of any other section; no text when there is nothing to add to the list."""
    title, things = TITLES[section]
    telling = [s for s in stated if s.counts]
    if not positive and not telling and not gap.sources:
        return Headline(0, f"No source sends {things}. This does not mean none.", "label")
    row = row_of(positive, bool(telling), gap)
    also = f" {gap.words()}." if gap.missing else ""
    template = SECTION[row].replace("{Title}", title).replace("{things}", things).replace("{also}", also)
    text = _text(template, telling, gap)
    names = f" ({', '.join(gap.names)})" if gap.missing else ""
    return Headline(row, text + names, WEIGHTS[row])


def _text(text: str, stated: Sequence[Statement], gap: Gap, noun: str = "source", verb: str = "did not answer") -> str:
    count = len({s for x in stated for s in x.sources}) or len(stated)
    said = f"1 {noun} states" if count == 1 else f"{count} {noun}s state"
    everyone = gap.words(noun, verb) if gap.unreadable else (
        f"no {noun} answered" if noun == "source" else f"no {noun} could be reached")
    any_ = {0: f"any {noun}: none sends them", 1: f"the only {noun} that sends them"}.get(
        gap.sources, f"any of {gap.sources} {noun}s")
    return text.format(silent=gap.words(noun, verb), said=said, all=everyone, any=any_,
                       stated=stated[0].line if stated else "")
