import { randomBytes } from 'node:crypto';
import { linkSync, lstatSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, dirname, join } from 'node:path';
import type { ErrorInfo } from '../model/error.ts';
import { err, ok, type Result } from '../util/result.ts';

/** The kernel's `sun_path`, without the NUL at its end (unix(7)). */
const MOST_BYTES = 107;
const WRITABLE_BY_OTHERS = 0o022;
const CONNECT_MS = 2000;

/** What tells a file from one that was made in its place: an inode may be given out again. */
interface Identity {
  readonly ino: bigint;
  readonly mtimeNs: bigint;
}

/** A name beside the socket's, for a socket that nobody finds before it is listened on. An error: its folder will not do. */
export function besideSocket(path: string): Result<string, ErrorInfo> {
  const beside = join(dirname(path), `.${randomBytes(4).toString('hex')}`);
  if (Math.max(Buffer.byteLength(path), Buffer.byteLength(beside)) > MOST_BYTES)
    return err(unusable(path, `it is longer than ${MOST_BYTES} bytes, which the kernel takes for none`));
  const why = whyNotFolder(dirname(path));
  return why === undefined ? ok(beside) : err(unusable(path, why));
}

/**
 * Gives the socket `beside`, which is listened on already, the name `path`; of two processes at once one gets it. One that
 * nobody listens on is replaced; an error when somebody does. `beside` is gone then. To be given up with `release`.
 */
export async function claimSocket(beside: string, path: string): Promise<Result<SocketFile, ErrorInfo>> {
  try {
    const ours = identityOf(beside);
    for (;;) {
      if (named(beside, path)) return ok(new SocketFile(path, ours));
      const before = identityOf(path);
      if (before === undefined) continue;
      if (!before.isSocket) return err(unusable(path, 'it is there and is no socket: move it away'));
      if (await isListenedOn(path)) return err(anotherServe(path));
      if (!dropStale(path, before)) return err(anotherServe(path));
    }
  } catch (cause) {
    return err(unusable(path, cause instanceof Error ? cause.message : String(cause)));
  } finally {
    remove(beside);
  }
}

/** The name of our socket. */
export class SocketFile {
  readonly #path: string;
  readonly #identity: Identity | undefined;

  constructor(path: string, identity: Identity | undefined) {
    this.#path = path;
    this.#identity = identity;
  }

  /** Takes it away, unless it is another's by now. */
  release(): void {
    const now = identityOf(this.#path);
    if (now !== undefined && isSame(now, this.#identity)) remove(this.#path);
  }
}

/** A link, not a rename: it fails where the name is taken. */
function named(beside: string, path: string): boolean {
  try {
    linkSync(beside, path);
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw cause;
  }
}

/** False: somebody put another one there since, which is put back. */
function dropStale(path: string, stale: Identity): boolean {
  const aside = join(dirname(path), `.${randomBytes(4).toString('hex')}`);
  try {
    renameSync(path, aside);
  } catch (cause) {
    // Somebody else was faster: the name is looked at anew.
    if (codeOf(cause) === 'ENOENT') return true;
    throw cause;
  }
  const isStale = isSame(stale, identityOf(aside));
  if (!isStale) named(aside, path);
  remove(aside);
  return isStale;
}

function identityOf(path: string): (Identity & { readonly isSocket: boolean }) | undefined {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && { ino: stat.ino, mtimeNs: stat.mtimeNs, isSocket: stat.isSocket() };
}

const isSame = (a: Identity, b: Identity | undefined): boolean => a.ino === b?.ino && a.mtimeNs === b.mtimeNs;

/** One whose process is stopped, or that has too much to do, counts. */
function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (is: boolean): void => {
      socket.destroy();
      resolve(is);
    };
    socket.setTimeout(CONNECT_MS, () => {
      end(true);
    });
    socket.once('connect', () => {
      end(true);
    });
    socket.once('error', (cause) => {
      end(codeOf(cause) !== 'ECONNREFUSED' && codeOf(cause) !== 'ENOENT');
    });
  });
}

/** Makes it when only it is missing. Whoever can write it can put a socket of his own there. */
function whyNotFolder(folder: string): string | undefined {
  try {
    mkdirSync(folder, 0o700);
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') return cannotMake(folder, cause);
  }
  const stat = lstatSync(folder);
  const uid = process.getuid?.();
  if (!stat.isDirectory()) return `${basename(folder)} is no folder`;
  if (uid !== undefined && stat.uid !== uid && stat.uid !== 0) return `its folder belongs to uid ${stat.uid}`;
  return (stat.mode & WRITABLE_BY_OTHERS) === 0 ? undefined : `others can write its folder: chmod go-w ${folder}`;
}

function cannotMake(folder: string, cause: unknown): string {
  if (codeOf(cause) === 'ENOENT') return `there is no folder ${dirname(folder)}: make it first`;
  return `its folder cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`;
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw cause;
  }
}

const codeOf = (cause: unknown): unknown => (cause instanceof Error && 'code' in cause ? cause.code : undefined);

const unusable = (path: string, why: string): ErrorInfo => ({
  code: 'configuration',
  message: `nobody can listen on ${path}: ${why}`,
  hint: 'serve.listen of the configuration names another place',
});

const anotherServe = (path: string): ErrorInfo => ({
  code: 'refused',
  message: `another serve runs, or another program: it listens on ${path}`,
  hint: 'end that one first; a second one needs a serve.listen of its own',
});
