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


@pytest.mark.parametrize("code", ["x = " + "+".join("1" * 20_000), "def f():\n    x = 1\n    global x", "x = 1\x00"])
def test_code_that_nobody_can_read_is_not_plain(code: str) -> None:
    assert not is_plain_work([code], Surroundings())
