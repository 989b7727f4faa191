"""Cells of C that fail, and what the C kernel says of them with GCC 12.2 and TCC 0.9.27.

`tests/long` asks the image for them anew.
"""

from typing import NamedTuple


class CFailure(NamedTuple):
    """A cell that fails."""

    #: the rule that explains it
    rule: str
    cell: str
    kind: str
    message: str
    #: the line that the kernel names
    line: int | None
    #: the line that a hint names
    shown_line: int | None


C_FAILURES = [
    CFailure(*each)
    for each in (
        ("c-semicolon", 'int x = 3\nprintf("%d\\n", x);', "CompileError", "expected ',' or ';' before 'printf'", 2, 1),
        ("c-semicolon", "int twice(int x) {\n  return x * 2\n}", "CompileError", "expected ';' before '}' token", 2, 2),
        (
            "c-function-unknown",
            'int square(int x) { return x * x; }\nprintf("%d\\n", sqare(3));',
            "CompileError",
            "implicit declaration of function 'sqare'; did you mean 'square'?",
            2,
            2,
        ),
        (
            "c-function-unknown",
            'int f(int x);\nprintf("%d\\n", f(3));',
            "CompileError",
            "undefined symbol 'f'",
            None,
            None,
        ),
        (
            "c-name-unknown",
            'int total = 1;\nprintf("%d\\n", totl);',
            "CompileError",
            "'totl' undeclared (first use in this function); did you mean 'total'?",
            2,
            2,
        ),
        ("c-name-unknown", 'sring s = "a";\nputs(s);', "CompileError", "unknown type name 'sring'", 1, 1),
        (
            "c-format",
            'puts("a");\nprintf("%d\\n", "b");',
            "CompileError",
            "format '%d' expects argument of type 'int', but argument 2 has type 'char *'",
            2,
            2,
        ),
        ("c-format", 'printf("%d %d\\n", 3);', "CompileError", "format '%d' expects a matching 'int' argument", 1, 1),
        ("c-header", '#include <studio.h>\nputs("a");', "CompileError", "studio.h: No such file or directory", 1, 1),
        (
            "c-arguments",
            "int add(int a, int b) { return a + b; }\nadd(1);",
            "CompileError",
            "too few arguments to function 'add'",
            2,
            2,
        ),
        (
            "c-arguments",
            "int add(int a, int b) { return a + b; }\nadd(1, 2, 3);",
            "CompileError",
            "too many arguments to function 'add'",
            2,
            2,
        ),
        (
            "c-return",
            "int f(int x) {\n  if (x) return 1;\n}",
            "CompileError",
            "control reaches end of non-void function",
            3,
            3,
        ),
        (
            "c-pointer-mixed",
            "int x = 3;\nint *p = x;",
            "CompileError",
            "initialization of 'int *' from 'int' makes pointer from integer without a cast",
            2,
            2,
        ),
        (
            "c-pointer-mixed",
            'int x = "3";',
            "CompileError",
            "initialization of 'int' from 'char *' makes integer from pointer without a cast",
            1,
            1,
        ),
        (
            "c-member",
            'struct pet { int legs; };\nstruct pet rex = {4};\nprintf("%d\\n", rex.leg);',
            "CompileError",
            "'struct pet' has no member named 'leg'; did you mean 'legs'?",
            3,
            3,
        ),
        (
            "c-member",
            'int x = 3;\nprintf("%d\\n", x[0]);',
            "CompileError",
            "subscripted value is neither array nor pointer nor vector",
            2,
            2,
        ),
        (
            "c-assigned",
            'int x = 3;\nif (x + 1 = 4) puts("a");',
            "CompileError",
            "lvalue required as left operand of assignment",
            2,
            2,
        ),
        (
            "c-assigned",
            'char name[10];\nname = "Ada";',
            "CompileError",
            "assignment to expression with array type",
            2,
            2,
        ),
        ("c-taken", "int x = 1;\nint x = 2;\nx++;", "CompileError", "redefinition of 'x'", 2, 2),
        (
            "c-taken",
            "int strlen(const char *s) { return 0; }",
            "Redefinition",
            "`strlen` is the C library's own function",
            1,
            1,
        ),
        ("c-text", 'puts("abc);', "CompileError", 'missing terminating " character', 1, 1),
        (
            "c-brace",
            "int f(int x) {\n  if (x > 0) {\n    return 1;\n  return 0;\n}",
            "CompileError",
            "expected declaration or statement at end of input",
            5,
            5,
        ),
        (
            "c-brace",
            'for (int i = 0; i < 3; i++ {\n  puts("a");\n}',
            "CompileError",
            "expected ')' before '{' token",
            1,
            1,
        ),
        ("c-syntax", 'int x = ;\nputs("a");', "CompileError", "expected expression before ';' token", 1, 1),
        ("c-syntax", 'else puts("a");', "CompileError", "'else' without a previous 'if'", 1, 1),
        ("c-division", 'int n = 0;\nprintf("%d\\n", 3 / n);', "RuntimeError", "division by zero", 2, 2),
        (
            "c-memory",
            'int a[3] = {1, 2, 3};\nint total = 0;\nfor (int i = 0; i <= 3; i++)\n  total += a[i];\nputs("");',
            "RuntimeError",
            "invalid memory access",
            4,
            4,
        ),
        ("c-memory", "int *p = NULL;\n*p = 3;", "RuntimeError", "invalid memory access", 2, 2),
        ("c-abort", "abort();", "RuntimeError", "abort() called", None, None),
        (
            "c-value",
            "int twice(int x) { return x + 2; }\nexpect(twice(3), 6);",
            "AssertionError",
            "expected 6, got 5",
            2,
            2,
        ),
        ("c-assert", "assert(1 == 2);", "AssertionError", "`1 == 2` does not hold", 1, 1),
        (
            "c-question",
            'int x;\nscanf("%d", &x);',
            "StdinNotImplementedError",
            "the program asks for input, and nobody can answer",
            None,
            None,
        ),
        ("c-ended", 'puts("a");\nexit(0);', "ProgramEnded", "the program ended before the cell did", None, None),
        ("c-ended", "int main(void) {\n  return 3;\n}", "ProgramFailed", "the program ended with status 3", None, None),
    )
]
