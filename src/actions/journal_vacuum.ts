import { defineAction } from '../model/action.ts';
import { failed, lastLine, unexpectedOutput } from './support/failure.ts';
import { JOURNAL_VACUUM_SH } from './support/journal.ts';
import { readSections } from './support/sections.ts';

export const action = defineAction({
  name: 'journal_vacuum',
  summary: "Removes the oldest files of systemd's journal until it takes no more than a size.",
  notes: `
\`journalctl --vacuum-size\`, on disk and in memory. What is written to now is closed first (\`--rotate\`) when the rest is not enough; the files that
journald opens then stay, some MiB for each. Where there is no journal nothing is done.
`.trim(),
  effect: 'changes',
  risk: 'destructive',
  undo: { kind: 'none', reason: 'the oldest entries of the journal are gone' },
  idempotent: true,
  params: { keep: { type: { kind: 'size' }, description: 'What the journal may keep.' } },
  output: { freed_bytes: { type: { kind: 'int' }, description: 'How much less its files take on disk.' } },
  examples: [{ title: 'Keep 500 MB', params: { keep: '500MB' } }],
  work: {
    kind: 'script',
    compose: ({ keep }) => ({
      summary: `journalctl --vacuum-size=${keep}`,
      text: JOURNAL_VACUUM_SH,
      // For journalctl 0 is no limit.
      variables: { keep: String(Math.max(1, keep)) },
    }),
    interpret(answer) {
      if (answer.code === 69) return failed('cannot-start', lastLine(answer.stderr.text));
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      for (const name of ['vacuum', 'rest']) {
        const said = sections.value.get(name);
        if (said !== undefined && said.code !== 0)
          return failed('exit', `journalctl: ${lastLine(said.lines.join('\n')) || `exit code ${said.code}`}`);
      }
      const [before = '0', after = '0'] = ['before', 'after'].map((name) => sections.value.get(name)?.lines[0]);
      const freed = Math.max(0, Number(before) - Number(after));
      if (!Number.isSafeInteger(freed))
        return unexpectedOutput('the files of the journal could not be measured', answer);
      return { status: freed > 0 ? 'changed' : 'ok', output: { freed_bytes: freed } };
    },
  },
});
