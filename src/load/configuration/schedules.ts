import { dirname, resolve } from 'node:path';
import { RISKS } from '../../model/action.ts';
import { parseCron } from '../../model/cron.ts';
import { EVERY_MS, OVERLAPS, SCHEDULE_NAME, type Cron, type Schedule, type Timing } from '../../model/schedule.ts';
import type { Json } from '../../util/json.ts';
import { formatDuration } from '../../util/duration.ts';
import type { CheckedMap } from '../checked-map.ts';
import type { Span } from '../line-map.ts';
import { placeIn } from '../source-text.ts';
import { plainValue, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import { hostPattern, timeZone } from './condition.ts';
import type { ConfigurationContext } from './part.ts';
import { asText, path, url } from './settings.ts';

/** The schedules of `schedules`, without those that have no name, no runbook or no time. */
export function readSchedules(root: CheckedMap, context: ConfigurationContext): readonly Schedule[] {
  const all = root.map('schedules');
  if (all === undefined) return [];
  return [...all.node.entries].flatMap(([name, { key }]) => {
    const map = all.map(name);
    checkName(name, key, all);
    return map === undefined ? [] : (readSchedule(name, key, map, context) ?? []);
  });
}

function checkName(name: string, key: Span, { report }: CheckedMap): void {
  if (!SCHEDULE_NAME.test(name)) {
    const hint = 'a name has small letters, digits and -, begins with a letter, and has at most 63 of them';
    report.error('E_NAME', key, `no schedule can be called ${JSON.stringify(name)}`, hint);
  } else if (name === 'serve') {
    report.error('E_NAME', key, 'no schedule can be called serve: that is the scheduler itself', 'take another name');
  }
}

function readSchedule(name: string, key: Span, map: CheckedMap, context: ConfigurationContext): Schedule | undefined {
  const runbook = readRunbook(map);
  const timing = readTiming(map, context);
  const hosts = hostPattern(map, 'hosts');
  const graceMs = map.duration('grace', {
    least: 1,
    most: EVERY_MS.most,
    wanted: 'a duration such as 10m, of 366d at most',
  });
  const tags = map.several('tags', 'a tag', asText);
  const skipTags = map.several('skip_tags', 'a tag', asText);
  const metricsFile = path(map, 'metrics_file');
  const ping = url(map, 'ping');
  const rest = {
    jitterMs: readJitter(map, timing),
    overlap: map.choice('overlap', OVERLAPS) ?? 'skip',
    mode: map.choice('mode', ['repair', 'shadow']) ?? 'repair',
    maxRisk: map.choice('max_risk', RISKS) ?? 'restart',
    params: readParams(map),
    paused: map.flag('paused') ?? false,
    at: map.report.lines.range(key),
  } as const;
  if (runbook === undefined || timing === undefined) return undefined;
  return {
    name,
    runbook,
    ...(hosts !== undefined && { hosts }),
    timing,
    ...rest,
    ...(graceMs !== undefined && { graceMs }),
    ...(tags !== undefined && { tags }),
    ...(skipTags !== undefined && { skipTags }),
    ...(metricsFile !== undefined && { metricsFile }),
    ...(ping !== undefined && { ping }),
  };
}

/** A path starts at the folder of the file; a name is looked for when it is due. */
function readRunbook(map: CheckedMap): string | undefined {
  const given = map.text('runbook', 'the name of a runbook, or a path');
  if (given === undefined || !(given.includes('/') || /\.ya?ml$/.test(given))) return given;
  return resolve(dirname(map.report.source.file), given);
}

function readTiming(map: CheckedMap, context: ConfigurationContext): Timing | undefined {
  const [cron, every] = [map.at('cron'), map.at('every')];
  if (cron !== undefined && every !== undefined) {
    return void map.report.error('E_VALUE', map.keyOf('every'), 'there is cron as well as every', 'keep one of them');
  }
  if (cron === undefined && every === undefined) {
    const hint = "write cron: '*/5 * * * *', or every: 5m";
    return void map.report.error('E_REQUIRED', map.keyOf('cron'), 'it says neither cron nor every', hint);
  }
  const timezone = timeZone(map, 'timezone');
  if (cron !== undefined) {
    const read = readCron(map, cron);
    return read === undefined ? undefined : { kind: 'cron', cron: read, timezone: timezone ?? context.timezone };
  }
  if (map.at('timezone') !== undefined) {
    const hint = 'remove timezone: it is for cron';
    map.report.error('E_VALUE', map.keyOf('timezone'), 'every has the same times in every zone', hint);
  }
  const everyMs = map.duration('every', {
    ...EVERY_MS,
    wanted: 'a duration such as 5m, from 30s to 366d',
  });
  return everyMs === undefined ? undefined : { kind: 'every', everyMs };
}

function readCron(map: CheckedMap, node: YamlNode): Cron | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    return map.refuse('cron', node, "five fields in quotes, such as '*/5 * * * *'");
  }
  const parsed = parseCron(node.text);
  if (parsed.ok) return parsed.value;
  const { message, hint, offset, length } = parsed.error;
  const at = length === 0 ? node.at : placeIn(node, map.report, offset, offset + length);
  map.report.error('E_CRON', at, `cron: ${message}`, hint);
  return undefined;
}

function readJitter(map: CheckedMap, timing: Timing | undefined): number {
  const jitterMs = map.duration('jitter', { least: 0 }) ?? 0;
  const shortest = timing === undefined ? undefined : shortestInterval(timing);
  if (shortest === undefined || jitterMs < shortest) return jitterMs;
  const message = `jitter must be less than the shortest interval, ${formatDuration(shortest)}`;
  map.report.error('E_RANGE', map.at('jitter')?.at ?? map.keyOf('jitter'), message, 'else occurrences would overtake');
  return 0;
}

/** Of cron as its minutes and hours say it: its days make it only longer. */
function shortestInterval(timing: Timing): number {
  if (timing.kind === 'every') return timing.everyMs;
  const { minutes, hours } = timing.cron;
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
  const gaps = times.map((time, index) => (times[index + 1] ?? (times[0] ?? 0) + 24 * 60) - time);
  return Math.min(...gaps) * 60_000;
}

function readParams(map: CheckedMap): Schedule['params'] {
  const entries = map.map('params')?.node.entries ?? new Map<string, YamlEntry>();
  const params: Record<string, Json> = {};
  for (const [name, { value }] of entries) {
    if (holdsSecret(value)) {
      const hint = 'write it into the inventory, as a variable of that name, or as the default of the param';
      map.report.error('E_TAG', value.at, `the param ${name}: no secret can be given here`, hint);
    } else params[name] = plainValue(value) as Json;
  }
  return params;
}

function holdsSecret(node: YamlNode): boolean {
  if (node.kind === 'scalar') return typeof node.value === 'object';
  const inner = node.kind === 'list' ? node.items : [...node.entries.values()].map(({ value }) => value);
  return inner.some(holdsSecret);
}
