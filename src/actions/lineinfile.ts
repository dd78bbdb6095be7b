import { defineAction } from '../model/action.ts';
import { withLine, withoutLine } from './support/edit-line.ts';
import { prepareEdit } from './support/file-content.ts';
import {
  CREATE,
  EDIT_OUTPUT,
  FILE_PATH,
  HOW_FILES_CHANGE,
  ONE_LINE,
  OWNERSHIP,
  PUT_BACK,
  VALIDATE,
  validateConflict,
} from './support/file-fields.ts';
import { lookToEdit } from './support/file-look.ts';
import { PLACEMENT, placementConflict } from './support/file-place.ts';

export const action = defineAction({
  name: 'lineinfile',
  summary: 'Sees to it that a line is in a file, or is not.',
  notes: `
\`state: present\`: the last line that matches \`regexp\` becomes \`line\`. When none matches, \`line\` is inserted, unless it is somewhere in the file
already. Without \`regexp\`, \`line\` is looked for as it is. \`state: absent\` removes every line that matches, or is, it.

A pattern is RE2 and is looked for in each line by itself; it should match the line before and after the change. Lines that end in \`\\r\\n\` keep that.

${HOW_FILES_CHANGE}
`.trim(),
  effect: 'changes',
  risk: 'none',
  undo: PUT_BACK,
  idempotent: true,
  params: {
    path: { type: FILE_PATH, description: 'The file.' },
    line: {
      type: ONE_LINE,
      description: 'The line. Needed, unless lines are removed by `regexp`.',
      optional: true,
    },
    regexp: { type: { kind: 'pattern' }, description: 'RE2 pattern of the line to replace or remove.', optional: true },
    state: {
      type: { kind: 'string', enum: ['present', 'absent'] },
      description: '`present` by default.',
      optional: true,
    },
    ...PLACEMENT,
    create: CREATE,
    ...OWNERSHIP,
    validate: VALIDATE,
  },
  conflict({ line, regexp, state = 'present', insertafter, insertbefore, validate }) {
    if (line === undefined && state === 'present') return 'give the line that shall be there';
    if (line === undefined && regexp === undefined) return 'give line or regexp, for what shall be removed';
    return placementConflict({ insertafter, insertbefore }) ?? validateConflict(validate);
  },
  output: EDIT_OUTPUT,
  examples: [
    {
      title: 'Set a value',
      params: {
        path: '/etc/ssh/sshd_config',
        regexp: '^#?MaxSessions ',
        line: 'MaxSessions 10',
        validate: ['sshd', '-t', '-f', '%s'],
      },
    },
    {
      title: 'Remove lines',
      params: { path: '/etc/fstab', regexp: String.raw`^[^#]*\s/mnt/old\s`, state: 'absent' },
    },
  ],
  work: {
    kind: 'prepared',
    seesContents: true,
    look: ({ path, owner, group }) => lookToEdit(path, owner, group),
    prepare(seen, params) {
      const { line, regexp, state = 'present', insertafter, insertbefore, create = false, mode, validate } = params;
      const patterns = [regexp, insertafter, insertbefore];
      return prepareEdit(seen, { mode, validate, create, patterns }, (text, encode) => {
        const edit = { line: encode(line ?? ''), regexp, insertafter, insertbefore };
        return state === 'present' ? withLine(text, edit) : withoutLine(text, edit);
      });
    },
  },
});
