"""Code that can carry nothing from one call to the next, and code that might."""

import pytest

from nexus_server.grading.plain_code import Surroundings
from nexus_server.grading.stateless_code import keeps_nothing

AROUND = Surroundings(given=frozenset({"TABLE", "X"}), imports=frozenset({("math", "math"), ("np", "numpy")}))
ASKED = frozenset({"f", "g"})


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    total = 0\n    for value in x:\n        total = total + value\n        return total",
        "LIMIT = 3\ndef f(x, y=None):\n    return g(x) if x > LIMIT else y\ndef g(x):\n    return math.sqrt(x)",
        "def f(X, w):\n    w = w.copy()\n    w.sort()\n    return [np.exp(x) for x in sorted(X, key=lambda x: -x)]",
        "def f(x):\n    try:\n        return 1 / x\n    except ValueError as e:\n        raise KeyError(f'{x}') from e",
        "from collections import Counter\ndef f(x):\n    return Counter(x)",
        "def f(x):\n    return x\nseen = [f(1)]\nprint(seen)",
        "def other(x):\n    return seen\nseen = []\ndef f(x):\n    return x",
    ],
)
def test_functions_of_their_arguments_keep_nothing(source: str) -> None:
    assert keeps_nothing([source], AROUND, ASKED)


@pytest.mark.parametrize(
    "source",
    [
        "seen = []\ndef f(x):\n    seen.append(x)\n    return seen",
        "def f(x, seen=[]):\n    seen.append(x)\n    return seen",
        "def f(x, *, seen={}):\n    return seen.setdefault(x, x)",
        "last = 0\ndef f(x):\n    global last\n    last, old = x, last\n    return old",
        "def f(x):\n    TABLE.append(x)\n    return TABLE",
        "def f(x):\n    return g(x)\ndef g(x):\n    seen.append(x)\n    return seen\nseen = []",
        "seen = []\ndef f(x):\n    [seen for seen in ()]\n    seen.append(x)\n    return seen",
        "seen = []\nf = seen.append\ndef g(x):\n    return x",
        "seen = []\nf = lambda x: seen.append(x) or seen",
        "seen = []\nif True:\n    def f(x):\n        seen.append(x)\n        return seen",
        "from functools import cache\n@cache\ndef g():\n    return []\ndef f(x):\n    g().append(x)\n    return g()",
        "import random\ndef f(x):\n    random.seed(x)\n    return random.random()",
        "def f(x):\n    np.random.seed(x)\n    return x",
        "from numpy.random import seed\ndef f(x):\n    seed(x)",
        "import calendar\ndef f(x):\n    calendar.mdays.append(x)\n    return calendar.mdays",
        "def f(x):\n    kept = []\n    def inner(y):\n        kept.append(y)\n        return kept\n    return inner",
        "def f(x):\n    kept = []\n    return lambda y: kept.append(y) or kept",
        "def f(x):\n    yield x",
        "def f(x):\n    f.last = x\n    return x",
        "def f(x):\n    open('kept', 'a').write(str(x))\n    return x",
        "class Box:\n    pass\ndef f(x):\n    return x",
        "%time\ndef f(x):\n    return x",
        "def f(x):\n    return g(x)\nfor g in [[].append]:\n    pass",
    ],
)
def test_whatever_might_remember_counts_as_remembering(source: str) -> None:
    assert not keeps_nothing([source], AROUND, ASKED)


def test_what_another_cell_assigns_counts_for_all() -> None:
    assert not keeps_nothing(["def f(x):\n    return limit", "limit = 1", "limit = [limit]"], AROUND, ASKED)
    assert keeps_nothing(["def f(x):\n    return limit", "limit = 1"], AROUND, ASKED)
