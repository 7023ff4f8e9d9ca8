"""Classes of one person whom two desks, two countries or two machines write down differently (Q).

As in abroad.py each class is a function (rng, place) → two FHIR Patients; where it is at home stands in HOME.
"""

import random
from collections.abc import Iterator
from typing import Any

from tests.identity.abroad import card, phone
from tests.identity.crowded import PLACES, mail
from tests.identity.further import Make, Pair, Patient, Place, born, like, mrn, named, person
from tests.identity.numbered import ALL as NUMBERED
from tests.identity.numbered import elsewhere
from tests.identity.numbered import of as known
from tests.identity.people import luhn_digit

ALL = tuple(PLACES)
LATIN = tuple(code for code, place in PLACES.items() if all(ord(c) < 0x2B0 for c in "".join(place.women + place.men + place.families)) and code != "VN")
TITLES = {"female": "Dr.|Frau|Prof. Dr.|Mrs|Ms.|Sister|Señora|Dña.|Smt.|Shrimati|Mme|Hajja|Mag.|Dipl.-Ing.|Sra.|Mevrouw|Fru|Ing.|Rev.|Doña",
          "male": "Dr.|Herr|Prof. Dr.|Mr|Mr.|Brother|Señor|Shri|Haji|Sheikh|Mag.|Dipl.-Ing.|Sr.|Dhr.|Hr.|Ing.|Rev.|Md.|Sir|Fr."}
BEHIND = ("MD", "PhD", "M.D.", "Dr.", "RN", "Esq.", "MBA", "CPA", "DDS", "OBE", "KC", "MSc", "BSc", "Dipl.-Ing.", "MBBS", "FRCS", "JD", "DVM", "SJ", "OP", "OSB")
NICK = {"female": ("Elizabeth/Liz", "Margaret/Peggy", "Katherine/Kate", "Susan/Sue", "Jennifer/Jen", "Rebecca/Becky", "Patricia/Pat", "Catherine/Cathy"),
        "male": ("William/Bill", "Robert/Bob", "Richard/Dick", "James/Jim", "John/Jack", "Michael/Mike", "Edward/Ted", "Charles/Chuck")}
SHORTENED = {"female": ("Maria/Ma.", "Maria/Mª", "Elizabeth/Eliz.", "Katherine/Kath.", "Margaret/Marg."),
             "male": ("William/Wm.", "Charles/Chas.", "George/Geo.", "James/Jas.", "Thomas/Thos.", "Joseph/Jos.", "Robert/Robt.", "Francisco/Fco.", "Johannes/Joh.", "Friedrich/Friedr.")}
JOINED = ("Ann Marie", "Mary Ann", "Jean Pierre", "Hans Peter", "Karl Heinz", "Anna Lena", "Jose Luis", "Mary Jane", "Eva Maria", "Lars Erik", "Jan Olof", "Ana Sofia")
RESPELT = {"UA": ("Олександр/Oleksandr/Alexander", "Сергій/Serhii/Sergey", "Микола/Mykola/Nikolay", "Ганна/Hanna", "Наталія/Nataliia/Natalya", "Юлія/Yuliia/Julia", "Андрій/Andrii/Andrey"),
           "ER": ("Tesfay/Tesfai/Tesfaye", "Mehret/Mihret/Meheret", "Selam/Selaam", "Yonas/Yonnas/Jonas", "Filmon/Philmon/Filimon", "Berhane/Birhane/Berhanie"),
           "AF": ("Mohammad/Muhammad/Mohammed", "Ahmad/Ahmed/Achmad", "Maryam/Mariam/Mariyam", "Zahra/Zahrah/Zehra", "Fatima/Fatema/Fatemeh", "Hamid/Hameed"),
           "MM": ("Noor/Nur", "Mohammed/Muhammad/Mohammad", "Rashida/Rasheda/Rashidah", "Rafique/Rafiq/Rofik", "Hasina/Haseena/Hosina", "Anwar/Anowar/Anwer"),
           "BG": ("Георги/Georgi/Gueorgui", "Иван/Ivan/Iwan", "Димитър/Dimitar/Dimiter", "Николай/Nikolay/Nikolai", "Елена/Elena/Jelena"),
           "SA": ("محمد/Mohammed/Muhammad", "عائشة/Aisha/Aysha", "خالد/Khalid/Khaled", "فاطمة/Fatimah/Fatima")}
OCR = (("rn", "m"), ("l", "1"), ("o", "0"), ("i", "l"), ("h", "b"), ("e", "c"), ("n", "ri"), ("u", "v"), ("t", "f"), ("s", "5"), ("m", "rn"))
PREFIXED = ("McDonald/Mc Donald/MacDonald/MCDONALD", "O'Brien/OBrien/O Brien/O’Brien/O`Brien", "de la Cruz/Delacruz/Dela Cruz/DE LA CRUZ", "El-Sayed/Elsayed/El Sayed",
            "Ben Ali/Benali/Ben-Ali", "FitzGerald/Fitz Gerald/Fitzgerald", "St. John/Saint John/St John", "van der Berg/Vanderberg/Van Der Berg", "van den Berg/v.d. Berg/vd Berg/Berg", "D'Angelo/Dangelo/D Angelo/D’Angelo",
            "Le Blanc/Leblanc/LeBlanc", "Abu Bakr/Abubakr/Abu-Bakr", "von Stein/Von Stein/v. Stein/vonStein", "Di Stefano/Distefano/DiStefano", "dos Santos/Dos Santos/Santos", "al-Haddad/Al Haddad/Alhaddad/Haddad")
SPANISH = {"female": ("María del Carmen/Mª Carmen/Maria Carmen/Mª del Carmen/Ma. del Carmen", "María José/Mª José/Maria Jose/Ma. José", "María de los Ángeles/Mª Ángeles/Maria Angeles"),
           "male": ("Francisco Javier/Fco. Javier/Fco Javier/Francisco J.", "José María/Jose Mª/José Ma./JOSE MARIA", "Juan Antonio/Juan A./Juan Ant.")}
SIGNS = ("國偉/国伟", "麗華/丽华", "建軍/建军", "曉東/晓东", "志強/志强", "惠/恵", "廣/広/广", "龍/竜/龙", "美櫻/美樱/美桜", "榮/栄/荣", "詠詩/咏诗", "嘉穎/嘉颖")
TOWNS = ("München/Munich", "Köln/Cologne", "Wien/Vienna", "Praha/Prague", "Göteborg/Gothenburg", "Lisboa/Lisbon", "København/Copenhagen", "Roma/Rome", "Москва/Moscow", "Warszawa/Warsaw", "Київ/Kiev",
         "Genève/Geneva", "Den Haag/The Hague", "Sevilla/Seville", "北京/Beijing", "Αθήνα/Athens", "القاهرة/Cairo", "București/Bucharest")
ROADS = {"DE": ("straße/str.", "straße/strasse", "straße/ Straße"), "US": ("Street/St", "Avenue/Ave.", "Street/St.", "Blvd/Boulevard"), "ES": ("Calle/C/", "Avenida/Avda.", "Plaza/Pza.", "Calle/c."),
         "PL": ("ulica/ul.", "ulica/"), "IN": ("Road/Rd", "Road/Rd."), "SE": ("gatan/g.", "gatan/ gatan"), "BR": ("Rua/R.", "Avenida/Av."), "NL": ("straat/str.", "straat/ straat"),
         "HU": ("utca/u.",), "BG": ("ул. /улица ", "бул. /булевард "), "RO": ("Strada/Str.", "Calea/Cal."), "TR": ("Caddesi/Cad.", "Caddesi/Cd.")}


def of(rng: random.Random, place: Place, birth: str = "", sex: str = "") -> Patient:
    return person(rng, place, sex, birth or born(rng, 1935, 2004), numbered=0)


def desk(rng: random.Random, p: Patient, **change: Any) -> Patient:
    """The same person at another hospital, which gave a record number of its own."""
    return like(p, **{"identifier": [mrn(rng, "z"), *p["identifier"][1:]], **change})


def first(p: Patient) -> str:
    return str(p["name"][0]["given"][0])


def words(p: Patient) -> str:
    return " ".join(p["name"][0]["given"])


def letters(text: str, change: Any) -> str:
    return "".join(change(c) for c in text)


# --- names --------------------------------------------------------------------------------------------------------------

def family_name_at_birth_told(rng: random.Random, place: Place) -> Pair:
    """Married, moved and with the old phone; the old name stands beside the new one."""
    p = of(rng, place, born(rng, 1950, 2000), "female")
    other = rng.choice([f for f in place.families if f != p["name"][0]["family"]])
    use = rng.choice(("maiden", "old"))
    q = desk(rng, p, name=[{"use": "official", **named(p, family=other)[0]}, {"use": use, **p["name"][0]}], address=elsewhere(rng, place))
    return p, q


def married_with_the_number(rng: random.Random, place: Place) -> Pair:
    p = known(rng, place, born(rng, 1950, 2000), "female")
    other = rng.choice([f for f in place.families if f != p["name"][0]["family"]])
    return p, desk(rng, p, name=named(p, family=rng.choice((other, f"{other}-{p['name'][0]['family']}", f"{p['name'][0]['family']} {other}"))), address=elsewhere(rng, place))


def renamed_and_told(rng: random.Random, place: Place) -> Pair:
    """Another sex and given name by law; the number stayed, and the former name is told."""
    p = known(rng, place, born(rng, 1950, 2005))
    sex = "male" if p["gender"] == "female" else "female"
    given = rng.choice(place.men if sex == "male" else place.women).replace("_", " ").split()
    return p, desk(rng, p, gender=sex, name=[{"use": "official", **named(p, given)[0]}, {"use": "old", **p["name"][0]}])


def adopted_with_the_number(rng: random.Random, place: Place) -> Pair:
    """A new family name and home, the old name told."""
    p = known(rng, place, born(rng, 2005, 2020))
    other = rng.choice([f for f in place.families if f != p["name"][0]["family"]])
    return p, desk(rng, p, name=[{"use": "official", **named(p, family=other)[0]}, {"use": "old", **p["name"][0]}], address=elsewhere(rng, place), telecom=[])


def title_among_the_given_names(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    title = rng.choice(TITLES[p["gender"]].split("|")).split()
    given = p["name"][0]["given"]
    return p, desk(rng, p, name=named(p, rng.choice(([*title, *given], [" ".join([*title, *given])], [*given, *title]))))


def letters_behind_the_name(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    behind = rng.choice(BEHIND)
    family = p["name"][0]["family"]
    names = rng.choice((named(p, family=f"{family} {behind}"), named(p, family=f"{family}, {behind}"), named(p, [*p["name"][0]["given"], behind]), [{**p["name"][0], "suffix": [behind]}]))
    return p, desk(rng, p, name=names)


def mark_of_generation_on_one_side(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place, sex="male")
    family = p["name"][0]["family"]
    names = rng.choice((named(p, family=f"{family} Jr"), named(p, family=f"{family}, Jr."), named(p, family=f"{family} III"), [{**p["name"][0], "suffix": ["Jr."]}]))
    return p, desk(rng, p, name=names)


def called_in_quotes(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    whole, short = rng.choice(NICK[p["gender"]]).split("/")
    p = like(p, name=named(p, whole))
    return p, desk(rng, p, name=named(p, rng.choice(([f'{whole} "{short}"'], [whole, f"({short})"], [whole, f"'{short}'"], [f"{whole} ({short})"]))))


def nickname_and_moved(rng: random.Random, place: Place) -> Pair:
    p = known(rng, place)
    whole, short = rng.choice(NICK[p["gender"]]).split("/")
    return like(p, name=named(p, whole)), desk(rng, p, name=named(p, short), address=elsewhere(rng, place))


def given_name_shortened_with_a_dot(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    whole, short = rng.choice(SHORTENED[p["gender"]]).split("/")
    return like(p, name=named(p, whole)), desk(rng, p, name=named(p, short))


def given_names_in_one_word(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    whole = rng.choice(JOINED)
    one, two = rng.sample((whole.split(), [whole], [whole.replace(" ", "")], [whole.replace(" ", "-")], [whole.title().replace(" ", "").capitalize()]), 2)
    return like(p, name=named(p, one)), desk(rng, p, name=named(p, two))


def known_by_the_second_given_name(rng: random.Random, place: Place) -> Pair:
    p = known(rng, place)
    pool = [n.replace("_", " ").split()[0] for n in (place.women if p["gender"] == "female" else place.men)]
    one, two = rng.sample(sorted(set(pool)), 2)
    return like(p, name=named(p, [one, two])), desk(rng, p, name=named(p, two))


def second_given_name_left_out(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    pool = sorted({n.replace("_", " ").split()[0] for n in (place.women if p["gender"] == "female" else place.men)})
    one, two = rng.sample(pool, 2)
    return like(p, name=named(p, [one, two])), desk(rng, p, name=named(p, rng.choice(([one], [one, two[0]], [one, two[0] + "."]))))


def whole_name_in_the_family_field(rng: random.Random, place: Place) -> Pair:
    """`Berg, Anna` or `BERG^ANNA` came as one text; a number is told."""
    p = known(rng, place)
    family = p["name"][0]["family"]
    return p, desk(rng, p, name=[{"family": rng.choice((f"{family}, {words(p)}", f"{family}^{words(p)}", f"{words(p)} {family}", f"{family} {words(p)}"))}])


def cut_after_some_letters(rng: random.Random, place: Place) -> Pair:
    """Fields of eight or ten letters, as machines and wristbands have them."""
    p = known(rng, place)
    most = rng.choice((8, 10, 12, 15))
    whole = named(p, [words(p)[:most].strip()], p["name"][0]["family"][:most].strip())
    return p, desk(rng, p, name=whole)


def cut_after_some_letters_at_one_door(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    given, family, most = rng.choice(("Maximilian", "Christopher", "Wilhelmina", "Konstantinos")), "Papadopoulos-Anagnostou", 8
    p = like(p, name=named(p, given, family))
    return p, desk(rng, p, name=named(p, given[:most], family[:most]))


def letters_read_by_a_machine(rng: random.Random, place: Place) -> Pair:
    """One letter of each name mistaken as a scanner does, the number and the birth date are right."""
    p = known(rng, place)

    def misread(text: str) -> str:
        found = [(a, b) for a, b in OCR if a in text.lower()[1:]]
        if not found or len(text) < 4:
            return text
        a, b = rng.choice(found)
        i = text.lower().index(a, 1)
        return text[:i] + b + text[i + len(a):]
    return p, desk(rng, p, name=named(p, [misread(first(p)), *p["name"][0]["given"][1:]], misread(p["name"][0]["family"])))


def in_the_wrong_character_set(rng: random.Random, place: Place) -> Pair:
    """MÃ¼ller and M?ller."""
    p = known(rng, place)

    def spoilt(text: str) -> str:
        wrong = rng.choice(("latin", "?", "\ufffd"))
        return text.encode().decode("cp1252", "replace") if wrong == "latin" else letters(text, lambda c: c if c.isascii() else wrong)
    return p, desk(rng, p, name=named(p, [spoilt(g) for g in p["name"][0]["given"]], spoilt(p["name"][0]["family"])))


def with_letters_written_out(rng: random.Random, place: Place) -> Pair:
    """Mueller, Oeberg, Soerensen, Aakesson: at one door, without a number."""
    p = of(rng, place)
    given, family = rng.choice(("Jürgen", "Günther", "Björn", "Søren", "Åsa", "Märta", "Jörg", "Käthe")), rng.choice(("Müller", "Schäfer", "Groß", "Öberg", "Sørensen", "Åkesson", "Kjær", "Böhm", "Weiß"))
    out = {"ü": "ue", "ö": "oe", "ä": "ae", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae", "Å": "Aa", "Ö": "Oe"}
    bare = {"ü": "u", "ö": "o", "ä": "a", "ß": "ss", "ø": "o", "å": "a", "æ": "ae", "Å": "A", "Ö": "O"}
    table = rng.choice((out, bare))
    return like(p, name=named(p, given, family)), desk(rng, p, name=named(p, letters(given, lambda c: table.get(c, c)), letters(family, lambda c: table.get(c, c))))


def respelt_by_another_country(rng: random.Random, place: Place) -> Pair:
    """Oleksandr and Alexander, Tesfay and Tesfai, Mohammad and Muhammad, on one number."""
    p = of(rng, place, sex="male")
    one, two = rng.sample(rng.choice(RESPELT[place.code]).split("/"), 2)
    number = card(rng, "urn:unhcr")
    return like(p, name=named(p, one), identifier=[number]), like(p, name=named(p, two), identifier=[mrn(rng, "b"), number], address=elsewhere(rng, place))


def respelt_at_one_door(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place, sex="male")
    one, two = rng.sample(rng.choice(RESPELT[place.code]).split("/"), 2)
    return like(p, name=named(p, one)), desk(rng, p, name=named(p, two))


def singh_or_kaur_left_out(rng: random.Random, place: Place) -> Pair:
    """Harpreet Singh Gill, Harpreet Gill and Harpreet Singh."""
    p = of(rng, place)
    mark = "Singh" if p["gender"] == "male" else "Kaur"
    family, given = p["name"][0]["family"], first(p)
    one, two = rng.sample(([{"given": [given, mark], "family": family}], [{"given": [given], "family": f"{mark} {family}"}], [{"given": [given], "family": family}],
                           [{"given": [given], "family": mark}]), 2)
    if {n[0]["family"] for n in (one, two)} == {family, mark} and not any(mark in n[0]["given"] for n in (one, two)):
        two = [{"given": [given, mark], "family": family}]
    return like(p, name=one), desk(rng, p, name=two)


def prefix_joined_or_parted(rng: random.Random, place: Place) -> Pair:
    """McDonald and Mc Donald, O'Brien and OBrien, de la Cruz and Delacruz, El-Sayed and Elsayed: at one door, without a number."""
    p = of(rng, place)
    one, two = rng.sample(rng.choice(PREFIXED).split("/"), 2)
    return like(p, name=named(p, family=one)), desk(rng, p, name=named(p, family=two))


def born_as_in_the_family_field(rng: random.Random, place: Place) -> Pair:
    """Berg née Holm, Berg (geb. Holm), Berg f. Holm."""
    p = of(rng, place, sex="female")
    family = p["name"][0]["family"]
    other = rng.choice([f for f in place.families if f != family])
    mark = rng.choice(("née", "geb.", "f.", "född", "ur.", "nata", "nee", "born", "roz.", "szül.", "née:", "geboren", "z d.", "rođ.", "nascida", "o.s."))
    return p, desk(rng, p, name=named(p, family=rng.choice((f"{family} {mark} {other}", f"{family} ({mark} {other})", f"{family}, {mark} {other}"))))


def spanish_names_in_short(rng: random.Random, place: Place) -> Pair:
    """María del Carmen, Mª Carmen and Maria C.: at one door, without a number."""
    p = of(rng, place)
    forms = SPANISH[p["gender"]]
    one, two = rng.sample(rng.choice(forms).split("/"), 2)
    return like(p, name=named(p, one.split())), desk(rng, p, name=named(p, two.split()))


def simplified_signs(rng: random.Random, place: Place) -> Pair:
    """國偉 and 国伟, 華 and 华, 惠 and 恵: at one door, without a number."""
    p = of(rng, place)
    one, two = rng.sample(rng.choice(SIGNS).split("/"), 2)
    return like(p, name=named(p, one)), desk(rng, p, name=named(p, two))


def another_sign_of_one_sound(rng: random.Random, place: Place) -> Pair:
    """The desk typed 志炜 for 志伟; the national number is right."""
    p = known(rng, place)
    one, two = rng.sample(rng.choice(("志伟/志炜", "晓静/晓婧", "小芳/小方", "建军/建君", "文丽/文莉", "明华/明桦")).split("/"), 2)
    return like(p, name=named(p, one)), desk(rng, p, name=named(p, two))


# --- the rest -----------------------------------------------------------------------------------------------------------

def moved_with_phone_and_mailbox(rng: random.Random, place: Place) -> Pair:
    """Without a number: name, birth date, phone and mailbox."""
    p = of(rng, place)
    p = like(p, telecom=[*p["telecom"], mail(f"x{rng.randint(1000, 9999)}.post")])
    return p, desk(rng, p, address=elsewhere(rng, place))


def without_a_birth_date_on_the_number(rng: random.Random, place: Place) -> Pair:
    p = known(rng, place)
    return p, desk(rng, p, birthDate="", telecom=[])


def birth_date_in_another_form(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place, f"{rng.randint(1940, 2004)}-{rng.randint(1, 9):02}-{rng.randint(13, 28)}")
    y, m, d = p["birthDate"].split("-")
    return p, desk(rng, p, birthDate=rng.choice((y + m + d, f"{d}.{m}.{y}", f"{p['birthDate']}T00:00:00", f"{d}/{m}/{y}", f"{m}/{d}/{y}", f"{int(d)}.{int(m)}.{y}", f"{p['birthDate']}T00:00:00+02:00",
                                                     f"{y}/{m}/{d}", f"{y}{m}{d}000000", f"{d}-{m}-{y}", f"{y}.{m}.{d}")))


def number_in_another_form(rng: random.Random, place: Place) -> Pair:
    """Spaces, dots, dashes, small letters; moved, and no phone."""
    p = known(rng, place)
    number = p["identifier"][-1]
    value = number["value"]
    written = rng.choice((" ".join(value), f"{value[:3]} {value[3:6]} {value[6:]}", f"{value[:3]}.{value[3:6]}.{value[6:]}", f"{value[:6]}-{value[6:]}", value.lower(), f" {value} ", f"{value[:-1]}/{value[-1]}"))
    return p, desk(rng, p, identifier=[{**number, "value": written}], address=elsewhere(rng, place), telecom=[])


def swedish(rng: random.Random, birth: str, plus: int) -> dict[str, str]:
    body = f"{birth[2:4]}{birth[5:7]}{int(birth[8:]) + plus:02}{rng.randint(0, 999):03}"
    return {"system": f"urn:oid:1.2.752.129.2.1.3.{3 if plus else 1}", "value": f"{birth[:2]}{body}{luhn_digit(body)}"}


def first_a_number_for_a_while(rng: random.Random, place: Place) -> Pair:
    """Samordningsnummer, then personnummer; at one door, or with the phone in another town."""
    p = of(rng, place)
    q = like(p, identifier=[mrn(rng, "b"), swedish(rng, p["birthDate"], 0)])
    return like(p, identifier=[mrn(rng, "a"), swedish(rng, p["birthDate"], 60)]), rng.choice((q, like(q, telecom=[]), like(q, address=elsewhere(rng, place))))


def number_of_a_foreigner_then_of_a_citizen(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    n = rng.randint(0, 9_999_999)
    nie = {"system": "urn:oid:1.3.6.1.4.1.19126.4", "value": f"X{n:07}{'TRWAGMYFPDXBNJZSQVHLCKE'[n % 23]}"}
    m = rng.randint(10_000_000, 99_999_999)
    dni = {"system": "urn:oid:1.3.6.1.4.1.19126.3", "value": f"{m}{'TRWAGMYFPDXBNJZSQVHLCKE'[m % 23]}"}
    return like(p, identifier=[nie]), like(p, identifier=[dni])


def street_in_short(rng: random.Random, place: Place) -> Pair:
    """No number and no phone: Hauptstr. 4 and Hauptstraße 4."""
    p = like(of(rng, place), telecom=[])
    line, forms = p["address"][0]["line"][0], [f.split("/", 1) for f in ROADS[place.code]]
    for whole, short in rng.sample(forms, len(forms)):
        if whole in line:
            return p, desk(rng, p, address=[{**p["address"][0], "line": [line.replace(whole, short)]}])
    return p, desk(rng, p)


def door_with_a_flat(rng: random.Random, place: Place) -> Pair:
    p = like(of(rng, place), telecom=[])
    line, flat = p["address"][0]["line"][0], rng.randint(1, 40)
    other = rng.choice(([f"{line}, Apt {flat}"], [f"{line} Apt. {flat}"], [line, f"Flat {flat}"], [f"Apt {flat}", line], [f"{line} lgh 11{flat:02}"], [f"{line}, {flat}. OG"], [f"Flat {flat}, {line}"]))
    return p, desk(rng, p, address=[{**p["address"][0], "line": other}])


def phone_in_another_form(rng: random.Random, place: Place) -> Pair:
    """No number and no address: +46 70 123 45 67 and 070-123 45 67."""
    p = like(of(rng, place), address=[])
    value = p["telecom"][0]["value"]
    bare = value.removeprefix(place.calling)
    other = rng.choice((f"0{bare}", f"00{place.calling[1:]}{bare}", f"{place.calling} (0){bare[:3]} {bare[3:]}", f"0{bare[:2]}-{bare[2:5]} {bare[5:]}", f"tel:{value}", f"{place.calling} {bare[:3]} {bare[3:6]} {bare[6:]}"))
    return p, desk(rng, p, telecom=[{"system": "phone", "value": other}])


def house_in_another_form(rng: random.Random, place: Place) -> Pair:
    """No number and no phone: Main Street 12, 12 Main Street, Main Street No. 12, Main Street 12 A."""
    p = like(of(rng, place), telecom=[])
    line = p["address"][0]["line"][0]
    street, _, house = line.rpartition(" ")
    letter = rng.choice("ab")
    one, two = rng.sample((f"{street} {house}{letter}", f"{house}{letter} {street}", f"{street} {house} {letter.upper()}", f"{street}, {house}{letter}", f"{street} {house}{letter.upper()}"), 2)
    if rng.random() < 0.4:
        one, two = rng.sample((line, f"{house} {street}", f"{street} No. {house}", f"{street} nº {house}", f"{street} Nr. {house}", f"{street}, {house}", f"{street} #{house}"), 2)
    return like(p, address=[{**p["address"][0], "line": [one]}]), desk(rng, p, address=[{**p["address"][0], "line": [two]}])


def town_by_its_foreign_name(rng: random.Random, place: Place) -> Pair:
    """München and Munich, with the postcode; no number and no phone."""
    p = like(of(rng, place), telecom=[])
    native, foreign = rng.choice(TOWNS).split("/")
    return like(p, address=[{**p["address"][0], "city": native}]), desk(rng, p, address=[{**p["address"][0], "city": foreign}])


def letters_in_the_number(rng: random.Random, place: Place) -> Pair:
    """O for 0 and l for 1, as a scanner reads them; all else is right."""
    p = known(rng, place)
    number = p["identifier"][-1]
    i, digits = rng.randrange(4), {"0": "O", "1": "l", "5": "S", "8": "B"}
    places = [j for j, c in enumerate(number["value"]) if c in digits]
    if not places:
        return p, desk(rng, p)
    j = places[i % len(places)]
    return p, desk(rng, p, identifier=[{**number, "value": number["value"][:j] + digits[number["value"][j]] + number["value"][j + 1:]}])


def died_since(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    return p, desk(rng, p, **rng.choice(({"deceasedBoolean": True}, {"deceasedDateTime": "2023-04-05"}, {"deceasedDateTime": "2023-04-05T10:00:00Z"})))


def with_a_phone_more(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place)
    return p, desk(rng, p, telecom=[phone(rng, place), *p["telecom"]], address=[*elsewhere(rng, place), {**p["address"][0], "use": "old"}])


def sex_not_told_alike(rng: random.Random, place: Place) -> Pair:
    """Unknown, other, or a slip of the pen, beside the number."""
    p = known(rng, place)
    return p, desk(rng, p, gender=rng.choice(("unknown", "other", "", "male" if p["gender"] == "female" else "female")))


HOME: dict[Make, tuple[str, ...]] = {
    family_name_at_birth_told: ALL, married_with_the_number: NUMBERED, renamed_and_told: NUMBERED, adopted_with_the_number: NUMBERED, title_among_the_given_names: LATIN,
    letters_behind_the_name: LATIN, mark_of_generation_on_one_side: LATIN, called_in_quotes: ("US", "ZA"), nickname_and_moved: ("ZA",), given_name_shortened_with_a_dot: ("US", "ES", "DE", "PH"),
    given_names_in_one_word: ("US", "DE", "SE", "BR"), known_by_the_second_given_name: NUMBERED, second_given_name_left_out: LATIN, whole_name_in_the_family_field: NUMBERED,
    cut_after_some_letters: NUMBERED, cut_after_some_letters_at_one_door: ("DE", "US", "PL"), letters_read_by_a_machine: tuple(c for c in NUMBERED if c in LATIN),
    in_the_wrong_character_set: tuple(c for c in NUMBERED if c in LATIN), with_letters_written_out: ("DE", "SE"), respelt_by_another_country: tuple(RESPELT),
    respelt_at_one_door: tuple(RESPELT), singh_or_kaur_left_out: ("PB",), simplified_signs: ("CN",), another_sign_of_one_sound: ("CN",), prefix_joined_or_parted: ("US", "SE", "PT"), born_as_in_the_family_field: LATIN,
    spanish_names_in_short: ("ES", "MX"), house_in_another_form: LATIN, town_by_its_foreign_name: LATIN, letters_in_the_number: tuple(c for c in NUMBERED if c != "MX"), moved_with_phone_and_mailbox: ALL, without_a_birth_date_on_the_number: NUMBERED,
    birth_date_in_another_form: ALL, number_in_another_form: NUMBERED, first_a_number_for_a_while: ("SE",), number_of_a_foreigner_then_of_a_citizen: ("ES",),
    street_in_short: tuple(ROADS), door_with_a_flat: ALL, phone_in_another_form: ("SE", "DE", "NL", "RU"), died_since: ALL, with_a_phone_more: ALL, sex_not_told_alike: NUMBERED}
SAME: tuple[Make, ...] = tuple(HOME)
DIFFERENT: tuple[Make, ...] = ()


def made(make: Make, size: int, seed: int = 19) -> Iterator[Pair]:
    """`size` pairs of one class, from the places where it is at home in turn."""
    rng = random.Random(f"{make.__name__}{seed}")
    for i in range(size):
        yield make(rng, PLACES[HOME[make][i % len(HOME[make])]])
