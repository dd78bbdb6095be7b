import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { Outcome } from '../model/result.ts';
import { prometheusText, type MetricFamily } from '../util/metrics-text.ts';
import { err, ok, type Result } from '../util/result.ts';

/** The last run of a runbook, as far as it came. */
export interface LastRun {
  readonly runbook: string;
  /** The schedule that started it; empty: none. */
  readonly schedule: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly exitCode: number;
  /** Of hosts, by outcome; empty when no run could begin. */
  readonly counts: Readonly<Partial<Record<Outcome, number>>>;
}

/** Far more than is ever written there. */
const MOST_BYTES = 1024 * 1024;
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
const SUCCESS = 'runbook_last_success_timestamp_seconds';

/**
 * Writes it for the textfile collector of node_exporter, by rename, readable by all. When the run failed the time of the last one that
 * did not is taken over from the file that is there. The folder may be another user's: no link that he puts there is followed. The
 * error is for people, one line.
 */
export function writeRunMetrics(file: string, last: LastRun): Result<void, string> {
  const success = last.exitCode === 0 ? last.endedAt / 1000 : formerSuccess(file);
  const text = prometheusText(familiesOf(last, success));
  // The collector reads names that end with .prom only.
  const draft = `${file}.${process.pid}.new`;
  try {
    writeAnew(draft, text);
    renameSync(draft, file);
    return ok(undefined);
  } catch (cause) {
    rmSync(draft, { force: true });
    return err(`the metrics file cannot be written: ${(cause as Error).message}`);
  }
}

function familiesOf(
  { runbook, schedule, startedAt, endedAt, exitCode, counts }: LastRun,
  success: number | undefined,
): readonly MetricFamily[] {
  const labels = { runbook, ...(schedule !== '' && { schedule }) };
  const one = (name: string, help: string, value: number, unit?: 'seconds'): MetricFamily => ({
    ...{ name, type: 'gauge', help, samples: [{ labels, value }] },
    ...(unit !== undefined && { unit }),
  });
  return [
    one('runbook_last_start_timestamp_seconds', 'When the last run began.', startedAt / 1000, 'seconds'),
    one('runbook_last_end_timestamp_seconds', 'When the last run ended.', endedAt / 1000, 'seconds'),
    one('runbook_last_duration_seconds', 'How long the last run took.', (endedAt - startedAt) / 1000, 'seconds'),
    one('runbook_last_exit_code', 'How the last run ended: see runbook --help.', exitCode),
    ...(success === undefined ? [] : [one(SUCCESS, 'When the last run ended with exit code 0.', success, 'seconds')]),
    {
      name: 'runbook_last_hosts',
      type: 'gauge',
      help: 'Hosts of the last run by outcome.',
      samples: Object.entries(counts).map(([outcome, value]) => ({ labels: { ...labels, outcome }, value })),
    },
  ];
}

/** By its descriptor, and not by its name, which may be another file's by then. */
function writeAnew(file: string, text: string): void {
  const descriptor = openSync(file, 'wx');
  try {
    writeFileSync(descriptor, text);
    // Whatever the umask says: another user's program reads it.
    fchmodSync(descriptor, 0o644);
  } finally {
    closeSync(descriptor);
  }
}

function formerSuccess(file: string): number | undefined {
  try {
    const found = new RegExp(`^${SUCCESS}(?:\\{.*\\})? ([0-9.]+)$`, 'm').exec(readPlain(file));
    return found?.[1] === undefined ? undefined : Number(found[1]);
  } catch {
    return undefined;
  }
}

/** What is no file, such as a pipe in its place, which would never end, is empty. */
function readPlain(file: string): string {
  const descriptor = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    return stat.isFile() && stat.size <= MOST_BYTES ? readFileSync(descriptor, 'utf8') : '';
  } finally {
    closeSync(descriptor);
  }
}
