import { defineAction } from '../model/action.ts';
import { ok } from '../util/result.ts';
import { withOption, withoutOption } from './support/edit-ini.ts';
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

export const action = defineAction({
  name: 'ini_file',
  summary: 'Sets or removes an option in a file of sections, such as those of systemd, PHP or MySQL.',
  notes: `
\`state: present\`: the option has \`value\` on one line of its section; other lines that set it there are removed. A line that has that value already
stays as it is written. A new option comes after the last line of its section, a new section at the end of the file; comments stay as they are.
\`state: absent\` removes the option, or without \`option\` the whole section. Names are compared with their case. Values that go on in the next line
are not understood.

${HOW_FILES_CHANGE}
`.trim(),
  effect: 'changes',
  risk: 'none',
  undo: PUT_BACK,
  idempotent: true,
  params: {
    path: { type: FILE_PATH, description: 'The file.' },
    section: {
      type: { kind: 'string', pattern: String.raw`^[^\r\n\[\]]*$`, form: 'a name without brackets, such as Service' },
      description: 'Name of the section, without brackets; empty: the lines before the first section.',
    },
    option: {
      type: {
        kind: 'string',
        pattern: String.raw`^[^\s=:#;\[][^\r\n=:]*$`,
        form: 'a name without = and :, such as MemoryMax',
      },
      description: 'Name of the option; without it the section itself is meant.',
      optional: true,
    },
    value: { type: ONE_LINE, description: 'Its value; needed to set one.', optional: true },
    state: {
      type: { kind: 'string', enum: ['present', 'absent'] },
      description: '`present` by default.',
      optional: true,
    },
    no_extra_spaces: {
      type: { kind: 'bool' },
      description: 'Write `option=value` instead of `option = value`; false by default.',
      optional: true,
    },
    create: CREATE,
    ...OWNERSHIP,
    validate: VALIDATE,
  },
  conflict({ section, option, value, state = 'present', validate }) {
    if (section === '' && option === undefined) return 'give a section or an option';
    if (state === 'present' && (option === undefined) !== (value === undefined))
      return option === undefined ? 'give the option that has the value' : 'give the value of the option';
    return validateConflict(validate);
  },
  output: EDIT_OUTPUT,
  examples: [
    {
      title: 'Keep a journal of a gigabyte',
      params: {
        path: '/etc/systemd/journald.conf',
        section: 'Journal',
        option: 'SystemMaxUse',
        value: '1G',
        no_extra_spaces: true,
      },
    },
    {
      title: 'Remove an option',
      params: { path: '/etc/mysql/my.cnf', section: 'mysqld', option: 'skip-networking', state: 'absent' },
    },
  ],
  work: {
    kind: 'prepared',
    seesContents: true,
    look: ({ path, owner, group }) => lookToEdit(path, owner, group),
    prepare(seen, params) {
      const { section, option, value, state = 'present', no_extra_spaces: tight = false } = params;
      const { create = false, mode, validate } = params;
      return prepareEdit(seen, { mode, validate, create }, (text, encode) => {
        const place = { section: encode(section), ...(option !== undefined && { option: encode(option) }) };
        if (state === 'absent') return ok(withoutOption(text, place));
        return ok(withOption(text, { ...place, value: encode(value ?? '').trim(), tight }));
      });
    },
  },
});
