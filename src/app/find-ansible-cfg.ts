import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadAnsibleCfg, type AnsibleCfg } from '../load/ansible-cfg.ts';
import { readSource } from '../load/read-file.ts';
import type { Diagnostic } from '../model/source.ts';
import { err, ok, type Result } from '../util/result.ts';
import { isWritableByAll } from './find-inventory.ts';
import { fromHere } from './find-runbook.ts';
import type { Opened } from './open-files.ts';
import type { Surroundings } from './surroundings.ts';
import { inFiles, type Trouble } from './trouble.ts';

/**
 * The ansible.cfg that Ansible would read in this folder: `$ANSIBLE_CONFIG`, else `./ansible.cfg`, unless every user may write
 * here. Those of the home and of the system are not looked for: they belong to another program.
 */
export function findAnsibleCfg(surroundings: Surroundings): Result<Opened<AnsibleCfg | undefined>, Trouble> {
  const variable = surroundings.environment['ANSIBLE_CONFIG'] ?? '';
  if (variable !== '') return openAnsibleCfg(fileOf(fromHere(variable, surroundings)), surroundings);
  const path = join(surroundings.directory, 'ansible.cfg');
  if (!existsSync(path)) return ok(NONE);
  if (isWritableByAll(surroundings.directory)) return ok({ ...NONE, warnings: [notTaken(path)] });
  return openAnsibleCfg(fromHere('ansible.cfg', surroundings), surroundings);
}

export function openAnsibleCfg(path: string, here: Surroundings): Result<Opened<AnsibleCfg>, Trouble> {
  const source = readSource(path);
  if (!source.ok) return err(inFiles([source.error], []));
  const { cfg, diagnostics } = loadAnsibleCfg(source.value, here);
  if (cfg === undefined) return err(inFiles(diagnostics, [source.value]));
  return ok({ value: cfg, sources: [source.value], warnings: diagnostics });
}

const NONE: Opened<undefined> = { value: undefined, sources: [], warnings: [] };

function fileOf(path: string): string {
  try {
    return statSync(path).isDirectory() ? join(path, 'ansible.cfg') : path;
  } catch {
    // Reading it says why.
    return path;
  }
}

function notTaken(file: string): Diagnostic {
  const start = { line: 1, column: 1, offset: 0 };
  return {
    severity: 'warning',
    code: 'W_NOT_FOLLOWED',
    message: 'every user may write this directory, so its ansible.cfg is not followed, as in Ansible',
    hint: 'if it is yours: chmod o-w . or name it: ANSIBLE_CONFIG=ansible.cfg',
    at: { file, start, end: start },
  };
}
