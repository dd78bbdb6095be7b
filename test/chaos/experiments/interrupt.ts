import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { PROGRAM } from '../../cli/spawn.ts';
import { startLightHost } from '../../fleet/host.ts';
import { CountedRun } from '../counted-run.ts';
import { leftOn } from '../counted-host.ts';
import type { Experiment } from '../experiment.ts';
import { brokenRules } from '../invariants.ts';
import { newestRun, type RunRecord } from '../run-record.ts';

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** Its steps take less than a second each; twice: 15 s are what is promised. */
const MOST_MS = 15_000;

/** A signal at a moment of chance, in half of the rounds followed by a second one. */
export const experiment: Experiment = {
  promise: 'a run that is interrupted ends in time, with its exit code, and leaves no lock and no process',
  rounds: { inTests: 4, long: 200 },
  onHosts: true,
  lanes: 2,
  prepare: async () => {
    const host = await startLightHost({ name: `int${Math.random().toString(36).slice(2, 8)}` });
    const whole = new CountedRun([host], 'repaired');
    await whole.makeSick();
    const begun = performance.now();
    await whole.begin();
    const uncutMs = performance.now() - begun;
    whole.remove();
    return {
      round: async (random) => {
        const run = new CountedRun([host], random.pick(['repaired', 'rolled-back'] as const));
        await run.makeSick();
        const name = random.pick(['SIGINT', 'SIGTERM', 'SIGHUP'] as const);
        const isTwice = random.chance(50);
        const afterMs = random.below(uncutMs);
        const { place, beginning } = run;
        const program = [PROGRAM, ...beginning];
        const child = spawn(process.execPath, program, {
          cwd: place.directory,
          env: place.environment(),
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
        let signalled = 0;
        const send = (): void => {
          signalled ||= performance.now();
          child.kill(name);
        };
        const timers: NodeJS.Timeout[] = [];
        const againMs = 100 + random.below(400);
        // From its first event on: before, a signal ends it as any other program.
        child.stdout.once('data', () => {
          timers.push(setTimeout(send, afterMs));
          if (isTwice) timers.push(setTimeout(send, afterMs + againMs));
        });
        child.stdout.resume();
        const code = await ended;
        const tookMs = signalled === 0 ? 0 : performance.now() - signalled;
        for (const timer of timers) clearTimeout(timer);
        const record = await newestRun(place);
        const story = record === undefined ? '' : run.story(record);
        assert.ok(record !== undefined);
        const isInterrupted = record.events.some(({ type }) => type === 'run-interrupted');
        const exitCode = isInterrupted ? SIGNALS[name] : exitCodeOf(record);
        // The last signal sent may come when the run is over and none is listened to: it ends the program as any other, without a code.
        const hadEnded = code === null && (isTwice || !isInterrupted) && exitCodeOf(record) !== undefined;
        if (!hadEnded) assert.equal(code, exitCode, story);
        assert.ok(tookMs < MOST_MS, `${tookMs} ms after ${name}\n${story}`);
        assert.deepEqual(brokenRules(record.events), [], story);
        const left = (await leftOn(host)).filter((path) => !path.startsWith('runbook/'));
        assert.deepEqual(left, [], `${name}${isTwice ? ' twice' : ''} after ${afterMs} ms\n${story}`);
        run.remove();
        return { [isTwice ? 'twice' : 'once']: 1, [hadEnded ? 'had ended' : `exit code ${code}`]: 1 };
      },
      end: () => host.stop(),
    };
  },
};

function exitCodeOf({ events }: RunRecord): number | undefined {
  const last = events.at(-1);
  return last?.type === 'run-finished' ? last.exitCode : undefined;
}
