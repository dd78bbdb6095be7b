import assert from 'node:assert/strict';
import { expandEachLap } from '../../src/model/expand-step.ts';
import { changed } from '../support/base-runbook.ts';
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
});
