import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ErrorInfo } from '../model/error.ts';
import { RUNBOOK_NAME } from '../model/runbook.ts';
import { err, ok, type Result } from '../util/result.ts';
import { newDirectoryFiles } from './new-runbook-directory.ts';
import { newServiceFiles } from './new-runbook-service.ts';
import type { Surroundings } from './surroundings.ts';

const FOLDER = 'runbooks';
const SERVICE = /^[A-Za-z0-9_][A-Za-z0-9:_.@-]{0,127}$/;

/**
 * Writes a runbook that works as it is, its faults and its cases, into `./runbooks`; with `service` it is about that service. Gives the
 * paths, from the folder it was started in. Nothing is ever overwritten: when one of the files is there, none is written.
 */
export function newRunbook(
  name: string,
  service: string | undefined,
  { directory }: Surroundings,
): Result<readonly string[], ErrorInfo> {
  const wrong = whyNoName(name) ?? whyNoService(service);
  if (wrong !== undefined) return err(wrong);
  const { runbook, faults, cases } = service === undefined ? newDirectoryFiles(name) : newServiceFiles(name, service);
  const files = [
    { path: `${FOLDER}/${name}.yaml`, text: runbook },
    { path: `${FOLDER}/${name}.test/faults.yaml`, text: faults },
    { path: `${FOLDER}/${name}.test/cases.yaml`, text: cases },
  ];
  const there = files.find(({ path }) => existsSync(join(directory, path)));
  if (there !== undefined) {
    return err(usage(`${there.path} is there already`, 'nothing was written: choose another name, or remove it first'));
  }
  for (const { path, text } of files) {
    const problem = write(join(directory, path), text);
    if (problem !== undefined) {
      return err(usage(`${path} cannot be written: ${problem}`, 'begin in a folder that you may write to'));
    }
  }
  return ok(files.map(({ path }) => path));
}

function whyNoName(name: string): ErrorInfo | undefined {
  if (RUNBOOK_NAME.test(name)) return undefined;
  const near = name
    .toLowerCase()
    .replace(/\.ya?ml$/, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[0-9-]+|-+$/g, '');
  const example = RUNBOOK_NAME.test(near) ? near : 'web-frozen';
  const hint = `lower-case letters, digits and -, beginning with a letter: runbook new ${example}`;
  return usage(`${JSON.stringify(name.slice(0, 80))} cannot be the name of a runbook`, hint);
}

function whyNoService(service: string | undefined): ErrorInfo | undefined {
  if (service === undefined || SERVICE.test(service)) return undefined;
  return usage(
    `${JSON.stringify(service.slice(0, 80))} is no name of a service`,
    'name one as systemctl does: --service nginx',
  );
}

const usage = (message: string, hint: string): ErrorInfo => ({ code: 'usage', message, hint });

/** Fails rather than to overwrite what came to be meanwhile. */
function write(file: string, text: string): string | undefined {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
