import assert from 'node:assert/strict';
import { ACTIONS } from '../../src/app/actions.ts';
import { loadRunbook } from '../../src/load/runbook.ts';
import { changed } from '../support/base-runbook.ts';

/** What is said of a runbook with this step: message and hint. */
function complaintsAbout(step: string): readonly string[] {
  const text = changed('service: { name: "${{ svc.unit }}", state: started }', step);
  const { diagnostics } = loadRunbook({ file: 'runbooks/base.yaml', text }, ACTIONS);
  return diagnostics.map(({ message, hint }) => (hint === undefined ? message : `${message} | ${hint}`));
}

const WRONG_VALUES: readonly (readonly [step: string, complaint: string])[] = [
  [
    'file: { path: /srv/app/, state: directory }',
    'path: expected an absolute path with no / at its end, such as /etc/motd, found "/srv/app/"',
  ],
  ['file: { path: /srv/app, mode: u=rw }', 'mode: expected three or four octal digits, such as "0640", found "u=rw"'],
  [
    'assert: { that: ["svc.active"] }',
    'that: expected true or false, found "svc.active" | write true or false, or an expression as ${{ }}',
  ],
  [
    'assert: { that: svc.active }',
    'that: expected a list such as [a, b], found "svc.active" | write ["${{ svc.active }}"]',
  ],
];

describe('Params of an action', () => {
  for (const [step, complaint] of WRONG_VALUES) {
    it(`are refused in words: ${step}`, () => assert.deepEqual(complaintsAbout(step), [complaint]));
  }
});
