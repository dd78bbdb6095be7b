import assert from 'node:assert/strict';
import { ConnectedHost } from '../../src/execute/connected-host.ts';
import type { CommandResult } from '../../src/model/script.ts';
import type { Connection, ReadRequest } from '../../src/model/transport.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { boundHost, FACTS } from '../support/scripted-host.ts';

const NOTHING = { text: '', bytes: 0, sha256: '', truncated: false };
const ended = (end: CommandResult['end']): CommandResult => ({ end, stdout: NOTHING, stderr: NOTHING, durationMs: 0 });
const LOST = ended({ how: 'lost' });
const DONE = ended({ how: 'exit', code: 0 });
const REQUEST: ReadRequest = { script: { summary: 'look', text: 'look' }, timeoutMs: 1000 };

/** One whose every read ends so. */
function connection(read: () => Promise<CommandResult>): Connection {
  return { facts: FACTS, read, close: () => Promise.resolve() } as unknown as Connection;
}

const always = (answer: CommandResult): Connection => connection(() => Promise.resolve(answer));

interface World {
  readonly host: ConnectedHost;
  recoveries: number;
}

/** A host that is connected by the first, and by each of the others in turn when that one broke. */
function world(first: Connection, ...others: readonly Connection[]): World {
  const host = new ConnectedHost({ clock: new FakeClock() }, boundHost('web01'), first, {
    become: 'root',
    reconnect: () => assert.fail('not asked for'),
    recover: async (broken) => {
      await Promise.resolve();
      const next = others[made.recoveries];
      made.recoveries += 1;
      if (next === undefined) return 'there is no other';
      await broken.replace(next);
      return undefined;
    },
  });
  const made: World = { host, recoveries: 0 };
  return made;
}

describe('a host with a connection', () => {
  const { signal } = new AbortController();

  it('is asked again when a connection broke and there is another one', async () => {
    const { host } = world(always(LOST), always(DONE));
    assert.deepEqual(await host.read(REQUEST, signal), DONE);
    assert.equal(host.isLost, false);
  });

  it('is lost when there is no other, and says why', async () => {
    const { host } = world(always(LOST));
    assert.deepEqual((await host.read(REQUEST, signal)).end, { how: 'lost', why: 'there is no other' });
    assert.equal(host.isLost, true);
  });

  it('is asked until there is an answer or no other connection', async () => {
    const answered = world(always(LOST), always(LOST), always(DONE));
    assert.deepEqual(await answered.host.read(REQUEST, signal), DONE);
    const given = world(always(LOST), always(LOST));
    assert.equal((await given.host.read(REQUEST, signal)).end.how, 'lost');
    assert.deepEqual([given.host.isLost, given.recoveries], [true, 2]);
  });

  it('makes one other connection for all reads that noticed', async () => {
    const made = world(always(LOST), always(DONE));
    const reads = Array.from({ length: 8 }, () => made.host.read(REQUEST, signal));
    assert.deepEqual(await Promise.all(reads), Array<CommandResult>(8).fill(DONE));
    assert.equal(made.recoveries, 1);
  });

  it('is not asked again once the run was interrupted twice', async () => {
    const kill = new AbortController();
    const made = world(
      connection(() => {
        kill.abort();
        return Promise.resolve(LOST);
      }),
      always(DONE),
    );
    assert.deepEqual(await made.host.read(REQUEST, kill.signal), LOST);
    assert.equal(made.recoveries, 0);
  });

  it('is not lost by a read on the connection before its restart that ends after it', async () => {
    const { promise, resolve } = Promise.withResolvers<CommandResult>();
    const made = world(connection(() => promise));
    const late = made.host.read(REQUEST, signal);
    await made.host.renew(always(DONE));
    resolve(LOST);
    assert.deepEqual(await late, DONE);
    assert.deepEqual([made.host.isLost, made.recoveries], [false, 0]);
  });

  it('gives each connection a higher epoch', async () => {
    const { host } = world(always(LOST), always(DONE));
    const first = host.epoch;
    await host.read(REQUEST, signal);
    assert.equal(host.epoch, first + 1);
  });
});
