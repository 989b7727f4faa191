"""Which code may choose that its test runs beside it."""

import pytest

from nexus_server.grading.plain_code import is_plain_work

PLAIN = [
    "from collections import UserList, defaultdict\ndef f(): return UserList([1])",
    "import pandas as pd, numpy as np\ndf = pd.DataFrame({'a': [1]})\ndf.columns = ['b']\ndf['c'] = np.arange(1)",
    "for _ in range(3):\n    print(_)",
    "import math\nfrom http import HTTPStatus\nx = HTTPStatus.OK",
]
BENDING = [
    "class A: pass",
    "from unittest.mock import ANY",
    "import sys",
    "import numpy as np\nnp.testing.assert_equal = print",
    "import numpy as np\nnp.sum = max",
    "import pandas as pd\npd.DataFrame.equals = max",
    "len = max",
    "def check(a): pass",
    "x = (1).__class__",
    "t = type('T', (), {})",
    "exec('1')",
    "%time",
    "from collections import *",
    "import collections\ncollections.abc.sys",
    "import numpy.testing",
    "from . import x",
    "setattr(print, 'a', 1)",
]


@pytest.mark.parametrize("code", PLAIN)
def test_code_on_data_is_plain(code: str) -> None:
    assert is_plain_work([code], {"check"})


@pytest.mark.parametrize("code", BENDING)
def test_code_that_could_bend_a_test_is_not(code: str) -> None:
    assert not is_plain_work(["x = 1", code], {"check"})
