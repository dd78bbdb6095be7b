import { MOST_FORKS } from '../model/configuration.ts';
import type { Diagnostic, SourceFile } from '../model/source.ts';
import { checkAgainst } from './check-against.ts';
import { CheckedMap } from './checked-map.ts';
import { readNotify } from './configuration/notify.ts';
import type { ConfigurationContext, ConfigurationPart } from './configuration/part.ts';
import { readPolicy } from './configuration/policy.ts';
import { readSchedules } from './configuration/schedules.ts';
import { configurationStructure } from './configuration/schema.ts';
import { readServe } from './configuration/serve.ts';
import { homeHint, path, PATH_WANTED, pathIn, setting } from './configuration/settings.ts';
import { CONFIGURATION_WORDS, HINTS } from './configuration/words.ts';
import { Report } from './report.ts';
import { readDocument } from './yaml.ts';

export type { ConfigurationContext, ConfigurationPart } from './configuration/part.ts';

export interface LoadedConfiguration {
  /** Absent when there is an error. */
  readonly part?: ConfigurationPart;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads one file of a configuration; `source.file` is a full path. All that is wrong in it is reported at once. Pure. */
export function loadConfiguration(source: SourceFile, context: ConfigurationContext): LoadedConfiguration {
  const { file } = source;
  // A file as it is delivered has all its lines commented out.
  if (source.text.split('\n').every((line) => /^\s*(?:#|$)/.test(line))) {
    return { part: { file, runbooks: [], policy: [], schedules: [], serve: {}, notify: [] }, diagnostics: [] };
  }
  const report = new Report(source);
  const root = readDocument(report);
  if (root !== undefined) checkAgainst(configurationStructure, root, CONFIGURATION_WORDS, report);
  if (root?.kind !== 'map') return { diagnostics: report.diagnostics };
  const map = new CheckedMap(root, { path: '', report, hints: HINTS });
  const part = { file, ...readSettings(map), ...readRest(map, context) };
  return { ...(!report.failed && { part }), diagnostics: report.diagnostics };
}

function readSettings(map: CheckedMap): Omit<ConfigurationPart, 'file' | 'policy' | 'schedules' | 'serve' | 'notify'> {
  const paths = (key: string) => map.several(key, PATH_WANTED, pathIn(map.report.source.file), homeHint);
  const inventory = setting(map, 'inventory', paths('inventory'));
  const runbooks = setting(map, 'runbooks', paths('runbooks'));
  const secrets = setting(map, 'secrets', path(map, 'secrets'));
  const ageIdentity = setting(map, 'age_identity', path(map, 'age_identity'));
  const forks = setting(map, 'forks', map.number('forks', 1, MOST_FORKS));
  const lockWaitMs = setting(map, 'lock_wait', map.duration('lock_wait', { least: 0 }));
  const clearTextPasswords = setting(map, 'clear_text_passwords', map.choice('clear_text_passwords', WARN_OR_REFUSE));
  return {
    ...(inventory !== undefined && { inventory }),
    runbooks: (runbooks?.value ?? []).map((value) => ({
      value,
      at: runbooks?.at ?? map.report.lines.range(map.node.at),
    })),
    ...(secrets !== undefined && { secrets }),
    ...(ageIdentity !== undefined && { ageIdentity }),
    ...(forks !== undefined && { forks }),
    ...(lockWaitMs !== undefined && { lockWaitMs }),
    ...(clearTextPasswords !== undefined && { clearTextPasswords }),
  };
}

const WARN_OR_REFUSE = ['warn', 'refuse'] as const;

const readRest = (map: CheckedMap, context: ConfigurationContext) => ({
  policy: readPolicy(map, context),
  schedules: readSchedules(map, context),
  serve: readServe(map),
  notify: readNotify(map, context),
});
