import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { maskEvidence } from '../../src/app/cases/mask-evidence.ts';
import { openCases, openEvidence, recordCommand } from '../../src/app/cases/open-cases.ts';
import { playCase } from '../../src/app/cases/play-case.ts';
import { SecretMask } from '../../src/app/cases/secret-mask.ts';
import { renderCase } from '../../src/cli/case-text.ts';
import { casesOf, examplePaths, pathsWithCases } from './library.ts';

const PAGE = { style: (_tone: string, text: string) => text, columns: 100 };

for (const path of [...pathsWithCases(), ...examplePaths()]) {
  describe(`The library: ${basename(path, '.yaml')}, on what real hosts said`, () => {
    it('has faults and cases in which nothing is wrong', () => {
      assert.ok(casesOf(path).cases.length > 0);
    });

    const opened = openCases(path);
    for (const one of opened.ok ? opened.value.value.cases : []) {
      it(`${one.name}: ${one.summary}`, async () => {
        const of = casesOf(path);
        const evidence = openEvidence(of, one);
        if (!evidence.ok) return assert.fail(evidence.error.diagnostics.map(({ message }) => message).join('\n'));
        if (evidence.value === undefined) return assert.fail(`no evidence: ${recordCommand(of, one)}`);
        const masked = maskEvidence(evidence.value, of.runbook, new SecretMask([]));
        assert.deepEqual(masked, evidence.value, 'something in the evidence looks like a secret');
        const end = await playCase(of.runbook, one, evidence.value);
        assert.equal(end.state, 'holds', `\n${renderCase(of.runbook.name, end, 'see above', PAGE)}`);
      });
    }
  });
}
