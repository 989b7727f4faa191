"""What JavaScript kernels are told; that it works is seen in tests/integration/grading/test_javascript_lab.py."""

from nexus_server.grading.languages.javascript import CHUNK, JAVASCRIPT
from nexus_server.grading.languages.registry import LANGUAGES


def test_a_large_file_comes_in_parts() -> None:
    cells = list(JAVASCRIPT.file_cells({"a.bin": bytes(2 * CHUNK + 1)}))
    assert ["append: true" in cell for cell in cells] == [False, True, True]


def test_names_are_quoted_and_stay_inside() -> None:
    files = {'we"ird.txt': b"", "../outside": b"", "/etc/x": b"", "a/../b": b""}
    (cell,) = JAVASCRIPT.file_cells(files)
    assert '"we\\"ird.txt"' in cell


def test_what_only_tests_may_have_is_removed_by_name() -> None:
    code = JAVASCRIPT.removal({'we"ird.txt', "../outside", "/etc/x", "a.txt"})
    assert '["a.txt", "we\\"ird.txt"]' in code


def test_canaries_differ_from_one_time_to_the_next() -> None:
    assert {each.source for each in JAVASCRIPT.canaries()}.isdisjoint(each.source for each in JAVASCRIPT.canaries())


def test_typescript_is_graded_as_javascript() -> None:
    assert LANGUAGES["typescript"] is LANGUAGES["javascript"] is JAVASCRIPT
