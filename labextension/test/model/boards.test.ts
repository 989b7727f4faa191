import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askFor } from '../../src/model/boards';

test('each board is asked for by its own words', () => {
  assert.deepEqual(askFor('all_time_xp'), { board: 'all_time_xp', query: {} });
  assert.deepEqual(askFor('league'), { board: 'weekly_xp', query: { league: 'mine' } });
  assert.deepEqual(askFor('last_week'), { board: 'weekly_xp', query: { week: 'last' } });
  assert.deepEqual(askFor('class/7-a'), { board: 'weekly_xp', query: { cohort: '7-a' } });
});
