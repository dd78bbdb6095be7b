import assert from 'node:assert/strict';
import { DEFAULT_LIMITS, type Limits } from '../../src/model/runbook.ts';
import { top, testCases, type Case } from '../support/bad-cases.ts';
import { BASE_RUNBOOK, lint, loaded } from '../support/base-runbook.ts';

const limits = (value: string): string => top(`limits: ${value}`);
const read = (value: string): Limits => loaded(limits(value)).limits;

const WRONG: readonly Case[] = [
  ['no batches', limits('{ batches: [] }'), '2:20 E_EMPTY_STEPS'],
  ['one batch that is no list', limits('{ batches: 1 }'), '2:20 E_TYPE'],
  ['a batch of nobody', limits('{ batches: [1, 0] }'), '2:24 E_RANGE'],
  ['a batch of more than all', limits('{ batches: [1, 101%] }'), '2:24 E_RANGE'],
  ['a batch of half a host', limits('{ batches: [1.5] }'), '2:21 E_RANGE'],
  ['no failure allowed', limits('{ max_failures: 0 }'), '2:25 E_RANGE'],
  ['a share of nothing', limits('{ max_unreachable: 0% }'), '2:28 E_RANGE'],
  ['a brake in hosts', limits('{ brake: 3 }'), '2:18 E_RANGE'],
  ['a cooldown without a unit', limits('{ cooldown: 15 }'), '2:21 E_RANGE'],
  ['a run that may not take any time', limits('{ run_timeout: 0s }'), '2:24 E_RANGE'],
  ['attempts as a number', limits('{ attempts: 3 }'), '2:21 E_TYPE'],
  ['attempts without a time', limits('{ attempts: { max: 3 } }'), '2:21 E_REQUIRED'],
  ['no attempts', limits('{ attempts: { max: 0, per: 24h } }'), '2:28 E_RANGE'],
  ['keep without a number', limits('{ keep: { group: web } }'), '2:17 E_REQUIRED'],
  ['keep with a group that has no name', limits('{ keep: { group: "", healthy: 1 } }'), '2:26 E_RANGE'],
  ['keep with another key', limits('{ keep: { group: web, healthy: 1, sick: 2 } }'), '2:43 E_UNKNOWN_KEY'],
  ['a limit that does not exist', limits('{ cooldwn: 5m }'), '2:11 E_UNKNOWN_KEY'],
];

describe('The limits of a runbook', () => {
  it('are those of the language when none is written', () => {
    assert.deepEqual(loaded(BASE_RUNBOOK).limits, DEFAULT_LIMITS);
    assert.deepEqual(read('{}'), DEFAULT_LIMITS);
  });

  it('are numbers of hosts, percents and durations', () => {
    const written = `
  batches: [2, 12.5%]
  max_failures: 10%
  max_unreachable: 5
  brake: 60%
  keep: { group: webservers, healthy: 2 }
  cooldown: 0s
  attempts: { max: 2, per: 1d }
  run_timeout: 1h30m`;
    assert.deepEqual(read(written), {
      batches: [
        { kind: 'hosts', hosts: 2 },
        { kind: 'percent', percent: 12.5 },
      ],
      maxFailures: { kind: 'percent', percent: 10 },
      maxUnreachable: { kind: 'hosts', hosts: 5 },
      brakePercent: 60,
      keep: { group: 'webservers', healthy: 2 },
      cooldownMs: 0,
      attempts: { max: 2, perMs: 86_400_000 },
      runTimeoutMs: 5_400_000,
    });
  });

  it('keep their defaults beside those that are written', () => {
    assert.deepEqual(read('{ brake: 55% }'), { ...DEFAULT_LIMITS, brakePercent: 55 });
  });

  testCases('limits', WRONG);

  it('are refused with what to write instead', () => {
    const silent = WRONG.flatMap(([what, text]) => lint(text).map(({ hint }) => [what, hint])).filter(
      ([, hint]) => hint === undefined,
    );
    assert.deepEqual(silent, []);
  });
});
