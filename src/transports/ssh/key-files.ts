import { readFile, stat } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';
import type { ErrorInfo } from '../../model/error.ts';
import { err, ok, type Result } from '../../util/result.ts';

const LARGEST = 64 * 1024;

interface Stored {
  readonly stamp: string;
  readonly key: Promise<Result<ParsedKey, ErrorInfo>>;
}

/** Reads private keys, again only when their files have changed: a hundred hosts share one reading, and one parsing. */
export class KeyFiles {
  readonly #files = new Map<string, Stored>();

  async read(file: string): Promise<Result<ParsedKey, ErrorInfo>> {
    const path = file.startsWith('~/') ? join(homedir(), file.slice(2)) : file;
    try {
      const { mode, uid, size, mtimeMs, ctimeMs, ino } = await stat(path);
      if (size > LARGEST)
        return unusable(file, 'is no key: it is larger than 64 kB', 'Correct ansible_ssh_private_key_file.');
      if ((mode & 0o077) !== 0 && uid === userInfo().uid)
        return unusable(
          file,
          `can be read by others (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`,
          `chmod 600 ${file}`,
        );
      const stamp = `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
      const stored = this.#files.get(path);
      if (stored?.stamp === stamp) return await stored.key;
      const key = readFile(path, 'utf8').then((text) => parse(text, file));
      this.#files.set(path, { stamp, key });
      return await key;
    } catch (error) {
      this.#files.delete(path);
      return unreadable(file, error as NodeJS.ErrnoException);
    }
  }
}

function unreadable(file: string, { code, message }: NodeJS.ErrnoException): Result<never, ErrorInfo> {
  if (code === 'ENOENT')
    return unusable(file, 'does not exist', 'Correct ansible_ssh_private_key_file in the inventory.');
  if (code === 'EACCES') return unusable(file, `can't be read by ${userInfo().username}`, `Look at: ls -l ${file}`);
  return unusable(file, `can't be read: ${message}`, 'Correct ansible_ssh_private_key_file in the inventory.');
}

function parse(text: string, file: string): Result<ParsedKey, ErrorInfo> {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text);
  if (parsed instanceof Error) {
    if (/no passphrase|Encrypted/i.test(parsed.message))
      return unusable(
        file,
        'is encrypted',
        `Give it to an agent (ssh-add ${file}) and leave ansible_ssh_private_key_file out.`,
      );
    return unusable(
      file,
      'is not in a known format',
      `Look at it: ssh-keygen -y -f ${file}. Kinds: ed25519, ecdsa, rsa.`,
    );
  }
  const [key] = [parsed].flat();
  if (key?.isPrivateKey() !== true)
    return unusable(file, 'is a public key', `Name the private one: ${file.replace(/\.pub$/, '')}`);
  return ok(key);
}

const unusable = (file: string, why: string, hint: string): Result<never, ErrorInfo> =>
  err({ code: 'key-unusable', message: `the private key ${file} ${why}`, hint });
