"""Rules for pandas: columns and labels, shapes of tables."""

import ast
import re
from collections.abc import Mapping

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.source_facts import nearest, on_line

_TABLES = r"(?:DataFrame|Series|\w*Index|\w*GroupBy)"


def raised_in(failure: Failure, library: str) -> bool:
    """Return whether the deepest frame of the traceback is the library's own."""
    frames = re.findall(r"^(?:File |Cell In)(\S+)", failure.traceback, re.MULTILINE)
    return bool(frames) and f"/{library}/" in frames[-1]


def in_pandas(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    """Apply a rule only where pandas itself ran."""
    return {} if "/pandas/" in failure.traceback else None


def _dropped(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    return {"name": code(match["name"].strip("[]'\" "))} if ".drop(" in failure.bad_line else None


def _attribute(failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    near = nearest(match["name"], re.findall(r"['\"]([^'\"\n]{1,60})['\"]", failure.cell_source))
    if near:
        return {"similar": phrase("This cell also has {near}, which is spelled similarly.", near=code(near))}
    if hasattr(str, match["name"]):
        return {
            "similar": phrase(
                "{name} belongs to text. A whole column of texts has it behind `.str`.", name=code(match["name"])
            )
        }
    return {"similar": phrase("Is it a column's name? Print `.columns` and compare.")}


def _precedence(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    chained = [n for n in on_line(failure, ast.Compare) if isinstance(n, ast.Compare) and len(n.ops) > 1]
    bitwise = any(
        isinstance(part, ast.BinOp) and isinstance(part.op, ast.BitAnd | ast.BitOr)
        for node in chained
        for part in node.comparators
    )
    return {} if bitwise else None


RULES = (
    Rule(
        id="chained-assignment",
        enames=("ChainedAssignmentError",),
        pattern=r"",
        concept="changes to a part of a table (pandas)",
        means="The line {where} changes a copy of a part of the table. The table itself stays as it is, without "
        "an error.",
        look="{look} Two steps follow each other: one takes a part out of the table, the other changes that part.",
        step="Name rows and column in one step on the table itself, with `.loc`; or compute the whole column anew and "
        "assign it to the table under its name.",
    ),
    Rule(
        id="comparison-precedence",
        enames=("ValueError", "TypeError"),
        pattern=r"truth value of|Cannot perform|unsupported operand|not supported",
        concept="operators",
        facts=_precedence,
        means="In the condition {where}, `&` or `|` is done before the comparisons around it.",
        look="{look} What do `&` and `|` join here, as there are no parentheses around the comparisons?",
        step="Put each comparison into parentheses of its own, and join these with `&` or `|`.",
    ),
    Rule(
        id="drop-axis",
        enames=("KeyError",),
        pattern=r"^[\"']?(?P<name>\[.*?\]) not found in axis",
        concept="tables (pandas)",
        facts=_dropped,
        means="`drop` {where} looks for {name} among the rows, and no row is called that.",
        look="{look} Do you want to drop a row or a column? Without more, `drop` means rows.",
        step="Say what you mean: `columns=` for columns, `index=` for rows. Then check the spelling.",
    ),
    Rule(
        id="series-truth",
        enames=("ValueError",),
        pattern=r"truth value of a (?P<kind>Series|DataFrame|Index)",
        concept="tables (pandas)",
        means="A whole column or table ({kind}) is used {where} as if it were a single true or false.",
        look="{look} The comparison gives one answer for each row. Which of them should decide, all of them, or any?",
        step="Ask `.all()` or `.any()`. To choose rows, join conditions with `&` and `|` in place of `and` and `or`, "
        "each condition in parentheses.",
    ),
    Rule(
        id="position-outside",
        enames=("IndexError",),
        pattern=r"positional indexer|iloc cannot enlarge|positional indexers are out-of-bounds",
        concept="tables (pandas)",
        means="A row or column is asked for by its position {where}, and there is none at that position.",
        look="{look} Print `.shape`. Positions count from 0, so the last row is at the number of rows minus 1.",
        step="Use a position that exists. A new row is added with `.loc[label]` or `pd.concat`, not with `.iloc`.",
    ),
    Rule(
        id="scalars-without-index",
        enames=("ValueError",),
        pattern=r"If using all scalar values, you must pass an index",
        concept="tables (pandas)",
        means="A table is made {where} from single values, so pandas cannot tell how many rows it should have.",
        look="{look} Each column needs a list of values, one for each row.",
        step="Put each value into square brackets, for a table of one row.",
    ),
    Rule(
        id="table-called",
        enames=("TypeError",),
        pattern=rf"'(?P<type>{_TABLES})' object is not callable",
        concept="tables (pandas)",
        means="Round parentheses {where} call a table or a column ({type}), which is no function.",
        look="{look} Which brackets take a column out of a table?",
        step="A column is taken with square brackets and its name in quotes.",
    ),
    Rule(
        id="merge",
        enames=("MergeError", "ValueError"),
        pattern=r"^No common columns|You are trying to merge on (?P<left>\w+) and (?P<right>\w+) columns|Merge "
        r"keys are not",
        concept="tables (pandas)",
        means="Two tables cannot be joined {where}: their key columns differ in name or in type.",
        look="{look} Print `.columns` and `.dtypes` of both tables.",
        step="Name the keys with `on=`, or `left_on=` and `right_on=`, and bring both to one type with `.astype(...)`.",
    ),
    Rule(
        id="duplicate-labels",
        enames=("ValueError", "InvalidIndexError"),
        pattern=r"[Ii]ndex contains duplicate entries|duplicate labels|uniquely valued Index",
        concept="tables (pandas)",
        means="A label occurs more than once {where}, so pandas cannot tell which row is meant.",
        look="{look} `.index.duplicated()`, or `.duplicated()` of the key columns, shows the rows that come twice.",
        step="Decide what the doubles mean: drop them, or bring them together with `.groupby(...)` or `.pivot_table`.",
    ),
    Rule(
        id="column-count",
        enames=("ValueError",),
        pattern=r"Length mismatch: Expected axis has (?P<has>\d+) elements, new values have (?P<new>\d+)"
        r"|(?P<new2>\d+) columns passed, passed data had (?P<has2>\d+)",
        concept="tables (pandas)",
        means="The number of names {where} does not fit the number of columns (or rows).",
        look="{look} Count both. Print `.columns` before this line.",
        step="Give one name for each column. To change one name only, use `.rename(columns=...)`.",
    ),
    Rule(
        id="csv-broken",
        enames=("ParserError", "EmptyDataError"),
        pattern=r"",
        concept="tables (pandas)",
        means="A file is read as a table {where}, but its lines do not fit together, or there are none.",
        look="{look} Look at the first lines of the file: what separates the values, and has each line equally many?",
        step="Say what separates the values (`sep=';'`), and how many lines come before the table (`skiprows=`).",
    ),
    Rule(
        id="axis-name",
        enames=("ValueError",),
        pattern=r"No axis named (?P<name>.+?) for object type",
        concept="tables (pandas)",
        means="There is no axis called {name}; it is named {where}.",
        look="{look} A table has two axes: one along its rows, one along its columns.",
        step="Write `axis=0` or `'index'` for the rows, `axis=1` or `'columns'` for the columns.",
    ),
    Rule(
        id="query-name",
        enames=("UndefinedVariableError",),
        pattern=r"name '(?P<name>\w+)' is not defined",
        concept="tables (pandas)",
        means="The condition {where} names {name}, and the table has no such column.",
        look="{look} Print `.columns` and compare. A variable of yours has an `@` before its name in `query`.",
        step="Use a column's exact name, or put `@` before the name of a variable.",
    ),
    Rule(
        id="concat-list",
        enames=("TypeError", "ValueError"),
        pattern=r"^concat\(\) takes 1 positional argument|first argument must be an iterable of pandas"
        r"|No objects to concatenate",
        concept="tables (pandas)",
        means="`pd.concat` {where} takes one list of tables, with at least one table in it.",
        look="{look} What stands in the parentheses: one list, or several tables?",
        step="Put the tables into square brackets, and check that the list is not empty.",
    ),
    Rule(
        id="table-attribute",
        enames=("AttributeError",),
        pattern=rf"'(?P<type>{_TABLES})' object has no attribute '(?P<name>\w+)'"
        r"|module 'pandas' has no attribute '(?P<name2>\w+)'",
        concept="tables (pandas)",
        facts=lambda f, m: (
            _attribute(f, m)
            if m["name"]
            else {
                "similar": phrase("Capital letters count: `DataFrame`, `Series`."),
                "type": "`pandas`",
                "name": code(m["name2"]),
            }
        ),
        means="{type} {where} has nothing called {name}: neither a method nor a column.",
        look="{look} {similar}",
        step="Take a column with square brackets and quotes: then pandas says clearly when it is not there.",
    ),
    Rule(
        id="argument-needed",
        enames=("TypeError", "ValueError"),
        pattern=r"(?:NDFrame|DataFrame|Series)\.\w+\(\) missing|You have to supply one of 'by' and 'level'|Must "
        r"specify .* 'value' or|"
        r"^(?:\w+\.)?\w+\(\) missing 1 required positional argument: '(?:by|func|keys|value)'",
        concept="tables (pandas)",
        facts=lambda f, m: {} if m[0].startswith(("NDFrame", "DataFrame", "Series")) else in_pandas(f, m),
        means="A method of the table is called {where} without saying what it should work with.",
        look="{look} What should it take: a value, the name of a column, a function?",
        step="`help(...)` with the method shows its parameters. Give at least the first one.",
    ),
)
