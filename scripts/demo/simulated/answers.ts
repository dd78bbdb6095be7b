import type { Script } from '../../../src/model/script.ts';
import { COMPLAINT, LIMITS, OTHER_UID, RUN_UID, USERS, type SimulatedMachine, type SimulatedSet } from './machine.ts';

/** What a script prints, or undefined when the simulated machine does not know it. */
export function answer(machine: SimulatedMachine, { summary, args = [] }: Script): string | undefined {
  const known = ANSWERS.find(([begin]) => summary.startsWith(begin));
  return known?.[1](machine, args.map(String));
}

type Answer = (machine: SimulatedMachine, args: readonly string[]) => string;

/** By how the summary of the action's script begins. Each in the form that a real host gave to the same script. */
const ANSWERS: readonly (readonly [begin: string, answer: Answer])[] = [
  ['ask Apache for its configuration', apacheSections],
  ['df ', diskSections],
  ['list semaphore sets', semaphoreSections],
  ['search ', (machine) => sections({ ...clock(machine), 'source.1': [], 'source.2': ['0\t!\t\t'] })],
  ['look for OOM kills', (machine) => sections({ ...clock(machine), 'source.1': [] })],
  ['service apache2 status', (machine) => sections({ unit: unit(machine) })],
  ['ipcrm ', removal],
  ['apache2ctl configtest && service apache2 start', start],
];

/** As the shell functions of the actions print them: a head `@NAME CODE`, lines behind a `|`. */
function sections(
  all: Readonly<Record<string, readonly string[]>>,
  codes: Readonly<Record<string, number>> = {},
): string {
  const text = Object.entries(all).map(([name, lines]) =>
    [`@${name} ${codes[name] ?? 0}`, ...lines.map((line) => `|${line}`)].join('\n'),
  );
  return `${[...text, '@end 0'].join('\n')}\n`;
}

const clock = (machine: SimulatedMachine): Readonly<Record<string, readonly string[]>> => ({
  clock: [`${machine.now()}`, `${machine.bootTime}`],
  zone: [`${machine.bootTime} +0000`],
});

const MOUNTS = ['1 0 8:1 / / rw,relatime - ext4 /dev/sda1 rw', '2 1 0:20 / /run rw,nosuid - tmpfs tmpfs rw'];

function apacheSections({ apache }: SimulatedMachine): string {
  const pidFile = '/var/run/apache2/apache2.pid';
  return sections({
    units: ['init apache2'],
    binary: ['/usr/sbin/apache2'],
    environment: ['www-data', pidFile, '/var/lock/apache2', '/var/log/apache2', '.'],
    control: ['/usr/sbin/apache2ctl'],
    arguments: [],
    build: ['Server version: Apache/2.4 (simulated)', 'Server MPM:     prefork', ' -D HTTPD_ROOT="/etc/apache2"'],
    test: ['Syntax OK'],
    config: [
      'Included configuration files:',
      '  (*) /etc/apache2/apache2.conf',
      'ServerRoot: "/etc/apache2"',
      'Main ErrorLog: "/var/log/apache2/error.log"',
      'Mutex default: dir="/var/run/apache2/" mechanism=sysvsem ',
      'Mutex mpm-accept: using_defaults',
      `PidFile: "${pidFile}"`,
      'User: name="www-data" id=33',
      'Loaded Modules:',
      ' core_module (static)',
      ' mpm_prefork_module (shared)',
    ],
    directives: ['= /etc/apache2/apache2.conf', 'Listen 80', 'Listen 8080'],
    variables: [],
    users: ['33 www-data'],
    resolved: ['/var/lock/apache2', '/run/lock/apache2', '/var/run/apache2/', '/run/apache2'],
    mounts: MOUNTS,
    processes: [pidFile, ...(apache === undefined ? [] : [`${apache.pid} ${apache.startedAt}`])],
    logind: [],
  });
}

const DF = {
  '/run/lock/apache2': ['tmpfs 1000000 60 999940 1% /run', 'tmpfs 250000 40 249960 1% /run'],
  '/var/log/apache2': ['/dev/sda1 20000000 3000000 17000000 15% /', '/dev/sda1 1300000 60000 1240000 5% /'],
  '/': ['/dev/sda1 20000000 3000000 17000000 15% /', '/dev/sda1 1300000 60000 1240000 5% /'],
};

function diskSections(): string {
  const paths = Object.entries(DF).map(([path, [bytes = '', inodes = '']], index) => ({
    [`path.${index + 1}`]: [path],
    [`kib.${index + 1}`]: ['Filesystem 1024-blocks Used Available Capacity Mounted on', bytes],
    [`inodes.${index + 1}`]: ['Filesystem Inodes IUsed IFree IUse% Mounted on', inodes],
  }));
  return sections(Object.assign({ mounts: MOUNTS }, ...paths) as Readonly<Record<string, readonly string[]>>);
}

function semaphoreSections(machine: SimulatedMachine): string {
  return sections({
    clock: [`${machine.now()}`],
    limits: [LIMITS],
    sets: machine.sets.map((set) => `${row(set)} ${verdict(set)}`),
    users: [...USERS].map(([uid, name]) => `${uid} ${name}`),
  });
}

const row = ({ id, key, uid, otime, ctime, lastPid, waiting }: SimulatedSet): string =>
  `${id} ${key} 600 1 ${uid} ${otime} ${ctime} ${lastPid} ${waiting}`;

/** The words of the rules that the actions have in their script; only what can happen here. */
function verdict({ uid, key, waiting, isAlive, lastPid }: SimulatedSet): string {
  if (uid === OTHER_UID) return 'owner';
  if (uid === RUN_UID && key !== 0) return 'keyed';
  if (waiting > 0) return 'waited';
  return isAlive ? `alive ${lastPid}` : 'gone 0';
}

/** Arguments `ID:OTIME:CTIME`. */
function removal(machine: SimulatedMachine, args: readonly string[]): string {
  const lines = args.flatMap((wanted) => {
    const [id = '', times = ''] = wanted.split(/:(.*)/);
    const set = machine.sets.find((each) => `${each.id}` === id);
    if (set === undefined) return [`kept ${id} absent`];
    const now = `${set.otime}:${set.ctime}` === times ? verdict(set) : 'changed';
    if (!now.startsWith('gone')) return [`set ${row(set)} ${now}`, `kept ${id} ${now}`];
    machine.removeSet(set.id);
    return [`orphan ${id} ${set.uid} ${set.otime} ${set.ctime} ${set.lastPid} ${now}`];
  });
  const header = 'orphan ID UID OTIME CTIME LAST_PID VERDICT, with key 0, mode 600, 1 semaphore, 0 waiting';
  return [header, ...lines, 'end', ''].join('\n');
}

function unit({ apache, bootTime }: SimulatedMachine): readonly string[] {
  const base = ['Exists=yes', 'Enabled=yes', 'CanReload=yes'];
  if (apache === undefined) return [...base, 'Status=3', 'StatusText=apache2 is not running.'];
  const ticks = (apache.startedAt - bootTime) * 100;
  const stat = `${apache.pid} (apache2) S 1 ${'0 '.repeat(17)}${ticks} 0`;
  return [
    ...base,
    `MainPID=${apache.pid}`,
    `Stat=${stat}`,
    `Boot=${bootTime}`,
    'Status=0',
    'StatusText=apache2 is running.',
  ];
}

function start(machine: SimulatedMachine): string {
  const before = unit(machine);
  const isUp = machine.startApache();
  const act = isUp ? [] : COMPLAINT.split('\n');
  return sections({ check: ['Syntax OK'], before, act, after: unit(machine) }, { act: isUp ? 0 : 1 });
}
