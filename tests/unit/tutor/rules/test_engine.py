"""Each rule meets the error it is for, made by running the code."""

from collections.abc import Callable

import pytest

from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.rules.engine import RULES, explain
from nexus_server.tutor.rules.rule import MAX_LEVEL, Rule
from tests.plugins.tutor_corpus import read_cells

RunCell = Callable[[str], Failure]

#: the rule, a cell that fails, and what its second level must say about this very cell
PYTHON = [
    ("name-foreign", "done = true", "`true`"),
    ("name-missing-import", "values = [1]\nnp.mean(values)", "`numpy`"),
    ("name-used-before-set", "print(score)\nscore = 3", "on line 2, but line 1"),
    ("name-used-before-set", "count = count + 1", "Line 1 uses it on the right"),
    ("name-typo", "total = 3\nprint(totl)", "`total` (set on line 1)"),
    ("name-typo", "Print('hi')", "`print` (built into Python)"),
    ("name-missing-quotes", "city = Oslo", "`Oslo` meant as text"),
    ("name-unset", "area = wxyz * 2", "Where should `wxyz` get its value"),
    ("name-local-before-set", "n = 0\ndef step():\n    n = n + 1\nstep()", "sets `n` somewhere"),
    ("indent-missing", "def f():\nreturn 1", "The function on line 1"),
    ("indent-missing", "for i in range(3):\nprint(i)", "The 'for' on line 1"),
    ("indent-unexpected", "x = 1\n    y = 2", "line 2: `y = 2`"),
    ("indent-uneven", "if True:\n        x = 1\n    y = 2", "Count the spaces"),
    ("indent-tabs", "if True:\n\tx = 1\n        y = 2", "line 3"),
    ("else-condition", "x = 3\nif x > 5:\n    pass\nelse x < 5:\n    pass", "takes no condition"),
    ("colon-missing", "for i in range(3)\n    print(i)", "line 1: `for i in range(3)`"),
    ("colon-missing", "x = 3\nif x == 3 print(x)", "line 2"),
    ("else-without-if", "x = 3\nif x:\n    pass\nprint(x)\nelse:\n    pass", "`else`"),
    ("return-without-function", "return 5", "should be the function"),
    ("outside-block", "def f():\n    x = 1\nreturn x", "inside a function"),
    ("break-without-loop", "x = 1\nbreak", "loop"),
    ("outside-block", "for x in [1]:\n    pass\nbreak", "loop"),
    ("try-without-except", "try:\n    x = 1\nprint(x)", "line 3"),
    ("print-statement", "print 'hello'", "What stands after `print`"),
    ("bracket-never-closed", "values = [1, 2\ntotal = 3", "opened on line 1"),
    ("bracket-never-closed", "x = (1 +\ny = 2", "`)`"),
    ("bracket-unmatched", "print(1))", "`)` too many"),
    ("bracket-unmatched", "x = [1, 2)", "`)`"),
    ("incomplete-input", "print('a'", "`(` opens 1 times and `)` closes 0 times"),
    ("string-unterminated", "name = 'Ada", "line 1"),
    ("string-unterminated", "print('it's')", "apostrophe"),
    ("string-triple-unterminated", 'x = 1\ny = """abc', "three of the same kind"),
    ("fstring", "f'{a'", "line 1"),
    ("invalid-character", "x = “a”", "curly quotes"),
    ("invalid-character", "x =\u00a05", "invisible spaces"),
    ("assign-in-condition", "x = 2\nif x = 3:\n    pass", "line 2: `if x = 3:`"),
    ("assign-target", "5 = x", "the value goes on the right"),
    ("assign-target", "True = 1", "line 1"),
    ("comma-missing", "x = [1 2]", "one by one"),
    ("dict-colon", "ages = {'a': 1,\n'b' 2}", "line 2"),
    ("name-starts-with-digit", "1score = 3", "start with a digit"),
    ("foreign-operator", "a = 1\na++", "`+= 1`"),
    ("foreign-operator", "a = 1\nif a > 0 && a < 5:\n    pass", "`and`"),
    ("else-if", "x = 1\nif x:\n    pass\nelse if x:\n    pass", "single word"),
    ("keyword-name", "class = 3", "`class`"),
    ("assign-in-condition", "x = 1\nok = (x = 0)", "`ok = (x = 0)`"),
    ("bracket-uneven-line", "for i in range(len('ab'):\n    pass", "2 `(` and 1 `)`"),
    ("syntax-other", "x y", "the arrow"),
    ("none-operand", "def f():\n    print(2)\nx = f()\nx + 1", "`f` (line 1) has no `return`"),
    ("function-not-called", "x = input\nx + 1", "a function without parentheses"),
    ("text-plus-number", "age = 30\nprint('Age: ' + age)", "On its left stands `'Age: '`, on its right `age`"),
    ("text-plus-number", "n = '5'\nprint(1 + n)", "on its right `n`"),
    ("compare-types", "age = '17'\nif age < 18:\n    print('young')", "`age`"),
    ("operand-types", "'a' - 1", "On its left stands `'a'`"),
    ("multiply-text", "price = '3'\ntax = '2'\nprice * tax", "`price`"),
    ("concatenate-list", "queue = ['a']\nqueue + 'b'", "add one item"),
    ("none-subscript", "nums = [3, 1]\nnums = nums.sort()\nnums[0]", "`.sort()` changes the object itself"),
    ("none-subscript", "for x in print('a'):\n    pass", "`print()` shows a value"),
    ("not-subscriptable", "age = 5\nage[0]", "`age`"),
    ("not-iterable", "n = 5\nfor i in n:\n    print(i)", "`n` is a whole number (int)"),
    ("not-iterable", "n = 5\nsquares = [x * x for x in n]", "`n` is a whole number (int)"),
    ("unpack-single", "a, b = 5", "right side"),
    ("not-iterable", "3 in 5", "line 1"),
    ("unhashable", "seen = {[1, 2]: 'a'}", "place of the key"),
    ("index-type", "items = ['a', 'b']\nfor item in items:\n    items[item]", "line 3"),
    ("index-type", "'abc'['b']", "inside the brackets"),
    ("item-assignment", "word = 'abc'\nword[0] = 'x'", "line 2"),
    ("no-len", "len(5)", "characters of text"),
    ("conversion-type", "int([1, 2])", "each item"),
    ("argument-missing", "def area(w, h):\n    return w * h\narea(3)", "`area` is defined on line 1"),
    ("argument-extra", "def area(w, h):\n    return w * h\narea(3, 4, 5)", "`(w, h)`"),
    ("method-without-self", "class A:\n    def go():\n        pass\nA().go()", "object itself"),
    ("class-no-arguments", "class Dog:\n    pass\nDog('Rex')", "`__init__`"),
    ("builtin-arity", "len()", "line 1"),
    ("builtin-arity", "x = []\nx.append(1, 2)", "one list"),
    ("argument-keyword", "def greet(name):\n    return name\ngreet(nme='Bo')", "one called `name`"),
    ("not-callable", "list = [1, 2]\nlist('abc')", "On line 1 the name `list`"),
    ("not-callable", "x = 5\nx(3)", "Is `x` a function"),
    ("not-callable", "y = 2\nz = 3(y + 1)", "an operator"),
    ("method-on-type", "list.append(3)", "name of a type"),
    ("index-range", "items = [1, 2]\nitems[2]", "How many items has `items`"),
    ("pop-empty", "[].pop()", "more often"),
    ("position-not-whole", "items = [1, 2]\nitems[: len(items) / 2]", "decimal number"),
    ("format-fields", "'{} {}'.format(1)", "pairs of braces"),
    ("key-missing", "ages = {'Ada': 36}\nages['ada']", "`'Ada'`"),
    ("key-missing", "ages = {'1': 36}\nages[1]", "different keys"),
    ("attribute-none", "x = [2].append(3)\nx.sort()", "`.append()` changes the object"),
    ("attribute-module", "import math\nmath.squareroot(4)", "Check the spelling"),
    ("attribute-missing", "word = 'abc'\nword.uper()", "`upper`"),
    ("attribute-missing", "items = []\nitems.push(3)", "`append`"),
    ("attribute-of-dict", "ages = {}\nages.append(3)", "a new key"),
    ("number-from-text", "int('3.5')", "decimal point"),
    ("number-from-text", "float('3,5')", "comma"),
    ("number-from-text", "int('')", "empty"),
    ("number-from-text", "int('abc')", "no digits"),
    ("unpack-count", "a, b = 1, 2, 3", "`2` names"),
    ("unpack-count", "a, b, c = 'xy'", "`3` names"),
    ("not-in-list", "[1, 2].remove(5)", "removed already"),
    ("empty-sequence", "max([])", "empty"),
    ("math-domain", "import math\nmath.sqrt(-1)", "line 2"),
    ("zero-division", "values = []\n10 / len(values)", "The divisor is `len(values)`"),
    ("overflow", "import math\nmath.exp(1000)", "exponent"),
    ("decode", "bytes([255, 254]).decode('utf-8')", "text file"),
    ("assertion", "assert 1 + 1 == 3, 'sum is wrong'", "by hand"),
    ("not-implemented", "def f():\n    part = NotImplementedError()\n    raise part\nf()", "line 3: `raise part`"),
    # Few calls: IPython formats each of them, and more slowly the deeper it is.
    (
        "recursion",
        (
            "import inspect, sys\nsys.setrecursionlimit(len(inspect.stack(0)) + 40)\ndef f(n):\n    return f(n)\n"
            "try:\n    f(1)\nfinally:\n    sys.setrecursionlimit(3000)"
        ),
        "line 4",
    ),
    ("memory", "x = bytearray(10**18)", "What grows here"),
    ("interrupted", "x = 3\nwhile x > 0:\n    raise KeyboardInterrupt", "on line 2 goes on as long as `x > 0` is true"),
    ("module-missing", "import pandsa", "`pandas`"),
    ("import-name", "from math import squareroot", "`squareroot`"),
    ("file-missing", "open('no_such.txt')", "folder"),
    ("file-forbidden", "open('/')", "a folder in place of a file"),
    ("stop-iteration", "next(iter([]))", "How many items"),
    ("pandas-column", "import pandas as pd\ndf = pd.DataFrame({'Name': ['a']})\ndf['name']", "`Name`"),
    ("broadcast", "import numpy as np\nnp.ones(3) + np.ones(4)", "`.shape`"),
    ("matmul-shapes", "import numpy as np\nnp.ones((2, 3)) @ np.ones((2, 3))", "columns of the left"),
    ("reshape", "import numpy as np\nnp.ones(6).reshape(4, 2)", "compare with `6`"),
    ("frame-lengths", "import pandas as pd\npd.DataFrame({'a': [1], 'b': [1, 2]})", "`len(...)`"),
    ("array-truth", "import numpy as np\nif np.ones(3) > 0:\n    pass", "one answer for each item"),
    ("axis-index", "import numpy as np\nnp.ones(3).sum(1)", "one position for each dimension"),
    ("axis-index", "import numpy as np\nnp.ones((2, 3))[2, 0]", "`.shape`"),
]

JAVASCRIPT = [
    ("js-not-defined", "const total = 3;\nconsole.log(totl);", "`total`"),
    ("js-private-field", "class A { #x = 1; }\nnew A().#x;", "inside the class"),
    ("js-before-initialization", "console.log(x);\nlet x = 1;", "`x`"),
    ("js-undefined-property", "const user = {};\nuser.address.city;", "`user.address`"),
    ("js-not-a-function", "const total = 3;\ntotal(1);", "line 2"),
    ("js-method-unknown", "'abc'.toUppercase();", "line 1"),
    ("js-constant", "const x = 1;\nx = 2;", "line 2"),
    ("js-not-iterable", "for (const x of 5) {}", "console.log"),
    ("js-declared-twice", "let x = 1;\nlet x = 2;", "`x`"),
    ("js-unbalanced", "console.log('a'", "1 `(` and 0 `)`"),
    ("js-syntax", "let 1x = 3;", "end of the line above"),
    ("js-stack", "function f() { return f(); }\nf();", "come closer"),
    ("js-empty-array", "[].reduce((a, b) => a + b);", "empty"),
    ("js-array-length", "new Array(-1);", "Print the number"),
]

DEATHS = [("memory", "KernelDied", "memory"), ("kernel-died", "KernelDied", "the process ended")]


@pytest.mark.parametrize(("rule", "source", "expected"), PYTHON)
def test_a_python_error_is_explained(run_cell: RunCell, rule: str, source: str, expected: str) -> None:
    found = explain(run_cell(source))
    assert (found.rule, expected in found.at(2)) == (rule, True), found
    for level in range(1, MAX_LEVEL + 1):
        assert not lines_of(source) & lines_of(fenced(found.at(level))), "a level shows the learner's own code"


def lines_of(source: str) -> set[str]:
    return {line.strip() for line in source.splitlines() if len(line.split()) > 2}


def fenced(markdown: str) -> str:
    return "\n".join(markdown.split("```")[1::2])


@pytest.mark.parametrize(("rule", "source", "expected"), JAVASCRIPT)
def test_a_javascript_error_is_explained(run_javascript: RunCell, rule: str, source: str, expected: str) -> None:
    found = explain(run_javascript(source))
    assert (found.rule, expected in found.at(2)) == (rule, True), found


@pytest.mark.parametrize(("rule", "ename", "evalue"), DEATHS)
def test_a_kernel_death_is_explained(rule: str, ename: str, evalue: str) -> None:
    assert explain(Failure("x = []\nwhile True: x.append(1)", ename, evalue)).rule == rule


def test_every_rule_is_met() -> None:
    here = {rule for rule, _, _ in [*PYTHON, *JAVASCRIPT, *DEATHS]}
    assert {rule.id for rule in RULES if rule.language in (Language.PYTHON, Language.JAVASCRIPT)} == here | {
        explain(cell.failure).rule for cell in read_cells()
    } - {"generic"}


def test_there_are_many_rules_and_no_id_twice() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES) >= 60


@pytest.mark.parametrize("source", ["x = " + "-" * 2_000 + "'a'", "(" * 5_000, "a." * 9_000, "\0", "é" * 20_000])
def test_absurd_code_is_explained_too(source: str) -> None:
    for ename, evalue in (
        ("TypeError", "bad operand type for unary -: 'str'"),
        ("NameError", "name 'a' is not defined"),
    ):
        assert explain(Failure(source, ename, evalue, "Cell In[1], line 1")).at(1)


def test_an_unknown_error_gets_honest_general_advice(run_cell: RunCell) -> None:
    found = explain(run_cell("class OddError(Exception):\n    pass\nraise OddError('very `odd`')"))
    assert found.rule == "generic"
    assert "no special explanation" in found.at(1)
    assert "`` very `odd` ``" in found.at(1)
    assert "line 3" in found.at(2)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_texts_are_short_and_plain(rule: Rule) -> None:
    for text in (rule.means, rule.look, rule.step):
        assert 10 < len(text) < 420
        assert text.count("```") in {0, 2}
