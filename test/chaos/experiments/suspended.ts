import assert from 'node:assert/strict';
import type { RunEvent } from '../../../src/model/event.ts';
import { downRunbook, SICK } from '../../support/down-runbook.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RunRig } from '../../support/run-rig.ts';
import { ScriptedHost } from '../../support/scripted-host.ts';
import type { Experiment } from '../experiment.ts';
import { brokenRules } from '../invariants.ts';

const ASLEEP_MS = 10 * 60_000;

/** This machine sleeps for ten minutes after the n-th event of a run, for each n, and in half of the rounds its connections are gone when it wakes. Virtual time. */
export const experiment: Experiment = {
  promise: 'a run whose machine slept goes on where it was, and sends nothing twice',
  rounds: { inTests: 1000, long: 1000 },
  onHosts: false,
  prepare: async () => {
    const awake = await repair();
    return {
      cases: 2 * awake.events.length,
      round: async (_random, round) => {
        const after = awake.events[Math.ceil(round / 2) - 1];
        assert.ok(after !== undefined);
        const asleep = await repair({ after, isCut: round % 2 === 0 });
        const { outcome, changes } = asleep;
        assert.deepEqual({ outcome, changes }, { outcome: awake.outcome, changes: awake.changes });
        return { 'connections made again': asleep.connections - awake.connections };
      },
      end: () => undefined,
    };
  },
};

interface Repaired {
  readonly outcome: string | undefined;
  /** That the host was sent. */
  readonly changes: readonly string[];
  readonly events: readonly RunEvent[];
  readonly connections: number;
}

interface Sleep {
  /** Of the run that does not sleep. */
  readonly after: RunEvent;
  /** The connections are gone then. */
  readonly isCut: boolean;
}

async function repair(sleep?: Sleep): Promise<Repaired> {
  const clock = new FakeClock();
  const host = new ScriptedHost(clock, SICK);
  const rig = new RunRig({ clock, runbook: downRunbook(), hosts: { web01: host } });
  if (sleep !== undefined)
    rig.breakAfter(sleep.after.type, ({ seq }) => {
      if (seq !== sleep.after.seq) return false;
      clock.suspend(ASLEEP_MS);
      return sleep.isCut;
    });
  const finished = await rig.go();
  assert.deepEqual(brokenRules(rig.journal.events), []);
  const { web01 } = finished.hosts;
  return {
    outcome: web01?.outcome,
    changes: host.changes,
    events: rig.journal.events,
    connections: rig.connected.length,
  };
}
