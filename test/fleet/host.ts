import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { baseImage, type Release } from './base-image.ts';
import { cacheFolder } from './cache.ts';
import { hostCgroups, initProcess } from './cgroups.ts';
import { processFleet } from './fleet.ts';
import { hostFolder, machineName, type Fleet } from './records.ts';
import { stopHost } from './host-stop.ts';
import { prepareRoot } from './host-root.ts';
import { execute, type CommandResult } from './shell.ts';
import { LIGHT, FULL } from './host-start.ts';

/** `full`: systemd, journald, logind, sshd, Apache. `light`: sshd alone. */
export type HostKind = 'full' | 'light';

export interface HostOptions {
  /** A host name: letters, digits and hyphens. */
  name: string;
  /** Default: the fleet of this process. */
  fleet?: Fleet;
  /** Of Debian. Default: that of the fleet. */
  release?: Release;
}

export interface FleetHost {
  readonly name: string;
  readonly kind: HostKind;
  readonly address: string;
  readonly port: number;
  /** Private key for `root` and for `ops`, an ordinary user with sudo without a password. */
  readonly rootKeyFile: string;
  /** The host's ed25519 key as a line of a known_hosts file. */
  readonly knownHostsLine: string;
  /** All of the host's keys. */
  readonly knownHostsFile: string;
  /** Root of its file system as seen from this machine. */
  readonly root: string;
  /** Its PID 1 as this machine sees it; `undefined` while it is down. */
  init(): number | undefined;
  /** Runs a shell command as root on the host, without ssh. Default limit 60 s. */
  exec(command: string, timeoutMs?: number): Promise<CommandResult>;
  /** Kills it, as a power cut would, and removes every trace. */
  stop(): void;
}

interface HostRecord {
  kind: HostKind;
  address: string;
}

const BOOT_LIMIT_MS = 60_000;

// A second of computing for RSA is much where hosts are many.
const KEY_TYPES = { full: 'rsa ecdsa ed25519', light: 'ed25519' };

/** Boots a host with systemd as PID 1; resolves when it is up and sshd listens. */
export function startFullHost(options: HostOptions): Promise<FleetHost> {
  return start('full', options);
}

/** Starts a host that runs nothing but sshd. */
export function startLightHost(options: HostOptions): Promise<FleetHost> {
  return start('light', options);
}

/** A host that another process started. */
export function savedHost(fleet: Fleet, name: string): FleetHost | undefined {
  const file = join(hostFolder(fleet, name), 'host.json');
  return existsSync(file) ? handle(fleet, name, JSON.parse(readFileSync(file, 'utf8')) as HostRecord) : undefined;
}

async function start(kind: HostKind, { name, fleet: given, release }: HostOptions): Promise<FleetHost> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) throw new Error(`"${name}" is no host name`);
  const fleet = given ?? (await processFleet());
  const folder = hostFolder(fleet, name);
  if (existsSync(folder)) throw new Error(`The fleet "${fleet.name}" has a host "${name}" already`);
  try {
    const base = release === undefined ? fleet.base : await baseImage(release);
    const address = await prepareRoot({ ...fleet, base }, name, KEY_TYPES[kind]);
    launch(kind, fleet, name);
    const host = handle(fleet, name, { kind, address });
    await booted(host);
    writeFileSync(join(folder, 'host.json'), JSON.stringify({ kind, address } satisfies HostRecord));
    return host;
  } catch (error) {
    stopHost(fleet, name);
    throw error;
  }
}

// A session of its own: Ctrl-C in a terminal must not reach the host.
function launch(kind: HostKind, fleet: Fleet, name: string): void {
  const folder = hostFolder(fleet, name);
  const log = openSync(join(folder, 'console.log'), 'a');
  spawn('sh', ['-euc', kind === 'full' ? FULL : LIGHT], {
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      NAME: name,
      MACHINE: machineName(fleet, name),
      FOLDER: folder,
      FLEET: fleet.folder,
      CGROUPS: hostCgroups(fleet.bridge, name).join(' '),
      TOOLS: join(cacheFolder(), 'tools'),
    },
  }).unref();
  closeSync(log);
}

async function booted(host: FleetHost): Promise<void> {
  const up = host.kind === 'full' ? 'systemctl is-system-running --wait' : 'echo running';
  const deadline = Date.now() + BOOT_LIMIT_MS;
  for (;;) {
    const { stdout, stderr } = await host.exec(`${up}; ss -Hltn sport = :22`, BOOT_LIMIT_MS);
    if (/^(running|degraded)\n.*LISTEN/s.test(stdout)) return;
    if (Date.now() > deadline) throw new Error(`${host.name} did not boot: ${stdout}${stderr}${consoleOf(host)}`);
    await sleep(50);
  }
}

function consoleOf(host: FleetHost): string {
  return readFileSync(join(host.root, '../console.log'), 'utf8').slice(-2000);
}

function handle(fleet: Fleet, name: string, { kind, address }: HostRecord): FleetHost {
  const folder = hostFolder(fleet, name);
  const [cgroup = ''] = hostCgroups(fleet.bridge, name);
  const knownHostsFile = join(folder, 'known_hosts');
  const lines = readFileSync(knownHostsFile, 'utf8').split('\n');
  return {
    name,
    kind,
    address,
    port: 22,
    rootKeyFile: fleet.keyFile,
    knownHostsLine: lines.find((line) => line.includes(' ssh-ed25519 ')) ?? '',
    knownHostsFile,
    root: join(folder, 'root'),
    init: () => initProcess(cgroup),
    exec: (command, timeoutMs) => enter(cgroup, command, timeoutMs),
    stop: () => stopHost(fleet, name),
  };
}

function enter(cgroup: string, command: string, timeoutMs?: number): Promise<CommandResult> {
  const pid = initProcess(cgroup);
  if (pid === undefined) return Promise.resolve({ code: null, stdout: '', stderr: 'The host is not running' });
  const clean = ['env', '-i', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root'];
  const args = ['-t', `${pid}`, '-a', '--root', '--wd', '--', ...clean, 'sh', '-c', command];
  return execute('nsenter', args, timeoutMs);
}
