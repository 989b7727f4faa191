"""Where things are, and what they are called: one word for one thing, a folder of tests for a folder of the package."""

import ast
from collections import Counter
from pathlib import Path

import nexus_server

PACKAGE = Path(nexus_server.__file__).parent
UNIT = Path(__file__).parent
ROOT = UNIT.parent.parent


def test_no_two_modules_define_a_class_of_one_name() -> None:
    classes = Counter(
        node.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in classes.items() if count > 1] == []


def _folders() -> list[Path]:
    return sorted({path.parent.relative_to(UNIT) for path in UNIT.rglob("test_*.py")})


def test_each_folder_of_unit_tests_has_the_name_of_what_it_tests() -> None:
    """It is a folder of the package; or one beside it: the images, the benchmarks, the documentation."""
    places = (PACKAGE, ROOT, ROOT / "tests")
    assert [folder for folder in _folders() if not any((place / folder).is_dir() for place in places)] == []


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return {name for name in names if name.startswith("nexus_server.")}


def test_each_unit_test_lies_in_the_folder_of_something_that_it_imports() -> None:
    astray = []
    for path in sorted(UNIT.rglob("test_*.py")):
        folder = path.parent.relative_to(UNIT)
        home = ".".join(("nexus_server", *folder.parts))
        names = _imports(path)
        if names and (PACKAGE / folder).is_dir() and not any(f"{name}.".startswith(f"{home}.") for name in names):
            astray.append(path.relative_to(UNIT))
    assert astray == []
