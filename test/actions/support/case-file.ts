import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { Interpretation, Preparation, ShownChange } from '../../../src/model/action.ts';
import type { JsonObject } from '../../../src/util/json.ts';
import type { ContextChanges } from './context.ts';

/**
 * One answer of a host and what an action makes of it. Only `params`, `answer` and `expect` are required:
 *
 *     params: { name: apache2 }            # values as the action sees them (model/type.ts)
 *     context: { judged: true, host: { init: openrc } }
 *     script: [systemctl show]             # must all occur in the composed text
 *     summary: systemctl show apache2
 *     answer: { code: 0, stdout: "...", stderr: "", truncated: false, durationMs: 12 }
 *     expect: { status: ok, output: { ... } }   # or failed, reason, error (all of it, or /a pattern/), undo
 *
 * Of a prepared action `script`, `summary` and `answer` are those of its look, and `expect` is what it prepares from that:
 *
 *     expect:
 *       kind: change                       # or none and output; or failed, reason, error
 *       script: [file0_head=12]            # must all occur in what a plan shows of the change
 *       summary: edit /etc/motd
 *       differences: [{ path: /etc/motd, text: "..." }]
 *       output: { ... }
 *       undo: [{ action: file_restore, params: { ... } }]
 */
export interface CaseFile {
  readonly name: string;
  readonly params: JsonObject;
  readonly context: ContextChanges;
  readonly script: readonly string[];
  readonly summary?: string;
  readonly answer: {
    readonly code?: number;
    readonly stdout?: string;
    readonly stderr?: string;
    readonly truncated?: boolean;
    readonly durationMs?: number;
  };
  readonly expect: Interpretation<JsonObject> | ExpectedPreparation;
}

export type ExpectedPreparation = Exclude<Preparation, { kind: 'change' }> | ExpectedChange;

interface ExpectedChange extends Omit<ShownChange, 'script'> {
  readonly script: readonly string[];
  readonly summary: string;
}

const KEYS = ['params', 'context', 'script', 'summary', 'answer', 'expect'];
const FOLDER = join(import.meta.dirname, '../cases');

/** The names of the actions that have cases. */
export function actionsWithCases(): readonly string[] {
  return readdirSync(FOLDER).toSorted();
}

export function casesOf(action: string): readonly CaseFile[] {
  const files = readdirSync(join(FOLDER, action)).filter((name) => name.endsWith('.yaml'));
  if (files.length === 0) throw new Error(`${action} has a folder of cases, but no case`);
  return files
    .toSorted()
    .map((file) => readCase(join(FOLDER, action, file), file.replace(/\.yaml$/, '').replaceAll('-', ' ')));
}

function readCase(path: string, name: string): CaseFile {
  const content = load(readFileSync(path, 'utf8')) as Omit<CaseFile, 'name'>;
  const unknown = Object.keys(content).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw new Error(`${path}: unknown key ${unknown}`);
  for (const key of ['params', 'answer', 'expect'] as const)
    if (content[key] === undefined) throw new Error(`${path}: ${key} is missing`);
  return { ...content, name, context: content.context ?? {}, script: content.script ?? [] };
}
