import { defineAction, type Preparation } from '../model/action.ts';
import { mutexChange, type MutexChange } from './support/apache-mutex-change.ts';
import { APACHE_MUTEX_CONFIRM_SH } from './support/apache-mutex-confirm.ts';
import { mutexOperations, readMutexFiles, textsOf } from './support/apache-mutex-files.ts';
import { APACHE_MUTEX_LOOK_SH } from './support/apache-mutex-look.ts';
import { reportedAs, WANTED_MECHANISMS, type MutexParams } from './support/apache-mutex-wish.ts';
import { lastLine } from './support/failure.ts';
import { prepareFileChange } from './support/file-change.ts';
import { cannot } from './support/file-seen.ts';
import { readSections } from './support/sections.ts';

export const action = defineAction({
  name: 'apache_mutex',
  summary: 'Sets the mechanism of the mutex with which the processes of Apache share accept.',
  notes: `
Takes effect at the next full restart: a graceful one keeps the old mutex.

What decides is the last \`Mutex\` for \`default\` in the order in which Apache reads its files, and the last one for \`mpm-accept\` where there is
one. Its mechanism is replaced in its line, and all else stays byte for byte. Where no line decides, one is written: on Debian into
\`conf-available/runbook-mutex.conf\` with a link from \`conf-enabled\` (\`a2disconf runbook-mutex\` removes it), elsewhere into
\`conf.d/runbook-mutex.conf\`, and where there is no such directory to the end of the main file. Apache 2.2 gets \`AcceptMutex\` and \`LockFile\`
at the end of its main file.

\`file\` stands for \`fcntl\` or \`flock\`, whichever the host has. Its directory is \`dir\`, else \`APACHE_LOCK_DIR\` of Apache's environment, else what
is configured. It must be there (or be made by \`apache2ctl\`), on a file system of this host. Apache's parent makes the file as root, so the
run user needs no right to the directory.

Apache is asked before anything is written whether it takes the directive, and again when all is in place: when the configuration does not
parse then, or does not have the mutex that is wanted, everything is put back and the step fails.
`.trim(),
  effect: 'changes',
  risk: 'none',
  undo: { kind: 'builtin', how: 'the configuration is put back, byte for byte' },
  idempotent: true,
  params: {
    mechanism: {
      type: { kind: 'string', enum: WANTED_MECHANISMS },
      description: '`file` needs nothing that a logout or a kill -9 can cost; `default` is what Apache was built with.',
    },
    dir: {
      type: {
        kind: 'string',
        pattern: '^/[^\\x00-\\x1f\\x7f$]*$',
        form: 'an absolute path without $, such as /run/lock/apache2',
      },
      description: 'Directory for the file of `file`, `fcntl` and `flock`.',
      optional: true,
    },
    unit: {
      type: { kind: 'string' },
      description: 'Its unit or init script, as for `apache_info`.',
      optional: true,
    },
  },
  output: {
    file: {
      type: { kind: 'string' },
      description:
        'Path of the file that was written, the last one where there were two; empty when all was as wanted.',
    },
    before: { type: { kind: 'string' }, description: 'The mechanism of the default mutex before.' },
  },
  examples: [
    { title: 'A mutex that nobody removes', params: { mechanism: 'file' } },
    { title: 'In a directory of its own', params: { mechanism: 'file', dir: '/var/lib/apache-lock' } },
  ],
  work: {
    kind: 'prepared',
    look({ dir = '', unit = '' }) {
      return { summary: 'look how the mutex of Apache is set', text: APACHE_MUTEX_LOOK_SH, variables: { unit, dir } };
    },
    prepare(seen, params): Preparation<MutexOutput> {
      if (seen.code !== 0)
        return cannot(
          'exit',
          `Apache could not be examined: ${lastLine(seen.stderr.text) || `exit code ${seen.code}`}`,
        );
      const sections = readSections(seen.stdout.text);
      if (!sections.ok) return cannot('output', sections.error);
      if (sections.value.get('binary')?.code === 1) return cannot('cannot-start', 'there is no Apache on this host');
      const files = readMutexFiles(sections.value, seen);
      if (!files.ok) return files.error;
      const change = mutexChange(sections.value, textsOf(files.value), files.value.place, params);
      if (!change.ok) return cannot('cannot-start', change.error);
      const operations = mutexOperations(files.value, change.value.edits);
      if (!operations.ok) return operations.error;
      const { before, edits, directive } = change.value;
      const file = edits.at(-1)?.path ?? '';
      return prepareFileChange({
        summary: `write ${directive} into ${edits.map(({ path }) => path).join(' ')}`,
        operations: operations.value,
        confirm: APACHE_MUTEX_CONFIRM_SH,
        variables: confirmed(change.value, params, sections.value.get('control')?.lines[0]),
        output: { file, before },
      });
    },
  },
});

interface MutexOutput {
  readonly file: string;
  readonly before: string;
}

function confirmed(
  { apache, directive, tells, types }: MutexChange,
  { mechanism }: MutexParams,
  control = '',
): Readonly<Record<string, string>> {
  return {
    candidates: apache.unit.replace(/\.service$/, ''),
    binary: apache.binary,
    control,
    directive,
    types: tells ? types.join(' ') : '',
    mechanisms: tells ? ` ${reportedAs(mechanism).join(' ')} ` : '',
  };
}
