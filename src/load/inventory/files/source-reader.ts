import type { Diagnostic, SourceFile } from '../../../model/source.ts';
import { err, ok, type Result } from '../../../util/result.ts';
import type { FileProblem } from '../../files-beside.ts';
import { aboutFile } from '../../read-file.ts';
import { isSealed } from '../../vault.ts';
import type { VaultPasswords } from '../../vault-passwords.ts';
import type { InventoryFiles } from '../files.ts';

/** A file's text, and how far it may be shown. */
export interface ReadText extends SourceFile {
  /** All of it comes from a vault: each value is a secret, and no line may be shown. */
  readonly isSealed: boolean;
}

/** Reads the files of one inventory, vaults opened, and its folders: all together at most as much as is sensible. */
export class SourceReader {
  readonly files: InventoryFiles;
  readonly passwords: VaultPasswords;
  /** Read so far, without what came from a vault. */
  readonly shown: SourceFile[] = [];
  #length = 0;
  #count = 0;

  constructor(files: InventoryFiles, passwords: VaultPasswords) {
    this.files = files;
    this.passwords = passwords;
  }

  async read(file: string): Promise<Result<ReadText, Diagnostic>> {
    const read = this.#isTooMany() ? err(TOO_MANY) : this.files.read(file);
    if (!read.ok) return err(aboutFile(file, read.error));
    this.#length += read.value.length;
    if (this.#length > MOST_TEXT) return err(aboutFile(file, TOO_MUCH));
    if (!isSealed(read.value)) {
      const source = { file, text: read.value };
      // Nothing is ever wrong with a line of a program.
      if (!read.value.startsWith('#!')) this.shown.push(source);
      return ok({ ...source, isSealed: false });
    }
    const opened = await this.passwords.open(read.value);
    return opened.ok ? ok({ file, text: opened.value, isSealed: true }) : err(aboutFile(file, opened.error));
  }

  /** As Python sorts names: by their bytes. */
  namesIn(directory: string): Result<readonly string[], Diagnostic> {
    const names = this.#isTooMany() ? err(TOO_MANY) : this.files.namesIn(directory);
    if (!names.ok) return err(aboutFile(directory, names.error));
    return ok(names.value.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  }

  #isTooMany(): boolean {
    this.#count += 1;
    return this.#count > MOST_FILES;
  }
}

const MOST_TEXT = 16 * 1024 * 1024;
const TOO_MUCH: FileProblem = {
  code: 'E_SIZE',
  message: 'with this file the inventory is larger than 16 MiB',
  hint: 'give fewer sources, or split it',
};

/** Links that lead in circles make any number of a few. */
const MOST_FILES = 50_000;
const TOO_MANY: FileProblem = {
  code: 'E_SIZE',
  message: `the inventory has more than ${MOST_FILES} files and folders`,
  hint: 'give fewer sources; or do links lead in a circle here?',
};
