import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfiguration, type ConfigurationPart } from '../load/configuration.ts';
import { mergeConfiguration } from '../load/configuration/merge.ts';
import { readConfiguration, type ConfigurationFile, type Reading } from '../load/configuration/read.ts';
import { isThere } from '../load/secrets-private-file.ts';
import type { Configuration } from '../model/configuration.ts';
import type { Diagnostic, SourceFile } from '../model/source.ts';
import { err, ok, type Result } from '../util/result.ts';
import type { Opened } from './open-files.ts';
import { configDirectory, type Site, type Surroundings } from './surroundings.ts';
import { inConfiguration, type Trouble } from './trouble.ts';

export interface OpenedConfiguration {
  readonly configuration: Configuration;
  /** What each file says, the strongest first. */
  readonly parts: readonly ConfigurationPart[];
}

/**
 * What the user's file says, or that of `$RUNBOOK_CONFIG`, and the site's. Neither has to be there, but the one that is named. All
 * that is wrong in both is told at once.
 */
export function openConfiguration(here: Surroundings, reading: Reading): Result<Opened<OpenedConfiguration>, Trouble> {
  const parts: ConfigurationPart[] = [];
  const sources: SourceFile[] = [];
  const diagnostics: Diagnostic[] = [];
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const file of filesOf(here)) {
    const source = readConfiguration(file, reading);
    if (!source.ok) {
      diagnostics.push(source.error);
      continue;
    }
    sources.push(source.value);
    const loaded = loadConfiguration(source.value, { timezone });
    diagnostics.push(...loaded.diagnostics);
    if (loaded.part !== undefined) parts.push(loaded.part);
  }
  const merged = mergeConfiguration(parts);
  const all = [...diagnostics, ...merged.diagnostics];
  if (all.some(({ severity }) => severity === 'error')) return err(inConfiguration(all, sources));
  return ok({ value: { configuration: merged.configuration, parts }, sources, warnings: all });
}

/** Where we are, with the configuration. */
export function openSite(here: Surroundings, reading: Reading): Result<Opened<Site>, Trouble> {
  const opened = openConfiguration(here, reading);
  if (!opened.ok) return opened;
  return ok({ ...opened.value, value: { ...here, configuration: opened.value.value.configuration } });
}

/** Where configurations may lie, the strongest first, whether there is one or not. */
export function configurationFiles(here: Surroundings): readonly ConfigurationFile[] {
  const named = here.environment['RUNBOOK_CONFIG'] ?? '';
  const own = named === '' ? join(configDirectory(here), 'config.yaml') : resolve(here.directory, named);
  return [
    { file: own, isSite: false },
    { file: join(here.siteDirectory, 'config.yaml'), isSite: true },
  ];
}

/** The site's file may be the user's, too: then it is read once, as the site's. */
function filesOf(here: Surroundings): readonly ConfigurationFile[] {
  const isNamed = (here.environment['RUNBOOK_CONFIG'] ?? '') !== '';
  const there = configurationFiles(here).filter(({ file, isSite }) => (isNamed && !isSite) || isThere(file));
  const [own, site] = there;
  const isOne = own !== undefined && site !== undefined && realPath(own.file) === realPath(site.file);
  return isOne ? [site] : there;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
