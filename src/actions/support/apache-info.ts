import type { Fields, ValuesOf } from '../../model/type.ts';
import { timestampOf } from './timestamps.ts';

export const MECHANISMS = ['sysvsem', 'file', 'flock', 'posixsem', 'pthread', 'fcntl', 'default', 'none'] as const;

export const APACHE_OUTPUT = {
  installed: { type: { kind: 'bool' }, description: 'There is an Apache. When false, all else is zero.' },
  unit: { type: { kind: 'string' }, description: 'Full name of its unit, or its init script; empty when it has none.' },
  binary: { type: { kind: 'string' }, description: 'Path of the server.' },
  version: { type: { kind: 'string' }, description: 'Such as `2.4.68`.' },
  mpm: { type: { kind: 'string' }, description: '`prefork`, `worker`, `event`.' },
  running: {
    type: { kind: 'bool' },
    description: 'A live parent owns the pid file or is the main process of the unit.',
  },
  parent_pid: { type: { kind: 'int' }, description: 'Of the running parent, else 0.' },
  started: { type: { kind: 'timestamp' }, description: 'When the running parent started.' },
  run_user: { type: { kind: 'string' }, description: 'The user its children become.' },
  run_uid: { type: { kind: 'int' }, description: 'Uid of that user; 0 when it has none.' },
  pid_file: { type: { kind: 'string' }, description: 'Path of its pid file.' },
  error_log: {
    type: { kind: 'string' },
    description: "Path of the main server's error log; empty for syslog or a program.",
  },
  lock_dir: { type: { kind: 'string' }, description: 'Where a file for its mutex is, or would be.' },
  lock_dir_local: { type: { kind: 'bool' }, description: 'That directory is on a file system of this host alone.' },
  log_dir: { type: { kind: 'string' }, description: 'Directory of its logs.' },
  mutex: {
    type: {
      kind: 'object',
      name: 'ApacheMutex',
      fields: {
        mechanism: {
          type: { kind: 'string', enum: [...MECHANISMS, ''] },
          description: 'Of the accept mutex; empty when the configuration does not parse.',
        },
        file: {
          type: { kind: 'string' },
          description: 'Path of its file, to which Apache adds its pid, for mechanisms that use one.',
        },
        needed: {
          type: { kind: 'bool' },
          description: 'Apache creates such a mutex: more than one listener, or another user of it.',
        },
      },
    },
    description: 'What serialises accept.',
  },
  ports: { type: { kind: 'list', of: { kind: 'int' } }, description: 'Ports it listens on, ascending.' },
  urls: {
    type: { kind: 'list', of: { kind: 'string' } },
    description: 'One for each listener, reachable from the host itself.',
  },
  config_ok: { type: { kind: 'bool' }, description: 'The configuration parses.' },
  config_error: { type: { kind: 'string' }, description: 'What is wrong with it, on one line.' },
  configtest: {
    type: { kind: 'list', of: { kind: 'string' } },
    description: 'The command that tests the configuration.',
  },
  remove_ipc: {
    type: { kind: 'bool' },
    description: "logind removes a user's semaphores at the last logout (RemoveIPC).",
  },
} as const satisfies Fields;

export type ApacheInfo = ValuesOf<typeof APACHE_OUTPUT>;

export const NO_APACHE: ApacheInfo = {
  installed: false,
  unit: '',
  binary: '',
  version: '',
  mpm: '',
  running: false,
  parent_pid: 0,
  started: timestampOf(0),
  run_user: '',
  run_uid: 0,
  pid_file: '',
  error_log: '',
  lock_dir: '',
  lock_dir_local: false,
  log_dir: '',
  mutex: { mechanism: '', file: '', needed: false },
  ports: [],
  urls: [],
  config_ok: false,
  config_error: '',
  configtest: [],
  remove_ipc: false,
};
