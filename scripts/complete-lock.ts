import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface LockFile {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

const FILE = join(import.meta.dirname, '..', 'package-lock.json');
const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32'];
const LIBRARIES: readonly (readonly [RegExp, string])[] = [
  [/gnu/, 'glibc'],
  [/musl/, 'musl'],
];

main();

/**
 * Names in package-lock.json the binaries for other platforms that a registry did not have when the lock was written. `npm ci`
 * refuses a lock without them, although it would not install them. Run it after `npm install` has changed the lock.
 */
function main(): void {
  const lock = JSON.parse(readFileSync(FILE, 'utf8')) as LockFile;
  const missing = Object.entries(lock.packages).flatMap(([, entry]) => missingBinaries(lock, entry));
  const packages = Object.fromEntries(
    [...Object.entries(lock.packages), ...missing].toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
  writeFileSync(FILE, `${JSON.stringify({ ...lock, packages }, undefined, 2)}\n`);
  console.log(`${missing.length} binaries for other platforms added to package-lock.json`);
}

function missingBinaries(lock: LockFile, owner: LockEntry): readonly [string, LockEntry][] {
  return Object.entries(owner.optionalDependencies ?? {})
    .map(([name, version]): [string, LockEntry] => [`node_modules/${name}`, binary(name, version, owner.dev === true)])
    .filter(([path]) => lock.packages[path] === undefined);
}

function binary(name: string, version: string, dev: boolean): LockEntry & Readonly<Record<string, unknown>> {
  const words = name.slice(name.lastIndexOf('/') + 1).split('-');
  const only = (key: string, known: readonly string[]): Readonly<Record<string, readonly string[]>> => {
    const found = known.filter((word) => words.includes(word));
    return found.length === 0 ? {} : { [key]: found };
  };
  const libc = LIBRARIES.filter(([pattern]) => words.some((word) => pattern.test(word))).map(([, library]) => library);
  return {
    version,
    ...only('cpu', PROCESSORS),
    ...(dev ? { dev } : {}),
    ...(libc.length === 0 ? {} : { libc }),
    optional: true,
    ...only('os', SYSTEMS),
  };
}
