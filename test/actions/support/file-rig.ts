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
import { contextOf } from './context.ts';
import { runScript } from './run-script.ts';
import type { Shell } from './shells.ts';

/** How a prepared action ended on this machine, as the engine would judge it. */
export type FileStep =
  | { readonly status: 'ok'; readonly output: JsonObject }
  | { readonly status: 'changed'; readonly output: JsonObject; readonly change: PreparedChange }
  /** `untouched`: surely nothing was changed. */
  | { readonly status: 'failed'; readonly error: string; readonly untouched: boolean };

/** Runs prepared actions on the files of this machine, in one shell. */
export class FileRig {
  readonly #shell: Shell;
  readonly #store: string;
  readonly #path: string;

  /** `store` stands for `/var/lib/runbook`, where root's originals are kept. */
  constructor(shell: Shell, store: string, path = process.env['PATH'] ?? '') {
    this.#shell = shell;
    this.#store = store;
    this.#path = path;
  }

  /** Looks, and composes the change. */
  async prepare({ work }: Action, params: JsonObject): Promise<Preparation> {
    if (work.kind !== 'prepared') return assert.fail('not a prepared action');
    const look = work.look(params as never, contextOf());
    const answer = await this.#run({ ...look, text: look.text.replaceAll('/var/lib/runbook', this.#store) });
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
    const answer = await this.#run(change.script);
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
      const answer = await this.#run(work.compose(params as never, contextOf()));
      const end = work.interpret(answer, params as never, contextOf());
      ends.push(end.status === 'failed' ? end.error : end.status);
    }
    return ends;
  }

  #run(script: PreparedChange['script']): Promise<Answer> {
    return runScript(script, this.#shell, this.#path);
  }
}
