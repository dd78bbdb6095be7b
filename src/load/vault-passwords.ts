import { basename, extname } from 'node:path';
import { err, ok, type Result } from '../util/result.ts';
import { Secret } from '../util/secret.ts';
import type { FileProblem } from './files-beside.ts';
import type { InventoryFiles } from './inventory/files.ts';
import { decodeText } from './read-file.ts';
import { openSealed, readSealed } from './vault.ts';

/** A file with the password in it, or a program that prints it. */
export interface VaultPasswordSource {
  /** `default` where the user gave none. */
  readonly id: string;
  /** A full path. */
  readonly file: string;
}

/**
 * Opens what `ansible-vault` has closed. Each password is read, or its program run, once and only when there is something to open:
 * first the one of the vault's own id, then the others in their order, as Ansible tries them.
 */
export class VaultPasswords {
  readonly #sources: readonly VaultPasswordSource[];
  readonly #files: InventoryFiles;
  readonly #read = new Map<VaultPasswordSource, Promise<Result<Secret, FileProblem>>>();

  constructor(sources: readonly VaultPasswordSource[], files: InventoryFiles) {
    this.#sources = sources;
    this.#files = files;
  }

  async open(text: string): Promise<Result<string, FileProblem>> {
    const sealed = readSealed(text);
    if (!sealed.ok) return problem(sealed.error, 'make it anew: ansible-vault encrypt');
    if (this.#sources.length === 0) return problem('it is in a vault, and no password for it was given', GIVE_ONE);
    const { id } = sealed.value;
    const sources = this.#sources.toSorted((a, b) => Number(b.id === id) - Number(a.id === id));
    for (const source of sources) {
      const password = await this.#passwordFrom(source);
      if (!password.ok) return password;
      const opened = await openSealed(sealed.value, password.value);
      if (opened !== undefined) return textOf(opened);
    }
    const which = id === undefined ? '' : ` with the id ${id}`;
    const tried = sources.map(({ file }) => file).join(', ');
    return problem(`it is in a vault${which} that no given password opens; tried ${tried}`, GIVE_ONE);
  }

  #passwordFrom(source: VaultPasswordSource): Promise<Result<Secret, FileProblem>> {
    const known = this.#read.get(source);
    if (known !== undefined) return known;
    const read = readPassword(source, this.#files);
    this.#read.set(source, read);
    return read;
  }
}

function textOf(bytes: Buffer): Result<string, FileProblem> {
  const text = decodeText(bytes);
  return text.ok
    ? text
    : problem('what is in this vault is not UTF-8', 'make it anew from a text: ansible-vault encrypt');
}

const GIVE_ONE = 'give the file that has it, or a program that prints it: --vault-password-file FILE';

async function readPassword(
  { id, file }: VaultPasswordSource,
  files: InventoryFiles,
): Promise<Result<Secret, FileProblem>> {
  const isProgram = files.kindOf(file) === 'program';
  const read = isProgram ? await files.run(file, isClient(file) ? ['--vault-id', id] : []) : files.read(file);
  if (!read.ok) return problem(`the password of a vault, ${file}: ${read.error.message}`, read.error.hint);
  const password = isProgram ? read.value.replace(/^[\r\n]+|[\r\n]+$/g, '') : read.value.trim();
  return password === '' ? problem(`the password of a vault is empty: ${file}`, GIVE_ONE) : ok(new Secret(password));
}

/** A program called `...-client` is told which password is wanted. */
const isClient = (file: string): boolean => basename(file, extname(file)).endsWith('-client');

const problem = (message: string, hint: string): Result<never, FileProblem> => err({ code: 'E_VAULT', message, hint });
