import assert from 'node:assert/strict';
import {
  UNTOUCHED,
  type Action,
  type Answer,
  type Preparation,
  type PreparedChange,
  type UndoStep,
} from '../../../src/model/action.ts';
import { checkOutput } from '../../../src/model/output.ts';
import type { JsonObject } from '../../../src/util/json.ts';
import { action as fileRestore } from '../../../src/actions/file_restore.ts';
import type { Script } from '../../../src/model/script.ts';
import { contextOf } from './context.ts';
import { runScript } from './run-script.ts';
import type { Shell } from './shells.ts';

/** How a prepared action ended on this machine, as the engine would judge it. */
export type FileStep =
  | { readonly status: 'ok'; readonly output: JsonObject }
  | { readonly status: 'changed'; readonly output: JsonObject; readonly change: PreparedChange }
  /** `untouched`: surely nothing was changed. */
  | { readonly status: 'failed'; readonly error: string; readonly untouched: boolean };

/** How scripts are run where the files are. */
export interface Hands {
  read(script: Script): Promise<Answer>;
  change(script: Script): Promise<Answer>;
}

/** The files of this machine, in one shell. `store` stands for `/var/lib/runbook`, where root's originals are kept. */
export function localHands(shell: Shell, store: string, path?: string): Hands {
  return {
    read: (script) => runScript({ ...script, text: script.text.replaceAll('/var/lib/runbook', store) }, shell, path),
    change: (script) => runScript(script, shell, path),
  };
}

/** Runs prepared actions, and their undo, as the engine does. */
export class FileRig {
  readonly #hands: Hands;

  constructor(hands: Hands) {
    this.#hands = hands;
  }

  /** Looks, and composes the change. */
  async prepare({ work }: Action, params: JsonObject): Promise<Preparation> {
    if (work.kind !== 'prepared') return assert.fail('not a prepared action');
    const answer = await this.#hands.read(work.look(params as never, contextOf()));
    return work.prepare(answer, params as never, contextOf());
  }

  async run(action: Action, params: JsonObject): Promise<FileStep> {
    const prepared = await this.prepare(action, params);
    if (prepared.kind === 'failed') return { status: 'failed', error: prepared.error, untouched: true };
    const fits = checkOutput(action.output, prepared.output, params);
    assert.ok(fits.ok, fits.ok ? '' : fits.error);
    return prepared.kind === 'none' ? { status: 'ok', output: prepared.output } : this.change(prepared);
  }

  async change(change: PreparedChange): Promise<FileStep> {
    const answer = await this.#hands.change(change.script);
    if (answer.code === 0) return { status: 'changed', output: change.output, change };
    const error = answer.stderr.text.trimEnd().split('\n').at(-1) ?? '';
    return { status: 'failed', error, untouched: answer.code === UNTOUCHED };
  }

  /** What a rollback does; the status of each undo, or its error. */
  async undo(steps: readonly UndoStep[]): Promise<readonly string[]> {
    const { work } = fileRestore;
    if (work.kind !== 'script') return assert.fail();
    const ends: string[] = [];
    for (const { action, params } of steps) {
      assert.equal(action, fileRestore.name);
      const answer = await this.#hands.change(work.compose(params as never, contextOf()));
      const end = work.interpret(answer, params as never, contextOf());
      ends.push(end.status === 'failed' ? end.error : end.status);
    }
    return ends;
  }
}
