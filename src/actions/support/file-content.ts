import type { Answer, Preparation } from '../../model/action.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { commandLine } from '../../util/command-line.ts';
import { prepareFileChange } from './file-change.ts';
import { modeOf, type EDIT_OUTPUT } from './file-fields.ts';
import { cannot, missing, readSeenFile, sha256Of, type CannotPrepare, type SeenFile } from './file-seen.ts';
import { readFileText } from './file-text.ts';
import { writeOperation } from './file-write.ts';
import type { ValuesOf } from '../../model/type.ts';

type EditOutput = ValuesOf<typeof EDIT_OUTPUT>;

interface Asked {
  /** As it was asked for in `lookToEdit`. */
  readonly mode?: string | undefined;
  readonly validate?: readonly string[] | undefined;
}

/** What an edit makes of a file's text; the same text: the file stays as it is. `encode` is for what it puts in. */
export type TextEdit = (text: string, encode: (text: string) => string) => Result<string, CannotPrepare>;

/** Pure: prepares to give the file that was looked at the content that `contentOf` makes; `undefined`: the one that it has. */
export function prepareContent(
  answer: Answer,
  { mode, validate }: Asked,
  contentOf: (file: SeenFile) => Result<Buffer | undefined, CannotPrepare>,
): Preparation<EditOutput> {
  const looked = readSeenFile(answer);
  if (!looked.ok) return looked.error;
  const file = looked.value;
  const content = contentOf(file);
  if (!content.ok) return content.error;
  const before = file.found.kind === 'file' ? (file.found.content?.sha256 ?? '') : '';
  if (content.value === undefined && file.found.kind !== 'file') {
    return { kind: 'none', output: { path: file.path, before, after: before } };
  }
  const bytes = content.value ?? bytesOf(file);
  if (bytes === undefined) return tooLarge(file);
  const operation = writeOperation(file, bytes, modeOf(mode));
  if (!operation.ok) return operation.error;
  const after = sha256Of(bytes);
  return prepareFileChange({
    summary: `${before === after ? 'set mode and owner of' : before === '' ? 'make' : 'edit'} ${commandLine([file.path])}`,
    operations: operation.value === undefined ? [] : [operation.value],
    validate,
    output: { path: file.path, before, after },
  });
}

interface AskedEdit extends Asked {
  /** An absent file is edited as an empty one. It is made, stays absent, or fails the step where the edit would put something in. */
  readonly create: boolean;
  /** An absent file fails the step even where nothing would be put in. */
  readonly mustExist?: boolean;
  /** Sources of all patterns that the edit looks for. */
  readonly patterns?: readonly (string | undefined)[];
}

/** Pure: the same by an edit of its text. */
export function prepareEdit(answer: Answer, asked: AskedEdit, edit: TextEdit): Preparation<EditOutput> {
  return prepareContent(answer, asked, (file) => {
    const { found, path } = file;
    const isAbsent = found.kind === 'absent' || found.kind === 'nowhere';
    if (found.kind !== 'file' && !isAbsent) return ok(Buffer.alloc(0));
    if (isAbsent && asked.mustExist === true) return err(missing(`there is no file ${path}`));
    const bytes = isAbsent ? Buffer.alloc(0) : bytesOf(file);
    if (bytes === undefined) return err(tooLarge(file));
    const text = readFileText(bytes);
    if (!text.utf8 && asked.patterns?.some((pattern) => /[^\p{ASCII}]/u.test(pattern ?? '')) === true) {
      return err(cannot('cannot-start', `${path} is not UTF-8: a pattern for it can hold only ASCII characters`));
    }
    const edited = edit(text.text, text.encode);
    if (!edited.ok) return edited;
    if (edited.value === text.text) return ok(undefined);
    if (isAbsent && !asked.create) return err(missing(`there is no file ${path}: create: true makes it`));
    return ok(text.bytes(edited.value));
  });
}

function bytesOf({ found }: SeenFile): Buffer | undefined {
  return found.kind === 'file' ? found.content?.bytes : undefined;
}

function tooLarge({ path }: SeenFile): CannotPrepare {
  return cannot('cannot-start', `${path} is larger than 1 MiB: it is not edited`);
}
