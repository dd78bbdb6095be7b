import { join } from 'node:path';
import { runProcess } from '../support/process.ts';
import type { ProcessResult } from '../support/process.ts';

/** One condition that the project always meets. */
export interface Gate {
  readonly name: string;
  /** Looks at the project below `root`, and leaves it as it was. */
  run(root: string): Promise<Verdict>;
}

export interface Verdict {
  readonly ok: boolean;
  /** How many things were looked at. With 0 the gate has failed, whatever `ok` says. */
  readonly looked: number;
  /** What those things are, in the plural. */
  readonly things: string;
  /** What to show when the gate failed. */
  readonly output: string;
}

/** What looked at nothing proves nothing. */
export function isPassed({ ok, looked }: Verdict): boolean {
  return ok && looked > 0;
}

const TOOLS = join(import.meta.dirname, '..', '..', 'node_modules');
const LIMIT_MS = 5 * 60_000;

/** Runs a development tool of this checkout, named by its file in node_modules, in the project below `root`. */
export async function runTool(root: string, file: string, args: readonly string[]): Promise<ProcessResult> {
  return runProcess(process.execPath, [join(TOOLS, file), ...args], { cwd: root, timeoutMs: LIMIT_MS });
}

/** The number that `pattern` finds in `text`; 0 when it finds none. */
export function countIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}
