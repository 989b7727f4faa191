"""A person's own words are no password, however they are put together; the reason is told."""

import pytest

from nexus_server.accounts.errors import WeakPasswordError
from nexus_server.accounts.password_policy import MAX_CHARS, PERSONAL, check_password

EMAIL = "ada.byron@analytical.example.org"
NAME = "Ada Lovelace"


def refusal(password: str, *, email: str = EMAIL, display_name: str = NAME) -> str:
    with pytest.raises(WeakPasswordError) as refused:
        check_password(password, email=email, display_name=display_name)
    assert refused.value.details["fields"] == [{"field": "password", "message": refused.value.message}]
    return refused.value.message


@pytest.mark.parametrize(
    "password",
    [
        "adalovelace",
        "AdaLovelace1815",
        "adalovelace1815",
        "lovelaceada2026",
        "ada.lovelace-1815",
        "Lovelace_Ada!77",
        "4d4l0v3l4c31815",
        "adabyronlovelace1",
        "ada.byron1815",
        "byronanalytical99",
        "ecalevolada1815",
    ],
)
def test_words_of_the_name_and_the_address_in_a_row_are_refused(password: str) -> None:
    assert refusal(password).startswith(PERSONAL)


@pytest.mark.parametrize("password", ["adabyronlovelace1", "byronanalytical99", "AdaLovelace1815"])
def test_the_same_words_are_another_persons_to_choose(password: str) -> None:
    check_password(password, email="grace@example.org", display_name="Grace Hopper")


@pytest.mark.parametrize(
    ("name", "password"),
    [("Zoë Müller", "zoemuller1990"), ("Zoë Müller", "zoëmüller1990"), ("李 小龍", "小龍小龍小龍李1940")],
)
def test_accents_and_other_scripts_make_no_difference(name: str, password: str) -> None:
    assert refusal(password, email="x@example.org", display_name=name).startswith(PERSONAL)


def test_a_name_beside_words_that_have_nothing_to_do_with_the_person_is_fine() -> None:
    check_password("lovelace-purple-teapot-canyon", email=EMAIL, display_name=NAME)


def test_a_name_of_many_words_takes_no_longer() -> None:
    name = " ".join(f"word{number}" for number in range(20))[:80]
    assert refusal("word3word1word2", display_name=name).startswith(PERSONAL)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 10 characters"),
        ("x" * (MAX_CHARS + 1), "at most 256 characters"),
        ("password1234", "common password"),
        ("qwertyuiop", "common password"),
        ("aaaaaaaaaaaa", "Repeats"),
    ],
)
def test_other_weaknesses_are_told_by_name(password: str, words: str) -> None:
    assert words in refusal(password)
