import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { loadFaults } from '../../src/load/cases/faults.ts';
import type { Fault } from '../../src/model/case.ts';

/** A fault that a runbook of the library says how to make. */
export interface LibraryFault {
  readonly runbook: string;
  /** Shell that is run before the fault is made; may be empty. */
  readonly setup: string;
  readonly fault: Fault;
}

const RUNBOOKS = join(import.meta.dirname, '../../runbooks');

/** From every `runbooks/NAME.test/faults.yaml`, in the order of the runbooks' names. Throws with the first error of a file. */
export function libraryFaults(): readonly LibraryFault[] {
  return globSync('*.test/faults.yaml', { cwd: RUNBOOKS })
    .toSorted()
    .flatMap((file) => faultsOf(join(RUNBOOKS, file)));
}

function faultsOf(file: string): readonly LibraryFault[] {
  const { faults, diagnostics } = loadFaults({ file, text: readFileSync(file, 'utf8') });
  if (faults === undefined) throw new Error(`${file}: ${diagnostics[0]?.message}`);
  const runbook = basename(dirname(file), '.test');
  return faults.faults.map((fault) => ({ runbook, setup: faults.setup ?? '', fault }));
}
