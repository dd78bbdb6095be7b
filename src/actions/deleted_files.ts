import { defineAction } from '../model/action.ts';
import type { Script } from '../model/script.ts';
import { DELETED_FILES_SH, MOST_DELETED, readDeletedFiles } from './support/deleted-files.ts';
import { failed, lastLine, unexpectedOutput } from './support/failure.ts';
import { readSections } from './support/sections.ts';
import { seenMounts } from './support/seen-mounts.ts';

export const action = defineAction({
  name: 'deleted_files',
  summary: 'Lists deleted files whose space is not free because a process has them open.',
  notes: `
Looks at the open files of all processes, so it needs root. A file that several processes have open is listed once, with the lowest pid. Files that
are only mapped into memory, such as libraries after an upgrade, are not listed, nor is memory that never was on a file system (memfd, System V
shared memory). The space comes back when the process closes the file: restart or reload its unit.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    min_size: { type: { kind: 'size' }, description: 'Only what takes at least so much on disk.', optional: true },
  },
  output: {
    files: {
      type: {
        kind: 'list',
        of: {
          kind: 'object',
          name: 'DeletedFile',
          key: 'path',
          fields: {
            pid: { type: { kind: 'int' }, description: 'The process that has it open.' },
            command: { type: { kind: 'string' }, description: 'Its name.' },
            unit: { type: { kind: 'string' }, description: 'The unit it runs in; empty if unknown.' },
            path: { type: { kind: 'string' }, description: 'Where the file was.' },
            mount: { type: { kind: 'string' }, description: 'Its file system, by the mount that `disk_usage` lists.' },
            size_bytes: { type: { kind: 'int' }, description: 'What it takes on disk.' },
          },
        },
      },
      description: `The ${MOST_DELETED} that take most, the largest first.`,
    },
    total_bytes: { type: { kind: 'int' }, description: 'What these take.' },
  },
  examples: [{ title: 'What a restart would free', params: { min_size: '100MB' } }],
  work: {
    kind: 'script',
    compose({ min_size = 0 }): Script {
      return {
        summary: `look for deleted files in /proc/*/fd${min_size > 0 ? ` of ${min_size} bytes or more` : ''}`,
        text: DELETED_FILES_SH,
        variables: { min_size: String(min_size) },
      };
    },
    interpret(answer) {
      if (answer.code === 69) return failed('cannot-check', lastLine(answer.stderr.text));
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      const mounts = seenMounts(sections.value, answer);
      if (!mounts.ok) return mounts.error;
      const files = readDeletedFiles(sections.value.get('deleted')?.lines ?? [], mounts.value);
      if (!files.ok) return unexpectedOutput(files.error, answer);
      const total = files.value.reduce((sum, { size_bytes: bytes }) => sum + bytes, 0);
      return { status: 'ok', output: { files: files.value, total_bytes: total } };
    },
  },
});
