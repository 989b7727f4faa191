"""Rules for the standard library: files, JSON, dates, patterns, coroutines."""

import re
from collections.abc import Mapping

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.type_words import type_name

_DATE_TYPES = r"(?:datetime\.\w+|Timestamp|Timedelta|relativedelta)"


def _json_reason(_failure: Failure, match: re.Match[str]) -> Mapping[str, str]:
    reasons = {
        "Expecting property name": phrase(
            "A name has to follow, in double quotes. Single quotes, and a comma before a closing brace, are not JSON."
        ),
        "Expecting value": phrase("A value has to follow. The text may be empty, or hold something that is not JSON."),
        "Extra data": phrase("The text goes on after the data has ended: several lines of JSON are several texts."),
    }
    return {
        "reason": next(
            (said for key, said in reasons.items() if match[0].startswith(key)), phrase("A sign is missing.")
        )
    }


def _on_date_line(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    return {} if re.search(r"\b(?:date|datetime|timedelta|strptime|time)\(", failure.bad_line) else None


def _from_json(failure: Failure, _match: re.Match[str]) -> Mapping[str, str] | None:
    return {} if "json.load(" in failure.bad_line or "/json/__init__.py" in failure.traceback else None


RULES = (
    Rule(
        id="json-broken",
        enames=("JSONDecodeError",),
        pattern=r".*",
        concept="JSON",
        facts=_json_reason,
        means="A text is read as JSON {where}, but it is not written as JSON wants it.",
        look="{look} {reason} The message names the place by its character, counted from 0.",
        step="Print the text just before it is read, and look at that place. `json.dumps` shows how the same data is "
        "written in JSON.",
    ),
    Rule(
        id="json-unwritable",
        enames=("TypeError",),
        pattern=r"Object of type (?P<type>\w+) is not JSON serializable|keys must be str, int, float, bool or None",
        concept="JSON",
        facts=lambda _f, m: {"type": type_name(m["type"] or "key")},
        means="JSON has no way to write {type}; it is to be written {where}.",
        look="{look} JSON knows texts, numbers, true, false, null, lists, and objects with texts as keys.",
        step="Convert the value before it is written: a set to a list, a date to a text.",
    ),
    Rule(
        id="json-input",
        enames=("TypeError",),
        pattern=r"the JSON object must be str, bytes or bytearray, not (?P<type>\w+)",
        concept="JSON",
        facts=lambda _f, m: {"type": type_name(m["type"])},
        means="`json.loads` {where} reads a text, but gets {type}.",
        look="{look} Is the data perhaps read already, or still in an open file?",
        step="`json.loads` takes a text, `json.load` an open file, `json.dumps` makes a text from data. Choose the one "
        "that fits what you have.",
    ),
    Rule(
        id="json-load-text",
        enames=("AttributeError",),
        pattern=r"'(?P<type>str|bytes|\w*Path)' object has no attribute 'read'",
        concept="JSON",
        facts=_from_json,
        means="`json.load` {where} reads from an open file, but gets something else.",
        look="{look} Mind the last letter: with an `s` it takes a text, without one an open file.",
        step="Decide whether you have a text or a file, and take the function for it.",
    ),
    Rule(
        id="file-direction",
        enames=("UnsupportedOperation",),
        pattern=r"not (?P<wish>readable|writable)|can't do nonzero",
        concept="files",
        means="The file {where} was opened for the other direction: one for writing cannot be read, and vice versa.",
        look="{look} Look at the second argument of the `open` that made this file.",
        step="Close the file, and open it again with the mode that you need: `'r'` to read, `'w'` to write "
        "anew, `'a'` to "
        "add at the end.",
    ),
    Rule(
        id="file-closed",
        enames=("ValueError",),
        pattern=r"I/O operation on closed file",
        concept="files",
        means="The file {where} is closed already, so nothing can be read from it or written to it.",
        look="{look} A `with` block closes its file at its end. Is this line inside the block?",
        step="Move the line into the `with` block, or before `.close()`, or open the file again.",
    ),
    Rule(
        id="file-writes-text",
        enames=("TypeError",),
        pattern=r"write\(\) argument must be str, not (?P<type>\w+)|a bytes-like object is required, not '(?P<t2>\w+)'",
        concept="files",
        facts=lambda _f, m: {"type": type_name(m["type"] or m["t2"])},
        means="A file takes text; {where} it is given {type}.",
        look="{look} Which value is written, and how should it look in the file?",
        step="Turn it into text first, with `str(...)` or an f-string. The items of a list are written one by one, or "
        "joined to one text.",
    ),
    Rule(
        id="file-mode",
        enames=("ValueError",),
        pattern=r"invalid mode: '(?P<mode>.*)'|must have exactly one of create/read/write",
        concept="files",
        means="The mode with which the file is opened {where} does not exist.",
        look="{look} The second argument of `open` is one letter, not a word.",
        step="`'r'` reads, `'w'` writes anew, `'a'` adds at the end; a `b` behind it is for files that are not text.",
    ),
    Rule(
        id="file-exists",
        enames=("FileExistsError",),
        pattern=r"File exists(?:: (?P<path>.+))?",
        concept="files",
        facts=lambda _f, m: {"path": code(m["path"].strip("'")) if m["path"] else phrase("it")},
        means="{path} is to be made {where}, but it is there already.",
        look="{look} Has this cell been run before?",
        step="Say that it may exist already (`exist_ok=True` for folders), or choose another name.",
    ),
    Rule(
        id="path-plus-text",
        enames=("TypeError",),
        pattern=r"unsupported operand type\(s\) for \+: '\w*Path' and 'str'",
        concept="files",
        means="A path and a text are joined with `+` {where}; paths are joined in another way.",
        look="{look} Which part is the folder, and which the file in it?",
        step="A path and what lies in it are joined by a slash, `/`, as an operator between the two.",
    ),
    Rule(
        id="date-format",
        enames=("ValueError", "DateParseError"),
        pattern=r"time data (?P<text>.+?) does(?: not|n't) match format (?P<format>.+?)(?:,|$)|unconverted data remains"
        r"|Unknown datetime string format|(?:month|day) must be in|Invalid isoformat string"
        r"|could not convert string to Timestamp",
        concept="dates and times",
        facts=lambda _f, m: {
            "text": code(m["text"]) if m["text"] else phrase("The text"),
            "format": code(m["format"]) if m["format"] else phrase("what is expected"),
        },
        means="A text is read as a date {where}, but is not written in the form that is expected.",
        look="{look} Compare {text} with {format}, part by part: order, separators, digits of the year.",
        step="`%d` is the day, `%m` the month, `%Y` the year with four digits, `%H:%M` the time. Put them in the order "
        "of the text, with its separators.",
    ),
    Rule(
        id="date-range",
        enames=("ValueError", "OutOfBoundsDatetime", "DateParseError"),
        pattern=r"(?:day|month|year|hour|minute|second) (?:is out of range|must be in)|day is out of range|"
        r"day \d+ must be in range",
        concept="dates and times",
        means="The date {where} does not exist: its day, month or time is out of range.",
        look="{look} The order is year, month, day. How many days has that month?",
        step="Check the three numbers. To move by days, add a `timedelta` to a date instead of changing the number.",
    ),
    Rule(
        id="date-arithmetic",
        enames=("TypeError",),
        pattern=rf"unsupported operand type\(s\) for .+: '(?P<left>{_DATE_TYPES})' and '(?P<right>[\w.]+)'"
        rf"|unsupported operand type\(s\) for .+: '(?P<left2>[\w.]+)' and '(?P<right2>{_DATE_TYPES})'"
        r"|can't compare datetime|can't subtract offset-naive",
        concept="dates and times",
        means="A date {where} is combined with something that does not go together with it.",
        look="{look} Is each side a date, a date with a time, a time span, or a number?",
        step="A number of days becomes a time span with `timedelta(days=...)`. A date and a date with a time are first "
        "brought to the same kind, for example with `.date()`.",
    ),
    Rule(
        id="date-argument",
        enames=("TypeError",),
        pattern=r"cannot be interpreted as an integer|strptime\(\) argument|is an invalid keyword argument for __new__"
        r"|an integer is required \(got type",
        concept="dates and times",
        facts=_on_date_line,
        means="A date or a time span {where} is made from something that it does not take.",
        look="{look} `date` takes three whole numbers, `strptime` two texts, `timedelta` days, hours, minutes "
        "or weeks.",
        step="Convert the values first, or choose the function that reads what you have: `date.fromisoformat` "
        "reads a text.",
    ),
    Rule(
        id="pattern-broken",
        enames=("error", "PatternError"),
        pattern=r"(?:unterminated|missing|nothing to repeat|unbalanced|bad escape|multiple repeat|bad character range"
        r"|invalid group reference|unknown extension).*",
        concept="text patterns (regular expressions)",
        facts=lambda _f, m: {"said": code(m[0])},
        means="The pattern {where} is not a regular expression: {said}.",
        look="{look} The message counts characters from 0. Which sign stands there, and does it have a partner?",
        step="Signs such as `( [ * + ? .` have a meaning. Put a backslash before one that is meant as itself, or use "
        "`re.escape(...)`.",
    ),
    Rule(
        id="pattern-group",
        enames=("IndexError",),
        pattern=r"no such group",
        concept="text patterns (regular expressions)",
        means="A group is asked for {where} that the pattern does not have.",
        look="{look} Count the opening parentheses of the pattern: each makes a group, numbered from 1.",
        step="`group(0)` is the whole match, `group(1)` the first pair of parentheses. Ask for one that is there.",
    ),
    Rule(
        id="coroutine-not-awaited",
        enames=("TypeError", "AttributeError"),
        pattern=r"'coroutine'",
        concept="promises and waiting",
        means="An `async` function was called, but nobody waited for its value; {where} the promise itself is used.",
        look="{look} Which call on this line, or on the line that set the value, belongs to an `async def`?",
        step="Put `await` before that call.",
    ),
    Rule(
        id="await-outside",
        enames=("SyntaxError",),
        pattern=r"'(?P<word>await|async for|async with|asynchronous comprehension)' outside|asynchronous "
        r"comprehension outside",
        concept="promises and waiting",
        means="`await` {where} stands in a function that cannot wait.",
        look="{look} How does the line begin that defines this function?",
        step="A function that waits is defined with `async def`, and is itself called with `await`.",
    ),
    Rule(
        id="loop-running",
        enames=("RuntimeError",),
        pattern=r"cannot be called from a running event loop|This event loop is already running",
        concept="promises and waiting",
        means="A notebook runs an event loop already, and a second one is started {where}.",
        look="{look} In a program this line is right; in a notebook's cell something shorter does the same.",
        step="In a cell, write `await` and the call directly, without `asyncio.run`.",
    ),
)
