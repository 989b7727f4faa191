import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { type AskedKernel, codeFor, whileValidating } from '../../src/lab/validating';

function kernel(language: string, said: string[]): AskedKernel {
  return {
    info: Promise.resolve({ language_info: { name: language } }),
    requestExecute: ({ code, silent, store_history }) => {
      assert.deepEqual([silent, store_history], [true, false], 'nobody sees it');
      said.push(code);
      return { done: Promise.resolve() };
    }
  };
}

test('cells are told that they are checked, and no longer than that', async () => {
  const said: string[] = [];
  const result = await whileValidating(kernel('python', said), async () => {
    said.push('work');
    return 3;
  });
  assert.equal(result, 3);
  assert.deepEqual(said, [codeFor('python')?.enter, 'work', codeFor('python')?.leave]);
});

test('a check that fails leaves nothing behind', async () => {
  const said: string[] = [];
  const failing = whileValidating(kernel('python', said), () => Promise.reject(new Error('no')));
  await assert.rejects(failing, /no/);
  assert.equal(said.length, 2);
});

test('a check runs without a kernel, and in a language that nobody knows', async () => {
  const said: string[] = [];
  assert.equal(await whileValidating(null, async () => 1), 1);
  assert.equal(await whileValidating(kernel('bash', said), async () => 2), 2);
  assert.deepEqual(said, []);
});

test('Python does as it is told', () => {
  const { enter, leave } = codeFor('python') ?? { enter: '', leave: '' };
  const show = "print(__import__('os').environ.get('NBGRADER_EXECUTION'))";
  const said = execFileSync('python3', ['-c', [enter, show, leave, show].join('\n')], { encoding: 'utf8' });
  assert.equal(said, 'validate\nNone\n');
});

test('Deno does as it is told', () => {
  const env = new Map<string, string>();
  const Deno = { env };
  const { enter, leave } = codeFor('typescript') ?? { enter: '', leave: '' };
  const run = (code: string) => new Function('Deno', code)(Deno);
  run(enter);
  assert.equal(env.get('NBGRADER_EXECUTION'), 'validate');
  run(leave);
  assert.equal(env.size, 0);
});
