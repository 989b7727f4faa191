"""C, in a kernel that runs each cell as a program of its own.

A check is `expect(square(3), 9);` or `assert(...)`. Both are defined anew before what is run, and each run begins with
fresh memory, so that nothing has to be put back.
"""

import secrets
from collections.abc import Collection

from nexus_server.grading.languages.language import Canary, LanguageSupport
from nexus_server.grading.languages.site_commands import environment, file_cells, removal

_NOTHING = "//"


def _reset(_unshadow: Collection[str]) -> str:
    return _NOTHING


def _canaries() -> list[Canary]:
    """Few, as each has to be compiled."""
    a = secrets.randbelow(10**6) + 2
    b = a + secrets.randbelow(1000) + 1
    token = secrets.token_hex(8)
    sound = f'strcmp("{token}", "{b}") && strlen("{token}") == {len(token)} && abs(-{a}) == {a} && {a} < {b}'
    return [
        Canary(f"expect({b}, {b}); expect({a}, {b});", "AssertionError"),
        Canary(f'expect("{token}", "{token}"); if ({sound}) points({a});', must_show=str(a)),
        Canary(f"assert({a} == {a}); exit({a} - {a});", "ProgramEnded"),
    ]


C = LanguageSupport(
    file_cells=file_cells,
    removal=removal,
    guard=_NOTHING,
    environment=environment,
    reset=_reset,
    canaries=_canaries,
)
