import type { Answer, Preparation } from '../../model/action.ts';
import { ok, type Result } from '../../util/result.ts';
import { commandLine } from './command-line.ts';
import { prepareFileChange } from './file-change.ts';
import type { EDIT_OUTPUT } from './file-fields.ts';
import { cannot, readSeenFile, sha256Of, type CannotPrepare, type SeenFile } from './file-seen.ts';
import { readFileText } from './file-text.ts';
import { writeOperation } from './file-write.ts';
import type { ValuesOf } from '../../model/type.ts';

type EditOutput = ValuesOf<typeof EDIT_OUTPUT>;

interface Asked {
  /** As it was asked for in `lookToEdit`. */
  readonly mode?: string | undefined;
  readonly validate?: readonly string[] | undefined;
}

/** What an edit makes of a file's text; `undefined`: the file stays as it is, and stays absent. */
export type TextEdit = (text: string, encode: (text: string) => string) => Result<string | undefined, CannotPrepare>;

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
  const operation = writeOperation(file, bytes, mode?.padStart(4, '0'));
  if (!operation.ok) return operation.error;
  const after = sha256Of(bytes);
  return prepareFileChange({
    summary: `${before === after ? 'set mode and owner of' : before === '' ? 'make' : 'edit'} ${commandLine([file.path])}`,
    operations: operation.value === undefined ? [] : [operation.value],
    validate,
    output: { path: file.path, before, after },
  });
}

/** Pure: the same by an edit of its text. `create`: an absent file is edited as an empty one; else that is a failure. */
export function prepareEdit(
  answer: Answer,
  asked: Asked & { readonly create: boolean },
  edit: TextEdit,
): Preparation<EditOutput> {
  return prepareContent(answer, asked, (file) => {
    const { found, path } = file;
    const bytes = found.kind === 'absent' ? Buffer.alloc(0) : bytesOf(file);
    if (bytes === undefined) return found.kind === 'file' ? { ok: false, error: tooLarge(file) } : ok(Buffer.alloc(0));
    const text = readFileText(bytes);
    const edited = edit(text.text, text.encode);
    if (!edited.ok) return edited;
    if (edited.value === undefined) return ok(undefined);
    if (found.kind === 'absent' && !asked.create) {
      return { ok: false, error: cannot('cannot-start', `there is no file ${path}: say create: true to make it`) };
    }
    return ok(text.bytes(edited.value));
  });
}

function bytesOf({ found }: SeenFile): Buffer | undefined {
  return found.kind === 'file' ? found.content?.bytes : undefined;
}

function tooLarge({ path }: SeenFile): CannotPrepare {
  return cannot('cannot-start', `${path} is larger than 1 MiB: it is not edited`);
}
