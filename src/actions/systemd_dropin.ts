import { defineAction, type Preparation } from '../model/action.ts';
import { err, ok, type Result } from '../util/result.ts';
import { directoryOperations } from './support/file-entries.ts';
import { prepareFileChange } from './support/file-change.ts';
import { lookAtFiles } from './support/file-look.ts';
import type { FileOperation } from './support/file-operation.ts';
import { cannot, readSeenFile, type CannotPrepare, type SeenFile } from './support/file-seen.ts';
import { writeOperation } from './support/file-write.ts';
import { DROPIN_CONFIRM_SH, dropinFolder, fullUnitName } from './support/systemd-dropin.ts';
import { UNIT_NAME } from './support/unit.ts';

const SETTING_NAME = /^[A-Z][A-Za-z0-9]*$/;

export const action = defineAction({
  name: 'systemd_dropin',
  summary: 'Sets options of a unit in a drop-in file of its own.',
  notes: `
Writes \`/etc/systemd/system/UNIT.d/NAME.conf\` and has systemd read it. What runs goes on as it is: the settings hold from the next start on. A drop-in
of that name is replaced as a whole.

The step fails, with all put back, when systemd does not know the unit, does not understand a setting, or when a drop-in that is read later
sets the same: what is written would not hold. \`%\` begins a specifier in most settings: write \`%%\` for one. The host needs systemd.
`.trim(),
  effect: 'changes',
  risk: 'none',
  undo: {
    kind: 'builtin',
    how: 'the former drop-in is put back, or this one removed, and systemd reads its unit files anew',
  },
  idempotent: true,
  params: {
    unit: {
      type: { kind: 'string', pattern: UNIT_NAME, form: 'the name of a unit, such as apache2' },
      description: 'The unit; without a suffix a service is meant.',
    },
    name: {
      type: { kind: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$', form: 'the name of a file without .conf' },
      description: 'Name of the file, without `.conf`.',
    },
    section: {
      type: { kind: 'string', pattern: '^[A-Z][A-Za-z]*$', form: 'a section without brackets, such as Service' },
      description: 'The section, such as `Service`.',
    },
    settings: {
      type: { kind: 'map', of: { kind: 'string' } },
      description: 'Options of the section with their values; an empty value resets one.',
    },
  },
  conflict({ settings }) {
    const names = Object.keys(settings);
    if (names.length === 0) return 'give at least one setting';
    const odd = names.find((name) => !SETTING_NAME.test(name));
    if (odd !== undefined) return `${odd} is no name of an option, such as LimitNOFILE`;
    const broken = names.find((name) => /[\r\n\0]|\\$/.test(settings[name] ?? ''));
    return broken === undefined
      ? undefined
      : `the value of ${broken} must be one line that does not end with a backslash`;
  },
  output: { path: { type: { kind: 'string' }, description: 'The drop-in.' } },
  examples: [
    {
      title: 'More open files',
      params: { unit: 'mariadb', name: 'open-files', section: 'Service', settings: { LimitNOFILE: '65536' } },
    },
  ],
  work: {
    kind: 'prepared',
    look: ({ unit, name }) =>
      lookAtFiles([{ path: `${dropinFolder(unit)}/${name}.conf`, content: true, follow: false }]),
    prepare(seen, { unit, section, settings }, { host }): Preparation<{ readonly path: string }> {
      if (host.init !== 'systemd') return cannot('cannot-start', 'this host has no systemd');
      const looked = readSeenFile(seen);
      if (!looked.ok) return looked.error;
      const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
      const content = Buffer.from(['# Set by runbook.', `[${section}]`, ...lines, ''].join('\n'), 'utf8');
      const operations = operationsFor(looked.value, content);
      if (!operations.ok) return operations.error;
      const { path } = looked.value;
      const prepared = prepareFileChange({
        summary: `write ${path} && systemctl daemon-reload`,
        operations: operations.value,
        confirm: DROPIN_CONFIRM_SH,
        variables: { unit: fullUnitName(unit), dropin: path, options: Object.keys(settings).join(' ') },
        output: { path },
      });
      if (prepared.kind !== 'change') return prepared;
      return { ...prepared, undo: [...prepared.undo, { action: 'systemd_reload', params: {} }] };
    },
  },
});

/** With the directory of the drop-in, where that is missing. */
function operationsFor(file: SeenFile, content: Buffer): Result<readonly FileOperation[], CannotPrepare> {
  if (file.found.kind !== 'nowhere') {
    const operation = writeOperation(file, content);
    if (!operation.ok) return operation;
    return ok(operation.value === undefined ? [] : [operation.value]);
  }
  const [folder = '', name, ...deeper] = file.name.split('/');
  if (name === undefined || deeper.length > 0)
    return err(cannot('cannot-start', 'there is no directory /etc/systemd/system: is this host run by systemd?'));
  const directory = `${file.directory}/${folder}`;
  const made = directoryOperations({ ...file, path: directory, name: folder });
  if (!made.ok) return made;
  const written = writeOperation({ ...file, directory, name, found: { kind: 'absent' } }, content);
  if (!written.ok) return written;
  return ok([...made.value, ...(written.value === undefined ? [] : [written.value])]);
}
