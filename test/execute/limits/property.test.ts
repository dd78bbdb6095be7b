import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Outcome } from '../../../src/model/result.ts';
import { play, scenario, type Acted, type Played, type Scenario, type State, type Told } from './any-run.ts';

const RUNS = 100_000;

const count = (hosts: readonly Told[], ...states: readonly State[]): number =>
  hosts.filter(({ state }) => states.includes(state)).length;

/** Bad ends, and no repair although something was tried. */
const BAD: readonly Outcome[] = ['rolled-back', 'rollback-failed', 'unknown', 'unreachable'];

const failuresIn = (acted: readonly Acted[]): number =>
  acted.filter(({ told }) => BAD.includes(told.outcome) || (told.outcome === 'not-repaired' && told.attempted)).length;

const mostFailures = ({ maxFailures, hosts }: Scenario): number =>
  maxFailures.kind === 'hosts'
    ? maxFailures.hosts
    : Math.max(1, Math.floor((maxFailures.percent * hosts.length) / 100));

const healthyAtFirst = ({ hosts }: Scenario): number =>
  hosts.filter(({ state, isMember }) => isMember && state === 'healthy').length;

/** Healthy hosts of the group, from the survey or since, when `one` was started. */
function healthyOthers(scene: Scenario, { endedBefore }: Acted): number {
  const since = endedBefore.filter(({ told }) => told.outcome === 'repaired' || told.outcome === 'healthy');
  return healthyAtFirst(scene) + since.filter(({ told }) => told.isMember).length;
}

describe(`limits, in ${RUNS} runs of any hosts, failures and times`, function () {
  this.timeout(300_000);

  const promises: Readonly<Record<string, (scene: Scenario, played: Played) => void>> = {
    'ends every selected host exactly once': ({ hosts }, { ends }) => {
      assert.equal(ends.size, hosts.length);
    },
    'acts on nothing twice, and only on what is sick and was not tried lately': (_scene, { acted }) => {
      assert.equal(new Set(acted.map(({ name }) => name)).size, acted.length);
      for (const { told } of acted) assert.equal(told.state, 'sick');
    },
    'acts on nothing in an empty selection': ({ hosts }, { acted }) => {
      if (hosts.length === 0) assert.deepEqual(acted, []);
    },
    'changes nothing when too many cannot be reached': ({ hosts, maxUnreachable }, { acted, plan }) => {
      const most =
        maxUnreachable.kind === 'hosts'
          ? maxUnreachable.hosts
          : Math.max(3, Math.floor((maxUnreachable.percent * hosts.length) / 100));
      if (count(hosts, 'unreachable') <= most) return assert.notEqual(plan.stop?.limit, 'max_unreachable');
      assert.equal(plan.stop?.limit, 'max_unreachable');
      assert.deepEqual(acted, []);
    },
    'changes nothing when too many have the same finding': ({ hosts, brakePercent }, { acted, plan }) => {
      const sick = count(hosts, 'sick', 'blocked', 'tried');
      const percent = (sick * 100) / count(hosts, 'sick', 'blocked', 'tried', 'healthy');
      if (sick < 3 || percent <= brakePercent) return assert.notEqual(plan.stop?.limit, 'brake');
      assert.deepEqual(acted, []);
    },
    'works on no more hosts at once than it may, and on the canary alone until one was changed': (
      { forks },
      { acted, plan },
    ) => {
      const canary = plan.batches[0]?.length ?? 0;
      for (const { endedBefore, runningBefore } of acted) {
        const isProven = endedBefore.some(({ told }) => told.attempted);
        assert.ok(runningBefore.length < Math.min(forks, isProven ? forks : canary));
      }
    },
    'begins a batch when all hosts of the one before have ended': (_scene, { acted, plan }) => {
      const batchOf = ({ name }: Acted): number => plan.batches.findIndex((batch) => batch.includes(name));
      for (const one of acted) {
        assert.ok(one.runningBefore.every((other) => batchOf(other) === batchOf(one)));
        assert.ok(one.endedBefore.every((other) => batchOf(other) <= batchOf(one)));
      }
    },
    'starts no host once max_failures is reached, so that no more than those at work exceed it': (scene, { acted }) => {
      const most = mostFailures(scene);
      for (const one of acted) assert.ok(failuresIn(one.endedBefore) < most);
      assert.ok(failuresIn(acted) <= most + scene.forks - 1);
    },
    'goes no further than the first batch whose fix fails, until it has worked on a host': (
      _scene,
      { acted, plan },
    ) => {
      const batchOf = ({ name }: Acted): number => plan.batches.findIndex((batch) => batch.includes(name));
      for (const one of acted) {
        const before = one.endedBefore.filter((other) => batchOf(other) < batchOf(one));
        const hasWorked = before.some(({ told }) => told.attempted && failuresIn([{ ...one, told }]) === 0);
        assert.ok(hasWorked || failuresIn(before) === 0);
      }
    },
    'leaves enough other hosts of the group healthy': (scene, { acted }) => {
      for (const one of acted) if (one.told.isMember) assert.ok(healthyOthers(scene, one) >= scene.keep);
    },
    'starts no host after run_timeout or an interrupt': ({ runTimeoutMs, stopAtMs }, { acted }) => {
      for (const { start } of acted) {
        assert.ok(start < runTimeoutMs);
        assert.ok(stopAtMs === undefined || start <= stopAtMs);
      }
    },
    'leaves a host out only for a limit or an interrupt, and says which': (scene, { plan, acted, ends, reached }) => {
      if (plan.stop !== undefined) return;
      const left = [...ends].filter(([, outcome]) => outcome === 'not-started').map(([name]) => name);
      const planned = plan.hosts.filter(({ outcome }) => outcome === 'not-started').map(({ host: name }) => name);
      const since = left.filter((name) => !planned.includes(name));
      if (planned.length > 0) assert.ok(healthyAtFirst(scene) < scene.keep);
      if (since.length === 0) assert.deepEqual(reached, []);
      else assert.ok(reached.length > 0 || scene.stopAtMs !== undefined);
      const hasWorked = acted.some((one) => one.told.attempted && failuresIn([one]) === 0);
      if (reached.includes('max_failures'))
        assert.ok(failuresIn(acted) >= (hasWorked ? mostFailures(scene) : Math.min(1, mostFailures(scene))));
      if (reached.includes('run_timeout')) assert.ok(scene.runTimeoutMs < 1_000_000);
      if (reached.includes('keep')) assert.ok(!scene.isKeepPlanned && healthyAtFirst(scene) < scene.keep);
    },
  };

  it(Object.keys(promises).join('; '), async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (scene) => {
        const played = await play(scene);
        for (const [promise, holds] of Object.entries(promises)) {
          try {
            holds(scene, played);
          } catch (error) {
            throw new Error(`it ${promise}`, { cause: error });
          }
        }
      }),
      { numRuns: RUNS },
    );
  });
});
