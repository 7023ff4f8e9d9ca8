"""How each organisation of the world is wired in: the settings of `sources/<name>.toml`."""

from typing import Any

from tests.population.numbers import CPR, KVNR, PERSONNUMMER
from tests.population.summaries import ROOT

# The systems of the organisations' own patient numbers.
NUMBERS = {name: f"https://{name}.example/patient" for name in ("norrvik", "elbhafen", "norrlab", "soevang",
                                                                 "vesterhede")}
NUMBERS["ahlbek"] = f"urn:oid:{ROOT}.3"
_EXTRACTS = ("patients", "allergies", "contacts", "medicines", "problems")
_NATIONAL = {"SKV": PERSONNUMMER, "CPR": CPR, "GKV": KVNR}


def settings(folder: str, gateway: str, silent: str, token_file: str) -> dict[str, dict[str, Any]]:
    """Settings by source, for the first gateway.

    folder      where the world was written
    gateway     base of the second gateway, http://127.0.0.1:PORT/fhir, which reads Vesterhede (`second`)
    silent      a URL at which nothing answers
    token_file  file with the token that the second gateway accepts
    """
    return {
        "norrvik": {"kind": "hl7v2", "organisation": "Norrviks universitetssjukhus", "country": "SE",
                    "timezone": "Europe/Stockholm", "locale": "sv", "connection": {"folder": f"{folder}/norrvik"},
                    "assigners": {"NORRVIK": NUMBERS["norrvik"], **_NATIONAL}, "rhythm": "daily",
                    "sends": ["allergies", "problems", "results", "journey"]},
        "elbhafen": {"kind": "hl7v2", "organisation": "Klinikum Elbhafen", "country": "DE",
                     "timezone": "Europe/Berlin", "locale": "de", "connection": {"folder": f"{folder}/elbhafen"},
                     "assigners": {"ELBHAFEN": NUMBERS["elbhafen"], **_NATIONAL}, "rhythm": "monthly",
                     "sends": ["allergies", "problems", "results", "immunizations", "journey"]},
        "norrlab": {"kind": "csv", "organisation": "Norrlab", "country": "SE", "timezone": "Europe/Stockholm",
                    "locale": "sv", "connection": {"folder": f"{folder}/norrlab", "key": ["sample_id", "test_code"]},
                    "mapping": ["csv/laboratory"], "assigners": _numbers("norrlab", "sample"), "rhythm": "daily",
                    "sends": ["results"]},
        "soevang": {"kind": "csv", "organisation": "Lægehuset Søvang", "country": "DK",
                    "timezone": "Europe/Copenhagen", "locale": "da",
                    "connection": {"folder": f"{folder}/soevang", "kinds": {n: f"{n}*.csv" for n in _EXTRACTS}},
                    "mapping": ["csv/practice"], "lists": ["medications", "problems"], "rhythm": "monthly",
                    "assigners": _numbers("soevang", "allergy", "medicine", "problem", "contact"),
                    "sends": ["allergies", "medications", "problems", "journey"]},
        "ahlbek": {"kind": "ccda", "organisation": "Praxis am Bodden, Ahlbek", "country": "DE",
                   "timezone": "Europe/Berlin", "locale": "de", "connection": {"folder": f"{folder}/ahlbek"},
                   "rhythm": "monthly", "sends": ["allergies", "medications", "problems"]},
        "vesterhede": {"kind": "fhir", "organisation": "Regionshospitalet Vesterhede", "country": "DK",
                       "connection": {"url": gateway, "origins": ["vesterhede"], "token_file": token_file},
                       "rhythm": "daily"},
        "strandby": {"kind": "fhir", "organisation": "Strandby hjemmepleje", "country": "DK", "mode": "both",
                     "connection": {"url": silent, "connect_seconds": 1.0, "attempts": 1}, "rhythm": "daily",
                     "sends": ["medications", "allergies"]},
    }


def second(folder: str) -> dict[str, dict[str, Any]]:
    """Settings of the only source of the second gateway: the FHIR files of Vesterhede."""
    return {"vesterhede": {"kind": "fhir", "organisation": "Regionshospitalet Vesterhede", "country": "DK",
                           "timezone": "Europe/Copenhagen", "connection": {"folder": f"{folder}/vesterhede"},
                           "rhythm": "daily"}}


def _numbers(name: str, *things: str) -> dict[str, str]:
    """Systems of a source's own numbers, by the names that its mapping uses."""
    return {thing: f"https://{name}.example/{thing}" for thing in ("patient", *things)}
