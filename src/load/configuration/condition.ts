import { TRIGGERS, WEEKDAYS, type Condition, type TimeWindow } from '../../model/policy.ts';
import { isTimeZone, nearestTimeZone } from '../../util/time-zone.ts';
import type { CheckedMap } from '../checked-map.ts';
import { checkHostPattern } from '../host-pattern.ts';
import type { YamlNode } from '../yaml/node.ts';
import type { ConfigurationContext } from './part.ts';
import { asText } from './settings.ts';

/** Of `when` and `unless`; what was reported is left out. */
export function readCondition(map: CheckedMap | undefined, context: ConfigurationContext): Condition {
  const triggers = map?.choices('trigger', TRIGGERS);
  const hosts = map === undefined ? undefined : hostPattern(map, 'hosts');
  const runbooks = map?.several('runbooks', 'the name of a runbook, or a glob such as disk-*', asRunbook);
  const time = readWindow(map?.map('time'), context);
  return {
    ...(triggers !== undefined && { triggers }),
    ...(hosts !== undefined && { hosts }),
    ...(runbooks !== undefined && { runbooks }),
    ...(time !== undefined && { time }),
  };
}

export function hostPattern(map: CheckedMap, key: string): string | undefined {
  const node = map.at(key);
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') {
    return node === undefined ? undefined : map.refuse(key, node, 'a pattern such as webservers');
  }
  checkHostPattern(node, map.report);
  return node.value;
}

/** A zone by its IANA name. */
export function timeZone(map: CheckedMap, key: string): string | undefined {
  return map.read(key, 'a time zone such as Europe/Berlin', asTimeZone, (node) => {
    const near = nearestTimeZone(asText(node) ?? '');
    return near === undefined ? undefined : `did you mean ${near}?`;
  });
}

function readWindow(map: CheckedMap | undefined, context: ConfigurationContext): TimeWindow | undefined {
  if (map === undefined) return undefined;
  const [from, to] = [time(map, 'from'), time(map, 'to')];
  const days = map.choices('days', WEEKDAYS)?.map((day) => WEEKDAYS.indexOf(day));
  const timezone = timeZone(map, 'timezone') ?? context.timezone;
  if (from === undefined || to === undefined) return undefined;
  return { from, to, ...(days !== undefined && { days }), timezone };
}

/** Minutes after midnight. */
function time(map: CheckedMap, key: string): number | undefined {
  return map.read(key, 'a time such as 22:00', (node) => {
    const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(asText(node) ?? '') ?? [];
    return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
  });
}

function asRunbook(node: YamlNode): string | undefined {
  const text = asText(node);
  return text === undefined || text.includes('/') ? undefined : text;
}

function asTimeZone(node: YamlNode): string | undefined {
  const text = asText(node);
  return text !== undefined && isTimeZone(text) ? text : undefined;
}
