"""The concepts that hints name, in a sentence or two each: what the chat can answer from without a model.

The keys are the closed list of concepts: a hint names one of these and nothing else.
"""

GLOSSARY: dict[str, str] = {
    "arithmetic": (
        "`+`, `-`, `*` and `/` work on numbers; `//` divides without a rest, `%` gives the rest, `**` is the "
        "power. Division by zero has no result."
    ),
    "arrays": ("An array holds values in order, at the positions 0, 1, 2 and so on."),
    "arrays and shapes (NumPy)": (
        "An array's `.shape` tells its size in each dimension. Operations between two arrays need shapes that "
        "fit, and comparisons give one answer for each item."
    ),
    "blocks and colons": (
        "A line that opens a block (`if`, `for`, `while`, `def`, `class`) ends with a colon, and the lines of "
        "the block are indented below it."
    ),
    "brackets": (
        "Each bracket that opens needs a partner that closes: `( )` for calls, `[ ]` for lists and positions, "
        "`{ }` for dictionaries and sets."
    ),
    "calling functions": (
        "A function is called by its name and parentheses with its input: `len('abc')`. Without the "
        "parentheses you have the function itself, not its result."
    ),
    "changes to a part of a table (pandas)": (
        "Taking a column or rows out of a table gives a copy. A change of that copy does not reach the table: "
        "one `.loc[rows, column]` changes the table itself."
    ),
    "classes": (
        "A class describes objects: their data (attributes) and what they can do (methods). `__init__` sets up "
        "a new object, and `self` is the object at hand."
    ),
    "commands (Bash)": (
        "A line is a command and its words, with spaces between them: `cp from to`. A command is a program, a"
        " word of Bash's own, or a function that you defined."
    ),
    "comparison and assignment": ("`=` gives a name a value, `==` asks whether two values are equal."),
    "conditions": (
        "`if` runs its block when its condition is true, `elif` tests another condition, and `else` takes all "
        "other cases."
    ),
    "conditions (Bash)": (
        "`[ ... ]` is a command, so spaces stand around each bracket and sign. `-eq`, `-lt` and `-gt` compare"
        " whole numbers; `=` compares texts."
    ),
    "conditions (R)": (
        "A condition is one TRUE or FALSE. A comparison of vectors gives one for each element, and `any` or "
        "`all` make one of them. A comparison with `NA` is `NA`; ask with `is.na`."
    ),
    "dates and times": (
        "A date and a time are values of their own, not texts. The difference of two of them is a `timedelta`, "
        "and a pattern such as `%d.%m.%Y` says how a text is read."
    ),
    "decimal numbers (floats)": (
        "A computer keeps decimal numbers with a limited number of digits, so `0.1 + 0.2` is not exactly "
        "`0.3`. Results are compared by how near they are, with `math.isclose`."
    ),
    "dictionaries": (
        "A dictionary finds values by keys: `ages = {'Ada': 36}`, then `ages['Ada']`. Keys must not change, so "
        "they are text, numbers or tuples."
    ),
    "exceptions": ("When something fails, Python raises an exception. `try` and `except` say what to do then."),
    "exit status (Bash)": (
        "Every command ends with a number: 0 says that it worked, any other that it did not. `if`, `&&` and "
        "`||` look at it, and `$?` is the last one."
    ),
    "f-strings": ("An f-string puts values into text: `f'Hello {name}'`. What stands in the braces is computed."),
    "files": (
        "`open(path)` opens a file; a path without a leading `/` starts from the notebook's folder. Text files "
        "have an encoding, mostly UTF-8."
    ),
    "files and paths (Bash)": (
        "A path leads to a file from where you are, or from `/`. `pwd` tells where that is, `ls` what is "
        "there, and `cd` goes elsewhere."
    ),
    "function calls (Octave)": (
        "A call hands values over in the order of the function's arguments. What stands before the `=` in its first "
        "line is what the function gives back, and must get a value inside."
    ),
    "function calls (R)": (
        "A call hands values over in the order of the function's arguments, or by their names. An argument "
        "without a value needs a default, and the value of the last line is what the function gives back."
    ),
    "functions": (
        "A function is a named piece of code with parameters as its input. `def` defines it, `return` gives "
        "its result back."
    ),
    "functions and headers (C)": (
        "A function says what it takes and what it gives: `int twice(int x)`. It has to be known before it is"
        " called; a header such as `stdio.h` makes the library's functions known."
    ),
    "grouping (SQL)": (
        "`GROUP BY` makes one row of all rows with the same value, and `COUNT`, `SUM` or `AVG` compute over "
        "them. `WHERE` chooses rows before that, `HAVING` chooses groups."
    ),
    "indentation": (
        "In Python the space at the start of a line says which block the line belongs to. Use four spaces for "
        "each step."
    ),
    "indexing (Octave)": (
        "Positions begin at 1, and `end` is the last one. `( )` takes elements, `(row, column)` one of a matrix, `{ }` "
        "what a cell array holds, `.` a field of a struct."
    ),
    "indexing (R)": (
        "Positions begin at 1. `[ ]` gives a part of the same kind, `[[ ]]` and `$` one element of a list or "
        "a column of a table; `[row, column]` a part of a table."
    ),
    "iterators and generators": (
        "`zip`, `map`, `filter` and generators give their items one at a time, once. They have no length and "
        "no positions; `list(...)` makes a list of them."
    ),
    "JSON": (
        "JSON is text that holds data: texts in double quotes, numbers, `true`, `false`, `null`, lists and "
        "objects. `json.loads` reads such text, `json.dumps` writes it."
    ),
    "joins (SQL)": (
        "`JOIN` puts rows of two tables side by side where a condition holds. A column that both tables have "
        "is named with its table: `pets.id`."
    ),
    "lists": ("A list holds items in order: `[3, 1, 2]`. `.append(item)` adds one at the end, `+` joins two lists."),
    "lists and positions": ("Positions count from 0: the first item of `items` is `items[0]`, the last `items[-1]`."),
    "loops": (
        "`for item in items:` runs its block once for each item; `while condition:` runs it as long as the "
        "condition is true, so something in the block has to change it."
    ),
    "loops and blocks (Bash)": (
        "`if` goes with `then` and `fi`, `for` and `while` with `do` and `done`, `{` with `}`. Each of these "
        "words begins a line, or stands behind a `;`."
    ),
    "loops and blocks (Octave)": (
        "`if`, `for`, `while` and `function` each have an `end`. Each bracket and quote that opens has one that "
        "closes, and values are put together with commas."
    ),
    "loops and blocks (R)": (
        "Braces hold the lines of a loop, a branch or a function together. Each bracket and quote that opens "
        "has one that closes, and `else` stands on the line of the brace before it."
    ),
    "matrices and types (Octave)": (
        "Every number is a matrix. `*` and `/` are those of matrices; `.*`, `./` and `.^` work element by element, for "
        "which both sides have the same size or one of them is a single number."
    ),
    "memory": (
        "Everything that a program keeps takes memory, and the kernel has a limit. Large data is processed in parts."
    ),
    "methods": (
        "A method is a function that belongs to a value, called with a dot: `'abc'.upper()`. Each type has its own."
    ),
    "modules and imports": ("A library has to be imported before it is used: `import math`, then `math.sqrt(9)`."),
    "names (Octave)": (
        "A name has a value from the line on that sets it with `=`. Upper and lower case count, and a text stands in "
        "quotes."
    ),
    "names (R)": (
        "`<-` gives a name a value. Upper and lower case count, a text stands in quotes, and a function of a "
        "package is known after `library`."
    ),
    "names and variables": (
        "A variable is a name for a value: `total = 0`. The name must be set before it is used, and is spelled "
        "exactly the same everywhere."
    ),
    "None and return values": (
        '`None` is Python\'s value for "nothing". A function gives a result back with `return`; without one, '
        "its result is `None`. Methods that change a list in place, such as `.sort()`, give back `None` too."
    ),
    "objects": ('An object keeps values under names, its properties: `const pet = { name: "Rex" }`, then `pet.name`.'),
    "operators": (
        "Operators join values: `+`, `==`, `and`, `or`, `not`. Python uses words where other languages use signs."
    ),
    "order of execution": (
        "A cell runs from top to bottom, and cells in the order in which you run them, which need not be the "
        "order on the page."
    ),
    "parameters and arguments": (
        "Parameters are the names in a function's definition, arguments the values in a call. Each parameter "
        "without a default needs one argument."
    ),
    "plots (matplotlib)": (
        "A figure holds one or more axes, and each plot is drawn on axes. The x and y values of a plot have "
        "the same length."
    ),
    "pointers and memory (C)": (
        "A pointer holds the address of a value: `&x` is the address of x, `*p` the value at p. An array of n"
        " items has the positions 0 to n - 1, and C itself does not look whether a position is among them."
    ),
    "printing and reading (C)": (
        "`printf` puts values into a text: `%d` an int, `%f` a double, `%c` a char, `%s` a text. `scanf` "
        'reads into addresses: `scanf("%d", &age)`.'
    ),
    "promises and waiting": (
        "What takes time is computed later. An `async` function gives a promise at once, and `await` waits for "
        "its value."
    ),
    "queries (SQL)": (
        "A query names its parts in a fixed order: `SELECT` columns `FROM` table `WHERE` condition `GROUP BY` "
        "... `ORDER BY` ... `LIMIT`. Text stands between single quotes."
    ),
    "reading error messages": (
        "The last line of an error message names the error and says what went wrong. The lines above show the "
        "way there; look for the last one that is your own code."
    ),
    "recursion": (
        "A function that calls itself needs a case which it answers directly, and each call has to come closer "
        "to that case."
    ),
    "removed names": (
        "Libraries change: old names are removed, and others stand in their place. Books and pages on the web "
        "often show the old ones."
    ),
    "rules of a table (SQL)": (
        "A table may have rules that each row keeps: `PRIMARY KEY` and `UNIQUE` (no value twice), `NOT NULL` "
        "(a value must be there), `CHECK` (a condition), `REFERENCES` (the row exists in another table)."
    ),
    "scope of variables": (
        "A variable that is set inside a function belongs to that function alone. Values come in through "
        "parameters and go out through `return`."
    ),
    "sets": (
        "A set holds each item once, in no order: `{1, 2}`, `.add(item)`, `item in items`. It has no "
        "positions, and `{}` is an empty dictionary; `set()` is an empty set."
    ),
    "statements and blocks (C)": (
        "A statement ends with a semicolon. Braces make one block of several statements; each one that opens "
        "needs one that closes."
    ),
    "syntax": ("Syntax is the spelling of a language. After a syntax error nothing of the cell was run."),
    "tables (pandas)": (
        "A DataFrame is a table: `df['name']` is a column, `df.loc[...]` chooses rows by label and "
        "`df.iloc[...]` by position."
    ),
    "tables and columns (SQL)": (
        "A table has named columns, and rows with one value for each of them. A query uses the names exactly "
        "as the table was made with; upper and lower case are the same."
    ),
    "tests": (
        "A test compares what your code gives with what it should give, mostly with `assert`. When it fails, "
        "your code ran but gave something else."
    ),
    "text (strings)": ("Text stands between quotes, `'...'` or `\"...\"`, with the same quote at both ends."),
    "text patterns (regular expressions)": (
        "A regular expression describes texts: `\\d+` is one or more digits. `( ) [ ] * + ?` have meanings of "
        "their own; a backslash before one takes the sign itself."
    ),
    "the kernel": (
        "The kernel is the program that runs your cells and remembers your variables. After a restart it has "
        "forgotten them all."
    ),
    "things that can change": (
        "Lists, dictionaries and sets can be changed after they were made; text, numbers and tuples cannot, so "
        "you make new ones from them."
    ),
    "types of columns and arrays": (
        "All items of an array, and of a table's column, have one type, its `dtype`. Text that looks like "
        "numbers stays text until it is converted."
    ),
    "types: text and numbers": (
        "Each value has a type. `'12'` is text and `12` a number: `int('12')` turns text into a number, "
        "`str(12)` a number into text. `input()` always gives text."
    ),
    "undefined and null": (
        'In JavaScript, what was never set is `undefined`; `null` is a deliberate "nothing". Neither has properties.'
    ),
    "unpacking": ("`a, b = pair` sets several names at once. Both sides need the same number of items."),
    "variables and quotes (Bash)": (
        "`name=value` sets a variable, without spaces around `=`; `$name` is its value. Without double quotes"
        " around it, a value with spaces becomes several words."
    ),
    "variables and types (C)": (
        "A variable is declared with its type before its first use: `int legs = 4;`. It is known inside of "
        "the braces around its declaration."
    ),
    "vectors and types (R)": (
        "A vector holds values of one type: numbers, texts or TRUE and FALSE. One text among numbers makes "
        "all of them texts. Operations work element by element, and a shorter vector is repeated."
    ),
}

#: the concept that each kind of error is mostly about
ERRORS: dict[str, str] = {
    "AssertionError": "tests",
    "AttributeError": "methods",
    "ChainedAssignmentError": "changes to a part of a table (pandas)",
    "FileNotFoundError": "files",
    "ImportError": "modules and imports",
    "IndentationError": "indentation",
    "IndexError": "lists and positions",
    "JSONDecodeError": "JSON",
    "KeyError": "dictionaries",
    "MemoryError": "memory",
    "ModuleNotFoundError": "modules and imports",
    "NameError": "names and variables",
    "OverflowError": "arithmetic",
    "RangeError": "recursion",
    "RecursionError": "recursion",
    "ReferenceError": "names and variables",
    "StopIteration": "iterators and generators",
    "SyntaxError": "syntax",
    "TabError": "indentation",
    "TypeError": "types: text and numbers",
    "UnboundLocalError": "scope of variables",
    "UnicodeDecodeError": "files",
    "ValueError": "types: text and numbers",
    "ZeroDivisionError": "arithmetic",
}
