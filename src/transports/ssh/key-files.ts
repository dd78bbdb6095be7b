import type { KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { err, ok, type Result } from '../../util/result.ts';
import type { Secret } from '../../util/secret.ts';
import { word } from '../shell/quote.ts';
import { decryptKey } from './key-decrypt.ts';
import { readKeyText, readPublicLine, type KeyProblem, type KeyText } from './key-text.ts';

const LARGEST = 64 * 1024;

/** A key as far as its file tells without a passphrase. */
export interface FileKey {
  readonly path: string;
  readonly missing: boolean;
  /** As on the wire. Of an encrypted or unusable file too, when it or the .pub beside it tells: an agent may hold the key. */
  readonly publicKey?: Buffer;
  readonly encrypted: boolean;
  /** Why the private half can't be had, whatever the passphrase. */
  readonly problem?: KeyProblem;
}

interface Stored {
  readonly text: string;
  readonly key: KeyText;
  /** Why ssh would not take it though it can be read. */
  readonly exposed?: KeyProblem;
  /** By passphrase. */
  readonly decrypted: Map<string, Promise<Result<KeyObject, string>>>;
}

/**
 * Reads key files, again only when they have changed: a hundred hosts share one reading, and one decryption, which is done off the
 * main thread.
 */
export class KeyFiles {
  readonly #files = new Map<string, { readonly stamp: string; readonly stored: Promise<Stored> }>();

  /** Never decrypts. */
  async read(path: string): Promise<FileKey> {
    const opened = await this.#open(path);
    if (!opened.ok) return withPublicHalf({ path, missing: opened.error === MISSING, encrypted: false }, opened.error);
    const { key, exposed } = opened.value;
    const { publicKey } = key;
    const known = { path, missing: false, encrypted: key.kind === 'encrypted', ...(publicKey && { publicKey }) };
    return withPublicHalf(known, whyNever(key, path) ?? exposed);
  }

  /** The private half. The passphrase is used where the file is encrypted. */
  async unlock(path: string, passphrase: Secret | undefined): Promise<Result<KeyObject, KeyProblem>> {
    const opened = await this.#open(path);
    if (!opened.ok) return opened;
    const { text, key, exposed, decrypted } = opened.value;
    const never = whyNever(key, path) ?? exposed;
    if (never !== undefined) return err(never);
    if (key.kind === 'private') return ok(key.key);
    if (passphrase === undefined) return err(encrypted(path));
    const decrypting = decrypted.get(passphrase.reveal()) ?? decryptKey(text, passphrase);
    decrypted.set(passphrase.reveal(), decrypting);
    const result = await decrypting;
    return result.ok ? result : err(WRONG_PASSPHRASE);
  }

  async #open(path: string): Promise<Result<Stored, KeyProblem>> {
    try {
      const found = await stat(path);
      const { mode, uid, size, mtimeMs, ctimeMs, ino } = found;
      // To read a pipe would wait for whoever writes, and a device may never end.
      if (!found.isFile()) return err({ why: "can't be read: it is no file", hint: CORRECT });
      if (size > LARGEST) return err({ why: 'is no key: it is larger than 64 kB', hint: CORRECT });
      const stamp = `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
      const open = (mode & 0o077) !== 0 && uid === process.getuid?.() ? openToOthers(path, mode) : undefined;
      const file = this.#files.get(path);
      const stored = file?.stamp === stamp ? file.stored : readStored(path, open);
      this.#files.set(path, { stamp, stored });
      return ok(await stored);
    } catch (error) {
      this.#files.delete(path);
      return err(unreadable(path, error as NodeJS.ErrnoException));
    }
  }
}

async function readStored(path: string, open: KeyProblem | undefined): Promise<Stored> {
  const text = await readFile(path, 'utf8');
  const key = readKeyText(text, path);
  return { text, key, decrypted: new Map(), ...(open !== undefined && key.kind !== 'public' && { exposed: open }) };
}

function whyNever(key: KeyText, path: string): KeyProblem | undefined {
  if (key.kind === 'unusable') return key.problem;
  return key.kind === 'public' ? publicOnly(path) : undefined;
}

/** OpenSSH looks beside a file that does not tell its public half. */
async function withPublicHalf(file: Omit<FileKey, 'problem'>, problem?: KeyProblem): Promise<FileKey> {
  const beside = file.publicKey ?? (await readPublicFile(`${file.path}.pub`));
  return { ...file, ...(beside && { publicKey: beside }), ...(problem && { problem }) };
}

export const encrypted = (path: string): KeyProblem => ({
  why: 'is encrypted, and no passphrase was given',
  hint: `Write ansible_ssh_private_key_passphrase: !secret NAME into the inventory, or give the key to an agent: ssh-add ${word(path)}`,
});

const CORRECT = 'Correct ansible_ssh_private_key_file in the inventory, or IdentityFile in the configuration of ssh.';
const MISSING: KeyProblem = { why: 'does not exist', hint: CORRECT };
const WRONG_PASSPHRASE: KeyProblem = {
  why: "can't be decrypted: the passphrase is wrong",
  hint: 'Correct ansible_ssh_private_key_passphrase in the inventory, or the secret that it names.',
};

const publicOnly = (path: string): KeyProblem => ({
  why: 'is a public key',
  hint: `Name the private one: ${path.replace(/\.pub$/, '')}. Or give that one to an agent.`,
});

const openToOthers = (path: string, mode: number): KeyProblem => ({
  why: `can be read by others (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`,
  hint: `chmod 600 ${word(path)}`,
});

function unreadable(path: string, { code, message }: NodeJS.ErrnoException): KeyProblem {
  if (code === 'ENOENT') return MISSING;
  if (code === 'EACCES') return { why: "can't be read by us", hint: `Look at: ls -l ${word(path)}` };
  return { why: `can't be read: ${message}`, hint: CORRECT };
}

async function readPublicFile(path: string): Promise<Buffer | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > LARGEST) return undefined;
    return readPublicLine((await readFile(path, 'utf8')).trim());
  } catch {
    return undefined;
  }
}
