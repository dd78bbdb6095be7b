import { defineAction } from '../model/action.ts';
import { err, ok, type Result } from '../util/result.ts';
import { unreachable } from '../util/unreachable.ts';
import { commandLine } from '../util/command-line.ts';
import { prepareFileChange } from './support/file-change.ts';
import { directoryOperations, linkOperation, removeOperation } from './support/file-entries.ts';
import { FILE_PATH, modeOf, OWNERSHIP } from './support/file-fields.ts';
import { lookAtFiles } from './support/file-look.ts';
import type { FileOperation } from './support/file-operation.ts';
import { cannot, missing, readSeenFile, type CannotPrepare, type SeenFile } from './support/file-seen.ts';
import { metadataOperation, noFolder, wantedMetadata } from './support/file-write.ts';

const STATES = ['file', 'directory', 'link', 'absent'] as const;
type State = (typeof STATES)[number];

export const action = defineAction({
  name: 'file',
  summary: 'Sees to a file, directory or link: that it is there, or not, with its mode and owner.',
  notes: `
- \`file\`: the file must be there; its mode and owner are set in place. \`copy\` makes one.
- \`directory\`: it is made where it is missing, with those above it that are missing.
- \`link\`: a symbolic link to \`src\`. A file or a directory in its place fails the step.
- \`absent\`: removed; a directory only when it is empty. \`files_remove\` is for many files. A removed file is kept for a week below
  \`/var/lib/runbook\` (\`~/.local/state/runbook\` for others than root), and undo brings back that very file.

A directory on the way that every user may write to fails the step, and so does a link on the way that belongs to another user.
`.trim(),
  effect: 'changes',
  risk: 'none',
  undo: { kind: 'builtin', how: 'what was there is put back' },
  idempotent: true,
  params: {
    path: { type: FILE_PATH, description: 'What it is about.' },
    state: { type: { kind: 'string', enum: STATES }, description: '`file` by default.', optional: true },
    src: {
      type: { kind: 'string', pattern: String.raw`^[^\r\n]+$`, form: 'a path on one line' },
      description: 'Where a link leads to; only with `state: link`.',
      optional: true,
    },
    ...OWNERSHIP,
  },
  conflict({ state = 'file', src, mode, owner, group }) {
    if (state === 'link' && src === undefined) return 'a link needs src, where it leads to';
    if (state !== 'link' && src !== undefined) return 'src is for state: link; copy gives a file its content';
    if (state !== 'link' && state !== 'absent') return undefined;
    const given = Object.entries({ mode, owner, group }).find(([, value]) => value !== undefined);
    return given === undefined ? undefined : `${given[0]} means nothing with state: ${state}: remove it`;
  },
  output: {
    path: { type: { kind: 'string' }, description: 'Its real path.' },
    before: {
      type: { kind: 'string', enum: ['absent', 'file', 'directory', 'link'] },
      description: 'What was there.',
    },
  },
  examples: [
    { title: 'Only root may read it', params: { path: '/etc/app/secret.key', mode: '0600', owner: 'root' } },
    {
      title: 'A directory',
      params: { path: '/var/lib/app/spool', state: 'directory', mode: '0750', owner: 'www-data' },
    },
    { title: 'Remove a file', params: { path: '/etc/apache2/conf-enabled/old.conf', state: 'absent' } },
    {
      title: 'A link',
      params: { path: '/etc/apache2/sites-enabled/app.conf', state: 'link', src: '../sites-available/app.conf' },
    },
  ],
  work: {
    kind: 'prepared',
    look({ path, state = 'file', owner, group }) {
      return lookAtFiles([{ path, owner, group, content: false, follow: state === 'file' || state === 'directory' }]);
    },
    prepare(seen, { state = 'file', src, mode }) {
      const looked = readSeenFile(seen);
      if (!looked.ok) return looked.error;
      const file = looked.value;
      const operations = operationsFor(file, state, { src, mode: modeOf(mode) });
      if (!operations.ok) return operations.error;
      const { kind } = file.found;
      return prepareFileChange({
        summary: `${verbFor(file, state)} ${commandLine([file.path])}`,
        operations: operations.value,
        output: { path: file.path, before: kind === 'nowhere' ? 'absent' : kind },
      });
    },
  },
});

function verbFor({ found }: SeenFile, state: State): string {
  if (state === 'absent') return 'remove';
  if (state === 'link') return 'link';
  return found.kind === 'absent' || found.kind === 'nowhere' ? 'make directory' : 'set mode and owner of';
}

interface Asked {
  readonly src: string | undefined;
  readonly mode: string | undefined;
}

function operationsFor(
  file: SeenFile,
  state: State,
  { src, mode }: Asked,
): Result<readonly FileOperation[], CannotPrepare> {
  const { found, path } = file;
  switch (state) {
    case 'absent':
      return ok(present(removeOperation(file)));
    case 'link': {
      const link = linkOperation(file, src ?? '');
      return link.ok ? ok(present(link.value)) : link;
    }
    case 'directory':
      if (found.kind === 'absent' || found.kind === 'nowhere') return directoryOperations(file, mode);
      if (found.kind === 'directory') return ok(present(metadata(file, found.metadata, mode)));
      return err(cannot('cannot-start', `${path} is a ${found.kind}, not a directory: remove it first`));
    case 'file':
      if (found.kind === 'file') return ok(present(metadata(file, found.metadata, mode)));
      if (found.kind === 'nowhere') return err(missing(noFolder(file)));
      if (found.kind === 'absent') return err(missing(`there is no file ${path}: copy makes one`));
      return err(cannot('cannot-start', `${path} is a ${found.kind}, not a file`));
    default:
      return unreachable(state);
  }
}

function metadata(
  file: SeenFile,
  now: Parameters<typeof wantedMetadata>[1],
  mode: string | undefined,
): FileOperation | undefined {
  return metadataOperation(file, now, wantedMetadata(file, now, mode));
}

function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
