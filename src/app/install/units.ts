import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorInfo } from '../../model/error.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { Surroundings } from '../surroundings.ts';
import { MARK } from './installation.ts';

/** Files of units by their names. */
export type Units = Readonly<Record<string, string>>;

export interface UnitsChanged {
  /** Full paths. */
  readonly files: readonly string[];
  /** What is left to type, when systemd was not reached, with the reason. */
  readonly left?: { readonly why: string; readonly commands: readonly string[] };
}

/** For root those of the machine; for another user those of the manager that runs while he is logged in. */
export function unitDirectory({ environment, home }: Surroundings, isRoot: boolean): string {
  if (isRoot) return '/etc/systemd/system';
  const base = environment['XDG_CONFIG_HOME'] ?? '';
  return join(base.startsWith('/') ? base : join(home, '.config'), 'systemd', 'user');
}

/** Writes them, and starts the last one now and with the machine. Nothing is written when a file of somebody else has the name. */
export function installUnits(units: Units, directory: string, isRoot: boolean): Result<UnitsChanged, ErrorInfo> {
  const files = Object.keys(units).map((unit) => join(directory, unit));
  const foreign = files.find((file) => existsSync(file) && !isOurs(file));
  if (foreign !== undefined) return err(notOurs(foreign));
  try {
    mkdirSync(directory, { recursive: true });
    for (const [unit, text] of Object.entries(units)) writeByRename(directory, unit, text);
  } catch (cause) {
    return err(cannotWrite(directory, cause));
  }
  const started = Object.keys(units).at(-1) ?? '';
  const commands = [['daemon-reload'], ['enable', started], ['restart', started]];
  return ok({ files, ...tellSystemd(commands, isRoot) });
}

/** Takes away those of these names that are there and ours. */
export function removeUnits(
  names: readonly string[],
  directory: string,
  isRoot: boolean,
): Result<UnitsChanged, ErrorInfo> {
  const there = names.filter((name) => existsSync(join(directory, name)));
  const files = there.map((name) => join(directory, name));
  const foreign = files.find((file) => !isOurs(file));
  if (foreign !== undefined) return err(notOurs(foreign));
  if (files.length === 0) return ok({ files });
  // A run that goes on comes to its end: only what starts the next one is stopped.
  const starting = there.filter((name) => name.endsWith('.timer') || there.length === 1);
  const before = tellSystemd([['disable', '--now', ...starting]], isRoot);
  try {
    for (const file of files) rmSync(file);
  } catch (cause) {
    return err(cannotWrite(directory, cause));
  }
  const after = tellSystemd([['daemon-reload']], isRoot);
  return ok({ files, ...(before.left === undefined ? after : before) });
}

/** What systemd reads is the whole file, or the one before. */
function writeByRename(directory: string, unit: string, text: string): void {
  const draft = join(directory, `.${unit}.${process.pid}.new`);
  try {
    writeFileSync(draft, text, { mode: 0o644, flag: 'wx' });
    renameSync(draft, join(directory, unit));
  } catch (cause) {
    rmSync(draft, { force: true });
    throw cause;
  }
}

function tellSystemd(commands: readonly (readonly string[])[], isRoot: boolean): Pick<UnitsChanged, 'left'> {
  const systemctl = isRoot ? ['systemctl'] : ['systemctl', '--user'];
  for (const [index, command] of commands.entries()) {
    try {
      const [program = '', ...rest] = [...systemctl, ...command];
      execFileSync(program, rest, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', timeout: 60_000 });
    } catch (cause) {
      const { stderr = '', message } = cause as Error & { readonly stderr?: string };
      const why = stderr.trim().split('\n')[0] ?? '';
      const left = commands.slice(index).map((each) => [...systemctl, ...each].join(' '));
      return { left: { why: why === '' ? message : why, commands: left } };
    }
  }
  return {};
}

function isOurs(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').startsWith(`# Written by ${MARK} `);
  } catch {
    return false;
  }
}

const notOurs = (file: string): ErrorInfo => ({
  code: 'usage',
  message: `${file} was not written by ${MARK}: it is left as it is`,
  hint: 'rename the schedule, or move that file away',
});

const cannotWrite = (directory: string, cause: unknown): ErrorInfo => ({
  code: 'usage',
  message: `units cannot be written into ${directory}: ${(cause as Error).message}`,
  hint: 'see with --print what would be written',
});
