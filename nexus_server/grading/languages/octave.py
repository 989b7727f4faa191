"""Octave, in a kernel that ends a cell with its first error.

A check is `expect(square(3), 9)` or `assert(...)`. Before each test the kernel takes away what a cell put in the place
of the functions that tests are written with.
"""

import secrets
from collections.abc import Collection

from nexus_server.grading.languages.language import Canary, LanguageSupport
from nexus_server.grading.languages.site_commands import environment, file_cells, removal

_RESET = ".reset"


def _reset(_unshadow: Collection[str]) -> str:
    return _RESET


def _canaries() -> list[Canary]:
    a = secrets.randbelow(10**6) + 2
    b = a + secrets.randbelow(1000) + 1
    token = secrets.token_hex(8)
    length = f"numel('{token}') == {len(token)}"
    sound = f"{a} < {b} && ! isequal({a}, {b}) && {length} && all([{a} {b}] - 1 == [{a - 1} {b - 1}])"
    return [
        Canary(f"expect({a}, {b})", "AssertionError"),
        Canary(f"expect('{token}', '{token}'); expect([{a} {b}], [{a} {b}]); points({a})", must_show=str(a)),
        Canary(f"assert({a} == {b})", "Error"),
        Canary(f"assert({a}, {b})", "Error"),
        Canary(f"error('{token}')", "Error"),
        Canary(f"x{token};", "Error"),
        Canary(f"if ({sound}) points({b}); end", must_show=str(b)),
        Canary(f"expect({{{a}, 's'}}, {{{b}, 's'}})", "AssertionError"),
    ]


OCTAVE = LanguageSupport(
    file_cells=file_cells, removal=removal, guard=_RESET, environment=environment, reset=_reset, canaries=_canaries
)
