"""Rules for NumPy and pandas."""

import re
from collections.abc import Mapping

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.source_facts import nearest

_ARRAY_TRUTH = r"truth value of (?:an array|a (?P<kind>Series|DataFrame|Index))"


def _column(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    if (
        "pandas" not in failure.traceback
        and "not in index" not in failure.message
        and "in the [columns]" not in failure.message
    ):
        return None
    name = (match["name"] or "").strip("'\"")
    # Any text in the cell may be a column's name: columns are seldom set in code, but often used more than once.
    near = nearest(name, re.findall(r"['\"]([^'\"\n]{1,60})['\"]", failure.cell_source))
    return {
        "similar": phrase("This cell also has {near}, which is spelled similarly.", near=code(near))
        if near
        else phrase("Capital letters and spaces count.")
    }


RULES = (
    Rule(
        id="pandas-column",
        enames=("KeyError",),
        pattern=r"^(?P<name>.+)$",
        concept="tables (pandas)",
        facts=_column,
        means=("The table has no column (or row label) called {name}; it is asked for {where}."),
        look=("{look} {similar} Print the table's `.columns` and compare."),
        step=(
            "`list(df.columns)` shows each name with its quotes, so that a space at the end is seen. "
            "Rows are chosen with `.loc[...]` (labels) or `.iloc[...]` (positions)."
        ),
    ),
    Rule(
        id="broadcast",
        enames=("ValueError",),
        pattern=r"could not (?:be )?broadcast.*?shapes? "
        r"(?P<first>\([\d, ]*\)) ?(?:into shape )?(?P<second>\([\d, ]*\))",
        concept="arrays and shapes (NumPy)",
        means=("Two arrays {where} do not fit together: their shapes are {first} and {second}."),
        look=(
            "{look} Print `.shape` of both. From the right, each pair of sizes has to be equal, or one "
            "of the two has to be 1."
        ),
        step=(
            "A shape (3,) goes with (2, 3) or (3,) or a single number, but not with (4,). Check where "
            "the longer one got its extra items, or whether one must be reshaped."
        ),
    ),
    Rule(
        id="matmul-shapes",
        enames=("ValueError",),
        pattern=r"matmul: .*mismatch|shapes (?P<first>\([\d, ]*\)) and (?P<second>\([\d, ]*\)) not aligned",
        concept="arrays and shapes (NumPy)",
        means=("A matrix product {where} does not work: the inner sizes of the two matrices differ."),
        look=(
            "{look} Print `.shape` of both: the number of columns of the left one must equal the "
            "number of rows of the right one."
        ),
        step=(
            "(2, 3) times (3, 4) gives (2, 4). If you want to multiply item by item, use `*`; if one "
            "matrix lies on its side, `.T` turns it."
        ),
    ),
    Rule(
        id="reshape",
        enames=("ValueError",),
        pattern=r"cannot reshape array of size (?P<size>\d+) into shape (?P<shape>\([\d, -]*\))",
        concept="arrays and shapes (NumPy)",
        means=(
            "An array of {size} items cannot be given the shape {shape} {where}: the number of items "
            "must stay the same."
        ),
        look=("{look} Multiply the sizes of the new shape with each other, and compare with {size}."),
        step=("12 items fit into (3, 4) or (2, 6). One of the sizes may be `-1`; NumPy then works it out."),
    ),
    Rule(
        id="frame-lengths",
        enames=("ValueError",),
        pattern=(
            r"[Aa]ll arrays must be of the same length"
            r"|Length of values \((?P<values>\d+)\) does not match length of index \((?P<index>\d+)\)"
        ),
        concept="tables (pandas)",
        means=("The columns of the table {where} have different lengths."),
        look=("{look} Print `len(...)` of each list that becomes a column."),
        step=("Each column needs one value for each row. For a missing value, put `None` in its place."),
    ),
    Rule(
        id="array-truth",
        enames=("ValueError",),
        pattern=_ARRAY_TRUTH,
        concept="arrays and shapes (NumPy)",
        means=("A whole array or column is used {where} as if it were a single true or false."),
        look=(
            "{look} The comparison gives one answer for each item. Which of them should decide, all of them, or any?"
        ),
        step=(
            "`(a > 0).all()` asks whether all are true, `.any()` whether at least one is. To choose "
            "rows, combine conditions with `&` and `|`, each in parentheses."
        ),
    ),
    Rule(
        id="axis-index",
        enames=("IndexError", "AxisError"),
        pattern=(
            r"axis \d+ is out of bounds for array"
            r"|index (?P<index>-?\d+) is out of bounds for axis (?P<axis>\d+) with size (?P<size>\d+)"
            r"|too many indices for array|single positional indexer is out-of-bounds"
        ),
        concept="arrays and shapes (NumPy)",
        means=("A position in an array or table {where} does not exist."),
        look=(
            "{look} Print its `.shape`. Positions count from 0, so the last one is the size minus 1, "
            "and there is one position for each dimension."
        ),
        step=("In an array of shape (2, 3), `a[1, 2]` is the last item; `a[2, 0]` and `a[0, 0, 0]` do not exist."),
    ),
)
