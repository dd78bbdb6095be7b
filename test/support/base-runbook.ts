import { loadRunbook } from '../../src/load/runbook.ts';
import type { Diagnostic } from '../../src/model/source.ts';
import type { Runbook } from '../../src/model/runbook.ts';
import { TEST_ACTIONS } from './actions-for-tests.ts';

/** A small valid runbook; tests change one thing in it. */
export const BASE_RUNBOOK = `runbook: base
summary: A service is down
params:
  service: { type: string, default: apache2 }
  limit: { type: percent, default: 90% }
  names: { type: list, of: string, default: [a, b] }
  password: { type: secret, default: "" }
diagnose:
  - id: svc
    service_status: { name: "\${{ params.service }}" }
  - id: log
    log_search: { sources: ["journal:\${{ svc.unit }}"], since: 1h, patterns: { full: 'No space left' } }
findings:
  down:
    when: "!svc.active && log.counts.full == 0"
    summary: "\${{ params.service }} is down"
fix:
  - id: start
    for: down
    service: { name: "\${{ svc.unit }}", state: started }
verify:
  - service_status: { name: "\${{ svc.unit }}" }
    expect: result.active
`;

/** The base runbook with one part replaced, which must be there. */
export function changed(from: string | RegExp, to: string): string {
  const found = typeof from === 'string' ? BASE_RUNBOOK.includes(from) : from.test(BASE_RUNBOOK);
  if (!found) throw new Error(`the base runbook has no ${String(from)}`);
  return BASE_RUNBOOK.replace(from, () => to);
}

export function lint(text: string): readonly Diagnostic[] {
  return loadRunbook({ file: 'runbooks/base.yaml', text }, TEST_ACTIONS).diagnostics;
}

/** `line:column CODE`, warnings too. */
export function lintCodes(text: string): readonly string[] {
  return lint(text).map(({ at, code }) => `${at.start.line}:${at.start.column} ${code}`);
}

export function loaded(text: string, file = 'runbooks/base.yaml'): Runbook {
  const { runbook, diagnostics } = loadRunbook({ file, text }, TEST_ACTIONS);
  if (runbook === undefined)
    throw new Error(diagnostics.map(({ at, message }) => `${at.start.line}: ${message}`).join('\n'));
  return runbook;
}
