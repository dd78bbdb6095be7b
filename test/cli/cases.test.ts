import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceText } from '../../src/load/cases/evidence-text.ts';
import type { Evidence, KeptAnswer } from '../../src/model/evidence.ts';
import { FACTS } from '../support/scripted-host.ts';
import { Workplace } from './spawn.ts';

const RUNBOOK = `runbook: flag
summary: The flag is not there
params:
  soak: { type: duration, default: 1h }
diagnose:
  - id: flag
    shell: cat /run/flag
    effect: reads
    expect: result.code < 2
findings:
  gone:
    when: flag.code == 1
    summary: 'the flag is gone: \${{ flag.stderr }}'
fix:
  - id: raise
    for: gone
    shell: echo up >/run/flag; echo CHANGED
    undo:
      - id: lower
        shell: rm /run/flag
verify:
  soak: '\${{ params.soak }}'
  steps:
    - id: seen
      shell: cat /run/flag
      effect: reads
      expect: result.stdout.startsWith("up")
`;
const FAULTS = 'faults: { gone: { summary: it is removed, break: rm -f /run/flag } }\n';
const CASES = `cases:
  gone:
    summary: it is raised again
    fault: gone
    expect: { outcome: repaired, findings: [gone], changed: [raise] }
  proof-broken:
    summary: it is lowered again
    fault: gone
    proof: fails
    expect: { outcome: rolled-back, findings: [gone], changed: [raise] }
`;
const said = (atMs: number, code: number, stdout: string, stderr = ''): KeptAnswer => ({
  ...{ atMs, end: { how: 'exit', code }, stdout, stderr },
});
const EVIDENCE: Evidence = {
  ...{ runbook: 'flag', case: 'gone', recordedAt: '2026-01-01T00:00:00.000Z', version: '0.1.0', delegates: [] },
  host: { name: 'web01', address: '10.0.0.1', port: 22, user: 'root', groups: [] },
  facts: FACTS,
  states: [
    { said: [{ step: 'flag', lap: '', answers: [said(9, 1, '', 'cat: /run/flag: no such file\n')] }] },
    {
      change: { step: 'raise', lap: '', sent: 'echo up >/run/flag; echo CHANGED', ...said(30, 0, 'CHANGED\n') },
      said: [
        { step: 'seen', lap: '', answers: [said(40, 0, 'up\n')] },
        { step: 'flag', lap: '', answers: [said(50, 0, 'up\n')] },
      ],
    },
  ],
};
const FILES = {
  'runbooks/flag.yaml': RUNBOOK,
  'runbooks/flag.test/faults.yaml': FAULTS,
  'runbooks/flag.test/cases.yaml': CASES,
  'runbooks/flag.test/evidence/gone.yaml': evidenceText(EVIDENCE, 'a host'),
};
const INVENTORY = `all:
  hosts:
    web01: { ansible_host: 127.0.0.1, ansible_port: 1, runbook_disposable: true }
    web02: { ansible_host: 127.0.0.2, ansible_port: 1 }
    web03: { ansible_host: 127.0.0.3, ansible_port: 1, runbook_disposable: 'yes' }
    again: { ansible_host: 127.0.0.1, ansible_port: 1, runbook_disposable: true }
    guise: { ansible_host: 127.0.0.2, ansible_port: 1, runbook_disposable: true }
    text: { ansible_host: 127.0.0.4, ansible_port: 1, runbook_disposable: '{{ true }}' }
`;

describe('runbook test', () => {
  let place: Workplace;
  beforeEach(() => {
    place = new Workplace().write({ ...FILES, 'inventory.yaml': INVENTORY });
  });
  afterEach(() => {
    place.remove();
  });

  it('plays the cases of all runbooks here that have evidence, a soak of an hour in no time', async () => {
    const { code, out, err } = await place.runbook(['test']);
    const lines = out.replaceAll(/\([\d.]+ m?s\)/g, '(n ms)').split('\n');
    assert.deepEqual(lines, [
      'ok      flag: gone (n ms)  it is raised again',
      '-       flag: proof-broken  it is lowered again',
      '        no evidence yet: runbook record flag proof-broken --on HOST',
      '2 cases: 1 ok, 1 without evidence',
      '',
    ]);
    assert.deepEqual([code, err], [0, '']);
  });

  it('leaves no trace: neither a store nor a file', async () => {
    await place.runbook(['test', 'flag', '--case', 'gone']);
    assert.equal(existsSync(join(place.directory, 'state')), false);
  });

  it('says what is not as it was expected, tells the story of the host, and what to do', async () => {
    place.write({ 'runbooks/flag.test/cases.yaml': CASES.replace('repaired', 'healthy') });
    const { code, out } = await place.runbook(['test', 'flag']);
    assert.equal(code, 2);
    assert.match(
      out,
      /^failed {2}flag: gone \([\d.]+ m?s\) {2}it is raised again\n {8}outcome: expected healthy, got repaired\n/,
    );
    assert.match(out, /found {5}gone: the flag is gone: cat: \/run\/flag: no such file/);
    assert.match(out, /changed {3}raise: echo up >\/run\/flag; echo CHANGED/);
    assert.match(out, /proof {5}held for 3600 s/);
    assert.match(
      out,
      /do: correct the runbook, or the case in runbooks\/flag.test\/cases.yaml:2; if hosts say something else now: runbook record flag gone --on HOST\n/,
    );
    assert.doesNotMatch(out, /runbook show/);
  });

  it('tests an edited runbook against the same words', async () => {
    place.write({ 'runbooks/flag.yaml': RUNBOOK.replace('flag.code == 1', 'flag.code == 7') });
    const { code, out } = await place.runbook(['test', 'flag']);
    assert.equal(code, 2);
    assert.match(
      out,
      /outcome: expected repaired, got healthy\n {8}findings: expected gone, got none\n {8}changed: expected raise, got none\n/,
    );
  });

  it('says of a step that was never recorded that it has to be', async () => {
    place.write({
      'runbooks/flag.yaml': RUNBOOK.replace('id: flag\n', 'id: flags\n')
        .replaceAll('flag.code', 'flags.code')
        .replaceAll('flag.stderr', 'flags.stderr'),
    });
    const { code, out } = await place.runbook(['test', 'flag']);
    assert.equal(code, 2);
    assert.match(out, /the evidence has no flags before the first change: record it anew/);
  });

  it('says of a host that steps are delegated to and that said nothing that it has to be recorded', async () => {
    place.write({ 'runbooks/flag.yaml': RUNBOOK.replace('- id: raise\n', '- id: raise\n    delegate: lb01\n') });
    const { code, out, err } = await place.runbook(['test', 'flag', '--case', 'gone']);
    assert.deepEqual([code, err], [2, '']);
    assert.match(out, /raise is delegated to lb01, of which the evidence knows nothing: record it anew/);
  });

  it('fails when a change is not sent any more that was when it was recorded', async () => {
    const [before, after] = EVIDENCE.states;
    const undone = (step: string, sent: string): Evidence['states'][number] => {
      return { change: { step, lap: '', sent, ...said(60, 0, '') }, said: [] };
    };
    const states = [before, after, undone('lower', 'rm /run/flag'), undone('tell', 'logger lowered')];
    const broken = { ...EVIDENCE, case: 'proof-broken', states } as Evidence;
    const lower = '        shell: rm /run/flag\n';
    place.write({
      'runbooks/flag.test/evidence/proof-broken.yaml': evidenceText(broken, 'a host'),
      'runbooks/flag.yaml': RUNBOOK.replace(lower, `${lower}      - id: tell\n        shell: logger lowered\n`),
    });
    const whole = await place.runbook(['test', 'flag', '--case', 'proof-broken']);
    assert.equal(whole.code, 0, whole.out);
    place.write({ 'runbooks/flag.yaml': RUNBOOK });
    const { code, out } = await place.runbook(['test', 'flag', '--case', 'proof-broken']);
    assert.equal(code, 2, out);
    assert.match(out, /\n {8}tell was sent when it was recorded, and is not any more: record it anew\n/);
  });

  it('notes a change that is sent otherwise than it was recorded', async () => {
    place.write({ 'runbooks/flag.yaml': RUNBOOK.replace('echo up', 'echo UP') });
    const { code, out } = await place.runbook(['test', 'flag']);
    assert.equal(code, 0);
    assert.match(out, /note: raise sends another command than was recorded: record it anew/);
  });

  it('prints one object a case with --json', async () => {
    const { out } = await place.runbook(['test', 'flag', '--json']);
    const [played, unknown] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const { duration_ms: duration, ...rest } = played ?? {};
    assert.equal(typeof duration, 'number');
    const result = { outcome: 'repaired', findings: ['gone'], changed: ['raise'] };
    assert.deepEqual(rest, {
      runbook: 'flag',
      case: 'gone',
      state: 'holds',
      problems: [],
      expect: result,
      came: result,
      notes: [],
    });
    assert.equal(unknown?.['state'], 'no-evidence');
  });

  it('fails when nothing could be tried, and says how to record', async () => {
    const { code, out } = await place.runbook(['test', 'flag', '--case', 'proof-broken']);
    assert.equal(code, 2);
    assert.match(out, /no evidence yet: runbook record flag proof-broken --on HOST\n1 case: 1 without evidence\n/);
  });

  for (const [what, files, argv, code, told] of [
    ['a case that is none', {}, ['flag', '--case', 'gon'], 64, /there is no case "gon"\nhint: {2}did you mean gone\?/],
    ['a runbook that is none', {}, ['flog'], 64, /there is no runbook "flog"\nhint: {2}did you mean flag\?/],
    [
      'a wrong case',
      { 'runbooks/flag.test/cases.yaml': CASES.replace('[raise]', '[rise]') },
      [],
      65,
      /cases.yaml:5:62: error E_REF: there is no fix step "rise" in flag/,
    ],
    [
      'wrong faults and a wrong runbook',
      {
        'runbooks/flag.test/faults.yaml': 'a: 1',
        'runbooks/flag.yaml': RUNBOOK.replace('flag.code == 1', 'flag.cod == 1'),
      },
      [],
      65,
      /E_FIELD[^]*E_UNKNOWN_KEY/,
    ],
    [
      'evidence of another case',
      { 'runbooks/flag.test/evidence/gone.yaml': evidenceText({ ...EVIDENCE, case: 'x' }, 'a') },
      [],
      65,
      /E_VALUE: this is evidence of the case "x", not of gone[^]*hint: record it anew: runbook record flag gone --on HOST/,
    ],
    [
      'ten megabytes of evidence',
      { 'runbooks/flag.test/evidence/gone.yaml': `# ${'x'.repeat(1e7)}` },
      [],
      65,
      /E_SIZE[^]*hint: record it anew/,
    ],
    ['a host that is none', {}, ['flag', '--on', 'web1'], 64, /has no host web1\nhint: {2}did you mean web01\?/],
    [
      'hosts that may not be broken',
      {},
      ['flag', '--on', 'web01,web02,web03'],
      16,
      /not so: web02, web03\nhint: {2}if they may be broken on purpose, set runbook_disposable: true/,
    ],
    [
      'a machine that may not be broken, by another name',
      {},
      ['flag', '--on', 'guise'],
      16,
      /guise and web02 have the same address: they are one machine\nhint: {2}set runbook_disposable: true for both/,
    ],
    [
      'one machine by two names',
      {},
      ['flag', '--on', 'web01,again'],
      16,
      /web01 and again have the same address: they are one machine\nhint: {2}name one of them/,
    ],
    ['a value that is a template', {}, ['flag', '--on', 'text'], 16, /not so: text/],
    ['no host at all', {}, ['flag', '--on', ','], 64, /--on names no host/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      place.write(files);
      const ended = await place.runbook(['test', ...argv]);
      assert.equal(ended.code, code, ended.err + ended.out);
      assert.match(ended.err, told);
    });
  }

  it('says where no runbook has cases how to write some', async () => {
    const empty = new Workplace();
    const { code, err } = await empty.runbook(['test']);
    empty.remove();
    assert.equal(code, 64);
    assert.match(err, /no runbook in \.\/runbooks has cases/);
  });

  it('fails a case whose host cannot be reached', async () => {
    const { code, out } = await place.runbook(['test', 'flag', '--on', 'web01']);
    assert.equal(code, 2);
    assert.match(out, /failed {2}flag: gone on web01 .*\n {8}the fault gone could not be made: .* refuses connections/);
  });

  it('reaches a host that steps are delegated to in its own way', async () => {
    place.write({
      'runbooks/flag.yaml': RUNBOOK.replace('- id: raise\n', '- id: raise\n    delegate: web01\n'),
      'runbooks/flag.test/cases.yaml':
        'cases: { alone: { summary: nothing is wrong, expect: { outcome: healthy } } }\n',
      'inventory.yaml': `${INVENTORY}    here: { ansible_connection: local, runbook_disposable: true }\n`,
    });
    const { code, out, err } = await place.runbook(['test', 'flag', '--on', 'here']);
    assert.deepEqual([code, err], [2, '']);
    assert.match(out, /steps are delegated to web01, which cannot be reached: 127\.0\.0\.1:1 refuses connections/);
  });
});

describe('runbook lint', () => {
  it('checks the faults and cases of a runbook, too', async () => {
    const place = new Workplace().write({ ...FILES, 'runbooks/flag.test/faults.yaml': 'faults: {}\n' });
    const { code, out } = await place.runbook(['lint']);
    place.remove();
    assert.equal(code, 65);
    assert.match(out, /faults.yaml:1:9: error E_EMPTY_STEPS: faults is empty/);
  });
});
