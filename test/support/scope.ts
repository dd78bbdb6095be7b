import type { FindingValue, Scope } from '../../src/model/expression.ts';
import type { StepResult } from '../../src/model/result.ts';
import type { JsonObject } from '../../src/util/json.ts';

/** What an expression sees: a host at noon with these results. */
export function scopeWith(
  steps: Readonly<Record<string, StepResult>> = {},
  more: Partial<Omit<Scope, 'steps' | 'findings'>> & {
    readonly findings?: Readonly<Record<string, FindingValue>>;
  } = {},
): Scope {
  const { findings = {}, ...rest } = more;
  return {
    params: {},
    host: {
      name: 'web1',
      address: '192.0.2.1',
      port: 22,
      user: 'ops',
      groups: ['webservers'],
      os: 'debian',
      os_version: '12',
      kernel: '6.1.0',
      arch: 'x86_64',
      init: 'systemd',
      boot_id: 'boot',
      boot_time: '2026-01-01T00:00:00Z',
      time: '2026-01-02T12:00:00Z',
      cpus: 4,
      memory_bytes: 8_000_000_000,
      machine_id: 'machine',
      uid: 0,
    },
    time: { now: '2026-01-02T12:00:00Z' },
    ...rest,
    steps: new Map(Object.entries(steps)),
    findings: new Map(Object.entries(findings)),
  };
}

export function okResult(output: JsonObject): StepResult {
  return { status: 'ok', error: '', output };
}
