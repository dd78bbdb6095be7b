import { defineAction, type Action } from '../../src/model/action.ts';
import { constant, step } from './runbook-builder.ts';

/** Restarts a scripted host. */
export const restart: Action = defineAction({
  name: 'restart',
  summary: 'Restarts the host.',
  effect: 'changes',
  risk: 'destructive',
  undo: { kind: 'none', reason: 'it has restarted' },
  idempotent: false,
  params: {},
  output: {
    boot: { type: { kind: 'string' }, description: 'the new boot' },
    took: { type: { kind: 'int' }, description: 'milliseconds' },
  },
  examples: [],
  work: {
    kind: 'script',
    restarts: true,
    compose: () => ({ summary: 'restart', text: 'restart' }),
    interpret: ({ code, durationMs }, _params, { host }) =>
      code === 0
        ? { status: 'changed', output: { boot: host.boot_id, took: durationMs } }
        : { status: 'failed', reason: 'exit', error: 'it refused' },
  },
});

/** Not done within two minutes, it has failed. */
export const restarting = step({
  id: 'again',
  phase: 'fix',
  action: restart,
  params: {},
  for: ['down'],
  timeoutMs: constant(120_000),
});
