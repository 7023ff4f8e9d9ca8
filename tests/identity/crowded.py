"""Classes of people who live, work, suffer or are written down together: different people (P).

As in abroad.py each class is a function (rng, place) → two FHIR Patients; where it is at home stands in HOME.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.identity.abroad import card, other_day, phone
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
    other_given,
    other_street,
    person,
    years_later,
)
from tests.identity.numbered import ALL as NUMBERED
from tests.identity.numbered import PLACES as KNOWN
from tests.identity.numbered import of as known

NEW = (
    _place("ER", "Mehret Saba Rahwa Selam Luwam", "Tesfay Yonas Filmon Berhane Amanuel", "Gebremedhin Habte Woldu Kidane Tekle", "Harnet Avenue, Sematat Avenue",
           "1001 Asmara, 1002 Keren", "+291"),
    _place("AF", "Zahra Fatima Maryam Shabnam Parwana", "Mohammad Ahmad Ali Hamid Najib", "Karimi Ahmadi Rahimi Hosseini Noori", "Jada-e-Maiwand, Darulaman Road",
           "1001 Kabul, 3001 Herat", "+93"),
    _place("MM", "Noor_Begum Hasina Rashida Sanjida Minara", "Mohammed_Ayas Nur_Islam Abdul_Karim Rafique Anwar", "Hossain Ahmed Alam Islam Uddin", "Main Road, Bazar Road",
           "4750 Teknaf, 4700 Ukhiya", "+880"),
    _place("UA", "Олена Оксана Наталія Ганна Юлія", "Олександр Андрій Сергій Микола Дмитро", "Шевченко Коваленко Бондаренко Ткаченко Кравченко", "вулиця Хрещатик, вулиця Садова",
           "01001 Київ, 79000 Львів", "+380"),
    _place("PH", "Maria_Cristina Ana Rosalinda Jocelyn Marites", "Jose Juan_Carlo Rodel Reynaldo Jomar", "Santos Reyes Cruz Bautista Garcia", "Rizal Street, Mabini Street",
           "1000 Manila, 6000 Cebu", "+63"),
    _place("PB", "Harpreet Gurpreet Manpreet Jaspreet Amandeep", "Harpreet Gurpreet Manpreet Jaspreet Amandeep", "Gill Dhillon Sandhu Sidhu Grewal", "Mall Road, Model Town",
           "141001 Ludhiana, 143001 Amritsar", "+91"))
PLACES = {**KNOWN, **{p.code: p for p in NEW}}
ALL = tuple(PLACES)

TRIPLETS = ("Anna Anne Annika", "Marie Maria Marit", "Lena Lina Lene", "Sara Sarah Saara", "Jon Jan Johan", "Erik Erika Erich", "Noor Nora Noura", "Hasan Hassan Husain",
            "Ali Alia Aliya", "Amir Amira Emir", "Mila Milan Milena", "Luca Luka Lukas")
COUPLES = ("Daniel/Danielle", "Michel/Michelle", "Andreas/Andrea", "Gabriel/Gabriele", "Simon/Simone", "Joan/Joanna", "Patrick/Patricia", "Nikola/Nikolina", "Robert/Roberta")
CALLED = ("Trauma/Bravo", "Trauma/Charlie 12", "Unknown Male/Seven", "Unidentified/Zulu", "Disaster/Oscar", "Disaster Victim/12", "MCI/Patient 0012", "Mass Casualty/Apple",
          "XX/Trauma Delta", "Unbekannt/Männlich 3", "Unk/Female 4", "Doe/John 2", "Doe/Jane Alpha", "Emergency/Echo", "Trauma/Kilo Yankee", "Katastrophe/Patient 7")
ALIASES = ("VIP/Patient", "VIP/Guest", "Confidential/Patient", "Privat/Patient", "Private/Private", "Alias/Alias", "Celebrity/VIP", "Withheld/Withheld", "Restricted/Restricted",
           "Confidential/Confidential", "Protected/Identity", "Skyddad/Identitet", "Geschützt/Person", "Blocked/Blocked", "Secret/Person")
DEFAULTS = ("0000", "00000", "12345", "99999", "000-00-0000", "999-99-9999", "123123123", "1111", "9999999999", "ABC123", "XXXXX", "00000000T", "000000000000", "999999998",
            "99999999999", "0000000001", "123-45-6789", "N/A", "-", "?", "NOID", "NO ID", "NOSSN", "NO SSN", "NEW", "FOREIGN", "TEMP", "TOURIST", "NEWBORN", "UNASSIGNED",
            "888888888", "8888888888", "112233445", "100000000", "000000001", "000000009", "121212121", "101010101", "012345678", "9999", "99999990", "SELFPAY", "AUSLÄNDER",
            "OHNE", "KEINE", "INGEN", "SAKNAS", "SIN DOCUMENTO", "INDOCUMENTADO", "NO TIENE", "SANS", "AUCUN", "NENHUM", "BRAK", "NESSUNO", "GEEN")
CLINICS = ("University Hospital, 1 Hospital Drive", "St. Mary's Hospital, 12 Main Street", "Universitätsklinikum, Moorenstraße 5", "Hôpital Saint-Louis, 1 avenue Vellefaux",
           "Hospital General, Calle Mayor 1", "Akademiska sjukhuset, Sjukhusvägen 1", "Szpital Miejski, ul. Długa 1",
           "Emergency Department, 1 Hospital Drive", "County Hospital, Ward 7", "Rikshospitalet, Sognsvannsveien 20", "Spital, Rämistrasse 100", "Ospedale Maggiore, Via Francesco 35")
MANY = ("Sacred Heart Convent, 3 Church Road", "Kloster Sankt Anna, Klosterweg 1", "Monasterio de Santa Clara, Calle Mayor 4", "Abbey of St Benedict, Abbey Lane", "Wat Pho Temple, 2 Sanam Chai Road",
        "Buddhist Monastery, Temple Road 4", "Carmel, 5 rue du Carmel", "Mosteiro de São Bento, Largo 1", "Klasztor, ul. Polna 4")
YARDS = ("Fort Carson Barracks, 12 Main Street", "Kaserne Nord, Hauptstraße 1", "Regemente 5, Storgatan 1", "Military Base, Gate 4", "Cuartel General, Calle Mayor 2", "Naval Base, Pier 3",
         "Army Camp, Block 4", "Garnison Süd, Hauptstraße 4", "Air Force Base, 1 Wing Road", "Student Hall, 3 College Road", "Halls of Residence, 4 Park Road", "Youth Hostel, Park Road 3",
         "YMCA, 12 Oak Avenue", "Seamen's Home, Dock Road 1", "Boarding School, 2 Church Road", "Internat, Schulstraße 1", "Workers' Camp 7, Industrial Area", "Labour Camp, Sonapur",
         "Studentenheim, Parkweg 7", "Résidence universitaire, 3 rue Haute", "Foyer de travailleurs, 2 rue Basse", "Zeemanshuis, Havenstraat 1")


def of(rng: random.Random, place: Place, birth: str = "", sex: str = "") -> Patient:
    """Somebody of whom a record number is told, and no other."""
    return person(rng, place, sex, birth, numbered=0)


def own(rng: random.Random, often: float = 0.4) -> list[dict[str, Any]]:
    """The record number of another hospital, and sometimes a card."""
    return [mrn(rng, rng.choice("abc")), *([card(rng)] if rng.random() < often else [])]


def row(rng: random.Random, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two numbers of one register, handed out one after another."""
    return tuple({"system": "urn:register", "value": str(n)} for n in (number, number + rng.randint(1, 2)))  # type: ignore[return-value]


def later(p: Patient, days: int) -> str:
    return (date.fromisoformat(p["birthDate"]) + timedelta(days=days)).isoformat()


def at(p: Patient, line: str) -> list[dict[str, Any]]:
    return [{**p["address"][0], "line": [line]}]


def no_street(p: Patient) -> list[dict[str, Any]]:
    return [{k: v for k, v in p["address"][0].items() if k != "line"}]


def mail(name: str) -> dict[str, str]:
    return {"system": "email", "value": f"{name}@mail.example"}


# --- one family ---------------------------------------------------------------------------------------------------------

def triplets_of_like_names_numbered_in_a_row(rng: random.Random, place: Place) -> Pair:
    one, two = rng.sample(rng.choice(TRIPLETS).split(), 2)
    p = like(of(rng, place, born(rng, 2000, 2024)), gender=rng.choice(("", "female", "male")))
    first, second = row(rng, rng.randint(10**8, 9 * 10**8))
    return like(p, name=named(p, one), identifier=[first]), like(p, name=named(p, two), identifier=[second])


def adopted_siblings_born_months_apart(rng: random.Random, place: Place) -> Pair:
    """Of one new family name, in one home, on one policy."""
    p = of(rng, place, born(rng, 2005, 2023))
    policy = [card(rng)] if rng.random() < 0.5 else own(rng)
    q = like(p, name=named(p, other_given(rng, place, p)), birthDate=later(p, rng.randint(1, 270)))
    return like(p, identifier=policy), like(q, identifier=policy if len(policy) == 1 else own(rng))


def half_brothers_of_one_name(rng: random.Random, place: Place) -> Pair:
    """Two wives of one man call a son after his grandfather in one year."""
    p = of(rng, place, born(rng, 1960, 2020), "male")
    mothers = rng.sample(place.families, 2)
    url = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"
    one, two = ({"extension": [{"url": url, "valueString": m}]} for m in mothers)
    return like(p, **one), like(p, **two, birthDate=later(p, rng.randint(1, 200)), identifier=own(rng))


def wives_of_one_husband(rng: random.Random, place: Place) -> Pair:
    """One family name, one door, one phone, names alike, and the 1 January of one year."""
    p = of(rng, place, f"{rng.randint(1960, 2000)}-01-01", "female")
    one, two = rng.sample(rng.choice(("Fatima Fatma Fatuma", "Amina Aminata Aamina", "Mariam Maryam Mariama", "Zainab Zaynab Zeinab", "Aisha Aicha Aissatou")).split(), 2)
    policy = card(rng)
    q = like(p, name=named(p, two), identifier=[policy] if rng.random() < 0.3 else own(rng))
    return like(p, name=named(p, one), identifier=[policy]), q


def grandfather_and_grandson_on_one_phone(rng: random.Random, place: Place) -> Pair:
    """One name, one door, one phone, and sometimes one day of the year."""
    p = of(rng, place, born(rng, 1930, 1960), "male")
    birth = years_later(p, rng.choice((40, 50, 60, 70)), rng if rng.random() < 0.7 else None)
    return p, like(p, birthDate=birth, identifier=own(rng))


def uncle_and_nephew_of_one_name(rng: random.Random, place: Place) -> Pair:
    """Some years apart only, in one house, on one policy."""
    p = of(rng, place, born(rng, 1950, 2005), "male")
    policy = card(rng)
    return like(p, identifier=[policy]), like(p, birthDate=other_day(rng, p, 12), identifier=[policy] if rng.random() < 0.5 else own(rng))


def stepchildren_of_one_name(rng: random.Random, place: Place) -> Pair:
    """Both parents brought a child of one given name; they bear one family name now."""
    p = of(rng, place, born(rng, 1990, 2020))
    policy = card(rng)
    return like(p, identifier=[policy]), like(p, birthDate=other_day(rng, p, 2), identifier=[policy] if rng.random() < 0.5 else own(rng))


def named_after_the_stillborn(rng: random.Random, place: Place) -> Pair:
    """The next child gets the name of the one who died."""
    p = of(rng, place, born(rng, 1990, 2020))
    told = rng.choice(({"deceasedBoolean": True}, {"deceasedDateTime": p["birthDate"]}, {"deceasedDateTime": f"{p['birthDate']}T04:12:00Z"}))
    return like(p, **told), like(p, birthDate=years_later(p, rng.randint(1, 3), rng if rng.random() < 0.7 else None), identifier=own(rng))


def twins_about_midnight(rng: random.Random, place: Place) -> Pair:
    """Names alike, numbers in a row, a day apart."""
    one, two = rng.sample(rng.choice(TRIPLETS).split(), 2)
    p = of(rng, place, born(rng, 1980, 2024))
    first, second = row(rng, rng.randint(10**8, 9 * 10**8))
    q = like(p, name=named(p, two), birthDate=later(p, 1), identifier=[second] if rng.random() < 0.6 else own(rng))
    return like(p, name=named(p, one), identifier=[first]), q


def twins_with_given_names_in_turn(rng: random.Random, place: Place) -> Pair:
    """Anna Maria and Maria Anna, each with a number of a register."""
    one, two = rng.sample([n.replace("_", " ").split()[0] for n in place.women], 2)
    p = of(rng, place, born(rng, 1980, 2024), "female")
    numbers = [card(rng, f"urn:register:{place.code.lower()}") for _ in range(2)]
    return (like(p, name=named(p, [one, two]), identifier=[numbers[0]]), like(p, name=named(p, [two, one]), identifier=[numbers[1]]))


def couple_of_two_forms_of_one_name(rng: random.Random, place: Place) -> Pair:
    """Daniel and Danielle, born in one year, of whom nobody tells the sex; one policy, one mailbox."""
    man, woman = rng.choice(COUPLES).split("/")
    p = like(of(rng, place, born(rng, 1940, 2000)), gender="")
    policy = rng.choice(([card(rng)], own(rng)))
    family = mail(p["address"][0]["postalCode"] + "family")
    p = like(p, telecom=[*p["telecom"], family], identifier=policy)
    return like(p, name=named(p, man)), like(p, name=named(p, woman), birthDate=later(p, rng.randint(20, 200)), identifier=rng.choice((policy, own(rng))))


def sikh_couple(rng: random.Random, place: Place) -> Pair:
    """Harpreet Singh and Harpreet Kaur: given names have no sex."""
    p = of(rng, place, born(rng, 1950, 2000), "male")
    policy = card(rng)
    sexes = rng.choice((("male", "female"), ("", ""), ("male", "")))
    given = p["name"][0]["given"][0]
    names = ("Singh", "Kaur") if rng.random() < 0.6 else (f"Singh {p['name'][0]['family']}", f"Kaur {p['name'][0]['family']}")
    return (like(p, gender=sexes[0], name=named(p, given, names[0]), identifier=[policy]),
            like(p, gender=sexes[1], name=named(p, given, names[1]), birthDate=rng.choice((other_day(rng, p, 3), p["birthDate"][:8] + ("28" if p["birthDate"][8:] != "28" else "17"))),
                 identifier=rng.choice(([policy], own(rng)))))


def wife_by_her_husbands_whole_name(rng: random.Random, place: Place) -> Pair:
    """Kovács István and Kovács Istvánné, in one house, on one phone."""
    p = of(rng, place, born(rng, 1930, 1980), "male")
    wife = like(p, name=named(p, p["name"][0]["given"][0] + "né"), gender=rng.choice(("female", "", "unknown")))
    return p, like(wife, birthDate=rng.choice((other_day(rng, p, 4), p["birthDate"][:8] + ("27" if p["birthDate"][8:] != "27" else "16"))), identifier=own(rng))


def man_and_wife_of_one_family_name_in_two_forms(rng: random.Random, place: Place) -> Pair:
    """Александр Иванов and Александра Иванова, born in one month, nobody tells the sex."""
    men, women = ("Александр", "Валентин", "Евгений", "Виктор"), ("Александра", "Валентина", "Евгения", "Виктория")
    i = rng.randrange(4)
    p = like(of(rng, place, f"{rng.randint(1940, 1990)}-{rng.randint(1, 12):02}-0{rng.randint(2, 9)}"), gender="")
    return (like(p, name=named(p, men[i])), like(p, name=named(p, women[i], p["name"][0]["family"] + "а"), birthDate=p["birthDate"][:8] + str(rng.randint(10, 28)),
                                                identifier=own(rng)))


def cousins_of_one_surname_of_two(rng: random.Random, place: Place) -> Pair:
    """García López and García Ruiz: one given name, one birth date, one town, no street."""
    p = of(rng, place)
    one, two, three = rng.sample([part for f in place.families for part in f.split() if len(part) > 3], 3)
    q = like(p, name=named(p, family=f"{one} {three}"), identifier=own(rng), telecom=[], address=no_street(p))
    return like(p, name=named(p, family=f"{one} {two}"), telecom=[], address=no_street(p)), q


def brothers_of_one_chain(rng: random.Random, place: Place) -> Pair:
    """Mohammad Nabi and Mohammad Naim: the first name is everybody's, there is no family name, and the day is 1 January."""
    one, two = rng.sample(("Nabi", "Naim", "Nasir", "Nazir", "Naser", "Nader"), 2)
    p = of(rng, place, f"{rng.randint(1970, 2010)}-01-01", "male")
    family = rng.choice(("", "FNU", "LNU", "-", p["name"][0]["family"]))
    return (like(p, name=[{"family": family, "given": ["Mohammad", one]}]), like(p, name=[{"family": family, "given": ["Mohammad", two]}], identifier=own(rng)))


def sisters_with_general_names(rng: random.Random, place: Place) -> Pair:
    """Fatema Begum and Fatema Khatun, of one year, on the phone of a health worker."""
    one, two = rng.sample(("Begum", "Khatun", "Bibi", "Akter", "Khanam"), 2)
    given = rng.choice(("Fatema", "Rahima", "Nasima", "Halima"))
    p = of(rng, place, f"{rng.randint(1950, 2005)}-01-01", "female")
    return (like(p, name=[{"family": one, "given": ["Mst", given]}]), like(p, name=[{"family": two, "given": [given]}], identifier=own(rng)))


def transplant_from_a_brother(rng: random.Random, place: Place) -> Pair:
    """Donor and recipient share the number of the transplant, and the family name."""
    p = of(rng, place, born(rng, 1950, 2000))
    shared = {"system": "urn:transplant", "value": str(rng.randint(10**6, 10**7))}
    q = like(p, name=named(p, other_given(rng, place, p)), birthDate=later(p, rng.randint(0, 1200)), identifier=[*own(rng), shared])
    return like(p, identifier=[*p["identifier"], shared]), q if rng.random() < 0.5 else like(q, address=other_street(rng, place, p))


def carried_by_another(rng: random.Random, place: Place) -> Pair:
    """A child born to a surrogate mother: first under her name and card, then under that of its parents."""
    mother = of(rng, place, born(rng, 1980, 2000), "female")
    birth = born(rng, 2015, 2024)
    baby = like(mother, name=named(mother, rng.choice(("Baby", "Baby Boy", f"Baby of {mother['name'][0]['given'][0]}", f"B/O {mother['name'][0]['given'][0]}"))), birthDate=birth)
    other = like(baby, name=named(mother, rng.choice(("Baby", "Baby A", "Baby Girl"))), identifier=rng.choice((baby["identifier"], own(rng))))
    return baby, rng.choice((mother, other))


def on_the_cousins_card(rng: random.Random, place: Place) -> Pair:
    """Who has no insurance gives the card, name and birth date of a cousin, and his own sex, phone and home."""
    p = of(rng, place)
    policy = card(rng)
    q = like(person(rng, place), name=p["name"], birthDate=p["birthDate"], gender="male" if p["gender"] == "female" else "female")
    return like(p, identifier=[policy]), like(q, identifier=[policy], address=other_street(rng, place, p))


def under_a_stolen_identity(rng: random.Random, place: Place) -> Pair:
    """Name, birth date and national number of the one; sex, phone and home of the other."""
    p = known(rng, place, born(rng, 1940, 2000))
    return p, like(p, gender="male" if p["gender"] == "female" else "female", address=other_street(rng, place, p), telecom=[phone(rng, place)])


def on_the_brothers_card(rng: random.Random, place: Place) -> Pair:
    """Card and birth date of the brother, and one's own given name."""
    p = of(rng, place)
    policy = card(rng)
    return like(p, identifier=[policy]), like(p, name=named(p, other_given(rng, place, p)), identifier=[policy], telecom=[phone(rng, place)])


# --- one roof -----------------------------------------------------------------------------------------------------------

def lodgers_of_one_name_and_year(rng: random.Random, place: Place) -> Pair:
    """Barracks, hostels, halls: a common name, one year, the office's phone, numbers in a row."""
    p = of(rng, place, born(rng, 1985, 2006))
    p = like(p, address=at(p, rng.choice(YARDS)))
    first, second = row(rng, rng.randint(10**8, 9 * 10**8))
    q = like(p, birthDate=other_day(rng, p, 1), identifier=[second] if rng.random() < 0.5 else own(rng))
    return like(p, identifier=[first]), q


def lodgers_of_one_name_and_almost_one_day(rng: random.Random, place: Place) -> Pair:
    """A day apart, each with a number."""
    p = of(rng, place, f"{rng.randint(1985, 2006)}-{rng.randint(2, 12):02}-1{rng.randint(0, 4)}")
    p = like(p, address=at(p, rng.choice((*YARDS, *MANY))), identifier=[card(rng, "urn:register")])
    return p, like(p, birthDate=later(p, rng.randint(1, 4)), identifier=[card(rng, "urn:register")])


def nuns_of_one_convent(rng: random.Random, place: Place) -> Pair:
    """Sister Maria Agnes and Sister Maria Teresa: no family name, one house, one phone."""
    one, two = rng.sample(("Agnes", "Teresa", "Clara", "Josefa", "Benedicta", "Anselma"), 2)
    p = of(rng, place, born(rng, 1920, 1980), "female")
    p = like(p, address=at(p, rng.choice(MANY)))
    title = rng.choice(("Sister", "Sr.", "Schwester", "Soeur", "Hermana", "Sor"))
    birth = rng.choice((p["birthDate"], other_day(rng, p, 1), p["birthDate"][:4]))
    return (like(p, name=[{"given": [title, "Maria", one]}]), like(p, name=[{"given": [title, "Maria", two]}], birthDate=birth, identifier=own(rng)))


def nuns_of_one_name(rng: random.Random, place: Place) -> Pair:
    """The name of one who died is given again: one name, one house, other years."""
    p = of(rng, place, born(rng, 1920, 1960), "female")
    p = like(p, address=at(p, rng.choice(MANY)), name=[{"given": [rng.choice(("Sister", "Sr.", "Mother")), rng.choice(("Agnes", "Clara", "Teresa"))]}])
    return p, like(p, birthDate=other_day(rng, p, 10), identifier=own(rng))


def monks_of_one_temple(rng: random.Random, place: Place) -> Pair:
    """Names in religion, born on 1 January, one phone."""
    one, two = rng.sample(("Ananda", "Nanda", "Dhammananda", "Sananda", "Candananda"), 2)
    p = of(rng, place, f"{rng.randint(1940, 2000)}-01-01", "male")
    title = rng.choice(("Ven.", "Bhikkhu", "Phra", "Brother", "Father", "Rev."))
    p = like(p, address=at(p, rng.choice(MANY)))
    return like(p, name=[{"given": [title, one]}]), like(p, name=[{"given": [title, two]}], identifier=own(rng))


def foster_children_of_one_agency(rng: random.Random, place: Place) -> Pair:
    """Address, phone and mailbox are those of the agency; one given name, born in one year."""
    p = of(rng, place, born(rng, 2005, 2022))
    p = like(p, telecom=[*p["telecom"], mail("office")])
    families = rng.sample(place.families, 2)
    q = like(p, name=named(p, family=families[1]), birthDate=rng.choice((other_day(rng, p, 0), later(p, rng.randint(30, 200)))), identifier=own(rng))
    return like(p, name=named(p, family=families[0])), q


def refugees_of_one_name_in_one_house(rng: random.Random, place: Place) -> Pair:
    """Born on the 1 January that an office gave them, in an ordinary street, each with his own number and phone."""
    p = of(rng, place, f"{rng.randint(1980, 2006)}-01-01")
    p = like(p, identifier=[card(rng, "urn:unhcr")])
    return p, like(p, identifier=[card(rng, "urn:unhcr")], telecom=rng.choice(([phone(rng, place)], [])))


def refugees_of_like_names(rng: random.Random, place: Place) -> Pair:
    """Mohammad and Mohamed, Tesfay and Tesfai: two people of one house and year, with numbers in a row."""
    names = {"ER": "Tesfay Tesfai Tesfaye", "AF": "Mohammad Mohamad Ahmad", "MM": "Mohammed Muhammad Mohamed", "UA": "Олександр Олександра Олексій"}[place.code].split()
    one, two = rng.sample(names, 2)
    p = of(rng, place, f"{rng.randint(1980, 2006)}-01-01", "male")
    first, second = row(rng, rng.randint(10**8, 9 * 10**8))
    return (like(p, name=named(p, one), identifier=[first]), like(p, name=named(p, two), identifier=[second], telecom=rng.choice(([phone(rng, place)], []))))


def settlers_of_one_name(rng: random.Random, place: Place) -> Pair:
    """Many of one name in a settlement of one street without numbers; a digit of the birth date tells them apart, and a card."""
    p = of(rng, place, f"{rng.randint(1960, 2015)}-{rng.randint(2, 12):02}-1{rng.randint(0, 8)}")
    p = like(p, address=at(p, place.streets[0]), identifier=[card(rng)])
    return p, like(p, birthDate=p["birthDate"][:9] + str((int(p["birthDate"][9]) + rng.randint(1, 5)) % 9), identifier=[card(rng)], telecom=[])


# --- one desk -----------------------------------------------------------------------------------------------------------

def unknown_after_an_accident(rng: random.Random, place: Place) -> Pair:
    """Names of a list for emergencies, used again; the hospital's address, and a birth date that is guessed."""
    family, given = rng.choice(CALLED).split("/")
    p = like(of(rng, place, rng.choice(("1900-01-01", "1980-01-01", "1980-06-15", "1985-07-01"))), name=[{"family": family, "given": given.split()}])
    p = like(p, address=at(p, rng.choice(CLINICS)), telecom=rng.choice(([], p["telecom"])))
    return p, like(p, identifier=own(rng))


def under_an_alias(rng: random.Random, place: Place) -> Pair:
    """Two who are to stay unknown, at the hospital's address."""
    family, given = rng.choice(ALIASES).split("/")
    p = like(of(rng, place, rng.choice(("1900-01-01", "1970-01-01", born(rng)))), name=[{"family": family, "given": [given]}])
    p = like(p, address=at(p, rng.choice(CLINICS)))
    return p, like(p, identifier=own(rng))


def namesakes_on_a_default_number(rng: random.Random, place: Place) -> Pair:
    """Name and birth date of another, and what a clerk types where a number has to stand."""
    p = of(rng, place)
    system = rng.choice(("urn:insurer", "", "http://hl7.org/fhir/sid/us-ssn", f"urn:register:{place.code.lower()}"))
    number = {"system": system, "value": rng.choice(DEFAULTS)}
    q = like(person(rng, place, numbered=0), name=p["name"], gender=p["gender"], birthDate=p["birthDate"], address=other_street(rng, place, p))
    return like(p, identifier=[mrn(rng, "a"), number]), like(q, identifier=[mrn(rng, "b"), number])


def strangers_on_the_clinics_phone(rng: random.Random, place: Place) -> Pair:
    """One common name, some days apart, and where a phone has to stand the clinic's."""
    p = of(rng, place)
    q = like(person(rng, place), name=p["name"], gender=p["gender"], birthDate=rng.choice((other_day(rng, p, 1), later(p, rng.randint(1, 9)))), telecom=p["telecom"])
    return p, q


def namesakes_at_the_hospitals_address(rng: random.Random, place: Place) -> Pair:
    """One name, one year, and where an address has to stand the hospital's."""
    p = of(rng, place)
    p = like(p, address=at(p, rng.choice(CLINICS)), telecom=[])
    return p, like(p, birthDate=rng.choice((other_day(rng, p, 1), later(p, rng.randint(1, 9)))), identifier=[*own(rng), card(rng)])


def record_number_in_the_field_of_the_national_one(rng: random.Random, place: Place) -> Pair:
    """Nine digits of a hospital, which are the social security number of a namesake."""
    p = of(rng, place)
    number = {"system": "http://hl7.org/fhir/sid/us-ssn", "value": str(rng.randint(200_000_000, 665_000_000))}
    q = like(person(rng, place), name=p["name"], gender=p["gender"], birthDate=other_day(rng, p, 20), identifier=[number])
    return like(p, identifier=[number]), like(q, address=other_street(rng, place, p))


def record_number_given_again(rng: random.Random, place: Place) -> Pair:
    """Of one who died, to a namesake born in the same year."""
    p = of(rng, place, born(rng, 1930, 1990))
    q = like(person(rng, place), name=p["name"], gender=p["gender"], birthDate=other_day(rng, p, 1), identifier=p["identifier"])
    return like(p, deceasedBoolean=True), q


def what_a_wrong_merge_left(rng: random.Random, place: Place) -> Pair:
    """Somebody's record still bears the number and the former name of another."""
    p = person(rng, place, numbered=1)
    q = person(rng, place, p["gender"], numbered=1)
    q = like(q, name=named(q, other_given(rng, place, p)), birthDate=other_day(rng, p, 5))
    left = like(q, name=[{"use": "official", **q["name"][0]}, {"use": "old", **p["name"][0]}], identifier=[q["identifier"][0], p["identifier"][-1]])
    return p, left


def one_passports_digits_of_two_countries(rng: random.Random, place: Place) -> Pair:
    """The same nine digits, handed out by two states, of namesakes of one year."""
    p = of(rng, place)
    value = str(rng.randint(10**8, 10**9 - 1))
    one, two = ([{"system": f"http://hl7.org/fhir/sid/passport-{c}", "value": value, "type": {"coding": [{"code": "PPN"}]}}] for c in rng.sample(("SWE", "DEU", "IND", "EGY"), 2))
    return like(p, identifier=one), like(person(rng, place), name=p["name"], gender=p["gender"], birthDate=other_day(rng, p, 1), identifier=two)


def two_signs_of_one_sound(rng: random.Random, place: Place) -> Pair:
    """王伟 and 王炜, one birth date, one district."""
    one, two = rng.choice(("伟炜", "静婧", "芳方", "丽莉", "军君", "强墙", "敏民", "华桦"))
    p = of(rng, place)
    p = like(p, address=no_street(p), telecom=[])
    return like(p, name=named(p, one)), like(p, name=named(p, two), identifier=own(rng))


def two_signs_of_one_sound_at_one_door(rng: random.Random, place: Place) -> Pair:
    """Brothers or twins 志强 and 志墙: Latin letters cannot tell them apart."""
    one, two = rng.choice(("志伟/志炜", "晓静/晓婧", "小芳/小方", "建军/建君", "文丽/文莉", "明华/明桦")).split("/")
    p = of(rng, place)
    return like(p, name=named(p, one)), like(p, name=named(p, two), identifier=own(rng))


def namesakes_of_a_crowded_name(rng: random.Random, place: Place) -> Pair:
    """Nguyễn Thị Lan, Kim Ji-woo, Mohammed Islam: a digit of the birth date and the street tell them apart."""
    p = of(rng, place, f"{rng.randint(1950, 2010)}-{rng.randint(2, 12):02}-1{rng.randint(0, 8)}")
    q = like(p, birthDate=p["birthDate"][:9] + str((int(p["birthDate"][9]) + rng.randint(1, 5)) % 9), address=other_street(rng, place, p))
    return p, like(q, identifier=own(rng), telecom=[phone(rng, place)])


def of_one_initial(rng: random.Random, place: Place) -> Pair:
    """K. Rajesh and M. Rajesh: the family name is a father's initial, the village is one."""
    one, two = rng.sample("KMRSVP", 2)
    p = of(rng, place)
    p = like(p, address=no_street(p), telecom=[])
    given = p["name"][0]["given"][0]
    return like(p, name=[{"family": one, "given": [given]}]), like(p, name=[{"family": two, "given": [given]}], identifier=own(rng))


def twins_by_their_initials(rng: random.Random, place: Place) -> Pair:
    """A. Berg and Anna Berg, of one day and door, each with a number of one register."""
    given = rng.choice([n.split("_")[0] for n in (*place.women, *place.men) if len(n) > 3])
    p = of(rng, place, born(rng, 1980, 2022))
    numbers = row(rng, rng.randint(10**8, 9 * 10**8))
    return like(p, name=named(p, given), identifier=[numbers[0]]), like(p, name=named(p, given[0]), identifier=[numbers[1]])


def one_single_name_in_one_village(rng: random.Random, place: Place) -> Pair:
    """Sutrisno and Sutrisno, of one year."""
    p = of(rng, place)
    given = rng.choice(("Sutrisno", "Suharto", "Wati", "Sri", "Ganesan", "Murugan"))
    p = like(p, name=[{"family": rng.choice(("", "-", given)), "given": [given]}], address=no_street(p), telecom=rng.choice(([], p["telecom"])))
    return p, like(p, birthDate=rng.choice((p["birthDate"][:4], f"{p['birthDate'][:4]}-01-01", other_day(rng, p, 1))), identifier=own(rng))


def dependents_of_one_subscriber(rng: random.Random, place: Place) -> Pair:
    """One policy with a suffix for each of the family: twins of like names, and a couple of one name in two forms."""
    one, two = rng.sample(rng.choice(TRIPLETS).split(), 2)
    p = of(rng, place, born(rng, 1960, 2022))
    policy = f"{rng.choice('WXY')}{rng.randint(10**8, 9 * 10**8)}"
    first, second = rng.sample(range(1, 6), 2)
    mark = rng.choice(("-0", "0", " 0", "/"))
    ids = [[{"system": "urn:insurer", "value": f"{policy}{mark}{n}"}] for n in (first, second)]
    return like(p, name=named(p, one), identifier=ids[0]), like(p, name=named(p, two), identifier=ids[1], gender=rng.choice((p["gender"], "")))


def father_and_son_marked_among_the_given_names(rng: random.Random, place: Place) -> Pair:
    """John Sr. and John Jr., of whom one lacks a birth date, on one policy."""
    p = of(rng, place, born(rng, 1930, 1970), "male")
    one, two = rng.choice((("Sr.", "Jr."), ("Senior", "Junior"), ("Sr", "II"), ("II", "III"), ("padre", "hijo")))
    given, policy = p["name"][0]["given"][0], [card(rng)]
    forms = rng.choice((lambda mark: named(p, [given, mark]), lambda mark: named(p, [f"{given} {mark}"])))
    return like(p, name=forms(one), identifier=policy), like(p, name=forms(two), birthDate=rng.choice(("", years_later(p, 25, rng))), identifier=rng.choice((policy, own(rng))))


def neighbours_in_one_tower(rng: random.Random, place: Place) -> Pair:
    """A common name, a digit of the birth date, and another flat of one house with a phone of its own."""
    p = of(rng, place, f"{rng.randint(1950, 2010)}-{rng.randint(2, 12):02}-1{rng.randint(0, 8)}")
    line, (one, two) = p["address"][0]["line"][0], rng.sample(range(1, 90), 2)
    q = like(p, address=at(p, f"{line}, Apt {two}"), birthDate=p["birthDate"][:9] + str((int(p["birthDate"][9]) + rng.randint(1, 5)) % 9), telecom=[phone(rng, place)])
    return like(p, address=at(p, f"{line}, Apt {one}")), like(q, identifier=own(rng))


def wards_of_one_guardian(rng: random.Random, place: Place) -> Pair:
    """Address, phone and mailbox are the guardian's; one name, one year."""
    p = of(rng, place, born(rng, 1930, 2000))
    p = like(p, address=at(p, rng.choice(("c/o Law Office Smith, 12 Main Street", "c/o Betreuungsverein, Hauptstraße 4", "Box 12", "P.O. Box 77", "Postfach 1234", "Apartado 12"))),
             telecom=[*p["telecom"], mail("law.office")])
    return p, like(p, birthDate=other_day(rng, p, 1), identifier=[*own(rng), card(rng, "urn:register")])


def two_on_one_bed(rng: random.Random, place: Place) -> Pair:
    """The next patient was admitted over the one before: record number, visit and address are those of the former."""
    p, q = of(rng, place), of(rng, place)
    visit = {"system": "urn:visit", "value": str(rng.randint(10**6, 10**7)), "type": {"coding": [{"code": "VN"}]}}
    q = like(q, name=named(q, other_given(rng, place, p)), birthDate=other_day(rng, p, 20), identifier=[*p["identifier"], visit], address=p["address"])
    return like(p, identifier=[*p["identifier"], visit]), q


TEXTS = ("ES", "PT", "BR", "MX", "CL", "PH")
HOME: dict[Make, tuple[str, ...]] = {
    triplets_of_like_names_numbered_in_a_row: ALL, adopted_siblings_born_months_apart: ALL, half_brothers_of_one_name: ALL, wives_of_one_husband: ("EG", "SY", "AF", "MM", "SA"),
    grandfather_and_grandson_on_one_phone: ALL, uncle_and_nephew_of_one_name: ALL, stepchildren_of_one_name: ALL, named_after_the_stillborn: ALL,
    twins_about_midnight: ALL, twins_with_given_names_in_turn: tuple(c for c in ALL if c != "VN"), couple_of_two_forms_of_one_name: ALL, sikh_couple: ("PB",),
    wife_by_her_husbands_whole_name: ("HU",), man_and_wife_of_one_family_name_in_two_forms: ("RU", "BG"), cousins_of_one_surname_of_two: TEXTS[:5],
    brothers_of_one_chain: ("AF", "MM", "SY"), sisters_with_general_names: ("MM", "IN"), transplant_from_a_brother: ALL, carried_by_another: ALL,
    on_the_cousins_card: ALL, under_a_stolen_identity: NUMBERED, on_the_brothers_card: ALL, lodgers_of_one_name_and_year: ALL, lodgers_of_one_name_and_almost_one_day: ALL,
    nuns_of_one_convent: ALL, nuns_of_one_name: ALL, monks_of_one_temple: ("TH", "MM", "IN"), foster_children_of_one_agency: ALL,
    refugees_of_one_name_in_one_house: ("ER", "AF", "MM", "UA", "SY", "ET"), refugees_of_like_names: ("ER", "AF", "MM", "UA"), settlers_of_one_name: ("RO", "HU", "BG", "CZ"),
    unknown_after_an_accident: ALL, under_an_alias: ALL, namesakes_on_a_default_number: ALL, strangers_on_the_clinics_phone: ALL, namesakes_at_the_hospitals_address: ALL,
    record_number_in_the_field_of_the_national_one: ALL, record_number_given_again: ALL, what_a_wrong_merge_left: ALL, one_passports_digits_of_two_countries: ALL,
    two_signs_of_one_sound: ("CN",), two_signs_of_one_sound_at_one_door: ("CN",), namesakes_of_a_crowded_name: ("VN", "KR", "MM", "CN", "IN"), of_one_initial: ("IN",),
    dependents_of_one_subscriber: ALL, father_and_son_marked_among_the_given_names: ("US", "ZA", "PH", "ES", "MX"), neighbours_in_one_tower: ALL,
    wards_of_one_guardian: ALL, two_on_one_bed: ALL, twins_by_their_initials: tuple(c for c in ALL if c not in ("CN", "JP", "IL", "SA")), one_single_name_in_one_village: ("ID", "IN")}
DIFFERENT: tuple[Make, ...] = tuple(HOME)
SAME: tuple[Make, ...] = ()


def made(make: Make, size: int, seed: int = 17) -> Iterator[Pair]:
    """`size` pairs of one class, from the places where it is at home in turn."""
    rng = random.Random(f"{make.__name__}{seed}")
    for i in range(size):
        yield make(rng, PLACES[HOME[make][i % len(HOME[make])]])
