import { isBeyond } from '../model/action.ts';
import type { Condition, HostPolicy, PolicyRule, Trigger } from '../model/policy.ts';
import { matchesGlob } from '../util/glob.ts';
import { isWithin } from './time-window.ts';

/** What conditions are asked about. */
export interface Circumstances {
  readonly trigger: Trigger;
  /** Its name. */
  readonly runbook: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Names of the hosts of a pattern; undefined: the inventory cannot tell, for it does not know a name in it. */
  readonly hostsOf: (pattern: string) => ReadonlySet<string> | undefined;
}

/** Pure: what the rules allow on one host, the strictest of all that hold for it. */
export function hostPolicy(rules: readonly PolicyRule[], host: string, about: Circumstances): HostPolicy {
  const holding = rules.filter((rule) => ruleHolds(rule, host, about));
  const forbids = holding.find(({ repair }) => !repair);
  const maxRisk = strictestRisk(
    holding.flatMap((rule) => (rule.maxRisk === undefined ? [] : [{ risk: rule.maxRisk, rule }])),
  );
  return {
    repair: forbids === undefined ? { allowed: true } : { allowed: false, rule: forbids },
    ...(maxRisk !== undefined && { maxRisk }),
  };
}

/** Pure: of several the first that allows least; undefined: there is none. */
export function strictestRisk(all: readonly NonNullable<HostPolicy['maxRisk']>[]): HostPolicy['maxRisk'] {
  return all.reduce<HostPolicy['maxRisk']>(
    (least, each) => (least === undefined || isBeyond(least.risk, each.risk) ? each : least),
    undefined,
  );
}

/** Pure: the rules that hold for at least one of the hosts, and so with their caps for a run that has them selected. */
export function rulesOfRun(
  rules: readonly PolicyRule[],
  hosts: readonly string[],
  about: Circumstances,
): readonly PolicyRule[] {
  return rules.filter((rule) => hosts.some((host) => ruleHolds(rule, host, about)));
}

/** Pure: what cannot be told never loosens: a rule for hosts that are not known here holds for every host, and nothing lifts it. */
export function ruleHolds({ when, unless }: PolicyRule, host: string, about: Circumstances): boolean {
  return (
    conditionHolds(when, host, about, true) && !(unless !== undefined && conditionHolds(unless, host, about, false))
  );
}

/** Pure. `untold`: whether a host counts as one of a pattern of which the inventory cannot tell. */
export function conditionHolds(
  { triggers, hosts, runbooks, time }: Condition,
  host: string,
  { trigger, runbook, now, hostsOf }: Circumstances,
  untold: boolean,
): boolean {
  if (triggers?.includes(trigger) === false) return false;
  if (runbooks?.some((glob) => matchesGlob(glob, runbook)) === false) return false;
  if (time !== undefined && !isWithin(time, now)) return false;
  return hosts === undefined || (hostsOf(hosts)?.has(host) ?? untold);
}
