"""A hint names what the failing line works with before the mechanism."""

from collections.abc import Callable

import pytest

from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.rules.engine import explain
from nexus_server.tutor.rules.glossary import GLOSSARY

RunCell = Callable[[str], Failure]

#: a cell that fails, and the topic of its failing line
PYTHON = [
    ("ages = {'Ada': 36}\nfor name, age in ages:\n    pass", "dictionaries"),
    ("pairs = [(1, 2, 3)]\nfor a, b in pairs:\n    pass", "unpacking"),
    ("ages = {'Ada': 36}\nages('Ada')", "dictionaries"),
    ("import random\nrandom(1, 6)", "modules and imports"),
    ("total = 3\ntotal(2)", "calling functions"),
    ("import re\nfound = re.search('b', 'a')\nfound.group()", "text patterns (regular expressions)"),
    ("words = ['b'].sort()\nwords.append('a')", "None and return values"),
    ("'abc'.index('x')", "text (strings)"),
    ("['a'].index('x')", "lists"),
    ("'-'.join([1])", "text (strings)"),
    ("a = 3\nif a => 2:\n    pass", "comparison and assignment"),
    ("a = 3\nif a > 2 && a < 5:\n    pass", "operators"),
    ("print(1)\nelse:\n    pass", "conditions"),
    ("class Dog:\n    def __init__(self, name):\n        self.name = name\nDog()", "classes"),
    ("def area(a, b):\n    return a * b\narea(1)", "parameters and arguments"),
    ("import json\ndata = json.loads('[1]')\ndata['a']", "JSON"),
    ("data = [1]\ndata['a']", "lists and positions"),
]


@pytest.mark.parametrize(("cell", "topic"), PYTHON)
def test_the_topic_of_the_line_comes_first(cell: str, topic: str, run_cell: RunCell) -> None:
    found = explain(run_cell(cell))
    assert found.concept == topic
    assert found.at(3).startswith(GLOSSARY[topic])


def _failure(cell: str, ename: str, evalue: str, line: int, language: Language = Language.PYTHON) -> Failure:
    return Failure(cell, ename, evalue, f"Cell In[1], line {line}", language)


def test_a_call_of_a_library_is_about_the_library_and_one_of_an_own_function_is_not() -> None:
    error = ("TypeError", "bar() missing 1 required positional argument: 'height'", 2)
    own = _failure("def bar(x, height): ...\nbar([1, 2])", *error)
    of_axes = _failure("import matplotlib.pyplot as plt; fig, ax = plt.subplots()\nax.bar([1, 2])", *error)
    of_plt = _failure("import matplotlib.pyplot as chart\nchart.bar([1, 2])", *error)
    assert explain(own).concept == "parameters and arguments"
    assert explain(of_axes).concept == "plots (matplotlib)"
    assert explain(of_plt).concept == "plots (matplotlib)"


def test_a_library_that_another_cell_imports_is_known() -> None:
    failure = Failure(
        "canvas.bar([1])",
        "TypeError",
        "bar() missing 1 required positional argument: 'height'",
        "Cell In[2], line 1",
        Language.PYTHON,
        ("import matplotlib.pyplot as canvas",),
    )
    assert explain(failure).concept == "plots (matplotlib)"


def test_a_method_of_a_javascript_class_is_about_classes() -> None:
    error = ("TypeError", "Lamp.turnOn is not a function", 2, Language.JAVASCRIPT)
    assert explain(_failure("class Lamp { turnOn() {} }\nLamp.turnOn();", *error)).concept == "classes"
    assert explain(_failure("const Lamp = {};\nLamp.turnOn();", *error)).concept == "methods"
