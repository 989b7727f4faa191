"""Which code may choose that its test runs beside it."""

import pytest

from nexus_server.grading.plain_code import Surroundings, is_plain_work, surroundings
from nexus_server.notebook_format.merge import merge
from nexus_server.notebook_format.release import release
from tests.plugins import lab_notebooks as lab

PLAIN = [
    "from collections import UserList, defaultdict\ndef f(): return UserList([1])",
    "import pandas as pd, numpy as np\ndf = pd.DataFrame({'a': [1]})\ndf['c'] = np.arange(1)\ndf.c.sum()",
    "import pandas as pd\ndef f(d): return d.groupby('a').agg(total=('b', 'sum')).apply(lambda row: row, axis=1)",
    "import pandas as pd\nd = pd.read_csv('data.csv').agg('mean')",
    "for _ in range(3):\n    print(_)",
    "import math\nfrom http import HTTPStatus\nx = HTTPStatus.OK.value + math.floor(1.5)",
    "import numpy as np\nnp.linalg.norm(np.random.rand(3))",
    "import numpy.linalg as la\nla.norm([1])",
    "import urllib.parse\nurllib.parse.quote('a')",
    "def f(x):\n    if type(x) == int or not isinstance(x, str):\n        raise TypeError\n    sum = 0\n    return sum",
    "print('{:>5} {name}'.format(1, name=2), f'{1:.2f}', '%d' % 3)",
    "from collections import namedtuple\nPoint = namedtuple('Point', 'x y')\nPoint(1, 2).x",
    "import json\njson.loads('[1]')",
    "data.append(rows[0])\nlen(rows)\nrows.count(1)",
    "def outer():\n    count = 0\n    def inner():\n        nonlocal count\n        count += 1\n    return inner",
    "match [1, 2]:\n    case [first, *others]:\n        pass\n    case int(real=r):\n        pass",
]
#: looks at the instructor's `rows` and `table`, and changes the learner's own
LOOKING = [
    "total = 0\nfor row in rows:\n    total += row\nbest = max(rows)",
    "counts = {}\nfor word in rows:\n    counts[word] = counts.get(word, 0) + 1",
    "counts = {}\nfor word in rows:\n    n = counts.get(word, 0)\n    n += 1\n    counts[word] = n",
    "found = []\nfor row in rows:\n    found.append(row)\nfound.sort()\nfound[0] = 1",
    "groups = {}\nfor row in rows:\n    groups.setdefault(len(row), []).append(row)",
    "own = rows.copy()\nown['c'] = 1\nown.loc[0, 'c'] = 2\nown['c'] += 1",
    "own = rows[rows.a > 1]\nown['c'] = own.a * 2",
    "own = rows[['a', 'b']].dropna()\nown['c'] = 1\nown.sort_values('c', inplace=True)",
    "ordered = sorted(rows)\nordered.reverse()\nordered.append(1)",
    "own = [dict(row) for row in rows]\nown.append(1)",
    "import copy\nown = copy.deepcopy(rows)\nown[0].clear()",
    "import numpy as np\nown = np.array(rows)\nown[0] = 1\nown += 1",
    "words = ' '.join(rows).split()\nwords.sort()\nword = words[0].strip()\nword += 's'",
    "def f(items):\n    items.append(1)\n    return items\nf([1])",
    "def f(table):\n    own = table.copy()\n    own['c'] = 1\n    return own\nf(rows)",
    "first = next(iter(rows))\nlen(first)",
    "def f(items): items.append(1)\nkey = lambda row: row\nfound = []\nfound.append(rows[0])\nmax(rows, key=key)",
    "def f(n): return 1 if n < 2 else n * f(n - 1)\nx = f(len(rows))\nx += 1",
    "def even(n): return n == 0 or odd(n - 1)\ndef odd(n): return even(n - 1)\ndef g(t): return [g(u) for u in t]",
]
#: what code reaches for, and how
BENDING = {
    "classes": [
        "class A: pass",
        "t = type('T', (), {})",
        "make = type(int)\nmake('T', (), {'__eq__': lambda *_: True})",
        "from enum import Enum\nEnum('E', {'__eq__': lambda *_: True})",
        "import uuid\nuuid.Enum('E', {'__eq__': lambda *_: True})",
        "import re\nre.enum",
    ],
    "objects that equal everything": ["from unittest.mock import ANY", "x = ANY"],
    "the process": [
        "import sys",
        "import collections\ncollections.abc.sys",
        "import pathlib\npathlib.io.FileIO('check.py', 'w')",
        "import json\njson.codecs",
        "import random\nrandom._os",
        "import numpy.testing",
        "from . import x",
        "from collections import *",
        "get_ipython()",
        "%time",
    ],
    "text that runs": [
        "exec('1')",
        "import pandas as pd\npd.DataFrame().query('@x')",
        "import typing\ntyping.get_type_hints(1)",
    ],
    "members by text": [
        "setattr(print, 'a', 1)",
        "print('{0.__globals__[In]}'.format(print))",
        "text = '{0.__globals__}'\ntext.format(print)",
        "'{:{0.__class__}}'.format(1)",
        "f = '{}'.format",
        "import string\nstring.Formatter().format('{0.__class__}', 1)",
        "import pandas as pd\ns = pd.Series([1])\ns.agg('__setattr__', 0, 'sum', print)",
        "import pandas as pd\ns = pd.Series([1])\ns.apply('__setattr__', args=('sum', print))",
        "import pandas as pd\ncall = pd.Series([1]).agg",
        "import functools, collections\nfunctools.wraps(print, assigned=('sum',))",
        "from functools import update_wrapper",
        "match print:\n    case object(__self__=s):\n        pass",
    ],
    "what tests call": [
        "import numpy as np\nnp.sum = max",
        "np.allclose = max",
        "import numpy as np\nn = np\nn.sum = max",
        "import numpy as np\n[np][0].allclose = max",
        "import pandas as pd\nD = pd.DataFrame\nD.equals = max",
        "import pandas as pd\ns = pd.Series([1])\ns.sum = lambda: 6",
        "import numpy as np\ndel np.sum",
        "import numpy as np\nnp = 1",
        "from collections import namedtuple\nimport numpy as np\nnp = namedtuple('N', 'sum')(max)",
        "import pandas as np",
        "from math import floor as check",
        "len = max",
        "def check(a): pass",
        "match max:\n    case check:\n        pass",
        "[check := max for _ in [1]]",
        "def f(x=(check := max)): pass",
        "def f():\n    global check\n    check = max",
        "import numpy as np\nnp.set_printoptions(formatter={'all': lambda _: '1'})",
        "import pandas as pd\npd.set_option('display.max_rows', 0)",
        "import decimal\ndecimal.setcontext(decimal.Context(prec=1))",
    ],
    "what tests hold": [
        "def f(): return In[-1]",
        "x = _",
        "import numpy as np\nnp.bmat('In')",
        "g = (i for i in [1])\ng.gi_frame.f_back",
        "expected = 0\ndef f(): return expected",
        "expected = 0\ng = (expected for _ in [1])",
        "f = lambda: expected",
    ],
    "what the instructor gave": ["rows[0] = 1", "rows.clear()", "del rows[0]", "rows[0] += 1", "os.environ['A'] = 'b'"],
    "what the instructor gave, by another name": [
        "mine = rows\nmine.clear()",
        "mine = other = rows\nother += [1]",
        "mine, count = rows, 1\nmine[0] = 2",
        "first = rows[0]\nfirst.append(1)",
        "for row in rows:\n    row['a'] = 1",
        "[row.clear() for row in rows]",
        "for number, row in enumerate(rows):\n    del row[0]",
        "copied = rows.copy()\ncopied[0].clear()",
        "copied = list(rows)\ncopied[0]['a'] = 1",
        "box = {}\nbox['rows'] = rows\nbox['rows'].clear()",
        "box = []\nbox.append(rows)\nbox[0].sort()",
        "box = [rows]\nbox[0].pop()",
        "(mine := rows).clear()",
        "[rows][0].clear()",
        "(rows or []).clear()",
        "def f(mine=rows):\n    mine.clear()",
        "def f(mine):\n    mine.clear()\nf(rows)",
        "def f(): return rows\nf().clear()",
        "def f():\n    yield rows\nfor mine in f():\n    mine.clear()",
        "def f(mine):\n    mine.clear()\nlist(map(f, [rows]))",
        "f = lambda mine: mine.clear()\nf(rows)",
        "f = lambda: rows\nf().clear()",
        "def f(mine): mine.clear()\ng = f\ng(rows)",
        "def f(mine): mine.clear()\n[f][0](rows)",
        "def f(mine): mine.clear()\nbox = [f]\nlist(map(box[0], [rows]))",
        "def f(mine): mine.clear()\ndef call(g, x): g(x)\ncall(f, rows)",
        "def make(): return lambda mine: mine.clear()\nmake()(rows)",
        "clear = rows.clear\nclear()",
        "list.clear(rows)",
        "list(map(list.clear, [rows]))",
        "match rows:\n    case mine:\n        mine.clear()",
        "match rows:\n    case [first, *_] as mine:\n        mine.clear()",
        "import random\nrandom.shuffle(rows)",
        "import heapq\nheapq.heappush(rows, 1)",
        "import numpy as np\nnp.add(1, 1, out=rows)",
        "import numpy as np\nview = np.asarray(rows)\nview[0] = 1",
        "part = rows[:2]\npart[0] = 1",
        "flat = rows.reshape(-1)\nflat[0] = 1",
        "rows.drop(columns='a', inplace=True)",
        "rows.loc[0, 'a'] = 1",
        "column = rows.a\ncolumn[0] = 1",
        "import functools\nfunctools.reduce(lambda a, b: a, [rows]).clear()",
        "mine = {}.get('a', rows)\nmine.clear()",
        "a = rows\nb = a\nc = b\nc.clear()",
    ],
    "files": [
        "open('a.txt', 'w')",
        "from pathlib import Path\nPath('check.py').write_text('')",
        "import pandas as pd\npd.Series(['x']).to_csv('check.py')",
        "import numpy as np\nnp.arange(3).tofile('check.py')",
        "import numpy as np\nnp.save('a', 1)",
    ],
}
SOURCE = lab.notebook(
    lab.locked("given", "import os\nimport numpy as np\ndef check(a): pass\nrows, data = [1], []"),
    lab.solution("a", "data.append(1)"),
    lab.checks("t", "expected = 1\nassert data == [expected]"),
)
AROUND = surroundings(merge(release(SOURCE), SOURCE), SOURCE, has_test_files=False)


@pytest.mark.parametrize("code", PLAIN)
def test_code_on_data_is_plain(code: str) -> None:
    assert is_plain_work([code], AROUND)


@pytest.mark.parametrize("code", LOOKING)
def test_looking_at_what_the_instructor_gave_is_plain(code: str) -> None:
    assert is_plain_work([code], AROUND)


@pytest.mark.parametrize(
    "code",
    [pytest.param(code, id=f"{kind}-{number}") for kind, codes in BENDING.items() for number, code in enumerate(codes)],
)
def test_code_that_could_bend_a_test_is_not(code: str) -> None:
    assert not is_plain_work(["x = 1", code], AROUND)


def test_a_module_is_not_replaced_in_another_cell() -> None:
    assert is_plain_work(["import math", "y = math.pi"], AROUND)
    assert not is_plain_work(["import math", "math = 3"], AROUND)
    assert not is_plain_work(["from math import floor as f", "from math import ceil as f"], AROUND)


def test_files_of_the_tests_are_not_read() -> None:
    reading = ["import pandas as pd\ndef f(): return pd.read_csv('expected.csv')"]
    assert is_plain_work(reading, Surroundings())
    assert not is_plain_work(reading, Surroundings(has_test_files=True))


@pytest.mark.parametrize(
    "code",
    [
        "\n".join(f"a{n} = a{n + 1}" for n in range(99)) + "\na99 = rows\na0.clear()",
        "x = rows" + ".get(1)" * 200 + "\nx += 1",
    ],
)
def test_long_ways_are_not_followed_for_long(code: str) -> None:
    assert not is_plain_work([code], AROUND)


@pytest.mark.parametrize("code", ["x = " + "+".join("1" * 20_000), "def f():\n    x = 1\n    global x", "x = 1\x00"])
def test_code_that_nobody_can_read_is_not_plain(code: str) -> None:
    assert not is_plain_work([code], Surroundings())
