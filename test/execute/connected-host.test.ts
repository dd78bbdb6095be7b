import assert from 'node:assert/strict';
import { ConnectedHost } from '../../src/execute/connected-host.ts';
import type { CommandResult } from '../../src/model/script.ts';
import type { Connection, ReadRequest } from '../../src/model/transport.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { boundHost, FACTS } from '../support/scripted-host.ts';

const NOTHING = { text: '', bytes: 0, sha256: '', truncated: false };
const LOST: CommandResult = { end: { how: 'lost' }, stdout: NOTHING, stderr: NOTHING, durationMs: 0 };
const REQUEST: ReadRequest = { script: { summary: 'look', text: 'look' }, timeoutMs: 1000 };

/** One whose every read is lost when its time has come. */
function connection(read: () => Promise<CommandResult>): Connection {
  return { facts: FACTS, read, close: () => Promise.resolve() } as unknown as Connection;
}

describe('a host with a connection', () => {
  const { signal } = new AbortController();
  const hostOf = (first: Connection): ConnectedHost =>
    new ConnectedHost({ clock: new FakeClock() }, boundHost('web01'), first, {
      become: 'root',
      reconnect: () => assert.fail('not asked for'),
    });

  it('is lost when a read on its connection is', async () => {
    const host = hostOf(connection(() => Promise.resolve(LOST)));
    await host.read(REQUEST, signal);
    assert.equal(host.isLost, true);
  });

  it('is not lost by a read on the connection before its restart that ends after it', async () => {
    const { promise, resolve } = Promise.withResolvers<CommandResult>();
    const host = hostOf(connection(() => promise));
    const late = host.read(REQUEST, signal);
    await host.renew(connection(() => Promise.resolve(LOST)));
    resolve(LOST);
    await late;
    assert.equal(host.isLost, false);
  });
});
