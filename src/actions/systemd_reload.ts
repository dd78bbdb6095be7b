import { defineAction } from '../model/action.ts';
import { failed, lastLine } from './support/failure.ts';

export const action = defineAction({
  name: 'systemd_reload',
  summary: 'Lets systemd read its unit files anew.',
  notes: [
    'What runs goes on as it is: a service sees its new settings when it is started again. It is also part of what undoes',
    '`systemd_dropin`. A host without systemd fails the step.',
  ].join('\n'),
  effect: 'changes',
  risk: 'none',
  undo: { kind: 'none', reason: 'systemd knows its unit files as they are now' },
  idempotent: true,
  params: {},
  output: {},
  examples: [{ title: 'After a unit file was written', params: {} }],
  work: {
    kind: 'script',
    compose: () => ({ summary: 'systemctl daemon-reload', text: 'systemctl --no-ask-password daemon-reload' }),
    interpret(answer) {
      if (answer.code === 127) return failed('cannot-start', 'this host has no systemctl');
      if (answer.code !== 0) return failed('exit', lastLine(answer.stderr.text) || `exit code ${answer.code}`);
      return { status: 'changed', output: {} };
    },
  },
});
