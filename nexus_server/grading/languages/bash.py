"""Bash, in a shell that ends a cell with the first command that fails.

A check is `expect "$(square 3)" 9`: a function of the kernel's that no cell can replace, and that tells what was there.
`[ ... ]` and every other command are checks as well. `points 1.5` gives a part of a test's points.
"""

import base64
import secrets
import shlex
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath

from nexus_server.grading.languages.language import Canary, LanguageSupport, inside

#: bytes of a file in one cell
CHUNK = 512 * 1024
#: what tests call, and a cell's functions could stand before
_COMMANDS = """alias [ test true false echo printf cd pwd command type declare eval exec exit export getopts hash let
local mapfile readarray return set shift shopt unalias wait cat grep egrep sed awk sort uniq wc head tail cut tr diff
cmp comm find xargs ls cp mv rm mkdir rmdir touch chmod basename dirname date seq tee env bash sh python3 id stat od
expr paste join rev base64"""

# In POSIX mode no function stands before `unset`, and a backslash stands before any alias.
_RESET = f"""POSIXLY_CORRECT=1
\\unset -f builtin {" ".join(_COMMANDS.split())}
\\unset POSIXLY_CORRECT
builtin unalias -a
builtin shopt -u expand_aliases nocasematch nullglob
builtin set +o noglob +o nounset +o noexec +o noclobber +o posix
PATH=/usr/local/bin:/usr/bin:/bin
IFS=$' \\t\\n'
"""


def _environment(variables: Mapping[str, str]) -> str:
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items()) or ":"


def _file_cells(files: Mapping[str, bytes]) -> Iterator[str]:
    for name, data in inside(files).items():
        path = shlex.quote(f"./{name}")
        folder = shlex.quote(f"./{PurePosixPath(name).parent}")
        for start in range(0, max(len(data), 1), CHUNK):
            chunk = base64.b64encode(data[start : start + CHUNK]).decode()
            into = ">>" if start else ">"
            yield f"mkdir -p {folder}\nbase64 -d <<'DATA' {into} {path}\n{chunk}\nDATA"


def _removal(names: Collection[str]) -> str:
    paths = " ".join(shlex.quote(f"./{name}") for name in sorted(inside(dict.fromkeys(names, b""))))
    return f"rm -f -- {paths} 2>/dev/null || true"


def _reset(_unshadow: Collection[str]) -> str:
    return _RESET


def _canaries() -> list[Canary]:
    a = secrets.randbelow(10**6) + 2
    b = a + secrets.randbelow(1000) + 1
    token = secrets.token_hex(8)
    return [
        Canary(f"expect {a} {b}", "AssertionError"),
        Canary(f"expect {token} {token}\npoints {a}", must_show=str(a)),
        Canary(f"[ {a} -eq {b} ]\ntrue", "CommandFailed"),
        Canary(f"test {token} = {b}\ntrue", "CommandFailed"),
        Canary(f"[[ {token} == {token} ]]\n[ {a} -lt {b} ]\nfalse || points {b}", must_show=str(b)),
        Canary(f"grep -q {token} <<< {a}\ntrue", "CommandFailed"),
        Canary(f"x{token}", "CommandNotFound"),
        Canary(f"(( {a} == {b} ))\ntrue", "CommandFailed"),
    ]


BASH = LanguageSupport(
    file_cells=_file_cells, removal=_removal, guard=":", environment=_environment, reset=_reset, canaries=_canaries
)
