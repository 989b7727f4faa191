import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { ISessionContext } from '@jupyterlab/apputils';
import { Signal } from '@lumino/signaling';
import { KernelWatch } from '../../src/kernel/watch';

/** A session context whose kernel and signals are in the test's hand. */
function world(kernel: object | null = { id: 'k1', name: 'nexus-python', connectionStatus: 'connected' }) {
  const started: unknown[] = [];
  const context = {
    session: kernel ? { kernel } : null,
    isReady: kernel !== null,
    prevKernelName: 'nexus-python',
    changeKernel: async (model: unknown) => void started.push(model)
  };
  const signals = {
    kernelChanged: new Signal<object, { newValue: unknown }>(context),
    connectionStatusChanged: new Signal<object, string>(context),
    statusChanged: new Signal<object, string>(context)
  };
  const watch = new KernelWatch(Object.assign(context, signals) as unknown as ISessionContext);
  const kind = () => watch.snapshot().trouble?.kind ?? null;
  return { ...signals, context, kind, started, watch };
}

test('a notebook without a kernel shows its place in the queue, until the kernel is there', () => {
  const { kernelChanged, kind, watch } = world(null);
  assert.equal(watch.take({ type: 'queue.position', kernel_id: 'k9', position: 3, wait_s: null }), true);
  assert.deepEqual(watch.snapshot().trouble, { kind: 'waiting', position: 3, seconds: null });
  watch.take({ type: 'queue.position', kernel_id: 'k9', position: 0, wait_s: 0 });
  assert.deepEqual(watch.snapshot().trouble, { kind: 'waiting', position: 0, seconds: 0 });
  kernelChanged.emit({ newValue: { id: 'k9', connectionStatus: 'connecting' } });
  assert.equal(kind(), null);
});

test('the place of a submission, or of another notebook’s kernel, is none of its business', () => {
  const { kind, watch } = world();
  assert.equal(
    watch.take({ type: 'queue.position', submission_id: 's1', node_id: 'n1', position: 1 }),
    false
  );
  assert.equal(watch.take({ type: 'queue.position', kernel_id: 'k9', position: 1, wait_s: 2 }), false);
  assert.equal(kind(), null);
});

test('a kernel’s end is shown with its reason until it is started again', async () => {
  const { context, kernelChanged, kind, started, watch } = world();
  assert.equal(watch.take({ type: 'kernel.died', kernel_id: 'other', reason: 'memory', message: '' }), false);
  watch.take({ type: 'kernel.died', kernel_id: 'k1', reason: 'memory', message: 'Less data.' });
  assert.deepEqual(watch.snapshot().trouble, { kind: 'died', reason: 'memory', message: 'Less data.' });

  const dead = { id: 'k1', name: 'nexus-python', status: 'dead' };
  context.session = { kernel: dead };
  kernelChanged.emit({ newValue: dead });
  assert.equal(kind(), 'died', 'JupyterLab hands the dead kernel on once more');

  await watch.restart();
  assert.deepEqual(started, [{ name: 'nexus-python' }]);
  assert.equal(kind(), null);
});

test('what a kernel said before its end may come after the news of it, and changes nothing', () => {
  const { connectionStatusChanged, kind, statusChanged, watch } = world();
  assert.equal(watch.isOver, false);
  watch.take({ type: 'kernel.died', kernel_id: 'k1', reason: 'exited', message: '' });
  statusChanged.emit('busy');
  assert.equal(kind(), 'died');
  assert.equal(watch.isOver, true, 'though its own connection has not said so yet');

  connectionStatusChanged.emit('connected');
  statusChanged.emit('idle');
  assert.equal(kind(), null, 'on a new connection it is alive: somebody else started it again');
  assert.equal(watch.isOver, false);
});

test('a lost connection is worth a word when it lasts, and none when it is back at once', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { connectionStatusChanged, kind } = world();
  connectionStatusChanged.emit('connecting');
  mock.timers.tick(500);
  connectionStatusChanged.emit('connected');
  mock.timers.tick(5_000);
  assert.equal(kind(), null);

  connectionStatusChanged.emit('connecting');
  mock.timers.tick(5_000);
  assert.equal(kind(), 'lost');
  connectionStatusChanged.emit('disconnected');
  assert.equal(kind(), 'given-up');
  connectionStatusChanged.emit('connected');
  assert.equal(kind(), null);
  mock.timers.reset();
});

test('a notebook that lost its session with the connection gets a new one when it tries again', async () => {
  const { connectionStatusChanged, context, kind, started, watch } = world();
  context.session = null;
  connectionStatusChanged.emit('disconnected');
  assert.equal(kind(), 'given-up');
  await watch.reconnect();
  assert.deepEqual(started, [{ name: 'nexus-python' }]);
});

test('a limit that a cell ran into is shown until it is closed', () => {
  const { kind, watch } = world();
  assert.equal(watch.take({ type: 'kernel.limit', kernel_id: 'k9', limit: 'disk', message: 'Full.' }), false);
  assert.equal(watch.take({ type: 'kernel.limit', kernel_id: 'k1', limit: 'disk', message: 'Full.' }), true);
  assert.deepEqual(watch.snapshot().trouble, { kind: 'limit', limit: 'disk', message: 'Full.' });
  watch.dismiss();
  assert.equal(kind(), null);
});

test('a cell that was interrupted for its time says so, and what to do', () => {
  const { kind, watch } = world();
  const interrupted = {
    type: 'cell.interrupted',
    kernel_id: 'k1',
    reason: 'wall_clock',
    message: 'Too long.'
  } as const;
  assert.equal(watch.take({ ...interrupted, kernel_id: 'k9' }), false);
  watch.take(interrupted);
  assert.deepEqual(watch.snapshot().trouble, { kind: 'interrupted', message: 'Too long.' });
  watch.dismiss();
  assert.equal(kind(), null);
});
