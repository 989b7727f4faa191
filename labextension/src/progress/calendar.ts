/** What a learner did, as a calendar of weeks and a line of XP. Pure; days are ISO dates of the learner's own zone. */

import type { ActiveDay, Activity } from '../api/contract';
import { readersLocale } from '../format';

export interface CalendarDay {
  day: string;
  /** null: it is still to come */
  achievements: number | null;
  /** 0: not there; 1: there; 2 to 4: the more, the higher */
  level: number;
}

const DAY_MS = 86_400_000;

/** The weeks from the first Monday on, each from Monday to Sunday. */
export function weeksOf({ since, until, days }: Activity): CalendarDay[][] {
  const known = new Map(days.map(one => [one.day, one]));
  const weeks: CalendarDay[][] = [];
  for (let monday = since; monday <= until; monday = later(monday, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, n) => dayOf(later(monday, n), until, known)));
  }
  return weeks;
}

function dayOf(day: string, until: string, known: Map<string, ActiveDay>): CalendarDay {
  const found = known.get(day);
  return {
    day,
    achievements: day > until ? null : (found?.achievements ?? 0),
    level: found ? levelOf(found.achievements) : 0
  };
}

function levelOf(achievements: number): number {
  const steps = [1, 3, 6];
  return 1 + steps.filter(step => achievements >= step).length;
}

export interface XpPoint {
  day: string;
  xp: number;
}

/** XP at the end of each day with XP, from the beginning to today. */
export function xpLine({ since, until, xp_before, days }: Activity): XpPoint[] {
  let xp = xp_before;
  const line = [{ day: since, xp }];
  for (const one of days) {
    if (one.xp) {
      xp += one.xp;
      line.push({ day: one.day, xp });
    }
  }
  return [...line, { day: until, xp }];
}

/** The line as an SVG path of steps in a box; the lowest XP is at its bottom. */
export function pathOf(line: XpPoint[], width: number, height: number): string {
  const [first, last] = [line[0], line[line.length - 1]];
  const days = Math.max(1, between(first.day, last.day));
  const rise = Math.max(1, last.xp - first.xp);
  const x = ({ day }: XpPoint) => round((between(first.day, day) / days) * width);
  const y = ({ xp }: XpPoint) => round(height - ((xp - first.xp) / rise) * height);
  return line.reduce((path, point) => `${path}H${x(point)}V${y(point)}`, `M0 ${height}`);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function between(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS;
}

function later(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** A date of the learner's own zone in the reader's words: the browser's zone must not move it. */
export function dayInWords(day: string, locale = readersLocale()): string {
  return new Date(day).toLocaleDateString(locale, { timeZone: 'UTC', dateStyle: 'medium' });
}
