import { openSite } from '../app/configuration.ts';
import { surroundings, type Site } from '../app/surroundings.ts';
import { err, ok, type Result } from '../util/result.ts';
import type { JsonOption, RunOptions } from './options.ts';
import { printTrouble } from './print-trouble.ts';
import type { Terminal } from './terminal.ts';

/** Where the command is run, with the configuration; else says what is wrong with that, and gives the exit code. */
export function siteOf(terminal: Terminal, { json = false }: JsonOption): Result<Site, number> {
  return open(terminal, json, false);
}

/** The same for what can change hosts: without a terminal a file that others may write is not believed. */
export function siteToChange(
  terminal: Terminal,
  { json = false, onSchedule }: Pick<RunOptions, 'json' | 'onSchedule'>,
): Result<Site, number> {
  return open(terminal, json, onSchedule !== undefined || !terminal.isInteractive);
}

function open(terminal: Terminal, json: boolean, unattended: boolean): Result<Site, number> {
  const site = openSite(surroundings(terminal.environment, terminal.directory), { unattended });
  return site.ok ? ok(site.value.value) : err(printTrouble(site.error, terminal, json));
}
