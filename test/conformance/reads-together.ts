import assert from 'node:assert/strict';
import type { CommandResult } from '../../src/model/script.ts';
import { skip } from '../support/skip.ts';
import type { TransportUnderTest } from './transport.ts';

/** One connection under test, new for each of the tests. */
export interface Reading {
  readonly under: () => TransportUnderTest;
  readonly read: (text: string, more?: object, timeoutMs?: number) => Promise<CommandResult>;
  readonly look: (command: string) => Promise<string>;
  readonly waitFor: (command: string, wanted: string) => Promise<void>;
}

const exit = (code: number) => ({ how: 'exit', code });
const newFile = (): string => `/tmp/runbook-test-${process.pid}-${Math.random().toString(36).slice(2)}`;

/** No read can tell that others were sent with it, whatever these do. */
export function describeReadsTogether({ under, read, look, waitFor }: Reading): void {
  it('hear nothing of a daemon that one of them left, and let it live', async function () {
    this.timeout(20_000);
    const file = newFile();
    const daemon = `(i=0; while [ $i -lt 20 ]; do echo tick; echo tock >&2; i=$((i+1)); sleep 0.1; done; echo whole >${file}) &`;
    const results = await Promise.all([read(daemon), read('echo a; sleep 0.3'), read('echo b'), read('echo c')]);
    assert.deepEqual(
      results.slice(1).map(({ end, stdout, stderr }) => [end, stdout.text, stderr.text]),
      ['a\n', 'b\n', 'c\n'].map((text) => [exit(0), text, '']),
    );
    await waitFor(`cat ${file}`, 'whole');
    await look(`rm -f ${file}`);
  });

  it('go on when one of them ends the shell it runs in', async () => {
    const results = await Promise.all(
      ['echo a', 'echo b; kill -9 $$', 'echo c', 'kill $$', 'echo d'].map((text) => read(text)),
    );
    assert.deepEqual(
      results.map(({ end, stdout }) => ('code' in end ? stdout.text : 'signal' in end ? end.signal : end.how)),
      ['a\n', 'KILL', 'c\n', 'TERM', 'd\n'],
    );
  });

  it('go on when one of them is over its deadline', async function () {
    this.timeout(30_000);
    const slow = read('sleep 77', {}, 300);
    const results = await Promise.all([read('echo a'), slow, read('echo b'), read('echo c')]);
    assert.deepEqual(
      results.map(({ end, stdout }) => ('code' in end ? stdout.text : end.how)),
      ['a\n', 'timeout', 'b\n', 'c\n'],
    );
  });

  it('end with their connection', async function () {
    this.timeout(30_000);
    const transport = under();
    if (transport.cut === undefined) skip(this, 'no link leads to this machine that could be cut');
    const sleeper = `${Math.floor(10_000 + Math.random() * 80_000)}`;
    const running = read(`sleep ${sleeper}`, {}, 60_000);
    await waitFor(`pgrep -fc 'sleep ${sleeper}$'`, '1');
    await transport.cut();
    assert.deepEqual((await running).end, { how: 'lost' });
    await waitFor(`pgrep -fc 'sleep ${sleeper}$'`, '0');
  });

  it('run in order', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => read(`echo ${index}`)));
    assert.deepEqual(
      results.map(({ stdout }) => stdout.text.trim()),
      results.map((_, index) => `${index}`),
    );
  });
}
