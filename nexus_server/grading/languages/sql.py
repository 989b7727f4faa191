"""SQL, in the kernel of SQLite.

SQL itself has no files and no checks. The kernel has commands for a grader's files, and a function for checks:
`SELECT expect((SELECT COUNT(*) FROM pets), 3)`. No statement can replace a function, so that a check stays one.
"""

import secrets
from collections.abc import Collection

from nexus_server.grading.languages.language import Canary, LanguageSupport
from nexus_server.grading.languages.site_commands import environment, file_cells, removal

#: a view or a table of the learner's cannot have a built-in's place, but settings can be changed
_RESET = ".reset"


def _reset(_unshadow: Collection[str]) -> str:
    return _RESET


def _canaries() -> list[Canary]:
    a = secrets.randbelow(10**6) + 2
    b = a + secrets.randbelow(1000) + 1
    token = secrets.token_hex(8)
    return [
        Canary(f"SELECT expect({a}, {b})", "AssertionError"),
        Canary(f"SELECT expect('{token}', '{token}')", must_show="ok"),
        Canary(f"SELECT x{token}", "OperationalError"),
        Canary(f"DROP TABLE t{token}", "OperationalError"),
        Canary(f"SELECT expect(NULL, {a})", "AssertionError"),
        Canary(f"SELECT abs(-{a}) + length('{token}') - min({len(token)}, {b})", must_show=str(a)),
        Canary(f"SELECT {a} - {a}", must_show="0"),
    ]


SQL = LanguageSupport(
    file_cells=file_cells, removal=removal, guard=_RESET, environment=environment, reset=_reset, canaries=_canaries
)
