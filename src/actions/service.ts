import { defineAction } from '../model/action.ts';
import { commandLine } from '../util/command-line.ts';
import { managerOf, nameFor, type UnitManager } from './support/look-at-unit.ts';
import { interpretService } from './support/service-answer.ts';
import { serviceScript } from './support/service-script.ts';
import type { ServiceParams } from './support/service-trouble.ts';
import { UNIT_NAME } from './support/unit.ts';

export const action = defineAction({
  name: 'service',
  summary: 'Starts, stops, restarts, reloads, enables or disables a service.',
  notes: [
    '`started` and `stopped` do nothing to a service that is so already; `restarted` and `reloaded` always act. `reloaded` fails on',
    'a service that is not up, or that cannot reload.',
    '',
    '`started` and `restarted` clear a failed state, and the limit on starts that systemd keeps (`StartLimitBurst`): with it even a',
    'service that is well again is refused. What the journal says of the failure is read before that, and is in `failure`. A start',
    'that hits the limit is tried once more, and once only.',
    '',
    'The step succeeds only when the service was seen in the state asked for. When it fails, the error has the last lines of the',
    'journal, and names what is in the way: the unit it requires that failed, is masked or is not there, with the last lines of that',
    'one; the condition that is not met. A unit that it requires is never repaired by the way, nor its limit cleared. A program that',
    'systemd does not wait for (`Type=simple`) gets one second to give up, one of an init script 30 seconds to come up.',
    '',
    'A stop leaves sockets, timers and paths alone: those in `triggered_by` start the service again when it is wanted.',
    '`check` is run first; when it fails, nothing is done at all. An unknown or masked unit fails the step, and is left alone.',
    'Undo brings back the former activity and enablement of what was touched; `check` guards it, too, when it starts something.',
  ].join('\n'),
  effect: 'changes',
  risk: 'restart',
  undo: { kind: 'builtin', how: 'the unit is brought back to its former state' },
  idempotent: false,
  params: {
    name: {
      type: { kind: 'string', pattern: UNIT_NAME, form: 'the name of a unit, such as apache2' },
      description: 'The unit, with or without `.service`.',
    },
    state: {
      type: { kind: 'string', enum: ['started', 'stopped', 'restarted', 'reloaded'] },
      description: 'What it shall be; left as it is by default.',
      optional: true,
    },
    enabled: {
      type: { kind: 'bool' },
      description: 'Whether it shall be started at boot; left as it is by default.',
      optional: true,
    },
    check: {
      type: { kind: 'list', of: { kind: 'string' } },
      description: 'A program with its arguments that must succeed first, such as a test of the configuration.',
      optional: true,
    },
    daemon_reload: {
      type: { kind: 'bool' },
      description: 'Let systemd read the unit files anew first.',
      optional: true,
    },
  },
  output: {
    before: { type: { kind: 'string' }, description: '`active`, `inactive` or `failed`, as it was found.' },
    after: { type: { kind: 'string' }, description: 'The same, as it was left.' },
    main_pid: {
      type: { kind: 'int' },
      description: 'Its main process afterwards; 0 when there is none or it is not known.',
    },
    failure: {
      type: { kind: 'string' },
      description: 'How it had failed, with its last lines, when a failed state was cleared; else empty.',
    },
    start_limit_cleared: {
      type: { kind: 'bool' },
      description: 'systemd had given up after too many starts, and was told to forget them.',
    },
    triggered_by: {
      type: { kind: 'list', of: { kind: 'string' } },
      description: 'Active sockets, timers and paths that start it when it is wanted, after a stop too.',
    },
  },
  examples: [
    { title: 'Start unless it runs', params: { name: 'apache2', state: 'started' } },
    {
      title: 'Restart only with a good configuration',
      params: { name: 'apache2', state: 'restarted', check: ['apache2ctl', 'configtest'] },
    },
    { title: 'Keep it down', params: { name: 'cups', state: 'stopped', enabled: false } },
  ],
  work: {
    kind: 'script',
    compose(params, { host }) {
      const { name, state = '', enabled, check = [], daemon_reload = false } = params;
      const manager = managerOf(host);
      return {
        summary: summaryOf(params, manager),
        text: serviceScript(manager),
        variables: {
          runbook_init: manager,
          runbook_name: nameFor(manager, name),
          runbook_state: state,
          runbook_enabled: enabled === undefined ? '' : String(enabled),
          runbook_daemon_reload: String(daemon_reload),
        },
        args: check,
      };
    },
    interpret(answer, params, { host }) {
      return interpretService(answer, params, managerOf(host));
    },
  },
});

interface Asked extends ServiceParams {
  readonly daemon_reload?: boolean;
}

/** In the order in which it is done: `apache2ctl configtest && systemctl restart apache2`. */
function summaryOf({ name, state, enabled, check = [], daemon_reload }: Asked, manager: UnitManager): string {
  const unit = commandLine([nameFor(manager, name)]);
  const systemd = manager === 'systemd';
  const parts: string[] = [];
  if (check.length > 0) parts.push(commandLine(check));
  if (daemon_reload === true && systemd) parts.push('systemctl daemon-reload');
  if (enabled !== undefined)
    parts.push(
      systemd ? `systemctl ${enabled ? 'enable' : 'disable'} ${unit}` : `${enabled ? 'enable' : 'disable'} ${unit}`,
    );
  if (state !== undefined) {
    const verb = { started: 'start', stopped: 'stop', restarted: 'restart', reloaded: 'reload' }[state];
    parts.push(
      { systemd: `systemctl ${verb} ${unit}`, openrc: `rc-service ${unit} ${verb}`, sysv: `service ${unit} ${verb}` }[
        manager
      ],
    );
  }
  return parts.length === 0 ? `look at ${unit}` : parts.join(' && ');
}
