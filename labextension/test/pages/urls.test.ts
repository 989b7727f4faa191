import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signOnUrl } from '../../src/api/routes';
import { nextPath, renewOnce, signOnProblem, tokenOf } from '../../src/pages/urls';
import { wordsOf } from '../../src/words';

const words = wordsOf({});

test('goes where it was asked to, on this site only', () => {
  assert.equal(nextPath('', '/'), '/nexus');
  assert.equal(nextPath('?next=/lab/tree/a.ipynb', '/'), '/lab/tree/a.ipynb');
  assert.equal(nextPath('?next=%2Flab%3Freset', '/'), '/lab?reset');
  for (const evil of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/a\tb'
  ]) {
    assert.equal(nextPath(`?next=${encodeURIComponent(evil)}`, '/'), '/nexus', evil);
  }
});

test('never leads back to the pages themselves', () => {
  assert.equal(nextPath('?next=/nexus/login', '/'), '/nexus');
  assert.equal(nextPath('?next=/', '/'), '/nexus');
});

test('reads the token of a mailed link from the fragment', () => {
  assert.equal(tokenOf('#token=abc-1'), 'abc-1');
  assert.equal(tokenOf(''), '');
});

test('tries to renew a login once, and only when sent here', () => {
  const values = new Map<string, string>();
  const storage = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value)
  };
  assert.equal(renewOnce('', storage, 100_000), false);
  assert.equal(renewOnce('?next=/lab', storage, 100_000), true);
  assert.equal(renewOnce('?next=/lab', storage, 110_000), false);
  assert.equal(renewOnce('?next=/lab', storage, 140_000), true);
});

test('leads to an identity provider and back', () => {
  assert.equal(
    signOnUrl('/base/', 'campus', '/lab?a=b&c'),
    '/base/nexus/api/v1/auth/oidc/campus/login?next=%2Flab%3Fa%3Db%26c'
  );
});

test('says what went wrong with a sign-on, never in words from the address', () => {
  assert.equal(signOnProblem('?next=/lab', words), null);
  assert.match(signOnProblem('?problem=email_not_verified', words) ?? '', /did not verify/);
  assert.equal(signOnProblem('?problem=<b>call+me</b>', words), 'Signing on did not work. Start again.');
  assert.equal(signOnProblem('?problem=toString', words), 'Signing on did not work. Start again.');
});
