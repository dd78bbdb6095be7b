import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigurationPart } from '../load/configuration.ts';
import { isThere } from '../load/secrets-private-file.ts';
import { DEFAULT_FORKS, DEFAULT_SERVE, type Serve, type Setting } from '../model/configuration.ts';
import { formatDuration } from '../util/duration.ts';
import type { Json } from '../util/json.ts';
import { findInventory } from './find-inventory.ts';
import { findAnsibleCfg } from './find-ansible-cfg.ts';
import type { ShownValue } from './shown-value.ts';
import { configDirectory, type Site } from './surroundings.ts';

/** A setting that has one value. */
export interface ShownSetting extends ShownValue {
  readonly key: string;
  /** What it takes the place of. */
  readonly covers: readonly ShownValue[];
}

/** What holds of all settings that have one value. Those without any are left out. */
export function shownSettings(parts: readonly ConfigurationPart[], site: Site): readonly ShownSetting[] {
  const { environment } = site;
  const variable = (name: string): readonly ShownValue[] =>
    (environment[name] ?? '') === '' ? [] : [{ value: environment[name] ?? '', from: `$${name}` }];
  const usualSecrets = ['secrets.yaml', 'secrets.age', 'secrets.yaml.age'].map((name) =>
    join(configDirectory(site), name),
  );
  const usualKey = join(configDirectory(site), 'age-identity.txt');
  const serve = <Name extends keyof Serve>(name: Name, show: (value: NonNullable<Serve[Name]>) => Json) =>
    written(parts, ({ serve: said }) => said[name], show);
  const passwords = written(parts, (part) => part.clearTextPasswords, String);
  return [
    one('inventory', inventories(parts, site)),
    one('secrets', [
      ...variable('RUNBOOK_SECRETS'),
      ...written(parts, (part) => part.secrets, String),
      ...usualSecrets.filter(isThere).slice(0, 1).map(byItsPlace),
    ]),
    one('age_identity', [
      ...variable('RUNBOOK_AGE_IDENTITY'),
      ...written(parts, (part) => part.ageIdentity, String),
      ...[usualKey].filter(isThere).map(byItsPlace),
    ]),
    one('forks', [...written(parts, (part) => part.forks, Number), standard(DEFAULT_FORKS)]),
    one('lock_wait', [...written(parts, (part) => part.lockWaitMs, formatDuration), standard('0s')]),
    // The site's refusal comes before the user's leave.
    one('clear_text_passwords', [
      ...passwords.filter(({ value }) => value === 'refuse'),
      ...passwords.filter(({ value }) => value !== 'refuse'),
      standard('warn'),
    ]),
    one('serve.listen', serve('listen', listenText)),
    one('serve.runs', [...serve('runs', Number), standard(DEFAULT_SERVE.runs)]),
    one('serve.connections.keep', [...serve('keepConnections', Number), standard(DEFAULT_SERVE.keepConnections)]),
    one('serve.connections.idle', [...serve('idleMs', formatDuration), standard(formatDuration(DEFAULT_SERVE.idleMs))]),
    one('serve.stop', [...serve('stopMs', formatDuration), standard(formatDuration(DEFAULT_SERVE.stopMs))]),
  ].flatMap((setting) => setting ?? []);
}

function inventories(parts: readonly ConfigurationPart[], site: Site): readonly ShownValue[] {
  const said = written(
    parts,
    ({ inventory }) => inventory,
    (sources) => sources,
  );
  const ofSite = join(site.siteDirectory, 'inventory.yaml');
  const covered = [...said, ...(existsSync(ofSite) ? [byItsPlace(ofSite)] : [])];
  const cfg = findAnsibleCfg(site);
  const found = findInventory([], cfg.ok ? cfg.value.value : undefined, site);
  if (!found.ok || covered.some(({ from }) => from === found.value.namedBy)) return covered;
  return [{ value: found.value.sources, from: found.value.namedBy }, ...covered];
}

function one(key: string, values: readonly ShownValue[]): ShownSetting | undefined {
  const [first, ...covers] = values;
  return first === undefined ? undefined : { key, ...first, covers: covers.filter(({ from }) => from !== PROGRAM) };
}

function written<T>(
  parts: readonly ConfigurationPart[],
  pick: (part: ConfigurationPart) => Setting<T> | undefined,
  show: (value: T) => Json,
): readonly ShownValue[] {
  return parts.flatMap((part) => {
    const setting = pick(part);
    return setting === undefined ? [] : [{ value: show(setting.value), from: part.file, at: setting.at }];
  });
}

const PROGRAM = 'the program';
const standard = (value: Json): ShownValue => ({ value, from: PROGRAM });

const byItsPlace = (path: string): ShownValue => ({ value: path, from: 'its place' });

function listenText(listen: NonNullable<Serve['listen']>): string {
  if ('socket' in listen) return listen.socket;
  return `${listen.address.includes(':') ? `[${listen.address}]` : listen.address}:${listen.port}`;
}
