import assert from 'node:assert/strict';
import { loadCases } from '../../../src/load/cases/cases.ts';
import { loadFaults } from '../../../src/load/cases/faults.ts';
import { loadRunbook } from '../../../src/load/runbook.ts';
import type { Diagnostic } from '../../../src/model/source.ts';
import { TEST_ACTIONS } from '../../support/actions-for-tests.ts';
import { BASE_RUNBOOK } from '../../support/base-runbook.ts';

const FAULTS = `setup: apt-get install -y curl
faults:
  stopped:
    summary: It is stopped
    break: systemctl stop apache2
    heal: systemctl start apache2
  killed:
    summary: It was killed
    break: |
      pkill -9 apache2
`;

const CASES = `cases:
  stopped:
    summary: it is started
    fault: stopped
    params: { limit: 80%, names: [c] }
    expect: { outcome: repaired, findings: [down], changed: [start] }
    untouched: cat /etc/fstab
    holds: 'true'
  proof-broken:
    summary: it is stopped again
    fault: killed
    proof: fails
    expect: { outcome: rolled-back }
`;

describe('loadFaults', () => {
  it('reads what a host is broken and healed by', () => {
    const { faults, diagnostics } = loadFaults({ file: 'faults.yaml', text: FAULTS });
    assert.deepEqual(diagnostics, []);
    assert.equal(faults?.setup, 'apt-get install -y curl');
    assert.deepEqual(
      faults.faults.map(({ at: _at, ...fault }) => fault),
      [
        { name: 'stopped', summary: 'It is stopped', break: 'systemctl stop apache2', heal: 'systemctl start apache2' },
        { name: 'killed', summary: 'It was killed', break: 'pkill -9 apache2\n' },
      ],
    );
  });

  for (const [what, text, ...told] of [
    ['an empty file', '', '1:1 E_EMPTY the file is empty'],
    ['no faults', 'setup: x\n', '1:1 E_REQUIRED the file needs faults'],
    ['a fault without its shell', 'faults: { a: { summary: x } }\n', '1:14 E_REQUIRED a needs break'],
    ['an empty text', 'faults: { a: { summary: x, break: "" } }\n', '1:35 E_EMPTY break is empty'],
    ['a span', 'faults: { a: { summary: x, break: "rm ${{ params.x }}" } }\n', '1:35 E_TEMPLATE'],
    ['a span in setup', 'setup: "rm ${{ params.x }}"\nfaults: { a: { summary: x, break: x } }\n', '1:8 E_TEMPLATE'],
    ['a list', 'faults: [a]\n', '1:9 E_TYPE faults must be a map, found a list'],
    [
      'a number',
      'faults: { a: { summary: 1, break: x } }\n',
      '1:25 E_STRING summary must be text, found 1, which YAML reads as a number',
    ],
    ['an upper-case name', 'faults: { A: { summary: x, break: x } }\n', '1:11 E_NAME "A" is no name'],
    ['a misspelt key', 'faults: { a: { summary: x, brake: x } }\n', '1:28 E_UNKNOWN_KEY', '1:14 E_REQUIRED'],
    [
      'two faults of one name',
      'faults:\n  a: { summary: x, break: x }\n  a: { summary: x, break: x }\n',
      '3:3 E_DUPKEY',
    ],
  ] as const) {
    it(`refuses with its place: ${what}`, () => {
      const { faults, diagnostics } = loadFaults({ file: 'faults.yaml', text });
      assert.equal(faults, undefined);
      assertTold(diagnostics, told);
    });
  }
});

describe('loadCases', () => {
  it('reads what has to come of each fault', () => {
    const { cases = [], diagnostics } = load(CASES);
    assert.deepEqual(diagnostics, []);
    const [stopped, broken] = cases;
    assert.equal(stopped?.fault?.break, 'systemctl stop apache2');
    assert.deepEqual(
      stopped.params.map(({ name, value, at }) => [name, value, at.start.line]),
      [
        ['limit', '80%', 5],
        ['names', ['c'], 5],
      ],
    );
    assert.deepEqual(stopped.expect, { outcome: 'repaired', findings: ['down'], changed: ['start'] });
    assert.deepEqual([stopped.untouched, stopped.holds, stopped.proofFails], ['cat /etc/fstab', 'true', false]);
    assert.deepEqual(broken?.expect, { outcome: 'rolled-back', findings: [], changed: [] });
    assert.equal(broken.proofFails, true);
  });

  for (const [from, to, ...told] of [
    ['fault: stopped', 'fault: stoped', '4:12 E_REF there is no fault "stoped" in faults.yaml | did you mean stopped?'],
    ['repaired', 'fixed', '6:24 E_VALUE outcome: expected one of healthy, repaired'],
    ['repaired', 'needs-fix', '6:24 E_VALUE'],
    ['[down]', '[dwn]', '6:45 E_REF there is no finding "dwn" in base | did you mean down?'],
    ['[start]', '[stop]', '6:62 E_REF there is no fix step "stop" in base'],
    ['[start]', '[start, start]', '6:69 E_DUPLICATE start is named twice'],
    ['[start]', '[svc]', '6:62 E_REF'],
    ['limit: 80%', 'limit: 80', '5:22 E_PARAM the param limit: expected a share from 0% to 100%, with its sign'],
    ['limit: 80%', 'limits: 80%', '5:15 E_REF there is no param "limits" in base | did you mean limit?'],
    ['limit: 80%', 'password: hunter2', '5:25 E_PLAINTEXT_SECRET'],
    ['proof: fails', 'proof: holds', '12:12 E_VALUE proof: expected fails, found holds'],
    ['proof: fails', 'prof: fails', "12:5 E_UNKNOWN_KEY unknown key prof | did you mean 'proof'?"],
    ['expect: { outcome: rolled-back }', 'holds: x', '10:5 E_REQUIRED proof-broken needs expect'],
    ['{ outcome: rolled-back }', '{ changed: [] }', '13:13 E_REQUIRED expect needs outcome'],
    ['proof-broken:', 'proof/broken:', '9:3 E_NAME "proof/broken" is no name'],
  ] as const) {
    it(`refuses with its place: ${to}`, () => {
      assert.ok(CASES.includes(from));
      const { cases, diagnostics } = load(CASES.replace(from, to));
      assert.equal(cases, undefined);
      assertTold(diagnostics, told);
    });
  }

  it('asks for the params that have no default', () => {
    const runbook = BASE_RUNBOOK.replace(', default: apache2', '');
    const { diagnostics } = load(CASES.replace('limit: 80%', 'service: nginx'), runbook);
    assertTold(diagnostics, ['9:3 E_REQUIRED base needs the param service | write params: { service: ... }']);
  });

  it('refuses a proof that fails where nothing is proven', () => {
    const reads = BASE_RUNBOOK.slice(0, BASE_RUNBOOK.indexOf('fix:')).replace(
      'is down"',
      'is down"\n    advice: start it',
    );
    const { diagnostics } = load(CASES.replace(', changed: [start]', ''), reads);
    assertTold(diagnostics, ['12:5 E_VALUE base has no verify, so no proof can fail']);
  });
});

function load(text: string, runbook = BASE_RUNBOOK) {
  const loaded = loadRunbook({ file: 'base.yaml', text: runbook }, TEST_ACTIONS);
  const { faults } = loadFaults({ file: 'faults.yaml', text: FAULTS });
  assert.ok(loaded.runbook !== undefined && faults !== undefined, JSON.stringify(loaded.diagnostics));
  return loadCases({ file: 'cases.yaml', text }, { runbook: loaded.runbook, faults: faults.faults });
}

function assertTold(diagnostics: readonly Diagnostic[], wanted: readonly string[]): void {
  const told = diagnostics.map(
    ({ code, message, hint = '', at: { start } }) => `${start.line}:${start.column} ${code} ${message} | ${hint}`,
  );
  assert.equal(told.length, wanted.length, told.join('\n'));
  for (const want of wanted)
    assert.ok(
      told.some((each) => each.startsWith(want)),
      `${want}\n\n${told.join('\n')}`,
    );
}
