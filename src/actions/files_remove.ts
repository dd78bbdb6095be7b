import { defineAction } from '../model/action.ts';
import type { Script } from '../model/script.ts';
import { failed, lastLine, unexpectedOutput } from './support/failure.ts';
import { FILE_REMOVAL_SH, isSystemFolder } from './support/file-removal.ts';
import { describeSelection, SELECTION_PARAMS, selectionVariables } from './support/file-selection.ts';
import { readSections, type Sections } from './support/sections.ts';

export const action = defineAction({
  name: 'files_remove',
  summary: 'Removes files by name, age and size, and says how much that freed.',
  notes: `
Selects as \`find\` does, on the host, in the same breath as it removes. It never follows a link below a path, never leaves the paths, and removes no
directory. A file that a process has open is left alone: its space would not come back, and the process may still need it.

The paths are refused together, and nothing is removed, when one of them is \`/\`, a folder of the system (\`/etc\`, \`/usr\`, \`/var/lib/dpkg\` ...) or one
that holds the folders of others (\`/var\`, \`/home\`, \`/srv\` ...), by whatever link it is named; or when a user other than root could lead us elsewhere.
\`patterns\` or \`older_than\` must say what is meant.

The names of the 100 largest are on record before they go. \`freed_bytes\` counts a file with several names only when its last one goes.
`.trim(),
  effect: 'changes',
  risk: 'destructive',
  undo: { kind: 'none', reason: 'removed files are gone; how many, and the names of the largest, are on record' },
  idempotent: true,
  params: {
    ...SELECTION_PARAMS,
    type: {
      type: { kind: 'string', enum: ['file', 'link'] },
      description: 'What to remove (default `file`).',
      optional: true,
    },
  },
  conflict({ paths, patterns = [], older_than }) {
    if (patterns.length === 0 && older_than === undefined)
      return 'this would remove every file: say which by patterns, older_than or both';
    const system = paths.find((path) => path !== '' && isSystemFolder(path));
    return system === undefined
      ? undefined
      : `${system} belongs to the system, or holds folders of others: name the folder of one program`;
  },
  output: {
    removed: { type: { kind: 'int' }, description: 'How many were removed.' },
    freed_bytes: { type: { kind: 'int' }, description: 'What they took on disk.' },
    left: { type: { kind: 'int' }, description: 'How many that fit are still there, such as open ones.' },
  },
  examples: [
    {
      title: 'Old sessions of PHP',
      params: { paths: ['/var/lib/php/sessions'], patterns: ['sess_*'], older_than: '2d' },
    },
    { title: 'Old temporary files', params: { paths: ['/tmp', '/var/tmp'], older_than: '10d' } },
  ],
  work: {
    kind: 'script',
    compose(params): Script {
      return {
        summary: `remove from ${describeSelection(params)}`,
        text: FILE_REMOVAL_SH,
        args: params.paths.filter((path) => path !== ''),
        variables: selectionVariables(params),
      };
    },
    interpret(answer) {
      const complaint = lastLine(answer.stderr.text);
      if (answer.code === 69) return failed('cannot-start', complaint);
      if (answer.code === 70)
        return failed('cannot-check', `${complaint.replace(/^runbook: /, '')}; nothing was removed`);
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      const removed = numbers(sections.value, 'removed');
      const left = numbers(sections.value, 'left');
      if (removed === undefined || left === undefined)
        return unexpectedOutput('it is not known what was removed', answer);
      const [count = 0, freed = 0] = removed;
      const [still = 0] = left;
      if (count === 0 && still > 0 && complaint !== '') return failed('exit', `nothing could be removed: ${complaint}`);
      return {
        status: count > 0 ? 'changed' : 'ok',
        output: { removed: count, freed_bytes: freed, left: still },
      };
    },
  },
});

function numbers(sections: Sections, name: string): readonly number[] | undefined {
  const section = sections.get(name);
  const [, count, bytes] = /^(-?\d+) (-?\d+)$/.exec(section?.lines[0] ?? '') ?? [];
  if (section?.code !== 0 || count === undefined || bytes === undefined) return undefined;
  return [Math.max(0, Number(count)), Math.max(0, Number(bytes))];
}
