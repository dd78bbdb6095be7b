import assert from 'node:assert/strict';
import { dealCases } from '../../../src/app/cases/deal-cases.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const CASES = [3, 1, 1, 2, 1];

describe('dealCases', () => {
  it('gives each case to the first host that is free, one at a time, each host set up once before', async () => {
    const { log, ends } = await deal(['a', 'b']);
    assert.deepEqual(log, ['a set up', 'b set up', 'a 3', 'b 1', 'b 1', 'b 2', 'a 1']);
    assert.deepEqual(ends.toSorted(), ['a 1', 'a 3', 'b 1', 'b 1', 'b 2']);
  });

  it('sets up no host for which there is no case', async () => {
    const { log } = await deal(['a', 'b', 'c', 'd', 'e', 'f'], { cases: [1] });
    assert.deepEqual(log, ['a set up', 'a 1']);
  });

  it('leaves a host alone that cannot be set up: the others take all', async () => {
    const { log, ends } = await deal(['a', 'b'], { broken: 'a' });
    assert.deepEqual(log, ['a set up', 'b set up', 'b 3', 'b 1', 'b 1', 'b 2', 'b 1']);
    assert.equal(ends.length, CASES.length);
  });

  it('tells of every case when no host can be set up', async () => {
    const { ends } = await deal(['a'], { broken: 'a' });
    assert.deepEqual(ends[0], '3 not on a: out of order');
    assert.equal(ends.length, CASES.length);
  });

  it('begins no other case after an interrupt, and awaits those that run', async () => {
    const { log, ends } = await deal(['a', 'b'], { stopAfter: 1500 });
    assert.deepEqual(log, ['a set up', 'b set up', 'a 3', 'b 1', 'b 1']);
    assert.equal(ends.length, 3);
  });
});

interface Options {
  readonly cases?: readonly number[];
  readonly broken?: string;
  readonly stopAfter?: number;
}

/** A case is the seconds that it takes. */
async function deal(hosts: readonly string[], { cases = CASES, broken, stopAfter }: Options = {}) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const log: string[] = [];
  if (stopAfter !== undefined) void clock.sleep(stopAfter).then(() => stop.abort());
  const ends = await dealCases(
    cases,
    hosts,
    {
      begin: (host) => {
        log.push(`${host} set up`);
        return Promise.resolve(host === broken ? 'out of order' : undefined);
      },
      run: async (one, host) => {
        log.push(`${host} ${one}`);
        await clock.sleep(one * 1000);
        return `${host} ${one}`;
      },
      unusable: (one, host, why) => `${one} not on ${host}: ${why}`,
    },
    stop.signal,
  );
  return { log, ends };
}
