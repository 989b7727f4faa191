"""Rules for what pandas' columns hold: types of values, dates."""

import re
from collections.abc import Mapping

from nexus_server.phrases import gettext_noop
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code, own_words
from nexus_server.tutor.rules.tables import in_pandas

_FREQUENCIES = {
    "M": "ME",
    "Q": "QE",
    "Y": "YE",
    "A": "YE",
    "H": "h",
    "T": "min",
    "S": "s",
    "L": "ms",
    "U": "us",
    "N": "ns",
    "BM": "BME",
    "SM": "SME",
    "BQ": "BQE",
    "BY": "BYE",
    "BH": "bh",
}


def _frequency(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    letter = re.sub(r"^\d+", "", match["letter"])
    return {
        "letter": code(letter),
        "instead": own_words(_FREQUENCIES.get(letter.split("-")[0], gettext_noop("another one"))),
    }


RULES = (
    Rule(
        id="accessor",
        enames=("AttributeError",),
        pattern=r"Can only use \.(?P<accessor>\w+) accessor with (?P<kind>\w+)",
        concept="types of columns and arrays",
        means="`.{accessor}` {where} is only for another kind of column: {kind}.",
        look="{look} Print the column's `.dtype`. `.str` is for texts, `.dt` for dates.",
        step="Convert the column first: `.astype(str)` makes texts, `pd.to_datetime(...)` dates.",
    ),
    Rule(
        id="text-column-reduced",
        enames=("TypeError",),
        pattern=r"Cannot perform reduction '(?P<op>\w+)' with string dtype|dtype '(?P<type>\w+)' does not support "
        r"(?:operation|reduction) '(?P<op2>\w+)'|operation '(?P<op3>\w+)' not supported for dtype|"
        r"agg function failed|no numeric data",
        concept="types of columns and arrays",
        facts=lambda f, m: (
            None if "plot" in f.bad_line else {"op": own_words(m["op"] or m["op2"] or m["op3"] or gettext_noop("this"))}
        ),
        means="{op} {where} needs numbers, but a column holds text.",
        look="{look} Print `.dtypes`: which columns are `str`? Text that looks like a number is still text.",
        step="Convert the column with `pd.to_numeric(...)`, or take the columns of numbers only: `numeric_only=True`.",
    ),
    Rule(
        id="column-value",
        enames=("TypeError",),
        pattern=r"Invalid value '(?P<value>.*)' for dtype '?(?P<type>[\w\[\], ]+)'?",
        concept="types of columns and arrays",
        means="The column {where} has the type {type}, and {value} does not belong to that type.",
        look="{look} Print the column's `.dtype`. A column keeps one type for all of its values.",
        step="Assign a value of the same type, or convert the whole column first with `.astype(...)`.",
    ),
    Rule(
        id="column-conversion",
        enames=("ValueError", "IntCastingNaNError"),
        pattern=r"Unable to parse string (?P<value>.+?) at position|Cannot convert non-finite values"
        r"|could not convert string to float: (?P<value2>.*)|invalid literal for int\(\) with base 10: (?P<value3>.*)",
        concept="types of columns and arrays",
        facts=lambda f, m: (
            {"value": own_words(m["value"] or m["value2"] or m["value3"] or gettext_noop("a missing value"))}
            if re.search(r"/(?:pandas|numpy)/|pd\.|np\.", f.traceback + f.bad_line) or ".astype(" in f.bad_line
            else None
        ),
        means="A column should become numbers {where}, but {value} is no number.",
        look="{look} Which rows hold something else? `pd.to_numeric(column, errors='coerce')` turns them into "
        "missing ones.",
        step="Decide what such values mean: take the rows out with `.dropna()`, fill them with `.fillna(...)`, "
        "or correct "
        "the text. Then convert.",
    ),
    Rule(
        id="column-mixed",
        enames=("TypeError",),
        pattern=r"not supported between instances of '(?P<left>\w+)' and '(?P<right>\w+)'|can only concatenate str"
        r"|can't multiply sequence by non-int|unsupported operand type\(s\) for",
        concept="types of columns and arrays",
        facts=in_pandas,
        means="Numbers and texts meet in a column {where}, and do not go together.",
        look="{look} Print `.dtype` of the columns on this line. Which of them holds text?",
        step="Convert the texts to numbers with `pd.to_numeric(...)`, or the numbers to texts with `.astype(str)`.",
    ),
    Rule(
        id="frequency",
        enames=("ValueError",),
        pattern=r"Invalid frequency: (?P<letter>\S+?)[.,]? ",
        concept="dates and times",
        facts=_frequency,
        means="The letter {letter} for a span of time {where} is not known to pandas; the letters have changed.",
        look="{look} In place of {letter}, pandas now uses {instead}.",
        step="Ends of months, quarters and years end with `E`; hours, minutes and seconds are written small: "
        "`h`, `min`, `s`.",
    ),
    Rule(
        id="dates-needed",
        enames=("TypeError",),
        pattern=r"Only valid with DatetimeIndex",
        concept="dates and times",
        means="Rows are gathered by time {where}, but the table's rows have no dates as labels.",
        look="{look} Print `.index`. Which column holds the dates?",
        step="Convert that column with `pd.to_datetime(...)`, and make it the index with `.set_index(...)`.",
    ),
    Rule(
        id="date-unreadable",
        enames=("DateParseError", "OutOfBoundsDatetime"),
        pattern=r"",
        concept="dates and times",
        means="A text {where} is no date that pandas can read.",
        look="{look} Print the text. Does the month come first, and does that day exist?",
        step="Give the form with `format=`, such as `'%d.%m.%Y'`; `errors='coerce'` turns unreadable ones into "
        "missing ones.",
    ),
)
