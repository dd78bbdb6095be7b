import { DEFAULT_LIMITS, type Limits } from '../../model/runbook.ts';
import { CheckedMap } from '../checked-map.ts';
import type { Report } from '../report.ts';
import type { YamlNode } from '../yaml/node.ts';

/** What `limits` says; a limit that is not written, or was reported, has its default. */
export function readLimits(node: YamlNode | undefined, report: Report): Limits {
  if (node?.kind !== 'map') return DEFAULT_LIMITS;
  const limits = new CheckedMap(node, { path: '', report, hints: HINTS });
  const keep = limits.map('keep');
  const group = keep?.text('group', 'the name of a group');
  const healthy = keep?.hosts('healthy');
  const attempts = limits.map('attempts');
  return {
    batches: limits.shares('batches') ?? DEFAULT_LIMITS.batches,
    maxFailures: limits.share('max_failures') ?? DEFAULT_LIMITS.maxFailures,
    maxUnreachable: limits.share('max_unreachable') ?? DEFAULT_LIMITS.maxUnreachable,
    brakePercent: limits.percent('brake') ?? DEFAULT_LIMITS.brakePercent,
    ...(group !== undefined && healthy !== undefined && { keep: { group, healthy } }),
    cooldownMs: limits.duration('cooldown', { least: 0 }) ?? DEFAULT_LIMITS.cooldownMs,
    attempts: {
      max: attempts?.hosts('max', 'a whole number from 1 on') ?? DEFAULT_LIMITS.attempts.max,
      perMs: attempts?.duration('per', { least: 1 }) ?? DEFAULT_LIMITS.attempts.perMs,
    },
    runTimeoutMs: limits.duration('run_timeout', { least: 1 }) ?? DEFAULT_LIMITS.runTimeoutMs,
  };
}

const HINTS: Readonly<Record<string, string>> = {
  batches: 'write a list such as [1, 25%, 100%]',
  max_failures: 'write it like 1 or 10%; a run in which nothing may fail has max_failures: 1',
  max_unreachable: 'write it like 5 or 25%',
  brake: 'write it like 40%',
  group: 'write keep: { group: webservers, healthy: 1 }',
  healthy: 'write keep: { group: webservers, healthy: 1 }',
  cooldown: 'write it like 15m; 0s for none',
  max: 'write attempts: { max: 3, per: 24h }',
  per: 'write attempts: { max: 3, per: 24h }',
  run_timeout: 'write it like 30m',
};
