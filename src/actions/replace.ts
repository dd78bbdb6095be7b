import { defineAction } from '../model/action.ts';
import { ok } from '../util/result.ts';
import { count } from '../util/count.ts';
import { compilePattern } from '../util/pattern.ts';
import { prepareEdit } from './support/file-content.ts';
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
import { patternOf } from './support/file-place.ts';

export const action = defineAction({
  name: 'replace',
  summary: 'Replaces everything in a file that matches a pattern.',
  notes: `
The pattern is RE2, and looked for in the whole file: \`^\` and \`$\` stand for the begin and the end of a line, \`.\` for anything but a line break.
In \`replace\`, \`\\1\` to \`\\9\` stand for what the groups of the pattern matched, and \`\\\\\` for a backslash. A file without a match is left alone.
Write the pattern so that it does not match what was replaced, or each run replaces it again.

${HOW_FILES_CHANGE}
`.trim(),
  effect: 'changes',
  risk: 'none',
  undo: PUT_BACK,
  idempotent: false,
  params: {
    path: { type: FILE_PATH, description: 'The file.' },
    regexp: { type: { kind: 'pattern' }, description: 'RE2 pattern of what is replaced.' },
    replace: {
      type: { kind: 'string' },
      description: 'What comes in its place; nothing by default.',
      optional: true,
    },
    ...OWNERSHIP,
    validate: VALIDATE,
  },
  conflict({ regexp, replace = '', validate }) {
    const pattern = compilePattern(regexp);
    const groups = pattern.ok ? pattern.value.groupCount : 0;
    const missing = groupsIn(replace).find((group) => group > groups);
    if (missing !== undefined)
      return `replace names \\${missing}, and regexp has ${count(groups, 'group')}: put ( ) around what it keeps`;
    return validateConflict(validate);
  },
  output: EDIT_OUTPUT,
  examples: [
    {
      title: 'Another host name everywhere',
      params: { path: '/etc/hosts', regexp: String.raw`\bdb-old\.example\.com\b`, replace: 'db.example.com' },
    },
    {
      title: 'Keep a part of what matched',
      params: { path: '/etc/app.conf', regexp: '^(timeout) = 30$', replace: String.raw`\1 = 60` },
    },
  ],
  work: {
    kind: 'prepared',
    seesContents: true,
    look: ({ path, owner, group }) => lookToEdit(path, owner, group),
    prepare(seen, { regexp, replace = '', mode, validate }) {
      return prepareEdit(
        seen,
        { mode, validate, create: false, mustExist: true, patterns: [regexp] },
        (text, encode) => {
          const pattern = patternOf(`(?m)${regexp}`);
          if (!pattern.ok) return pattern;
          let edited = '';
          let done = 0;
          for (const { start, end, groups } of pattern.value.matchAll(text)) {
            edited += text.slice(done, start) + filled(encode(replace), groups);
            done = end;
          }
          return ok(edited + text.slice(done));
        },
      );
    },
  },
});

const REFERENCE = /\\([1-9\\])/g;

function groupsIn(replace: string): readonly number[] {
  return [...replace.matchAll(REFERENCE)].flatMap(([, group]) => (group === '\\' ? [] : [Number(group)]));
}

function filled(replace: string, groups: readonly string[]): string {
  return replace.replaceAll(REFERENCE, (_, group: string) => (group === '\\' ? '\\' : (groups[Number(group)] ?? '')));
}
