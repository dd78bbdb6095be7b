import type { Fields, ValuesOf } from '../../model/type.ts';

/** What a unit may be called: systemd.unit(5)'s characters, which hold all names of init scripts; no pattern, no option. */
export const UNIT_NAME = String.raw`^[A-Za-z0-9:_.@\\][A-Za-z0-9:_.@\\-]*$`;

const NO_TIME = '1970-01-01T00:00:00Z';

export const UNIT_FIELDS = {
  unit: { type: { kind: 'string' }, description: 'Full name, aliases resolved; empty for an unknown unit.' },
  exists: { type: { kind: 'bool' }, description: 'The host knows this unit.' },
  active: { type: { kind: 'bool' }, description: 'It is up (reloading included).' },
  enabled: { type: { kind: 'bool' }, description: 'It is started at boot.' },
  masked: { type: { kind: 'bool' }, description: 'Somebody made it impossible to start (systemd only).' },
  can_reload: { type: { kind: 'bool' }, description: 'It can read its configuration anew without a restart.' },
  state: {
    type: { kind: 'string' },
    description: '`active`, `inactive`, `failed`, or on its way from one to another.',
  },
  sub_state: { type: { kind: 'string' }, description: 'The finer state, such as `running`, `dead` or `auto-restart`.' },
  result: {
    type: { kind: 'string' },
    description: 'How it last ended: `success`, `exit-code`, `signal`, `oom-kill` ... (systemd only).',
  },
  main_pid: { type: { kind: 'int' }, description: 'Its main process; 0 when there is none or it is not known.' },
  restarts: {
    type: { kind: 'int' },
    description: 'Restarts by the init system itself since it was last started by hand.',
  },
  last_signal: {
    type: { kind: 'string' },
    description: 'The signal that ended its last main process, such as `KILL`; empty when none did (systemd only).',
  },
  since: { type: { kind: 'timestamp' }, description: 'When it came into this state, by the clock of the host.' },
  memory_bytes: {
    type: { kind: 'int' },
    description: 'Memory of all its processes; 0 when the host does not count it.',
  },
  memory_max_bytes: { type: { kind: 'int' }, description: 'Limit on its memory; 0: none.' },
  oneshot: {
    type: { kind: 'bool' },
    description: 'It does its work and ends: `inactive` is then no fault (systemd only).',
  },
  triggered_by: {
    type: { kind: 'list', of: { kind: 'string' } },
    description: 'Active sockets, timers and paths that start it when it is wanted, after a stop too (systemd only).',
  },
  changed_on_disk: {
    type: { kind: 'bool' },
    description:
      'Its unit file is another one than systemd has read: `daemon_reload` of `service` reads it (systemd only).',
  },
  bad_unit_file: {
    type: { kind: 'bool' },
    description:
      'systemd cannot use its unit file, and so cannot start it: `systemd-analyze verify` says why (systemd only).',
  },
  start_limited: {
    type: { kind: 'bool' },
    description: 'It was started so often that systemd has given up; `service` clears that (systemd only).',
  },
  unmet_condition: {
    type: { kind: 'string' },
    description:
      'The condition for which it was not started, such as `ConditionPathExists=/etc/app.conf`; else empty (systemd only).',
  },
  failed_need: {
    type: { kind: 'string' },
    description:
      'While it is down: the unit it requires, itself or through others, that failed, is masked or is not there (systemd only).',
  },
} as const satisfies Fields;

export type Unit = ValuesOf<typeof UNIT_FIELDS>;

/** What is said of a unit that does not exist. */
export const ABSENT: Unit = {
  unit: '',
  exists: false,
  active: false,
  enabled: false,
  masked: false,
  can_reload: false,
  state: '',
  sub_state: '',
  result: '',
  main_pid: 0,
  restarts: 0,
  last_signal: '',
  since: NO_TIME,
  memory_bytes: 0,
  memory_max_bytes: 0,
  oneshot: false,
  triggered_by: [],
  changed_on_disk: false,
  bad_unit_file: false,
  start_limited: false,
  unmet_condition: '',
  failed_need: '',
};

/** `KEY=VALUE` lines; what is not of this form, or has no value, is left out. */
export function readProperties(lines: readonly string[]): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf('=');
    if (at > 0 && at < line.length - 1) properties.set(line.slice(0, at), line.slice(at + 1));
  }
  return properties;
}

/** Those of several units, as `systemctl show` parts them by empty lines. */
export function readBlocks(lines: readonly string[]): readonly ReadonlyMap<string, string>[] {
  const blocks: string[][] = [[]];
  for (const line of lines) {
    if (line === '') blocks.push([]);
    else blocks.at(-1)?.push(line);
  }
  return blocks.filter((block) => block.length > 0).map(readProperties);
}
