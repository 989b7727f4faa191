"""The table of what each folder of tests took."""

from tests.plugins.budget import BUDGETS_S, folder_of, table


def test_a_test_belongs_to_the_kind_of_test_that_it_is() -> None:
    assert folder_of("tests/unit/web/test_urls.py::test_a[x/y]") == "tests/unit"


def test_a_folder_over_its_budget_is_marked_and_the_slowest_comes_first() -> None:
    over = BUDGETS_S["tests/unit"] + 1000
    slow, calm, other = table({"tests/browser": 1.4, "tests/unit": over, "tests/plugins": 0.2})
    assert slow.split() == ["tests/unit", str(over), "of", str(BUDGETS_S["tests/unit"]), "over", "its", "budget"]
    assert calm.split() == ["tests/browser", "1", "of", str(BUDGETS_S["tests/browser"])]
    assert other.split() == ["tests/plugins", "0", "of", "-"]
