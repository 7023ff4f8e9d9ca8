"""Phones against an oracle: one number of each region and kind, in every way in which it may be written, has one key."""

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from gateway.identity.phones import phone_key

KINDS = {"line": PhoneNumberType.FIXED_LINE, "mobile": PhoneNumberType.MOBILE}
# In Argentina a 15 stands between area code and number where one dials a mobile at home, and a 9 before both elsewhere.
# The other examples are typed along the keyboard, or end in one digit seven times: no phones.
UNLIKE = {("AR", "mobile"), ("AT", "line"), ("CI", "mobile"), ("KR", "mobile"), ("MY", "mobile")}
NUMBERS = [(region, kind) for region in sorted(phonenumbers.SUPPORTED_REGIONS) for kind, type in KINDS.items()
           if phonenumbers.example_number_for_type(region, type) and (region, kind) not in UNLIKE]


@pytest.mark.parametrize("region, kind", NUMBERS)
def test_a_number_has_one_key_however_it_is_written(region: str, kind: str) -> None:
    number = phonenumbers.example_number_for_type(region, KINDS[kind])
    home, abroad, plain, uri = (phonenumbers.format_number(number, form) for form in (
        PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164, PhoneNumberFormat.RFC3966))
    inside = phonenumbers.national_significant_number(number)
    ways = {home: region, abroad: region, plain: "", uri: region, inside: region, f"00{plain[1:]}": "", abroad.replace("-", "."): ""}
    if len(inside) >= 7:       # of a shorter one nobody can tell where the extension begins
        ways |= {f"{home} ext. 12": region, f"{abroad};ext=12": ""}
    keys = {phone_key(text, country) for text, country in ways.items()}
    assert keys == {inside.lstrip("0")[-9:]}, ways


def test_the_oracle_knows_the_world() -> None:
    assert len(NUMBERS) > 480
