import { err, ok, type Result } from '../../util/result.ts';
import { operation, placeOf, type FileOperation } from './file-operation.ts';
import { cannot, missing, type CannotPrepare, type Metadata, type SeenFile } from './file-seen.ts';

const NOTHING_KEPT = { kept: '', temp: '' } as const;
const NEW_DIRECTORY_MODE = '0755';

/** Pure: what removes what was looked at, a directory only when it is empty; `undefined`: it is not there. */
export function removeOperation(file: SeenFile): FileOperation | undefined {
  const { found, path } = file;
  switch (found.kind) {
    case 'absent':
    case 'nowhere':
      return undefined;
    case 'file': {
      const states = { before: 'file', after: 'absent' };
      return operation(
        'remove',
        file,
        states,
        placeOf(file, states),
        {},
        { path, lines: [`removed: ${found.metadata.size} bytes`] },
      );
    }
    case 'link': {
      const states = { before: `link ${found.target}`, after: 'absent' };
      return operation('remove', file, states, NOTHING_KEPT, {}, { path, lines: [`removed: link to ${found.target}`] });
    }
    case 'directory': {
      const states = { before: `directory ${idsOf(found.metadata)}`, after: 'absent' };
      return operation('remove', file, states, NOTHING_KEPT, {}, { path, lines: ['removed: empty directory'] });
    }
  }
}

/** Pure: what makes the directory, and those above it that are missing. An error when something else is there. */
export function directoryOperations(file: SeenFile, mode?: string): Result<readonly FileOperation[], CannotPrepare> {
  const parts = file.name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..'))
    return err(cannot('cannot-start', `${file.path} goes through .. in a directory that is not there`));
  const base = file.directory === '/' ? '' : file.directory;
  const details = { to_mode: mode ?? NEW_DIRECTORY_MODE, to_uid: `${file.owner ?? ''}`, to_gid: `${file.group ?? ''}` };
  return ok(
    parts.map((_, index) => {
      const path = `${base}/${parts.slice(0, index + 1).join('/')}`;
      const made: SeenFile = { ...file, path, found: { kind: 'absent' } };
      const states = { before: 'absent', after: 'directory' };
      const shown = { path, lines: [`new directory, mode ${details.to_mode}`] };
      return operation('directory', made, states, NOTHING_KEPT, details, shown);
    }),
  );
}

/** Pure: what makes the link lead to `target`; `undefined`: it does. An error when something else than a link is there. */
export function linkOperation(file: SeenFile, target: string): Result<FileOperation | undefined, CannotPrepare> {
  const { found, path } = file;
  const after = `link ${target}`;
  switch (found.kind) {
    case 'nowhere':
      return err(missing(`there is no directory for ${path}: make it first`));
    case 'file':
    case 'directory':
      return err(cannot('cannot-start', `${path} is a ${found.kind}, not a link: remove it first`));
    case 'absent': {
      const shown = { path, lines: [`new link to ${target}`] };
      return ok(operation('link', file, { before: 'absent', after }, NOTHING_KEPT, { target }, shown));
    }
    case 'link': {
      if (found.target === target) return ok(undefined);
      const shown = { path, lines: [`link to ${found.target} -> ${target}`] };
      return ok(operation('link', file, { before: `link ${found.target}`, after }, NOTHING_KEPT, { target }, shown));
    }
  }
}

function idsOf({ mode, uid, gid }: Metadata): string {
  return `${mode} ${uid} ${gid}`;
}
