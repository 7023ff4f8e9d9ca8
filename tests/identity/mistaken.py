"""Classes of people whom a custom of naming, a desk, a feed or a migration makes look alike: different people (Q).

As in abroad.py each class is a function (rng, place) → two FHIR Patients; where it is at home stands in HOME. What both
have in common besides is drawn anew for each pair: `sharing`.
"""

import random
from collections.abc import Iterator
from typing import Any

from anyascii import anyascii

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


def _two(rng: random.Random, table: dict[str, str], place: Place) -> list[list[str]]:
    """Two names of one entry of the table, each as its words."""
    return [name.replace("_", " ").split() for name in rng.sample(rng.choice(table[place.code].split(",")).split("/"), 2)]


def _digit(rng: random.Random, day: str) -> str:
    """The same birth date, a digit of the year or the day another."""
    year, month, d = int(day[:4]), day[5:7], min(int(day[8:]), 28)
    other = rng.choice([n for n in range(d // 10 * 10, d // 10 * 10 + 9) if 0 < n != d])
    return rng.choice((f"{year + rng.choice((1, 2, 3, -1, -10, 10))}-{month}-{d:02}", f"{year}-{month}-{other:02}"))


ALIKE = {
    "BR": "Ana_Clara/Ana_Carla,Kauã/Kauê,Raíssa/Raquel,Thaís/Thaíssa,Wellington/Wesley,Maria_Eduarda/Maria_Fernanda,Edilson/Edson",
    "PT": "Rita/Rute,Ana_Rita/Ana_Rute,Tomás/Tomé,Mariana/Marina,Joana/Juliana", "ES": "Mª José/Mª Luisa,Aitor/Asier,Iker/Eneko,Noa/Noah,Leire/Lorea,Maite/Maitane,Carla/Clara",
    "MX": "Juan_Carlos/Juan_Manuel,Yaretzi/Yamileth,Brayan/Brandon,José_Ángel/José_Miguel,Yesenia/Jesenia_Rubí,Yareli/Yaretzi", "EG": "Hasan/Hussein,Amal/Amani,Nour/Noura,Abdelrahman/Abdelrahim,Mahmoud/Mohamed,Amr/Omar,Samar/Samir,Basma/Basmala,Rehab/Rihan",
    "SA": "عبدالرحمن/عبدالرحيم,أمل/آمال,فهد/فهيد", "SY": "Rania/Rana,Hadi/Hadia,Jamal/Jamil,Ghada/Ghadir,Nabil/Nabila",
    "KR": "Min-ho/Min-hyuk,Seo-yeon/Seo-yun,Ji-won/Ji-woong,Ha-yoon/Ha-yeon,Do-yun/Do-hyun,민호/민혁,서연/서윤", "JP": "Haruto/Haruki,Yui/Yua,Sota/Sora,Rin/Rina,Ren/Riku,Yuto/Yuta,陽翔/陽斗,結衣/結愛,美咲/美桜",
    "CN": "Yiming/Yimin,Jiahao/Jiahui,Xiaoming/Xiaomin,Zihan/Zixuan,Lei/Li,Junjie/Junjun,子涵/子轩,嘉豪/嘉慧,Wen/Wei", "VN": "Thanh/Thành,Thúy/Thùy,Minh_Anh/Minh_Ánh,Hoàng/Hoằng,Dung/Dũng,Mỹ/My,Tuyết/Tuyến",
    "TH": "Somchai/Somchat,Suda/Sunee,Nattapong/Nattapol,Kanya/Kanyarat,Prasert/Prasit", "IN": "Ram/Rama,Lakshman/Lakshmi,Anil/Sunil,Ajay/Vijay,Raju/Rajni,Geeta/Sita,Rajesh/Rakesh,Seema/Reema,Kavya/Kavitha,Jaswant/Balwant",
    "MM": "Rafiqul/Shafiqul,Aminul/Mominul,Nazrul/Nazmul,Aye_Aye_Win/Aye_Aye_Wai,Aung_Win/Aung_Wai,Rahima/Halima,Thida/Thiri,Shahidul/Wahidul", "AF": "Wali/Walid,Nabi/Nabil,Gul_Bibi/Gul_Jan,Zarmina/Zarghuna,Nazifa/Nafisa",
    "ID": "Rizki/Rizal,Dewi/Devi,Muhammad_Rizki/Muhammad_Rizal,Putu/Putri,Nuraini/Nurhayati,Wahyu/Wahyudi,Sukarni/Sukarti", "MY": "Nurul_Ain/Nurul_Aina,Ahmad_Faiz/Ahmad_Faizal,Mei_Ling/Mei_Lin,Aisyah/Alisyah",
    "TR": "Hasan/Hüseyin,Ece/Ege,Efe/Ege,Emine/Emire,Berk/Berkay,Eylül/Ezgi", "ET": "Hana/Helen,Dawit/Dagim,Bereket/Birtukan,Selam/Selamawit,Abebe/Abebech",
    "ER": "Tesfay/Tesfaldet,Semere/Semhar,Saba/Sabela,Yonas/Yohannes", "RU": "Алина/Арина,Мария/Марина,Даниил/Данила,Алексей/Александр,Елена/Алёна,Анна/Инна,Юлия/Ульяна,Артём/Артур",
    "UA": "Олена/Олеся,Олександр/Олексій,Ганна/Жанна,Данило/Давид,Юлія/Уляна", "PL": "Julia/Julita,Jan/Jacek,Maja/Kaja,Mariusz/Mateusz,Łucja/Lucyna,Bartosz/Bartłomiej,Danuta/Donata",
    "CZ": "Jana/Jarmila,Petr/Pavel,Lenka/Lucie,Vladimír/Vladislav,Alena/Helena,Jiří/Jindřich", "BG": "Иванка/Йоанна,Георги/Гергана,Петя/Петра,Радка/Радостина,Димитър/Димитрина", "GR": "Γεώργιος/Γρηγόριος,Ελένη/Έλλη,Μαρία/Μαριάννα,Ιωάννης/Ιωακείμ",
    "HU": "Bence/Benedek,Anna/Hanna,Zsófia/Zsuzsanna,Máté/Mátyás,Ilona/Ilka,Levente/Lehel", "RO": "Ion/Ilie,Andreea/Andra,Mihai/Mihail,Elena/Ileana,Ștefan/Ștefania,Alin/Alina", "SE": "Elin/Elina,Ebba/Emma,Maja/Moa,Elsa/Ella,Axel/Alex,Liv/Siv,Tyra/Thea",
    "DE": "Jörg/Jürg,Else/Ilse,Lena/Leni,Mia/Lia,Hannes/Johannes,Jonas/Jonah,Elke/Silke,Heinz/Heinrich,Mara/Maren", "NL": "Noa/Noah,Jan_Willem/Jan_Pieter,Sem/Sam,Fenna/Femke,Sanne/Saar,Bram/Bas,Jip/Job,Tess/Tessa", "IS": "Jón_Þór/Jón_Páll,Kristín/Kristinn,Birna/Birta,Kári/Kátur,Anna_Lísa/Anna_María,Sigurður/Sigurjón",
    "US": "Jayden/Jaylen,Madison/Addison,Aiden/Jaden,Kaylee/Bailee,Brayden/Hayden,Makayla/Mikaela,Taylor/Tyler,Jaxon/Jace,Tyrell/Tyrese", "IL": "נועה/נעמה,תמר/תמרה,דוד/דור,רחל/רחלי", "PH": "John_Mark/John_Michael,Mary_Joy/Mary_Jane,Ma._Teresa/Ma._Cristina,Jomar/Jonar,Angelica/Angeline,Rodel/Rommel",
    "ZA": "Nqobile/Nqaba,Thandeka/Thandiwe,Sipho/Siphiwe,Xolani/Xolile,Lerato/Lesego,Tshepo/Tshepiso,Nomsa/Nomvula,Mkhuseli/Mkhululi", "CL": "Matías/Martín,Camila/Catalina,Javiera/Josefa,Benjamín/Benicio", "PB": "Harpreet/Gurpreet,Manpreet/Mandeep,Jaspreet/Jasleen,Amandeep/Ramandeep,Balwinder/Kulwinder"}
SEXES = ("Paul/Paula,Martin/Martina,Stefan/Stefanie,Christian/Christiane,Vitor/Vitória,José/Josefa,Aziz/Aziza,Karim/Karima,Amin/Amina,Anil/Anila,Filip/Filippa,Valentin/Valentina,Emil/Emilie,Fabian/Fabienne,Marcel/Marcelle,Julian/Juliane,"
         "Luis/Luisa,Manuel/Manuela,Rafael/Rafaela,Samuel/Samuela,Robert/Roberta,Philipp/Philippa,Nabil/Nabila,Said/Saida,Jamil/Jamila,Farid/Farida,Malik/Malika,Rashid/Rashida,Salim/Salima,Noel/Noelle,Carl/Carla,Henrik/Henrike,Andrea/Andreas,"
         "Simon/Simone,Gabriel/Gabriele,Dominic/Dominique,Jan/Jane,Marin/Marina,Alin/Alina,Roman/Romana,Bogdan/Bogdana,Ivan/Ivana,Zdravko/Zdravka,Kamil/Kamila,Lucian/Luciana,Cristian/Cristiana,Stelian/Steliana").split(",")
BOTH = ("Alexander/Alex,Alexandra/Alex;Александр/Саша,Александра/Саша;Евгений/Женя,Евгения/Женя;Валентин/Валя,Валентина/Валя;Anton/Toni,Antonia/Toni;Samuel/Sam,Samantha/Sam;Nicholas/Nicky,Nicole/Nicky;Andrew/Andy,Andrea/Andy;"
        "Charles/Charlie,Charlotte/Charlie;Maximilian/Max,Maxine/Max;Daniel/Dani,Daniela/Dani;Michael/Mika,Mikaela/Mika;Robert/Bobbie,Roberta/Bobbie;Joseph/Jo,Josephine/Jo;Christian/Chris,Christine/Chris;Patrick/Pat,Patricia/Pat;"
        "Frances/Fran,Francis/Fran;Theodore/Teddy,Theodora/Teddy;Louis/Lou,Louise/Lou;Gabriel/Gabi,Gabriele/Gabi;Ulrich/Uli,Ulrike/Uli").split(";")


# --- brothers and sisters -------------------------------------------------------------------------------------------------

def twins_of_like_names_in_all_the_world(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place, born(rng, 1940, 2024))
    one, two = _two(rng, ALIKE, place)
    return sharing(rng, place, like(p, name=named(p, one)), like(p, name=named(p, two)))


def siblings_of_like_names_a_digit_of_the_birth_date_apart(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place, born(rng, 1930, 2024))
    one, two = _two(rng, ALIKE, place)
    return sharing(rng, place, like(p, name=named(p, one)), like(p, name=named(p, two), birthDate=_digit(rng, p["birthDate"])))


def siblings_of_like_names_of_whom_a_year_is_told(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place, born(rng, 1930, 2024))
    one, two = _two(rng, ALIKE, place)
    year = p["birthDate"][:4]
    births = rng.choice(((year, p["birthDate"]), (year, year), (f"{year}-01-01", p["birthDate"]), (f"{year}-01-01", f"{year}-01-01"), (p["birthDate"][:7], p["birthDate"]), ("", p["birthDate"])))
    return sharing(rng, place, like(p, name=named(p, one), birthDate=births[0]), like(p, name=named(p, two), birthDate=births[1]))


def twins_of_like_names_with_the_fields_exchanged(rng: random.Random, place: Place) -> Pair:
    """Anna Berg, and Anne in the field of the family name."""
    p = of(rng, place, born(rng, 1940, 2024))
    one, two = _two(rng, ALIKE, place)
    return sharing(rng, place, like(p, name=named(p, one)), like(p, name=[{"family": " ".join(two), "given": [p["name"][0]["family"]]}]))


def twins_of_like_names_in_one_field(rng: random.Random, place: Place) -> Pair:
    """Anna Berg, and ANNE BERG in one text."""
    p = of(rng, place, born(rng, 1940, 2024))
    one, two = _two(rng, ALIKE, place)
    family, given = p["name"][0]["family"], " ".join(two)
    name = rng.choice(({"text": f"{given} {family}"}, {"text": f"{family}, {given}"}, {"family": f"{given} {family}".upper()}, {"family": f"{family} {given}"}, {"given": [f"{given} {family}"]}))
    return sharing(rng, place, like(p, name=named(p, one)), like(p, name=[name]))


def twins_of_like_names_in_capitals_without_accents(rng: random.Random, place: Place) -> Pair:
    p, q = twins_of_like_names_in_all_the_world(rng, place)
    name = q["name"][0]
    return p, like(q, name=[{"family": anyascii(name["family"]).upper(), "given": [anyascii(" ".join(name["given"])).upper()]}])


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


def twins_of_whom_one_bears_a_short_form_of_both(rng: random.Random, place: Place) -> Pair:
    """Alexander's sister Alexandra, called Alex at another desk."""
    (long, _), (_, short) = (pair.split("/") for pair in rng.sample(rng.choice(BOTH).split(","), 2))
    p = of(rng, place, born(rng, 1940, 2024))
    p, q = sharing(rng, place, like(p, name=named(p, long)), like(p, name=named(p, short)), policy=False)
    return like(p, gender=rng.choice(("", p["gender"]))), like(q, gender=rng.choice(("", "unknown")))


CUT = "Franciscus/Francisca Bernardino/Bernardina Clementino/Clementina Guillermo/Guillermina Hieronymus/Hieronyma Sebastiano/Sebastiana Alessandro/Alessandra Bartholomeus/Bartholomea Vincenzo/Vincenza Fernando/Fernanda Theophilus/Theophila Emmanuele/Emmanuela Muhammadali/Muhammadamin Thandolwethu/Thandolwakhe Nomthandazo/Nomthandekile".split()


def twins_of_whom_one_is_cut_off(rng: random.Random, place: Place) -> Pair:
    """Konstantina, and Konstant for her brother Konstantin: a field holds eight letters."""
    one, two = rng.sample(rng.choice(CUT).split("/"), 2)
    same = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    p = of(rng, place, born(rng, 1940, 2024))
    p, q = sharing(rng, place, like(p, name=named(p, one)), like(p, name=named(p, two[:max(same, 8)])))
    return like(p, gender=rng.choice(("", p["gender"]))), like(q, gender="")


def twins_of_whom_one_letter_is_not_read(rng: random.Random, place: Place) -> Pair:
    """Jörg, and J?rg for his brother Jürg."""
    one, two = rng.sample(rng.choice(("Jörg/Jürg", "Jörn/Jürn", "Åsa/Ása", "Zoë/Zoé", "Inés/Inês", "Thúy/Thùy", "Dũng/Dụng", "Łukasz/Lukáš")).replace("_", " ").split("/"), 2)
    p = of(rng, place, born(rng, 1940, 2024))
    p, q = sharing(rng, place, like(p, name=named(p, one)), like(p, name=named(p, "".join(c if c.isascii() else rng.choice(("?", "\ufffd")) for c in two))))
    return like(p, identifier=[card(rng, "urn:register")]), like(q, identifier=[card(rng, "urn:register")])


def siblings_with_the_mothers_name_in_the_middle(rng: random.Random, place: Place) -> Pair:
    """Filipinos bear the mother's family name between: it stands among the given names of all her children."""
    p = of(rng, place, born(rng, 1950, 2024))
    one, two = _two(rng, ALIKE, place)
    mother = rng.choice(place.families)
    birth = rng.choice((p["birthDate"], _digit(rng, p["birthDate"])))
    return sharing(rng, place, like(p, name=named(p, [*one, mother])), like(p, name=named(p, [*two, mother]), birthDate=birth))


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


def sisters_of_whom_one_is_married(rng: random.Random, place: Place) -> Pair:
    """Anna Larsen, born Holm, and her twin Anne Holm."""
    p = of(rng, place, born(rng, 1950, 2000), "female")
    one, two = _two(rng, ALIKE, place)
    other = rng.choice([f for f in place.families if f != p["name"][0]["family"]])
    married = [{"use": "official", "family": other, "given": one}, {"use": "maiden", "family": p["name"][0]["family"], "given": rng.choice(([], one))}]
    return sharing(rng, place, like(p, name=married), like(p, name=named(p, two)))


def child_named_after_one_who_died(rng: random.Random, place: Place) -> Pair:
    """Nobody tells that the elder one has died."""
    p = of(rng, place, born(rng, 1930, 2020))
    return sharing(rng, place, p, like(p, birthDate=other_day(rng, p, 0).replace(p["birthDate"][:4], str(int(p["birthDate"][:4]) + rng.randint(1, 4)))), rng.random() < 0.3)


def twins_named_in_turn(rng: random.Random, place: Place) -> Pair:
    """Ali Muhammad and Muhammad Ali, Anna Maria and Maria Anna."""
    one, two = rng.sample(rng.choice(("Ali Muhammad Hasan Husain", "Anna Maria Luisa Clara", "José Juan Luis Antonio", "Jean Pierre Paul Louis")).split(), 2)
    p = of(rng, place, born(rng, 1940, 2024))
    return sharing(rng, place, like(p, name=named(p, [one, two])), like(p, name=named(p, [two, one])))


def orphans_of_one_founder(rng: random.Random, place: Place) -> Pair:
    """All bear his name, and the birth date that the house gives to foundlings."""
    birth = f"{rng.randint(1990, 2022)}-{rng.choice(('06-30', '07-01', '12-25', '01-01', '08-15'))}"
    p = like(of(rng, place, birth), name=[{"family": "Bosco", "given": []}])
    one, two = _two(rng, ALIKE, place)
    return sharing(rng, place, like(p, name=named(p, one)), like(p, name=named(p, two)))


# --- parents, couples, cousins --------------------------------------------------------------------------------------------

def father_within_the_childs_chain(rng: random.Random, place: Place) -> Pair:
    """Tesfaye Abebe Kebede, and his father Abebe Kebede, of whom the birth date is not told or another."""
    one, two, three = rng.sample(["Abebe", "Kebede", "Tesfaye", "Omar", "Hassan", "Ibrahim", "Ali", "Yusuf"], 3)
    p = of(rng, place, born(rng, 1985, 2020), "male")
    father = like(p, name=named(p, two, three), birthDate=rng.choice(("", years_later(p, -rng.randint(18, 40), rng), p["birthDate"][:4] if rng.random() < 0.2 else "")))
    return sharing(rng, place, like(p, name=named(p, [one, two], three)), father)


def cousins_of_one_chain_but_for_the_end(rng: random.Random, place: Place) -> Pair:
    """Mohamed Abdi Hassan and Mohamed Abdi Hussein, of one year."""
    one, two = rng.sample(("Hassan", "Hussein", "Hasan", "Haji", "Hirsi", "Warsame"), 2)
    if {one, two} == {"Hassan", "Hasan"}:
        two = "Warsame"
    p = of(rng, place, rng.choice((f"{rng.randint(1960, 2015)}-01-01", born(rng, 1960, 2015))), "male")
    given = [rng.choice(("Mohamed", "Abdi", "Ahmed")), rng.choice(("Abdi", "Ali", "Nur"))]
    return sharing(rng, place, like(p, name=named(p, given, one)), like(p, name=named(p, given, two)), rng.random() < 0.3)


def cousins_named_after_one_grandfather(rng: random.Random, place: Place) -> Pair:
    """Born in one month, in one village; the father or the mother is another."""
    p = of(rng, place, f"{rng.randint(1950, 2015)}-{rng.randint(2, 12):02}-0{rng.randint(2, 9)}")
    q = like(p, birthDate=f"{p['birthDate'][:8]}{rng.randint(11, 28)}")
    one, two = rng.sample(place.families, 2)
    p, q = sharing(rng, place, p, q, rng.random() < 0.3)
    return like(p, extension=[{"url": MOTHER, "valueString": one}]), like(q, extension=[{"url": MOTHER, "valueString": two}])


TITLES = {"US": "Mrs,Mrs.,Ms", "DE": "Frau", "SE": "Fru", "ES": "Sra. de,Señora de", "NL": "Mevrouw,Mw.", "HU": "Dr.-né,özv.", "ZA": "Mrs,Mevrou", "IN": "Smt.,W/O,Mrs", "PH": "Mrs", "PT": "Dona,Sra.", "PL": "Pani", "CZ": "Paní"}


def wife_by_her_husbands_name_and_a_title(rng: random.Random, place: Place) -> Pair:
    """Mrs John Smith."""
    p = of(rng, place, born(rng, 1930, 1990), "male")
    title = rng.choice(TITLES[place.code].split(","))
    wife = like(p, name=named(p, [*title.split(), *p["name"][0]["given"]]), gender=rng.choice(("female", "", "unknown")), birthDate=rng.choice(("", other_day(rng, p, 5), p["birthDate"][:4])))
    p, wife = sharing(rng, place, p, wife)
    return tuple(x if any(w in x["name"][0]["given"] for w in title.split()) else like(x, gender="male") for x in (p, wife))  # type: ignore[return-value]


def couple_of_one_initial(rng: random.Random, place: Place) -> Pair:
    """J. de Vries and J. de Vries, born in one year: Dutch and German desks write initials."""
    p = of(rng, place, born(rng, 1930, 1995))
    initial = rng.choice("AJMEH")
    q = like(p, birthDate=rng.choice((_digit(rng, p["birthDate"]), other_day(rng, p, 2), p["birthDate"][:4])))
    one, two = rng.choice(((initial, initial), (f"{initial}.", f"{initial}.M."), (f"{initial}.A.", f"{initial}.B.")))
    return sharing(rng, place, like(p, name=named(p, one)), like(q, name=named(q, two)))


def relatives_of_one_name_on_one_mailbox(rng: random.Random, place: Place) -> Pair:
    """The mailbox spells the name that uncle and nephew bear, and all of the house use it."""
    p = of(rng, place, born(rng, 1950, 2010), "male")
    given, family = rng.choice(("Mohammed", "Ahmed", "Jose", "John", "Ivan", "Singh")), rng.choice(("Ali", "Khan", "Silva", "Smith"))
    p = like(p, name=named(p, given, family))
    box = {"system": "email", "value": f"{given}.{family}@mail.example".lower()}
    p, q = sharing(rng, place, p, like(p, birthDate=other_day(rng, p, rng.choice((1, 5, 12)))))
    return like(p, telecom=[*p["telecom"], box]), like(q, telecom=[*q["telecom"], box])


def mailbox_of_one_that_spells_the_other(rng: random.Random, place: Place) -> Pair:
    """johanna.71@ is the mailbox of Johanna, and of her sister Hanna."""
    one, two = rng.sample(rng.choice(("Johanna/Hanna", "Helena/Lena", "Magdalena/Lena", "Mariana/Maria", "Rosanna/Rosa", "Annabella/Bella")).split("/"), 2)
    p = of(rng, place, born(rng, 1940, 2024))
    longest = max(one, two, key=len)
    box = {"system": "email", "value": f"{longest}.{digits(rng, 2)}@mail.example".lower()}
    p, q = sharing(rng, place, like(p, name=named(p, one)), like(p, name=named(p, two), birthDate=rng.choice((p["birthDate"], p["birthDate"], _digit(rng, p["birthDate"]), years_later(p, 25, rng)))))
    return like(p, telecom=[*p["telecom"], box]), like(q, telecom=[*q["telecom"], box])


# --- desks and houses -----------------------------------------------------------------------------------------------------

def colleagues_on_one_group_policy(rng: random.Random, place: Place) -> Pair:
    """One name, born in one month; address, phone and policy are the company's."""
    p = of(rng, place, f"{rng.randint(1955, 2004)}-{rng.randint(2, 12):02}-0{rng.randint(2, 9)}")
    policy = card(rng)
    q = like(p, birthDate=f"{p['birthDate'][:8]}{rng.choice([d for d in range(11, 29) if int(p['birthDate'][9]) not in (d % 10, d // 10)])}")
    if rng.random() < 0.4:
        q = like(q, address=other_street(rng, place, p), telecom=rng.choice(([phone(rng, place)], [])))
    return like(p, identifier=[mrn(rng, "a"), policy]), like(q, identifier=[mrn(rng, rng.choice("ab")), policy])


def pickers_on_one_borrowed_number(rng: random.Random, place: Place) -> Pair:
    """Several work under one social security number: one name, another farm and birth date."""
    p = of(rng, place, born(rng, 1960, 2000), "male")
    ssn = {"system": "http://hl7.org/fhir/sid/us-ssn", "value": f"{rng.randint(100, 665)}{rng.randint(10, 99)}{rng.randint(1000, 9999)}"}
    p = like(p, name=named(p, rng.choice(("José", "Juan", "Luis")), rng.choice(("Hernández", "García", "Martínez"))), identifier=[ssn])
    return p, like(p, birthDate=other_day(rng, p, rng.choice((3, 8, 12))), telecom=rng.choice(([phone(rng, place)], [])), address=other_street(rng, place, p))


def inmate_whose_alias_is_the_name_of_another(rng: random.Random, place: Place) -> Pair:
    p = of(rng, place, born(rng, 1960, 2003), "male")
    p = like(p, address=at(p, rng.choice(("Central Prison, 4 Dock Road", "JVA Nord, Hauptstraße 1", "County Jail, 4 Main Street", "12 Dock Road"))))
    other = {"use": rng.choice(("nickname", "old", "anonymous")), **p["name"][0]}
    own = named(p, other_given(rng, place, p).split(), rng.choice([f for f in place.families if f != p["name"][0]["family"]]))[0]
    q = like(p, name=[{"use": "official", **own}, other], birthDate=rng.choice((_digit(rng, p["birthDate"]), other_day(rng, p, 2), p["birthDate"])))
    one, two = row(rng, rng.randint(10**8, 9 * 10**8))
    return like(p, identifier=[one]), like(q, identifier=[two])


def classmates_with_a_column_shifted(rng: random.Random, place: Place) -> Pair:
    """The numbers, or numbers and birth dates, of a list slipped by a line: one has the other's."""
    p = like(of(rng, place, born(rng, 1960, 2018)), address=[{"line": ["School Lane 1"], "city": place.towns[0][0], "postalCode": place.towns[0][1]}])
    p = like(p, identifier=[number(rng, place, p["birthDate"]) if place.code in NUMBERS and rng.random() < 0.6 else card(rng)])
    one, two = _two(rng, ALIKE, place)
    family = rng.choice([f for f in place.families if f != p["name"][0]["family"]])
    whole = rng.random() < 0.5
    q = like(p, name=named(p, other_given(rng, place, p).split() if whole else two, family), birthDate=p["birthDate"] if rng.random() < 0.6 else other_day(rng, p, 0))
    return like(p, name=p["name"] if whole else named(p, one)), like(q, telecom=rng.choice((p["telecom"], [phone(rng, place)], [])))


def household_on_one_case_number(rng: random.Random, place: Place) -> Pair:
    """UNHCR numbers a case, which is a household: brothers and cousins of like names, of one year."""
    one, two = rng.choice(("Mohammad Ali/Mohammad Wali", "Abdul Hadi/Abdul Hamid", "Mohammad Nasir/Mohammad Nasim", "Ahmad Shah/Ahmad Zia", "Nur Jahan/Nur Nahar", "Mohammad/Ahmad", "Zahra/Zarmina", "Hamid/Hamida")).split("/")
    birth = rng.choice((f"{rng.randint(1960, 2020)}-01-01", born(rng, 1960, 2020)))
    p = like(of(rng, place, birth), identifier=[{"system": "urn:unhcr:case", "value": f"{digits(rng, 3)}-{rng.randint(10, 24)}C{digits(rng, 5)}"}])
    family = rng.choice(("", p["name"][0]["family"]))
    q = like(p, name=named(p, two.split(), family), gender=rng.choice((p["gender"], "")))
    return like(p, name=named(p, one.split(), family)), q


MARKS = "Donor/Partner/Ehemann/Ehefrau/Husband/Wife/Fetus/Foetus/Embryo/Cordblood/Nabelschnur/Spender/Donador/Doador/Mutter/Vater/Mamma/Pappa/Madre/Placenta/Surrogate/Recipient/Empfänger".split("/")


def relative_under_ones_name_and_a_word(rng: random.Random, place: Place) -> Pair:
    """Anna Donor, Anna (partner), Fetus of Anna: a desk opens a record of the one under the other's name."""
    p = of(rng, place, born(rng, 1940, 2000), "female")
    given, mark = p["name"][0]["given"], rng.choice(MARKS)
    forms = ([*given, mark], [*given, f"({mark})"], [f"{mark} of", *given], [mark, *given], [f"{mark}:", *given])
    return sharing(rng, place, p, like(p, name=named(p, rng.choice(forms)), gender=rng.choice((p["gender"], "", "unknown")), birthDate=rng.choice((p["birthDate"], "", other_day(rng, p, 3)))))


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


def siblings_on_a_number_cut_off(rng: random.Random, place: Place) -> Pair:
    """A field holds eight digits: what tells the numbers of two children apart is lost."""
    p = of(rng, place, born(rng, 1950, 2024))
    one, two = _two(rng, ALIKE, place)
    both = {"system": rng.choice(("urn:insurer", f"urn:register:{place.code.lower()}")), "value": digits(rng, 8)}
    q = like(p, name=named(p, two), birthDate=rng.choice((p["birthDate"], _digit(rng, p["birthDate"]), other_day(rng, p, 2))), identifier=[both])
    return like(p, name=named(p, one), identifier=[both]), q


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


def namesakes_with_day_and_month_exchanged(rng: random.Random, place: Place) -> Pair:
    """Colleagues or cousins of one name, born on 4 May and on 5 April, each with a number of one register."""
    month, day = rng.sample(range(2, 13), 2)
    p = of(rng, place, f"{rng.randint(1940, 2015)}-{month:02}-{day:02}")
    p, q = sharing(rng, place, p, like(p, birthDate=f"{p['birthDate'][:4]}-{day:02}-{month:02}"))
    kind = rng.choice(("urn:register", "urn:insurer"))
    return like(p, identifier=[card(rng, kind)]), like(q, identifier=[card(rng, kind)], telecom=rng.choice((q["telecom"], [phone(rng, place)])))


def both_by_one_initial_with_numbers_of_their_own(rng: random.Random, place: Place) -> Pair:
    """A migration left an initial of each given name: twins, each with a number of one register."""
    p = like(of(rng, place, born(rng, 1940, 2024)), name=[{"family": rng.choice(place.families), "given": [rng.choice("AJMLS")]}])
    p, q = sharing(rng, place, p, p)
    one, two = row(rng, rng.randint(10**8, 9 * 10**8)) if rng.random() < 0.5 else (card(rng, "urn:register"), card(rng, "urn:register"))
    return like(p, identifier=[one]), like(q, identifier=[two])


FAMILIES = "Müller/Möller Hansen/Jansen Hansen/Hanssen Jensen/Jansen Wang/Yang Kim/Kin Silva/Sylva Smith/Smyth Petersen/Pedersen Larsen/Larson Meyer/Mayer Ivanov/Ivanenko Martin/Martinez Khan/Kahn Ali/Alvi Chen/Cheng Lin/Ling Tan/Tang Nguyen/Nguyet Popov/Popovic Kovač/Kovács Novak/Novotný Berg/Bergh Andersen/Anderson Rossi/Russo Conti/Conte Evans/Ivens Singh/Sinha Ito/Kato Sato/Seto Mohamed/Mohammadi Hassan/Hassani".split()


def namesakes_of_two_families_a_letter_apart(rng: random.Random, place: Place) -> Pair:
    """Jan Hansen and Jan Jansen of one birth date, in one street; each with a number or a phone of his own."""
    one, two = rng.choice(FAMILIES).replace("_", " ").split("/")
    p = of(rng, place)
    q = like(p, name=named(p, family=two), address=rng.choice((at(p, f"{p['address'][0]['line'][0].rpartition(' ')[0]} {rng.randint(181, 300)}"), other_street(rng, place, p), p["address"])))
    kind = rng.choice(("urn:insurer", f"urn:register:{place.code.lower()}"))
    numbers = rng.choice((([card(rng, kind)], [card(rng, kind)]), ([mrn(rng, "a")], [mrn(rng, "a")]), ([card(rng, kind)], [mrn(rng, "b")])))
    return like(p, name=named(p, family=one), identifier=numbers[0]), like(q, identifier=numbers[1], telecom=[phone(rng, place)])


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


LETTERED = tuple(c for c in ALIKE if c != "VN")  # without accents nobody tells Thúy and Thùy apart
HOME: dict[Make, tuple[str, ...]] = {
    **dict.fromkeys((
        twins_of_like_names_in_all_the_world, siblings_of_like_names_a_digit_of_the_birth_date_apart,
        siblings_of_like_names_of_whom_a_year_is_told, sisters_of_whom_one_is_married, siblings_on_a_number_cut_off), tuple(ALIKE)),
    **dict.fromkeys((
        brother_and_sister_of_one_root, couple_of_one_root, twins_of_whom_one_bears_a_short_form_of_both, twins_of_whom_one_is_cut_off,
        twins_of_whom_one_letter_is_not_read, child_named_after_one_who_died, twins_named_in_turn, cousins_named_after_one_grandfather,
        couple_of_one_initial, relatives_of_one_name_on_one_mailbox, mailbox_of_one_that_spells_the_other, colleagues_on_one_group_policy,
        pickers_on_one_borrowed_number, inmate_whose_alias_is_the_name_of_another, relative_under_ones_name_and_a_word,
        namesakes_with_a_number_that_a_spreadsheet_rounded, namesakes_with_a_number_that_is_their_birth_date,
        namesakes_on_one_record_number_of_two_hospitals, twins_of_whom_a_program_writes_nothing, left_from_the_message_before,
        namesakes_with_day_and_month_exchanged, both_by_one_initial_with_numbers_of_their_own), ALL),
    namesakes_of_two_families_a_letter_apart: tuple(c for c in ALL if all(n[0] < "\u0370" for n in (*PLACES[c].women, *PLACES[c].men))),
    twins_of_like_names_in_one_field: tuple(c for c in LETTERED if c not in ("MY", "PH")), orphans_of_one_founder: LETTERED,
    twins_of_like_names_with_the_fields_exchanged: tuple(c for c in LETTERED if c not in ("ET", "ER")),
    twins_of_like_names_in_capitals_without_accents: tuple(c for c in LETTERED if c not in ("SA", "IL", "JP")),
    classmates_with_a_column_shifted: tuple(c for c in ALIKE if c not in ("RO", "ID")), siblings_with_the_mothers_name_in_the_middle: ("PH",),
    siblings_with_a_patronymic: ("RU", "UA", "BG"), father_within_the_childs_chain: ("ET", "ER", "EG", "SY", "AF"),
    cousins_of_one_chain_but_for_the_end: ("ET", "EG", "SY", "AF"), wife_by_her_husbands_name_and_a_title: tuple(TITLES),
    household_on_one_case_number: ("AF", "SY", "MM", "ET"), homonyms_with_one_tax_code: ("ES",)}
DIFFERENT: tuple[Make, ...] = tuple(HOME)
SAME: tuple[Make, ...] = ()


def made(make: Make, size: int, seed: int = 23) -> Iterator[Pair]:
    """`size` pairs of one class, from the places where it is at home in turn."""
    rng = random.Random(f"{make.__name__}{seed}")
    for i in range(size):
        yield make(rng, PLACES[HOME[make][i % len(HOME[make])]])
