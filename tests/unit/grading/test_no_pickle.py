"""Nothing in the package loads or writes pickles: from a learner's process, one is a program."""

import ast
from pathlib import Path

import nexus_server

PACKAGE = Path(nexus_server.__file__).parent
FORBIDDEN = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
#: functions of numpy and pandas that unpickle unless told not to, or always
FORBIDDEN_CALLS = {"read_pickle", "to_pickle"}


def _offences(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.partition(".")[0] in FORBIDDEN]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in FORBIDDEN:
            found.append(str(node.module))
        elif isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_CALLS:
            found.append(node.attr)
        elif isinstance(node, ast.keyword) and node.arg == "allow_pickle" and ast.unparse(node.value) != "False":
            found.append("allow_pickle")
    return found


def test_the_search_finds_what_it_looks_for() -> None:
    source = "import pickle\nfrom dill import loads\npd.read_pickle(x)\nnp.load(x, allow_pickle=True)"
    assert sorted(_offences(source)) == ["allow_pickle", "dill", "pickle", "read_pickle"]


def test_there_is_no_pickle_anywhere() -> None:
    found = {str(path): _offences(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}
    assert len(found) > 100
    assert {path: names for path, names in found.items() if names} == {}
