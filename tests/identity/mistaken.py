"""Classes of people whom a custom of naming, a desk, a feed or a migration makes look alike: different people (Q).

As in abroad.py each class is a function (rng, place) → two FHIR Patients; where it is at home stands in HOME. What both
have in common besides is drawn anew for each pair: `sharing`.
"""

import random
from collections.abc import Iterator
from typing import Any

from tests.identity.abroad import card, other_day, phone
from tests.identity.crowded import PLACES, at, mail, no_street, of, row
from tests.identity.further import (
    Make,
    Pair,
    Patient,
    Place,
    born,
    like,
    mrn,
    named,
    other_given,
    other_street,
    person,
    years_later,
)
from tests.identity.numbered import BY_NAME, NUMBERS, digits, number, slip

ALL = tuple(PLACES)
MOTHER = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"


# --- what relatives and those of one house share --------------------------------------------------------------------------

def _home(rng: random.Random, place: Place, p: Patient) -> list[dict[str, Any]]:
    line, zero = p["address"][0]["line"][0], rng.randint(1, 60)
    return rng.choice((p["address"], p["address"], p["address"], at(p, f"{line}, Apt {zero}"), other_street(rng, place, p), no_street(p), []))


def _telecom(rng: random.Random, place: Place, p: Patient) -> tuple[list[Any], list[Any]]:
    one, family = p["telecom"], mail("family" + p["address"][0]["postalCode"])
    return rng.choice(((one, one), (one, one), ([*one, family], [*one, family]), ([family], [family]), (one, [phone(rng, place)]), (one, []), ([], [])))


def _numbers(rng: random.Random, place: Place, p: Patient, policy: bool) -> tuple[list[Any], list[Any]]:
    """policy: the number of both may be one, or a digit apart"""
    kind = rng.choice(("urn:insurer", "urn:insurer", f"urn:register:{place.code.lower()}", ""))
    value = str(rng.randint(10**8, 10**9 - 10))
    one, after = {"system": kind, "value": value}, {"system": kind, "value": str(int(value) + rng.randint(1, 3))}
    own = [([], []), ([mrn(rng, "a")], [mrn(rng, "b")]), ([mrn(rng, "a")], [mrn(rng, "a")]), ([one], [mrn(rng, "b")]), ([one], [{"system": kind, "value": digits(rng, 9)}]),
           ([mrn(rng, "a"), one], [])]
    if place.code in NUMBERS and len(p["birthDate"]) == 10:
        own.append(([number(rng, place, p["birthDate"])], [mrn(rng, "b")]))
    shared = [([one], [one]), ([mrn(rng, "a"), one], [mrn(rng, "b"), one]), ([one], [after]), ([one], [{"system": kind, "value": slip(rng, value)}]), ([one], [{"system": kind, "value": value[:-1]}])]
    return rng.choice([*own, *shared] if policy else own)


def sharing(rng: random.Random, place: Place, p: Patient, q: Patient, policy: bool = True) -> Pair:
    """Both, with another part of home, phones, mailbox, numbers, mother and next of kin in common each time."""
    (mine, theirs), (one, two) = _telecom(rng, place, p), _numbers(rng, place, p, policy)
    both: dict[str, Any] = {}
    if rng.random() < 0.2:
        both["extension"] = [{"url": MOTHER, "valueString": rng.choice(place.families)}]
    if rng.random() < 0.2:
        both["contact"] = [{"name": {"family": p["name"][0]["family"], "given": [rng.choice(place.women).split("_")[0]]}}]
    pair = [like(p, telecom=mine, identifier=one, **both), like(q, telecom=theirs, identifier=two, address=_home(rng, place, p), **both)]
    if rng.random() < 0.2:
        pair = [like(x, gender=rng.choice(("", "unknown", x["gender"]))) for x in pair]
    rng.shuffle(pair)
    return pair[0], pair[1]


def _digit(rng: random.Random, day: str) -> str:
    """The same birth date, a digit of the year, the month or the day another."""
    year, month, d = int(day[:4]), day[5:7], min(int(day[8:]), 28)
    return rng.choice((f"{year + rng.choice((1, 2, 3, -1, -10, 10))}-{month}-{d:02}", f"{year}-{month}-{d // 10}{(d % 10 + rng.randint(1, 7)) % 8 + 1 if d < 20 else d % 8 + 1}"))


SEXES = ("Paul/Paula,Martin/Martina,Stefan/Stefanie,Christian/Christiane,Vitor/Vitória,José/Josefa,Aziz/Aziza,Karim/Karima,Amin/Amina,Anil/Anila,Filip/Filippa,Valentin/Valentina,Emil/Emilie,Fabian/Fabienne,Marcel/Marcelle,Julian/Juliane,"
         "Luis/Luisa,Manuel/Manuela,Rafael/Rafaela,Samuel/Samuela,Robert/Roberta,Philipp/Philippa,Nabil/Nabila,Said/Saida,Jamil/Jamila,Farid/Farida,Malik/Malika,Rashid/Rashida,Salim/Salima,Noel/Noelle,Carl/Carla,Henrik/Henrike,Andrea/Andreas,"
         "Simon/Simone,Gabriel/Gabriele,Dominic/Dominique,Jan/Jane,Marin/Marina,Alin/Alina,Roman/Romana,Bogdan/Bogdana,Ivan/Ivana,Zdravko/Zdravka,Kamil/Kamila,Lucian/Luciana,Cristian/Cristiana,Stelian/Steliana").split(",")


# --- brothers and sisters -------------------------------------------------------------------------------------------------


def brother_and_sister_of_one_root(rng: random.Random, place: Place) -> Pair:
    """Martin and Martina, of whom nobody tells the sex."""
    one, two = rng.choice(SEXES).split("/")
    p = of(rng, place, born(rng, 1940, 2024))
    p, q = sharing(rng, place, like(p, name=named(p, one)), like(p, name=named(p, two)))
    sexes = rng.choice((("", ""), ("unknown", ""), ("male", ""), ("", "female")))
    return like(p, gender=sexes[0]), like(q, gender=sexes[1])


def couple_of_one_root(rng: random.Random, place: Place) -> Pair:
    """Martin and Martina, a digit of the birth date apart, of whom nobody tells the sex."""
    one, two = rng.choice(SEXES).split("/")
    p = of(rng, place, born(rng, 1930, 2000))
    p, q = sharing(rng, place, like(p, name=named(p, one)), like(p, name=named(p, two), birthDate=_digit(rng, p["birthDate"])))
    return like(p, gender=""), like(q, gender="")


PATRONYMS = (("Иванович", "Ивановна"), ("Сергеевич", "Сергеевна"), ("Петрович", "Петровна"))


def siblings_with_a_patronymic(rng: random.Random, place: Place) -> Pair:
    """Алексей Иванович and Александр Иванович; Валентин Петрович and Валентина Петровна."""
    man, woman = rng.choice(PATRONYMS)
    pairs = [(a, man, b, man) for a, b in (("Алексей", "Александр"), ("Даниил", "Данила"), ("Артём", "Артур"), ("Степан", "Стефан"))]
    pairs += [(a, man, b, woman) for a, b in (("Александр", "Александра"), ("Валентин", "Валентина"), ("Евгений", "Евгения"), ("Валерий", "Валерия"))]
    a, x, b, y = rng.choice(pairs)
    p = of(rng, place, born(rng, 1950, 2024))
    family = p["name"][0]["family"]
    q = like(p, name=named(p, [b, y], f"{family}а" if y == woman else family), birthDate=rng.choice((p["birthDate"], _digit(rng, p["birthDate"]))))
    p, q = sharing(rng, place, like(p, name=named(p, [a, x])), q)
    return like(p, gender=""), like(q, gender="")


def child_named_after_one_who_died(rng: random.Random, place: Place) -> Pair:
    """Nobody tells that the elder one has died."""
    p = of(rng, place, born(rng, 1930, 2020))
    return sharing(rng, place, p, like(p, birthDate=other_day(rng, p, 0).replace(p["birthDate"][:4], str(int(p["birthDate"][:4]) + rng.randint(1, 4)))), rng.random() < 0.3)


def twins_named_in_turn(rng: random.Random, place: Place) -> Pair:
    """Ali Muhammad and Muhammad Ali, Anna Maria and Maria Anna."""
    one, two = rng.sample(rng.choice(("Ali Muhammad Hasan Husain", "Anna Maria Luisa Clara", "José Juan Luis Antonio", "Jean Pierre Paul Louis")).split(), 2)
    p = of(rng, place, born(rng, 1940, 2024))
    return sharing(rng, place, like(p, name=named(p, [one, two])), like(p, name=named(p, [two, one])))


# --- parents, couples, cousins --------------------------------------------------------------------------------------------

def father_within_the_childs_chain(rng: random.Random, place: Place) -> Pair:
    """Tesfaye Abebe Kebede, and his father Abebe Kebede, of whom the birth date is not told or another."""
    one, two, three = rng.sample(["Abebe", "Kebede", "Tesfaye", "Omar", "Hassan", "Ibrahim", "Ali", "Yusuf"], 3)
    p = of(rng, place, born(rng, 1985, 2020), "male")
    father = like(p, name=named(p, two, three), birthDate=rng.choice(("", years_later(p, -rng.randint(18, 40), rng), p["birthDate"][:4] if rng.random() < 0.2 else "")))
    return sharing(rng, place, like(p, name=named(p, [one, two], three)), father)


# --- desks and houses -----------------------------------------------------------------------------------------------------


def inmate_whose_alias_is_the_name_of_another(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place, born(rng, 1960, 2003), "male")
    p = like(p, address=at(p, rng.choice(("Central Prison, 4 Dock Road", "JVA Nord, Hauptstraße 1", "County Jail, 4 Main Street", "12 Dock Road"))))
    other = {"use": rng.choice(("nickname", "old", "anonymous")), **p["name"][0]}
    own = named(p, other_given(rng, place, p).split(), rng.choice([f for f in place.families if f != p["name"][0]["family"]]))[0]
    q = like(p, name=[{"use": "official", **own}, other], birthDate=rng.choice((_digit(rng, p["birthDate"]), other_day(rng, p, 2), p["birthDate"])))
    one, two = row(rng, rng.randint(10**8, 9 * 10**8))
    return like(p, identifier=[one]), like(q, identifier=[two])


# --- feeds and migrations -------------------------------------------------------------------------------------------------

def namesakes_with_a_number_that_a_spreadsheet_rounded(rng: random.Random, place: Place) -> Pair:
    """1.98005E+11: the same for all numbers that begin alike."""
    p = of(rng, place)
    head = rng.randint(100_000, 999_999)
    value = rng.choice((f"{str(head)[0]}.{str(head)[1:]}E+{rng.randint(8, 17)}", f"{str(head)[0]},{str(head)[1:]}E+{rng.randint(8, 17)}", f"{str(head)[0]}.{str(head)[1:3]}E+11", "########", "#N/A", "#REF!", "#VALUE!", "#NAME?"))
    both = {"system": rng.choice(("urn:insurer", f"urn:register:{place.code.lower()}", "")), "value": value}
    q = like(person(rng, place, numbered=0), name=p["name"], gender=p["gender"], birthDate=rng.choice((p["birthDate"], p["birthDate"], _digit(rng, p["birthDate"]))), address=other_street(rng, place, p))
    return like(p, identifier=[mrn(rng, "a"), both]), like(q, identifier=[mrn(rng, "b"), both])


def namesakes_with_a_number_that_is_their_birth_date(rng: random.Random, place: Place) -> Pair:
    """A desk types the birth date where a number has to stand, or makes a number of name and birth date."""
    p = of(rng, place)
    y, m, d = p["birthDate"].split("-")
    letters = "BERG" + rng.choice("AMJ")
    value = rng.choice((f"{y}{m}{d}", f"{d}{m}{y}", f"{y[2:]}{m}{d}", f"{d}{m}{y[2:]}", f"{y}-{m}-{d}", f"{d}.{m}.{y}", f"{letters}{y}{m}{d}", f"{letters[:4]}{y[2:]}{m}{d}", f"{y[2:]}{m}{d}-0000", f"{y}{m}{d}0000", f"{letters}{d}{m}{y}F", f"{d}{m}{y[2:]}-XXXX"))
    both = {"system": rng.choice(("urn:insurer", f"urn:register:{place.code.lower()}", "")), "value": value}
    q = like(person(rng, place, numbered=0), name=p["name"], gender=p["gender"], birthDate=p["birthDate"], address=other_street(rng, place, p))
    return like(p, identifier=[mrn(rng, "a"), both]), like(q, identifier=[mrn(rng, "b"), both])


def namesakes_on_one_record_number_of_two_hospitals(rng: random.Random, place: Place) -> Pair:
    """The feed names one assigner for both, or none: a digit of the birth date tells the two apart, and another home."""
    p = of(rng, place)
    both = {**mrn(rng), "system": rng.choice(("", "urn:oid:2.16.840.1.113883.3.0", "https://a.example/mrn")), "value": digits(rng, rng.choice((4, 5, 6, 7)))}
    q = like(person(rng, place, numbered=0), name=p["name"], gender=p["gender"], birthDate=rng.choice((_digit(rng, p["birthDate"]), other_day(rng, p, 1), other_day(rng, p, 20))), identifier=[both])
    return like(p, identifier=[both]), like(q, address=rng.choice((other_street(rng, place, p), q["address"])))


NOTHING = "NULL null None N/A nil undefined #N/A TBC TBA XXXX . -- xxx Vorname Nachname Firstname Given Nombre Apellido Förnamn Prénom Nome Name Patient [object] n.n. N.N. NN Nieznane Imię Jméno Etunimi Fornavn Voornaam İsim Имя 未知 名前 이름 الاسم Pending Confidential Redacted Deleted Empty False 0 999 Missing Absent Keine Ingen Aucun Ninguno Sin_Nombre No_Name Not_Given Not_Known Not_Recorded To_Be_Confirmed Child1 Kind Infant Enfant".split()


def twins_of_whom_a_program_writes_nothing(rng: random.Random, place: Place) -> Pair:
    """What programs and headlines of columns leave where the given names are not known yet."""
    p = of(rng, place, born(rng, 2000, 2024))
    word = rng.choice(NOTHING).replace("_", " ").split()
    p, q = sharing(rng, place, like(p, name=named(p, word)), like(p, name=named(p, word)), policy=False)
    return like(p, identifier=[card(rng, "urn:register")]), like(q, identifier=[card(rng, "urn:register")])


def left_from_the_message_before(rng: random.Random, place: Place) -> Pair:
    """A feed does not clear its fields: phone, address, mailbox or number are those of the patient before."""
    p, q = of(rng, place), of(rng, place)
    p = like(p, identifier=[card(rng), mrn(rng, "a")], telecom=[*p["telecom"], mail(p["name"][0]["family"].replace(" ", "") + digits(rng, 2))])
    left = {k: p[k] for k in rng.sample(("identifier", "telecom", "address", "birthDate", "gender"), rng.randint(2, 4))}
    return p, like(q, name=named(q, other_given(rng, place, {**q, "name": p["name"]}).split()), **left)


def homonyms_with_one_tax_code(rng: random.Random, place: Place) -> Pair:
    """Italy tells two of one name, birth date and town apart by a letter for a digit of the code (omocodia)."""
    valid = BY_NAME["it-codice-fiscale"].valid
    p = of(rng, place, f"{rng.randint(1940, 2010)}-05-{rng.randint(2, 28):02}", "male")
    while True:
        body = f"RSSMRA{p['birthDate'][2:4]}E{p['birthDate'][8:]}H{digits(rng, 3)}"
        one = next((body + c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if valid(body + c)), "")
        other = body[:-1] + "LMNPQRSTUV"[int(body[-1])]
        two = next((other + c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if valid(other + c)), "")
        if one and two:
            break
    p = like(p, name=named(p, "Mario", "Rossi"))
    system = "http://hl7.it/sid/codiceFiscale"
    p, q = sharing(rng, place, p, p)
    return like(p, identifier=[{"system": system, "value": one}]), like(q, identifier=[{"system": system, "value": two}])


HOME: dict[Make, tuple[str, ...]] = {
    **dict.fromkeys((
        brother_and_sister_of_one_root, couple_of_one_root, child_named_after_one_who_died, twins_named_in_turn,
        inmate_whose_alias_is_the_name_of_another, namesakes_with_a_number_that_a_spreadsheet_rounded,
        namesakes_with_a_number_that_is_their_birth_date, namesakes_on_one_record_number_of_two_hospitals, twins_of_whom_a_program_writes_nothing,
        left_from_the_message_before), ALL),
    siblings_with_a_patronymic: ("RU", "UA", "BG"), father_within_the_childs_chain: ("ET", "ER", "EG", "SY", "AF"),
    homonyms_with_one_tax_code: ("ES",)}
DIFFERENT: tuple[Make, ...] = tuple(HOME)
SAME: tuple[Make, ...] = ()


def made(make: Make, size: int, seed: int = 23) -> Iterator[Pair]:
    """`size` pairs of one class, from the places where it is at home in turn."""
    rng = random.Random(f"{make.__name__}{seed}")
    for i in range(size):
        yield make(rng, PLACES[HOME[make][i % len(HOME[make])]])
