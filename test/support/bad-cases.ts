import assert from 'node:assert/strict';
import { changed, lintCodes } from './base-runbook.ts';
import { startCpuClock } from './cpu-clock.ts';
import { inTime } from './in-time.ts';

/** A file with one mistake, and all that must be said about it: `line:column CODE`. */
export type Case = readonly [what: string, text: string, ...codes: readonly string[]];

export const FOR = '    for: down\n';
export const WHEN = 'when: "!svc.active && log.counts.full == 0"';
export const SUMMARY = '"${{ params.service }} is down"';
export const PATTERN = "'No space left'";
export const DIAGNOSE = '    service_status: { name: "${{ params.service }}" }\n';
export const VERIFY = '  - service_status: { name: "${{ svc.unit }}" }\n    expect: result.active\n';
export const step = (lines: string): string => changed(FOR, `${FOR}    ${lines}\n`);
export const timeout = (value: string): string => step(`timeout: ${value}`);
export const limit = (value: string): string => changed('sources: [', `limit: ${value}, sources: [`);
export const when = (value: string): string => changed(WHEN, value);
export const top = (lines: string): string => changed('runbook: base', `runbook: base\n${lines}`);
export const id = (value: string): string => changed('- id: start', `- id: ${value}`);

/** One test a case: exactly these diagnostics, in time. */
export function testCases(table: string, cases: readonly Case[]): void {
  for (const [what, text, ...codes] of cases) {
    it(`is found with its place: ${table}, ${what}`, () => {
      const spent = startCpuClock();
      assert.deepEqual(lintCodes(text), codes);
      assert.ok(spent() < inTime(1000));
    });
  }
}
