"""Lists of accounts in CSV files."""

import pytest

from nexus_server.accounts.account_list import read_accounts
from nexus_server.csv_table import UnreadableTableError, read_table
from nexus_server.learner import Role


def test_each_line_is_a_person() -> None:
    text = "Email;Name;Role;Timezone\n ADA@Example.org ;Zoë  Müller;;\nbob@example.org;Bob;Instructor;Europe/Berlin\n"
    accounts, problems = read_accounts(read_table(text.encode("latin-1")))
    assert problems == []
    assert [(each.line, each.email, each.display_name, each.role, each.timezone) for each in accounts] == [
        (2, "ada@example.org", "Zoë Müller", Role.STUDENT, "UTC"),
        (3, "bob@example.org", "Bob", Role.INSTRUCTOR, "Europe/Berlin"),
    ]


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("ada@example.org,Ada,,", "email", "ada@example.org is in line 2 already."),
        ("ADA@EXAMPLE.ORG,Ada,,", "email", "ada@example.org is in line 2 already."),
        ("nobody,Ada,,", "email", "'nobody' is no e-mail address."),
        ("x@example.org," + "x" * 81 + ",,", "name", "The name has more than 80 characters."),
        ("x@example.org,X,admin,", "role", "'admin' is no role: write student or instructor."),
        ("x@example.org,X,,Mars", "timezone", "'Mars' is no time zone, such as Europe/Berlin."),
    ],
)
def test_a_line_that_is_wrong_says_so(line: str, column: str, words: str) -> None:
    text = f"email,name,role,timezone\nada@example.org,Ada,,\n{line}\n"
    accounts, (problem,) = read_accounts(read_table(text.encode()))
    assert [each.line for each in accounts] == [2]
    assert (problem.line, problem.column, problem.message) == (3, column, words)


@pytest.mark.parametrize(
    ("header", "words"),
    [("name,role", "needs a column email"), ("email,name,password", "mean nothing here: password")],
)
def test_columns_are_those_of_such_a_list(header: str, words: str) -> None:
    with pytest.raises(UnreadableTableError, match=words):
        read_accounts(read_table(f"{header}\nx,y\n".encode()))
