import { createHash } from 'node:crypto';
import type { Answer } from '../../model/action.ts';
import type { StepReason } from '../../model/result.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { lastLine, orNoWord } from './failure.ts';
import { excerpt } from './sections.ts';

/** One file as a look saw it. */
export interface SeenFile {
  /** Its real path: no link is in it, except the file itself where a link was looked at. */
  readonly path: string;
  readonly directory: string;
  readonly name: string;
  /** Where originals are kept on this host, for the user of the look. */
  readonly store: string;
  /** Uid of the look. */
  readonly user: number;
  /** Of the owner and the group that were asked for. */
  readonly owner?: number;
  readonly group?: number;
  readonly found: FoundFile;
}

export type FoundFile =
  | { readonly kind: 'absent' }
  /** A folder on its way is missing: `directory` is the last one that is there, `name` all that comes after it. */
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'file'; readonly metadata: Metadata; readonly content?: SeenContent }
  | { readonly kind: 'directory'; readonly metadata: Metadata }
  | { readonly kind: 'link'; readonly metadata: Metadata; readonly target: string };

export interface Metadata {
  readonly inode: string;
  /** Four octal digits. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
}

export interface SeenContent {
  readonly sha256: string;
  /** Absent when the file is too large to be edited. */
  readonly bytes?: Buffer;
}

/** Why nothing can be prepared; a `Preparation`. */
export interface CannotPrepare {
  readonly kind: 'failed';
  readonly reason: StepReason;
  readonly error: string;
  readonly missing?: true;
}

/** Something is not there that a step before may make. */
export function missing(error: string): CannotPrepare {
  return { ...cannot('cannot-start', error), missing: true };
}

export function cannot(reason: StepReason, error: string): CannotPrepare {
  return { kind: 'failed', reason, error: orNoWord(error) };
}

/** Reads what `lookAtFiles` printed, one for each file, in that order. */
export function readSeenFiles(answer: Answer): Result<readonly SeenFile[], CannotPrepare> {
  const complaint = lastLine(answer.stderr.text);
  if (answer.code === 67) return err(missing(complaint));
  if (answer.code === 69) return err(cannot('cannot-check', complaint));
  if (answer.code !== 0) return err(cannot('exit', complaint || `exit code ${answer.code}`));
  if (answer.stdout.truncated) return err(cannot('output', 'there is too much to look at in one step'));
  try {
    return ok(new Reader(answer.stdout.text).files());
  } catch (error) {
    if (error instanceof Unexpected) return err(cannot('output', error.message));
    throw error;
  }
}

/** The file of a look at one. */
export function readSeenFile(answer: Answer): Result<SeenFile, CannotPrepare> {
  const files = readSeenFiles(answer);
  if (!files.ok) return files;
  const [file] = files.value;
  return file === undefined ? err(cannot('output', 'nothing was looked at')) : ok(file);
}

/** Of Linux, PATH_MAX: what shows a difference would take long for a name of a megabyte. */
const LONGEST_PATH = 4096;

class Unexpected extends Error {}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  files(): readonly SeenFile[] {
    const store = this.#line('store');
    const user = Number(this.#line('user'));
    const files: SeenFile[] = [];
    while (this.#peek('file ')) {
      this.#line('file');
      const [owner, group] = [this.#line('owner'), this.#line('group')];
      const [directory, name] = [this.#line('directory'), this.#line('name')];
      const path = `${directory === '/' ? '' : directory}/${name}`;
      if (path.length > LONGEST_PATH) throw new Unexpected('the name of a file is longer than any can be');
      files.push({
        path,
        directory,
        name,
        store,
        user,
        ...(owner !== '' && { owner: Number(owner) }),
        ...(group !== '' && { group: Number(group) }),
        found: this.#found(),
      });
    }
    if (this.#text.slice(this.#at) !== 'end\n') this.#fail();
    return files;
  }

  #found(): FoundFile {
    const kind = this.#line('kind');
    switch (kind) {
      case 'absent':
      case 'nowhere':
        return { kind };
      case 'file': {
        const metadata = this.#metadata();
        return this.#peek('sha256 ') ? { kind, metadata, content: this.#content() } : { kind, metadata };
      }
      case 'directory':
        return { kind, metadata: this.#metadata() };
      case 'link':
        return { kind, metadata: this.#metadata(), target: this.#line('target') };
      default:
        return this.#fail();
    }
  }

  #metadata(): Metadata {
    const [inode, mode, uid, gid, size] = this.#line('metadata').split(' ');
    if (inode === undefined || mode === undefined || !/^[0-7]{4}$/.test(mode)) return this.#fail();
    return { inode, mode, uid: Number(uid), gid: Number(gid), size: Number(size) };
  }

  #content(): SeenContent {
    const sha256 = this.#line('sha256');
    const [form, length] = this.#line('content').split(' ');
    if (form === 'none') return { sha256 };
    const encoded = this.#text.slice(this.#at, this.#at + Number(length));
    this.#at += encoded.length;
    if (this.#text[this.#at++] !== '\n') this.#fail();
    const bytes = Buffer.from(encoded, form === 'raw' ? 'latin1' : form === 'hex' ? 'hex' : 'base64');
    if (sha256Of(bytes) !== sha256) throw new Unexpected('the file was changed while it was looked at: try again');
    return { sha256, bytes };
  }

  #peek(start: string): boolean {
    return this.#text.startsWith(start, this.#at);
  }

  #line(key: string): string {
    const end = this.#text.indexOf('\n', this.#at);
    if (end < 0 || !this.#peek(`${key} `)) return this.#fail();
    const value = this.#text.slice(this.#at + key.length + 1, end);
    this.#at = end + 1;
    return value;
  }

  #fail(): never {
    const rest = this.#text.slice(this.#at);
    throw new Unexpected(
      rest === '' ? 'the output is cut short' : `unexpected output: ${excerpt(rest.split('\n')[0] ?? '')}`,
    );
  }
}

export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
