import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess, type ProcessResult } from '../support/process.ts';
import { missingPrograms, SYSTEM_PATH } from './programs.ts';
import { err, ok, type Result } from '../../src/util/result.ts';

/** Debian packages, unpacked and not installed: `usr` and `etc` below `folder`. */
export interface Packages {
  readonly folder: string;
  /** `apache2 2.4.62`: the first of the programs, with its version. */
  readonly first: string;
}

const RESOLVE_LIMIT_MS = 20_000;
const UPDATE_LIMIT_MS = 30_000;
const DOWNLOAD_LIMIT_MS = 30_000;

/** Libraries that only optional parts of the programs load. */
const NOT_NEEDED =
  /^lib(?:aprutil1-.*|brotli.*|curl.*|gdbm.*|gnutls.*|icu.*|jansson.*|ldap.*|lua.*|nghttp.*|perl.*|psl.*|rtmp.*|sasl.*|sqlite.*|ssh2.*|xml2.*)$/;

/**
 * Fetches the programs and the libraries that this machine lacks, with its own apt and mirror, and unpacks them into `folder`.
 * What apt keeps on the machine (lists, archives, caches) is read and never written. The error says why there are none.
 */
export async function unpackPackages(
  programs: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<Result<Packages, string>> {
  const missing = missingPrograms(['apt-get', 'apt-config', 'dpkg-deb']);
  if (missing.length > 0) return err(`this machine has no ${missing.join(', ')}`);
  mkdirSync(join(folder, 'apt'), { recursive: true });
  const machine = await apt(folder, signal);
  const first = machine.ok ? await machine.value.fetch(programs) : machine;
  if (first.ok || signal.aborted) return first;
  // Its lists may be empty, or name what the mirror no longer has.
  const fresh = await apt(folder, signal, join(folder, 'apt', 'lists'));
  return fresh.ok ? fresh.value.fetch(programs) : fresh;
}

interface Apt {
  fetch(programs: readonly string[]): Promise<Result<Packages, string>>;
}

/** With `lists`, a folder of its own for what mirrors have, which is filled first. */
async function apt(folder: string, signal: AbortSignal, lists?: string): Promise<Result<Apt, string>> {
  const downloads = join(folder, 'apt', lists === undefined ? 'first' : 'second');
  mkdirSync(downloads, { recursive: true });
  const configuration = join(folder, 'apt', 'apt.conf');
  const env = {
    ...process.env,
    PATH: `${process.env['PATH'] ?? ''}:${SYSTEM_PATH}`,
    APT_CONFIG: configuration,
    LC_ALL: 'C',
  };
  const call = (program: string, args: readonly string[], timeoutMs: number): Promise<ProcessResult> =>
    runProcess(program, args, { cwd: downloads, env, timeoutMs });

  const machine = await runProcess('apt-config', ['dump'], { cwd: '/', timeoutMs: RESOLVE_LIMIT_MS });
  if (machine.code !== 0) return err(`apt-config failed: ${lastLine(machine.output)}`);
  writeFileSync(configuration, configure(machine.stdout, join(folder, 'apt'), lists));
  if (lists !== undefined) {
    mkdirSync(join(lists, 'partial'), { recursive: true });
    await call('apt-get', ['update', '-qq'], UPDATE_LIMIT_MS);
  }
  return ok({ fetch: (programs) => fetch(programs, { folder, downloads, signal, call }) });
}

/** The machine's own settings (proxies, mirrors, keys) without its hooks, and with nothing written outside of `folder`. */
function configure(dump: string, folder: string, lists: string | undefined): string {
  const kept = dump
    .split('\n')
    .filter((line) => !/^(?:APT::Update::|DPkg::|Dir::Etc::(?:main|parts)\b|.*Invoke)/i.test(line));
  const own = {
    'Dir::Etc::main': '/dev/null',
    'Dir::Etc::parts': '/dev/null',
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Log': folder,
    ...(lists === undefined ? {} : { 'Dir::State::lists': lists }),
    'Debug::NoLocking': 'true',
    'APT::Sandbox::User': 'root',
    'APT::Install-Recommends': 'false',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '0',
    'Acquire::http::Timeout': '8',
    'Acquire::https::Timeout': '8',
  };
  mkdirSync(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  return [...kept, ...Object.entries(own).map(([name, value]) => `${name} "${value}";`), ''].join('\n');
}

interface Fetching {
  readonly folder: string;
  readonly downloads: string;
  readonly signal: AbortSignal;
  /** Runs a program of apt's in `downloads`. */
  readonly call: (program: string, args: readonly string[], timeoutMs: number) => Promise<ProcessResult>;
}

async function fetch(
  programs: readonly string[],
  { folder, downloads, signal, call }: Fetching,
): Promise<Result<Packages, string>> {
  const simulated = await call('apt-get', ['install', '-s', '-qq', '-y', ...programs], RESOLVE_LIMIT_MS);
  if (simulated.code !== 0) return err(`apt-get cannot resolve ${programs.join(' ')}: ${lastLine(simulated.output)}`);
  const libraries = [...simulated.stdout.matchAll(/^Inst (lib\S+) /gm)].map(([, name = '']) => name);
  const names = [...programs, ...libraries.filter((name) => !NOT_NEEDED.test(name))];
  const downloaded = await call('apt-get', ['download', '-qq', ...names], DOWNLOAD_LIMIT_MS);
  if (downloaded.code !== 0) return err(`apt-get cannot download: ${lastLine(downloaded.output)}`);

  const archives = readdirSync(downloads).filter((name) => name.endsWith('.deb'));
  for (const archive of archives) {
    if (signal.aborted) return err('interrupted');
    const unpacked = await call('dpkg-deb', ['-x', archive, folder], DOWNLOAD_LIMIT_MS);
    if (unpacked.code !== 0) return err(`dpkg-deb cannot unpack ${archive}: ${lastLine(unpacked.output)}`);
  }
  mergeIntoUsr(folder);
  rmSync(join(folder, 'apt'), { recursive: true, force: true });
  const [program = ''] = programs;
  const version = archives.find((name) => name.startsWith(`${program}_`))?.split('_')[1] ?? '';
  return ok({ folder, first: `${program} ${decodeURIComponent(version).replace(/-.*/, '')}` });
}

/** Some packages still ship files in /lib, which is a link to /usr/lib on any Debian from 12 on. */
function mergeIntoUsr(folder: string): void {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    const outside = join(folder, name);
    if (existsSync(outside)) cpSync(outside, join(folder, 'usr', name), { recursive: true, verbatimSymlinks: true });
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
