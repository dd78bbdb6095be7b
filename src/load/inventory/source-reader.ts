import type { Diagnostic, SourceFile } from '../../model/source.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { FileProblem } from '../files-beside.ts';
import { aboutFile } from '../read-file.ts';
import { isSealed } from '../vault.ts';
import type { VaultPasswords } from '../vault-passwords.ts';
import type { InventoryFiles } from './files.ts';

/** A file's text, and how far it may be shown. */
export interface ReadText extends SourceFile {
  /** All of it comes from a vault: each value is a secret, and no line may be shown. */
  readonly isSealed: boolean;
}

/** Reads the files of one inventory, vaults opened, each once and all together at most as large as is sensible. */
export class SourceReader {
  readonly files: InventoryFiles;
  readonly passwords: VaultPasswords;
  /** Read so far, without what came from a vault. */
  readonly shown: SourceFile[] = [];
  #length = 0;

  constructor(files: InventoryFiles, passwords: VaultPasswords) {
    this.files = files;
    this.passwords = passwords;
  }

  async read(file: string): Promise<Result<ReadText, Diagnostic>> {
    const read = this.files.read(file);
    if (!read.ok) return err(aboutFile(file, read.error));
    this.#length += read.value.length;
    if (this.#length > MOST_TEXT) return err(aboutFile(file, TOO_MUCH));
    if (!isSealed(read.value)) {
      const source = { file, text: read.value };
      this.shown.push(source);
      return ok({ ...source, isSealed: false });
    }
    const opened = await this.passwords.open(read.value);
    return opened.ok ? ok({ file, text: opened.value, isSealed: true }) : err(aboutFile(file, opened.error));
  }
}

const MOST_TEXT = 16 * 1024 * 1024;
const TOO_MUCH: FileProblem = {
  code: 'E_SIZE',
  message: 'with this file the inventory is larger than 16 MiB',
  hint: 'give fewer sources, or split it',
};
