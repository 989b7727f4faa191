"""Take Deno's program out of its wheel, and have its kernel show the values that it drops or takes for errors.

The kernel is JavaScript, kept as text in the program. Here expressions of it are replaced by others of the same length.

- It passes a cell's value on to be shown as what JSON can hold of it. V8 names `NaN`, `Infinity`, `-0` and BigInt in
  another field, so a cell that ends with one of them shows nothing.
- Half of a surrogate pair, as the first unit of an emoji, is no JSON for Rust. V8's answer is lost when there is one in
  it, and a cell with such a value ends with the error "Unterminated string literal". Its promise knows, which
  `first_cell.js` keeps.
"""

import sys
import zipfile
from pathlib import Path

DROPPING = b"""const arg1 = result.objectId
            ? { objectId: result.objectId }
            : { value: result.value };"""
KEEPING = b"const arg1 = result;"

EVALUATING = b"""await iopub.send(inputFrames);

    // Ask REPL thread to evaluate
    let evalResult = null;
    try {
      evalResult = await op_jupyter_repl_evaluate(code);
    } catch (e) {
      // Evaluation threw (e.g. interrupted)
      const errFrames = await encodeMsg(
        session,
        key,
        [],
        "error",
        {
          ename: e?.name || "Error",
          evalue: e?.message || String(e),
          traceback: [],
        },
        parentHeader,
      );"""
ASKING = b"""await iopub.send(inputFrames);
let evalResult = null;
try {
const t = Date.now();
evalResult = await op_jupyter_repl_evaluate(code);
const d = evalResult?.exceptionDetails;
if (d && !d.exception)
evalResult = await op_jupyter_repl_call_function_on_args("_ended", [{ type: "number", value: t }]);
} catch (e) {
const said = { ename: e?.name || "Error", evalue: e?.message || `${e}`, traceback: [] };
const errFrames = await encodeMsg(session, key, [], "error", said, parentHeader);"""

#: what every cell begins with; the member's getter is `first_cell.js`'s
BEGINNING = b"'use strict'; void 0;\xc0"
TELLING = b"'use strict';this._$;\xc0"

REPLACED = ((DROPPING, KEEPING), (EVALUATING, ASKING), (BEGINNING, TELLING))


def shows_all_values(program: bytes) -> bytes:
    """Return the program with a kernel that shows every value.

    Raises:
        SystemExit: this Deno's kernel is written otherwise; look at how it shows `NaN` and half of a surrogate pair,
            and change this module.
    """
    for old, new in REPLACED:
        if program.count(old) != 1:
            sys.exit("install_deno.py does not know this version of Deno's kernel.")
        program = program.replace(old, new.ljust(len(old)))
    return program


def main() -> None:
    """Install from the wheel in the directory argv[1] to the file argv[2]."""
    wheel = next(Path(sys.argv[1]).glob("deno-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/scripts/deno"))
        program = archive.read(name)
    target = Path(sys.argv[2])
    target.write_bytes(shows_all_values(program))
    target.chmod(0o755)


if __name__ == "__main__":
    main()
