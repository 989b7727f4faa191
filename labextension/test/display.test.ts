import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseDisplay, isMotionReduced, readDisplay, showDisplay } from '../src/display';

function browser(text: string | null = null) {
  let kept = text;
  return {
    getItem: () => kept,
    setItem: (_: string, value: string) => {
      kept = value;
    }
  };
}

const page = () => ({ dataset: {} as Record<string, string> }) as unknown as HTMLElement;
const nothing = () => false;
const everything = () => true;

test('nothing is chosen in a new browser, and the system decides', () => {
  const display = readDisplay(browser());
  assert.deepEqual(display, { contrast: 'system', reading: 'normal', motion: 'system' });
  const calm = page();
  showDisplay(calm, display, everything);
  assert.deepEqual({ ...calm.dataset }, { nxContrast: 'high', nxReading: 'normal', nxMotion: 'reduced' });
  const plain = page();
  showDisplay(plain, display, nothing);
  assert.deepEqual({ ...plain.dataset }, { nxContrast: 'normal', nxReading: 'normal', nxMotion: 'full' });
});

test('what a person chose wins over the system', () => {
  const root = page();
  showDisplay(root, { contrast: 'normal', reading: 'easy', motion: 'reduced' }, everything);
  assert.equal(root.dataset.nxContrast, 'normal');
  assert.equal(root.dataset.nxReading, 'easy');
  showDisplay(root, { contrast: 'high', reading: 'normal', motion: 'reduced' }, nothing);
  assert.equal(root.dataset.nxContrast, 'high');
  assert.ok(isMotionReduced(root));
});

test('whatever else is kept there counts for nothing', () => {
  for (const text of ['', 'no JSON', '[]', 'null', '{"contrast":"loud","reading":7}']) {
    assert.deepEqual(readDisplay(browser(text)), { contrast: 'system', reading: 'normal', motion: 'system' });
  }
  assert.equal(readDisplay(browser('{"contrast":"high","motion":1}')).contrast, 'high');
});

test('a browser that keeps nothing shows it for now', () => {
  Object.assign(globalThis, { window: { matchMedia: () => ({ matches: false }) } });
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new Error('full');
    }
  };
  const root = page();
  chooseDisplay(root, full, { contrast: 'high', reading: 'easy', motion: 'system' });
  assert.equal(root.dataset.nxContrast, 'high');
  const kept = browser();
  chooseDisplay(root, kept, { contrast: 'normal', reading: 'easy', motion: 'system' });
  assert.deepEqual(readDisplay(kept), { contrast: 'normal', reading: 'easy', motion: 'system' });
});
