import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RunEvent, RunFinished } from '../../src/model/event.ts';
import { downRunbook, each, freeLock, SICK, startUnit, unitIsUp } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FrailHost, type Cut } from '../support/frail-host.ts';
import { RunRig } from '../support/run-rig.ts';
import { verifying } from '../support/runbook-builder.ts';

const scenario = fc.record({
  cuts: fc.uniqueArray(
    fc.record({
      at: fc.integer({ min: 1, max: 40 }),
      cut: fc.constantFrom<Cut>('before', 'after', 'after', 'unclear'),
    }),
    { maxLength: 6, selector: ({ at }) => at },
  ),
  latencyMs: fc.constantFrom(0, 10, 7000),
  soak: fc.constantFrom(0, 10_000),
  /** The unit does not come up: the rollback is cut, too. */
  fails: fc.constantFrom(false, false, true),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

interface Told {
  readonly host: FrailHost;
  readonly events: readonly RunEvent[];
  readonly finished: RunFinished;
}

async function play({ cuts, latencyMs, soak, fails }: Scenario): Promise<Told> {
  const clock = new FakeClock();
  const host = new FrailHost(clock, SICK);
  host.latencyMs = latencyMs;
  host.cuts = new Map(cuts.map(({ at, cut }) => [at, cut]));
  const verify = verifying([unitIsUp], { soak, within: 4000 });
  if (fails) host.fault = (text) => (text === 'set unit up' ? { end: { how: 'exit', code: 1 } } : undefined);
  // Four changes, in each of which something else could be done twice.
  const rig = new RunRig({
    clock,
    runbook: downRunbook({ fix: [freeLock, each, startUnit], verify }),
    hosts: { host },
  });
  const finished = await rig.go();
  return { host, events: rig.journal.events, finished };
}

const only = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T) =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

/** More are not made good. */
const MOST_CUTS = 3;

describe('a run whose connection is cut anywhere', function () {
  this.timeout(60_000);

  it('carries out no change twice, and tells of none that it did not carry out', () =>
    fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const { host, events } = await play(given);
        const twice = host.changes.filter((text, index) => host.changes.indexOf(text) !== index);
        assert.deepEqual(twice, []);
        const ended = only(events, 'step-ended').filter(({ status }) => status === 'changed');
        const done = only(events, 'step-intended').filter(({ execution }) =>
          ended.some((event) => event.execution === execution),
        );
        const carriedOut = new Set(host.changes.map((text) => text.trim()));
        for (const { text } of done) assert.ok(carriedOut.has(text.trim()), `${text} was not carried out`);
      }),
    ));

  it('ends as one that was not cut, unless the host cannot tell', () =>
    fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const cuts = given.cuts.slice(0, MOST_CUTS);
        const { finished, events, host } = await play({ ...given, cuts });
        const whole = await play({ ...given, cuts: [] });
        const unclear = only(events, 'step-settled').some(({ state }) => state === 'unknown');
        if (unclear) return assert.equal(finished.hosts['host']?.outcome, 'unknown');
        assert.deepEqual(finished.hosts, whole.finished.hosts);
        assert.deepEqual(host.changes, whole.host.changes);
      }),
    ));

  it('settles each change between its intent and its end, through a connection of a higher epoch', () =>
    fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const { events } = await play(given);
        const epochs = only(events, 'lock-taken').map(({ epoch = 0 }) => epoch);
        assert.ok(epochs.every((epoch, index) => index === 0 || epoch > (epochs[index - 1] ?? 0)));
        for (const settled of only(events, 'step-settled')) {
          const same = ({ execution }: { readonly execution: string }): boolean => execution === settled.execution;
          const intent = only(events, 'step-intended').find(same)?.seq ?? Number.POSITIVE_INFINITY;
          const end = only(events, 'step-ended').find(same);
          assert.ok(intent < settled.seq && settled.seq < (end?.seq ?? 0));
          if (settled.state === 'not-started') assert.equal(end?.notStarted, true);
        }
      }),
    ));
});
