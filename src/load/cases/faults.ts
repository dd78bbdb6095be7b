import type { Fault, Faults } from '../../model/case.ts';
import type { Diagnostic, SourceFile } from '../../model/source.ts';
import { checkAgainst } from '../check-against.ts';
import { Report } from '../report.ts';
import { readDocument } from '../yaml.ts';
import { plainValue, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import { checkName } from './names.ts';
import { faultsSchema } from './schemas.ts';
import { CASE_WORDS } from './words.ts';

export interface LoadedFaults {
  /** Absent when there is an error. */
  readonly faults?: Faults;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads `faults.yaml`: how each fault is made on a real host. Pure. */
export function loadFaults(source: SourceFile): LoadedFaults {
  const report = new Report(source);
  const root = readDocument(report);
  if (
    root === undefined ||
    !checkAgainst(faultsSchema, root, CASE_WORDS, report) ||
    report.failed ||
    root.kind !== 'map'
  ) {
    return { diagnostics: report.diagnostics };
  }
  refuseSpans(root, report);
  const entries = root.entries.get('faults')?.value;
  const faults =
    entries?.kind === 'map' ? [...entries.entries].map(([name, entry]) => readFault(name, entry, report)) : [];
  if (report.failed) return { diagnostics: report.diagnostics };
  const setup = root.entries.get('setup')?.value;
  return {
    faults: { ...(setup !== undefined && { setup: String(plainValue(setup)) }), faults },
    diagnostics: report.diagnostics,
  };
}

function readFault(name: string, { key, value }: YamlEntry, report: Report): Fault {
  checkName(name, key, report);
  refuseSpans(value, report);
  const written = plainValue(value) as Pick<Fault, 'summary' | 'break' | 'heal'>;
  return { name, ...written, at: report.lines.range(key) };
}

/** A shell would only say "bad substitution", on the host. */
function refuseSpans(texts: YamlNode, report: Report): void {
  if (texts.kind !== 'map') return;
  for (const [name, { value }] of texts.entries) {
    if (value.kind !== 'scalar' || !value.text.includes('${{')) continue;
    report.error('E_TEMPLATE', value.at, `${name}: there is nothing here that a \${{ }} could show`, 'write it out');
  }
}
