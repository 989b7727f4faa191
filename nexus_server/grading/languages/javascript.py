"""JavaScript and TypeScript, in Deno's kernel.

A notebook's code can replace what tests rely on: `assert.equal = () => {}`. So what the language brings along is
remembered before any of it runs, and put back before each test.
"""

import base64
import json
import secrets
from collections.abc import Collection, Iterator, Mapping

from nexus_server.grading.languages.language import Canary, LanguageSupport, inside

#: bytes of a file in one cell, whose text the kernel's memory has to hold several times over
CHUNK = 512 * 1024

_WRITE_CHUNK = """{{
  const folder = {name}.split("/").slice(0, -1).join("/");
  if (folder) Deno.mkdirSync(folder, {{recursive: true}});
  const text = atob("{data}");
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at);
  Deno.writeFileSync({name}, bytes, {{append: {append}}});
}}"""

_REMOVE_FILES = "for (const name of {names}) {{ try {{ Deno.removeSync(name); }} catch {{ /* is not there */ }} }}"

# Once the notebook's code ran, the function may use nothing of the language but what was taken along here: hence no
# methods, no `for of`, and descriptors without a prototype.
_GUARD = """Object.defineProperty(globalThis, "_nexusReset", {value: await (async () => {
  const {defineProperty, deleteProperty, getOwnPropertyDescriptor, ownKeys, setPrototypeOf} = Reflect;
  const same = Object.is;
  const names = `Object Function Array String Number Boolean Symbol BigInt Math JSON Reflect Promise Proxy Map Set
    WeakMap WeakSet RegExp Date Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError
    ArrayBuffer DataView Int8Array Uint8Array Int32Array Float32Array Float64Array isNaN isFinite parseInt parseFloat
    console structuredClone globalThis`.split(/\\s+/);
  const {default: assert, strict} = await import("node:assert");
  const made = names.map((name) => globalThis[name]);
  const walks = [[].values(), new Map().values(), new Set().values(), ""[Symbol.iterator](), (function* () {})()];
  const owners = new Set([...made, ...made.map((each) => each.prototype), ...walks.map(Object.getPrototypeOf),
    assert, strict, strict.AssertionError.prototype, (async () => {}).constructor.prototype,
    Object.getPrototypeOf(Uint8Array), Object.getPrototypeOf(Uint8Array.prototype),
    Deno, Deno.jupyter, Deno[Deno.internal]].filter((each) => Object(each) === each));
  owners.delete(globalThis);
  const described = (owner, keys) => keys.map((key) => {
    const found = getOwnPropertyDescriptor(owner, key);
    setPrototypeOf(found, null);
    return found;
  });
  const kept = Array.from(owners, (owner) => [owner, ownKeys(owner), described(owner, ownKeys(owner))]);
  kept.push([globalThis, names, described(globalThis, names)]);
  const drop = (owner, keys) => {
    const present = ownKeys(owner);
    for (let i = 0; i < present.length; i++) {
      let isNew = typeof present[i] === "symbol";
      for (let k = 0; isNew && k < keys.length; k++) isNew = keys[k] !== present[i];
      if (isNew) deleteProperty(owner, present[i]);
    }
  };
  return () => {
    for (let i = 0; i < kept.length; i++) {
      const owner = kept[i][0], keys = kept[i][1], found = kept[i][2];
      if (owner !== globalThis) drop(owner, keys);
      for (let k = 0; k < keys.length; k++) {
        const now = getOwnPropertyDescriptor(owner, keys[k]);
        if (now && same(now.value, found[k].value) && now.get === found[k].get) continue;
        defineProperty(owner, keys[k], found[k]);
      }
    }
  };
})()});"""


def _environment(variables: Mapping[str, str]) -> str:
    return "".join(f"Deno.env.set({json.dumps(name)}, {json.dumps(value)});\n" for name, value in variables.items())


def _file_cells(files: Mapping[str, bytes]) -> Iterator[str]:
    for name, data in inside(files).items():
        for start in range(0, max(len(data), 1), CHUNK):
            chunk = base64.b64encode(data[start : start + CHUNK]).decode()
            yield _WRITE_CHUNK.format(name=json.dumps(name), data=chunk, append=json.dumps(start > 0))


def _removal(names: Collection[str]) -> str:
    return _REMOVE_FILES.format(names=json.dumps(sorted(inside(dict.fromkeys(names, b"")))))


def _reset(_unshadow: Collection[str]) -> str:
    return "_nexusReset()"


def _canaries() -> list[Canary]:
    a = secrets.randbelow(10**6) + 2
    b = a + secrets.randbelow(1000) + 1
    token = secrets.token_hex(8)
    strict = 'await import("node:assert/strict")'
    return [
        Canary(f"if ({a} !== {b}) throw new Error('{token}')", "Error"),
        Canary(f"if ({a} !== {a} || '{token}'.length !== {len(token)}) throw new Error('{token}')"),
        Canary(f"null.{'x' + token}", "TypeError"),
        Canary(f"({strict}).default.equal({a}, {b})", "AssertionError"),
        Canary(f"({strict}).default.deepEqual([{a}], [{b}])", "AssertionError"),
        Canary(f"if (![{a}, {b}].every((n) => n > {a})) throw new TypeError('{token}')", "TypeError"),
        Canary(f"Math.abs(-{a}) + JSON.parse('{b}') - [{b}].length", must_show=str(a + b - 1)),
        Canary(f"{a} - {a}", must_show="0"),
    ]


JAVASCRIPT = LanguageSupport(
    file_cells=_file_cells, removal=_removal, guard=_GUARD, environment=_environment, reset=_reset, canaries=_canaries
)
