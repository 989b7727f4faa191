import type { NotebookPanel } from '@jupyterlab/notebook';
import { comparisonOf } from '../lab/assertion';
import { ownFrames } from '../lab/traceback';

/** What a failed test wanted and what it got, as the kernel prints them. */
export interface Compared {
  expected: string;
  got: string;
}

interface Expression {
  status: string;
  data?: Record<string, unknown>;
}

/** Ask the kernel for both sides of the comparison that a failed test ended with; null where there is none to ask for. */
export async function compared(notebook: NotebookPanel, traceback: string[]): Promise<Compared | null> {
  const kernel = notebook.sessionContext.session?.kernel;
  const comparison = comparisonOf(ownFrames(traceback)[0]?.code ?? '');
  if (!kernel || !comparison) {
    return null;
  }
  const request = { code: '', silent: true, store_history: false, user_expressions: { ...comparison } };
  const { content } = await kernel.requestExecute(request).done;
  const values =
    content.status === 'ok' ? (content.user_expressions as unknown as Record<string, Expression>) : {};
  const [got, expected] = [textOf(values.got), textOf(values.expected)];
  // the same to the eye: printing them would only confuse
  return got === null || expected === null || got === expected ? null : { got, expected };
}

function textOf(value: Expression | undefined): string | null {
  const text = value?.status === 'ok' ? value.data?.['text/plain'] : null;
  return typeof text === 'string' ? text : null;
}
