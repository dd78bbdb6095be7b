import type { Expression } from '../../src/model/expression.ts';
import type { Runbook, Step } from '../../src/model/runbook.ts';
import { condition, expression, resultField, step } from './runbook-builder.ts';
import { downRunbook, SICK, startUnit } from './down-runbook.ts';
import { FakeClock } from './fake-clock.ts';
import { RunRig } from './run-rig.ts';
import { look, ScriptedHost, set } from './scripted-host.ts';

const TO_BALANCER: Expression<string> = expression(({ params }) => String(params['balancer']));

/** Takes the host out of the balancer; undone by what the action says. */
export const drain = step({
  id: 'drain',
  phase: 'fix',
  action: set,
  params: expression(({ host }) => ({ key: host.name, state: 'drained' })),
  for: ['down'],
  delegate: TO_BALANCER,
});

export const drained = step({
  id: 'drained',
  phase: 'fix',
  action: look,
  params: expression(({ host }) => ({ key: host.name })),
  for: ['down'],
  delegate: TO_BALANCER,
  expect: [condition((scope) => resultField(scope, 'value') === 'drained')],
});

export const putBack = step({
  id: 'put_back',
  phase: 'fix',
  action: set,
  params: expression(({ host }) => ({ key: host.name, state: 'in' })),
  for: ['down'],
  delegate: TO_BALANCER,
});

export const FIX: readonly Step[] = [drain, drained, startUnit, putBack];

interface Pool {
  readonly parts?: Partial<Runbook>;
  readonly hosts?: readonly string[];
  readonly balancer?: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly more?: Partial<ConstructorParameters<typeof RunRig>[0]>;
}

/** Web servers behind a balancer that is no host of the run. */
export function pool({ parts = {}, hosts: names = ['web01'], balancer = 'lb01', values = SICK, more = {} }: Pool = {}) {
  const clock = new FakeClock();
  const facts = (name: string) => ({ boot_id: `boot-${name}`, machine_id: `machine-${name}` });
  const hosts = Object.fromEntries(names.map((name) => [name, new ScriptedHost(clock, values, facts(name))]));
  const lb = new ScriptedHost(clock, Object.fromEntries(names.map((name) => [name, 'in'])), {
    ...facts('lb01'),
    init: 'openrc',
    time: '2026-01-01T05:00:00Z',
  });
  const runbook = downRunbook({ fix: FIX, ...parts });
  const rig = new RunRig({ clock, runbook, hosts, delegates: { lb01: lb }, params: { balancer }, ...more });
  return { clock, hosts, web: hosts['web01'] as ScriptedHost, lb, rig, journal: rig.journal };
}
