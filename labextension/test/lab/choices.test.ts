import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choiceKind, choose, countBoxes } from '../../src/lab/choices';

const QUESTION =
  'Which are even?\n\n- [ ] 1\n- [x] 2\n- [ ] 3 - [ ] not a box\n  1. [X] 4\n    - [ ] below\n- 5\n';

test('only choice cells are', () => {
  assert.equal(choiceKind({ type: 'singlechoice', choice: [] }), 'singlechoice');
  assert.equal(choiceKind({ type: 'multiplechoice' }), 'multiplechoice');
  for (const other of [undefined, null, {}, { type: 'attachments' }, 'singlechoice', 7]) {
    assert.equal(choiceKind(other), null);
  }
});

test('options with boxes are counted', () => {
  assert.equal(countBoxes(QUESTION), 4);
  assert.equal(countBoxes('no list'), 0);
  assert.equal(countBoxes('- [ ]'), 0);
});

test('of several, each is ticked and cleared for itself', () => {
  const ticked = choose(QUESTION, 'multiplechoice', 0);
  assert.equal(ticked, QUESTION.replace('- [ ] 1', '- [x] 1'));
  assert.equal(choose(ticked, 'multiplechoice', 0), QUESTION);
  assert.equal(choose(QUESTION, 'multiplechoice', 3), QUESTION.replace('[X] 4', '[ ] 4'));
});

test('one of several replaces the other', () => {
  const first = choose(QUESTION, 'singlechoice', 0);
  assert.equal(
    first,
    QUESTION.replace('- [ ] 1', '- [x] 1').replace('- [x] 2', '- [ ] 2').replace('[X] 4', '[ ] 4')
  );
  assert.equal(choose(first, 'singlechoice', 0), first);
});

test('a choice that is not there changes nothing of several', () => {
  assert.equal(choose(QUESTION, 'multiplechoice', 9), QUESTION);
});
