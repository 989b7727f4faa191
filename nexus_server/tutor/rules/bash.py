"""Rules for what goes wrong in Bash, as the Bash kernel tells it."""

import re
from collections.abc import Mapping
from functools import partial

from nexus_server.phrases import phrase
from nexus_server.tutor.failure import Failure, Language
from nexus_server.tutor.rules.rule import Rule, code
from nexus_server.tutor.rules.source_facts import nearest

#: commands that learners meet first
_COMMANDS = (
    *("cat", "cd", "chmod", "cp", "cut", "date", "diff", "echo", "expect", "export", "find", "grep", "head", "ls"),
    *("mkdir", "mv", "printf", "pwd", "read", "rm", "sed", "seq", "sleep", "sort", "tail", "test", "touch", "tr"),
    *("uniq", "wc"),
)
_FUNCTION = re.compile(r"^\s*(?:function\s+)?([\w-]+)\s*\(\)", re.MULTILINE)
_rule = partial(Rule, language=Language.BASH)
_FAILED, _ENDED = ("CommandFailed",), ("ShellEnded",)


def _missing(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    name = match["name"]
    if re.search(rf"^\s*{re.escape(name)}\s+=|^\s*{re.escape(name)}\s*=\s", failure.cell_source, re.MULTILINE):
        return None
    own = _FUNCTION.findall("\n".join((*failure.other_cells, failure.cell_source)))
    near = nearest(name, [*own, *_COMMANDS])
    if near:
        return {"similar": phrase("There is one with a similar name: {near}.", near=code(near))}
    return {"similar": phrase("Is it a function of an earlier cell that has not run since the shell began?")}


def _spaced(failure: Failure, match: re.Match[str]) -> Mapping[str, str] | None:
    name = re.escape(match["name"])
    return {} if re.search(rf"^\s*{name}\s+=", failure.cell_source, re.MULTILINE) else None


RULES = (
    _rule(
        id="bash-spaces-around-equals",
        enames=("CommandNotFound",),
        pattern=r"^`(?P<name>[A-Za-z_]\w*)\b",
        concept="variables and quotes (Bash)",
        facts=_spaced,
        means="{name} is taken for a command {where}, because a space stands before the `=`.",
        look="{look} A word at the beginning of a line is a command, unless `=` follows it at once.",
        step="Write the name, the `=` and the value without any space between them.",
    ),
    _rule(
        id="bash-brackets",
        enames=("CommandNotFound",),
        pattern=r"^`(?P<name>\[\S*)",
        concept="conditions (Bash)",
        means="{name} {where} is not known: `[` is a command, and needs a space behind it.",
        look="{look} Is there a space behind `[` and before `]`, and around each sign between them?",
        step="Put a space on both sides of every bracket and of every sign of the comparison.",
    ),
    _rule(
        id="bash-permission",
        enames=("NotExecutable", "CommandFailed"),
        pattern=r"Permission denied|Read-only file system",
        concept="files and paths (Bash)",
        means="A file or folder {where} may not be used in this way.",
        look="{look} `ls -l` with its name shows what is allowed: r to read, w to write, x to run.",
        step="Work below your own folder. A script of yours runs with `bash` before its name, and only so.",
    ),
    _rule(
        id="bash-no-file",
        enames=("CommandFailed", "CommandNotFound"),
        pattern=r"No such file or directory",
        concept="files and paths (Bash)",
        means="A file or folder that is named {where} is not there.",
        look="{look} `pwd` tells where you are, and `ls` what is there. A name with spaces needs quotes.",
        step="Make the file first, or write the path that leads to it from where you are.",
    ),
    _rule(
        id="bash-command",
        enames=("CommandNotFound",),
        pattern=r"^`(?P<name>[^\s`]+)",
        concept="commands (Bash)",
        facts=_missing,
        means="There is no command or function called {name}; it is used {where}.",
        look="{look} {similar}",
        step="Compare the name letter by letter, upper and lower case too, and run the cell that defines it first.",
    ),
    _rule(
        id="bash-folder",
        enames=_FAILED,
        pattern=r"Is a directory|omitting directory|Not a directory|File exists|Directory not empty",
        concept="files and paths (Bash)",
        means="A name {where} stands for a folder where a file is wanted, the other way round, or is taken already.",
        look="{look} `ls -ld` with the name begins with d for a folder.",
        step="Use another name, or the option that the command has for folders, such as `-r` or `mkdir -p`.",
    ),
    _rule(
        id="bash-number",
        enames=_FAILED,
        pattern=r"integer expression expected|value too great for base|invalid arithmetic operator|operand expected",
        concept="conditions (Bash)",
        means="A whole number is wanted {where}, and something else stands there.",
        look="{look} `-eq`, `-lt`, `-gt` and `$(( ))` compute with whole numbers; texts are compared with `=`.",
        step="Print the value with `echo` first. Bash has no decimals: another program, such as `awk`, has.",
    ),
    _rule(
        id="bash-division",
        enames=_FAILED,
        pattern=r"division by 0",
        concept="conditions (Bash)",
        means="Something is divided by zero {where}.",
        look="{look} Which variable is the divisor, and is it set?",
        step="Ask whether the divisor is zero before you divide.",
    ),
    _rule(
        id="bash-unquoted",
        enames=_FAILED,
        pattern=r"too many arguments|unary operator expected|binary operator expected|missing `\]'",
        concept="variables and quotes (Bash)",
        means="The condition {where} lacks the words that it needs: a value without quotes is none, or several words.",
        look="{look} What happens to a variable there that is empty, or holds a space? Does `]` stand alone?",
        step="Put double quotes around each variable in the condition, and a space before `]`.",
    ),
    _rule(
        id="bash-redirect",
        enames=_FAILED,
        pattern=r"ambiguous redirect",
        concept="variables and quotes (Bash)",
        means="Where the output {where} shall go is not clear: the name behind `>` is empty, or several words.",
        look="{look} Which value has the variable behind `<` or `>`?",
        step="Put double quotes around the variable, and set it first.",
    ),
    _rule(
        id="bash-block",
        enames=("SyntaxError",),
        pattern=r"near unexpected token `(?P<token>.+?)'",
        concept="loops and blocks (Bash)",
        means="Bash cannot read the cell {where}: {token} does not belong there.",
        look="{look} Each `if` has a `then` and a `fi`; each `for` and `while` a `do` and a `done`.",
        step="Read from the line upwards: which word before it is missing, or which `;` or line's end?",
    ),
    _rule(
        id="bash-open",
        enames=("SyntaxError",),
        pattern=r"unexpected end of file|unexpected EOF while looking for matching",
        concept="loops and blocks (Bash)",
        means="The cell ends {where} while something is still open: a block, a quote or a bracket.",
        look="{look} Is there a `fi` for each `if`, a `done` for each `do`, a second quote for each first one?",
        step="Close what was opened last, first.",
    ),
    _rule(
        id="bash-unset",
        enames=_ENDED,
        pattern=r"unbound variable|parameter (?:null or )?not set",
        concept="variables and quotes (Bash)",
        means="A variable is used {where} that has no value, and `set -u` (or `${{name:?}}`) ends the shell for it.",
        look="{look} Which name does the message say? Is it spelled as where it is set?",
        step="Give the variable a value first. The shell began anew, so run the cells above again.",
    ),
    _rule(
        id="bash-exit",
        enames=_ENDED,
        pattern=r"",
        concept="exit status (Bash)",
        means="The cell ended the shell itself, as `exit` does; a new one began, in which nothing is set.",
        look="{look} `exit` ends the shell, also inside of a function.",
        step="Leave a function with `return` instead of `exit`, and run the cells above again.",
    ),
    _rule(
        id="bash-value",
        enames=("AssertionError",),
        pattern=r"^expected (?P<wanted>.*), got (?P<got>.*)$",
        concept="tests",
        means="The check {where} expected {wanted}, and there was {got}.",
        look="{look} Run what stands inside of `$( )` alone: what does it print?",
        step="Print only the answer, and nothing else: everything that is printed belongs to the value.",
    ),
    _rule(
        id="bash-question",
        enames=("StdinNotImplementedError",),
        pattern=r"",
        concept="commands (Bash)",
        means="`read` asks for input {where}, and nobody can answer here.",
        look="{look} A graded cell runs alone, without anybody at the keyboard.",
        step="Take the value from an argument, such as `$1`, or from a file.",
    ),
    _rule(
        id="bash-status",
        enames=_FAILED,
        pattern=r"^`?(?P<name>[^`]*?)`? ended with status (?P<status>\d+)",
        concept="exit status (Bash)",
        means="{name} {where} ended with status {status}; every status but 0 says that something did not work.",
        look="{look} What did it print before it ended? `grep`, `test` and `diff` answer a question with 1: no.",
        step="Where a failure is no mistake, put the command behind `if`, or `||` with what to do then after it.",
        is_general=True,
    ),
)
