import { readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { Configuration } from '../model/configuration.ts';

/** What of this machine the program looks at; an argument, so that tests choose it. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly directory: string;
  readonly home: string;
  /** Login name of the user that runs us. */
  readonly user: string;
  /** Where a site keeps its configuration, its inventory, its runbooks and its freeze. No option and no variable names another one. */
  readonly siteDirectory: string;
}

/** With what the configuration files say: see `openConfiguration`. */
export interface Site extends Surroundings {
  readonly configuration: Configuration;
}

/** Where package.json is: above `src/` in a checkout, above `dist/` in a package. */
export const ROOT = dirname(dirname(import.meta.dirname));

export function surroundings(environment: NodeJS.ProcessEnv, directory: string): Surroundings {
  return { environment, directory, home: homedir(), user: userName(), siteDirectory: '/etc/runbook' };
}

/** `/` when it was deleted under us: what is named by a full path still works then. */
export function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

/** `$XDG_STATE_HOME/runbook`; a value that is no full path is ignored, as the XDG specification says. */
export function stateDirectory({ environment, home }: Surroundings): string {
  const base = environment['XDG_STATE_HOME'] ?? '';
  return base.startsWith('/') ? join(base, 'runbook') : join(home, '.local', 'state', 'runbook');
}

/** `$XDG_CONFIG_HOME/runbook`, by the same rule. */
export function configDirectory({ environment, home }: Surroundings): string {
  const base = environment['XDG_CONFIG_HOME'] ?? '';
  return join(base.startsWith('/') ? base : join(home, '.config'), 'runbook');
}

export function version(): string {
  const description = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
  return description.version;
}

/** A container's user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
