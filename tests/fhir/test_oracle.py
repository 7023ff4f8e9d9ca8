"""@medplum/core as a third opinion on our own valid and damaged resources."""

from tests.fhir.samples import DOCUMENT, OBSERVATION, PATIENT, VALID, without
from tests.oracle import medplum_verdicts


def test_the_oracle_takes_what_is_valid_and_refuses_what_is_not() -> None:
    damaged = [PATIENT | {"colour": "red"}, PATIENT | {"name": {"family": "A"}}, without(OBSERVATION, ("status",)),
               PATIENT | {"birthDate": "1970-13"}]
    verdicts = medplum_verdicts([*VALID, *damaged])
    taken, refused = verdicts[:len(VALID)], verdicts[len(VALID):]
    assert [v for v in taken if v] == [] and all(refused)
    assert DOCUMENT in VALID
