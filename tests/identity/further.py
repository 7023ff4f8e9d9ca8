"""Further classes of pairs, from other countries and other ways to be fooled: different people (E), one person (F).

Each class is a function (rng, place) → two FHIR Patients. A place has the names, numbers and addresses of one country.
"""

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.identity.people import luhn_digit, typo

Patient = dict[str, Any]
Pair = tuple[Patient, Patient]


@dataclass(frozen=True)
class Place:
    """One country: given names of women and men, family names, streets, towns with postcodes, dialling code."""

    code: str
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]
    streets: tuple[str, ...]
    towns: tuple[tuple[str, str], ...]
    calling: str


def _place(code: str, women: str, men: str, families: str, streets: str, towns: str, calling: str) -> Place:
    pairs = tuple((t.split(" ", 1)[1], t.split(" ", 1)[0]) for t in towns.split(", "))
    return Place(code, tuple(women.split()), tuple(men.split()), tuple(f.replace("_", " ") for f in families.split()),
                 tuple(streets.split(", ")), pairs, calling)


PLACES = (
    _place("SE", "Maja Elin Karin Ingrid Birgitta Linnea Ebba Wilma", "Lars Nils Gustav Oskar Håkan Björn Axel Elias",
           "Lindström Åkesson Bergqvist Sjögren Öhman Nyström Hallberg Ek", "Storgatan, Kyrkvägen, Skolgatan, Ängsgatan",
           "11422 Stockholm, 22221 Lund, 41103 Göteborg", "+46"),
    _place("DE", "Anneliese Ursula Heike Sabine Lena Mia Katharina Jutta", "Jürgen Wolfgang Uwe Stefan Lukas Tobias Günther Rainer",
           "Müller Schäfer Groß von_Stein Böhm Krüger Voß Weiß", "Hauptstraße, Gartenweg, Am Bahnhof, Lindenallee",
           "10115 Berlin, 80331 München, 20095 Hamburg", "+49"),
    _place("ES", "María Carmen Lucía Dolores Pilar Inés Rocío Nuria", "José Manuel Javier Álvaro Pablo Íñigo Sergio Rubén",
           "García_López Fernández_Ruiz Núñez_de_Castro Peña_Gómez Ibáñez_Soler Muñoz_Vega", "Calle Mayor, Avenida del Sol, Plaza Nueva",
           "28013 Madrid, 41001 Sevilla, 46002 Valencia", "+34"),
    _place("PT", "Mariana Inês Beatriz Leonor Conceição Graça Matilde Sofia", "João Tiago Rui Gonçalo Duarte Nuno Vasco André",
           "da_Silva_Pereira dos_Santos_Costa Ferreira_Lopes Conceição_Matos e_Sousa_Neves", "Rua Augusta, Travessa do Carmo, Largo da Sé",
           "1100 Lisboa, 4050 Porto, 3000 Coimbra", "+351"),
    _place("IS", "Guðrún Sigríður Kristín Anna Þórdís Hildur Birna Katrín", "Jón Sigurður Ólafur Gunnar Þór Einar Kári Bjarni",
           "Jónsdóttir Ólafsson Sigurðardóttir Gunnarsson Einarsdóttir Karlsson", "Laugavegur, Hverfisgata, Skólavörðustígur",
           "101 Reykjavík, 600 Akureyri, 220 Hafnarfjörður", "+354"),
    _place("EG", "Fatima Aisha Mariam Nour Salma Hanan Yasmin Zaynab", "Mohamed Ahmed Mahmoud Mustafa Khaled Youssef Omar Hassan",
           "al-Haddad El_Sayed Abdel_Rahman Ibn_Khalid Hassan Ibrahim", "Tahrir Street, Nile Corniche, Port Said Street",
           "11511 Cairo, 21500 Alexandria, 12511 Giza", "+20"),
    _place("CN", "伟芳 秀英 静怡 丽华 敏 晓燕 桂英 梅", "伟 强 建国 志强 军 明 磊 海涛", "王 李 张 刘 陈 杨 黄 赵",
           "Renmin Road, Jiefang Road, Zhongshan Road", "100001 北京, 200001 上海, 510000 广州", "+86"),
    _place("VN", "Thị_Lan Thu_Hà Ngọc_Anh Mai Hương Linh Thảo Yến", "Văn_Minh Đức_Anh Hùng Tuấn Quang Dũng Nam Long",
           "Nguyễn Trần Lê Phạm Hoàng Vũ", "Đường Lê Lợi, Phố Huế, Nguyễn Trãi", "100000 Hà Nội, 700000 Hồ Chí Minh", "+84"),
    _place("RU", "Анна Ольга Елена Татьяна Наталья Екатерина Ирина Юлия", "Александр Дмитрий Сергей Иван Алексей Михаил Андрей Юрий",
           "Иванов Смирнов Кузнецов Попов Соколов Лебедев", "Ленина, Мира, Садовая", "101000 Москва, 190000 Санкт-Петербург", "+7"),
    _place("NL", "Sanne Femke Lotte Anouk Marijke Fleur Roos Iris", "Daan Sem Bram Thijs Willem Joost Sjoerd Ruben",
           "de_Vries van_den_Berg Jansen van_Dijk 't_Hart Bakker", "Kerkstraat, Dorpsstraat, Molenweg", "1012AB Amsterdam, 3511CE Utrecht", "+31"),
    _place("US", "Mary Linda Ashley Kimberly Destiny Madison Brittany Hannah", "James Robert Tyler Jose Brandon Malik Ethan Kevin",
           "Smith Johnson Williams Garcia Washington Nguyen O'Connor Miller", "Main Street, Oak Avenue, 2nd Street, Martin Luther King Blvd",
           "48909 Lansing, 60601 Chicago, 10001 New York", "+1"),
    _place("IN", "Priya Anjali Sunita Lakshmi Deepa Kavita Meena Pooja", "Rahul Suresh Vijay Arjun Ravi Sanjay Amit Krishna",
           "Sharma Patel Singh Reddy Iyer Khan", "MG Road, Station Road, Gandhi Nagar", "110001 Delhi, 400001 Mumbai, 560001 Bengaluru", "+91"))


def born(rng: random.Random, first: int = 1935, last: int = 2020) -> str:
    day = date(first, 1, 2) + timedelta(days=rng.randrange((last - first) * 365))
    return (day.replace(day=2) if (day.month, day.day) == (1, 1) else day).isoformat()


def national(rng: random.Random, place: Place, birth: str) -> dict[str, str]:
    """A valid national number where the country's rule is easy to follow, else a number of the country's own register."""
    if place.code == "SE":
        body = f"{birth[2:].replace('-', '')}{rng.randint(0, 999):03}"
        return {"system": "urn:oid:1.2.752.129.2.1.3.1", "value": body + luhn_digit(body)}
    if place.code == "ES":
        number = rng.randint(10_000_000, 99_999_999)
        return {"system": "urn:oid:1.3.6.1.4.1.19126.3", "value": f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"}
    if place.code == "US":
        return {"system": "http://hl7.org/fhir/sid/us-ssn", "value": f"{rng.randint(100, 665)}{rng.randint(10, 99)}{rng.randint(1000, 9999)}"}
    return {"system": f"urn:register:{place.code.lower()}", "value": str(rng.randint(10**8, 10**9 - 1))}


def mrn(rng: random.Random, hospital: str = "a") -> dict[str, Any]:
    return {"system": f"https://{hospital}.example/mrn", "value": str(rng.randint(100_000, 999_999)),
            "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}}


def person(rng: random.Random, place: Place, sex: str = "", birth: str = "", numbered: float = 0.6) -> Patient:
    """One invented person of a place."""
    sex = sex or rng.choice(("female", "male"))
    birth = birth or born(rng)
    town, code = rng.choice(place.towns)
    given = rng.choice(place.women if sex == "female" else place.men).replace("_", " ")
    identifiers = [mrn(rng, rng.choice("abc"))] + ([national(rng, place, birth)] if rng.random() < numbered else [])
    return {"resourceType": "Patient", "name": [{"family": rng.choice(place.families), "given": given.split(" ")}],
            "birthDate": birth, "gender": sex, "identifier": identifiers,
            "address": [{"line": [f"{rng.choice(place.streets)} {rng.randint(1, 180)}"], "city": town, "postalCode": code,
                         "country": place.code}],
            "telecom": [{"system": "phone", "value": f"{place.calling}{rng.randint(10**8, 10**9 - 1)}"}]}


def like(p: Patient, **change: Any) -> Patient:
    return {**deepcopy(p), **deepcopy(change)}


def named(p: Patient, given: Any = None, family: str | None = None) -> list[dict[str, Any]]:
    old = p["name"][0]
    given = old["given"] if given is None else [given] if isinstance(given, str) else given
    return [{"family": old["family"] if family is None else family, "given": given}]


def fresh(rng: random.Random, place: Place, p: Patient, numbered: bool = True) -> list[dict[str, Any]]:
    """Identifiers of another person with the same birth date."""
    return [mrn(rng, rng.choice("abc"))] + ([national(rng, place, p["birthDate"])] if numbered else [])


def other_given(rng: random.Random, place: Place, p: Patient) -> str:
    pool = place.women if p["gender"] == "female" else place.men
    return rng.choice([n for n in pool if n.replace("_", " ").split()[0] != p["name"][0]["given"][0]]).replace("_", " ")


def years_later(p: Patient, years: int, rng: random.Random | None = None) -> str:
    day = p["birthDate"][4:] if rng is None else born(rng)[4:]
    return f"{int(p['birthDate'][:4]) + years}{'-02-28' if day == '-02-29' else day}"


def other_street(rng: random.Random, place: Place, p: Patient) -> list[dict[str, Any]]:
    """An address in the same town."""
    street = rng.choice([s for s in place.streets if s not in p["address"][0]["line"][0]])
    return [{**p["address"][0], "line": [f"{street} {rng.randint(1, 180)}"]}]


# --- different people ---------------------------------------------------------------------------------------------------

def mother_and_daughter_of_one_name(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, "female", born(rng, 1950, 1990))
    return p, like(p, birthDate=years_later(p, rng.randint(16, 40), rng), identifier=fresh(rng, place, p, rng.random() < 0.5))


def father_and_son_without_a_birth_date(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, "male", born(rng, 1940, 1985))
    son = like(p, birthDate=years_later(p, rng.randint(18, 40), rng), identifier=[mrn(rng, "b")])
    return like(p, identifier=[mrn(rng, "a")], birthDate=""), son


def twins_with_numbers_exchanged(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, birth=born(rng, 2006, 2024), numbered=1)
    return p, like(p, name=named(p, other_given(rng, place, p)))


def triplets_without_names(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, birth=born(rng, 2015, 2024))
    words = {"SE": "Flicka", "DE": "Neugeborenes", "ES": "Recién nacido", "PT": "Recém-nascido", "NL": "Baby", "US": "Girl A"}
    name = named(p, words.get(place.code, "Baby"))
    return like(p, name=name, identifier=[mrn(rng, "a")]), like(p, name=name, identifier=[mrn(rng, "a")])


def record_number_used_again(rng: random.Random, place: Place) -> Pair:
    p, q = person(rng, place), person(rng, place)
    number = mrn(rng, "a")
    return like(p, identifier=[number]), like(q, identifier=[number])


def cousins_of_one_name_and_year(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place)
    q = person(rng, place, p["gender"], f"{p['birthDate'][:4]}{born(rng)[4:]}")
    return p, like(q, name=p["name"], birthDate=q["birthDate"] if q["birthDate"] != p["birthDate"] else years_later(p, 1))


def immigrants_born_on_1_january(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, birth=f"{rng.randint(1950, 2005)}-01-01", numbered=0)
    q = person(rng, place, p["gender"], p["birthDate"], numbered=0)
    return p, like(q, name=p["name"], address=p["address"] if rng.random() < 0.3 else q["address"])


def residents_of_one_home(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, birth=born(rng, 1925, 1945), numbered=0)
    q = person(rng, place, p["gender"], born(rng, 1925, 1945), numbered=0)
    return p, like(q, address=p["address"], telecom=p["telecom"],
                   name=named(q, family=p["name"][0]["family"]) if rng.random() < 0.5 else q["name"])


def family_on_one_phone(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, birth=born(rng, 1950, 1980))
    child = person(rng, place, birth=years_later(p, rng.randint(20, 35), rng))
    return p, like(child, name=named(child, family=p["name"][0]["family"]), address=p["address"], telecom=p["telecom"])


def foster_children_of_one_age(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, birth=born(rng, 2010, 2020), numbered=0)
    q = person(rng, place, p["gender"], years_later(p, 0), numbered=0)
    return p, like(q, name=named(q, other_given(rng, place, p)), address=p["address"], telecom=p["telecom"])


def test_patients(rng: random.Random, place: Place) -> Pair:
    p, q = person(rng, place, numbered=0), person(rng, place, numbered=0)
    name = rng.choice([("Test", "Patient"), ("ZZTest", "Zztest"), ("Testpatient", "Test"), ("Prueba", "Paciente"), ("Тест", "Тестов"),
                       ("Dummy", "Patient"), ("Test", "Test")])
    one = like(p, name=named(p, *name), birthDate=rng.choice(["1980-05-05", "1999-09-09", "1970-01-01"]))
    return one, like(one, identifier=q["identifier"], telecom=q["telecom"])


def nobody_in_any_language(rng: random.Random, place: Place) -> Pair:
    p, q = person(rng, place, numbered=0), person(rng, place, numbered=0)
    given, family = rng.choice([("Unbekannt", "Unbekannt"), ("Desconocido", "Desconocido"), ("Неизвестный", "Неизвестно"), ("無名", "無名"),
                                ("Okänd", "Okänd"), ("Inconnu", "Inconnu"), ("Nieznany", "Nieznany"), ("Desconhecido", "Desconhecido"),
                                ("Tuntematon", "Tuntematon"), ("Bilinmeyen", "Bilinmeyen"), ("مجهول", "مجهول"), ("XX", "XX")])
    one = like(p, name=named(p, given, family), birthDate=rng.choice(["1900-01-01", "1980-01-01", ""]))
    return one, like(one, identifier=q["identifier"])


def one_assigner_two_record_numbers(rng: random.Random, place: Place) -> Pair:
    """Namesakes of one day in one register, which gave them two numbers."""
    p = person(rng, place, numbered=0)
    return like(p, identifier=[mrn(rng, "a")]), like(
        person(rng, place, p["gender"], p["birthDate"], 0), name=p["name"], identifier=[mrn(rng, "a")], address=other_street(rng, place, p))


def sentinel_birth_dates(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, birth=rng.choice(["1900-01-01", "1901-01-01", "1899-12-31", "9999-12-31", "1911-11-11", "0001-01-01"]), numbered=0)
    q = person(rng, place, p["gender"], p["birthDate"], numbered=0)
    return p, like(q, name=p["name"])


def siblings_a_year_apart(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, birth=born(rng, 1980, 2018))
    q = like(p, name=named(p, other_given(rng, place, p)), birthDate=years_later(p, 1, rng), identifier=fresh(rng, place, p, False))
    return p, q


def brother_and_sister_twins(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, "female")
    given = rng.choice(place.men).replace("_", " ")
    return p, like(p, gender="male", name=named(p, given), identifier=fresh(rng, place, p, rng.random() < 0.5))


def dead_persons_number_reused(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, birth=born(rng, 1920, 1940), numbered=1)
    q = person(rng, place, p["gender"], born(rng, 1990, 2015))
    return like(p, deceasedDateTime=f"{rng.randint(1975, 1985)}-06-07"), like(
        q, identifier=p["identifier"], name=p["name"] if rng.random() < 0.5 else q["name"])


def initials_only(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, numbered=0)
    given = other_given(rng, place, p)
    q = person(rng, place, p["gender"], p["birthDate"], numbered=0)
    return like(p, name=named(p, p["name"][0]["given"][0][:1])), like(q, name=named(p, given))


def patronymic_siblings(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, birth=born(rng, 1990, 2018))
    return p, like(p, name=named(p, other_given(rng, place, p)), birthDate=years_later(p, 2, rng), identifier=fresh(rng, place, p))


def namesakes_of_a_common_name(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place)
    q = person(rng, place, p["gender"], p["birthDate"])
    town, code = rng.choice([t for t in place.towns if t[1] != p["address"][0]["postalCode"]])
    return p, like(q, name=p["name"], address=[{**other_street(rng, place, p)[0], "city": town, "postalCode": code}])


def namesakes_in_one_town(rng: random.Random, place: Place) -> Pair:
    """Same name and birth date, one postcode; the numbers are of different people."""
    p = person(rng, place)
    q = person(rng, place, p["gender"], p["birthDate"])
    return p, like(q, name=p["name"], address=other_street(rng, place, p))


def spouses_with_each_others_number(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, "female", born(rng, 1950, 1980), numbered=1)
    he = person(rng, place, "male", years_later(p, rng.randint(-5, 5), rng))
    return p, like(he, name=named(he, family=p["name"][0]["family"]), address=p["address"], telecom=p["telecom"],
                   identifier=p["identifier"])


def spouse_without_a_birth_date(rng: random.Random, place: Place) -> Pair:
    p, q = spouses_with_each_others_number(rng, place)
    return p, like(q, birthDate="", gender=rng.choice(["male", "unknown"]))


def child_on_the_mothers_number(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, "female", born(rng, 1980, 2000), numbered=1)
    child = person(rng, place, birth=years_later(p, 25, rng))
    return p, like(child, name=named(child, other_given(rng, place, child | {"name": p["name"]}), p["name"][0]["family"]),
                   address=p["address"], telecom=p["telecom"], identifier=p["identifier"])


def adopted_with_other_sex(rng: random.Random, place: Place) -> Pair:
    """Same birth date and door, other given name, other sex, other numbers."""
    p = person(rng, place, birth=born(rng, 2005, 2020), numbered=0)
    other = "male" if p["gender"] == "female" else "female"
    q = person(rng, place, other, p["birthDate"], numbered=0)
    return p, like(q, address=p["address"], name=named(q, family=p["name"][0]["family"]))


def like_named_twins_abroad(rng: random.Random, place: Place) -> Pair:
    pairs = (("Hasan", "Husein"), ("Amina", "Aminat"), ("Lena", "Lina"), ("Sanne", "Sannie"), ("Jonas", "Tomas"), ("Olga", "Olja"),
             ("Ayden", "Jayden"), ("Mina", "Nina"), ("Kristin", "Kristine"), ("Malik", "Malak"), ("Noor", "Nour"), ("Marek", "Marko"),
             ("Inés", "Irene"), ("Daria", "Darya"), ("Yusuf", "Yunus"), ("Hans", "Hanno"), ("Mei", "Wei"), ("Min", "Ming"))
    p = person(rng, place, birth=born(rng, 2000, 2020), numbered=0)
    one, two = rng.choice(pairs)
    return like(p, name=named(p, one)), like(p, name=named(p, two), identifier=[mrn(rng, "a")])


def shared_e_mail_and_name(rng: random.Random, place: Place) -> Pair:
    """Father and son of one name on the family's e-mail, in one house."""
    p = person(rng, place, "male", born(rng, 1955, 1985), numbered=0)
    mail = [{"system": "email", "value": f"familie{rng.randint(1, 999)}@mail.example"}]
    p = like(p, telecom=[*p["telecom"], *mail])
    return p, like(p, birthDate=years_later(p, rng.randint(20, 35), rng), identifier=[mrn(rng, "b")])


def number_given_to_two(rng: random.Random, place: Place) -> Pair:
    """One number made of the birth date, one given name, and nothing else in common."""
    p = person(rng, place, numbered=0)
    number = {"system": "urn:oid:1.2.752.129.2.1.3.1", "value": f"{p['birthDate'][2:].replace('-', '')}{rng.randint(0, 999):03}"}
    number["value"] += luhn_digit(number["value"])
    q = person(rng, place, p["gender"], p["birthDate"], numbered=0)
    other = rng.choice([f for f in place.families if f != p["name"][0]["family"]])
    town, code = rng.choice([t for t in place.towns if t[1] != p["address"][0]["postalCode"]])
    away = [{**q["address"][0], "line": [f"Elsewhere {rng.randint(181, 999)}"], "city": town, "postalCode": code}]
    return like(p, identifier=[number]), like(q, name=named(p, family=other), identifier=[number], address=away)


def twins_with_numbers_of_two_kinds(rng: random.Random, place: Place) -> Pair:
    """Names of one root at one door, one with a national number, the other with that of a card."""
    one, two = rng.choice((("Pedro", "Pierre"), ("Jean", "John"), ("George", "Georgea"), ("Lofa", "Lova"), ("Ivan", "Juan"), ("Helga", "Helgaa")))
    p = person(rng, place, numbered=1)
    card = [{"system": "urn:card", "value": str(rng.randint(10**7, 10**8 - 1))}]
    return like(p, name=named(p, one)), like(p, name=named(p, two), identifier=card)


def children_with_names_of_no_list(rng: random.Random, place: Place) -> Pair:
    """Like given names that nobody knows, one home, and a number with a typing error."""
    one, two = rng.choice((("Ewelia", "Eweline"), ("Yadela", "Jadela"), ("Lofan", "Lovan"), ("Mareta", "Moreta")))
    p = person(rng, place, birth=born(rng, 2008, 2020), numbered=0)
    digits = str(rng.randint(10**8, 10**9 - 1))
    i = next(i for i in range(3, 9) if digits[i] != digits[i - 1])
    typed = digits[:i - 1] + digits[i] + digits[i - 1] + digits[i + 1:]
    return (like(p, name=named(p, one), identifier=[{"system": "urn:card", "value": digits}]),
            like(p, name=named(p, two), identifier=[{"system": "urn:card", "value": typed}]))


def namesakes_with_one_mailbox(rng: random.Random, place: Place) -> Pair:
    """Two of one name, born in one month, who give the mailbox of that name; homes and phones are their own."""
    p = person(rng, place, birth=f"{rng.randint(1940, 2015)}-{rng.randint(1, 12):02}-02", numbered=1)
    name = p["name"][0]
    mail = [{"system": "email", "value": f"{name['given'][0]}.{name['family']}7@mail.example".lower()}]
    p = like(p, name=named(p, name["given"][0]), telecom=[*p["telecom"], *mail])
    q = person(rng, place, p["gender"], f"{p['birthDate'][:8]}17", numbered=0)
    card = [{"system": "urn:card", "value": str(rng.randint(10**7, 10**8 - 1))}]
    return p, like(q, name=p["name"], telecom=[*q["telecom"], *mail], identifier=card)


# --- one person ---------------------------------------------------------------------------------------------------------

def copied(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place)
    return p, like(p, identifier=[*p["identifier"][1:], mrn(rng, "d")])


def transliterated(rng: random.Random, place: Place) -> Pair:
    from anyascii import anyascii

    p = person(rng, place, numbered=1)
    name = p["name"][0]
    return p, like(p, name=[{"family": anyascii(name["family"]), "given": [anyascii(g) for g in name["given"]]}],
                   identifier=[*p["identifier"][1:], mrn(rng, "d")])


def upper_case_without_accents(rng: random.Random, place: Place) -> Pair:
    from anyascii import anyascii

    p = person(rng, place)
    name = p["name"][0]
    return p, like(p, name=[{"family": anyascii(name["family"]).upper(), "given": [anyascii(g).upper() for g in name["given"]]}],
                   identifier=[mrn(rng, "d")], telecom=[])


def moved_with_number(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, numbered=1)
    q = person(rng, place)
    return p, like(p, address=q["address"], telecom=q["telecom"], identifier=[*p["identifier"][1:], mrn(rng, "d")])


def married_abroad(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, "female", numbered=1)
    q = person(rng, place)
    return p, like(p, name=named(p, family=q["name"][0]["family"]), address=q["address"], identifier=p["identifier"][1:])


def hyphenated(rng: random.Random, place: Place) -> Pair:
    p, q = person(rng, place, "female"), person(rng, place)
    return p, like(p, name=named(p, family=f"{p['name'][0]['family']}-{q['name'][0]['family']}"), identifier=[mrn(rng, "d")])


def first_surname_only(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place)
    words = [w for w in p["name"][0]["family"].split() if w not in ("da", "dos", "de", "e", "von", "van", "den", "El", "Ibn", "'t")]
    return p, like(p, name=named(p, family=words[0]), identifier=[mrn(rng, "d")])


def month_and_day_exchanged(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, birth=f"{rng.randint(1940, 2015)}-{rng.randint(2, 12):02}-{rng.randint(2, 12):02}")
    y, m, d = p["birthDate"].split("-")
    return p, like(p, birthDate=f"{y}-{d}-{m}", identifier=[mrn(rng, "d")])


def names_in_the_wrong_fields(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place)
    name = p["name"][0]
    return p, like(p, name=[{"family": " ".join(name["given"]), "given": [name["family"]]}], identifier=[mrn(rng, "d")])


def year_of_birth_only(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, numbered=1)
    return p, like(p, birthDate=p["birthDate"][:4], identifier=p["identifier"][1:])


def without_sex_and_phone(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place)
    return p, like(p, gender="unknown", telecom=[], identifier=[mrn(rng, "d")])


def misspelt_family_name(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place)
    family = p["name"][0]["family"]
    return p, like(p, name=named(p, family=typo(rng, family) if family.isascii() and len(family) > 5 else family), identifier=[mrn(rng, "d")])


def number_with_other_writing(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place, numbered=1)
    number = p["identifier"][1]
    spaced = {**number, "value": f" {number['value'][:3]}-{number['value'][3:6]} {number['value'][6:]} "}
    return p, like(p, identifier=[mrn(rng, "d"), spaced], address=[], telecom=[])


def text_name_only(rng: random.Random, place: Place) -> Pair:
    p = person(rng, place)
    name = p["name"][0]
    return p, like(p, name=[{"text": f"{name['family']}, {' '.join(name['given'])}"}], identifier=[mrn(rng, "d")])


Make = Callable[[random.Random, Place], Pair]
DIFFERENT: tuple[Make, ...] = (
    mother_and_daughter_of_one_name, father_and_son_without_a_birth_date, twins_with_numbers_exchanged, triplets_without_names,
    record_number_used_again, cousins_of_one_name_and_year, immigrants_born_on_1_january, residents_of_one_home, family_on_one_phone,
    foster_children_of_one_age, test_patients, nobody_in_any_language, one_assigner_two_record_numbers, sentinel_birth_dates,
    siblings_a_year_apart, brother_and_sister_twins, dead_persons_number_reused, initials_only, patronymic_siblings,
    namesakes_of_a_common_name, namesakes_in_one_town, spouses_with_each_others_number, spouse_without_a_birth_date,
    child_on_the_mothers_number, adopted_with_other_sex, like_named_twins_abroad, shared_e_mail_and_name,
    number_given_to_two, twins_with_numbers_of_two_kinds, children_with_names_of_no_list, namesakes_with_one_mailbox)
SAME: tuple[Make, ...] = (
    copied, transliterated, upper_case_without_accents, moved_with_number, married_abroad, hyphenated, first_surname_only,
    month_and_day_exchanged, names_in_the_wrong_fields, year_of_birth_only, without_sex_and_phone, misspelt_family_name,
    number_with_other_writing, text_name_only)


def made(make: Make, size: int, seed: int = 3) -> Iterator[Pair]:
    """`size` pairs of one class, from all places in turn."""
    rng = random.Random(f"{make.__name__}{seed}")
    for i in range(size):
        yield make(rng, PLACES[i % len(PLACES)])
