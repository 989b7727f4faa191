"""The concepts that hints name, in a sentence or two each: what the chat can answer from without a model."""

GLOSSARY: dict[str, str] = {
    "None and return values": (
        '`None` is Python\'s value for "nothing". A function gives a result back with `return`; without one, '
        "its result is `None`. Methods that change a list in place, such as `.sort()`, give back `None` too."
    ),
    "arithmetic": (
        "`+`, `-`, `*` and `/` work on numbers; `//` divides without a rest, `%` gives the rest, `**` is the "
        "power. Division by zero has no result."
    ),
    "arrays": ("An array holds values in order, at the positions 0, 1, 2 and so on."),
    "arrays and shapes (NumPy)": (
        "An array's `.shape` tells its size in each dimension. Operations between two arrays need shapes that"
        " fit, and comparisons give one answer for each item."
    ),
    "blocks and colons": (
        "A line that opens a block (`if`, `for`, `while`, `def`, `class`) ends with a colon, and the lines of"
        " the block are indented below it."
    ),
    "brackets": (
        "Each bracket that opens needs a partner that closes: `( )` for calls, `[ ]` for lists and positions,"
        " `{ }` for dictionaries and sets."
    ),
    "calling functions": (
        "A function is called by its name and parentheses with its input: `len('abc')`. Without the "
        "parentheses you have the function itself, not its result."
    ),
    "classes": (
        "A class describes objects: their data (attributes) and what they can do (methods). `__init__` sets "
        "up a new object, and `self` is the object at hand."
    ),
    "comparison and assignment": ("`=` gives a name a value, `==` asks whether two values are equal."),
    "conditions": (
        "`if` runs its block when its condition is true, `elif` tests another condition, and `else` takes all"
        " other cases."
    ),
    "dictionaries": (
        "A dictionary finds values by keys: `ages = {'Ada': 36}`, then `ages['Ada']`. Keys must not change, "
        "so they are text, numbers or tuples."
    ),
    "exceptions": ("When something fails, Python raises an exception. `try` and `except` say what to do then."),
    "f-strings": ("An f-string puts values into text: `f'Hello {name}'`. What stands in the braces is computed."),
    "files": (
        "`open(path)` opens a file; a path without a leading `/` starts from the notebook's folder. Text "
        "files have an encoding, mostly UTF-8."
    ),
    "functions": (
        "A function is a named piece of code with parameters as its input. `def` defines it, `return` gives "
        "its result back."
    ),
    "indentation": (
        "In Python the space at the start of a line says which block the line belongs to. Use four spaces for"
        " each step."
    ),
    "lists": ("A list holds items in order: `[3, 1, 2]`. `.append(item)` adds one at the end, `+` joins two lists."),
    "lists and positions": ("Positions count from 0: the first item of `items` is `items[0]`, the last `items[-1]`."),
    "loops": (
        "`for item in items:` runs its block once for each item; `while condition:` runs it as long as the "
        "condition is true, so something in the block has to change it."
    ),
    "memory": (
        "Everything that a program keeps takes memory, and the kernel has a limit. Large data is processed in parts."
    ),
    "methods": (
        "A method is a function that belongs to a value, called with a dot: `'abc'.upper()`. Each type has its own."
    ),
    "modules and imports": ("A library has to be imported before it is used: `import math`, then `math.sqrt(9)`."),
    "names and variables": (
        "A variable is a name for a value: `total = 0`. The name must be set before it is used, and is "
        "spelled exactly the same everywhere."
    ),
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
    "reading error messages": (
        "The last line of an error message names the error and says what went wrong. The lines above show the"
        " way there; look for the last one that is your own code."
    ),
    "recursion": (
        "A function that calls itself needs a case which it answers directly, and each call has to come "
        "closer to that case."
    ),
    "scope of variables": (
        "A variable that is set inside a function belongs to that function alone. Values come in through "
        "parameters and go out through `return`."
    ),
    "syntax": ("Syntax is the spelling of a language. After a syntax error nothing of the cell was run."),
    "tables (pandas)": (
        "A DataFrame is a table: `df['name']` is a column, `df.loc[...]` chooses rows by label and "
        "`df.iloc[...]` by position."
    ),
    "tests": (
        "A test compares what your code gives with what it should give, mostly with `assert`. When it fails, "
        "your code ran but gave something else."
    ),
    "text (strings)": ("Text stands between quotes, `'...'` or `\"...\"`, with the same quote at both ends."),
    "the kernel": (
        "The kernel is the program that runs your cells and remembers your variables. After a restart it has "
        "forgotten them all."
    ),
    "things that can change": (
        "Lists, dictionaries and sets can be changed after they were made; text, numbers and tuples cannot, "
        "so you make new ones from them."
    ),
    "types: text and numbers": (
        "Each value has a type. `'12'` is text and `12` a number: `int('12')` turns text into a number, "
        "`str(12)` a number into text. `input()` always gives text."
    ),
    "undefined and null": (
        'In JavaScript, what was never set is `undefined`; `null` is a deliberate "nothing". Neither has properties.'
    ),
    "unpacking": ("`a, b = pair` sets several names at once. Both sides need the same number of items."),
}
