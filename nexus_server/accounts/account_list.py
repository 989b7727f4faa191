"""A list of accounts in a CSV file: one line a person. Pure."""

from dataclasses import dataclass

from nexus_server.accounts.fields import clean_name, is_email, is_timezone, normalise_email
from nexus_server.csv_table import CsvTable, TableProblem, TableRow, UnreadableTableError, problem_at
from nexus_server.learner import Role

COLUMNS = ("email", "name", "role", "timezone")
MAX_NAME = 80
#: whom a file may make: administrators are made one by one
ROLES = {role.value: role for role in (Role.STUDENT, Role.INSTRUCTOR)}


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """A person of the list. `display_name` is empty where the file has none."""

    line: int
    email: str
    display_name: str
    role: Role
    timezone: str


def read_accounts(table: CsvTable) -> tuple[list[ListedAccount], list[TableProblem]]:
    """Return the people of a list, and what is wrong with its lines.

    Raises:
        UnreadableTableError: its columns are not those of such a list.
    """
    _require_columns(table.columns)
    found: dict[str, ListedAccount] = {}
    problems: list[TableProblem] = []
    for row in table.rows:
        account = _read(row)
        if isinstance(account, TableProblem):
            problems.append(account)
        elif account.email in found:
            first = found[account.email].line
            problems.append(problem_at(row.line, "email", f"{account.email} is in line {first} already."))
        else:
            found[account.email] = account
    return list(found.values()), problems


def _require_columns(columns: list[str]) -> None:
    names = {name.casefold() for name in columns}
    if "email" not in names:
        raise UnreadableTableError("The file needs a column email.")
    if unknown := [name for name in columns if name.casefold() not in COLUMNS]:
        known = ", ".join(COLUMNS)
        raise UnreadableTableError(
            f"The file has columns that mean nothing here: {', '.join(unknown)}. Known: {known}."
        )


def _read(row: TableRow) -> ListedAccount | TableProblem:
    cells = {name.casefold(): text for name, text in row.cells.items()}
    email = normalise_email(cells["email"].removeprefix("'"))
    if not is_email(email):
        return problem_at(row.line, "email", f"{cells['email']!r} is no e-mail address.")
    name = clean_name(cells.get("name", "").removeprefix("'"))
    if len(name) > MAX_NAME:
        return problem_at(row.line, "name", f"The name has more than {MAX_NAME} characters.")
    role = ROLES.get(cells.get("role", "").casefold() or Role.STUDENT.value)
    if role is None:
        return problem_at(row.line, "role", f"{cells['role']!r} is no role: write {' or '.join(ROLES)}.")
    timezone = cells.get("timezone", "") or "UTC"
    if not is_timezone(timezone):
        return problem_at(row.line, "timezone", f"{timezone!r} is no time zone, such as Europe/Berlin.")
    return ListedAccount(row.line, email, name, role, timezone)
