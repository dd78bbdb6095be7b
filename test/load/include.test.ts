import assert from 'node:assert/strict';
import { expandEachLap } from '../../src/model/expand-step.ts';
import { Secret } from '../../src/util/secret.ts';
import { BASE_RUNBOOK, changed } from '../support/base-runbook.ts';
import { loadWith, runbookWith, told } from '../support/included.ts';
import { okResult, scopeWith } from '../support/scope.ts';

/** The base runbook with these fix steps. */
const fixing = (steps: string): string => changed(/fix:\n[\s\S]*verify:/, `fix:\n${steps}verify:`);

const RESTART = `fragment: restart
summary: Stops a unit and starts it
params:
  unit: { type: string, description: which }
  times: { type: integer, default: 1 }
steps:
  - id: stop
    service: { name: "\${{ params.unit }}", state: stopped }
  - id: start
    name: "Start \${{ params.unit }}, \${{ params.times }}"
    when: stop.status == "changed" && params.times > 0
    service: { name: "\${{ params.unit }}", state: started }
`;

const SCOPE = scopeWith(
  { svc: okResult({ unit: 'apache2' }) },
  { params: { names: ['x', 'y'], service: 'apache2', limit: 90 } },
);

describe('An include', () => {
  it('takes in the steps of its fragment, under ids of its own', () => {
    const runbook = runbookWith(
      fixing(`  - include: lib/restart.yaml
    id: again
    for: down
    with: { unit: "\${{ svc.unit }}" }
  - include: lib/restart.yaml
    for: down
    with: { unit: cron, times: 3 }
`),
      { 'lib/restart.yaml': RESTART },
    );
    assert.deepEqual(
      runbook.fix.map(({ id }) => id),
      ['again_stop', 'again_start', 'fix[1].stop', 'fix[1].start'],
    );
    const stopped = {
      ...SCOPE,
      steps: new Map([...SCOPE.steps, ['again_stop', { ...okResult({}), status: 'changed' as const }]]),
    };
    const sent = runbook.fix.map((step) => {
      const expanded = expandEachLap(step, stopped);
      assert.ok(expanded.ok);
      return expanded.value.items.map(({ decision }) =>
        decision.kind === 'send'
          ? decision.composed.params
          : decision.kind === 'skip'
            ? decision.why
            : decision.problem.error,
      );
    });
    assert.deepEqual(sent, [
      [{ name: 'apache2', state: 'stopped' }],
      [{ name: 'apache2', state: 'started' }],
      [{ name: 'cron', state: 'stopped' }],
      ['stop.status is missing: the step fix[1].stop did not run'],
    ]);
    assert.equal(runbook.fix[3]?.name.render(SCOPE), 'restart: Start cron, 3');
    assert.deepEqual(runbook.fix[0]?.params.references, { steps: ['svc'], findings: [] });
    assert.deepEqual(runbook.fix[1]?.when[0]?.references, { steps: ['again_stop'], findings: [] });
    assert.equal(runbook.fix[0]?.at.file, 'runbooks/lib/restart.yaml');
  });

  it('is told what is wrong in its fragment at the place there, with the includes that lead there', () => {
    const outer = `fragment: outer\nsummary: x\nsteps:\n  - include: inner.yaml\n`;
    const inner = `fragment: inner\nsummary: x\nsteps:\n  - service: { name: "\${{ params.unit }}", state: stopped }\n`;
    assert.deepEqual(
      told(
        loadWith(fixing('  - { include: lib/outer.yaml, for: down }\n'), {
          'lib/outer.yaml': outer,
          'lib/inner.yaml': inner,
        }),
      ),
      [
        'runbooks/lib/inner.yaml:4:34 E_FIELD params has no field unit < runbooks/lib/outer.yaml:4:5 < runbooks/base.yaml:18:5',
      ],
    );
  });

  it('reads what it is given as it stands at the include, whatever loops are inside of the fragment', () => {
    const pairs = `fragment: pairs
summary: x
params: { left: { type: string }, at: { type: integer } }
steps:
  - loop: [1, 2]
    steps:
      - loop: [p, q]
        when: params.left != "b"
        service: { name: "\${{ params.left }}\${{ params.at }}-\${{ item }}\${{ index }}", state: started }
`;
    const { fix } = runbookWith(
      fixing(`  - include: pairs.yaml
    for: down
    loop: [a, b, c]
    with: { left: "\${{ item }}", at: "\${{ index }}" }
`),
      { 'pairs.yaml': pairs },
    );
    const [step] = fix;
    assert.ok(step);
    const expanded = expandEachLap(step, SCOPE);
    assert.ok(expanded.ok);
    const sent = expanded.value.items.map(({ decision }) =>
      decision.kind === 'send' ? String(decision.composed.params['name']) : '-',
    );
    const one = ['a0-p0', 'a0-q1', 'a0-p0', 'a0-q1'];
    assert.deepEqual(sent, [...one, '-', '-', '-', '-', ...one.map((name) => name.replace('a0', 'c2'))]);
  });

  it('gives its fragment what is known where it stands: item, findings and the result of an undone step', () => {
    const note = `fragment: note
summary: x
params: { code: { type: integer, default: 7 } }
steps:
  - when: findings.down.present && index == 0
    service: { name: "\${{ item }}-\${{ result.code }}-\${{ params.code }}", state: started }
    expect: result.status != "failed"
`;
    const { fix } = runbookWith(
      fixing(`  - for: down
    loop: [a]
    shell: "true"
    undo:
      - { include: note.yaml, with: { code: "\${{ result.code + 1 }}" } }
      - { include: note.yaml }
`),
      { 'note.yaml': note },
    );
    const undo = fix[0]?.undo;
    assert.ok(undo?.kind === 'steps');
    const scope = {
      ...SCOPE,
      ...{ item: 'a', index: 0, result: okResult({ code: 3 }) },
      findings: new Map([['down', { present: true, summary: '' }]]),
    };
    const names = undo.steps.map((step) => {
      const expanded = expandEachLap(step, scope);
      const [first] = expanded.ok ? expanded.value.items : [];
      return first?.decision.kind === 'send' ? first.decision.composed.params['name'] : first;
    });
    assert.deepEqual(names, ['a-3-4', 'a-3-7']);
    assert.deepEqual(undo.steps[0]?.params.references, { steps: [], findings: [], result: true, item: true });
  });

  it('may not give from item or result what a key reads that does not know them', () => {
    const wait = `fragment: wait
summary: x
params: { long: { type: duration }, code: { type: integer, default: 0 } }
steps:
  - retest: "\${{ params.long }}"
    service: { name: a, state: started }
`;
    const looped = '  - { include: wait.yaml, for: down, loop: ["1s"], with: { long: "${{ duration(item) }}" } }\n';
    assert.deepEqual(told(loadWith(fixing(looped), { 'wait.yaml': wait })), [
      'runbooks/wait.yaml:5:18 E_REF the include gives params.long from item or index, which is not known here < runbooks/base.yaml:18:5',
    ]);
    const expecting = wait
      .replace('retest: "${{ params.long }}"', 'expect: params.code == 0')
      .replace('long: { type: duration }, ', '');
    const undone =
      '  - { for: down, shell: "true", undo: [{ include: wait.yaml, with: { code: "${{ result.code }}" } }] }\n';
    assert.deepEqual(told(loadWith(fixing(undone), { 'wait.yaml': expecting })), [
      'runbooks/wait.yaml:5:13 E_REF the include gives params.code from result, which is not known here < runbooks/base.yaml:18:40',
    ]);
  });

  it('hands on a secret as such, to whatever may be given one', () => {
    const login = `fragment: login
summary: x
params: { password: { type: secret } }
steps:
  - shell: 'true'
    env: { PASSWORD: "\${{ params.password }}" }
    undo: { none: nothing is changed }
`;
    const outer = `fragment: outer
summary: x
params: { word: { type: secret } }
steps:
  - { include: login.yaml, with: { password: "\${{ params.word }}" } }
`;
    const { fix } = runbookWith(
      fixing('  - { include: lib/outer.yaml, for: down, with: { word: "${{ params.password }}" } }\n'),
      { 'lib/outer.yaml': outer, 'lib/login.yaml': login },
    );
    const password = new Secret('hush');
    const env = fix[0]?.env?.evaluate({ ...SCOPE, params: { ...SCOPE.params, password } });
    assert.ok(env?.ok === true && env.value['PASSWORD'] === password);
    assert.ok(!JSON.stringify(env.value).includes('hush'));
  });

  it('evaluates only those params that are read', () => {
    const given = RESTART.replace('when: stop.status == "changed" && params.times > 0', 'when: params.times > 0');
    const { fix } = runbookWith(
      fixing(
        '  - { include: restart.yaml, for: down, with: { unit: "${{ svc.unit }}", times: "${{ size(params.names) }}" } }\n',
      ),
      { 'restart.yaml': given },
    );
    const scope = { ...SCOPE, steps: new Map() };
    assert.deepEqual(fix[1]?.when[0]?.evaluate(scope), { ok: true, value: true });
    assert.deepEqual(fix[1]?.params.evaluate(scope), {
      ok: false,
      error: { kind: 'missing', message: 'svc.unit is missing: the step svc did not run', step: 'svc' },
    });
    assert.equal(fix[1]?.name.render(scope), 'restart: Start (unknown), 2');
  });

  it('is warned of in diagnose only when nothing reads any of its steps', () => {
    const look = `fragment: look
summary: x
steps:
  - { id: a, service_status: { name: a } }
  - { id: b, service_status: { name: b } }
`;
    const diagnosing = (id: string, text: string): string =>
      text.replace('findings:', `  - { include: look.yaml${id} }\nfindings:`);
    assert.deepEqual(told(loadWith(diagnosing('', BASE_RUNBOOK), { 'look.yaml': look })), [
      'runbooks/base.yaml:13:5 W_UNUSED_STEP nothing refers to a step of this include',
    ]);
    const reading = BASE_RUNBOOK.replace('!svc.active', '!svc.active && look_b.active');
    assert.deepEqual(told(loadWith(diagnosing(', id: look', reading), { 'look.yaml': look })), []);
  });
});
