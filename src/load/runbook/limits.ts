import { readLiteral } from '../../model/literal.ts';
import { describeValue } from '../../model/scalar-literal.ts';
import type { Report } from '../report.ts';
import { LIMIT_KEYS, type LimitKey } from '../schema/keys.ts';
import { plainValue, type YamlNode } from '../yaml/node.ts';

/** What a limit's value may be; undefined when it is right, else what was expected. */
type Check = (value: unknown) => string | undefined;

const hosts: Check = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1_000_000
    ? undefined
    : 'a number of hosts';
const percent: Check = (value) =>
  readLiteral({ kind: 'percent' }, value).ok && value !== '0%' ? undefined : 'a percent from 1% to 100%';
const share: Check = (value) =>
  hosts(value) === undefined || percent(value) === undefined ? undefined : 'a number of hosts or a percent such as 25%';
const duration: Check = (value) => (readLiteral({ kind: 'duration' }, value).ok ? undefined : 'a duration such as 15m');

const CHECKS: Readonly<Record<LimitKey, Check>> = {
  batches: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((item) => share(item) === undefined)
      ? undefined
      : 'a list such as [1, 25%, 100%]',
  max_failures: share,
  max_unreachable: share,
  brake: percent,
  keep: (value) =>
    hasOnly(value, {
      group: (group) => (typeof group === 'string' && group !== '' ? undefined : 'a group'),
      healthy: hosts,
    })
      ? undefined
      : '{ group: webservers, healthy: 1 }',
  cooldown: duration,
  attempts: (value) => (hasOnly(value, { max: hosts, per: duration }) ? undefined : '{ max: 3, per: 24h }'),
  run_timeout: duration,
};

/** The limits are checked for their form; and each one that is written is refused, since this version enforces none. */
export function checkLimits(node: YamlNode | undefined, report: Report): void {
  if (node?.kind !== 'map') return;
  for (const key of LIMIT_KEYS) {
    const entry = node.entries.get(key);
    if (entry === undefined) continue;
    const value = plainValue(entry.value);
    const wanted = CHECKS[key](value);
    if (wanted === undefined) {
      report.error(
        'E_LIMIT_NOT_ENFORCED',
        entry.key,
        `this version does not enforce ${key}, and a limit that is not enforced protects nobody`,
        `remove ${key}; choose fewer hosts with --limit instead`,
      );
    } else {
      report.error(
        'E_RANGE',
        entry.value.at,
        `${key}: expected ${wanted}, found ${describeValue(value)}`,
        `write ${key}: and ${wanted}`,
      );
    }
  }
}

function hasOnly(value: unknown, checks: Readonly<Record<string, Check>>): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const names = Object.keys(value);
  return (
    names.length === Object.keys(checks).length &&
    Object.entries(value).every(([name, item]) => checks[name]?.(item) === undefined && name in checks)
  );
}
