import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownFrames, whereToLook } from '../../src/lab/traceback';

const ESC = '\u001b';
const NESTED = [
  `${ESC}[31m---------------------------------------------------------------------------${ESC}[39m`,
  `${ESC}[31mZeroDivisionError${ESC}[39m                         Traceback (most recent call last)`,
  `${ESC}[36mCell${ESC}[39m${ESC}[36m ${ESC}[39m${ESC}[32mIn[7]${ESC}[39m${ESC}[32m, line 2${ESC}[39m\n      1 # a test\n----> 2 assert mean([]) == 0\n`,
  `${ESC}[36mCell${ESC}[39m ${ESC}[32mIn[3]${ESC}[39m${ESC}[32m, line 2${ESC}[39m, in mean(values)\n      1 def mean(values):\n----> 2     return sum(values) / len(values)\n`,
  `${ESC}[31mZeroDivisionError${ESC}[39m: division by zero`
];

test('the lines of the own cells are found, through colours and inner calls', () => {
  assert.deepEqual(ownFrames(NESTED), [
    { count: 7, line: 2, code: 'assert mean([]) == 0' },
    { count: 3, line: 2, code: 'return sum(values) / len(values)' }
  ]);
  assert.equal(whereToLook(NESTED)?.count, 3);
});

test('a text that Python cannot read names its line, too', () => {
  const unread = [
    "  Cell In[4], line 1\n    def mean(values)\n                    ^\nSyntaxError: expected ':'"
  ];
  assert.deepEqual(whereToLook(unread), { count: 4, line: 1, code: 'def mean(values)' });
});

test('a traceback of other languages or modules leads nowhere', () => {
  assert.equal(whereToLook([]), null);
  assert.equal(whereToLook(['Error: x\n    at file:///repl.ts:1:7']), null);
});
