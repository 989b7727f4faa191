/** The environment by which cells know that a check runs them, as nbgrader's *Validate* sets it. */

/** A kernel, as far as it is asked here. */
export interface AskedKernel {
  info: Promise<{ language_info: { name: string } }>;
  requestExecute(content: { code: string; silent: boolean; store_history: boolean }): {
    done: Promise<unknown>;
  };
}

const VARIABLES = { NBGRADER_EXECUTION: 'validate', NBGRADER_VALIDATING: '1' };

/** What sets the variables in a language, and what takes them away; null where nobody knows how. */
export function codeFor(language: string): { enter: string; leave: string } | null {
  const [values, names] = [JSON.stringify(VARIABLES), JSON.stringify(Object.keys(VARIABLES))];
  switch (language) {
    case 'python':
      return {
        enter: `__import__('os').environ.update(${values})`,
        leave: `[__import__('os').environ.pop(name, None) for name in ${names}];`
      };
    case 'typescript':
    case 'javascript':
      return {
        enter: `Object.entries(${values}).forEach(([name, value]) => Deno.env.set(name, value))`,
        leave: `${names}.forEach((name) => Deno.env.delete(name))`
      };
    default:
      return null;
  }
}

/** Do something while the kernel's cells are told that they are checked. */
export async function whileValidating<T>(kernel: AskedKernel | null, work: () => Promise<T>): Promise<T> {
  const code = kernel && codeFor((await kernel.info).language_info.name);
  if (!kernel || !code) {
    return work();
  }
  const run = (text: string) =>
    kernel.requestExecute({ code: text, silent: true, store_history: false }).done;
  await run(code.enter);
  try {
    return await work();
  } finally {
    // A kernel that died meanwhile has no environment to clean.
    await run(code.leave).catch(() => undefined);
  }
}
