"""Words by which a sender says that there is nothing, in the place of what there is: `NKDA` for a substance, `No known
problems` for a problem; in the languages of the realms read here."""

import re
from typing import Any

from adapters.ccda.datatypes.parts import system_uri
from gateway.sdk import Value, because

_NO = r"(?:no|nil|kein(?:e|en|er|es)?|aucune?|pas d(?:['’]|e\s|['’]autres\s)|nessun(?:['’]|[ao]\s)?)"
_KNOWN = (r"(?:(?:known|active|current(?:ly)?|recorded|reported|documented|available|on file|at this time|bekannte?n?|"
          r"aktuelle?n?|vorhanden|connue?s?|actuel(?:le)?s?|not[aeio]|conosciut[aeio]|in atto)\s*)*")
_WHICH = r"(?:(?:drug|medication|medicine|food|environmental)\s+)*"
_ALLERGIES = r"(?:allerg\w*|adverse (?:drug )?reactions?|intoleran\w*|intolérances?|unverträglichkeit\w*)"
_MEDICINES = (r"(?:home |prescription |outpatient )?(?:medications?|medicines?|meds|drugs|prescriptions?|medikament\w*|"
              r"medikation|arzneimittel|médicaments?|traitements?|farmac[oi]|terapi[ae])")
# What is denied, by kind.
_THINGS = {
    "allergy": rf"{_WHICH}{_ALLERGIES}(?:(?:\s+(?:and|or|und|et|&)\s+|\s*[/,]\s*){_ALLERGIES})*",
    "problem": r"(?:health |medical )?(?:problem\w*|conditions?|diagnos[ei]s|disorders?|diseases?|erkrankung\w*|"
               r"diagnosen?|problèmes?|maladies?|patologi[ae]|malatti[ae])",
    "medicine": _MEDICINES,
    "vaccine": r"(?:immuni[sz]ations?|vaccin\w*|impfung\w*)(?: (?:history|records?|information))?",
    "procedure": r"(?:procedures?|surger(?:y|ies)|operations?|eingriffe?|opérations?|interventi)(?: history)?|"
                 r"surgical history"}
_DENIALS = {kind: re.compile(rf"\W*{_NO}\b\s*{_KNOWN}(?:{things})\s*{_KNOWN}\W*(?:nk[dfem]?a\W*)?", re.I)
            for kind, things in _THINGS.items()}
_NONE = re.compile(r"\W*(?:none|keine|aucune?|nessun[ao])\s*(?:known|recorded|reported|bekannt|connue?|not[ao])?\W*",
                   re.I)
_SHORT = re.compile(r"\W*nk(?P<which>[dfem]?)a\W*", re.I)
_TAKING = re.compile(rf"\W*(?:patient )?(?:is )?not (?:currently )?(?:on|taking) (?:any )?{_MEDICINES}\W*", re.I)
_MORE = {"allergy": (_SHORT,), "medicine": (_TAKING,)}
_LONG = 100                          # whoever writes more says more than that
_DRUGS, _FOOD, _AROUND = re.compile(r"drug|medic", re.I), re.compile(r"food", re.I), re.compile("environment", re.I)
# Systems that many share; a code of another is the sender's own.
_CODED = frozenset(system_uri(f"2.16.840.1.113883.{n}") for n in (
    "6.96", "6.88", "6.69", "6.90", "6.3", "6.103", "12.292", "6.12", "4.9", "3.26.1.5", "6.1", "5.1150.1"))


def denies(kind: str, words: object) -> bool:
    """Whether words say that there is nothing of a kind: allergy, problem, medicine, vaccine, procedure."""
    text = str(words)
    return len(text) < _LONG and any(found.fullmatch(text) for found in (_NONE, _DENIALS[kind], *_MORE.get(kind, ())))


def denied_allergies(words: object) -> str:
    """Of which kind are the allergies that words deny: `DALG` of drugs, `FALG`, `EALG`, "" where they do not say."""
    text = str(words)
    short = _SHORT.fullmatch(text)
    if short is not None:
        return {"d": "DALG", "m": "DALG", "f": "FALG", "e": "EALG"}.get(short["which"].lower(), "")
    found = [kind for kind, said in (("DALG", _DRUGS), ("FALG", _FOOD), ("EALG", _AROUND)) if said.search(text)]
    return found[0] if len(found) == 1 else ""


def denial(kind: str, named: dict[str, Any] | None) -> Value | None:
    """The words of a concept that says by them alone, or by a code of the sender's own, that there is nothing."""
    text = named.get("text") if named else None
    codings = named.get("coding", ()) if named else ()
    others = (c["display"] for c in codings if "display" in c)
    if named is None or text is None or not own(named):
        return None
    return text if all(denies(kind, w.content) for w in (text, *others)) else None


def own(named: dict[str, Any]) -> bool:
    """Whether all codes of a concept are of the sender's own: none is of a system that many share."""
    return not any(str(getattr(c.get("system"), "content", "")) in _CODED for c in named.get("coding", ()))


def negative(coding: dict[str, Any], named: dict[str, Any], words: Value, *reasons: Value | None) -> Any:
    """The negative statement, with the sender's own codes behind it and the words as they stand."""
    return because({"coding": [coding, *named.get("coding", ())], "text": words}, words, *reasons)
