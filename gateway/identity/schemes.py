"""National person numbers: one row of SCHEMES adds one."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.identity import checkdigits, checkdigits_east, checkdigits_south, checkdigits_world


def plain(text: str) -> str:
    """Without signs."""
    return text.replace("-", "").replace("+", "")


def _last_ten(text: str) -> str:
    """Swedish numbers come with and without century."""
    return plain(text)[-10:]


def _filled(many: int) -> Callable[[str], str]:
    """With the zeros in front that a column of numbers loses, and no more."""
    return lambda text: plain(text).lstrip("0").zfill(many)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A national person number.

    valid     test of the compact value
    checked   it has a check digit: two valid values that differ are two numbers, not one with a slip
    systems   URIs that name it; types: HL7 v2-0203 codes that name it where no system does
    form      the compact value as all write it
    dated     it is made of the birth date: where the number agrees, so does the date
    changing  authorities exchange it, or merge doubles: two that differ are for a human, not two people for good
    several   a person may have two as a rule: values that differ say nothing
    """

    name: str
    valid: Callable[[str], bool]
    checked: bool
    systems: tuple[str, ...]
    types: tuple[str, ...] = ()
    form: Callable[[str], str] = plain
    dated: bool = False
    changing: bool = False
    several: bool = False


_N, _E, _W, _S = checkdigits, checkdigits_east, checkdigits_world, checkdigits_south
_INFOWAY, _ONTARIO = "https://fhir.infoway-inforoute.ca/NamingSystem/", "ehealthontario.ca/API/FHIR/NamingSystem/"
SCHEMES = (
    # northern and western Europe
    Scheme("se-personnummer", _N.personnummer, True,
           ("urn:oid:1.2.752.129.2.1.3.1", "http://electronichealth.se/identifier/personnummer"),
           ("NNSWE", "NNSE"), _last_ten, dated=True),
    Scheme("se-samordningsnummer", _N.samordningsnummer, True,
           ("urn:oid:1.2.752.129.2.1.3.3", "http://electronichealth.se/identifier/samordningsnummer"), (), _last_ten,
           dated=True),
    Scheme("dk-cpr", _N.cpr, False, ("urn:oid:1.2.208.176.1.2",), ("NNDNK", "NNDK"), dated=True),
    Scheme("no-fodselsnummer", _N.fodselsnummer, True,
           ("urn:oid:2.16.578.1.12.4.1.4.1", "http://hl7.no/fhir/NamingSystem/FNR"), ("NNNOR", "NNNO"), dated=True),
    Scheme("no-d-number", _N.d_number, True,
           ("urn:oid:2.16.578.1.12.4.1.4.2", "http://hl7.no/fhir/NamingSystem/DNR"), dated=True),
    Scheme("fi-hetu", _N.hetu, True, ("urn:oid:1.2.246.21",), ("NNFIN", "NNFI"), str, dated=True),
    Scheme("de-kvnr", _N.kvnr, True,
           ("http://fhir.de/sid/gkv/kvid-10", "http://fhir.de/NamingSystem/gkv/kvid-10"), ("GKV", "KVZ10", "NNDEU")),
    Scheme("nl-bsn", _N.bsn, True,
           ("http://fhir.nl/fhir/NamingSystem/bsn", "urn:oid:2.16.840.1.113883.2.4.6.3"), ("NNNLD", "NNNL"),
           _filled(9)),
    Scheme("fr-nir", _N.nir, True,
           ("urn:oid:1.2.250.1.213.1.4.8", "urn:oid:1.2.250.1.213.1.4.10"), ("INS-NIR", "NNFRA", "NNFR"), dated=True),
    Scheme("es-dni", _N.dni, True, ("urn:oid:1.3.6.1.4.1.19126.3",), ("NNESP", "NNES")),
    Scheme("es-nie", _N.nie, True, ("urn:oid:1.3.6.1.4.1.19126.4",)),
    Scheme("it-codice-fiscale", _N.codice_fiscale, True,
           ("urn:oid:2.16.840.1.113883.2.9.4.3.2", "http://hl7.it/sid/codiceFiscale",
            "http://hl7.it/sid/fiscalCode"), ("NNITA", "NNIT"), dated=True),
    Scheme("uk-nhs-number", _N.nhs_number, True,
           ("https://fhir.nhs.uk/Id/nhs-number", "http://fhir.nhs.net/Id/nhs-number",
            "urn:oid:2.16.840.1.113883.2.1.4.1"), ("NH", "NNGBR", "NNGB")),
    Scheme("uk-chi-number", _N.nhs_number, True, ("urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53",), dated=True),
    Scheme("be-niss", _N.niss, True,
           ("https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin",
            "https://www.ehealth.fgov.be/standards/fhir/NamingSystem/ssin"), ("NNBEL", "NNBE"), dated=True),
    Scheme("pl-pesel", _N.pesel, True, ("urn:oid:2.16.840.1.113883.3.4424.1.1.616",), ("NNPOL", "NNPL"), dated=True),
    Scheme("ch-ahv", _N.ahv, True, ("urn:oid:2.16.756.5.32",), ("NNCHE", "NNCH")),
    Scheme("is-kennitala", _N.kennitala, True, ("urn:oid:2.16.840.1.113883.3.3.28",), ("NNISL", "NNIS"), dated=True),
    Scheme("ee-isikukood", _N.isikukood, True,
           ("https://fhir.ee/sid/pid/est/ni", "urn:oid:1.3.6.1.4.1.28284.6.2.2.1"), ("NNEST", "NNEE"), dated=True),
    Scheme("lv-personas-kods", _N.personas_kods, False, ("urn:oid:1.3.6.1.4.1.38760.3.1.1",), ("NNLVA", "NNLV"),
           dated=True),
    Scheme("lt-asmens-kodas", _N.isikukood, True, (), ("NNLTU", "NNLT"), dated=True),
    Scheme("ie-pps", _N.pps, True, (), ("NNIRL", "NNIE")),
    Scheme("at-svnr", _N.svnr, True, ("urn:oid:1.2.40.0.10.1.4.3.1",), ("NNAUT", "NNAT"), dated=True),
    Scheme("lu-matricule", _E.matricule, True, (), ("NNLUX", "NNLU"), dated=True),
    # southern and eastern Europe, Central Asia
    Scheme("pt-nif", _E.nif, True, (), ("NNPRT", "NNPT"), lambda text: plain(text).removeprefix("PT")),
    Scheme("gr-amka", _E.amka, True, (), ("NNGRC", "NNGR"), dated=True),
    Scheme("ro-cnp", _E.cnp, True, (), ("NNROU", "NNRO"), dated=True),
    Scheme("ro-cnp-of-residents", _E.cnp_of_residents, True, (), dated=True, changing=True),
    Scheme("bg-egn", _E.egn, True, (), ("NNBGR", "NNBG"), dated=True),
    Scheme("bg-lnch", _E.lnch, True, ()),
    Scheme("cz-rodne-cislo", _E.rodne_cislo, True,
           ("https://ncez.mzcr.cz/fhir/sid/rcis", "https://ncez.mzcr.cz/fhir/sid/rc"), ("NNCZE", "NNCZ"),
           dated=True, changing=True),
    Scheme("cz-rodne-cislo-of-9", _E.rodne_cislo_of_9, False, (), dated=True),
    Scheme("sk-rodne-cislo", _E.rodne_cislo, True, (), ("NNSVK", "NNSK"), dated=True, changing=True),
    Scheme("sk-rodne-cislo-of-9", _E.rodne_cislo_of_9, False, (), dated=True),
    Scheme("hu-taj", _E.taj, True, (), ("NNHUN", "NNHU")),
    Scheme("hr-oib", _E.oib, True, ("http://fhir.cezih.hr/specifikacije/identifikatori/OIB",), ("NNHRV", "NNHR")),
    Scheme("si-emso", _E.jmbg, True, (), ("NNSVN", "NNSI"), dated=True),
    Scheme("rs-jmbg", _E.jmbg, True, (), ("NNSRB", "NNRS"), dated=True),
    Scheme("ba-jmbg", _E.jmbg, True, (), ("NNBIH", "NNBA"), dated=True),
    Scheme("me-jmbg", _E.jmbg, True, (), ("NNMNE", "NNME"), dated=True),
    Scheme("mk-embg", _E.jmbg, True, (), ("NNMKD", "NNMK"), dated=True),
    Scheme("mt-karta", _E.karta, False, (), ("NNMLT", "NNMT"), _filled(8)),
    Scheme("ua-rnokpp", _E.rnokpp, True, (), ("NNUKR", "NNUA"), dated=True),
    Scheme("ru-snils", _E.snils, True, ("urn:oid:1.2.643.100.3",), ("NNRUS", "NNRU")),
    Scheme("kz-iin", _E.iin, True, (), ("NNKAZ", "NNKZ"), dated=True),
    # the Americas
    Scheme("us-ssn", _N.ssn, False,
           ("http://hl7.org/fhir/sid/us-ssn", "urn:oid:2.16.840.1.113883.4.1", "urn:us:ssn"), ("SS", "NNUSA", "NNUS")),
    Scheme("us-mbi", _N.mbi, False, ("http://hl7.org/fhir/sid/us-mbi", "urn:oid:2.16.840.1.113883.4.927"), ("MC",)),
    Scheme("ca-sin", _W.sin, True, ("urn:oid:2.16.840.1.113883.4.272",), ("NNCAN", "NNCA")),
    Scheme("ca-sin-for-a-while", _W.sin_for_a_while, True, (), several=True),
    Scheme("ca-on-hcn", _W.on_hcn, True,
           (f"{_INFOWAY}ca-on-patient-hcn", f"http://{_ONTARIO}ca-on-patient-hcn"), (), _W.of_10, changing=True),
    Scheme("ca-bc-phn", _W.bc_phn, True, (f"{_INFOWAY}ca-bc-patient-healthcare-id",), changing=True),
    Scheme("ca-qc-ramq", _W.ramq, False, (f"{_INFOWAY}ca-qc-patient-healthcare-id",), dated=True),
    Scheme("br-cpf", _W.cpf, True,
           ("http://rnds.saude.gov.br/fhir/r4/NamingSystem/cpf", "https://rnds-fhir.saude.gov.br/NamingSystem/cpf",
            "urn:oid:2.16.840.1.113883.13.237"), ("NNBRA", "NNBR"), _filled(11)),
    Scheme("br-cns", _W.cns, True,
           ("http://rnds.saude.gov.br/fhir/r4/NamingSystem/cns", "https://rnds-fhir.saude.gov.br/NamingSystem/cns",
            "urn:oid:2.16.840.1.113883.13.236"), several=True),
    Scheme("mx-curp", _W.curp, True, ("urn:oid:2.16.840.1.113883.4.629",), ("NNMEX", "NNMX"), dated=True,
           changing=True),
    Scheme("ar-dni", _W.ar_dni, False, ("http://www.renaper.gob.ar/dni", "http://renaper.gob.ar/dni"),
           ("NNARG", "NNAR"), _filled(8)),
    Scheme("ar-cuil", _W.cuil, True, ("http://www.afip.gob.ar/cuil",), changing=True),
    Scheme("cl-run", _W.run, True, ("http://regcivil.cl/Validacion/RUN", "http://regcivil.cl/Validacion/RUT"),
           ("NNCHL", "NNCL"), _filled(9)),
    Scheme("pe-dni", _W.pe_dni, False, (), ("NNPER", "NNPE"), _W.of_8),
    Scheme("uy-ci", _W.uy_ci, True, ("urn:oid:2.16.858.2.10000675.68909",), ("NNURY", "NNUY"), _filled(8)),
    Scheme("ec-ci", _W.ec_ci, True, (), ("NNECU", "NNEC")),
    # Asia, Africa, the Pacific
    Scheme("tr-kimlik", _W.tckn, True, ("urn:oid:2.16.840.1.113883.3.129.1.1.1",), ("NNTUR", "NNTR")),
    Scheme("tr-kimlik-of-foreigners", _W.ykn, True, ()),
    Scheme("in-aadhaar", _W.aadhaar, True, ("https://uidai.gov.in", "https://uidai.gov.in/aadhaar"),
           ("ADN", "NNIND", "NNIN")),
    Scheme("in-abha", _W.abha, False, ("https://healthid.abdm.gov.in", "https://healthid.ndhm.gov.in"), ("ABHA",)),
    Scheme("kr-rrn", _W.rrn, False, ("https://mois.go.kr/rrn", "http://www.hl7korea.or.kr/Identifier/rrn"),
           ("NNKOR", "NNKR"), dated=True),
    Scheme("cn-resident", _W.ric, True, ("urn:oid:2.16.156.10011.1.3",), ("NNCHN", "NNCN"), _W.of_18, dated=True),
    Scheme("jp-my-number", _W.my_number, True, (), ("NNJPN", "NNJP"), changing=True),
    Scheme("tw-id", _W.tw_id, True, ("http://www.moi.gov.tw",), ("NNTWN", "NNTW")),
    Scheme("tw-resident", _W.tw_resident, True, (), several=True),
    Scheme("hk-id", _W.hkid, True, (), ("NNHKG", "NNHK")),
    Scheme("sg-nric", _W.nric, True,
           ("http://ihis.sg/identifier/nric", "https://fhir.synapxe.sg/identifier/nric",
            "https://fhir.synapxe.sg/identifier/nric-fin", "http://synapxe.sg/fhir/identifier/nric"),
           ("NNSGP", "NNSG")),
    Scheme("sg-fin", _W.fin, True, (), changing=True),
    Scheme("my-kad", _W.mykad, False,
           ("http://fhir.hie.moh.gov.my/sid/my-kad-no", "https://id.kkmhub.moh.gov.my/sid/my-kad-no"),
           ("NNMYS", "NNMY"), dated=True),
    Scheme("th-pin", _W.thai_pin, True, ("https://terms.sil-th.org/id/th-cid",), ("NNTHA", "NNTH")),
    Scheme("th-pin-of-residents", _W.thai_resident, True, (), changing=True),
    Scheme("id-nik", _W.nik, False, ("https://fhir.kemkes.go.id/id/nik",), ("NNIDN", "NNID"), dated=True),
    Scheme("il-teudat-zehut", _W.teudat_zehut, True, ("http://fhir.health.gov.il/identifier/il-national-id",),
           ("NNISR", "NNIL"), _filled(9)),
    Scheme("sa-national-id", _W.sa_id, True,
           ("http://nphies.sa/identifier/nationalid", "http://nphies.sa/identifier/national-id"), ("NNSAU", "NNSA")),
    Scheme("sa-iqama", _W.iqama, True, ("http://nphies.sa/identifier/iqama",), changing=True),
    Scheme("ae-emirates-id", _W.emirates, False, (), ("NNARE", "NNAE")),
    Scheme("eg-national-id", _W.egyptian, False, (), ("NNEGY", "NNEG"), dated=True),
    Scheme("ng-nin", _W.nin, False, (), ("NNNGA", "NNNG")),
    Scheme("za-id", _W.za_id, True, (), ("NNZAF", "NNZA"), dated=True, changing=True),
    Scheme("ir-melli", _S.melli, True, (), ("NNIRN", "NNIR"), _filled(10)),
    Scheme("pk-cnic", _S.cnic, False, (), ("NNPAK", "NNPK")),
    Scheme("bd-nid", _S.bd_nid, False, (), ("NNBGD", "NNBD")),
    Scheme("bd-nid-of-13", _S.bd_nid_of_13, False, (), (), _S.of_13),
    Scheme("lk-nic", _S.nic, False, (), ("NNLKA", "NNLK"), _S.of_12, dated=True),
    Scheme("vn-cccd", _S.cccd, False, (), ("NNVNM", "NNVN")),
    Scheme("vn-cmnd", _S.cmnd, False, ()),
    Scheme("kw-civil-id", _S.civil_id, True, (), ("NNKWT", "NNKW"), dated=True),
    Scheme("uz-pinfl", _S.pinfl, True, (), ("NNUZB", "NNUZ"), dated=True),
    Scheme("md-idnp", _S.idnp, True, (), ("NNMDA", "NNMD")),
    Scheme("ge-personal-number", _S.ge_pn, False, (), ("NNGEO", "NNGE")),
    Scheme("al-nid", _S.al_nid, False, (), ("NNALB", "NNAL")),
    Scheme("iq-unified-id", _S.of_12_digits, False, (), ("NNIRQ", "NNIQ")),
    Scheme("jo-national-id", _S.of_10_digits, False, (), ("NNJOR", "NNJO")),
    Scheme("qa-qid", _S.of_11_digits, False, (), ("NNQAT", "NNQA")),
    Scheme("ph-philhealth", _S.of_12_digits, False, ("http://philhealth.gov.ph/fhir/Identifier/philhealth-id",), ()),
    Scheme("do-cedula", _S.do_cedula, True, (), ("NNDOM", "NNDO")),
    Scheme("gt-cui", _S.cui, True, (), ("NNGTM", "NNGT")),
    Scheme("co-cedula", _S.co_cedula, False, (), ("NNCOL", "NNCO"), _filled(10)),
    Scheme("cu-ci", _S.cu_ci, False, (), ("NNCUB", "NNCU"), dated=True),
    Scheme("ma-cin", _S.cin, False, (), ("NNMAR", "NNMA")),
    Scheme("tn-cin", _S.of_8_digits, False, (), ("NNTUN", "NNTN"), _filled(8)),
    Scheme("gh-card", _S.ghana_card, False, (), ("NNGHA", "NNGH")),
    Scheme("ke-id", _S.ke_id, False, (), ("NNKEN", "NNKE"), _filled(8)),
    Scheme("et-fayda", _S.fayda, False, (), ("NNETH", "NNET")),
    Scheme("tz-nida", _S.nida, False, (), ("NNTZA", "NNTZ"), dated=True),
    Scheme("ug-nin", _S.ug_nin, False, (), ("NNUGA", "NNUG")),
    Scheme("rw-id", _S.rw_id, False, (), ("NNRWA", "NNRW")),
    Scheme("zw-id", _S.zw_id, False, (), ("NNZWE", "NNZW")),
    Scheme("au-ihi", _N.ihi, True, ("http://ns.electronichealth.net.au/id/hi/ihi/1.0",)),
    Scheme("nz-nhi", _W.nhi, True,
           ("https://standards.digital.health.nz/ns/nhi-id", "urn:oid:2.16.840.1.113883.2.18.2"),
           ("NHI", "NNNZL", "NNNZ"), changing=True),
)
# Numbers of citizens and of others under one system: they are told by their shape, and a person may have had both.
SISTERS = (
    ("se-personnummer", "se-samordningsnummer"), ("no-fodselsnummer", "no-d-number"), ("es-dni", "es-nie"),
    ("ro-cnp", "ro-cnp-of-residents"), ("bg-egn", "bg-lnch"), ("cz-rodne-cislo", "cz-rodne-cislo-of-9"),
    ("sk-rodne-cislo", "sk-rodne-cislo-of-9"), ("ca-sin", "ca-sin-for-a-while"), ("tw-id", "tw-resident"),
    ("tr-kimlik", "tr-kimlik-of-foreigners"), ("sg-nric", "sg-fin"), ("th-pin", "th-pin-of-residents"),
    ("sa-national-id", "sa-iqama"), ("bd-nid", "bd-nid-of-13"), ("vn-cccd", "vn-cmnd"))
