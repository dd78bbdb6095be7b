import assert from 'node:assert/strict';
import { expandEachLap, expandStep } from '../../src/model/expand-step.ts';
import { enterLoop, sectionsOf } from '../../src/model/loops.ts';
import type { Step } from '../../src/model/runbook.ts';
import { startCpuClock } from '../support/cpu-clock.ts';
import { changed, lintCodes, loaded } from '../support/base-runbook.ts';
import { okResult, scopeWith } from '../support/scope.ts';
import { inTime } from '../support/in-time.ts';

/** The base runbook with these fix steps. */
const fixing = (steps: string): string => changed(/fix:\n[\s\S]*verify:/, `fix:\n${steps}verify:`);

function oneOf(steps: readonly Step[]): Step {
  const [step] = steps;
  assert.ok(step);
  return step;
}

const SCOPE = scopeWith({ svc: okResult({ unit: 'apache2' }) }, { params: { names: ['x', 'y'], service: 'apache2' } });

const NESTED = `  - for: down
    loop: [a, b]
    name: "Unit \${{ item }}"
    when: item != "b"
    steps:
      - service: { name: "\${{ item }}", state: stopped }
      - loop: params.names
        steps:
          - when: item == "y"
            service: { name: "\${{ item }}\${{ index }}", state: started }
          - loop: [1, 2]
            when: item == 2
            name: part
            service: { name: "\${{ text(item) }}", state: started }
`;

const SAME_GROUP = `  - for: down
    loop: [a, b]
    steps:
      - id: stop
        service: { name: "\${{ item }}", state: stopped }
      - when: stop.status == "changed"
        service: { name: "\${{ item }}", state: started }
  - for: down
    when: size(stop.results) == 2
    service: { name: apache2, state: started }
`;

describe('Loops over groups', () => {
  it('are shared by the steps of the group, one object in another', () => {
    const { fix } = loaded(fixing(NESTED));
    assert.deepEqual(
      fix.map(({ groupLoops }) => groupLoops.map(({ id }) => id)),
      [['fix[0]'], ['fix[0]', 'fix[0].steps[1]'], ['fix[0]', 'fix[0].steps[1]']],
    );
    const [outer] = sectionsOf(fix);
    assert.ok(outer?.kind === 'loop' && outer.steps.length === 3 && sectionsOf(fix).length === 1);
    const inside = sectionsOf(outer.steps, 1).map(({ kind }) => kind);
    assert.deepEqual(inside, ['step', 'loop']);
  });

  it('are gone through item by item, the innermost first, each key with the item of its own loop', () => {
    const { fix } = loaded(fixing(NESTED));
    const sent = fix.map((step) => {
      const expanded = expandEachLap(step, SCOPE);
      assert.ok(expanded.ok);
      return expanded.value.items.map(({ decision, scope }) =>
        decision.kind === 'send' ? `${step.name.render(scope)} -> ${String(decision.composed.params['name'])}` : '-',
      );
    });
    assert.deepEqual(sent, [
      ['Unit a: service -> a', '-'],
      ['-', 'Unit a: service -> y1', '-', '-'],
      ['-', 'Unit a: part -> 2', '-', 'Unit a: part -> 2', '-', '-', '-', '-'],
    ]);
  });

  it('show the item in expect, until and undo', () => {
    const { fix } = loaded(
      fixing(`  - for: down
    loop: [a, b]
    steps:
      - service: { name: "\${{ item }}", state: started }
        expect: item == "a"
        until: item == "a"
        idempotent: true
        undo:
          - service: { name: "\${{ item }}", state: stopped }
          - loop: [1]
            service: { name: "\${{ text(item) }}", state: stopped }
`),
    );
    const step = oneOf(fix);
    const laps = expandEachLap(step, SCOPE);
    assert.ok(laps.ok && step.undo.kind === 'steps');
    const holds = laps.value.items.map(({ scope }) => [
      step.expect[0]?.evaluate({ ...scope, result: okResult({}) }),
      step.until?.condition.evaluate({ ...scope, result: okResult({}) }),
    ]);
    assert.deepEqual(
      holds.flat(),
      [true, true, false, false].map((value) => ({ ok: true, value })),
    );
    const [first, second] = step.undo.steps;
    const scope = laps.value.items[1]?.scope;
    assert.ok(scope && second);
    assert.deepEqual(first?.params.evaluate(scope), { ok: true, value: { name: 'b', state: 'stopped' } });
    const own = expandStep(second, scope);
    assert.ok(own.ok && own.value.items[0]?.decision.kind === 'send');
    assert.equal(own.value.items[0].decision.composed.params['name'], '1');
  });

  it('mean the result of the same item inside of the group, and all results after it', () => {
    const { fix } = loaded(fixing(SAME_GROUP));
    const same = enterLoop(scopeWith({ stop: { status: 'changed', error: '' } }), 'a', 0);
    assert.deepEqual(fix[1]?.when[0]?.evaluate(same), { ok: true, value: true });
    const results = ['changed', 'ok'].map((status) => ({ status: status as 'ok', error: '' }));
    const all = scopeWith({ stop: { status: 'changed', error: '', results } });
    assert.deepEqual(fix[2]?.when[0]?.evaluate(all), { ok: true, value: true });
    assert.deepEqual(lintCodes(fixing(SAME_GROUP.replace('stop.status', 'stop.results[0].status'))), ['23:20 E_FIELD']);
    assert.deepEqual(lintCodes(fixing(SAME_GROUP.replace('stop.results', 'stop.before'))), ['26:21 E_FIELD']);
  });

  it('are refused once when they are no list, and mean nothing outside', () => {
    assert.deepEqual(lintCodes(fixing(NESTED.replace('loop: [a, b]', 'loop: svc.unit'))), ['19:11 E_TYPE']);
    const after = `${SAME_GROUP}  - for: down\n    service: { name: "\${{ item }}", state: started }\n`;
    assert.deepEqual(lintCodes(fixing(after)), ['29:27 E_REF']);
    assert.deepEqual(
      lintCodes(fixing(NESTED.replace('    loop: [a, b]', '    retest: "${{ item }}"\n    loop: [a, b]'))),
      ['19:18 E_REF'],
    );
  });

  it('take all that their steps take: env, findings, become', () => {
    const { fix } = loaded(
      fixing(`  - for: down
    loop: [a, b]
    become: true
    on_failure: continue
    env: { UNIT: "\${{ item }}" }
    steps:
      - loop: [1]
        command: [echo, "\${{ text(item) }}"]
        undo: { none: it only talks }
`),
    );
    const step = oneOf(fix);
    assert.deepEqual([step.become, step.onFailure, step.for], [true, 'continue', ['down']]);
    const laps = expandEachLap(step, SCOPE);
    assert.ok(laps.ok);
    assert.deepEqual(
      laps.value.items.map(({ scope }) => step.env?.evaluate(scope)),
      ['a', 'b'].map((unit) => ({ ok: true, value: { UNIT: unit } })),
    );
  });

  it('are five deep at most, and checked in seconds whatever a file holds', () => {
    const nest = (depth: number, count: number): string => {
      const pads = Array.from({ length: depth }, (_, index) => '    '.repeat(index).concat('  '));
      const groups = pads.map(
        (pad) => `${pad}- for: down\n${pad}  when: svc.active\n${pad}  loop: [a, b]\n${pad}  steps:\n`,
      );
      const pad = '    '.repeat(depth).concat('  ');
      const steps = Array.from(
        { length: count },
        (_, index) => `${pad}- id: s${index}\n${pad}  service: { name: x, state: started }\n`,
      );
      return [...groups, ...steps].join('');
    };
    const spent = startCpuClock();
    assert.deepEqual(lintCodes(fixing(nest(5, 480))), []);
    assert.ok(spent() < inTime(10_000));
    assert.deepEqual(lintCodes(fixing(nest(6, 1))), ['40:25 E_DEPTH']);
  });
});
