import { defineAction } from '../model/action.ts';
import { ok } from '../util/result.ts';
import { prepareContent } from './support/file-content.ts';
import {
  EDIT_OUTPUT,
  FILE_PATH,
  HOW_FILES_CHANGE,
  OWNERSHIP,
  PUT_BACK,
  VALIDATE,
  validateConflict,
} from './support/file-fields.ts';
import { lookToEdit } from './support/file-look.ts';

export const action = defineAction({
  name: 'copy',
  summary: 'Gives a file its whole content, from a text or from a file beside the runbook.',
  notes: HOW_FILES_CHANGE,
  effect: 'changes',
  risk: 'none',
  undo: PUT_BACK,
  idempotent: true,
  params: {
    dest: { type: FILE_PATH, description: 'The file on the host.' },
    content: { type: { kind: 'string' }, description: 'Its content; or give `src`.', optional: true },
    src: {
      type: { kind: 'source-file' },
      description: 'A text file beside the runbook whose content it shall have.',
      optional: true,
    },
    ...OWNERSHIP,
    validate: VALIDATE,
  },
  conflict({ content, src, validate }) {
    if ((content === undefined) === (src === undefined)) return 'give either content or src';
    return validateConflict(validate);
  },
  output: EDIT_OUTPUT,
  examples: [
    { title: 'A small file', params: { dest: '/etc/motd', content: 'Maintained by the operations team.\n' } },
    {
      title: 'A file beside the runbook, tested before it is used',
      params: { dest: '/etc/sudoers.d/deploy', src: 'deploy.sudoers', mode: '0440', validate: ['visudo', '-cf', '%s'] },
    },
  ],
  work: {
    kind: 'prepared',
    seesContents: true,
    look: ({ dest, owner, group }) => lookToEdit(dest, owner, group),
    prepare(seen, { content, src, mode, validate }) {
      return prepareContent(seen, { mode, validate }, () => {
        return ok(Buffer.from(src?.content ?? content ?? '', 'utf8'));
      });
    },
  },
});
