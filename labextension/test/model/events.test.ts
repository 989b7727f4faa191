import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NexusEvent } from '../../src/api/contract';
import { EventStream, parseEvent, pauseAfter, type SocketLike } from '../../src/model/events';

class Socket implements SocketLike {
  onopen: SocketLike['onopen'] = null;
  onclose: SocketLike['onclose'] = null;
  onmessage: SocketLike['onmessage'] = null;
  close(code = 1006): void {
    this.onclose?.({ code } as CloseEvent);
  }
  open(): void {
    this.onopen?.(null as unknown as Event);
  }
  say(data: unknown): void {
    this.onmessage?.({ data } as MessageEvent);
  }
}

/** Wait until every promise at hand has settled. */
const settled = () => new Promise(resolve => setImmediate(resolve));

test('comes back with its cursor, and hears what it missed once', async () => {
  const sockets: Socket[] = [];
  const asked: (string | null)[] = [];
  const later: (() => void)[] = [];
  const heard: (string | NexusEvent)[] = [];
  const stream = new EventStream({
    connect: after => {
      asked.push(after);
      return sockets[sockets.push(new Socket()) - 1];
    },
    onEvent: event => event.type !== 'hello' && heard.push(event.type),
    onConnected: () => heard.push('connected'),
    onMissed: () => heard.push('missed'),
    schedule: run => later.push(run)
  });
  const comeBack = async () => {
    sockets[sockets.length - 1].close();
    await settled();
    assert.equal(stream.connected, false);
    later.shift()?.();
    sockets[sockets.length - 1].open();
  };
  stream.open();
  sockets[0].open();
  assert.equal(stream.connected, true);
  sockets[0].say('{"type":"hello","is_resumed":false,"cursor":"1-a"}');
  await comeBack();
  sockets[1].say('{"type":"hello","is_resumed":true,"cursor":"1-a"}');
  sockets[1].say('{"type":"rank.up","cursor":"2-a"}');
  await comeBack();
  sockets[2].say('{"type":"hello","is_resumed":true,"cursor":"2-a"}');
  sockets[2].say('{"type":"rank.up","cursor":"2-a"}');
  sockets[2].say('{"type":"badge.earned","cursor":"3-a"}');
  await comeBack();
  sockets[3].say('{"type":"hello","is_resumed":false,"cursor":"9-b"}');
  assert.deepEqual(asked, [null, '1-a', '2-a', '3-a']);
  const [on, rank, badge] = ['connected', 'rank.up', 'badge.earned'];
  assert.deepEqual(heard, [on, on, rank, on, badge, on, 'missed']);
});

test('does not come back after it was closed on purpose', async () => {
  const later: (() => void)[] = [];
  const socket = new Socket();
  const stream = new EventStream({
    connect: () => socket,
    onEvent: () => undefined,
    schedule: run => later.push(run)
  });
  stream.open();
  stream.close();
  await settled();
  assert.equal(later.length, 0);
});

test('comes back after the end of a login only with a new one', async () => {
  for (const renewed of [true, false]) {
    const later: (() => void)[] = [];
    const socket = new Socket();
    const stream = new EventStream({
      connect: () => socket,
      onEvent: () => undefined,
      mayReconnect: async () => renewed,
      schedule: run => later.push(run)
    });
    stream.open();
    socket.open();
    socket.close(4401);
    await settled();
    assert.equal(later.length, renewed ? 1 : 0);
  }
});

test('pauses double up to half a minute', () => {
  assert.deepEqual([1, 2, 3, 20].map(pauseAfter), [500, 1000, 2000, 30_000]);
});

test('ignores what is not an event', () => {
  assert.equal(parseEvent('nonsense'), null);
  assert.equal(parseEvent('{"no":"type"}'), null);
  assert.equal(parseEvent('null'), null);
  assert.equal(parseEvent(new ArrayBuffer(1)), null);
  assert.deepEqual(parseEvent('{"type":"a"}'), { type: 'a' });
});
