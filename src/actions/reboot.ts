import { defineAction } from '../model/action.ts';
import { failed, lastLine } from './support/failure.ts';

const TIMEOUT_MS = 60_000;

const TEXT = `
case $runbook_init in
  systemd) systemctl --no-ask-password reboot ;;
  openrc | sysv)
    if command -v shutdown >/dev/null 2>&1; then shutdown -r now; else reboot; fi ;;
  *) echo 'this host has no init that could restart it: restart it from outside' >&2; exit 69 ;;
esac
`;

export const action = defineAction({
  name: 'reboot',
  summary: 'Restarts the host and waits until it is there again.',
  notes: `
The step has succeeded when the host was reached anew and has another boot id; a connection that broke proves nothing. Its \`timeout\` (5 minutes by
default) is for all of it: give large machines more. A host that was not seen to restart by then is \`unknown\`, and a person has to look.
It is never sent to the machine that the run itself is on (\`local\`), which could not see it come back.

The lock of the host goes with its former life and is taken again. Should another run be first, the host is \`unknown\` as well. What was found
before is diagnosed anew before the next step. Everything that was only in memory, \`/run\` or \`/tmp\` is lost, all services are down for a while,
and what is not enabled stays down: so its risk is \`destructive\`. Drain the host first; \`batches\` and \`keep\` of the limits hold the others back.
`.trim(),
  effect: 'changes',
  risk: 'destructive',
  undo: { kind: 'none', reason: 'a restart cannot be undone' },
  idempotent: false,
  params: {},
  output: {
    boot_id: { type: { kind: 'string' }, description: 'The new one.' },
    boot_time: { type: { kind: 'timestamp' }, description: 'When it started, by its own clock.' },
    took: { type: { kind: 'duration' }, description: 'Until it was reached again.' },
  },
  examples: [{ title: 'Restart it', params: {} }],
  work: {
    kind: 'script',
    restarts: true,
    compose: (_params, { host }) => ({
      summary: 'restart the host and wait for its new boot',
      text: TEXT,
      variables: { runbook_init: host.init },
      timeoutMs: TIMEOUT_MS,
    }),
    interpret(answer, _params, { host }) {
      if (answer.code === 69) return failed('cannot-start', lastLine(answer.stderr.text));
      if (answer.code !== 0) return failed('exit', lastLine(answer.stderr.text) || `exit code ${answer.code}`);
      const took = `${Math.round(answer.durationMs / 1000)}s`;
      return { status: 'changed', output: { boot_id: host.boot_id, boot_time: host.boot_time, took } };
    },
  },
});
