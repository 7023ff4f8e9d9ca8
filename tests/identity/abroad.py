"""Classes from registries where names repeat, are short, or stand in another order: different people (G), one person (H).

As in further.py each class is a function (rng, place) → two FHIR Patients; here it also says in which places it is at home.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.identity.further import (
    PLACES,
    Make,
    Pair,
    Patient,
    Place,
    _place,
    born,
    like,
    mrn,
    named,
    person,
    years_later,
)

NEW = (
    _place("BR", "Maria_Clara Ana_Luiza Juliana Fernanda Camila Larissa", "João_Pedro Carlos Marcos Rafael Thiago José",
           "Silva_Santos Oliveira_Souza Pereira Lima_Costa Almeida", "Rua das Flores, Avenida Brasil",
           "01310100 São Paulo, 20040002 Rio de Janeiro", "+55"),
    _place("PL", "Katarzyna Małgorzata Agnieszka Zofia Łucja Bożena", "Łukasz Krzysztof Zbigniew Paweł Wojciech Józef",
           "Kowalski Wiśniewski Wójcik Kamiński Zieliński", "ulica Długa, ulica Polna", "00001 Warszawa, 30001 Kraków", "+48"),
    _place("TR", "Ayşe Fatma Zeynep Elif Hatice Gülşen", "Mehmet Mustafa Hüseyin İbrahim Çağlar Oğuz", "Yılmaz Kaya Demir Çelik Şahin",
           "Atatürk Caddesi, İstiklal Caddesi", "34000 İstanbul, 06000 Ankara", "+90"),
    _place("KR", "Min-seo Ji-woo Seo-yeon Ha-eun Soo-jin", "Min-jun Ji-hoon Seo-jun Hyun-woo Sung-min", "Kim Lee Park Choi Jung Kang",
           "Gangnam-daero, Jongno", "06236 Seoul, 48058 Busan", "+82"),
    _place("GR", "Μαρία Ελένη Βασιλική Αγγελική", "Γεώργιος Ιωάννης Δημήτριος Νικόλαος", "Παπαδόπουλος Νικολάου Αντωνίου Οικονόμου",
           "Ερμού, Σταδίου", "10563 Αθήνα, 54622 Θεσσαλονίκη", "+30"),
    _place("HU", "Mária Erzsébet Katalin Ilona", "István László József Zoltán", "Nagy Kovács Tóth Szabó Horváth", "Kossuth utca, Petőfi utca",
           "1011 Budapest, 4024 Debrecen", "+36"),
    _place("ET", "Almaz Tigist Hirut Meseret", "Abebe Kebede Tesfaye Haile Getachew", "Abebe Kebede Tesfaye Haile Getachew", "Bole Road, Churchill Avenue",
           "1000 Addis Ababa, 2000 Adama", "+251"),
    _place("SY", "Fatima Aisha Mariam Rania", "Ahmad Ali Hassan Mahmoud Omar Khaled", "Ali Hassan Ahmad Khaled Haddad", "Suq Street, Yarmouk Street",
           "11942 Zaatari, 13110 Azraq", "+962"))
HERE = {p.code: p for p in (*PLACES, *NEW)}
ALL = tuple(HERE)
CAMPS = ("Zaatari Refugee Camp", "Camp 4, Block C", "Flüchtlingsunterkunft Nord", "Moria Camp, Sector 3", "AZC Ter Apel", "Asylboende Skogen")
VILLAGES = ("Village Rampur", "Wieś Dolna", "Thôn 2", "Povoado Novo", "Sector 3")
TWINS = {"ES": ("María Luisa/María Teresa", "José Luis/José Antonio"), "BR": ("Maria Clara/Maria Eduarda", "João Pedro/João Lucas"),
         "EG": ("Mohamed Hassan/Mohamed Hussein", "Abdul Rahman/Abdul Rahim", "Mohamed Ali/Mohamed Amin"),
         "DE": ("Anna-Lena/Anna-Maria", "Hans-Peter/Hans-Jürgen"), "KR": ("Min-jun/Min-ho", "Ji-woo/Ji-hoon"),
         "VN": ("Thị Lan/Thị Hoa", "Văn Nam/Văn Minh"), "IN": ("Sri Devi/Sri Lakshmi", "Mohammed Hasan/Mohammed Husain", "Md Arif/Md Asif"),
         "US": ("Mary Kate/Mary Ann", "Mary K./Mary A."), "CN": ("Xiao Ming/Xiao Hong", "志强/志明")}


def phone(rng: random.Random, place: Place) -> dict[str, str]:
    return {"system": "phone", "value": f"{place.calling}{rng.randint(10**8, 10**9 - 1)}"}


def card(rng: random.Random, system: str = "urn:insurer") -> dict[str, Any]:
    return {"system": system, "value": str(rng.randint(10**8, 10**9 - 1))}


def own(rng: random.Random, place: Place, often: float = 0.5) -> list[dict[str, Any]]:
    """A record number, and often one of the place's register."""
    return [mrn(rng, rng.choice("abc")), *([card(rng, f"urn:register:{place.code.lower()}")] if rng.random() < often else [])]


def other_day(rng: random.Random, p: Patient, years: int) -> str:
    """Another birth date, at most so many years away, that differs in month and day."""
    month, day = int(p["birthDate"][5:7]), int(p["birthDate"][8:])
    other = (day + 10) % 28 + 1
    while other in (1, month) or sum(a != b for a, b in zip(f"{other:02}", f"{day:02}", strict=True)) < 2:
        other = other % 28 + 1
    return f"{int(p['birthDate'][:4]) + rng.randint(-years, years)}-{month % 12 + 1:02}-{other:02}"


def of_one(rng: random.Random, place: Place, birth: str = "", sex: str = "") -> Patient:
    return person(rng, place, sex, birth, numbered=0)


# --- different people ---------------------------------------------------------------------------------------------------

def twins_of_one_first_name(rng: random.Random, place: Place) -> Pair:
    one, two = rng.choice(TWINS[place.code]).split("/")
    p = of_one(rng, place, born(rng, 1960, 2022))
    return like(p, name=named(p, one.split()), identifier=own(rng, place)), like(p, name=named(p, two.split()), identifier=own(rng, place))


def twins_of_one_first_name_on_one_policy(rng: random.Random, place: Place) -> Pair:
    (p, q), policy = twins_of_one_first_name(rng, place), [card(rng)]
    return like(p, identifier=policy), like(q, identifier=policy)


def twins_of_one_first_name_numbered_one_after_another(rng: random.Random, place: Place) -> Pair:
    (p, q), number = twins_of_one_first_name(rng, place), rng.randint(10**8, 10**9 - 9)
    return (like(p, identifier=[{"system": "urn:insurer", "value": f"XKB{number}"}]),
            like(q, identifier=[{"system": "urn:insurer", "value": f"XKB{number + rng.randint(1, 3)}"}]))


def brothers_of_one_first_name(rng: random.Random, place: Place) -> Pair:
    p, q = twins_of_one_first_name(rng, place)
    return p, like(q, birthDate=years_later(q, rng.randint(1, 9), rng if rng.random() < 0.5 else None))


def refugees_in_one_camp(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place, f"{rng.randint(1960, 2010)}-01-01")
    p["address"][0]["line"] = [rng.choice(CAMPS)]
    return like(p, identifier=own(rng, place)), like(p, identifier=own(rng, place))


def cousins_named_after_each_other(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place, f"{rng.randint(1960, 2010)}-01-01", "male")
    given, family = rng.sample(["Omar", "Hassan", "Tesfaye", "Abebe", "Ibrahim", "Haile"], 2)
    return (like(p, name=named(p, given, family), identifier=own(rng, place)), like(p, name=named(p, family, given), identifier=own(rng, place)))


def father_and_son_named_after_each_other(rng: random.Random, place: Place) -> Pair:
    p, q = cousins_named_after_each_other(rng, place)
    father = born(rng, 1940, 1975)
    return like(p, birthDate=father), like(q, birthDate=years_later(p | {"birthDate": father}, rng.randint(18, 40), rng))


def sisters_in_law_of_one_name(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place, sex="female")
    return like(p, identifier=own(rng, place)), like(p, birthDate=other_day(rng, p, 4), identifier=own(rng, place))


def parent_and_child_on_one_policy(rng: random.Random, place: Place) -> Pair:
    p, policy = of_one(rng, place, born(rng, 1940, 1985)), [card(rng, rng.choice(["urn:insurer", ""]))]
    return like(p, identifier=policy), like(p, identifier=policy, birthDate=years_later(p, rng.randint(16, 45), rng if rng.random() < 0.5 else None))


def cousins_on_one_policy(rng: random.Random, place: Place) -> Pair:
    p, policy = of_one(rng, place), [card(rng)]
    return like(p, identifier=policy), like(p, identifier=policy, birthDate=other_day(rng, p, 5))


def couple_on_one_policy(rng: random.Random, place: Place) -> Pair:
    p, policy = of_one(rng, place, born(rng, 1940, 1995), "female"), [card(rng)]
    he = rng.choice(place.men).replace("_", " ")
    return like(p, identifier=policy), like(p, name=named(p, he), gender=rng.choice(["male", "unknown"]), identifier=policy,
                                            birthDate=rng.choice([other_day(rng, p, 3), ""]))


def namesakes_with_one_bare_number(rng: random.Random, place: Place) -> Pair:
    p, number = of_one(rng, place), [{"value": str(rng.randint(10**4, 10**7 - 1))}]
    q = of_one(rng, place, other_day(rng, p, 40), p["gender"])
    return like(p, identifier=number), like(q, name=p["name"], identifier=number)


def great_grandmother_and_baby(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place, born(rng, 1920, 1926), "female")
    return like(p, identifier=own(rng, place)), like(p, birthDate=years_later(p, 98), identifier=own(rng, place))


BABIES = {"IN": "B/O Priya,Baby of Sunita", "BR": "RN de Juliana,Filha de Camila", "PL": "Noworodek,Dziecko", "TR": "Bebek,Ayşe Bebeği,Yenidoğan",
          "DE": "Säugling,Mädchen", "KR": "아기", "GR": "Νεογέννητο,Βρέφος", "HU": "Újszülött,Csecsemő", "RU": "Новорожденный,Младенец,Мальчик",
          "VN": "Con bà Lan,Trẻ sơ sinh", "CN": "婴儿,新生儿", "IS": "Drengur,Stúlka", "EG": "مولود,طفل", "US": "BB,BabyGirl A"}


def newborns_in_their_language(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place, born(rng, 2015, 2024))
    p = like(p, name=named(p, rng.choice(BABIES[place.code].split(",")).split()))
    return like(p, identifier=[mrn(rng, "a")]), like(p, identifier=[mrn(rng, "a")])


def newborn_and_its_named_twin(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place, born(rng, 2015, 2024))
    unnamed = named(p, rng.choice(BABIES[place.code].split(",")).split())
    return like(p, identifier=[mrn(rng, "a")]), like(p, name=unnamed, identifier=[mrn(rng, "a")])


PAIRS = {"RU": "Александр/Александра,Валентин/Валентина", "PL": "Jan/Jana,Stanisław/Stanisława", "BR": "Gabriel/Gabriela,Paulo/Paula",
         "ES": "Mario/María,Daniel/Daniela", "DE": "Paul/Paula,Michael/Michaela", "GR": "Γεώργιος/Γεωργία,Χρήστος/Χριστίνα"}


def brother_and_sister_twins_without_a_sex(rng: random.Random, place: Place) -> Pair:
    one, two = rng.choice(PAIRS[place.code].split(",")).split("/")
    p, policy = like(of_one(rng, place, born(rng, 1970, 2020)), gender="unknown"), [card(rng)] if rng.random() < 0.5 else []
    return like(p, name=named(p, one), identifier=policy or own(rng, place)), like(p, name=named(p, two), identifier=policy or own(rng, place))


def couple_of_one_given_name(rng: random.Random, place: Place) -> Pair:
    given = rng.choice(["Gurpreet", "Harpreet", "Andrea", "Dominique", "Kim", "Noor"])
    p = of_one(rng, place, born(rng, 1950, 1995), "male")
    return (like(p, name=named(p, given), identifier=own(rng, place)),
            like(p, name=named(p, given), gender=rng.choice(["female", "unknown"]), birthDate=other_day(rng, p, 5), identifier=own(rng, place)))


def namesakes_in_one_city(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place)
    p = like(p, name=named(p, family=rng.choice(("Nguyễn", "Kim", "Wang", "Silva", "Kumar", "Yılmaz", "Kowalski", "García"))), telecom=[],
             address=[{"city": p["address"][0]["city"]}])
    return like(p, identifier=[mrn(rng, "a")]), like(p, identifier=[mrn(rng, "b")])


def cousins_in_one_village(rng: random.Random, place: Place) -> Pair:
    """The year of birth is all that anybody knows, and the health worker's phone is everybody's."""
    p = of_one(rng, place, rng.choice(["{}", "{}-01-01"]).format(rng.randint(1940, 2010)))
    p["address"][0]["line"] = [rng.choice(VILLAGES)]
    return like(p, identifier=own(rng, place)), like(p, identifier=own(rng, place))


def inmates_a_day_apart(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place, born(rng, 1960, 2000), "male")
    year, month, day = p["birthDate"].split("-")
    return like(p, identifier=own(rng, place, 1)), like(p, birthDate=f"{year}-{month}-{int(day) % 28 + 1:02}", identifier=own(rng, place, 1))


PHONES = ("0000000000", "1234567890", "9876543210", "12345678", "+46700000000", "(555) 555-5555", "+905555555555", "600000000", "987654321")
MAILS = ("sinemail@mail.example", "no@mail.example", "brak@brak.pl", "a@a.com", "info@clinic.example", "reception@hospital.example", "declined@x.example")
NOWHERE = ("No fixed abode", "Homeless", "Sans domicile fixe", "General Delivery", "Ohne festen Wohnsitz", "Central Prison", "Seniorenheim Sonne")


def namesakes_on_what_a_clerk_types(rng: random.Random, place: Place) -> Pair:
    """Birth date and name of another, and a phone, a mailbox or an address that stands for none."""
    p = of_one(rng, place)
    q = of_one(rng, place, p["birthDate"], p["gender"])
    telecom = rng.choice(([{"system": "phone", "value": rng.choice(PHONES)}], [{"system": "email", "value": rng.choice(MAILS)}]))
    away = [{"line": [rng.choice(NOWHERE)], "city": "Elsewhere"}]
    return like(p, telecom=telecom), like(q, name=p["name"], telecom=telecom, address=away)


NOBODIES = ("Fulano Tal", "Ola Nordmann", "Teszt Elek", "太郎 山田", "Asdf Asdf", "Doe John", "Mujer Desconocida", "Trauma One", "Vô Danh",
            "Testowy Pacjent", "テスト テスト", "Do NotUse", "Неизвестная Женщина", "Anna Test", "FNU LNU", "Ismeretlen Férfi")


def nobody_of_the_world(rng: random.Random, place: Place) -> Pair:
    given, family = rng.choice(NOBODIES).split(" ")
    p = of_one(rng, place, rng.choice(["1980-06-15", "2000-02-02", "1985-05-05"]))
    return like(p, name=named(p, given, family)), like(p, name=named(p, given, family), identifier=[mrn(rng, rng.choice("abc"))])


def colleagues_of_one_name(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place, born(rng, 1960, 2000))
    q = of_one(rng, place, other_day(rng, p, 1), p["gender"])
    both = [phone(rng, place), {"system": "email", "value": "crew@farm.example"}]
    return like(p, telecom=both), like(q, name=p["name"], telecom=both)


def grown_up_siblings_with_numbers_alike(rng: random.Random, place: Place) -> Pair:
    one, two = rng.choice((("Anita", "Amita"), ("Ramesh", "Rakesh"), ("Mira", "Mina"), ("Emre", "Eren"), ("Karim", "Kamil"), ("Amin", "Amir")))
    p, number = of_one(rng, place, born(rng, 1950, 2004)), rng.randint(10**9, 10**10 - 200)
    birth = rng.choice([p["birthDate"], years_later(p, rng.randint(1, 3))])
    system = f"urn:register:{place.code.lower()}"
    return (like(p, name=named(p, one), identifier=[{"system": system, "value": str(number)}]),
            like(p, name=named(p, two), birthDate=birth, identifier=[{"system": system, "value": str(number + rng.choice([0, 1, 2, 10, 100]))}]))


def grown_up_twins_on_one_policy_and_mailbox(rng: random.Random, place: Place) -> Pair:
    p, policy = of_one(rng, place, born(rng, 1950, 2004)), [card(rng)]
    other = rng.choice([n for n in (place.women if p["gender"] == "female" else place.men) if n.replace("_", " ").split()[0] != p["name"][0]["given"][0]])
    p["telecom"].append({"system": "email", "value": "the.bergs@mail.example"})
    return like(p, identifier=policy), like(p, identifier=policy, name=named(p, other.replace("_", " ").split()))


def siblings_a_year_apart_on_one_policy(rng: random.Random, place: Place) -> Pair:
    p, q = grown_up_twins_on_one_policy_and_mailbox(rng, place)
    return p, like(q, birthDate=years_later(p, rng.randint(1, 3)))


def newborn_on_the_mothers_card(rng: random.Random, place: Place) -> Pair:
    p, number = of_one(rng, place, born(rng, 1980, 2000), "female"), [card(rng)]
    name = rng.choice([named(p, "Baby"), named(p, ["Baby", "of", *p["name"][0]["given"]]), [{"family": p["name"][0]["family"]}]])
    return like(p, identifier=number), like(p, identifier=number, name=name, gender="unknown", birthDate=born(rng, 2018, 2024))


# --- one person ---------------------------------------------------------------------------------------------------------

ARABIC = ("Mohammed/Muhammad/Mohamed", "Khaled/Khalid", "Youssef/Yusuf/Yousef", "Hussein/Husain", "Fatima/Fatma/Fatemeh", "Omar/Umar",
          "Abdulrahman/Abdul Rahman/Abd al-Rahman/Abdelrahman", "Aisha/Aicha/Ayesha", "Ibrahim/Ebrahim", "Jamal/Gamal/Djamal", "Zaynab/Zeinab")
SLAVIC = ("Юлия/Iuliia/Yulia/Julia", "Алексей/Aleksei/Alexey/Oleksii", "Дмитрий/Dmitry/Dmytro", "Сергей/Sergei/Serhii/Sergey", "Николай/Nikolai/Mykola",
          "Александр/Aleksandr/Oleksandr", "Екатерина/Ekaterina/Kateryna", "Евгений/Evgeny/Yevhen", "Владимир/Vladimir/Volodymyr")


def _respelt(rng: random.Random, place: Place, names: tuple[str, ...]) -> Pair:
    one, two = rng.sample(rng.choice(names).split("/"), 2)
    p = of_one(rng, place)
    return like(p, name=named(p, one.split())), like(p, name=named(p, two.split()), identifier=[mrn(rng, "d")])


def arabic_names_romanised_otherwise(rng: random.Random, place: Place) -> Pair:
    return _respelt(rng, place, ARABIC)


def slavic_names_romanised_otherwise(rng: random.Random, place: Place) -> Pair:
    return _respelt(rng, place, SLAVIC)


def chain_of_fathers_shortened(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place, sex="male")
    one, two, three = rng.sample(["Abebe", "Kebede", "Tesfaye", "Omar", "Hassan", "Tarek"], 3)
    return like(p, name=named(p, one, two)), like(p, name=named(p, [one, two], three), identifier=[mrn(rng, "d")])


def korean_family_name_romanised_otherwise(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place)
    other = {"Kim": "Gim", "Lee": "Yi", "Park": "Bak", "Choi": "Choe", "Jung": "Jeong", "Kang": "Gang"}[p["name"][0]["family"]]
    return p, like(p, name=named(p, family=other), identifier=[mrn(rng, "d")])


def given_name_without_hyphen(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place)
    given = p["name"][0]["given"][0]
    return p, like(p, name=named(p, rng.choice([given.replace("-", ""), given.split("-")])), identifier=[mrn(rng, "d")])


def vietnamese_first_word_left_out(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place)
    word, given = rng.choice((("Thị", "Lan"), ("Văn", "Minh"), ("Thị", "Thu Hà")))
    return like(p, name=named(p, [word, *given.split()])), like(p, name=named(p, given.split()), identifier=[mrn(rng, "d")])


def surnames_in_the_other_order_or_one_of_two(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place)
    one, two = rng.sample(["García", "López", "Silva", "Costa", "Núñez", "Pereira"], 2)
    return like(p, name=named(p, family=f"{one} {two}")), like(p, name=named(p, family=rng.choice([f"{two} {one}", two, one])), identifier=[mrn(rng, "d")])


def upper_case_of_its_language(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place)
    name = p["name"][0]
    upper = [t.replace("i", "İ").upper() if place.code == "TR" else t.upper() for t in (name["family"], *name["given"])]
    return p, like(p, name=[{"family": upper[0], "given": upper[1:]}], identifier=[mrn(rng, "d")])


def family_name_of_the_other_sex(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place, sex="female")
    one, two = {"RU": ("Иванов", "Иванова"), "PL": ("Kowalski", "Kowalska"), "GR": ("Παπαδόπουλος", "Παπαδοπούλου")}[place.code]
    return like(p, name=named(p, family=one)), like(p, name=named(p, family=two), identifier=[mrn(rng, "d")])


def another_century(rng: random.Random, place: Place) -> Pair:
    p = like(of_one(rng, place, born(rng, 1925, 1990)), identifier=[card(rng)])
    return p, like(p, birthDate=years_later(p, 100))


def number_filled_up_with_zeros(rng: random.Random, place: Place) -> Pair:
    p, number = of_one(rng, place), rng.randint(200_000, 900_000)
    values = f"000{number}", rng.choice([str(number), f"{str(number)[:3]}-{str(number)[3:]}", f" 0{number} "])
    one, two = (like(p, identifier=[{"system": "urn:hospital", "value": v}]) for v in values)
    return one, like(two, address=[], telecom=[])


def invisible_letters(rng: random.Random, place: Place) -> Pair:
    p = of_one(rng, place)
    name, mark = p["name"][0], rng.choice(["\u200b", "\ufeff", "\u202e"])
    return p, like(p, name=[{"family": mark + name["family"] + mark, "given": [g + mark for g in name["given"]]}], identifier=[mrn(rng, "d")])


HOME: dict[Make, tuple[str, ...]] = {
    twins_of_one_first_name: tuple(TWINS), twins_of_one_first_name_on_one_policy: tuple(TWINS), brothers_of_one_first_name: tuple(TWINS),
    twins_of_one_first_name_numbered_one_after_another: tuple(TWINS), refugees_in_one_camp: ("SY", "EG", "ET", "IN"),
    cousins_named_after_each_other: ("SY", "ET", "EG"), father_and_son_named_after_each_other: ("SY", "ET", "EG"), sisters_in_law_of_one_name: ALL,
    parent_and_child_on_one_policy: ALL, cousins_on_one_policy: ALL, couple_on_one_policy: ALL, namesakes_with_one_bare_number: ALL,
    great_grandmother_and_baby: ALL, newborns_in_their_language: tuple(BABIES), newborn_and_its_named_twin: tuple(BABIES),
    brother_and_sister_twins_without_a_sex: tuple(PAIRS), couple_of_one_given_name: ALL, namesakes_in_one_city: ALL, cousins_in_one_village: ALL,
    inmates_a_day_apart: ALL, namesakes_on_what_a_clerk_types: ALL, nobody_of_the_world: ALL, colleagues_of_one_name: ALL,
    grown_up_siblings_with_numbers_alike: ALL, grown_up_twins_on_one_policy_and_mailbox: ALL, siblings_a_year_apart_on_one_policy: ALL,
    newborn_on_the_mothers_card: ALL,
    arabic_names_romanised_otherwise: ("EG", "SY"), slavic_names_romanised_otherwise: ("RU",), chain_of_fathers_shortened: ("ET", "SY"),
    korean_family_name_romanised_otherwise: ("KR",), given_name_without_hyphen: ("KR",), vietnamese_first_word_left_out: ("VN",),
    surnames_in_the_other_order_or_one_of_two: ("ES", "PT", "BR"), upper_case_of_its_language: ("TR", "PL", "GR", "RU", "HU", "ET"),
    family_name_of_the_other_sex: ("RU", "PL", "GR"), another_century: ALL, number_filled_up_with_zeros: ALL, invisible_letters: ALL}
SAME: tuple[Make, ...] = (
    arabic_names_romanised_otherwise, slavic_names_romanised_otherwise, chain_of_fathers_shortened, korean_family_name_romanised_otherwise,
    given_name_without_hyphen, vietnamese_first_word_left_out, surnames_in_the_other_order_or_one_of_two, upper_case_of_its_language,
    family_name_of_the_other_sex, another_century, number_filled_up_with_zeros, invisible_letters)
DIFFERENT: tuple[Make, ...] = tuple(make for make in HOME if make not in SAME)


def made(make: Callable[[random.Random, Place], Pair], size: int, seed: int = 7) -> Iterator[Pair]:
    """`size` pairs of one class, from the places where it is at home in turn."""
    rng = random.Random(f"{make.__name__}{seed}")
    for i in range(size):
        yield make(rng, HERE[HOME[make][i % len(HOME[make])]])
