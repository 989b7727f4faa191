import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceOf } from '../../src/profile/user-agent';

const MOZILLA = 'Mozilla/5.0';
const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const known: [string, string, string][] = [
  [`${MOZILLA} (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0`, 'Firefox', 'Linux'],
  [`${MOZILLA} (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0 Safari/537.36`, 'Chrome', 'Windows'],
  [`${MOZILLA} (Windows NT 10.0) ${WEBKIT} Chrome/126.0 Safari/537.36 Edg/126.0`, 'Edge', 'Windows'],
  [`${MOZILLA} (Macintosh; Intel Mac OS X 14_5) ${WEBKIT} Version/17.5 Safari/605.1.15`, 'Safari', 'macOS'],
  [`${MOZILLA} (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${WEBKIT} CriOS/126 Safari/604.1`, 'Chrome', 'iOS'],
  [
    `${MOZILLA} (Linux; Android 14; Pixel 8) ${WEBKIT} Chrome/126.0 Mobile Safari/537.36`,
    'Chrome',
    'Android'
  ],
  ['python-httpx/0.28.1', 'Python', ''],
  ['', '', ''],
  ['<script>alert(1)</script>', '', '']
];

for (const [userAgent, browser, system] of known) {
  test(`${browser || 'nothing'} on ${system || 'nothing'}: ${userAgent.slice(0, 30)}`, () => {
    assert.deepEqual(deviceOf(userAgent), { browser, system });
  });
}
