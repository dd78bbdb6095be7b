import { posix } from 'node:path';
import { err, ok, type Result } from '../../util/result.ts';
import { acceptMutex, complaintOf, readApacheConfig, type ApacheConfig } from './apache-config.ts';
import { MECHANISMS, type ApacheInfo } from './apache-info.ts';
import { readDirectives, urlOf } from './apache-listeners.ts';
import { isLocal } from './file-system.ts';
import { mountOf, readMountInfo } from './mount-table.ts';
import { readRemoveIpc } from './remove-ipc.ts';
import type { Sections } from './sections.ts';
import { timestampOf } from './timestamps.ts';

/** Reads the sections of `apacheSurvey` of a host that has an Apache. */
export function readApache(sections: Sections): Result<ApacheInfo, string> {
  const lines = (name: string): readonly string[] => sections.get(name)?.lines ?? [];
  const [binary = ''] = lines('binary');
  const build = readBuild(lines('build'));
  const [envUser, envPidFile, envLockDir, envLogDir, end] = lines('environment');
  if (binary === '' || build === undefined || end !== '.') return err('Apache did not say which version it is');

  const test = sections.get('test');
  if (test === undefined) return err('Apache did not test its configuration');
  const config = readApacheConfig(lines('config'));
  const variables = new Map(lines('variables').map((line) => cut(line, '=')));
  const { listeners, server } = readDirectives(lines('directives'), { ...config, variables, version: build.version });
  if (config.printed && listeners.length === 0) return err("none of Apache's files has a Listen that could be read");

  const users = new Map(
    lines('users')
      .map((line) => cut(line, ' '))
      .map(([uid, name]) => [name, Number(uid)]),
  );
  const runUser = config.user?.name ?? server.get('user') ?? envUser ?? '';
  const errorLog = pathOf(config.errorLog || (server.get('errorlog') ?? ''), build.root);
  const mutex = mutexOf(config, test.code === 0, server, listeners.length, build);
  if (!mutex.ok) return mutex;
  const lockDir = lockDirOf(mutex.value.directory, mutex.value.mechanism, envLockDir ?? '');
  const local = isLocalPlace(lockDir, lines('resolved'), lines('mounts'));
  if (!local.ok) return local;
  const [pidFile = envPidFile ?? '', ...processes] = lines('processes');
  const [parentPid = 0, started = 0] = processes[0]?.split(' ').map(Number) ?? [];
  const { mechanism, needed, file } = mutex.value;
  return ok({
    installed: true,
    unit: unitOf(lines('units')),
    binary,
    version: build.version,
    mpm: build.mpm,
    running: parentPid > 0,
    parent_pid: parentPid,
    started: timestampOf(started),
    run_user: runUser,
    run_uid: config.user?.uid ?? users.get(runUser) ?? 0,
    pid_file: pidFile,
    error_log: errorLog,
    lock_dir: lockDir,
    lock_dir_local: local.value,
    log_dir: envLogDir || (errorLog === '' ? '' : posix.dirname(errorLog)),
    mutex: { mechanism, file: usesFile(mechanism) ? file : '', needed },
    ports: [...new Set(listeners.map(({ port }) => port))].toSorted((a, b) => a - b),
    urls: listeners.map(urlOf),
    config_ok: test.code === 0,
    config_error: test.code === 0 ? '' : complaintOf(test.lines),
    configtest: configtestOf([binary, ...lines('arguments')], lines('control')[0], lines('units')),
    remove_ipc: hasLogind(lines('units')) && readRemoveIpc(lines('logind')),
  });
}

interface Build {
  readonly version: string;
  readonly mpm: string;
  readonly root: string;
  /** The mechanism of a mutex that is not configured, and the file of one that locks a file: both of 2.2. */
  readonly serialize: string;
  readonly lockFile: string;
}

function readBuild(lines: readonly string[]): Build | undefined {
  const text = lines.join('\n');
  const version = /^Server version: Apache\/(\d[\d.]*)/m.exec(text)?.[1];
  if (version === undefined) return undefined;
  return {
    version,
    mpm: /^Server MPM:[ \t]+(\S+)/m.exec(text)?.[1]?.toLowerCase() ?? '',
    root: /^ -D HTTPD_ROOT="(.*)"$/m.exec(text)?.[1] ?? '',
    serialize:
      /^ -D APR_USE_(SYSVSEM|FCNTL|FLOCK|POSIXSEM|PROC_PTHREAD)_SERIALIZE$/m.exec(text)?.[1]?.replace('PROC_', '') ??
      'default',
    lockFile: /^ -D DEFAULT_LOCKFILE="(.*)"$/m.exec(text)?.[1] ?? '',
  };
}

interface AcceptMutex {
  readonly mechanism: ApacheInfo['mutex']['mechanism'];
  readonly directory: string;
  /** Where a mutex that locks a file has it. */
  readonly file: string;
  readonly needed: boolean;
}

function mutexOf(
  config: ApacheConfig,
  tested: boolean,
  server: ReadonlyMap<string, string>,
  listeners: number,
  build: Build,
): Result<AcceptMutex, string> {
  if (!config.printed && !tested) return ok({ mechanism: '', directory: '', file: '', needed: false });
  const mutex = config.printed ? withFile(acceptMutex(config, listeners)) : formerMutex(server, build, listeners);
  const mechanism = known(mutex.mechanism);
  return mechanism === undefined ? err(`unknown mutex mechanism ${mutex.mechanism}`) : ok({ ...mutex, mechanism });
}

const withFile = <M extends { readonly directory: string }>(mutex: M) => ({
  ...mutex,
  file: posix.join(mutex.directory, 'mpm-accept'),
});

/** Of Apache 2.2, which tells only how it was built. */
function formerMutex(server: ReadonlyMap<string, string>, { root, serialize, lockFile }: Build, listeners: number) {
  const set = server.get('acceptmutex') ?? 'default';
  const file = pathOf(server.get('lockfile') ?? lockFile, root);
  return {
    mechanism: set.toLowerCase() === 'default' ? serialize : set,
    directory: file === '' ? '' : posix.dirname(file),
    file,
    needed: listeners > 1,
  };
}

function known(mechanism: string): (typeof MECHANISMS)[number] | undefined {
  return MECHANISMS.find((name) => name === mechanism.toLowerCase());
}

const usesFile = (mechanism: string): boolean => ['file', 'flock', 'fcntl'].includes(mechanism);

function lockDirOf(directory: string, mechanism: string, fromEnvironment: string): string {
  const place = usesFile(mechanism) ? directory : fromEnvironment || directory;
  return place.replace(/(?<=[^/]|^\/)\/+$/, '');
}

function isLocalPlace(
  place: string,
  resolved: readonly string[],
  mountInfo: readonly string[],
): Result<boolean, string> {
  const mounts = readMountInfo(mountInfo);
  if (!mounts.ok) return mounts;
  const given = resolved.findIndex((line, index) => index % 2 === 0 && line.replace(/(?<=[^/]|^\/)\/+$/, '') === place);
  const mount = given === -1 ? undefined : mountOf(resolved[given + 1] ?? '', mounts.value);
  return ok(mount !== undefined && isLocal(mount.fsType));
}

/** Paths of Apache's log are relative to its root; `syslog` and programs are no paths. */
function pathOf(text: string, root: string): string {
  if (text === '' || text.startsWith('|') || /^syslog(?::|$)/.test(text)) return '';
  return posix.resolve(root === '' ? '/' : root, text);
}

interface Unit {
  readonly id: string;
  /** systemd's LoadState: `loaded`, `masked`, `not-found` ... */
  readonly state: string;
  readonly running: boolean;
}

function readUnits(lines: readonly string[]): readonly Unit[] {
  const blocks = `${lines.join('\n')}\n`.split(/\n\n+/).filter((block) => block.includes('Id='));
  return blocks.map((block) => {
    const value = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(block)?.[1] ?? '';
    return {
      id: value('Id'),
      state: value('LoadState'),
      running: Number(value('MainPID')) > 0,
    };
  });
}

const LOGIND = 'systemd-logind.service';

function unitOf(lines: readonly string[]): string {
  const init = lines.find((line) => line.startsWith('init '));
  if (init !== undefined) return init.slice('init '.length);
  const units = readUnits(lines).filter(({ id, state }) => state !== 'not-found' && id !== LOGIND);
  return (units.find(({ running }) => running) ?? units[0])?.id ?? '';
}

function hasLogind(lines: readonly string[]): boolean {
  return readUnits(lines).some(({ id, state }) => id === LOGIND && state === 'loaded');
}

function configtestOf(
  server: readonly string[],
  control: string | undefined,
  units: readonly string[],
): readonly string[] {
  if (control === undefined) return [...server, '-t'];
  const instance = /^apache2@(.+)\.service$/.exec(unitOf(units))?.[1];
  const test = [posix.basename(control), 'configtest'];
  return instance === undefined ? test : ['env', `APACHE_CONFDIR=/etc/apache2-${instance}`, ...test];
}

function cut(line: string, separator: string): [string, string] {
  const at = line.indexOf(separator);
  return [line.slice(0, at), line.slice(at + 1)];
}
