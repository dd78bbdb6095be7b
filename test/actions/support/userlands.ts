import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Action, Interpretation } from '../../../src/model/action.ts';
import type { JsonObject } from '../../../src/util/json.ts';
import { contextOf } from './context.ts';
import { runScript } from './run-script.ts';
import { busyBoxOnly, shells, type Shell } from './shells.ts';

/** A shell with the programs that a host has beside it. */
export interface Userland {
  readonly name: string;
  readonly shell: Shell;
  readonly path: string;
}

/** The programs of this machine under each of its shells, and BusyBox with nothing else. */
export function userlands(): readonly Userland[] {
  return shells().map((shell) => {
    if (shell.name !== 'busybox') return { name: shell.name, shell, path: '/usr/sbin:/usr/bin:/sbin:/bin' };
    const folder = mkdtempSync(join(tmpdir(), 'runbook-busybox-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return { name: 'BusyBox alone', shell, path: busyBoxOnly(folder) };
  });
}

/** What an action of one script does here. `front`: a folder whose programs hide those of the userland. */
export async function perform(
  action: Action,
  params: JsonObject,
  { shell, path }: Userland,
  front?: string,
): Promise<Interpretation<JsonObject>> {
  const { work } = action;
  if (work.kind !== 'script') return assert.fail('not a script');
  const script = work.compose(params as never, contextOf());
  const answer = await runScript(script, shell, front === undefined ? path : `${front}:${path}`);
  return work.interpret(answer, params as never, contextOf());
}

/** The output of an action that did not fail. */
export async function outputOf(
  action: Action,
  params: JsonObject,
  userland: Userland,
  front?: string,
): Promise<JsonObject> {
  const result = await perform(action, params, userland, front);
  return result.status === 'failed' ? assert.fail(result.error) : result.output;
}
