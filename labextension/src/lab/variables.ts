/** A kernel's variables, and what the last cell did to them. Pure. */

export interface Variable {
  name: string;
  type: string;
  /** shortened by the kernel */
  value: string;
  /** how many, or the shape; empty where it has none */
  size: string;
}

export type Change = 'new' | 'changed';

export interface Look {
  variables: readonly Variable[];
  /** by name; what stayed is not among them */
  changes: ReadonlyMap<string, Change>;
  /** the names of those that are gone since the look before */
  gone: readonly string[];
}

const HIDDEN_TYPES = "('module', 'function', 'type', 'builtin_function_or_method')";
const HIDDEN_NAMES = "('In', 'Out', 'exit', 'quit', 'get_ipython')";
const SHAPED = "str(type(v).__module__).split('.')[0] in ('numpy', 'pandas') and hasattr(v, 'shape')";

/** most variables that are looked at */
const MOST = 200;

/** A Python expression for them. It calls nothing of the learner's but `__repr__`, and survives one that fails. */
export const VARIABLES = [
  "__import__('IPython').display.JSON([[n, type(v).__name__, __import__('reprlib').repr(v),",
  `str(v.shape) if ${SHAPED} else str(len(v)) if type(v) in (str, list, tuple, dict, set) else '']`,
  `for n, v in list(globals().items()) if not n.startswith('_') and n not in ${HIDDEN_NAMES}`,
  `and type(v).__name__ not in ${HIDDEN_TYPES}][:${MOST}])`
].join(' ');

/** What the expression gave; null for anything else. */
export function variablesOf(data: unknown): Variable[] | null {
  if (!Array.isArray(data)) {
    return null;
  }
  return data
    .filter((row): row is string[] => Array.isArray(row) && row.length === 4)
    .map(([name, type, value, size]) => ({ name, type, value: value.replace(/\s+/g, ' '), size }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** The first look, to which nothing can be compared. */
export function firstLook(variables: readonly Variable[]): Look {
  return { variables, changes: new Map(), gone: [] };
}

/** Another look, and what changed since, as far as it is shown. */
export function nextLook(before: Look, variables: readonly Variable[]): Look {
  const known = new Map(before.variables.map(variable => [variable.name, variable]));
  const changes = new Map<string, Change>();
  for (const variable of variables) {
    const old = known.get(variable.name);
    if (!old) {
      changes.set(variable.name, 'new');
    } else if (old.type !== variable.type || old.value !== variable.value || old.size !== variable.size) {
      changes.set(variable.name, 'changed');
    }
    known.delete(variable.name);
  }
  return { variables, changes, gone: [...known.keys()] };
}
