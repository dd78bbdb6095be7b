import type { Runbook } from '../../src/model/runbook.ts';
import { FakeClock } from './fake-clock.ts';
import {
  condition,
  constant,
  expression,
  field,
  finding,
  resultField,
  runbook,
  step,
  verifying,
} from './runbook-builder.ts';
import { RunRig } from './run-rig.ts';
import { look, ScriptedHost, service, set, setTo } from './scripted-host.ts';

/** `down` while `unit` is not `up`, blocked while `disk` is `full`; the fix frees the lock and starts the unit. */
export function downRunbook(parts: Partial<Runbook> = {}): Runbook {
  return runbook({
    diagnose: [
      step({ id: 'unit', action: look, params: { key: 'unit' } }),
      step({ id: 'disk', action: look, params: { key: 'disk' } }),
    ],
    findings: [
      finding({ name: 'full', severity: 'blocks', when: (scope) => field(scope, 'disk', 'value') === 'full' }),
      finding({ name: 'down', when: (scope) => field(scope, 'unit', 'value') !== 'up' }),
    ],
    fix: [freeLock, startUnit],
    verify: verifying([unitIsUp]),
    ...parts,
  });
}

export const freeLock = step({ id: 'free', phase: 'fix', action: set, params: setTo('lock', 'free'), for: ['down'] });

export const startUnit = step({
  id: 'start',
  phase: 'fix',
  action: service,
  params: setTo('unit', 'up'),
  for: ['down'],
});

/** Two changes of one step. */
export const each = step({
  id: 'each',
  phase: 'fix',
  action: set,
  loop: constant(['p', 'q']),
  params: expression((scope) => setTo(String(scope.item), 'new')),
  for: ['down'],
});

export const unitIsUp = step({
  id: 'is_up',
  phase: 'verify',
  action: look,
  params: { key: 'unit' },
  expect: [condition((scope) => resultField(scope, 'value') === 'up')],
});

export const SICK = { unit: 'down', lock: 'held', disk: 'ok' };

/** One scripted host and a run of the runbook on it. */
export function oneHost(parts: Partial<Runbook> = {}, values: Readonly<Record<string, string>> = SICK) {
  const clock = new FakeClock();
  const host = new ScriptedHost(clock, values);
  const rig = new RunRig({ clock, runbook: downRunbook(parts), hosts: { web01: host } });
  return { clock, host, rig, journal: rig.journal };
}
