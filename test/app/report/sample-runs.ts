import type { FinishedRun, FoundFinding, HostRecord } from '../../../src/model/finished-run.ts';
import type { Report, ReportedFinding } from '../../../src/model/report.ts';
import { gather, type Change, type MachineStory } from '../../../src/app/report/gather.ts';
import { reportOf } from '../../../src/app/report/make-report.ts';

export const MINUTE = 60_000;
export const DAY = 86_400_000;
const BEGIN = Date.parse('2026-03-01T00:00:00Z');

/** So many minutes after the begin, as it is recorded. */
export const at = (minute: number): string => new Date(BEGIN + minute * MINUTE).toISOString();

export const present = (name = 'down'): FoundFinding => ({
  name,
  severity: 'problem',
  state: 'present',
  summary: `${name}!`,
});

/** A host that was diagnosed a minute after the beginning of its run, at minute 0. */
export function host(name: string, found: readonly FoundFinding[], more: Partial<HostRecord> = {}): HostRecord {
  const { endedAt = at(1) } = more;
  return {
    host: name,
    machine: `machine of ${name}`,
    survey: { at: endedAt, seq: 2, findings: found },
    planned: [],
    done: [],
    outcome: found.length === 0 ? 'healthy' : 'not-repaired',
    reason: '',
    endedAt,
    ...more,
  };
}

export function unreachable(name: string, minute: number): HostRecord {
  return { host: name, planned: [], done: [], outcome: 'unreachable', reason: '', endedAt: at(minute) };
}

/** What a run did that repaired the host, at that minute. */
export const repaired = (minute: number): Partial<HostRecord> => ({
  survey: { at: at(minute), seq: 2, findings: [present()] },
  done: [{ step: 'start', name: 'Start it', phase: 'fix', at: at(minute + 1) }],
  last: { at: at(minute + 2), seq: 9, findings: [] },
  outcome: 'repaired',
  endedAt: at(minute + 2),
});

export interface Kind {
  readonly kind?: 'run' | 'plan' | 'shadow';
  readonly runbook?: string;
  readonly sha256?: string;
}

export function finishedRun(
  runId: string,
  minute: number,
  hosts: readonly HostRecord[],
  { kind = 'run', runbook = 'web', sha256 = 'ab' }: Kind = {},
): FinishedRun {
  return {
    runId,
    started: {
      type: 'run-started',
      runId,
      seq: 1,
      at: at(minute),
      mode: kind === 'run' ? 'run' : 'plan',
      runbook,
      runbookSha256: sha256,
      hosts: hosts.map((each) => each.host),
      startedBy: {
        ...{ user: 'root', loginUser: '', machine: 'ctl', reason: '', trigger: 'schedule' },
        ...(kind === 'shadow' && { shadow: true }),
      },
      version: '1.0.0',
    },
    finishedAt: at(minute + 5),
    exitCode: 0,
    hosts,
  };
}

/** A plan in which these hosts were seen so, at that minute. */
export function shadow(
  runId: string,
  minute: number,
  states: Readonly<Record<string, readonly FoundFinding[]>>,
): FinishedRun {
  const hosts = Object.entries(states).map(([name, found]) =>
    host(name, found, {
      endedAt: at(minute),
      ...(found.length > 0 && { outcome: 'needs-fix', planned: [{ step: 'start', name: 'Start it' }] }),
    }),
  );
  return finishedRun(runId, minute, hosts, { kind: 'shadow' });
}

export interface Asked {
  readonly host?: string;
  /** Minute at which the report is made. */
  readonly minute?: number;
  readonly beside?: (machine: MachineStory) => readonly Change[];
}

export function reportOn(
  runs: readonly FinishedRun[],
  { minute = 60, beside = () => [], ...asked }: Asked = {},
): Report {
  return reportOf(gather(runs), beside, { since: BEGIN, ...asked }, BEGIN + minute * MINUTE);
}

/** The one finding that there is. */
export function only(report: Report): ReportedFinding {
  const [finding, ...others] = report.findings;
  if (finding === undefined || others.length > 0) throw new Error(`there are ${report.findings.length} findings`);
  return finding;
}
