import { defineAction } from '../model/action.ts';
import type { Script } from '../model/script.ts';
import { commandLine } from '../util/command-line.ts';
import { failed, lastLine, unexpectedOutput } from './support/failure.ts';
import { SELECTION_PARAMS } from './support/file-selection.ts';
import { OPEN_BY_PROCESS_SH, readOpenByProcess } from './support/open-by-process.ts';
import { readSections } from './support/sections.ts';

const MOST = 20;

const TEXT = `${OPEN_BY_PROCESS_SH}
devices=' '
for path; do
  device=$(stat -L -c %d "$path" 2>/dev/null) && devices="$devices$device "
done
open() {
  find /proc/[0-9]*/fd -maxdepth 1 -type l -perm -200 -exec stat -L -c '%d %f %n' {} + 2>/dev/null | awk -v devices="$devices" '
    $2 ~ /^8/ && index(devices, " " $1 " ") {
      split($3, part, "/")
      pid = part[3]
      if (!count[pid]++) first[pid] = $3
    }
    END { for (pid in count) print count[pid], pid, first[pid] }
  ' | sort -rn | head -n ${MOST}
}
writers() {
  open | while read -r count pid link; do
    describe "$pid $count" "$pid" "$link"
  done
  echo end
}
section writers writers
sections_end
`;

export const action = defineAction({
  name: 'file_writers',
  summary: 'Lists the processes that have files open for writing on file systems.',
  notes: `
A path stands for the file system that holds it; one that does not exist for none. Files that are only read, sockets and pipes do not count.
It looks into all processes, so it needs root.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: { paths: { ...SELECTION_PARAMS.paths, description: 'Each stands for the file system that holds it.' } },
  output: {
    processes: {
      type: {
        kind: 'list',
        of: {
          kind: 'object',
          name: 'FileWriter',
          key: 'pid',
          fields: {
            pid: { type: { kind: 'int' }, description: 'Its pid.' },
            command: { type: { kind: 'string' }, description: 'Its name.' },
            unit: { type: { kind: 'string' }, description: 'The unit it runs in; empty if unknown.' },
            files: { type: { kind: 'int' }, description: 'How many files it has open for writing there.' },
            path: { type: { kind: 'string' }, description: 'One of them.' },
          },
        },
      },
      description: `The ${MOST} that have most such files open.`,
    },
  },
  examples: [{ title: 'Who writes to /srv', params: { paths: ['/srv'] } }],
  work: {
    kind: 'script',
    compose({ paths }): Script {
      const places = paths.filter((path) => path !== '');
      const where = places.length === 0 ? 'no file system' : commandLine(places);
      return { summary: `look in /proc/*/fd for who writes to ${where}`, text: TEXT, args: places };
    },
    interpret(answer) {
      if (answer.code === 69) return failed('cannot-check', lastLine(answer.stderr.text));
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      const open = readOpenByProcess(sections.value.get('writers')?.lines ?? []);
      if (!open.ok) return unexpectedOutput(open.error, answer);
      const processes = open.value.map(({ numbers: [pid = 0, files = 0], ...process }) => ({ ...process, pid, files }));
      return { status: 'ok', output: { processes } };
    },
  },
});
