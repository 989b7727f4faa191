"""SQL, in the kernel of SQLite.

SQL itself has no files and no checks. The kernel has commands for a grader's files, and a function for checks:
`SELECT expect((SELECT COUNT(*) FROM pets), 3)`. No statement can replace a function, so that a check stays one.
"""

import base64
import json
import secrets
from collections.abc import Collection, Iterator, Mapping

from nexus_server.grading.languages.language import Canary, LanguageSupport, inside

#: bytes of a file in one cell
CHUNK = 512 * 1024
#: a view or a table of the learner's cannot have a built-in's place, but settings can be changed
_RESET = ".reset"


def _environment(variables: Mapping[str, str]) -> str:
    return f".environment {json.dumps(dict(variables))}"


def _file_cells(files: Mapping[str, bytes]) -> Iterator[str]:
    for name, data in inside(files).items():
        for start in range(0, max(len(data), 1), CHUNK):
            chunk = base64.b64encode(data[start : start + CHUNK]).decode()
            yield f".write {json.dumps({'name': name, 'data': chunk, 'append': start > 0})}"


def _removal(names: Collection[str]) -> str:
    return f".remove {json.dumps(sorted(inside(dict.fromkeys(names, b''))))}"


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
    file_cells=_file_cells, removal=_removal, guard=_RESET, environment=_environment, reset=_reset, canaries=_canaries
)
