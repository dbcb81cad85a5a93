"""Which facts about a customer can be true, and who looks like somebody we know?"""

from datetime import date

import pytest

from flows.customer import Likeness, born_on, likenesses, refuse_facts, tidy_cif

TODAY = date(2027, 1, 4)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("nik", "1271012345670001", id="a NIK of somebody born on the 23rd in month 45"),
        pytest.param("nik", "127101210590000", id="a NIK with 15 digits"),
        pytest.param("nik", "0071012105900001", id="a NIK of no province"),
        pytest.param("nik", "1271013205900001", id="a NIK of the 32nd, which is no woman's day either"),
        pytest.param("nik", "12710121O5900001", id="a NIK with a letter"),
        pytest.param("cif", "A1", id="a CIF too short"),
        pytest.param("cif", "=1+1", id="a CIF that is a formula"),
        pytest.param("account", "12345", id="an account too short"),
        pytest.param("account", "1234-5678", id="an account with hyphens"),
        pytest.param("email", "budi", id="an address without @"),
        pytest.param("birth_date", "21-05-1990", id="a day the wrong way round"),
    ],
)
def test_a_fact_that_cannot_be_is_refused_by_its_name(name: str, value: str) -> None:
    refusal = refuse_facts({name: value})
    assert refusal is not None
    assert refusal.field == name


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({}, id="nothing"),
        pytest.param(
            {"nik": "1271012105900001", "birth_date": "1990-05-21"}, id="a man's NIK with his birthday"
        ),
        pytest.param({"nik": "1271016105900001", "birth_date": "1990-05-21"}, id="a woman's NIK"),
        pytest.param({"cif": "CIF-00012", "account": "1234567890", "email": "budi@email.com"}, id="the rest"),
    ],
)
def test_facts_that_can_be_are_taken(facts: dict[str, str]) -> None:
    assert refuse_facts(facts) is None


def test_a_nik_and_a_birthday_must_agree() -> None:
    refusal = refuse_facts({"nik": "1271012105900001", "birth_date": "1990-05-22"})
    assert refusal is not None
    assert refusal.field == "birth_date"


@pytest.mark.parametrize(
    ("nik", "born"),
    [
        pytest.param("1271012105900001", date(1990, 5, 21), id="a man"),
        pytest.param("1271016105900001", date(1990, 5, 21), id="a woman: the day is 40 later"),
        pytest.param("1271010101050001", date(2005, 1, 1), id="born in this century"),
        pytest.param("1271013102900001", None, id="no such day"),
        pytest.param("123", None, id="no NIK"),
    ],
)
def test_the_day_of_birth_stands_in_the_nik(nik: str, born: date | None) -> None:
    assert born_on(nik, TODAY) == born


def test_a_cif_is_written_as_the_books_write_it() -> None:
    assert tidy_cif(" cif 00-12 ") == "CIF00-12"


BUDI = Likeness(
    name="Budi", phone="6281234567890", facts={"birth_date": "1990-05-21", "nik": "1", "email": ""}
)


@pytest.mark.parametrize(
    ("other", "because"),
    [
        pytest.param(Likeness(name="Budi", phone="628999", facts={}), (), id="a name alone proves nothing"),
        pytest.param(
            Likeness(name="BUDI", phone="628999", facts={"birth_date": "1990-05-21"}),
            ("name_birth",),
            id="name and day of birth",
        ),
        pytest.param(
            Likeness(name="Budi", phone=None, facts={}), ("name_lid",), id="a namesake known by LID only"
        ),
        pytest.param(Likeness(name="Siti", phone="628999", facts={"nik": "1"}), ("nik",), id="the same NIK"),
        pytest.param(Likeness(name=None, phone=None, facts={"email": ""}), (), id="two who have no address"),
    ],
)
def test_what_speaks_for_one_person(other: Likeness, because: tuple[str, ...]) -> None:
    assert likenesses(BUDI, other) == because
