"""Phones, e-mails and addresses as features (issue point 1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.contacts import Address, address_of, email
from gateway.identity.phones import e164, phone_key


@pytest.mark.parametrize(("text", "country", "expected"), [
    ("070-123 45 67", "SE", "+46701234567"), ("+46 (0)70 123 45 67", "", "+46701234567"), ("0046701234567", "", "+46701234567"),
    ("tel:+46701234567", "", "+46701234567"), ("(906)389-8576", "US", "+19063898576"), ("1-906-389-8576", "US", "+19063898576"),
    ("040 123456", "DE", "+4940123456"), ("06 12 34 56 79", "IT", "+390612345679"), ("20 12 34 57", "DK", "+4520123457"),
    ("906-389-8576 ext 4", "US", "+19063898576"), ("0701234567", "", "0701234567")])
def test_phones(text: str, country: str, expected: str) -> None:
    assert e164(text, country) == expected


@pytest.mark.parametrize("text", ["12345678", "987654321", "+46700000000", "123-456-7890"])
def test_what_a_clerk_types_along_the_keyboard_is_no_phone(text: str) -> None:
    assert phone_key(text) is None


@pytest.mark.parametrize("text", ["info@clinic.example", "a@a.com", "brak@brak.pl", "office@farm.example", "sinemail@mail.example"])
def test_a_mailbox_of_an_office_or_of_nobody_is_none(text: str) -> None:
    assert email(text) is None


@pytest.mark.parametrize(("line", "door"), [
    ("Moria Camp, Section 3", False), ("Flüchtlingsunterkunft Nord 5", False), ("Camp Road 5", True), ("Sector 3", False), ("Sector Lane 3", True),
    ("Campbell Street 5", True), ("Village Rampur", False), ("Calle Hospital 5", True), ("JVA Nord", False),
    ("GENERAL DELIVERY", False), ("General Delivery, Lakeview 5", False), ("General Delivery Road 5", True), ("Poste restante 5", False),
    ("Postlagernd", False), ("До востребования", False), ("Uden fast bopæl", False), ("c/o Salvation Army, 12 Oak Avenue", False),
    ("Salvation Street 12", True), ("12 N A Street", True), ("PO Box 5", True), ("c/o Karin Berg, Oak Road 5", True), ("Obdachlosenheim 5", False),
    ("Hospital Saint Louis 5", False), ("Hospital St Louis", False), ("Hospital St 5", True), ("Hospital St", True), ("Hospital Road 5", True), ("Spital Nord 5", False),
    ("Emergency Department, 5 Dock Road", False), ("Garrison Street 5", True)])
def test_where_many_live_is_no_door(line: str, door: bool) -> None:
    assert bool(address_of(line, postcode="12345").street) is door


@pytest.mark.parametrize(("one", "other"), [
    ("0701234567", "+46701234567"), ("(906)389-8576", "+1 906 389 8576"), ("61 23 45 67", "+45 61 23 45 67"), ("58 123 45", "+354 58 12 345"),
    ("2123 4567", "+371 21234567"), ("5123 456", "00372 5123456"), ("040 123 456", "+358 40 123456"), ("06 30 223 4567", "+36 30 223 4567"),
    ("8 (916) 223-45-67", "+7 916 223 45 67"), ("06 1234 5679", "+39 06 1234 5679"), ("6123 4567", "+852 6123 4567"), ("0301 2345679", "+92 301 2345679"),
    ("089/223456 Durchwahl 12", "+49 89 223456"), ("+7 495 223-45-67 доб. 123", "8 495 223 45 67"), ("٠٥٠ ٢٢٣ ٤٥٦٧", "+966 50 223 4567"), ("０３－２２３４－５６７８", "+81 3 2234 5678"),
    ("Mob: 070-223 45 67", "+46702234567"), ("0702234567/0812345699", "+46 70 223 45 67"), ("901-223-4567 poste 4", "+1 901 223 4567")])
def test_a_phone_is_the_same_with_and_without_country(one: str, other: str) -> None:
    assert phone_key(one) == phone_key(other)


def test_what_is_dialled_before_a_number_at_home_is_no_part_of_it() -> None:
    assert e164("8 612 34568", "LT") == "+37061234568" and e164("612 34568", "LT") == "+37061234568"
    assert e164("8 916 223 45 67", "RU") == "+79162234567" and e164("06 30 223 4567", "HU") == "+36302234567"
    assert phone_key("8 612 34568", "LT") == phone_key("+370 612 34568") == "61234568"


@pytest.mark.parametrize("text", ["0000000000", "999-999-9999", "555-123-4567", "1234567890", "12", "none", ""])
def test_phones_that_say_nothing(text: str) -> None:
    assert phone_key(text) is None


@pytest.mark.parametrize(("text", "expected"), [
    (" Eva.Holm@Mail.Example ", "eva.holm@mail.example"), ("eva+ward7@mail.example", "eva@mail.example"),
    ("mailto:eva@mail.example", "eva@mail.example"), ("noemail@mail.example", None), ("none", None), ("eva@none.com", None)])
def test_emails(text: str, expected: str | None) -> None:
    assert email(text) == expected


@pytest.mark.parametrize(("line", "house", "expected"), [
    ("12 Oak Street", "", ("oak st", "12")), ("Oak Street 12", "", ("oak st", "12")), ("Oak St.", "12", ("oak st", "12")),
    ("Storgatan 4 B", "", ("stor gata", "4b")), ("Stor gatan 4B", "", ("stor gata", "4b")), ("Hauptstraße 3", "", ("haupt st", "3")),
    ("Haupt Str. 3", "", ("haupt st", "3")), ("Hauptstr. 3", "", ("haupt st", "3")), ("5 Millstreet", "", ("mill st", "5")), ("7 Mill Road Apt 3", "", ("mill rd", "7")),
    ("Grüner Weg 3", "", ("gruner weg", "3")), ("2nd Street 18", "", ("2nd st", "18")), ("168 42nd St", "", ("42nd st", "168")), ("1st Avenue", "", ("1st ave", None)), ("No fixed abode", "", (None, None)), ("", "12", (None, "12")), ("12", "", (None, "12"))])
def test_streets(line: str, house: str, expected: tuple) -> None:
    found = address_of(line, house)
    assert (found.street, found.house) == expected


@pytest.mark.parametrize(("line", "expected"), [
    ("Oak Rtreet 12", ("oak st", "12")), ("Oak Stret", ("oak st", None)), ("12 Oak Crescnet", ("oak cres", "12")), ("Oak Youth", ("oak youth", None)),
    ("Oak Lan", ("oak lan", None)), ("Stret", ("stret", None)), ("Hauptstrase", ("hauptstrase", None))])
def test_a_kind_of_street_with_a_slip_is_that_kind(line: str, expected: tuple) -> None:
    found = address_of(line)
    assert (found.street, found.house) == expected


@pytest.mark.parametrize(("line", "house", "expected"), [
    ("Rose Cottage\n12 Oak Street", "", ("oak st", "12")), ("12 Oak Street, Rose Cottage", "", ("oak st", "12")), ("12 Oak Street; Rose Cottage", "", ("oak st", "12")),
    ("Rose Cottage\nOak Street", "12", ("oak st", "12")), ("12, Oak Street", "", ("oak st", "12")), ("Flat 2\n10 Oak Street", "", ("oak st", "10")),
    ("Rose Cottage\nElm Lodge", "", ("rose cottage elm lodge", None)), ("Laugavegur 5\nRose", "", ("laugavegur rose", "5")), ("\nElm Lodge,", "", ("elm lodge", None)),
    ("Oak Court\n3 Elm Road", "", ("oak ct", "3")), ("c/o North\n3 Elm Road", "", ("elm rd", "3")),
    ("Apt 2\nLaugavegur 5", "", ("laugavegur", "5")), ("Flat 2, Laugavegur 5", "", ("laugavegur", "5")), ("Flat 2\nRose\nLaugavegur 5", "", ("rose laugavegur", "5")), ("Laugavegur 5, Flat 2", "", ("laugavegur", "5"))])
def test_of_several_lines_the_one_that_is_a_street_counts(line: str, house: str, expected: tuple) -> None:
    found = address_of(line, house)
    assert (found.street, found.house) == expected


def test_towns_and_postcodes() -> None:
    assert address_of("", "", "222 21", "Malmö", "") == Address(None, None, "22221", "malmo", None)
    assert address_of("", "", "48049-1234", "Unknown", "mi") == Address(None, None, "48049", None, "mi")
    assert address_of("", "", "00000", "", "").postcode is None


def test_a_door_needs_street_house_and_town() -> None:
    assert address_of("Oak Street 12", "", "22221").place == "oak st|12|22221"
    assert address_of("Oak Street 12").place is None


@given(st.text(max_size=80), st.text(max_size=20), st.sampled_from(["", "SE", "US", "xx"]))
def test_any_text_is_read(text: str, other: str, country: str) -> None:
    found = [phone_key(text, country), email(text), *address_of(text, other, other, text, text)]
    assert all(v is None or v.isascii() for v in found)
