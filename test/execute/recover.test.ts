import assert from 'node:assert/strict';
import type { ErrorInfo } from '../../src/model/error.ts';
import type { HostFacts } from '../../src/model/host.ts';
import type { Runbook } from '../../src/model/runbook.ts';
import { StoreFault } from '../../src/model/store-fault.ts';
import { downRunbook, SICK } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FrailHost, type Cut } from '../support/frail-host.ts';
import { RunRig } from '../support/run-rig.ts';
import { OTHER_RUN } from '../support/scripted-host.ts';

const REFUSED = { code: 'connection-refused', message: '192.0.2.1:22 refused' } as const;
const TAKEN_OVER = new StoreFault('taken-over', 'the run was taken over by another process');
const CHANGED = { code: 'host-key-changed', message: 'its host key is not the known one' } as const;

/** Requests of a run that repairs: 1 and 2 of the survey, 3 and 4 of the re-test, 5 and 6 the changes, then the proofs. */
const SURVEY = 1;
const RETEST = 3;
const FREE = 5;
const START = 6;
const VERIFY = 7;

function world(cuts: Readonly<Record<number, Cut>>, parts: Partial<Runbook> = {}) {
  const clock = new FakeClock();
  const host = new FrailHost(clock, SICK);
  host.cuts = new Map(Object.entries(cuts).map(([at, cut]) => [Number(at), cut]));
  const rig = new RunRig({ clock, runbook: downRunbook(parts), hosts: { web01: host } });
  const end = async (): Promise<{ readonly outcome: string | undefined; readonly reason: string }> => {
    const { outcome, reason = '' } = (await rig.go()).hosts['web01'] ?? {};
    return { outcome, reason };
  };
  /** It is away for so long after the first cut, and has these facts when it comes back. */
  const goAway = (milliseconds: number, facts: Partial<HostFacts> = {}, error: ErrorInfo = REFUSED): void => {
    let isFirst = true;
    host.onCut = () => {
      if (!isFirst) return;
      isFirst = false;
      host.connectError = error;
      void clock.sleep(milliseconds).then(() => {
        delete host.connectError;
        Object.assign(host, { facts: { ...host.facts, ...facts } });
      });
    };
  };
  return { clock, host, rig, journal: rig.journal, end, goAway };
}

describe('a connection that breaks in the middle of a run', () => {
  it('is made again, locked with a higher epoch, and recorded', async () => {
    const { end, journal } = world({ [FREE]: 'after' });
    assert.equal((await end()).outcome, 'repaired');
    assert.deepEqual(
      journal.of('lock-taken').map(({ epoch }) => epoch),
      [1_000_000, 1_000_001],
    );
    assert.equal(journal.of('host-connected').length, 2);
    const [waiting] = journal.of('host-waiting');
    assert.deepEqual([waiting?.what, waiting?.forMs], ['connection', 60_000]);
    assert.deepEqual(
      journal.of('step-settled').map(({ step, state }) => [step, state]),
      [['free', 'ended']],
    );
  });

  it('is awaited while the network is away, with growing pauses', async () => {
    const { end, goAway, rig } = world({ [START]: 'after' });
    goAway(40_000);
    assert.equal((await end()).outcome, 'repaired');
    assert.ok(rig.connectedTo.length > 5 && rig.connectedTo.length < 15, `${rig.connectedTo.length} connections`);
  });

  it('is awaited while the host is too busy to answer', async () => {
    const { end, goAway } = world({ [START]: 'after' });
    goAway(20_000, {}, { code: 'shell-unusable', message: 'the login shell of root did not answer within 10 s' });
    assert.equal((await end()).outcome, 'repaired');
  });

  it('is given up after 60 s: what was changing is unknown, and what was only read is unreachable', async () => {
    const changing = world({ [START]: 'after' });
    changing.goAway(61_000);
    const { outcome, reason } = await changing.end();
    assert.equal(outcome, 'unknown');
    assert.match(reason, /broke before its end was reported, and it could not be made again within 1m: .*refused/);
    const reading = world({ [SURVEY]: 'before' });
    reading.goAway(61_000);
    const unreachable = await reading.end();
    assert.equal(unreachable.outcome, 'unreachable');
    assert.match(unreachable.reason, /during the diagnosis, and it could not be made again within 1m/);
  });

  it('is not made to another machine, nor to one that was restarted: nothing is sent there', async () => {
    const others: readonly (readonly [Partial<HostFacts>, RegExp])[] = [
      [{ machine_id: 'machine-2' }, /another machine answers at its address now/],
      [{ boot_id: 'boot-2' }, /the host was restarted meanwhile/],
    ];
    for (const [facts, words] of others) {
      for (const [at, outcome] of [[START, 'unknown'] as const, [RETEST, 'unreachable'] as const]) {
        const { end, goAway, host } = world({ [at]: 'before' });
        goAway(1000, facts);
        const ended = await end();
        assert.equal(ended.outcome, outcome);
        assert.match(ended.reason, words);
        assert.equal(host.requests, at);
      }
    }
  });

  it('is not tried again after an answer of the host that would be the same again', async () => {
    const { end, host, rig } = world({ [START]: 'after' });
    host.onCut = () => (host.connectError = CHANGED);
    assert.match((await end()).reason, /its host key is not the known one/);
    assert.equal(rig.connectedTo.length, 2);
  });

  it('is of no use when another run has the lock by then', async () => {
    const { end, host } = world({ [START]: 'after' });
    host.onCut = () => (host.lockHolder = OTHER_RUN);
    const { outcome, reason } = await end();
    assert.equal(outcome, 'unknown');
    assert.match(reason, /its lock is not ours any more: locked by run other/);
    assert.equal(host.requests, START);
  });

  it('is locked again by no session that was taken over while it was away', async () => {
    const { journal, rig } = world({ [FREE]: 'after' });
    journal.onCommit = ({ type }) => {
      if (type === 'host-waiting') Object.assign(journal, { failFrom: 0, failure: TAKEN_OVER });
    };
    await assert.rejects(rig.go(), /taken over/);
    assert.deepEqual(rig.locked, ['web01']);
  });

  it('is not made again more than three times in ten minutes', async () => {
    const cuts = Object.fromEntries([1, 3, 5, 7, 9].map((at) => [at, 'before' as const]));
    const { end } = world(cuts);
    const { outcome, reason } = await end();
    assert.equal(outcome, 'unreachable');
    assert.match(reason, /broke more often than it is made again/);
  });

  it('that is found broken when nothing was asked lets the next change be sent over another one', async () => {
    const { end, rig, host, journal } = world({});
    rig.breakAfter('step-ended', ({ step }) => step === 'free');
    assert.equal((await end()).outcome, 'repaired');
    assert.deepEqual(host.changes, ['set lock free', 'set unit up']);
    assert.deepEqual(
      journal.of('step-ended').flatMap(({ step, notStarted, error }) => (notStarted === true ? [[step, error]] : [])),
      [['start', 'not sent: the connection is closed']],
    );
    assert.equal(journal.of('step-settled').length, 0);
  });
});

describe('a connection that breaks while it is made', () => {
  const LOST = { code: 'connection-lost', message: 'it was lost before its shell answered' } as const;

  it('is made once more', async () => {
    const { end, host, clock } = world({});
    host.connectError = LOST;
    void clock.sleep(100).then(() => delete host.connectError);
    assert.equal((await end()).outcome, 'repaired');
  });

  it('and breaks again leaves the host unreachable', async () => {
    const { end, host, rig } = world({});
    host.connectError = LOST;
    assert.deepEqual(await end(), { outcome: 'unreachable', reason: LOST.message });
    assert.equal(rig.connectedTo.length, 2);
  });

  it('is made no second time where the host has refused', async () => {
    const { end, host, rig } = world({});
    host.connectError = REFUSED;
    assert.equal((await end()).outcome, 'unreachable');
    assert.equal(rig.connectedTo.length, 1);
  });
});

describe('a change that was cut off', () => {
  it('and never began is sent again with an intent of its own', async () => {
    const { end, host, journal } = world({ [START]: 'before' });
    assert.equal((await end()).outcome, 'repaired');
    assert.deepEqual(host.changes, ['set lock free', 'set unit up']);
    const intents = journal.of('step-intended').filter(({ step }) => step === 'start');
    assert.equal(new Set(intents.map(({ execution }) => execution)).size, 2);
    assert.deepEqual(
      journal.of('step-settled').map(({ state }) => state),
      ['not-started'],
    );
  });

  it('and never began is diagnosed anew first when the host was away for long', async () => {
    const away = world({ [START]: 'before' });
    const { clock } = away;
    away.goAway(50_000);
    const respond = away.host.respond.bind(away.host);
    away.host.respond = async (request) => {
      // A network that is gone shows only after a while.
      if (away.host.requests === START - 1) await clock.sleep(15_000);
      return respond(request);
    };
    assert.equal((await away.end()).outcome, 'repaired');
    const order = away.journal.events.flatMap((event) => {
      if (event.type === 'phase-started') return [event.phase];
      return event.type === 'step-intended' ? [event.step] : [];
    });
    assert.deepEqual(order.slice(1), ['retest', 'fix', 'free', 'start', 'retest', 'start', 'verify', 'proof']);
  });

  it('is unknown when the host cannot tell, and says why', async () => {
    const { end, host } = world({ [START]: 'unclear' });
    const { outcome, reason } = await end();
    assert.equal(outcome, 'unknown');
    assert.match(reason, /and what kept its claim was killed: it may or may not have run/);
    assert.deepEqual(host.changes, ['set lock free', 'set unit up']);
  });

  it('is awaited after one interrupt, and given up at the second', async () => {
    const { end, host, rig, clock } = world({ [START]: 'after' });
    host.onCut = () => {
      host.connectError = REFUSED;
      void clock.sleep(5000).then(() => rig.stop.abort('SIGINT'));
      void clock.sleep(20_000).then(() => rig.kill.abort('SIGINT'));
    };
    const { outcome, reason } = await end();
    assert.equal(outcome, 'unknown');
    assert.match(reason, /the run was interrupted before it was made again/);
    assert.equal(clock.monotonic(), 20_000);
  });

  it('and never began is not sent after an interrupt, and nothing is undone', async () => {
    const { end, host, rig } = world({ [START]: 'before' });
    host.onCut = () => {
      host.connectError = REFUSED;
      setImmediate(() => {
        rig.stop.abort('SIGINT');
        delete host.connectError;
      });
    };
    const { outcome, reason } = await end();
    assert.deepEqual([outcome, reason], ['not-repaired', 'interrupted; not undone: free']);
    assert.deepEqual(host.changes, ['set lock free']);
  });

  it('is settled after one interrupt, and nothing follows', async () => {
    const { end, host, rig, journal } = world({ [FREE]: 'after' });
    host.onCut = () => rig.stop.abort('SIGINT');
    const { outcome, reason } = await end();
    assert.deepEqual([outcome, reason], ['not-repaired', 'interrupted; not undone: free']);
    assert.equal(journal.of('step-settled').length, 1);
    assert.deepEqual(host.changes, ['set lock free']);
  });
});

describe('a read that was cut off', () => {
  for (const at of [SURVEY, RETEST, VERIFY, VERIFY + 1]) {
    it(`as request ${at} is asked again, and the run goes on`, async () => {
      const { end } = world({ [at]: 'before' });
      assert.equal((await end()).outcome, 'repaired');
    });
  }

  it('again and again is given up with the connection', async () => {
    const { end, host } = world({ 1: 'before', 2: 'before', 3: 'before', 4: 'before' });
    assert.equal((await end()).outcome, 'unreachable');
    assert.equal(host.requests, 4);
  });

  it('before anything was sent is given up at an interrupt', async () => {
    const { end, host, rig, clock } = world({ [SURVEY]: 'before' });
    host.onCut = () => {
      host.connectError = REFUSED;
      void clock.sleep(5000).then(() => rig.stop.abort('SIGINT'));
    };
    const { reason } = await end();
    assert.match(reason, /the run was interrupted before it was made again/);
    assert.ok(clock.monotonic() < 10_000);
  });
});

describe('a host that was locked when its run could record no more', () => {
  for (const [failure, closed] of [
    [TAKEN_OVER, 'forgets'],
    [new Error('disk full'), 'keep-claims'],
  ] as const)
    it(`${closed === 'forgets' ? 'is left as it was found' : 'keeps what the next session will ask for'}: ${failure.message}`, async () => {
      const whole = world({});
      await whole.end();
      const { journal, rig } = world({});
      journal.failFrom = whole.journal.of('lock-taken')[0]?.seq ?? 0;
      journal.failure = failure;
      await assert.rejects(rig.go(), new RegExp(failure.message));
      assert.deepEqual([rig.locked, rig.closed], [['web01'], [closed]]);
    });
});
