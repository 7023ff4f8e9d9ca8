"""Places by level, authorities with all their names, codes described elsewhere, and types of universal ids."""

from typing import Any

import pytest

from adapters.hl7v2 import HL7v2
from gateway.sdk import Context, Table
from tests.adapters.hl7v2.messages import convert, plain, tree

LOCAL = "urn:throughline:west:"
PLACE = "W2^12^A^NORTH&1.2.840.9.1&ISO^^^MAIN^3"


def place(level: str = "") -> Any:
    return convert("place", PLACE, *([level] if level else []))


def test_a_level_of_a_place_holds_the_levels_above_it() -> None:
    assert place("bed") == {"system": "urn:oid:1.2.840.9.1", "value": "MAIN / 3 / W2 / 12 / A"}
    assert [place(level)["value"] for level in ("room", "ward", "floor", "building")] == [
        "MAIN / 3 / W2 / 12", "MAIN / 3 / W2", "MAIN / 3", "MAIN"]
    assert place("site") == {"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.840.9.1"}


def test_without_a_level_a_place_is_its_finest() -> None:
    assert place() == place("bed")
    assert convert("place", "W2") == {"system": LOCAL + "location", "value": "W2"}
    assert convert("place", "W2", "bed") is None


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no level"):
        convert("place", PLACE, "shelf")


def test_an_authority_has_its_namespace_and_its_oid() -> None:
    assert convert("authority", "NORTH^1.2.840.9.1^ISO") == [
        {"system": LOCAL + "organization", "value": "NORTH"},
        {"type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0301", "code": "ISO"}]},
         "system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.840.9.1"},
        {"type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0301", "code": "ISO"}]},
         "system": LOCAL + "ISO", "value": "1.2.840.9.1"}]


@pytest.mark.parametrize(("authority", "system"), [
    ("&1.2.840.9.1&ISO", "urn:oid:1.2.840.9.1"), ("&1.2.840.9.1", "urn:oid:1.2.840.9.1"),
    ("NORTH&1.2.840.9.1&HCD", LOCAL + "NORTH"), ("NORTH&1.2.840.9.1&L", LOCAL + "NORTH")])
def test_the_type_of_a_universal_id_overrules_its_looks(authority: str, system: str) -> None:
    assert convert("CX", f"7^^^{authority}")["system"] == system


def test_a_number_keeps_its_check_digit_and_a_second_type() -> None:
    number = convert("CX", "7^4^M11^NORTH^MR", "VN")
    assert [c["code"] for c in number["type"]["coding"]] == ["VN", "MR"]
    assert [e["valueString"] for e in number["extension"]] == ["4", "M11"]


def test_a_code_takes_its_text_and_system_from_other_fields() -> None:
    node = tree("DG1||I10|A01^^|Plague").by_name["DG1"][0].field(3)[0]
    concept = plain(HL7v2.functions["described"](node, Context("west"), "DG1-4", "DG1-2"))
    assert concept == {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "A01"}], "text": "Plague"}


@pytest.mark.parametrize("system", ["ISO", "ISO+", "ANSI+"])
def test_other_standards_of_units_are_no_ucum_and_no_country(system: str) -> None:
    quantity = convert("CQ", f"5^frobs&&{system}")
    assert quantity["unit"] == "frobs" and quantity["system"] == LOCAL + "units"


def test_what_a_person_is_called_is_a_name_of_its_own() -> None:
    names = convert("XPN", "Berg^Nils" + "^" * 13 + "Nisse")
    assert names == [{"family": "Berg", "given": ["Nils"]}, {"use": "nickname", "given": ["Nisse"]}]


def test_every_code_that_a_sender_offers_is_translated() -> None:
    table = Table("t", "1", {"B": {"system": "urn:x", "code": "b", "display": "Bee"}})
    concept = convert("translated", "A^Ay^L^B^Bee^L", "t", context=Context("west", tables={"t": table}))
    assert concept["coding"][0] == {"system": "urn:x", "code": "b", "display": "Bee"}
    assert [c["code"] for c in concept["coding"]] == ["b", "A", "B"]
