import { defineAction } from '../model/action.ts';
import { withBlock } from './support/edit-block.ts';
import { prepareEdit } from './support/file-content.ts';
import {
  CREATE,
  EDIT_OUTPUT,
  FILE_PATH,
  HOW_FILES_CHANGE,
  OWNERSHIP,
  PUT_BACK,
  VALIDATE,
  validateConflict,
} from './support/file-fields.ts';
import { lookToEdit } from './support/file-look.ts';
import { PLACEMENT, placementConflict } from './support/file-place.ts';

const MARKER = '# {mark} managed by runbook';

export const action = defineAction({
  name: 'blockinfile',
  summary: 'Keeps a block of lines in a file, between two marks.',
  notes: `
The marks are lines of their own: \`marker\` with \`{mark}\` replaced by \`BEGIN\` and \`END\`. What stands between them is the block's and is replaced
as a whole. Without marks the block is inserted. A file that holds only one of them fails the step. For two blocks in one file give each a \`marker\`.

${HOW_FILES_CHANGE}
`.trim(),
  effect: 'changes',
  risk: 'none',
  undo: PUT_BACK,
  idempotent: true,
  params: {
    path: { type: FILE_PATH, description: 'The file.' },
    block: {
      type: { kind: 'string' },
      description: 'The lines; empty, the default: the block is removed.',
      optional: true,
    },
    marker: {
      type: { kind: 'string', pattern: String.raw`^[^\r\n]*\{mark\}[^\r\n]*$`, form: 'one line that holds {mark}' },
      description: `The line of a mark; \`${MARKER}\` by default.`,
      optional: true,
    },
    state: {
      type: { kind: 'string', enum: ['present', 'absent'] },
      description: '`present` by default; `absent` removes the block with its marks.',
      optional: true,
    },
    ...PLACEMENT,
    create: CREATE,
    ...OWNERSHIP,
    validate: VALIDATE,
  },
  conflict({ block = '', marker = MARKER, insertafter, insertbefore, validate }) {
    const mark = linesOf(block).find((line) => marksOf(marker).includes(line));
    if (mark !== undefined) return `the block itself holds the mark ${mark}: give another marker`;
    return placementConflict({ insertafter, insertbefore }) ?? validateConflict(validate);
  },
  output: EDIT_OUTPUT,
  examples: [
    {
      title: 'Two lines',
      params: { path: '/etc/hosts', block: '192.0.2.10 db01\n192.0.2.11 db02\n' },
    },
    {
      title: 'Without it again',
      params: { path: '/etc/hosts', state: 'absent' },
    },
  ],
  work: {
    kind: 'prepared',
    seesContents: true,
    look: ({ path, owner, group }) => lookToEdit(path, owner, group),
    prepare(seen, params) {
      const { block = '', marker = MARKER, state = 'present', insertafter, insertbefore, create = false } = params;
      const { mode, validate } = params;
      const [begin, end] = marksOf(marker);
      const lines = state === 'absent' ? [] : linesOf(block);
      return prepareEdit(seen, { mode, validate, create, patterns: [insertafter, insertbefore] }, (text, encode) => {
        return withBlock(text, {
          lines: lines.map(encode),
          begin: encode(begin),
          end: encode(end),
          insertafter,
          insertbefore,
        });
      });
    },
  },
});

function marksOf(marker: string): readonly [begin: string, end: string] {
  return [marker.replaceAll('{mark}', 'BEGIN'), marker.replaceAll('{mark}', 'END')];
}

function linesOf(block: string): readonly string[] {
  const text = block.replace(/\r?\n$/, '');
  return text === '' ? [] : text.split(/\r?\n/);
}
