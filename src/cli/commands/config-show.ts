import { configurationFiles, openConfiguration } from '../../app/configuration.ts';
import { runbookFolders } from '../../app/find-runbook.ts';
import { shownNotify, shownPolicy, shownSchedules } from '../../app/shown-entries.ts';
import { shownSettings } from '../../app/shown-settings.ts';
import { surroundings, type Site } from '../../app/surroundings.ts';
import { isThere } from '../../load/secrets-private-file.ts';
import { configurationAsJson, renderConfiguration, type ShownConfiguration } from '../configuration-text.ts';
import type { ConfigShowOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook config show`. */
export function show(options: ConfigShowOptions, terminal: Terminal): Promise<number> {
  const here = surroundings(terminal.environment, terminal.directory);
  const opened = openConfiguration(here, { unattended: false });
  if (!opened.ok) return Promise.resolve(printTrouble(opened.error, terminal, options.json === true));
  const { configuration, parts } = opened.value.value;
  const site: Site = { ...here, configuration };
  const shown: ShownConfiguration = {
    files: configurationFiles(here).map(({ file, isSite }) => ({ file, isSite, isThere: isThere(file) })),
    settings: shownSettings(parts, site),
    runbooks: runbookFolders(site),
    policy: shownPolicy(configuration),
    schedules: shownSchedules(configuration),
    notify: shownNotify(configuration),
  };
  const { out } = terminal;
  if (options.json === true) out.print(`${configurationAsJson(shown)}\n`);
  else
    out.print(renderConfiguration(shown, { paper: out, directory: here.directory, explain: options.explain === true }));
  return Promise.resolve(0);
}
