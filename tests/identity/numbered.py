"""Classes with national numbers and names of many countries: different people (I), one person with one slip (J).

As in abroad.py each class is a function (rng, place) → two FHIR Patients and says where it is at home. Numbers are drawn
until the country's own rule takes them.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

from gateway.identity import features_of
from gateway.identity.schemes import SCHEMES
from tests.identity.abroad import HERE
from tests.identity.further import (
    Make,
    Pair,
    Patient,
    Place,
    _place,
    born,
    like,
    mrn,
    named,
    other_street,
    person,
    years_later,
)
from tests.identity.people import typo

NEW = (
    _place("ID", "Dewi Siti Sri_Wahyuni Ratna Wati Nurhayati Putri", "Budi Agus Bambang Joko Slamet Wayan Eko", "Santoso Wijaya Susanto Hidayat Saputra Lestari",
           "Jalan Sudirman, Jalan Merdeka, Jalan Melati", "10110 Jakarta, 60271 Surabaya, 40111 Bandung", "+62"),
    _place("JP", "花子 美咲 陽子 愛 恵子 千尋", "太一 健 翔太 大輔 誠 直樹", "佐藤 鈴木 高橋 田中 伊藤 渡辺", "中央一丁目, 本町二丁目, 緑町三丁目",
           "1000001 東京, 5300001 大阪, 6008001 京都", "+81"),
    _place("CZ", "Jana Eva Alena Lenka Kateřina Lucie", "Jan Petr Tomáš Jiří Pavel Martin", "Novák Svoboda Dvořák Černý Procházka", "Dlouhá, Nádražní, Husova",
           "11000 Praha, 60200 Brno, 70200 Ostrava", "+420"),
    _place("BG", "Мария Елена Иванка Радка Петя", "Георги Иван Димитър Николай Петър", "Иванов Георгиев Димитров Петров", "ул. Раковски, бул. Витоша",
           "1000 София, 4000 Пловдив", "+359"),
    _place("RO", "Maria Elena Ioana Andreea Mihaela", "Ion Andrei Alexandru Mihai Ștefan", "Popescu Ionescu Dumitrescu Stan Munteanu", "Strada Lungă, Calea Victoriei",
           "010011 București, 400001 Cluj", "+40"),
    _place("MY", "Nurul_Huda Siti_Aminah Mei_Ling Kavitha Aisyah", "Ahmad_Faiz Wei_Ming Muhammad_Amir Rajesh Hafiz", "bin_Abdullah Tan Lim binti_Hassan Ismail",
           "Jalan Ampang, Lorong Maju", "50450 Kuala Lumpur, 10200 George Town", "+60"),
    _place("TH", "Somsri Malee Siriporn Kanya Ploy", "Somchai Anan Prasert Niran Chai", "Saetang Wongsa Chaiyasit Thongdee", "Sukhumvit Road, Rama IV Road",
           "10110 Bangkok, 50000 Chiang Mai", "+66"),
    _place("MX", "María_Guadalupe Juana Verónica Leticia Rosa_María", "José_Luis Juan_Carlos Francisco Miguel_Ángel Jesús", "Hernández_García Martínez_López González_Pérez",
           "Calle Hidalgo, Avenida Juárez", "06000 México, 44100 Guadalajara", "+52"),
    _place("CL", "María_José Camila Javiera Constanza", "José_Miguel Matías Benjamín Cristóbal", "González_Muñoz Rojas_Díaz Soto_Contreras", "Avenida Matta, Calle Prat",
           "8320000 Santiago, 2340000 Valparaíso", "+56"),
    _place("IL", "נועה תמר מיכל שרה רחל", "דוד משה יוסף יעקב אברהם", "כהן לוי מזרחי פרץ", "הרצל, ויצמן", "6100000 תל אביב, 9100000 ירושלים", "+972"),
    _place("SA", "نورة فاطمة سارة عائشة", "محمد عبدالله فهد خالد", "العتيبي القحطاني الغامدي الحربي", "طريق الملك فهد, شارع العليا", "11564 الرياض, 21442 جدة", "+966"),
    _place("ZA", "Nomsa Thandiwe Lerato Annelise", "Sipho Thabo Johannes Mandla", "Dlamini Nkosi van_der_Merwe Botha", "Long Street, Church Street", "8001 Cape Town, 2001 Johannesburg", "+27"))
PLACES = {**HERE, **{p.code: p for p in NEW}}
BY_NAME = {s.name: s for s in SCHEMES}


def digits(rng: random.Random, many: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(many))


def _year(birth: str) -> str:
    return birth[2:4]


def _ymd(birth: str) -> str:
    return birth[2:].replace("-", "")


def _dmy(birth: str) -> str:
    return f"{birth[8:]}{birth[5:7]}{birth[2:4]}"


# place → the scheme of its number, and how a candidate is drawn for a birth date
NUMBERS: dict[str, tuple[str, Callable[[random.Random, str], str]]] = {
    "BR": ("br-cpf", lambda r, b: digits(r, 11)), "TR": ("tr-kimlik", lambda r, b: f"{r.randint(1, 8)}{digits(r, 10)}"),
    "IN": ("in-aadhaar", lambda r, b: f"{r.randint(2, 9)}{digits(r, 11)}"),
    "KR": ("kr-rrn", lambda r, b: f"{_ymd(b)}{r.choice('34' if b >= '2000' else '12')}{digits(r, 6)}"),
    "CN": ("cn-resident", lambda r, b: f"110105{b.replace('-', '')}{digits(r, 3)}{r.choice('0123456789X')}"),
    "ID": ("id-nik", lambda r, b: f"317301{_dmy(b)}{r.randint(1, 9999):04}"), "JP": ("jp-my-number", lambda r, b: digits(r, 12)),
    "CZ": ("cz-rodne-cislo", lambda r, b: f"{_ymd(b)}{digits(r, 3 if b < '1954' else 4)}"),
    "BG": ("bg-egn", lambda r, b: f"{_year(b)}{int(b[5:7]) + 40 * (b >= '2000'):02}{b[8:]}{digits(r, 4)}"),
    "RO": ("ro-cnp", lambda r, b: f"{r.choice('56' if b >= '2000' else '12')}{_ymd(b)}12{digits(r, 4)}"),
    "MY": ("my-kad", lambda r, b: f"{_ymd(b)}10{digits(r, 4)}"), "TH": ("th-pin", lambda r, b: f"{r.choice('13')}{digits(r, 12)}"),
    "MX": ("mx-curp", lambda r, b: f"GAXL{_ymd(b)}HJCRPN{r.choice('AABC' if b >= '2000' else '0012')}{digits(r, 1)}"),
    "CL": ("cl-run", lambda r, b: f"{r.randint(4, 27)}{digits(r, 6)}{r.choice('0123456789K')}"), "IL": ("il-teudat-zehut", lambda r, b: digits(r, 9)),
    "SA": ("sa-national-id", lambda r, b: f"1{digits(r, 9)}"), "ZA": ("za-id", lambda r, b: f"{_ymd(b)}{digits(r, 4)}08{digits(r, 1)}"),
    "GR": ("gr-amka", lambda r, b: f"{_dmy(b)}{digits(r, 5)}"), "EG": ("eg-national-id", lambda r, b: f"{3 if b >= '2000' else 2}{_ymd(b)}01{digits(r, 5)}"),
    "RU": ("ru-snils", lambda r, b: digits(r, 11)), "HU": ("hu-taj", lambda r, b: digits(r, 9)), "PT": ("pt-nif", lambda r, b: f"2{digits(r, 8)}"),
    "PL": ("pl-pesel", lambda r, b: f"{_year(b)}{int(b[5:7]) + 20 * (b >= '2000'):02}{b[8:]}{digits(r, 5)}"),
    "IS": ("is-kennitala", lambda r, b: f"{_dmy(b)}{r.randint(20, 99)}{digits(r, 1)}{'0' if b >= '2000' else '9'}")}
ALL = tuple(NUMBERS)


def identifier(code: str, value: str) -> dict[str, Any]:
    scheme = BY_NAME[NUMBERS[code][0]]
    if scheme.systems:
        return {"system": scheme.systems[0], "value": value}
    return {"type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": scheme.types[0]}]}, "value": value}


def number(rng: random.Random, place: Place, birth: str, but: str = "") -> dict[str, Any]:
    draw = NUMBERS[place.code][1]
    while True:
        found = identifier(place.code, draw(rng, birth))
        if found["value"] != but and features_of({"identifier": [found]}).person_numbers:
            return found


def of(rng: random.Random, place: Place, birth: str = "", sex: str = "") -> Patient:
    """A person with a record number and a national one."""
    p = person(rng, place, sex, birth, numbered=0)
    return like(p, identifier=[mrn(rng, rng.choice("abc")), number(rng, place, p["birthDate"])])


def another(rng: random.Random, place: Place, p: Patient, birth: str = "") -> list[dict[str, Any]]:
    """The numbers of somebody else."""
    return [mrn(rng, rng.choice("abc")), number(rng, place, birth or p["birthDate"], p["identifier"][-1]["value"])]


def elsewhere(rng: random.Random, place: Place) -> list[dict[str, Any]]:
    return person(rng, place, numbered=0)["address"]


def other_given(rng: random.Random, place: Place, p: Patient) -> list[str]:
    pool = place.women if p["gender"] == "female" else place.men
    return rng.choice([n for n in pool if n.replace("_", " ").split()[0] != p["name"][0]["given"][0]]).replace("_", " ").split()


def slip(rng: random.Random, text: str) -> str:
    """One digit of a number is another one, or exchanged with the next."""
    places = [i for i, c in enumerate(text) if c.isdigit()]
    i = rng.choice(places[:-1])
    if rng.random() < 0.3 and text[i] != text[i + 1] and text[i + 1].isdigit():
        return text[:i] + text[i + 1] + text[i] + text[i + 2:]
    return text[:i] + str((int(text[i]) + rng.randint(1, 9)) % 10) + text[i + 1:]


# --- different people ---------------------------------------------------------------------------------------------------

def twins_with_numbers_of_their_own(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    return p, like(p, name=named(p, other_given(rng, place, p)), identifier=another(rng, place, p))


def twins_one_without_a_number(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    return p, like(p, name=named(p, other_given(rng, place, p)), identifier=[mrn(rng, "d")])


def twins_registered_one_after_another(rng: random.Random, place: Place) -> Pair:
    """Serial numbers of two births of one day, as Indonesia, Malaysia, Korea and Egypt give them out."""
    p = of(rng, place)
    value = p["identifier"][1]["value"]
    other = str(int(value) + rng.choice([1, 2, 10])).zfill(len(value))
    q = like(p, name=named(p, other_given(rng, place, p)), identifier=[mrn(rng, "d"), identifier(place.code, other)])
    return p, q


def twins_on_one_number(rng: random.Random, place: Place) -> Pair:
    """The clerk took the brother's number."""
    p = of(rng, place)
    return p, like(p, name=named(p, other_given(rng, place, p)), identifier=[mrn(rng, "d"), p["identifier"][1]])


def father_and_son_of_one_name(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place, born(rng, 1940, 1985), "male")
    birth = years_later(p, rng.randint(18, 40), rng if rng.random() < 0.7 else None)
    numbers = another(rng, place, p, birth) if rng.random() < 0.7 else [mrn(rng, "d")]
    return p, like(p, birthDate=birth, identifier=numbers)


def mother_and_daughter_of_one_name(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place, born(rng, 1940, 1985), "female")
    birth = years_later(p, rng.randint(18, 40), rng)
    return p, like(p, birthDate=birth, identifier=another(rng, place, p, birth))


def namesakes_of_one_day(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    q = like(of(rng, place, p["birthDate"], p["gender"]), name=p["name"], identifier=another(rng, place, p))
    return p, like(q, address=other_street(rng, place, p))


def namesakes_of_one_day_in_one_street(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    return p, like(p, identifier=another(rng, place, p))


def newborn_on_the_mothers_number(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place, born(rng, 1980, 2000), "female")
    child = person(rng, place, birth=years_later(p, rng.randint(20, 38), rng), numbered=0)
    return p, like(child, address=p["address"], telecom=p["telecom"], identifier=[mrn(rng, "d"), p["identifier"][1]],
                   name=named(child, other_given(rng, place, child | {"name": p["name"]}), p["name"][0]["family"]))


def twins_with_their_mothers_number(rng: random.Random, place: Place) -> Pair:
    """SATUSEHAT names a newborn by its mother's number."""
    p = person(rng, place, birth=born(rng, 2018, 2024), numbered=0)
    mother = {"system": "https://fhir.kemkes.go.id/id/nik-ibu", "value": number(rng, place, born(rng, 1985, 2000))["value"]}
    return like(p, identifier=[mrn(rng, "a"), mother]), like(p, name=named(p, other_given(rng, place, p)), identifier=[mrn(rng, "a"), mother])


def with_masked_numbers(rng: random.Random, place: Place) -> Pair:
    """Namesakes of one day; of their numbers is left what both have."""
    p = of(rng, place)
    masked = [identifier(place.code, f"{p['identifier'][1]['value'][:6]}******")]
    q = like(of(rng, place, p["birthDate"], p["gender"]), name=p["name"], identifier=masked)
    return like(p, identifier=masked), like(q, address=other_street(rng, place, p))


FATHERS = {"EG": ("Ahmed/Mahmoud", "Omar/Hassan"), "MY": ("Ahmad/Ismail", "Hafiz/Amir"), "IN": ("Ramesh/Suresh", "Arjun/Vijay"), "ID": ("Budi/Agus", "Joko/Slamet"),
           "IS": ("Jón/Einar", "Kári/Bjarni"), "BG": ("Георги/Иван", "Петър/Николай")}


def brothers_by_their_fathers_name(rng: random.Random, place: Place) -> Pair:
    """The family name is the father's given name (bin Ismail, Jónsson): brothers share it, and a chain names it twice."""
    one, two = rng.choice(FATHERS[place.code]).split("/")
    p = of(rng, place, sex="male")
    birth = years_later(p, rng.randint(1, 9), rng)
    return like(p, name=named(p, one)), like(p, name=named(p, two), birthDate=birth, identifier=another(rng, place, p, birth))


def father_and_son_in_a_chain(rng: random.Random, place: Place) -> Pair:
    """Ahmed Mahmoud's son is Mahmoud Ahmed, or Ahmed Ahmed."""
    one, two = rng.choice(FATHERS[place.code]).split("/")
    p = of(rng, place, born(rng, 1945, 1985), "male")
    birth = years_later(p, rng.randint(18, 40), rng)
    return (like(p, name=named(p, one, two)),
            like(p, name=named(p, rng.choice([one, two]), one), birthDate=birth, identifier=another(rng, place, p, birth)))


MONONYMS = {"ID": "Suharto Sukarno Wati Dewi Slamet Sumiati Wayan Sutrisno".split(), "IN": "Ganesan Lakshmi Muniyamma Selvi Raju Kaliamma".split()}


def single(rng: random.Random, place: Place, p: Patient) -> list[dict[str, Any]]:
    name = rng.choice(MONONYMS[place.code])
    return [rng.choice(({"family": name}, {"given": [name]}, {"text": name}))]


def people_of_one_single_name(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    name = single(rng, place, p)
    return like(p, name=name), like(of(rng, place, p["birthDate"], p["gender"]), name=name, identifier=another(rng, place, p))


def twins_of_two_single_names(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    one, two = rng.sample(MONONYMS[place.code], 2)
    numbers = another(rng, place, p) if rng.random() < 0.5 else [mrn(rng, "d")]
    return like(p, name=[{"family": one}]), like(p, name=[{"family": two}], identifier=numbers)


def parent_and_child_of_one_single_name(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place, born(rng, 1950, 1985))
    p = like(p, name=single(rng, place, p))
    birth = years_later(p, rng.randint(17, 40), rng)
    return p, like(p, birthDate=birth, identifier=[mrn(rng, "d")] if rng.random() < 0.5 else another(rng, place, p, birth))


def relatives_without_given_names(rng: random.Random, place: Place) -> Pair:
    """Visas write FNU where a passport has one name only, and a family has it in common."""
    p = of(rng, place)
    p = like(p, name=[{"family": rng.choice(MONONYMS[place.code]), "given": ["FNU"]}])
    birth = rng.choice([p["birthDate"], years_later(p, rng.randint(1, 40), rng)])
    return p, like(p, birthDate=birth, identifier=[mrn(rng, "d")] if rng.random() < 0.5 else another(rng, place, p, birth))


# --- one person ---------------------------------------------------------------------------------------------------------

def given_name_with_a_slip(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    name = p["name"][0]
    given = [typo(rng, name["given"][0]) if name["given"][0].isascii() and len(name["given"][0]) > 4 else name["given"][0], *name["given"][1:]]
    return p, like(p, name=named(p, given), identifier=[mrn(rng, "d"), p["identifier"][1]])


def family_name_with_a_slip(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    family = p["name"][0]["family"]
    return p, like(p, name=named(p, family=typo(rng, family) if family.isascii() and len(family) > 4 else family),
                   identifier=[mrn(rng, "d"), p["identifier"][1]])


def number_with_a_slip(rng: random.Random, place: Place) -> Pair:
    """A slip that the check digit notices, where there is one."""
    p = of(rng, place)
    checked = BY_NAME[NUMBERS[place.code][0]].checked
    while True:
        wrong = identifier(place.code, slip(rng, p["identifier"][1]["value"]))
        if not (checked and features_of({"identifier": [wrong]}).person_numbers):
            return p, like(p, identifier=[mrn(rng, "d"), wrong])


def birth_date_with_a_slip(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    year, month, day = p["birthDate"].split("-")
    birth = rng.choice([f"{year}-{month}-{int(day) % 28 + 1:02}", f"{year}-{int(month) % 12 + 1:02}-{min(int(day), 28):02}", f"{int(year) + 1}-{month}-{min(int(day), 28):02}"])
    return p, like(p, birthDate=birth, identifier=[mrn(rng, "d"), p["identifier"][1]])


def moved_with_the_number(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    return p, like(p, address=elsewhere(rng, place), telecom=[], identifier=[p["identifier"][1]])


def the_number_elsewhere_without_a_home(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    return p, like(p, address=[], telecom=[], identifier=[p["identifier"][1]])


def in_latin_letters(rng: random.Random, place: Place) -> Pair:
    from anyascii import anyascii

    p = of(rng, place)
    name = p["name"][0]
    return p, like(p, name=[{"family": anyascii(name["family"]), "given": [anyascii(g) for g in name["given"]]}], telecom=[],
                   identifier=[mrn(rng, "d"), p["identifier"][1]])


def one_text_in_the_countrys_order(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    name = p["name"][0]
    join = "" if place.code in ("CN", "JP") and rng.random() < 0.5 else " "
    given = join.join(name["given"])
    text = f"{name['family']}{join}{given}" if place.code in ("CN", "JP", "KR", "HU") else f"{given} {name['family']}"
    return p, like(p, name=[{"text": text}], identifier=[mrn(rng, "d"), p["identifier"][1]])


def exchanged_order(rng: random.Random, place: Place) -> Pair:
    """Family and given name in each other's field, as who does not know the country writes them."""
    p = of(rng, place)
    name = p["name"][0]
    return p, like(p, name=[{"family": " ".join(name["given"]), "given": [name["family"]]}], identifier=[mrn(rng, "d"), p["identifier"][1]])


SEXED = {"CZ": ("Novák/Nováková", "Svoboda/Svobodová", "Černý/Černá"), "BG": ("Иванов/Иванова", "Петров/Петрова"), "RU": ("Кузнецов/Кузнецова", "Смирнов/Смирнова"),
         "PL": ("Wiśniewski/Wiśniewska", "Zieliński/Zielińska"), "IS": ("Jónsson/Jónsdóttir",)}


def family_name_of_the_other_sex(rng: random.Random, place: Place) -> Pair:
    """Where a clerk or a country does not know the ending of a woman's name."""
    p = of(rng, place, sex="female")
    one, two = rng.choice(SEXED[place.code]).split("/")
    return like(p, name=named(p, family=two)), like(p, name=named(p, family=one), identifier=[mrn(rng, "d"), p["identifier"][1]])


PATRONYMS = {"RU": ("Иванович", "Сергеевна", "Петрович"), "BG": ("Иванов", "Георгиева", "Петров")}


def patronymic_left_out(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    given = p["name"][0]["given"]
    with_father = named(p, [*given, rng.choice(PATRONYMS[place.code])])
    return like(p, name=with_father), like(p, identifier=[mrn(rng, "d"), p["identifier"][1]])


LONG = ("da Silva Santos", "dos Santos Oliveira", "de Souza e Silva", "Pereira da Costa", "Albuquerque de Melo Cavalcanti")


def long_name_shortened(rng: random.Random, place: Place) -> Pair:
    """Maria Clara dos Santos Oliveira, and Maria Oliveira."""
    p = of(rng, place)
    family = rng.choice(LONG)
    words = [w for w in family.split() if w[0].isupper()]
    given = rng.choice([p["name"][0]["given"], p["name"][0]["given"][:1]])
    return like(p, name=named(p, family=family)), like(p, name=named(p, given, words[-1]), identifier=[mrn(rng, "d"), p["identifier"][1]])


def second_surname_left_out(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    return p, like(p, name=named(p, family=p["name"][0]["family"].split()[0]), identifier=[mrn(rng, "d"), p["identifier"][1]])


ARTICLES = ("Ali bin Abdullah/Ali Abdullah", "Fahd al-Otaibi/Fahd Alotaibi", "Omar El Sayed/Omar Elsayed", "Khaled Ibn Walid/Khaled Walid",
            "Hassan Al Ghamdi/Hassan Alghamdi", "Ahmad bin Ismail/Ahmad Ismail", "Yusuf Abdul Rahman/Yusuf Abdulrahman")


def particle_left_out_or_joined(rng: random.Random, place: Place) -> Pair:
    one, two = (text.split(" ", 1) for text in rng.choice(ARTICLES).split("/"))
    p = of(rng, place, sex="male")
    return like(p, name=named(p, *one)), like(p, name=named(p, *two), identifier=[mrn(rng, "d"), p["identifier"][1]])


def single_name_in_another_field(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    name = rng.choice(MONONYMS[place.code])
    one, two = rng.sample(({"family": name}, {"given": [name]}, {"text": name}, {"family": name, "given": [name]}, {"family": name, "given": ["FNU"]},
                           {"given": [name], "family": "LNU"}, {"given": [name], "family": "."}), 2)
    return like(p, name=[one]), like(p, name=[two], identifier=[mrn(rng, "d"), p["identifier"][1]])


def father_named_behind_a_single_name(rng: random.Random, place: Place) -> Pair:
    """Ganesan, and R Ganesan or Ganesan Ramasamy."""
    p = of(rng, place)
    name = rng.choice(MONONYMS[place.code])
    return like(p, name=[{"given": [name]}]), like(p, name=[{"given": [name], "family": rng.choice(["R", "K", "Ramasamy"])}],
                                                  identifier=[mrn(rng, "d"), p["identifier"][1]])


def dotless(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    one, two = rng.choice(("Işık/ISIK", "Yıldız/YILDIZ", "Yıldırım/Yildirim", "Aydın/AYDIN", "İnci/INCI", "Işıl/Isil")).split("/")
    return like(p, name=named(p, family=one)), like(p, name=named(p, family=two), identifier=[mrn(rng, "d"), p["identifier"][1]])


SCRIPTS = {"SA": ("محمد الغامدي/Mohammed Al-Ghamdi", "خالد القحطاني/Khalid Alqahtani", "فاطمة الحربي/Fatimah Al Harbi", "عبدالله العتيبي/Abdullah Al-Otaibi"),
           "IL": ("דוד כהן/David Cohen", "אברהם לוי/Avraham Levi", "יעקב כהן/Yaakov Kohen"),
           "KR": ("민준 김/Min-jun Kim", "서연 박/Seo-yeon Park", "하은 최/Ha-eun Choi"), "BG": ("Георги Димитров/Georgi Dimitrov", "Иванка Петрова/Ivanka Petrova"),
           "GR": ("Γεώργιος Παπαδόπουλος/Georgios Papadopoulos", "Ελένη Νικολάου/Eleni Nikolaou"), "TH": ("สมชาย วงศา/Somchai Wongsa",),
           "CN": ("小明 王/Xiaoming Wang", "志强 李/Zhi Qiang Li")}


def in_the_passports_letters(rng: random.Random, place: Place) -> Pair:
    """As the country's office romanises, not letter by letter."""
    p = of(rng, place)
    one, two = (text.rsplit(" ", 1) if "Al " not in text else text.split(" ", 1) for text in rng.choice(SCRIPTS[place.code]).split("/"))
    return like(p, name=named(p, *one)), like(p, name=named(p, two[0].split(), two[1]), identifier=[mrn(rng, "d"), p["identifier"][1]])


HOME: dict[Make, tuple[str, ...]] = {
    twins_with_numbers_of_their_own: ALL, twins_one_without_a_number: ALL, twins_registered_one_after_another: ("ID", "MY", "KR", "EG"), twins_on_one_number: ALL,
    father_and_son_of_one_name: ALL, mother_and_daughter_of_one_name: ALL, namesakes_of_one_day: ALL, namesakes_of_one_day_in_one_street: ALL,
    newborn_on_the_mothers_number: ALL, twins_with_their_mothers_number: ("ID",), with_masked_numbers: ALL, brothers_by_their_fathers_name: tuple(FATHERS),
    father_and_son_in_a_chain: tuple(FATHERS), people_of_one_single_name: tuple(MONONYMS), twins_of_two_single_names: tuple(MONONYMS),
    parent_and_child_of_one_single_name: tuple(MONONYMS), relatives_without_given_names: tuple(MONONYMS),
    given_name_with_a_slip: ALL, family_name_with_a_slip: ALL, number_with_a_slip: ALL, birth_date_with_a_slip: ALL, moved_with_the_number: ALL,
    the_number_elsewhere_without_a_home: ALL, in_latin_letters: ALL, one_text_in_the_countrys_order: ALL, exchanged_order: ALL,
    family_name_of_the_other_sex: tuple(SEXED), patronymic_left_out: tuple(PATRONYMS), long_name_shortened: ("BR", "PT"), second_surname_left_out: ("MX", "CL"),
    particle_left_out_or_joined: ("SA", "EG", "MY"), single_name_in_another_field: tuple(MONONYMS), father_named_behind_a_single_name: ("IN",), dotless: ("TR",),
    in_the_passports_letters: tuple(SCRIPTS)}
DIFFERENT: tuple[Make, ...] = tuple(list(HOME)[:17])
SAME: tuple[Make, ...] = tuple(list(HOME)[17:])


def made(make: Make, size: int, seed: int = 13) -> Iterator[Pair]:
    """`size` pairs of one class, from the places where it is at home in turn."""
    rng = random.Random(f"{make.__name__}{seed}")
    for i in range(size):
        yield make(rng, PLACES[HOME[make][i % len(HOME[make])]])
