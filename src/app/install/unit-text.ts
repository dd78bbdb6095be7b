import { isAbsolute, join } from 'node:path';
import type { Schedule } from '../../model/schedule.ts';
import { formatDuration } from '../../util/duration.ts';
import type { OnCalendar } from '../../schedule/on-calendar.ts';
import { MARK, type Installation } from './installation.ts';

/** Each run ends by itself soon after SIGTERM, but for a step that runs: it is awaited for so long. */
const STOP_SECONDS = 180;

/** The service of a schedule. It fails with the exit code of the run, and not when it was stopped. */
export function serviceText(installation: Installation): string {
  const { schedule, argv } = installation;
  // In mode shadow something to fix is what is looked for.
  const success = schedule.mode === 'shadow' ? '2 129 130 143' : '129 130 143';
  return [
    head(schedule.name, `runbook-${schedule.name}.service`),
    '[Unit]',
    `Description=runbook: the schedule ${schedule.name}`,
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=${argv.map(quoteForSystemd).join(' ')}`,
    ...surroundingsOf(installation),
    `SyslogIdentifier=runbook-${schedule.name}`,
    'TimeoutStartSec=infinity',
    `TimeoutStopSec=${STOP_SECONDS}`,
    'KillMode=mixed',
    `SuccessExitStatus=${success}`,
    ...hardening(installation),
    '',
  ].join('\n');
}

/** When it is started. One that still runs is not started again. */
export function timerText(schedule: Schedule, { lines, years }: OnCalendar): string {
  const { name, timing, jitterMs, graceMs } = schedule;
  const said =
    timing.kind === 'every' ? `every ${formatDuration(timing.everyMs)}` : `${timing.cron.text} (${timing.timezone})`;
  return [
    head(name, `runbook-${name}.timer`),
    ...(years === undefined
      ? []
      : [`# Clocks change on the days that are named; for ${years} years: install it anew then.`]),
    '[Unit]',
    `Description=runbook: ${said.replaceAll('%', '%%')}`,
    '',
    '[Timer]',
    ...lines.map((line) => `OnCalendar=${line}`),
    'AccuracySec=1s',
    ...(jitterMs < 1000 ? [] : [`RandomizedDelaySec=${Math.floor(jitterMs / 1000)}s`, 'FixedRandomDelay=yes']),
    ...(graceMs === undefined ? [] : ['Persistent=yes']),
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
  ].join('\n');
}

/** Of the process that keeps watch. `stopMs`: what it gives to runs when it is told to end. */
export function serveText(installation: Omit<Installation, 'schedule'>, stopMs: number): string {
  const { argv, isRoot } = installation;
  return [
    head('serve', 'runbook-serve.service'),
    '[Unit]',
    'Description=runbook: schedules',
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${argv.map(quoteForSystemd).join(' ')}`,
    'ExecReload=/bin/kill -HUP $MAINPID',
    ...surroundingsOf(installation),
    'SyslogIdentifier=runbook-serve',
    'Restart=on-failure',
    'RestartSec=5',
    `TimeoutStopSec=${Math.ceil(stopMs / 1000) + STOP_SECONDS}`,
    'KillMode=mixed',
    'SuccessExitStatus=129 130 143',
    'RuntimeDirectory=runbook',
    'RuntimeDirectoryMode=0700',
    'RuntimeDirectoryPreserve=yes',
    ...hardening(installation),
    '',
    '[Install]',
    `WantedBy=${isRoot ? 'multi-user.target' : 'default.target'}`,
    '',
  ].join('\n');
}

/** A word of ExecStart= as systemd.service(5) reads it: quotes, C escapes, `$` and `%`. */
export function quoteForSystemd(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', () => '$$');
  if (/^[A-Za-z0-9_@%+=:,./$-]+$/.test(plain)) return plain;
  const escaped = plain.replaceAll(/["\\\p{Cc}]/gu, (sign) => {
    if (sign === '"' || sign === '\\') return `\\${sign}`;
    return [...Buffer.from(sign)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  });
  return `"${escaped}"`;
}

const head = (name: string, unit: string): string =>
  `# Written by ${MARK} ${name} --systemd; the same with --remove takes it away.\n# Changes of yours belong into a drop-in: systemctl edit ${unit}`;

function surroundingsOf({ environment }: Pick<Installation, 'environment'>): readonly string[] {
  // Else a file that is in some folder of a user would be taken from where the manager stands.
  const variables = Object.entries(environment).map(
    ([name, value]) => `Environment=${quoteForEnvironment(name, value)}`,
  );
  return ['WorkingDirectory=/', ...variables];
}

/** No variable is replaced there. */
const quoteForEnvironment = (name: string, value: string): string =>
  quoteForSystemd(`${name}=${value}`).replaceAll('$$', () => '$');

/** What is taken away from the process. It reads keys, the inventory and the configuration wherever they lie; it writes its record. */
function hardening(installation: Omit<Installation, 'schedule'>): readonly string[] {
  const { repairsThisMachine, isRoot, sendsMail, folders } = installation;
  if (repairsThisMachine) return ['# Its hosts include this machine: whoever repairs it must reach all of it.'];
  const always = [
    'UMask=0077',
    'LockPersonality=yes',
    'RestrictRealtime=yes',
    'SystemCallArchitectures=native',
    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  ];
  // A mail server's own program changes its group, and writes where its queue is.
  const mail = sendsMail ? [] : ['NoNewPrivileges=yes', 'RestrictSUIDSGID=yes'];
  if (!isRoot) return [...always, ...mail];
  return [
    ...always,
    ...mail,
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    ...writable(installation).map((path) => `ReadWritePaths=${quoteForSystemd(path).replaceAll('$$', () => '$')}`),
    `PrivateTmp=${usesTmp(installation) ? 'no' : 'yes'}`,
    'PrivateDevices=yes',
    'ProtectClock=yes',
    'ProtectHostname=yes',
    'ProtectKernelLogs=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelTunables=yes',
    'ProtectControlGroups=yes',
    'RestrictNamespaces=yes',
    'SystemCallFilter=@system-service',
    // Files of others are read; the folder of the metrics may be another user's.
    ...(sendsMail ? [] : [`CapabilityBoundingSet=${folders.length > 0 ? 'CAP_DAC_OVERRIDE' : 'CAP_DAC_READ_SEARCH'}`]),
  ];
}

function writable({ stateDirectory, folders, home, sendsMail }: Omit<Installation, 'schedule'>): readonly string[] {
  const others = new Set(folders);
  others.delete(stateDirectory);
  return [
    stateDirectory,
    // Where a host's key is learned, when ssh_config says so.
    `-${join(home, '.ssh', 'known_hosts')}`,
    ...[...others].map((folder) => `-${folder}`),
    ...(sendsMail ? ['-/var/spool', '-/var/mail', '-/var/log'] : []),
  ];
}

/** What lies there would be hidden by a /tmp of its own. */
const usesTmp = ({ argv, environment, stateDirectory }: Omit<Installation, 'schedule'>): boolean =>
  [...argv, ...Object.values(environment), stateDirectory].some(
    (word) => isAbsolute(word.replace(/^--[a-z-]+=/, '')) && /^(?:--[a-z-]+=)?\/(?:var\/)?tmp\//.test(word),
  );
