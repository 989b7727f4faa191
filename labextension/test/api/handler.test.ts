import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, OfflineError } from '../../src/api/errors';
import { cookieNamed, NexusHandler, queryString } from '../../src/api/handler';
import { routes } from '../../src/api/routes';

interface Call {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: unknown;
}

/** A server that answers from a list, and what it was asked. */
function scripted(...replies: [number, unknown, Record<string, string>?][]) {
  const calls: Call[] = [];
  const fetch = (async (url: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    calls.push({ url, method: init.method ?? 'GET', headers, body: init.body });
    const [status, body, extra] = replies.shift() ?? [500, null];
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers: extra });
  }) as unknown as typeof globalThis.fetch;
  return { calls, fetch };
}

const baseUrl = 'http://host/base/';

test('sends the XSRF cookie back as a header, on writes only', async () => {
  const server = scripted([200, {}], [200, {}]);
  const api = new NexusHandler({ baseUrl, fetch: server.fetch, cookies: () => 'a=b; _xsrf=2%7Cabc' });
  await api.get(routes.me);
  await api.post(routes.openNode('1'));
  assert.equal(server.calls[0].headers['X-XSRFToken'], undefined);
  assert.equal(server.calls[1].headers['X-XSRFToken'], '2|abc');
  assert.equal(server.calls[1].url, 'http://host/base/nexus/api/v1/nodes/1/open');
  assert.equal(server.calls[1].body, '{}');
});

test('turns the error shape into a typed error', async () => {
  const details = { fields: [{ field: 'email', message: 'not an address' }] };
  const error = { error: { code: 'invalid', message: 'Some fields are not valid.', details } };
  const server = scripted([422, error, { 'Retry-After': '7' }]);
  const api = new NexusHandler({ baseUrl, fetch: server.fetch, cookies: () => '' });
  await assert.rejects(
    api.post(routes.register, { email: 'a', password: 'b', display_name: 'c' }),
    (thrown: unknown) => {
      assert.ok(thrown instanceof ApiError);
      assert.equal(thrown.status, 422);
      assert.equal(thrown.code, 'invalid');
      assert.deepEqual(thrown.fields, details.fields);
      assert.equal(thrown.retryAfterSeconds, 7);
      return true;
    }
  );
});

test('refreshes an ended session once and repeats the request', async () => {
  const ended = { error: { code: 'unauthenticated', message: 'Log in first.', details: {} } };
  const server = scripted([401, ended], [200, {}], [200, { xp: 5 }]);
  const api = new NexusHandler({ baseUrl, fetch: server.fetch, cookies: () => '' });
  assert.deepEqual(await api.get(routes.me), { xp: 5 });
  assert.deepEqual(
    server.calls.map(call => call.url.replace('http://host/base/nexus/api/v1', '')),
    ['/me', '/auth/refresh', '/me']
  );
});

test('says that the session is over when the refresh is refused', async () => {
  const ended = { error: { code: 'unauthenticated', message: 'Log in first.', details: {} } };
  const server = scripted([401, ended], [401, ended]);
  let signedOut = 0;
  const api = new NexusHandler({
    baseUrl,
    fetch: server.fetch,
    cookies: () => '',
    onSignedOut: () => {
      signedOut++;
    }
  });
  await assert.rejects(api.get(routes.me), { code: 'unauthenticated' });
  assert.equal(signedOut, 1);
});

test('an unreachable server is an error of its own', async () => {
  const fetch = (async () => {
    throw new TypeError('network');
  }) as unknown as typeof globalThis.fetch;
  const api = new NexusHandler({ baseUrl, fetch, cookies: () => '' });
  await assert.rejects(api.get(routes.me), OfflineError);
});

test('query strings leave out what is not set', () => {
  assert.equal(queryString({ around: 'me', span: 5, q: undefined, cursor: null }), '?around=me&span=5');
  assert.equal(queryString({}), '');
});

test('cookies are found by their whole name', () => {
  assert.equal(cookieNamed('_xsrf', 'x_xsrf=1; _xsrf=a=b'), 'a=b');
  assert.equal(cookieNamed('_xsrf', 'other=1'), null);
});
