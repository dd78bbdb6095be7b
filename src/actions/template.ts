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
  name: 'template',
  summary: 'Gives a file its whole content from a template beside the runbook.',
  notes: `
Each \`\${{ }}\` in the template is an expression as in the runbook: it knows the same names, its type is checked with the runbook, and it is a part of
the runbook's hash. \`$\${{\` stands for the text \`\${{\`. There are no loops and no conditions: compute lists with \`.map(...)\` and \`.join("\\n")\`, and
choose with \`a ? b : c\`.

${HOW_FILES_CHANGE}
`.trim(),
  effect: 'changes',
  risk: 'none',
  undo: PUT_BACK,
  idempotent: true,
  params: {
    src: { type: { kind: 'template-file' }, description: 'The template, a text file beside the runbook.' },
    dest: { type: FILE_PATH, description: 'The file on the host.' },
    ...OWNERSHIP,
    validate: VALIDATE,
  },
  conflict: ({ validate }) => validateConflict(validate),
  output: EDIT_OUTPUT,
  examples: [
    {
      title: 'A configuration for this host, tested before it is used',
      params: {
        src: 'haproxy.cfg.tmpl',
        dest: '/etc/haproxy/haproxy.cfg',
        validate: ['haproxy', '-c', '-f', '%s'],
      },
    },
  ],
  work: {
    kind: 'prepared',
    seesContents: true,
    look: ({ dest, owner, group }) => lookToEdit(dest, owner, group),
    prepare(seen, { src, mode, validate }) {
      return prepareContent(seen, { mode, validate }, () => ok(Buffer.from(src.content, 'utf8')));
    },
  },
});
