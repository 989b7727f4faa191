import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formulasOnly, mayHaveFormula } from '../../src/notebook/formulas';

test('every way to write a formula is seen', () => {
  for (const text of ['$x^2$', '$$x$$', 'so \\(x\\) is', '\\[x\\]', '\\begin{align}x\\end{align}']) {
    assert.equal(mayHaveFormula(text), true, text);
  }
  assert.equal(mayHaveFormula('Water boils at 212 °F (100 °C).'), false);
});

test('only a text with a formula troubles the typesetter', () => {
  const set: (string | null)[] = [];
  const typesetter = formulasOnly({ typeset: node => void set.push(node.textContent) });
  for (const textContent of ['no formula', 'the mean is $\\bar x$', null]) {
    typesetter.typeset({ textContent } as HTMLElement);
  }
  assert.deepEqual(set, ['the mean is $\\bar x$']);
});
