import assert from 'node:assert/strict';
import { join } from 'node:path';
import { defaultOf, ownLimits, plainText, undoOf } from '../../src/app/describe-runbook.ts';
import { openRunbook } from '../../src/app/open-files.ts';
import { DEFAULT_LIMITS } from '../../src/model/runbook.ts';

const opened = openRunbook(join(import.meta.dirname, '../../runbooks/apache-accept-lock.yaml'));
assert.ok(opened.ok);
const runbook = opened.value.value;

describe('the words for the parts of a runbook', () => {
  it('shows names in their place, and one ellipsis for what is computed', () => {
    for (const [source, shown] of [
      ['${{ svc.unit }} is down', '`svc.unit` is down'],
      ['${{ size(sem.orphans) }} sets\n  of ${{params.owner}}', '`size(sem.orphans)` sets of `params.owner`'],
      ['${{ a + 1 }}${{ b + 1 }} and ${{ {"a": "}}"}["a"] }}', '… and …'],
      ['$${{ stays', '${{ stays'],
      ['${{ not closed', '${{ not closed'],
    ])
      assert.equal(plainText(source ?? ''), shown);
  });

  it('shows defaults as they are written', () => {
    const shown = Object.fromEntries(runbook.params.map((param) => [param.name, defaultOf(param)]));
    assert.deepEqual(shown, { soak: '20s', mutex: '"auto"', raise_semmni: '0' });
    const size = (value: number) => defaultOf({ type: { kind: 'size' }, default: value });
    assert.deepEqual([0, 999, 500e6, 1024 ** 3, 1536 * 1024].map(size), ['0B', '999B', '500MB', '1GiB', '1536KiB']);
    assert.equal(defaultOf({ type: { kind: 'percent' }, default: 90 }), '90%');
  });

  it('tells what becomes of each fix step, and nothing of steps that read', () => {
    const undo = Object.fromEntries(runbook.fix.map((step) => [step.id, undoOf(step)]));
    assert.match(undo['free'] ?? '', /^no undo: a removed semaphore set cannot be made again/);
    assert.equal(undo['start'], 'if the proof fails, the unit is brought back to its former state');
    assert.deepEqual([...new Set(runbook.diagnose.map(undoOf))], ['']);
  });

  it('tells only the limits that differ from the defaults', () => {
    assert.deepEqual(ownLimits(DEFAULT_LIMITS), []);
    assert.deepEqual(ownLimits(runbook.limits), ['2 attempts in 1d at most.']);
    const limits = {
      ...DEFAULT_LIMITS,
      batches: [{ kind: 'hosts', hosts: 1 } as const, { kind: 'percent', percent: 100 } as const],
      keep: { group: 'web', healthy: 1 },
      brakePercent: 100,
      cooldownMs: 600_000,
    };
    assert.deepEqual(ownLimits(limits), [
      'Batches: 1 host, then 100 % of the hosts.',
      'Hosts are repaired however many have the same finding.',
      '1 other host of `web` must be healthy.',
      'A host is left alone for 10m after an attempt.',
    ]);
  });
});
