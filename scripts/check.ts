import { parseArgs } from 'node:util';
import { coverage } from './gates/coverage.ts';
import { deadCode, deadCodeShipped } from './gates/dead-code.ts';
import { format } from './gates/format.ts';
import { isPassed } from './gates/gate.ts';
import type { Gate, Verdict } from './gates/gate.ts';
import { generated } from './gates/generated.ts';
import { imports } from './gates/imports.ts';
import { lint } from './gates/lint.ts';
import { packed } from './gates/package.ts';
import { types, typesNative } from './gates/types.ts';

const ROOT = `${import.meta.dirname}/..`;

const GATES: readonly Gate[] = [
  generated,
  typesNative,
  types,
  lint,
  format,
  imports,
  deadCode,
  deadCodeShipped,
  coverage,
  packed,
];

process.exitCode = await main();

/** One line a gate; what a gate has to say only when it failed. Exit status 1: a gate failed or looked at nothing. */
async function main(): Promise<number> {
  const chosen = chosenGates();
  if (chosen === undefined || chosen.length === 0) {
    const problem = chosen === undefined ? 'npm run check [-- --only GATE]' : 'There is no such gate';
    console.error(`${problem}. Gates: ${GATES.map((gate) => gate.name).join(', ')}.`);
    return 64;
  }
  const failed: string[] = [];
  for (const gate of chosen) {
    if (!(await passes(gate))) failed.push(gate.name);
  }
  if (failed.length === 0) {
    console.log(`\nAll ${chosen.length} gates are passed.`);
    return 0;
  }
  console.log(`\nFailed: ${failed.join(', ')}. Again: npm run check -- --only ${failed[0]}`);
  return 1;
}

/** Undefined: the arguments are others than `--only`. */
function chosenGates(): readonly Gate[] | undefined {
  try {
    const { only } = parseArgs({ options: { only: { type: 'string', multiple: true } } }).values;
    return GATES.filter((gate) => only === undefined || only.includes(gate.name));
  } catch {
    return undefined;
  }
}

async function passes(gate: Gate): Promise<boolean> {
  const startedAt = performance.now();
  const verdict = await verdictOf(gate);
  const ok = isPassed(verdict);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
  const looked = `${verdict.looked} ${verdict.things}`;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${gate.name.padEnd(18)} ${looked.padEnd(24)} ${seconds} s`);
  if (!ok)
    console.log(`${verdict.ok ? 'It looked at nothing, so it proves nothing.\n' : ''}${verdict.output.trimEnd()}\n`);
  return ok;
}

async function verdictOf(gate: Gate): Promise<Verdict> {
  try {
    return await gate.run(ROOT);
  } catch (error) {
    return {
      ok: false,
      looked: 0,
      things: 'files',
      output: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}
