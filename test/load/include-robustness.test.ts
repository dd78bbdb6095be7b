import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lintFragment } from '../../src/load/fragment.ts';
import { err, ok } from '../../src/util/result.ts';
import { startCpuClock } from '../support/cpu-clock.ts';
import { TEST_ACTIONS } from '../support/actions-for-tests.ts';
import { changed } from '../support/base-runbook.ts';
import { loadWith, told, type Files } from '../support/included.ts';
import { inTime } from '../support/in-time.ts';

const RUNBOOK = changed(
  /fix:\n[\s\S]*verify:/,
  `fix:
  - include: lib/outer.yaml
    id: one
    for: down
    loop: params.names
    tags: [a]
    with: { name: "\${{ item }}", password: "\${{ params.password }}", count: 2 }
  - include: lib/inner.yaml
    id: two
    for: down
    when: one_begin.status == "changed"
    with: { unit: "\${{ svc.unit }}" }
  - id: last
    for: down
    shell: "true"
    undo:
      - { include: lib/inner.yaml, with: { unit: "\${{ text(result.code) }}" } }
verify:`,
);

const FILES: Files = {
  'lib/outer.yaml': `fragment: outer
summary: Some steps
params:
  name: { type: string }
  password: { type: secret }
  count: { type: integer, default: 1 }
steps:
  - id: begin
    when: params.count > 1
    service: { name: "\${{ params.name }}", state: started }
  - include: inner.yaml
    id: again
    with: { unit: "\${{ params.name }}-\${{ text(params.count) }}" }
  - when: again_stop.status == "changed" && findings.down.present
    service: { name: a, state: started }
`,
  'lib/inner.yaml': `fragment: inner
summary: Some steps
params: { unit: { type: string } }
steps:
  - id: stop
    loop: [x, y]
    service: { name: "\${{ params.unit }}\${{ item }}", state: stopped }
`,
};

const PATHS = ['', ...Object.keys(FILES)];
const PIECES = [
  'x',
  '"',
  ': ',
  '[',
  '{',
  '}',
  '${{',
  '}}',
  '!',
  '&a ',
  '*a',
  ' #',
  '- ',
  '1',
  'null',
  '\t',
  '.',
  '(',
  'params.',
  'item',
  'include: ',
  'lib/',
  'id: one',
];

const edit = fc.record({
  path: fc.constantFrom(...PATHS),
  line: fc.nat(30),
  how: fc.constantFrom('delete', 'twice', 'indent', 'cut', 'insert', 'swap'),
  column: fc.nat(60),
  piece: fc.constantFrom(...PIECES),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(text: string, edits: readonly Edit[]): string {
  const lines = text.split('\n');
  for (const { line, how, column, piece } of edits) {
    const index = line % lines.length;
    const old = lines[index] ?? '';
    if (how === 'delete') lines[index] = '';
    else if (how === 'twice') lines[index] = `${old}\n${old}`;
    else if (how === 'indent') lines[index] = `  ${old}`;
    else if (how === 'cut') lines[index] = old.slice(0, column);
    else if (how === 'insert') lines[index] = old.slice(0, column) + piece + old.slice(column);
    else [lines[index], lines[(index + 1) % lines.length]] = [lines[(index + 1) % lines.length] ?? '', old];
  }
  return lines.join('\n');
}

describe('Loading runbooks with includes', function () {
  this.timeout(60_000);

  it('begins with one that is right', () => {
    const loaded = loadWith(RUNBOOK, FILES);
    assert.deepEqual(told(loaded), []);
    assert.deepEqual(
      loaded.runbook?.fix.map(({ id }) => id),
      ['one_begin', 'one_again_stop', 'fix[0].steps[2]', 'two_stop', 'last'].map((id) => id.replace('fix[0]', 'one')),
    );
  });

  it('never throws, says where in which file, and gives a runbook or an error', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const of = (path: string): readonly Edit[] => edits.filter((one) => one.path === path);
        const files = Object.fromEntries(Object.entries(FILES).map(([path, text]) => [path, edited(text, of(path))]));
        const text = edited(RUNBOOK, of(''));
        const spent = startCpuClock();
        const { runbook, diagnostics, others } = loadWith(text, files);
        assert.ok(spent() < inTime(1000));
        assert.notEqual(runbook === undefined, !diagnostics.some(({ severity }) => severity === 'error'));
        const known = new Map([
          ['runbooks/base.yaml', text],
          ...others.map((other) => [other.file, other.text] as const),
        ]);
        for (const { at, message, code, includedFrom = [] } of diagnostics) {
          assert.match(code, /^[EW]_[A-Z_]+$/);
          assert.notEqual(code, 'E_STRUCTURE', message);
          for (const { file, start, end } of [at, ...includedFrom]) {
            const length = known.get(file)?.length ?? -1;
            assert.ok(start.offset <= end.offset && end.offset <= length, `${file} ${message}`);
          }
          assert.equal(includedFrom.length > 0, at.file !== 'runbooks/base.yaml');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never throws for a fragment by itself', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const text = edited(FILES['lib/outer.yaml'] ?? '', edits);
        const inner = edited(FILES['lib/inner.yaml'] ?? '', edits.slice(2));
        const { diagnostics } = lintFragment({ file: 'lib/outer.yaml', text }, TEST_ACTIONS, (path) =>
          path === 'inner.yaml' ? ok(inner) : err({ code: 'E_READ', message: 'none', hint: 'check' }),
        );
        for (const { code, message } of diagnostics) assert.notEqual(code, 'E_STRUCTURE', message);
      }),
      { numRuns: 400 },
    );
  });
});
