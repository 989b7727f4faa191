import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NexusHandler } from '../../src/api/handler';
import { routes } from '../../src/api/routes';

const request = { cell_source: '1/0', error: { ename: 'ZeroDivisionError' } };

import { splitEvents } from '../../src/api/sse';

test('complete events come off, the rest waits', () => {
  const { events, rest } = splitEvents('event: delta\ndata: {"text":"a"}\n\nevent: done\ndata: {"id"');
  assert.deepEqual(events, [{ event: 'delta', data: '{"text":"a"}' }]);
  assert.equal(rest, 'event: done\ndata: {"id"');
});

test('several data lines are one text', () => {
  assert.deepEqual(splitEvents('data: a\r\ndata: b\r\n\r\n').events, [{ event: 'message', data: 'a\nb' }]);
});

function answering(...chunks: string[]) {
  const body = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(new TextEncoder().encode(chunk));
      }
      controller.close();
    }
  });
  const headers = { 'Content-Type': 'text/event-stream; charset=utf-8' };
  const fetch = (async () => new Response(body, { headers })) as unknown as typeof globalThis.fetch;
  return new NexusHandler({ baseUrl: 'http://host/', fetch, cookies: () => '' });
}

test('a streamed answer hands over its parts and ends with the whole', async () => {
  const api = answering(
    'event: delta\nda',
    'ta: {"text":"Lo"}\n\nevent: delta\ndata: {"text":"ok"}\n\n',
    'event: done\ndata: {"id":"1"}\n\n'
  );
  const parts: string[] = [];
  assert.deepEqual(await api.postStream(routes.hints, request, part => parts.push(part)), { id: '1' });
  assert.deepEqual(parts, ['Lo', 'ok']);
});

test('an error in the middle of a stream is an error', async () => {
  const api = answering(
    'event: error\ndata: {"error":{"code":"model_down","message":"Later.","details":{}}}\n\n'
  );
  await assert.rejects(
    api.postStream(routes.hints, request, () => undefined),
    { code: 'model_down' }
  );
});

test('a stream without an end is an error', async () => {
  await assert.rejects(
    answering('event: delta\ndata: {"text":"a"}\n\n').postStream(routes.hints, request, () => undefined),
    {
      code: 'broken_off'
    }
  );
});
