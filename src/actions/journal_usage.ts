import { defineAction } from '../model/action.ts';
import { failed, lastLine, unexpectedOutput } from './support/failure.ts';
import { JOURNAL_USAGE_SH } from './support/journal.ts';
import { sharedMountOf } from './support/mount-table.ts';
import { readSections } from './support/sections.ts';
import { seenMounts } from './support/seen-mounts.ts';

export const action = defineAction({
  name: 'journal_usage',
  summary: "Reads how much space systemd's journal takes, and on which file system.",
  notes: `
The journal of this machine: the one in \`/var/log/journal\` if there is one, else the one in memory, in \`/run/log/journal\`. Journals of other
machines, which a cloned or central log host may have beside it, do not count: \`journal_vacuum\` leaves them alone, too.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {},
  output: {
    present: { type: { kind: 'bool' }, description: 'There is a journal.' },
    used_bytes: { type: { kind: 'int' }, description: 'What its files take on disk.' },
    mount: { type: { kind: 'string' }, description: 'Its file system, by the mount that `disk_usage` lists.' },
  },
  examples: [{ title: 'What the journal takes', params: {} }],
  work: {
    kind: 'script',
    compose: () => ({ summary: 'measure the files of the journal', text: JOURNAL_USAGE_SH }),
    interpret(answer) {
      if (answer.code === 69) return failed('cannot-check', lastLine(answer.stderr.text));
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      const mounts = seenMounts(sections.value, answer);
      if (!mounts.ok) return mounts.error;
      const [folder, bytes] = sections.value.get('journal')?.lines ?? [];
      if (folder === undefined) return { status: 'ok', output: { present: false, used_bytes: 0, mount: '' } };
      if (!/^\d+$/.test(bytes ?? '')) return unexpectedOutput('the files of the journal could not be measured', answer);
      const mount = sharedMountOf(folder, mounts.value)?.mount ?? '';
      return { status: 'ok', output: { present: true, used_bytes: Number(bytes), mount } };
    },
  },
});
