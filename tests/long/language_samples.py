"""What the kernel of each language is tried with: a new language is a new sample."""

from collections.abc import Callable
from dataclasses import dataclass

from nbformat import NotebookNode

from tests.plugins import lab_notebooks as lab


@dataclass(frozen=True)
class LabSample:
    """A small lab: its cells, a wrong answer, and answers that cheat."""

    reference: str
    stub: str
    visible: str
    hidden: str
    #: gives 1.5 of 3 points
    partial: str
    #: right for the visible test, wrong for the hidden one
    half: str
    #: what the hidden test expects, which nobody shall be told
    secret: str
    cheats: tuple[str, ...]


@dataclass(frozen=True)
class LanguageSample:
    """One language."""

    name: str
    kernel_name: str
    #: a cell, and what it prints
    greeting: str
    says: str
    #: a cell that fails on its third line, and what it raises; what it sets before is kept for `kept`
    failing: str
    ename: str
    #: prints once, and then never ends
    endless: str
    lab: LabSample
    #: a cell that asks for a name with the prompt "Name? " and prints "Hello, NAME"; none where the language never asks
    asking: str = ""
    prompt: str = "Name? "
    #: wraps a shell's command into a cell that prints DONE when it worked and REFUSED when it did not
    shell: Callable[[str], str] | None = None
    #: takes memory without end
    hog: str = ""


def _bash_shell(command: str) -> str:
    return f"if {{ {command}; }} 2>&1; then echo DONE; else echo REFUSED; fi"


BASH = LanguageSample(
    name="bash",
    kernel_name="nexus-bash",
    greeting='pet=Rex\necho "Hello, $pet"',
    says="Hello, Rex\n",
    failing="kept=7\necho before\nls gone\necho behind",
    ename="CommandFailed",
    endless="echo running\nwhile :; do :; done",
    asking='read -p "Name? " name\necho "Hello, $name"',
    shell=_bash_shell,
    hog="text=x; while :; do text=$text$text; done",
    lab=LabSample(
        reference="square() {\n# BEGIN SOLUTION\n  echo $(( $1 * $1 ))\n# END SOLUTION\n}",
        stub="square() {\n# YOUR CODE HERE\nfalse\n}",
        visible='expect "$(square 3)" 9',
        hidden='# BEGIN HIDDEN TESTS\nexpect "$(square 12)" 144\n[ "$(square -2)" -eq 4 ]\n# END HIDDEN TESTS',
        partial="# BEGIN HIDDEN TESTS\npoints 1.5\n# END HIDDEN TESTS",
        half="square() { echo 9; }",
        secret="144",
        cheats=(
            "[() { :; }; test() { :; }; square() { echo 9; }",
            "square() { trap - ERR; echo 9; }",
            "square() { echo 9; exit 0; }",
            'square() { echo "end 1 0" >&"$__nexus_told"; echo 9; }',
            "shopt -s expand_aliases; alias expect=true; square() { echo 9; }",
            "square() { trap 'return 0' DEBUG; echo 9; }",
        ),
    ),
)

SQL = LanguageSample(
    name="sql",
    kernel_name="nexus-sql",
    greeting="SELECT 6 * 7",
    says="42",
    failing="CREATE TABLE kept (a);\nINSERT INTO kept VALUES (7);\nSELECT b FROM kept;",
    ename="OperationalError",
    endless="SELECT 'running';\nWITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    hog="WITH RECURSIVE n(t) AS (SELECT 'x' UNION ALL SELECT t || t FROM n) SELECT group_concat(t) FROM n",
    lab=LabSample(
        reference="CREATE VIEW square AS\n-- BEGIN SOLUTION\nSELECT 9 AS a UNION SELECT 144\n-- END SOLUTION\n;",
        stub="CREATE VIEW square AS\n-- YOUR CODE HERE\n;",
        visible="SELECT expect((SELECT min(a) FROM square), 9)",
        hidden="-- BEGIN HIDDEN TESTS\nSELECT expect((SELECT max(a) FROM square), 144)\n-- END HIDDEN TESTS",
        partial="-- BEGIN HIDDEN TESTS\nSELECT 1.5\n-- END HIDDEN TESTS",
        half="CREATE VIEW square AS SELECT 9 AS a",
        secret="144",
        cheats=("CREATE TABLE expect (a, b); CREATE VIEW square AS SELECT 9 AS a",),
    ),
)


def _c_shell(command: str) -> str:
    quoted = command.replace("\\", "\\\\").replace('"', '\\"')
    return f'fflush(stdout);\nputs(system("{{ {quoted}; }} 2>&1") == 0 ? "DONE" : "REFUSED");'


def _r_shell(command: str) -> str:
    quoted = command.replace("\\", "\\\\").replace("'", "\\'")
    return f"cat(if (system('{{ {quoted}; }} 2>&1') == 0) 'DONE' else 'REFUSED')"


def _octave_shell(command: str) -> str:
    quoted = command.replace("'", "''")
    return f"if (system('{{ {quoted}; }} 2>&1') == 0) disp('DONE'); else disp('REFUSED'); end"


C = LanguageSample(
    name="c",
    kernel_name="nexus-c",
    greeting='printf("Hello, %s\\n", "Rex");',
    says="Hello, Rex\n",
    failing='int x = 0;\nputs("before");\nprintf("%d\\n", 3 / x);\nputs("behind");',
    ename="RuntimeError",
    endless='puts("running");\nwhile (1);',
    asking='char name[20];\nprintf("Name? ");\nscanf("%19s", name);\nprintf("Hello, %s\\n", name);',
    prompt="",
    shell=_c_shell,
    hog="while (1) { char *p = malloc(1 << 20); for (int i = 0; i < 1 << 20; i += 4096) p[i] = 1; }",
    lab=LabSample(
        reference="int square(int x) {\n// BEGIN SOLUTION\n  return x * x;\n// END SOLUTION\n}",
        stub="int square(int x) {\n// YOUR CODE HERE\n}",
        visible="expect(square(3), 9);",
        hidden="// BEGIN HIDDEN TESTS\nexpect(square(12), 144);\nassert(square(-2) == 4);\n// END HIDDEN TESTS",
        partial="// BEGIN HIDDEN TESTS\npoints(1.5);\n// END HIDDEN TESTS",
        half="int square(int x) { return 9; }",
        secret="144",
        cheats=(
            "int square(int x) { exit(0); }",
            "#define expect(a, b)\n#define assert(a)\nint square(int x) { return 9; }",
            "#define if while\n#define points(a)\nint square(int x) { return 9; }",
            'int square(int x) { dprintf(nexus_told, "end 0\\n"); _exit(0); }',
            "int strcmp(const char *a, const char *b) { return 0; }\nint square(int x) { return 9; }",
        ),
    ),
)

R = LanguageSample(
    name="r",
    kernel_name="nexus-r",
    greeting='pet <- "Rex"\ncat("Hello,", pet, "\\n")',
    says="Hello, Rex \n",
    failing='kept <- 7\ncat("before\\n")\nlog("a")\ncat("behind\\n")',
    ename="Error",
    endless='cat("running\\n")\nwhile (TRUE) {}',
    asking='name <- readline("Name? ")\ncat("Hello, ", name, "\\n", sep = "")',
    shell=_r_shell,
    hog="x <- list(); repeat x[[length(x) + 1]] <- runif(1e5)",
    lab=LabSample(
        reference="square <- function(x) {\n# BEGIN SOLUTION\n  x^2\n# END SOLUTION\n}",
        stub="square <- function(x) {\n# YOUR CODE HERE\nfail()\n}",
        visible="expect(square(3), 9)",
        hidden="# BEGIN HIDDEN TESTS\nexpect(square(12), 144)\nstopifnot(square(-2) == 4)\n# END HIDDEN TESTS",
        partial="# BEGIN HIDDEN TESTS\npoints(1.5)\n# END HIDDEN TESTS",
        half="square <- function(x) 9",
        secret="144",
        cheats=(
            "expect <- function(...) TRUE; stopifnot <- expect; square <- function(x) 9",
            "`==` <- function(...) TRUE; `if` <- function(...) NULL; square <- function(x) 9",
            "square <- function(x) quit(status = 0)",
            "attach(list(expect = function(...) TRUE, stopifnot = function(...) TRUE)); square <- function(x) 9",
            'square <- function(x) structure(9, class = "cheat"); all.equal.cheat <- Ops.cheat <- function(...) TRUE',
            'square <- function(x) { for (n in 3:9) try(writeLines("end 3", getConnection(n)), silent = TRUE); 9 }',
            'square <- function(x) invokeRestart("abort")',
            "environment(expect)$same <- function(...) TRUE; square <- function(x) 9",
            (
                'e <- environment(expect); unlockBinding("same", e); e$same <- function(...) TRUE; '
                "square <- function(x) 9"
            ),
            (
                'bent <- function(...) TRUE; for (n in c("identical", "abs", "all", "isTRUE")) { '
                "unlockBinding(n, baseenv()); assign(n, bent, baseenv()) }; square <- function(x) 9"
            ),
            (
                'own <- as.environment("nexus"); unlockBinding("expect", own); own$expect <- function(...) TRUE\n'
                'unlockBinding("stopifnot", baseenv()); assign("stopifnot", own$expect, baseenv()); '
                "square <- function(x) 9"
            ),
            'options(error = NULL); assign("expect", function(...) TRUE, envir = as.environment("nexus"))',
        ),
    ),
)

OCTAVE = LanguageSample(
    name="octave",
    kernel_name="nexus-octave",
    greeting='pet = "Rex";\nprintf("Hello, %s\\n", pet)',
    says="Hello, Rex\n",
    failing='kept = 7;\ndisp("before")\n[1 2] + [1 2 3]\ndisp("behind")',
    ename="Error",
    endless='disp("running")\nwhile (true)\nend',
    asking='name = input("Name? ", "s");\nprintf("Hello, %s\\n", name)',
    shell=_octave_shell,
    hog="x = {}; while (true) x{end + 1} = rand(300); end",
    lab=LabSample(
        reference="function r = square(x)\n% BEGIN SOLUTION\n  r = x ^ 2;\n% END SOLUTION\nend",
        stub="function r = square(x)\n% YOUR CODE HERE\nerror('No Answer Given!')\nend",
        visible="expect(square(3), 9)",
        hidden="% BEGIN HIDDEN TESTS\nexpect(square(12), 144)\nassert(square(-2) == 4)\n% END HIDDEN TESTS",
        partial="% BEGIN HIDDEN TESTS\npoints(1.5)\n% END HIDDEN TESTS",
        half="function r = square(x)\n  r = 9;\nend",
        secret="144",
        cheats=(
            "function expect(varargin)\nend\nfunction assert(varargin)\nend\nfunction r = square(x)\n  r = 9;\nend",
            "expect = @(varargin) 1; assert = expect;\nfunction r = square(x)\n  r = 9;\nend",
            "function r = square(x)\n  exit(0);\nend",
            "function r = square(x)\n  r = 9;\n  evalin('base', 'return');\nend",
            (
                "function r = isequal(varargin)\n  r = true;\nend\nfunction r = abs(varargin)\n  r = 0;\nend\n"
                "function r = square(x)\n  r = 9;\nend"
            ),
            (
                "mkdir @double; f = fopen('@double/isequal.m', 'w');\n"
                "fputs(f, sprintf('function r = isequal(varargin)\\n  r = true;\\n')); fclose(f);\n"
                "f = fopen('expect.m', 'w'); fputs(f, sprintf('function expect(varargin)\\n')); fclose(f);\n"
                "function r = square(x)\n  r = 9;\nend"
            ),
            (
                "eval('function evalin(varargin), end; function builtin(varargin), end');\n"
                "function r = square(x)\n  r = 9;\nend"
            ),
            (
                "eval('function clear(varargin), end; function munlock(varargin), end; "
                "function expect(varargin), mlock(); end');\nexpect(1, 2)\nfunction r = square(x)\n  r = 9;\nend"
            ),
            (
                "function r = square(x)\n  r = 9;\n  for n = 3:9\n    f = fopen(sprintf('/dev/fd/%d', n), 'w');\n"
                "    if (f > 0)\n      fputs(f, sprintf('end 3\\n')); fclose(f);\n    end\n  end\nend"
            ),
            "function r = square(x)\n  r = 9;\n  eval('function expect(varargin), end');\nend",
            (
                "function r = square(x)\n  r = 9;\n"
                "  eval('function error(varargin), end; function tell(varargin), end');\nend"
            ),
            "restoredefaultpath; mkdir x; addpath x;\nfunction r = square(x)\n  r = 9;\nend",
        ),
    ),
)

SAMPLES = (BASH, C, OCTAVE, R, SQL)

#: what a shell in a sandbox must not be able to do
SHELL_ATTACKS = {
    "write to the system": "echo x > /etc/passwd",
    "change the kernel's program": "echo x >> /opt/nexus/thin_kernel.py",
    "read the shadow passwords": "cat /etc/shadow",
    "the engine's socket": "test -S /var/run/docker.sock",
    "delete the kernel's sockets": "rm -f /run/kernel/s-1; test ! -e /run/kernel/s-1",
    "rewrite the connection file": "echo '{}' > /run/kernel/connection.json",
    "memory of the kernel": "head -c 1 /proc/1/mem",
    "become root": "su root -c id",
    "mount": "mount -t tmpfs x /tmp",
    "a network": "test -e /sys/class/net/eth0 || exec 3<>/dev/tcp/192.0.2.1/443",
    "a setting of the machine": "echo 1 > /proc/sys/kernel/panic",
    "a device": "head -c 1 /dev/mem",
    "a secret in the kernel's environment": "env | grep -E 'SECRET|TOKEN|DATABASE|API_KEY|PASSWORD'",
    "more than the memory file system holds": "head -c 200000000 /dev/zero > /dev/shm/big",
}


def lab_cells(sample: LabSample) -> list[NotebookNode]:
    """Return the lab's cells: the answer, and three tests of 2, 3 and 3 points."""
    return [
        lab.solution("square", sample.reference),
        lab.checks("visible", sample.visible, 2.0),
        lab.checks("hidden", sample.hidden, 3.0),
        lab.checks("partial", sample.partial, 3.0),
    ]
