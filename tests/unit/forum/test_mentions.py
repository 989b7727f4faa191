"""Who a text names."""

from uuid import UUID

import pytest

from nexus_server.forum.mentions import MOST_MENTIONS, Participant, find_mentions

ADA, ADA_L, ADA_2, OMER = (UUID(int=n) for n in range(1, 5))
PEOPLE = [
    Participant(ADA, "Ada"),
    Participant(ADA_L, "Ada Lovelace"),
    Participant(ADA_2, "ada"),
    Participant(OMER, "Ömer"),
]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Nobody.", []),
        ("@Ömer, look!", [OMER]),
        ("@ömer @Ömer", [OMER]),
        ("(@ADA LOVELACE)", [ADA_L]),
        ("@Ada is one of two", [ADA, ADA_2]),
        ("@Ada and @Ömer", [ADA, ADA_2, OMER]),
        ("@Adam", []),
        ("ada@ada.example", []),
        ("@ Ada", []),
        ("`@Ada` and\n```python\n@Ömer\ndef f(): ...\n```\n", []),
        ("```\n@Ömer", []),
    ],
)
def test_who_is_named(text: str, named: list[UUID]) -> None:
    assert find_mentions(text, PEOPLE) == named


def test_a_post_names_ten_at_most_and_long_texts_cost_little() -> None:
    crowd = [Participant(UUID(int=100 + n), f"Learner {n:02}") for n in range(20)]
    text = " ".join(f"@{person.display_name}" for person in crowd) + " @" * 9_000
    assert find_mentions(text, crowd) == [person.id for person in crowd[:MOST_MENTIONS]]
