import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NexusHandler } from '../../src/api/handler';
import type { JupyterApi } from '../../src/learn/jupyter-api';
import { LabStarts } from '../../src/learn/lab-starts';

function starts(isOpen = true) {
  const asked: string[] = [];
  const api = {
    post: async (path: string) => {
      asked.push(path);
      if (!isOpen) {
        throw new Error('Locked.');
      }
      return { status: 'in_progress', path: 'a/b/b.ipynb', kernel_name: 'nexus-python' };
    }
  } as unknown as NexusHandler;
  const jupyter = {
    post: async (path: string, body: { path: string; kernel: { name: string } }) => {
      asked.push(`${path} ${body.path} ${body.kernel.name}`);
    }
  } as unknown as JupyterApi;
  const loadPage = async () => void asked.push('page');
  return { asked, starts: new LabStarts(api, jupyter, loadPage) };
}

test('a lab that is begun early is opened once, and its kernel asked for beside its page', async () => {
  const { asked, starts: labs } = starts();
  labs.begin('7');
  const { path, session } = await labs.take('7');
  await session;
  assert.equal(path, 'a/b/b.ipynb');
  assert.deepEqual(asked.toSorted(), ['/nodes/7/open', 'api/sessions a/b/b.ipynb nexus-python', 'page']);
});

test('another visit opens it again', async () => {
  const { asked, starts: labs } = starts();
  await labs.take('7');
  await labs.take('7');
  assert.equal(asked.filter(one => one === '/nodes/7/open').length, 2);
});

test('a lab that may not be opened says why when its page asks, and may be tried again', async () => {
  const { asked, starts: labs } = starts(false);
  labs.begin('7');
  await assert.rejects(labs.take('7'), /Locked/);
  await assert.rejects(labs.take('7'), /Locked/);
  assert.equal(asked.filter(one => one === '/nodes/7/open').length, 2);
});
