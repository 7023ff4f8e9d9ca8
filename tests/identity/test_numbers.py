"""Identifiers: one valid number and its near misses for each national scheme (issue point 1; standards.md ID-07)."""

from pathlib import Path

import pytest

from gateway.identity import compare, features_of
from gateway.identity.numbers import contradiction, meaningless, numbers_of, other_end
from gateway.identity.schemes import SCHEMES, SISTERS

# scheme → (as people write it, another valid one of the same scheme or None)
VALID = {
    "ir-melli": ("862-551184-8", "1785776266"), "pk-cnic": ("38694-0944787-3", "3909165549153"), "bd-nid": ("6521722079", "6455142256"),
    "bd-nid-of-13": ("2607918633907", "19782619601005774"), "lk-nic": ("197820881385", "197826639092"), "vn-cccd": ("001283454088", "001183577318"),
    "vn-cmnd": ("277669715", "221734854"), "kw-civil-id": ("278113061201", "278113092382"), "uz-pinfl": ("33011902181106", "31704786840365"),
    "md-idnp": ("2078568906966", "2040019271541"), "ge-personal-number": ("01608932117", "01591446754"), "al-nid": ("I17712041W", "I00576187W"),
    "iq-unified-id": ("193934786518", "190822228783"), "jo-national-id": ("9791253259", "9740606552"), "qa-qid": ("27819983056", "27835155009"),
    "ph-philhealth": ("12-002850072-6", "124214714782"), "do-cedula": ("001-0768137-1", "00176147593"), "gt-cui": ("2491 14704 0101", "2927996590101"),
    "co-cedula": ("52.069.400", "52.886.600"), "cu-ci": ("90113011445", "90113014520"), "ma-cin": ("BK188115", "BK205542"),
    "tn-cin": ("06812845", "06995871"), "gh-card": ("GHA-029819454-4", "GHA0732199727"), "ke-id": ("27188514", "22970809"),
    "et-fayda": ("5358 9476 0244", "532362123633"), "tz-nida": ("19780417-15655-87548-64", "19901130696338805448"), "ug-nin": ("CM78720022KTRL", "CM78574301KTRL"),
    "rw-id": ("1 1978 8 7260696 4 83", "1197880732136518"), "zw-id": ("63-4928566 K 12", "639292816K12"),
    "se-personnummer": ("19811218-9876", "640823-3234"), "se-samordningsnummer": ("701063-2391", None),
    "dk-cpr": ("070761-4285", "010190-1234"), "no-fodselsnummer": ("151086 95088", "01010101006"),
    "no-d-number": ("420591 99212", None), "fi-hetu": ("131052-308T", "010190-102Y"), "de-kvnr": ("A123456780", "B123456782"),
    "nl-bsn": ("111222333", "204417302"), "fr-nir": ("2 95 10 99 126 111 93", None), "es-dni": ("54362315-K", "12345678Z"),
    "es-nie": ("X-2482300-W", None), "it-codice-fiscale": ("RCCMNL83S18D969H", None),
    "uk-nhs-number": ("943 476 5870", "401 023 2137"), "uk-chi-number": ("1001015568", "1001015576"), "us-ssn": ("536-90-4399", "212-09-9998"),
    "us-mbi": ("1EG4-TE5-MK73", "2FH4-TE5-MK73"), "be-niss": ("85.07.30-033 28", None), "pl-pesel": ("44051401359", "02070803628"),
    "ch-ahv": ("756.9217.0769.85", None), "is-kennitala": ("120174-3399", None), "au-ihi": ("8003 6081 6669 0503", None), "ee-isikukood": ("37602231423", "47101010022"),
    "lv-personas-kods": ("161175-19997", "010190-12349"), "lt-asmens-kodas": ("37602231423", "47101010022"),
    "ie-pps": ("7654321PA", "1234567T"), "at-svnr": ("1237 280201", "4560 150371"),
    "lu-matricule": ("1999 0723 28623", "1996122103449"), "pt-nif": ("291 839 363", "222921609"), "gr-amka": ("051155 91058", "10089736713"),
    "ro-cnp": ("1850316125398", "2560922127284"), "ro-cnp-of-residents": ("7570319409585", "8501114408406"), "bg-egn": ("8507297418", "5204243978"),
    "bg-lnch": ("1081331362", "1005711766"), "cz-rodne-cislo": ("810816/5835", "6211253686"), "cz-rodne-cislo-of-9": ("495812/123", "510320456"),
    "sk-rodne-cislo-of-9": ("495812/123", "510320456"), "sk-rodne-cislo": ("500611/6610", "9103213669"),
    "hu-taj": ("267-483-930", "083946363"), "hr-oib": ("62946981488", "79378770126"), "si-emso": ("1906971508836", "0702960504997"),
    "rs-jmbg": ("1206994718755", "0401992710629"), "ba-jmbg": ("2707986175249", "0803980173947"), "me-jmbg": ("2410950219085", "2110990216891"),
    "mk-embg": ("1812986459160", "0710004456723"), "mt-karta": ("841906 M", "0204213G"), "ua-rnokpp": ("3523173679", "3672236115"),
    "ru-snils": ("830-569-200 97", "01999249006"), "kz-iin": ("920201475875", "991123439395"), "ca-sin": ("586-908-071", "523106490"),
    "ca-sin-for-a-while": ("979 471 919", "915415061"), "ca-on-hcn": ("4093-034-231-VK", "4802627754"), "ca-bc-phn": ("9018 192 529", "9021493517"),
    "ca-qc-ramq": ("NTEN 8256 2000", "UNTR55551491"), "br-cpf": ("015.458.446-07", "70521248310"), "br-cns": ("738 9232 2668 4772", "754587234160824"),
    "mx-curp": ("GAXL881002MJCRPN03", "GAXL630629MJCRPN09"), "ar-dni": ("35.196.846", "36724574"), "ar-cuil": ("20-16583951-0", "20233072398"),
    "cl-run": ("16.692.053-1", "112500928"), "pe-dni": ("41190726", "40546045"), "uy-ci": ("3.716.576-6", "34833823"), "ec-ci": ("171370235-3", "1716752108"),
    "tr-kimlik": ("49882797790", "42092373662"), "tr-kimlik-of-foreigners": ("99476055386", "99272511994"), "in-aadhaar": ("5862 1763 8291", "517390493360"),
    "in-abha": ("91-7046-8047-2807", "91518812352567"), "kr-rrn": ("960827-2510092", "5307231393882"), "cn-resident": ("110105200406067782", "110105198105314110"),
    "jp-my-number": ("6539 4021 2506", "074219267227"), "tw-id": ("M163696463", "W229950564"), "tw-resident": ("X857786967", "L846659889"),
    "hk-id": ("J628692(2)", "X6304317"), "sg-nric": ("S0620242Z", "T6458579C"), "sg-fin": ("M1543250T", "F5764509K"), "my-kad": ("950223-10-7933", "610710104401"),
    "th-pin": ("3-7792-59465-54-9", "3135259853176"), "th-pin-of-residents": ("7-6665-80062-27-6", "7958775727055"),
    "id-nik": ("3173010306870509", "3173011209881393"), "il-teudat-zehut": ("3723414-3", "083417394"), "sa-national-id": ("1612539724", "1973989682"),
    "sa-iqama": ("2922379389", "2533854341"), "ae-emirates-id": ("784-1955-7893606-7", "784196584794053"), "eg-national-id": ("20011220121098", "29412160174183"),
    "ng-nin": ("22034846625", "14569624309"), "za-id": ("570803 1801 08 0", "6908292412085"), "nz-nhi": ("PNH 9354", "RAE5088")}
BY_NAME = {s.name: s for s in SCHEMES}
KINDS = [(checked, changing) for checked in (True, False) for changing in (True, False)]
SISTER = {other: one for one, other in SISTERS}


def named(name: str) -> tuple[str, tuple[str, ...]]:
    """The system that names a scheme, else its type codes; a sister without either comes under those of the other."""
    scheme = BY_NAME[name]
    if not scheme.systems and not scheme.types:
        return named(SISTER[name])
    return (scheme.systems[0], ()) if scheme.systems else ("", scheme.types)


def numbers(name: str, *values: str):
    system, types = named(name)
    return numbers_of((system, v, types) for v in values)


def schemes(found):
    return [number.partition("|")[0] for number in found.person]


def test_every_scheme_has_a_test() -> None:
    assert set(VALID) == set(BY_NAME)


@pytest.mark.parametrize("name", VALID)
def test_a_valid_number_is_recognised_however_it_is_written(name: str) -> None:
    found = numbers(name, VALID[name][0])
    assert schemes(found) == [name]
    assert found.person == found.ids and len(found.ids) == 1


@pytest.mark.parametrize("name", [n for n in VALID if BY_NAME[n].checked])
def test_one_wrong_digit_fails_the_check(name: str) -> None:
    value = VALID[name][0]
    last = [i for i, c in enumerate(value) if c.isdigit()][{"is-kennitala": -2, "gt-cui": -5}.get(name, -1)]
    wrong = [value[:last] + d + value[last + 1:] for d in "0123456789" if d != value[last]]
    assert not any(name in schemes(numbers(name, w)) for w in wrong)


@pytest.mark.parametrize("name", [n for n in VALID if VALID[n][1] and not BY_NAME[n].several])
def test_two_valid_numbers_contradict(name: str) -> None:
    a, b = (numbers(name, v).person for v in VALID[name])
    assert [k for k in KINDS if contradiction(a, b, *k) == name] == [(BY_NAME[name].checked, BY_NAME[name].changing)]
    assert sum(contradiction(a, b, *k) is not None for k in KINDS) == 1
    assert contradiction(a, numbers(name, *VALID[name]).person) is None, "who has both has no contradiction"


@pytest.mark.parametrize("name", [n for n in VALID if VALID[n][1] and not BY_NAME[n].several])
def test_two_valid_numbers_are_never_linked(name: str) -> None:
    person = {"name": [{"family": "Holm", "given": ["Eva", "Maria"]}], "birthDate": "1971-04-19", "gender": "female",
              "address": [{"line": ["Storgatan 4"], "postalCode": "22221"}]}
    system, types = named(name)
    kind = {"system": system} if system else {"type": {"coding": [{"code": types[0]}]}}
    a, b = ({**person, "identifier": [{**kind, "value": v}]} for v in VALID[name])
    found = compare(a, b)
    for_life = BY_NAME[name].checked and not BY_NAME[name].changing
    assert found.decision == "review"
    assert found.guards[0].name == ("national-numbers-conflict" if for_life else "numbers-conflict")


@pytest.mark.parametrize("written", ["19811218-9876", "811218-9876", "8112189876", "198112189876", "811218+9876"])
def test_a_swedish_number_is_one_number_with_and_without_century(written: str) -> None:
    assert numbers("se-personnummer", written).person == ("se-personnummer|8112189876",)


def test_sister_schemes_are_told_by_their_shape() -> None:
    """A coordination number in the personnummer system is one; person and coordination number do not contradict."""
    found = numbers("se-personnummer", "701063-2391")
    assert schemes(found) == ["se-samordningsnummer"]
    assert contradiction(found.person, numbers("se-personnummer", "19811218-9876").person) is None


def test_a_type_code_names_the_scheme_where_no_system_does() -> None:
    assert numbers_of([("", "536-90-4399", ("SS",))]).person == ("us-ssn|536904399",)
    assert numbers_of([("urn:x", "536-90-4399", ("SS",))]).person == ()


@pytest.mark.parametrize("value", ["9999999", "000-00-0000", "1111111111", "1234567", "123-45-6789", "unknown", "N/A",
                                   "078-05-1120", "0", "0000", "98765432", "1234567890123456", "12345678901", "9012345678", "XEXX010101HNEXXXA4",
                                   "123123123", "12121212", "NOSSN", "no tiene", "123.456.789-09", "111.111.111-11", "11111111110", "12.345.678-5", "A123456(3)", "S1234567D", "000000018"])
def test_placeholders_are_no_numbers(value: str) -> None:
    """A5: namesakes that share 9999999."""
    assert numbers_of([("", value, ())]).ids == ()


@pytest.mark.parametrize("value", ["1.98005E+11", "1,98e11", "########", "#N/A", "#REF!"])
def test_what_a_spreadsheet_makes_of_a_long_number_is_none(value: str) -> None:
    assert numbers_of([("urn:insurer", value, ())]) == numbers_of([])


@pytest.mark.parametrize("value", ["19800517", "17051980", "800517", "170580", "05/17/1980", "1980-05-17", "800517-0000", "198005170000", "BERGA19800517", "BERG170580F"])
def test_a_number_that_is_the_birth_date_is_none(value: str) -> None:
    assert numbers_of([("urn:insurer", value, ())], "19800517") == numbers_of([])
    assert numbers_of([("urn:insurer", value, ())], "19810517").ids


@pytest.mark.parametrize("value", ["BERA80051712", "800517-1234", "1980051712", "5171980"])
def test_a_number_that_is_more_than_the_birth_date_is_kept(value: str) -> None:
    assert numbers_of([("urn:insurer", value, ())], "19800517").ids


@pytest.mark.parametrize("value", ["9012345", "12", "4455", "8841230", "A1", "2842842", "121212", "B123123"])
def test_ordinary_numbers_are_kept(value: str) -> None:
    assert not meaningless(value)


def test_family_and_visit_numbers_say_nothing() -> None:
    assert numbers_of([("urn:payer", "88412", ("SN",)), ("urn:ward", "V771", ("VN",))]).ids == ()


def test_a_passport_that_was_renewed_contradicts_nothing_and_the_same_one_is_evidence() -> None:
    kinds = (("http://hl7.org/fhir/sid/passport-SWE", ()), ("urn:x", ("PPN",)))
    for system, types in kinds:
        old, new = (numbers_of([(system, v, types)]) for v in ("AA8841230", "AB1200934"))
        assert old.systems == new.systems == () and old.main is None and set(old.ids) & set(new.ids) == set()
        assert numbers_of([(system, "aa 8841230", types)]).ids == old.ids


def test_a_finnish_number_that_a_hospital_lent_for_a_while_is_no_evidence() -> None:
    assert numbers("fi-hetu", "010190-900P").ids == ()


def test_a_national_number_without_a_nation_is_a_bare_number() -> None:
    assert numbers_of([("", "8841230771", ("NI",))]).ids == ("|8841230771",)


def test_a_record_number_is_not_a_persons_number() -> None:
    found = numbers_of([("urn:lund", "88412", ("MR",))])
    assert (found.records, found.ids, found.systems) == (("urn:lund|88412",), (), ())


def test_a_number_that_fails_its_check_is_no_evidence_but_can_be_a_slip() -> None:
    wrong, right = numbers("uk-nhs-number", "943 476 5871"), numbers("uk-nhs-number", "943 476 5870")
    assert wrong.ids == () and wrong.main == "uk-nhs-number|9434765871"
    assert contradiction(wrong.person, right.person) is None


def test_a_bare_value_of_an_unknown_assigner_never_contradicts() -> None:
    a, b = (features_of({"identifier": [{"value": v}]}) for v in ("88412301", "77123409"))
    assert contradiction(a.person_numbers, b.person_numbers) is None
    assert contradiction(a.person_numbers, b.person_numbers, checked=False) is None


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("000271836", "271836", True), ("000271836", "0271-836", True), ("0001234", "1234", True), ("000123", "123", False),
    ("0A271836", "A271836", False), ("2718360", "271836", False)])
def test_zeros_in_front_of_a_number_are_no_other_number(one: str, other: str, expected: bool) -> None:
    found = [numbers_of([("urn:hospital", value, ())]) for value in (one, other)]
    assert bool(set(found[0].ids) & set(found[1].ids)) is expected
    records = [numbers_of([("urn:hospital", value, ("MR",))]).records for value in (one, other)]
    assert bool(set(records[0]) & set(records[1])) is expected
    assert found[0].main == f"urn:hospital|{one}", "slips are looked for in the number as it is written"


@pytest.mark.parametrize("name", [s.name for s in SCHEMES if s.several])
def test_of_some_numbers_a_person_may_have_two(name: str) -> None:
    """A card for a while and the final one; exchanged numbers: they prove a person where they agree, and nothing else."""
    one, two = (numbers(name, v) for v in VALID[name])
    assert one.person and one.systems == () and one.main is None
    assert not any(contradiction(one.person, two.person, *k) for k in KINDS)


@pytest.mark.parametrize("pair", SISTERS, ids=lambda p: p[0])
def test_a_number_of_citizens_and_one_of_others_are_told_by_their_shape_and_do_not_contradict(pair: tuple[str, str]) -> None:
    system, types = named(pair[0])
    one, two = (numbers_of([(system, VALID[name][0], types)]) for name in pair)
    assert [schemes(found) for found in (one, two)] == [[pair[0]], [pair[1]]]
    assert not any(contradiction(one.person, two.person, *k) for k in KINDS)


@pytest.mark.parametrize("name, written, other", [
    ("cn-resident", "110105810531411", "110105198105314110"), ("pe-dni", "41190726-6", "41190726"), ("pe-dni", "41190726K", "41190726"), ("ca-on-hcn", "4093034231AB", "4093 034 231"),
    ("cl-run", "16692053-1", "016692053-1"), ("il-teudat-zehut", "37234143", "037234143"), ("br-cpf", "1545844607", "015.458.446-07"),
    ("uy-ci", "37165766", "3.716.576-6"), ("eg-national-id", "٢٠٠١١٢٢٠١٢١٠٩٨", "20011220121098"), ("jp-my-number", "６５３９４０２１２５０６", "653940212506"),
    ("lk-nic", "782080138V", "197820800138"), ("lk-nic", "782080138x", "1978 2080 0138"), ("bd-nid-of-13", "19782607918633907", "2607918633907"), ("ir-melli", "0499370899", "499370899"),
    ("ir-melli", "۰۴۹۹۳۷۰۸۹۹", "0499370899"), ("pt-nif", "PT291839363", "291 839 363"), ("co-cedula", "0052069400", "52.069.400"), ("pk-cnic", "٣٨٦٩٤٠٩٤٤٧٨٧٣", "38694-0944787-3")])
def test_one_number_in_an_older_or_shorter_form_or_another_script_is_one(name: str, written: str, other: str) -> None:
    assert numbers(name, written).person == numbers(name, other).person != ()


@pytest.mark.parametrize("name, wrong", [
    ("pe-dni", "41190726-3"), ("kr-rrn", "961327-2510092"), ("my-kad", "950231-10-7933"), ("my-kad", "950223-00-7933"), ("id-nik", "3173017306870509"),
    ("id-nik", "3173010306870000"), ("eg-national-id", "20013220121098"), ("za-id", "570832 1801 08 0"), ("ae-emirates-id", "785195578936067"),
    ("ca-qc-ramq", "NTEN82992000"), ("mt-karta", "841906Q"), ("ar-dni", "846"), ("ng-nin", "2203484662"), ("in-abha", "9170468047280"),
    ("cz-rodne-cislo", "810816/5836"), ("cn-resident", "110105200413067782"), ("gr-amka", "051355 91058"), ("nz-nhi", "PIH9354")])
def test_what_is_not_of_the_shape_is_no_number_of_its_kind(name: str, wrong: str) -> None:
    assert numbers(name, wrong).person == ()


@pytest.mark.parametrize("text", ["900101-1******", "XXX-XX-4399", "***4399", "••••4399", "9001011xxxxxx"])
def test_a_masked_number_is_nobodys(text: str) -> None:
    """What is left of it many people have: the birth date, or four digits."""
    for system, codes in (("https://mois.go.kr/rrn", ()), ("", ("SS",)), ("urn:x", ())):
        assert numbers_of([(system, text, codes)])._replace(end=None) == numbers_of([])


@pytest.mark.parametrize(("text", "end"), [
    ("4399", "us-ssn|4399"), ("XXX-XX-4399", "us-ssn|4399"), ("***-**-4399", "us-ssn|4399"), ("xxxxx4399", "us-ssn|4399"),
    ("536", None), ("536-90", None), ("5369-xx", None), ("5369*****", None), ("536-90-4399", None), ("53690439", None)])
def test_of_a_national_number_only_the_end_may_be_told(text: str, end: str | None) -> None:
    found = numbers_of([("http://hl7.org/fhir/sid/us-ssn", text, ())])
    assert found.end == end
    assert (found.main is None) is (text not in ("536-90-4399", "53690439")), "a part of a number neither agrees nor differs"
    assert numbers_of([("urn:x", text, ())]).end is None


@pytest.mark.parametrize(("one", "two", "other"), [
    ("4399", "536-90-4399", False), ("4398", "536-90-4399", True), ("4399", "4399", False), ("4399", "4398", True), ("4398", "53690439", False),
    ("536-90-4399", "536-90-4398", False), ("4399", "", False)])
def test_an_end_that_is_not_that_of_the_others_number(one: str, two: str, other: bool) -> None:
    a, b = (numbers_of([("us-ssn", text, ())]) for text in (one, two))
    assert (other_end(a.end, b.person, b.end) or other_end(b.end, a.person, a.end)) is other
    assert not other_end(a.end, numbers_of([("de-kvnr", two, ())]).person, None)


def test_the_number_of_a_mother_says_nothing_about_her_children() -> None:
    number = VALID["id-nik"][0]
    assert numbers_of([("https://fhir.kemkes.go.id/id/nik-ibu", number, ())]) == numbers_of([])
    assert numbers_of([("https://fhir.kemkes.go.id/id/nik", number, ())]).person == (f"id-nik|{number}",)


def test_the_code_of_a_country_names_its_number_in_a_system_that_nobody_knows_where_the_check_digit_holds() -> None:
    """As HL7 v2 sends it: the assigner has a name of the hospital's (`01545844607^^^CPF^NNBRA`)."""
    system = "urn:gateway:source:hospital:CPF"
    assert numbers_of([(system, "015.458.446-07", ("NNBRA",))]).person == ("br-cpf|01545844607",)
    for value, code in (("015.458.446-08", "NNBRA"), ("35196846", "NNARG"), ("015.458.446-07", "MR"), ("015.458.446-07", "NI")):
        assert numbers_of([(system, value, (code,))]).person == ()


def test_a_system_is_one_with_http_and_https_and_a_slash_behind() -> None:
    for system in ("http://uidai.gov.in", "https://uidai.gov.in/", "HTTPS://UIDAI.gov.in"):
        assert numbers_of([(system, "586217638291", ())]).person == ("in-aadhaar|586217638291",)


def test_a_card_that_a_family_has_is_no_number_of_a_person() -> None:
    """Australia's Medicare number: one card for a family, renewed under another number."""
    found = numbers_of([("http://ns.electronichealth.net.au/id/medicare-number", "2951 00015 1", ("MC",))])
    assert found.person == () and found.ids


COUNTRIES = """ae United Arab Emirates,ar Argentina,at Austria,au Australia,ba Bosnia,be Belgium,bg Bulgaria,br Brazil,ca Canada,ch Switzerland,cl Chile,
cn China,cz Czechia,de Germany,dk Denmark,ec Ecuador,ee Estonia,eg Egypt,es Spain,fi Finland,fr France,gr Greece,hk Hong Kong,hr Croatia,hu Hungary,
id Indonesia,ie Ireland,il Israel,in India,is Iceland,it Italy,jp Japan,kr South Korea,kz Kazakhstan,lt Lithuania,lu Luxembourg,lv Latvia,
me Montenegro,mk North Macedonia,mt Malta,mx Mexico,my Malaysia,ng Nigeria,nl Netherlands,no Norway,nz New Zealand,pe Peru,pl Poland,pt Portugal,
ro Romania,rs Serbia,ru Russia,sa Saudi Arabia,se Sweden,sg Singapore,si Slovenia,sk Slovakia,th Thailand,tr Türkiye,tw Taiwan,ua Ukraine,
uk United Kingdom,us United States,uy Uruguay,za South Africa,al Albania,bd Bangladesh,co Colombia,cu Cuba,do the Dominican Republic,et Ethiopia,
ge Georgia,gh Ghana,gt Guatemala,iq Iraq,ir Iran,jo Jordan,ke Kenya,kw Kuwait,lk Sri Lanka,ma Morocco,md Moldova,ph the Philippines,pk Pakistan,qa Qatar,
rw Rwanda,tn Tunisia,tz Tanzania,ug Uganda,uz Uzbekistan,vn Viet Nam,zw Zimbabwe"""


def test_the_readme_names_the_countries_of_the_table() -> None:
    told = dict(line.strip().split(" ", 1) for line in COUNTRIES.split(","))
    said = (Path(__file__).parents[2] / "README.md").read_text("utf-8").partition("National person numbers are")[2].partition("\n\n")[0]
    assert {s.name[:2] for s in SCHEMES} == set(told)
    assert [name for name in told.values() if name not in " ".join(said.split())] == []


@pytest.mark.parametrize(("name", "guard"), [("nz-nhi", "numbers-conflict"), ("in-abha", "numbers-conflict"), ("il-teudat-zehut", "national-numbers-conflict")])
def test_a_number_that_is_exchanged_is_outweighed_by_one_that_agrees_and_one_for_life_is_not(name: str, guard: str) -> None:
    person = {"name": [{"family": "Holm", "given": ["Eva", "Maria"]}], "birthDate": "1971-04-19", "gender": "female",
              "address": [{"line": ["Storgatan 4"], "postalCode": "22221"}]}
    system, cpf = named(name)[0], {"system": named("br-cpf")[0], "value": VALID["br-cpf"][0]}
    one, two = ({"system": system, "value": v} for v in VALID[name])
    alone = compare({**person, "identifier": [one]}, {**person, "identifier": [two]})
    beside = compare({**person, "identifier": [one, cpf]}, {**person, "identifier": [two, cpf]})
    assert [g.name for g in alone.guards] == [guard]
    assert [g.name for g in beside.guards] == ([guard] if guard.startswith("national") else [])


@pytest.mark.parametrize(("name", "wrong", "held"), [("us-ssn", "536-90-5399", False), ("nz-nhi", "PNX9354", False), ("in-abha", "91-7046-8947-2807", False)])
def test_a_slip_in_a_number_is_no_conflict_where_no_check_digit_proves_two(name: str, wrong: str, held: bool) -> None:
    person = {"name": [{"family": "Holm", "given": ["Eva", "Maria"]}], "birthDate": "1971-04-19", "gender": "female",
              "address": [{"line": ["Storgatan 4"], "postalCode": "22221"}]}
    a, b = ({**person, "identifier": [{"system": named(name)[0], "value": v}]} for v in (VALID[name][0], wrong))
    assert any(g.name == "numbers-conflict" for g in compare(a, b).guards) is held
