"""Conversions by data type: what they give, and that they name every leaf which decided it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.hl7v2 import HL7v2
from gateway.sdk import Context, Number, Table, Value
from tests.adapters.hl7v2.messages import MSH, convert, plain, tree

V2 = "http://terminology.hl7.org/CodeSystem/v2-"
UCUM = "http://unitsofmeasure.org"
LOCAL = "urn:throughline:west:"
FUNCTIONS = HL7v2.functions
COMPOSITE = [("CX",), ("EI",), ("EI", "PLAC"), ("EIP",), ("HD",), ("HD", "uri"), ("HD", "identifier"), ("DLN",), ("PLN",), ("XPN",),
             ("XPN", "text"), ("XCN",), ("XCN", "name"), ("XCN", "identifier"), ("NDL",), ("XON",), ("XON", "identifier"), ("XAD",),
             ("XAD", "text"), ("XTN",), ("PL",), ("PL", "identifier"), ("CWE",), ("CWE", "HL70001"), ("CWE", "coding"), ("coding",),
             ("DTM",), ("DT",), ("DR",), ("CQ",), ("NR",), ("SN",), ("MO",), ("ED",), ("RP",), ("TQ",), ("RI",), ("ST",)]
WORD = st.sampled_from(["", "", "A", "Berg", "L", "LN", "1.2.3.4", "ISO", "NPI", "SS", "MR", "123-45-6789", "20240102", "202401021030",
                        "5", ">", "-", "PRN", "CP", "Internet", "NET", "a@b.c", "QD", "Q6H", "X3", "mg", "UCUM", "99X", "HL70001",
                        "http://x.org", "Base64", "QUJD", "pdf", "Y", "&&&", "a&b&ISO", "5&USD", "20240102&20250102"])


def origins(item: object) -> set[str]:
    if isinstance(item, Value):
        return set(item.origins)
    values = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return {origin for value in values for origin in origins(value)}


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(COMPOSITE), st.lists(WORD, min_size=1, max_size=22))
def test_a_leaf_that_a_result_does_not_name_did_not_decide_it(case: tuple[str, ...], words: list[str]) -> None:
    """The ledger's law, for each conversion: another text in a leaf that is no origin changes nothing.

    The other text is one that no table knows: a leaf that could not be converted may become one that can.
    """
    name, *arguments = case

    def result(text: str) -> tuple[object, set[str]]:
        node = HL7v2().path("PV1-3")(tree(f"PV1|||{text}|"))
        try:
            found = FUNCTIONS[name](node[0], Context(source="west", timezone="Europe/Berlin"), *arguments) if node else None
        except ValueError as reason:
            return str(reason), set()
        return plain(found), origins(found)

    before, named = result("^".join(words))
    for number, word in enumerate(words, 1):
        leaf = f"PV1-3.{number}"
        if word and "&" not in word and leaf not in named and isinstance(before, dict | list):
            assert result("^".join([*words[:number - 1], "Q", *words[number:]]))[0] == before, leaf


@pytest.mark.parametrize(("text", "expected"), [
    ("123^^^WEST^MR", {"type": {"coding": [{"system": V2 + "0203", "code": "MR"}]}, "system": LOCAL + "WEST", "value": "123",
                       "assigner": {"display": "WEST"}}),
    ("123^^^WEST&1.2.840.99&ISO", {"system": "urn:oid:1.2.840.99", "value": "123", "assigner": {"display": "WEST"}}),
    ("123^^^&http://west.example/id&URI", {"system": "http://west.example/id", "value": "123",
                                            "assigner": {"display": "http://west.example/id"}}),
    ("123^^^NORTH", {"system": "http://north.example/mrn", "value": "123", "assigner": {"display": "NORTH"}}),
    ("123", {"system": LOCAL + "PID-3", "value": "123"}),
    ("123^^^^PI", {"type": {"coding": [{"system": V2 + "0203", "code": "PI"}]}, "system": LOCAL + "PI", "value": "123"}),
    ("123-45-6789^^^^SS", {"type": {"coding": [{"system": V2 + "0203", "code": "SS"}]},
                           "system": "http://hl7.org/fhir/sid/us-ssn", "value": "123-45-6789"}),
    ("1^^^A^CHART^^20200101^20211231", {"type": {"coding": [{"system": LOCAL + "HL70203", "code": "CHART"}],
                                                "text": "CHART"}, "system": LOCAL + "A", "value": "1",
                                       "period": {"start": "2020-01-01", "end": "2021-12-31"}, "assigner": {"display": "A"}}),
    ("^^^WEST^MR", None)])
def test_an_identifier_always_says_who_assigned_it(text: str, expected: object) -> None:
    """V2-12"""
    context = Context(source="west", assigners={"NORTH": "http://north.example/mrn"})
    node = HL7v2().path("PID-3")(tree(f"PID|||{text}"))[0]
    assert plain(FUNCTIONS["CX"](node, context)) == expected


def test_a_number_has_the_same_system_wherever_the_same_number_stands() -> None:
    """V2-09: MRG-1 names the person that PID-3 named."""
    found = tree("PID|||7", "MRG|7", "ORC||p1", "OBR||p1")
    systems = [FUNCTIONS[f](HL7v2().path(p)(found)[0], Context(source="w"), "system") for f, p in
               (("CX", "PID-3"), ("CX", "MRG-1"), ("EI", "ORC-2"), ("EI", "OBR-2"))]
    assert plain(systems[0]) == plain(systems[1]) and plain(systems[2]) == plain(systems[3]) != plain(systems[0])


@pytest.mark.parametrize(("function", "arguments", "text", "expected"), [
    ("typed", ("MR",), "1^^^A^MR", {"type": {"coding": [{"system": V2 + "0203", "code": "MR"}]}, "system": LOCAL + "A", "value": "1",
                                   "assigner": {"display": "A"}}),
    ("typed", ("MR",), "1^^^A^PI", None), ("CX", ("value",), "1^^^A", "1"), ("EI", (), "7^LAB^1.2.3^ISO", {"system": "urn:oid:1.2.3", "value": "7", "assigner": {"display": "LAB"}}),
    ("EI", ("FILL",), "7^LAB", {"type": {"coding": [{"system": V2 + "0203", "code": "FILL"}]}, "system": LOCAL + "LAB", "value": "7"}),
    ("EIP", ("filler",), "1&A^2&B", {"type": {"coding": [
        {"system": V2 + "0203", "code": "FILL"}, {"system": V2 + "0203", "code": "FGN"}]}, "system": LOCAL + "B", "value": "2"}),
    ("HD", (), "LAB^1.2.3^ISO", "LAB"), ("HD", ("uri",), "LAB^1.2.3^ISO", "urn:oid:1.2.3"),
    ("XPN", (), "Berg&van^Anna^Maria^Jr^Dr^MD^L", {"use": "official", "family": "Berg", "_family": {"extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/humanname-own-prefix", "valueString": "van"}]}, "given": ["Anna", "Maria"],
        "prefix": ["Dr"], "suffix": ["Jr", "MD"]}),
    ("XPN", (), "Berg", {"family": "Berg"}), ("XPN", (), "^^^^^^L", None), ("XPN", ("text",), "Berg^Anna^^^Dr", "Dr Anna Berg"),
    ("XCN", (), "77^House^Greg^^^^^^^^^^NPI", {"type": "Practitioner", "identifier": {"type": {"coding": [
        {"system": V2 + "0203", "code": "NPI"}]}, "system": "http://hl7.org/fhir/sid/us-npi", "value": "77"}, "display": "Greg House"}),
    ("XCN", ("name",), "77^House^Greg", {"family": "House", "given": ["Greg"]}), ("XCN", ("display",), "77", "77"),
    ("XON", (), "West^L^9^^^REG&2.3.4.5&ISO", {"type": "Organization", "identifier": {"system": "urn:oid:2.3.4.5", "value": "9"}, "display": "West"}),
    ("XAD", (), "Long St 5&Long St&5^Apt 1^Lund^M^22100^SE^H^^County", {"use": "home", "line": ["Long St 5", "Apt 1"], "_line": [{
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-streetName", "valueString": "Long St"},
                      {"url": "http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-houseNumber", "valueString": "5"}]}],
        "city": "Lund", "district": "County", "state": "M", "postalCode": "22100", "country": "SE"}),
    ("XAD", (), "^^^^^^H", None), ("XTN", (), "046-1234^PRN^PH", [{"system": "phone", "value": "046-1234", "use": "home"}]),
    ("XTN", (), "^WPN^CP^^46^70^1234567^89", [{"extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/contactpoint-" + name, "valueString": text} for name, text in (
            ("country", "46"), ("area", "70"), ("local", "1234567"), ("extension", "89"))],
        "system": "phone", "value": "+46 70 1234567 x89", "use": "mobile"}]),
    ("XPN", (), "Ek^Mia^^^^^L^^^^F", {"extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/humanname-assembly-order", "valueCode": "F"}],
        "use": "official", "family": "Ek", "given": ["Mia"]}),
    ("XAD", (), "Hill 1^^Ek^^1^SE^HV^^12&South^0101", {"extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/iso21090-AD-use", "valueCode": "HV"},
        {"url": "http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-censusTract", "valueString": "0101"}],
        "line": ["Hill 1"], "city": "Ek", "district": "South", "postalCode": "1", "country": "SE"}),
    ("XCN", ("identifier",), "7^Ek^Mia^^^^^^WEST^L^3^M10^MR", {
        "type": {"coding": [{"system": V2 + "0203", "code": "MR"}]}, "system": LOCAL + "WEST", "value": "7", "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/identifier-checkDigit", "valueString": "3"},
            {"url": "http://hl7.org/fhir/StructureDefinition/namingsystem-checkDigit", "valueString": "M10"}]}),
    ("EI", ("universal",), "7^WEST^1.2.3.4^ISO", {
        "type": {"coding": [{"system": V2 + "0301", "code": "ISO"}]}, "system": "urn:oid:1.2.3.4", "value": "7",
        "assigner": {"display": "WEST"}}),
    ("EI", ("universal",), "^^1.2.3.4^ISO", {
        "type": {"coding": [{"system": V2 + "0301", "code": "ISO"}]}, "system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3.4"}),
    ("CWE", ("second",), "1^a^L^2^b^LN", {"system": "http://loinc.org", "code": "2", "display": "b"}),
    ("CWE", ("second",), "1^a^L", None),
    ("CWE", ("identifiers",), "1^a^X^2^b^LN", [{"system": LOCAL + "X", "value": "1"}, {"system": "http://loinc.org", "value": "2"}]),
    ("NDL", ("identifier",), "7&Ek&Mia&&&&&&WEST&1.2.3.4&ISO", {"system": "urn:oid:1.2.3.4", "value": "7"}),
    ("NDL", ("place",), "7&Ek^^^W2^12^A^^^^MAIN^3", {"system": LOCAL + "location", "value": "MAIN / 3 / W2 / 12 / A"}),
    ("PL", ("number",), "W2^^^^^^^^^L-1^WEST", {"system": LOCAL + "WEST", "value": "L-1"}),
    ("XTN", (), "^NET^Internet^a@b.c", [{"system": "email", "value": "a@b.c"}]), ("XTN", (), "a@b.c^NET", [{"system": "email", "value": "a@b.c"}]),
    ("XTN", (), "1^PRN^PH^a@b.c", [{"system": "phone", "value": "1", "use": "home"}, {"system": "email", "value": "a@b.c", "use": "home"}]),
    ("PL", (), "W3^12^2^WEST", {"type": "Location", "identifier": {"system": LOCAL + "WEST", "value": "W3 / 12 / 2"}, "display": "W3 / 12 / 2"}),
    ("CWE", (), "718-7^Hb^LN^HB^Haemo^L^2.7", {"coding": [{"system": "http://loinc.org", "version": "2.7", "code": "718-7", "display": "Hb"},
                                                         {"system": LOCAL + "ZZZ-1", "code": "HB", "display": "Haemo"}], "text": "Hb"}),
    ("CWE", (), "^rash", {"text": "rash"}), ("CWE", ("HL70002",), "M", {"coding": [{"system": V2 + "0002", "code": "M"}]}),
    ("CWE", (), "X^y^99ABC", {"coding": [{"system": LOCAL + "99ABC", "code": "X", "display": "y"}], "text": "y"}),
    ("CWE", (), "X^y^2.16.840.1.113883.6.96", {"coding": [{"system": "http://snomed.info/sct", "code": "X", "display": "y"}], "text": "y"}),
    ("CWE", ("text",), "a^b^^^^^^^c", "c"), ("CWE", ("code",), "a^b", "a"), ("CWE", ("system",), "a^b", LOCAL + "ZZZ-1"),
    ("yesno", (), "N", False), ("yesno", (), "U", None), ("ST", (), "a^b&c\\.br\\d", "a^b&c\nd"), ("TM", (), "1030", "10:30:00"),
    ("DR", (), "20240101^202402", {"start": "2024-01-01", "end": "2024-02"}), ("CQ", (), "2.50^mg", {"value": Number("2.50"), "unit": "mg", "system": UCUM, "code": "mg"}),
    ("MO", (), "12.5&EUR", {"value": Number("12.5"), "currency": "EUR"}), ("NM", (), "+007.50", Number("7.50")), ("NM", ("int",), "4", 4),
    ("ED", (), "^application^pdf^Base64^QUJD", {"contentType": "application/pdf", "data": "QUJD"}),
    ("ED", (), "^TEXT^^A^abc", {"contentType": "text/plain", "data": "YWJj"}),
    ("RP", (), "1.jpg^http://west.example/^IM^JPEG", {"contentType": "image/jpeg", "url": "http://west.example/1.jpg"}),
    ("TQ", (), "^Q6H^X3", {"repeat": {"frequency": 1, "period": Number("6"), "periodUnit": "h", "count": 3}, "code": {
        "text": "Q6H", "coding": [{"system": V2 + "0335", "code": "Q6H"}]}})])
def test_conversions(function: str, arguments: tuple[str, ...], text: str, expected: object) -> None:
    assert convert(function, text, *arguments) == expected


@pytest.mark.parametrize(("function", "text"), [
    ("DTM", "20241301"), ("DTM", "tomorrow"), ("DTM", "20240101250000"), ("DTM", "202401011010+9900"), ("TM", "10"),
    ("TM", "9999"), ("NM", "five"), ("NM", "1,500"), ("yesno", "maybe"), ("ED", "^application^pdf^Base64^%%%"), ("CQ", "x^mg")])
def test_what_cannot_be_converted_says_why(function: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"is|has"):
        convert(function, text)


@pytest.mark.parametrize(("text", "header", "zone", "expected", "issue"), [
    ("2019", "", None, "2019", ""), ("201902", "", None, "2019-02", ""), ("20190203", "", None, "2019-02-03", ""),
    ("201902031030+0100", "", None, "2019-02-03T10:30:00+01:00", ""), ("20190203103059.25-0500", "", None, "2019-02-03T10:30:59.25-05:00", ""),
    ("201902031030", "+0200", "Europe/Stockholm", "2019-02-03T10:30:00+02:00", ""), ("201907031030", "", "Europe/Stockholm", "2019-07-03T10:30:00+02:00", ""),
    ("201902031030", "", None, "2019-02-03", "time-without-offset"), ("20241027023000", "", "Europe/Stockholm", "2024-10-27T02:30:00+02:00", "time-ambiguous"),
    ("2019020310", "", "Europe/Stockholm", "2019-02-03", ""), ("2015122014002", "+0000", None, "2015-12-20T14:00:00+00:00", "hl7v2-date-cut"),
    ("202601312400", "+0100", None, "2026-02-01T00:00:00+01:00", "hl7v2-midnight"),
    ("20241231240000-0500", "", None, "2025-01-01T00:00:00-05:00", "hl7v2-midnight"),
    ("202610242400", "", "Europe/Stockholm", "2026-10-25T00:00:00+02:00", "hl7v2-midnight"),
    ("202601312400", "", None, "2026-01-31", "time-without-offset"), ("2026013124", "+0100", None, "2026-01-31", "")])
def test_times_keep_their_precision_and_find_their_offset(text: str, header: str, zone: str | None, expected: str, issue: str) -> None:
    """V2-07"""
    context = Context(source="west", timezone=zone)
    found = convert("DTM", text, context=context, header=MSH.replace("+0100", header))
    assert found == expected and [i.code for i in context.issues] == ([issue] if issue else [])


@pytest.mark.parametrize("text", ["202601312401", "202601312500", "202602302400", "999912312400"])
def test_only_the_end_of_a_day_that_is_in_the_calendar_has_hour_24(text: str) -> None:
    with pytest.raises(ValueError, match="is no date or time"):
        convert("DTM", text)


def test_midnight_of_a_clock_is_its_beginning() -> None:
    context = Context(source="west")
    assert convert("TM", "2400", context=context) == "00:00:00" and [i.code for i in context.issues] == ["hl7v2-midnight"]


@pytest.mark.parametrize(("form", "text", "expected"), [
    ("date", "202601312400", "2026-01-31"), ("date", "201902031030", "2019-02-03"), ("timed", "20190203", None), ("timed", "201902031030", "2019-02-03T10:30:00+01:00"),
    ("instant", "201902031030", "2019-02-03T10:30:00+01:00"), ("instant", "20190203", None), ("instant", "20190203103001", "2019-02-03T10:30:01+01:00")])
def test_forms_of_a_time(form: str, text: str, expected: str | None) -> None:
    assert convert("DTM", text, form) == expected


def test_an_offset_that_msh_7_gave_is_named() -> None:
    found = tree("OBX|1|||||||||||||202401021030")
    value = FUNCTIONS["DTM"](HL7v2().path("OBX-14")(found)[0], Context())
    assert value == Value("2024-01-02T10:30:00+01:00", ("OBX-14.1", "MSH-7.1"))


def test_a_wrong_date_inside_something_larger_is_an_issue_and_the_rest_stands() -> None:
    context = Context(source="west")
    found = convert("XPN", "Berg^Anna^^^^^L^^^^^20241301", context=context)
    assert found == {"use": "official", "family": "Berg", "given": ["Anna"]}
    assert [(i.code, i.where) for i in context.issues] == [("hl7v2-date-invalid", "ZZZ-1.12")]


TABLE = Table("t", "1", {"M": {"from": "M", "system": "http://x", "code": "married", "display": "Married"},
                         "NKA": {"from": "NKA", "system": "http://snomed.info/sct", "code": "716186003", "display": "No known allergy"}})


def test_tables_add_their_coding_and_keep_the_senders() -> None:
    context = Context(source="west", tables={"t": TABLE})
    own = {"system": V2 + "0002", "code": "M"}
    assert convert("translated", "M", "t", "HL70002", context=context) == {
        "coding": [{"system": "http://x", "code": "married", "display": "Married"}, own]}
    assert convert("translated", "Q", "t", "HL70002", context=context) == {"coding": [{**own, "code": "Q"}]}
    assert convert("translated_coding", "Q", "t", "HL70002", context=context) == {**own, "code": "Q"}


@pytest.mark.parametrize("text", ["NKA", "^nka", "1^x^L^NKA", "^^^^^^^^nKa"])
def test_no_known_allergies_is_no_allergy(text: str) -> None:
    """V2-12"""
    found = convert("none_known", text, "t", context=Context(source="west", tables={"t": TABLE}))
    assert isinstance(found, dict) and found["coding"][0]["code"] == "716186003"
    assert convert("none_known", "PEN^Penicillin", "t", context=Context(tables={"t": TABLE})) is None


def test_deleted_places_convert_to_nothing() -> None:
    """V2-05"""
    found = tree('PID|||""||""^Anna|')
    assert FUNCTIONS["CX"](HL7v2().path("PID-3")(found)[0], Context()) is None
    assert plain(FUNCTIONS["XPN"](HL7v2().path("PID-5")(found)[0], Context())) == {"given": ["Anna"]}
