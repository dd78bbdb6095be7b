import { defineAction } from '../model/action.ts';
import { failed, lastLine, unexpectedOutput } from './support/failure.ts';
import { FILE_PATH } from './support/file-fields.ts';
import { FILE_RESTORE_SH } from './support/file-put-back.ts';

const STATE = {
  kind: 'string',
  pattern: '^(absent|file.*|directory.*|link .+)$',
  form: 'a state, such as absent',
} as const;

export const action = defineAction({
  name: 'file_restore',
  summary: 'Puts a file back as it was before another action changed it.',
  notes: `
The undo of the actions that change files; a rollback runs it by itself. It puts back the very file that was kept: bytes, mode, owner, access lists,
labels and times. What is as before already is left alone, and so is what somebody else changed since: that fails the step.

A state is \`absent\`, \`file SHA256\` (from \`kept\`), \`file MODE UID GID\` or \`directory MODE UID GID\` (mode and owner alone), \`file\` (as \`kept\`),
\`directory\`, or \`link TARGET\`.
`.trim(),
  effect: 'changes',
  risk: 'none',
  undo: { kind: 'none', reason: 'it is an undo itself' },
  idempotent: true,
  params: {
    path: { type: FILE_PATH, description: 'The file.' },
    before: { type: STATE, description: 'The state to bring back.' },
    after: { type: STATE, description: 'The state that the change left; in any other one nothing is done.' },
    kept: { type: FILE_PATH, description: 'Where the original was kept.', optional: true },
    temp: {
      type: { kind: 'string', pattern: '^[.]runbook-[0-9a-f]+~$', form: 'the name of a directory that a change made' },
      description: 'Directory beside the file that a change which was cut off may have left.',
      optional: true,
    },
    unless_replaced: {
      type: { kind: 'bool' },
      description: 'Leave what somebody has put in its place since, and succeed; `false` by default, which fails.',
      optional: true,
    },
  },
  output: {
    restored: { type: { kind: 'bool' }, description: 'Whether anything was put back; else it was as before already.' },
  },
  examples: [
    {
      title: 'Remove a file that was made',
      params: {
        path: '/etc/motd',
        before: 'absent',
        after: 'file e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      },
    },
    {
      title: 'Give a mode back',
      params: { path: '/etc/shadow', before: 'file 0640 0 42', after: 'file 0600 0 42' },
    },
  ],
  work: {
    kind: 'script',
    compose({ path, before, after, kept = '', temp = '', unless_replaced: lenient = false }) {
      return {
        summary: `restore ${path}`,
        text: FILE_RESTORE_SH,
        variables: {
          file_path: path,
          file_before: before,
          file_after: after,
          file_kept: kept,
          file_temp: temp,
          file_lenient: lenient ? 'yes' : '',
        },
      };
    },
    interpret(answer) {
      if (answer.code !== 0) return failed('exit', lastLine(answer.stderr.text) || `exit code ${answer.code}`);
      const verdict = answer.stdout.text.trim();
      if (!['restored', 'same', 'replaced'].includes(verdict))
        return unexpectedOutput('it did not say what was done', answer);
      const restored = verdict === 'restored';
      return { status: restored ? 'changed' : 'ok', output: { restored } };
    },
  },
});
