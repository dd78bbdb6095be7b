import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseYaml } from '../../src/load/yaml.ts';

/** A fault that a runbook of the library says how to make. */
export interface LibraryFault {
  readonly runbook: string;
  readonly name: string;
  readonly summary: string;
  /** Shell that is run before `breaks`; may be empty. */
  readonly setup: string;
  readonly breaks: string;
  readonly heals?: string;
}

const RUNBOOKS = join(import.meta.dirname, '../../runbooks');

/** From every `runbooks/NAME.test/faults.yaml`, in the order of the names and files. */
export function libraryFaults(): readonly LibraryFault[] {
  return globSync('*.test/faults.yaml', { cwd: RUNBOOKS })
    .toSorted()
    .flatMap((file) => faultsOf(join(RUNBOOKS, file)));
}

function faultsOf(file: string): readonly LibraryFault[] {
  const { value, diagnostics } = parseYaml({ file, text: readFileSync(file, 'utf8') });
  const [wrong] = diagnostics;
  if (wrong !== undefined) throw new Error(`${file}: ${wrong.message}`);
  const { setup = '', faults = {} } = value as FaultsFile;
  const runbook = basename(dirname(file), '.test');
  return Object.entries(faults).map(([name, { summary, break: breaks, heal }]) => ({
    ...{ runbook, name, summary, setup, breaks },
    ...(heal !== undefined && { heals: heal }),
  }));
}

interface FaultsFile {
  readonly setup?: string;
  readonly faults?: Readonly<
    Record<string, { readonly summary: string; readonly break: string; readonly heal?: string }>
  >;
}
