import { defineAction } from '../model/action.ts';
import { commandLine } from '../util/command-line.ts';
import { failed, unexpectedOutput } from './support/failure.ts';
import { lookText, managerOf, nameFor, readUnit } from './support/look-at-unit.ts';
import { readSections, SECTIONS } from './support/sections.ts';
import { ABSENT, UNIT_FIELDS, UNIT_NAME } from './support/unit.ts';

export const action = defineAction({
  name: 'service_status',
  summary: 'Reads the state of a service from systemd, OpenRC or its init script.',
  notes: [
    'An unknown unit, and an empty name, is `exists: false` with zero values elsewhere; the step fails only when the host could',
    'not be asked. `enabled` is true for what is started at boot by its own enablement: a `static` unit, which only others',
    'start, is not enabled. `since` is when it became active while it is up, and when it went down while it is not.',
    'Down is not always broken: a `oneshot` has ended, a service with an active socket, timer or path (`triggered_by`) waits to be',
    'wanted, and one with an `unmet_condition` is not to run on this host. `failed_need` is the unit to look at first.',
    'With OpenRC and init scripts `restarts` is 0, `since` is the start of the main process, and the memory is not counted.',
  ].join('\n'),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    name: {
      type: { kind: 'string', pattern: `${UNIT_NAME}|^$`, form: 'the name of a unit, such as apache2' },
      description: 'The unit, with or without `.service`; an alias is resolved.',
    },
  },
  output: UNIT_FIELDS,
  examples: [
    { title: 'A service', params: { name: 'apache2' } },
    { title: 'A socket', params: { name: 'dbus.socket' } },
  ],
  work: {
    kind: 'script',
    compose({ name }, { host }) {
      const manager = managerOf(host);
      return {
        summary:
          manager === 'systemd'
            ? `systemctl show ${commandLine([name])}`
            : `service ${commandLine([nameFor(manager, name)])} status`,
        text: `${SECTIONS}${lookText(manager)}[ -z "$runbook_name" ] || look unit "$runbook_name"\nsections_end\n`,
        variables: { runbook_name: nameFor(manager, name), runbook_init: manager },
      };
    },
    interpret(answer, { name }, { host }) {
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      if (name === '') return { status: 'ok', output: ABSENT };
      const reading = readUnit(managerOf(host), sections.value, 'unit', name);
      return reading.ok ? { status: 'ok', output: reading.value } : failed('cannot-check', reading.error);
    },
  },
});
