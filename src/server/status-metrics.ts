import type { MetricFamily, MetricSample } from '../util/metrics-text.ts';
import { whyNotReady } from './readiness.ts';
import type { ServeStatus } from './status.ts';

/** What `/metrics` shows: docs/scheduling.md lists it. */
export function statusMetrics(status: ServeStatus, version: string): readonly MetricFamily[] {
  const { schedules } = status;
  return [
    { name: 'runbook_build', type: 'info', help: 'The version that runs.', samples: [one(1, { version })] },
    seconds('runbook_start_timestamp', 'When serve was started, since 1970.', [one(status.startedAt / 1000)]),
    seconds('runbook_loop_age', 'How long ago the loop of serve has turned.', [
      one(Math.round(status.sinceTurnMs) / 1000),
    ]),
    gauge('runbook_ready', '1 when /readyz says so.', [yes(whyNotReady(status).length === 0)]),
    gauge('runbook_store_writable', '1 when the store can be written.', [yes(status.storeFault === undefined)]),
    gauge('runbook_configuration_current', '0 when the configuration that was read last is wrong, and not used.', [
      yes(status.reloadError === undefined),
    ]),
    seconds(
      'runbook_schedule_next_timestamp',
      'When a schedule starts its next run, since 1970; none for one that never will.',
      schedules.flatMap(({ name, nextStart }) =>
        nextStart === undefined ? [] : [one(nextStart / 1000, { schedule: name })],
      ),
    ),
    gauge(
      'runbook_schedule_paused',
      '1 when a schedule is paused.',
      schedules.map(({ name, paused }) => yes(paused, { schedule: name })),
    ),
    gauge(
      'runbook_schedule_running',
      'Runs of a schedule that go on in this process.',
      schedules.map(({ name, running }) => one(running, { schedule: name })),
    ),
    counter(
      'runbook_occurrences',
      'Times of schedules that have come to an end, by what became of them.',
      status.occurrences.map(({ schedule, state, count }) => one(count, { schedule, state })),
    ),
    counter(
      'runbook_runs',
      'Runs that have ended.',
      status.runs.map(({ runbook, exitCode, count }) => one(count, { runbook, exit_code: String(exitCode) })),
    ),
    counter(
      'runbook_hosts',
      'Hosts of runs that have ended, by how each ended.',
      status.hosts.map(({ outcome, count }) => one(count, { outcome })),
    ),
    ...(status.keptConnections === undefined
      ? []
      : [
          gauge('runbook_kept_connections', 'Connections that are kept for the next run.', [
            one(status.keptConnections),
          ]),
        ]),
    gauge('runbook_notifications_waiting', 'Notifications that were not sent yet.', [one(status.waitingNotifications)]),
  ];
}

const one = (value: number, labels?: Readonly<Record<string, string>>): MetricSample => ({
  value,
  ...(labels !== undefined && { labels }),
});

const yes = (is: boolean, labels?: Readonly<Record<string, string>>): MetricSample => one(is ? 1 : 0, labels);

const gauge = (name: string, help: string, samples: readonly MetricSample[]): MetricFamily => ({
  name,
  type: 'gauge',
  help,
  samples,
});

const counter = (name: string, help: string, samples: readonly MetricSample[]): MetricFamily => ({
  name,
  type: 'counter',
  help,
  samples,
});

const seconds = (name: string, help: string, samples: readonly MetricSample[]): MetricFamily => ({
  ...gauge(`${name}_seconds`, help, samples),
  unit: 'seconds',
});
