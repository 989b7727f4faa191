import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Activity } from '../../src/api/contract';
import { dayInWords, pathOf, weeksOf, xpLine } from '../../src/progress/calendar';

const activity: Activity = {
  since: '2026-11-16',
  until: '2026-11-25',
  xp_before: 100,
  goal: null,
  days: [
    { day: '2026-11-16', achievements: 1, xp: 25 },
    { day: '2026-11-20', achievements: 0, xp: 0 },
    { day: '2026-11-25', achievements: 6, xp: 75 }
  ]
};

test('weeks begin on Monday and end with days that are still to come', () => {
  const weeks = weeksOf(activity);
  assert.deepEqual(
    weeks.map(week => week.map(({ day }) => day.slice(-2)).join(' ')),
    ['16 17 18 19 20 21 22', '23 24 25 26 27 28 29']
  );
  assert.deepEqual(
    weeks.map(week => week.map(({ level }) => level).join('')),
    ['2000100', '0040000']
  );
  assert.equal(weeks[1][3].achievements, null);
});

test('a leap day and the change of the clocks are days like any other', () => {
  const [week] = weeksOf({ ...activity, since: '2028-02-28', until: '2028-02-28' });
  assert.deepEqual([week[1].day, week[2].day], ['2028-02-29', '2028-03-01']);
  const clocks = weeksOf({ ...activity, since: '2026-10-19', until: '2026-11-01' });
  assert.equal(clocks.flat().length, new Set(clocks.flat().map(({ day }) => day)).size);
});

test('the line of XP begins with what was there before and ends today', () => {
  const line = xpLine(activity);
  assert.deepEqual(
    line.map(({ xp }) => xp),
    [100, 125, 200, 200]
  );
  assert.equal(pathOf(line, 90, 50), 'M0 50H0V50H0V37.5H90V0H90V0');
});

test('without anything the line is flat', () => {
  const line = xpLine({ ...activity, since: '2026-11-25', xp_before: 0, days: [] });
  assert.equal(pathOf(line, 90, 50), 'M0 50H0V50H0V50');
});

test('a day stays the day that it is, wherever the browser is', () => {
  assert.equal(dayInWords('2026-11-16', 'en-GB'), '16 Nov 2026');
});
