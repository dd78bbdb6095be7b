import { defineAction, type Preparation } from '../model/action.ts';
import { readApache } from './support/apache-facts.ts';
import { CONFIG_RESTORE_CONFIRM_SH, lookAtVersions, readVersions } from './support/apache-restore.ts';
import { lastLine } from './support/failure.ts';
import { prepareFileChange } from './support/file-change.ts';
import { FILE_PATH, PUT_BACK } from './support/file-fields.ts';
import type { FileOperation } from './support/file-operation.ts';
import { cannot, sha256Of } from './support/file-seen.ts';
import { writeOperation } from './support/file-write.ts';
import { readSections } from './support/sections.ts';

export const action = defineAction({
  name: 'apache_config_restore',
  summary:
    'Puts former versions of broken configuration files of Apache in place, when its configuration parses with them.',
  notes: `
Takes \`restore\` of \`apache_former_config\`. Only what was tested is put in place: a version whose content differs since then fails the step. The
files keep their owner and mode. All of them are put in place or none, and when the configuration does not parse with them, everything
is put back and the step fails. When it parses already, nothing is done. Apache is neither reloaded nor started.

The broken file is kept for a week below \`/var/lib/runbook\`; undo brings back that very file. A file that is a link is followed to the
real one.
`.trim(),
  effect: 'changes',
  risk: 'none',
  undo: PUT_BACK,
  idempotent: true,
  params: {
    restore: {
      type: {
        kind: 'list',
        of: {
          kind: 'object',
          name: 'ConfigToRestore',
          key: 'path',
          fields: {
            path: { type: FILE_PATH, description: 'The broken file.' },
            version: {
              type: { kind: 'string', pattern: '^(/|git:[0-9a-f]{7,64}:)', form: 'a path, or git:COMMIT:PATH' },
              description: 'Where the former version is, as `apache_former_config` has it.',
            },
            sha256: { type: { kind: 'string' }, description: 'Of the content that was tested.' },
          },
        },
      },
      description: 'The versions, as `apache_former_config.restore` has them.',
    },
    unit: {
      type: { kind: 'string' },
      description: 'Its unit or init script, as for `apache_info`.',
      optional: true,
    },
  },
  output: {
    restored: { type: { kind: 'list', of: { kind: 'string' } }, description: 'Paths of the files that were put back.' },
  },
  examples: [
    {
      title: 'The backup that an editor left',
      params: {
        restore: [
          {
            path: '/etc/apache2/sites-available/shop.conf',
            version: '/etc/apache2/sites-available/shop.conf~',
            sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
          },
        ],
      },
    },
  ],
  work: {
    kind: 'prepared',
    seesContents: true,
    look: ({ restore, unit = '' }) => lookAtVersions(restore, unit),
    prepare(seen, { restore }): Preparation<Output> {
      if (seen.code !== 0)
        return cannot(
          'exit',
          `Apache could not be examined: ${lastLine(seen.stderr.text) || `exit code ${seen.code}`}`,
        );
      const sections = readSections(seen.stdout.text);
      if (!sections.ok) return cannot('output', sections.error);
      if (sections.value.get('binary')?.code === 1) return cannot('cannot-start', 'there is no Apache on this host');
      if (sections.value.get('test')?.code === 0) return { kind: 'none', output: { restored: [] } };
      const apache = readApache(sections.value);
      if (!apache.ok) return cannot('output', apache.error);
      const versions = readVersions(sections.value, seen, restore);
      if (!versions.ok) return versions.error;
      const operations: FileOperation[] = [];
      for (const { file, bytes, sha256, version } of versions.value) {
        if (sha256Of(bytes) !== sha256)
          return cannot('cannot-start', `${version} changed since it was tested: diagnose again`);
        const operation = writeOperation(file, bytes);
        if (!operation.ok) return operation.error;
        if (operation.value !== undefined) operations.push(operation.value);
      }
      return prepareFileChange({
        summary: restore.map(({ path, version }) => `put ${version} in place of ${path}`).join(', '),
        operations,
        confirm: CONFIG_RESTORE_CONFIRM_SH,
        variables: {
          candidates: apache.value.unit.replace(/\.service$/, ''),
          binary: apache.value.binary,
          control: sections.value.get('control')?.lines[0] ?? '',
        },
        output: { restored: operations.map(({ difference }) => difference.path) },
      });
    },
  },
});

interface Output {
  readonly restored: readonly string[];
}
