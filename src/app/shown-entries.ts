import type { Configuration, Notify } from '../model/configuration.ts';
import { WEEKDAYS, type Caps, type Condition, type PolicyRule, type TimeWindow } from '../model/policy.ts';
import type { Share } from '../model/runbook.ts';
import { SecretName } from '../model/scalar-literal.ts';
import type { Schedule } from '../model/schedule.ts';
import type { SourceRange } from '../model/source.ts';
import { clockText } from '../plan/time-window.ts';
import { formatDuration } from '../util/duration.ts';
import type { Json, JsonObject } from '../util/json.ts';
import { MASK } from '../util/secret.ts';

/** A rule, a schedule or somebody who is told, by the keys that it is written with. Secrets are masked. */
export interface ShownEntry {
  readonly name: string;
  readonly value: JsonObject;
  readonly at: SourceRange;
}

export const shownPolicy = ({ policy }: Configuration): readonly ShownEntry[] =>
  policy.map((rule) => ({ name: rule.name, value: ruleValue(rule), at: rule.at }));

export const shownSchedules = ({ schedules }: Configuration): readonly ShownEntry[] =>
  schedules.map((schedule) => ({ name: schedule.name, value: scheduleValue(schedule), at: schedule.at }));

export const shownNotify = ({ notify }: Configuration): readonly ShownEntry[] =>
  notify.map((entry) => ({ name: entry.name, value: notifyValue(entry), at: entry.at }));

function ruleValue({ when, unless, repair, maxRisk, caps }: PolicyRule): JsonObject {
  return given({
    when: nonEmpty(conditionValue(when)),
    unless: unless === undefined ? undefined : conditionValue(unless),
    repair: repair ? undefined : false,
    max_risk: maxRisk,
    ...capValues(caps),
  });
}

const capValues = ({ maxFailures, maxUnreachable, brakePercent, forks }: Caps) => ({
  max_failures: maxFailures === undefined ? undefined : shareValue(maxFailures),
  max_unreachable: maxUnreachable === undefined ? undefined : shareValue(maxUnreachable),
  brake: brakePercent === undefined ? undefined : `${brakePercent}%`,
  forks,
});

const conditionValue = ({ triggers, hosts, runbooks, time }: Condition): JsonObject =>
  given({ trigger: triggers, hosts, runbooks, time: time === undefined ? undefined : timeValue(time) });

const timeValue = ({ from, to, days, timezone }: TimeWindow): JsonObject =>
  given({ from: clockText(from), to: clockText(to), days: days?.map((day) => WEEKDAYS[day] ?? ''), timezone });

function scheduleValue(schedule: Schedule): JsonObject {
  const { timing, graceMs, ping, tags, skipTags, params } = schedule;
  return given({
    runbook: schedule.runbook,
    hosts: schedule.hosts,
    ...(timing.kind === 'cron'
      ? { cron: timing.cron.text, timezone: timing.timezone }
      : { every: formatDuration(timing.everyMs) }),
    jitter: formatDuration(schedule.jitterMs),
    overlap: schedule.overlap,
    grace: graceMs === undefined ? undefined : formatDuration(graceMs),
    mode: schedule.mode,
    max_risk: schedule.maxRisk,
    params: nonEmpty(params),
    tags,
    skip_tags: skipTags,
    paused: schedule.paused ? true : undefined,
    metrics_file: schedule.metricsFile,
    ping: ping === undefined ? undefined : maskedUrl(ping),
  });
}

function notifyValue({ to, on, when }: Notify): JsonObject {
  const address =
    to.kind === 'email'
      ? { email: to.address }
      : { webhook: maskedUrl(to.url), format: to.format, allow: to.allow.length === 0 ? undefined : to.allow };
  return given({ ...address, on, when: nonEmpty(conditionValue(when)) });
}

/** Whoever knows the rest of it may write there. */
function maskedUrl(url: string | SecretName): string {
  return url instanceof SecretName ? `!secret ${url.name}` : `${new URL(url).origin}/${MASK}`;
}

const shareValue = (share: Share): Json => (share.kind === 'hosts' ? share.hosts : `${share.percent}%`);

const nonEmpty = (value: JsonObject): JsonObject | undefined => (Object.keys(value).length === 0 ? undefined : value);

function given(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
}
