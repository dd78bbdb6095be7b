import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evidenceText } from '../../../src/load/cases/evidence-text.ts';
import { loadEvidence } from '../../../src/load/cases/evidence.ts';
import type { Evidence, KeptAnswer } from '../../../src/model/evidence.ts';
import { FACTS } from '../../support/scripted-host.ts';

const OF = { runbook: 'disk-full', case: 'journal' };
const answer = (stdout: string, parts: Partial<KeptAnswer> = {}): KeptAnswer => ({
  ...{ atMs: 5, end: { how: 'exit', code: 0 }, stdout, stderr: '' },
  ...parts,
});
const EVIDENCE: Evidence = {
  ...OF,
  recordedAt: '2026-01-01T00:00:00.000Z',
  version: '0.1.0',
  host: { name: 'web01', address: '10.0.0.1', port: 22, user: 'root', groups: ['web'] },
  facts: { ...FACTS, machine_id: '' },
  delegates: [
    {
      host: { name: 'lb', address: '10.0.0.9', port: 22, user: 'ops', groups: [] },
      facts: { ...FACTS, machine_id: '', init: 'openrc' },
    },
  ],
  states: [
    {
      said: [
        { step: 'disk', lap: '', answers: [answer('full\n', { times: 2 }), answer('', { end: { how: 'lost' } })] },
        { step: 'log', lap: '0.1', answers: [answer('a', { stdoutBytes: 5_000_000, stderr: 'b\n' })] },
      ],
    },
    {
      change: {
        step: 'fix[0]',
        lap: '2',
        sent: 'rm /var/log/x',
        ...answer('', { end: { how: 'timeout', gone: false } }),
      },
      said: [
        { step: 'up', lap: '', answers: [{ atMs: 9, seen: { status: 'ok', output: { code: 200, body: 'a\nb' } } }] },
      ],
    },
    {
      change: { step: 'x', lap: '', sent: '', ...answer('', { end: { how: 'not-started', why: 'claimed' } }) },
      said: [],
    },
    {
      reached: { host: 'web01', facts: { ...FACTS, machine_id: '', boot_id: 'boot-2' } },
      change: { step: 'y', lap: '', sent: 'kill', ...answer('', { end: { how: 'signal', signal: 'KILL' } }) },
      said: [],
    },
  ],
};
const TEXT = evidenceText(EVIDENCE, 'a host');

describe('loadEvidence', () => {
  it('reads back what was written, and no id of a machine is in it', () => {
    const { evidence, diagnostics } = load(TEXT);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(evidence, EVIDENCE);
    assert.doesNotMatch(evidenceText({ ...EVIDENCE, facts: FACTS }, 'a host'), /machine/);
  });

  it('reads back whatever a host printed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom('\n', ' ', '\t', 'x', '|', '#') }),
        (one, other) => {
          const [first, ...more] = EVIDENCE.states;
          const said = [{ step: 'disk', lap: '', answers: [answer(one, { stderr: other })] }];
          const printed = { ...EVIDENCE, states: [{ ...first, said }, ...more] };
          assert.deepEqual(load(evidenceText(printed, 'a host')).evidence, printed);
        },
      ),
    );
  });

  for (const [what, from, to, told] of [
    [
      'an older version',
      'evidence: 1',
      'evidence: 0',
      '2:11 E_VERSION evidence in format 0; this version reads format 1',
    ],
    ['a newer version with other keys', 'evidence: 1', 'evidence: 2\nmore: 1', '2:11 E_VERSION evidence in format 2'],
    [
      'another runbook',
      'disk-full',
      'inodes-full',
      '3:10 E_VALUE this is evidence of the runbook "inodes-full", not of disk-full',
    ],
    [
      'another case',
      'case: journal',
      'case: old-logs',
      '4:7 E_VALUE this is evidence of the case "old-logs", not of journal',
    ],
    ['no evidence at all', TEXT, 'a: 1\n', '1:1 E_UNKNOWN_KEY unknown key a'],
    ['an empty file', TEXT, '', '1:1 E_EMPTY'],
    [
      'a file that ends in the middle',
      TEXT.slice(TEXT.indexOf('change:')),
      'ch',
      '64:5 E_TYPE item 2 of states must be a map',
    ],
    [
      'a file that ends before what was said',
      TEXT.slice(TEXT.indexOf('states:')),
      '',
      '2:1 E_REQUIRED the file needs states',
    ],
    ['an answer edited by hand', 'at: 5ms', 'at: soon', 'E_VALUE at: expected a duration'],
    [
      'an answer after a million years',
      'at: 5ms',
      'at: 100000000d',
      'E_VALUE at: 100000000d is longer than a run can be',
    ],
    ['a time no clock goes on from', '2026-01-01T00:00:00.000Z', '+275760-09-13T00:00:00.000Z', 'is no time'],
    ['what was seen without how it ended', 'status: ok', 'state: ok', 'E_REQUIRED seen needs status'],
    ['what was seen and ended as nothing does', 'status: ok', 'status: 7', 'expected one of ok, changed, failed'],
    ['a key edited by hand', 'exit: 0', 'code: 0', 'E_UNKNOWN_KEY unknown key code'],
    ['a status that is no number', 'exit: 0', 'exit: zero', 'E_INT exit must be a whole number, found zero'],
    ['a time that is none', '2026-01-01T00:00:00.000Z', 'yesterday', '5:11 E_VALUE "yesterday" is no time'],
    [
      'a first state that follows a change',
      'states:\n  - said:',
      'states:\n  - change: { step: a, sent: b, at: 1s }\n    said:',
      'E_VALUE the first state is before any change',
    ],
    ['too much of it', TEXT, `${TEXT}# ${'x'.repeat(10_000_000)}\n`, '1:1 E_SIZE the file is larger than 1 MiB'],
  ] as const) {
    it(`refuses with its place: ${what}`, () => {
      assert.ok(TEXT.includes(from));
      const { evidence, diagnostics } = load(TEXT.replace(from, () => to));
      assert.equal(evidence, undefined);
      const all = diagnostics.map(
        ({ code, message, at: { start } }) => `${start.line}:${start.column} ${code} ${message}`,
      );
      assert.ok(
        all.some((each) => each.includes(told)),
        all.join('\n'),
      );
    });
  }
});

const load = (text: string) => loadEvidence({ file: 'journal.yaml', text }, OF);
