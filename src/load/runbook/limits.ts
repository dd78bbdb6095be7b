import { DEFAULT_LIMITS, type Limits, type Share } from '../../model/runbook.ts';
import { describeValue } from '../../model/scalar-literal.ts';
import { readLiteral } from '../../model/literal.ts';
import { parseDuration } from '../../util/duration.ts';
import type { Report } from '../report.ts';
import { plainValue, type YamlMap, type YamlNode } from '../yaml/node.ts';

const MAX_HOSTS = 1_000_000;

/** What `limits` says; a limit that is not written, or was reported, has its default. */
export function readLimits(node: YamlNode | undefined, report: Report): Limits {
  if (node?.kind !== 'map') return DEFAULT_LIMITS;
  const limits = new LimitsMap(node, '', report);
  const keep = limits.map('keep');
  const group = keep?.text('group');
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

/** Reads values of one map of limits: undefined when one is absent, and after a report. */
class LimitsMap {
  readonly #node: YamlMap;
  readonly #path: string;
  readonly #report: Report;

  constructor(node: YamlMap, path: string, report: Report) {
    this.#node = node;
    this.#path = path;
    this.#report = report;
  }

  /** The structure check has said so when it is none. */
  map(key: string): LimitsMap | undefined {
    const node = this.#at(key);
    return node?.kind === 'map' ? new LimitsMap(node, `${key}.`, this.#report) : undefined;
  }

  text(key: string): string | undefined {
    const node = this.#at(key);
    if (node?.kind !== 'scalar' || typeof node.value !== 'string') return undefined;
    return node.value.trim() === '' ? this.#refuse(key, node, 'the name of a group') : node.value;
  }

  hosts(key: string, wanted = 'a number of hosts, at least 1'): number | undefined {
    return this.#read(key, wanted, asHosts);
  }

  percent(key: string): number | undefined {
    return this.#read(key, 'a percent from 1% to 100%', asPercent);
  }

  share(key: string): Share | undefined {
    return this.#read(key, SHARE_WANTED, asShare);
  }

  shares(key: string): readonly Share[] | undefined {
    const node = this.#at(key);
    if (node?.kind !== 'list') return undefined;
    const shares = node.items.map((item) => asShare(item) ?? this.#refuse(key, item, SHARE_WANTED));
    const known = shares.filter((share) => share !== undefined);
    return known.length === shares.length ? known : undefined;
  }

  /** Milliseconds. */
  duration(key: string, { least }: { readonly least: number }): number | undefined {
    return this.#read(key, 'a duration such as 15m', (node) => {
      const value = plainValue(node);
      const parsed = readLiteral({ kind: 'duration' }, value).ok ? parseDuration(String(value)) : undefined;
      return parsed?.ok === true && parsed.value >= least ? parsed.value : undefined;
    });
  }

  #at(key: string): YamlNode | undefined {
    return this.#node.entries.get(key)?.value;
  }

  #read<T>(key: string, wanted: string, parse: (node: YamlNode) => T | undefined): T | undefined {
    const node = this.#at(key);
    return node === undefined ? undefined : (parse(node) ?? this.#refuse(key, node, wanted));
  }

  #refuse(key: string, node: YamlNode, wanted: string): undefined {
    const found = describeValue(plainValue(node));
    this.#report.error('E_RANGE', node.at, `${this.#path}${key}: expected ${wanted}, found ${found}`, HINTS[key]);
  }
}

const SHARE_WANTED = 'a number of hosts, at least 1, or a percent such as 25%';

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

function asHosts(node: YamlNode): number | undefined {
  const value = plainValue(node);
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_HOSTS ? value : undefined;
}

function asPercent(node: YamlNode): number | undefined {
  const read = readLiteral({ kind: 'percent' }, plainValue(node));
  return read.ok && typeof read.value === 'number' && read.value > 0 ? read.value : undefined;
}

function asShare(node: YamlNode): Share | undefined {
  const hosts = asHosts(node);
  if (hosts !== undefined) return { kind: 'hosts', hosts };
  const percent = asPercent(node);
  return percent === undefined ? undefined : { kind: 'percent', percent };
}
