import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startLightHost } from '../../fleet/host.ts';
import { leftOn } from '../counted-host.ts';
import { CountedRun } from '../counted-run.ts';
import type { Experiment } from '../experiment.ts';
import { brokenRules } from '../invariants.ts';
import { newestRun } from '../run-record.ts';

const WITHIN_MS = 2000;
const RUNS = 3;

/** Several runs at once on a host each, which compete for this machine, and a freeze at a moment of chance. */
export const experiment: Experiment = {
  promise: 'no change begins later than two seconds after a freeze',
  rounds: { inTests: 2, long: 100 },
  onHosts: true,
  prepare: async () => {
    const names = Array.from({ length: RUNS }, () => `cold${Math.random().toString(36).slice(2, 8)}`);
    const hosts = await Promise.all(names.map((name) => startLightHost({ name })));
    return {
      round: async (random) => {
        const runs = hosts.map((host) => new CountedRun([host], random.pick(['repaired', 'rolled-back'] as const)));
        await Promise.all(runs.map((run) => run.makeSick()));
        const ending = runs.map((run) => run.begin());
        await pause(random.below(4000));
        const frozenAt = Date.now();
        for (const { place } of runs) {
          const folder = join(place.directory, 'state', 'runbook');
          mkdirSync(folder, { recursive: true, mode: 0o700 });
          writeFileSync(join(folder, 'frozen'), 'enough\n');
        }
        const ended = await Promise.all(ending);
        let stopped = 0;
        for (const [at, run] of runs.entries()) {
          const record = await newestRun(run.place);
          if (record === undefined) continue;
          const sent = record.events
            .filter(({ type }) => type === 'step-intended')
            .map((event) => Date.parse(event.at));
          const latest = Math.max(0, ...sent) - frozenAt;
          assert.ok(latest < WITHIN_MS, `a step was sent ${latest} ms after the freeze\n${run.story(record)}`);
          assert.deepEqual(brokenRules(record.events), [], run.story(record));
          if (ended[at]?.code === 16) stopped += 1;
          run.remove();
        }
        for (const host of hosts)
          assert.deepEqual(
            (await leftOn(host)).filter((path) => !path.startsWith('runbook/')),
            [],
          );
        return { runs: runs.length, stopped };
      },
      end: () => {
        for (const host of hosts) host.stop();
      },
    };
  },
};
