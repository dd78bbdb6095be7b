import type { Fields } from '../../model/type.ts';

/** Absolute, on one line, and not the root itself. */
export const FILE_PATH = {
  kind: 'string',
  pattern: String.raw`^/[^\x00-\x1f\x7f]*[^/\x00-\x1f\x7f]$`,
  form: 'an absolute path with no / at its end, such as /etc/motd',
} as const;

export const ONE_LINE = { kind: 'string', pattern: String.raw`^[^\r\n]*$`, form: 'one line' } as const;

export const PUT_BACK = { kind: 'builtin', how: 'the file is put back, byte for byte' } as const;

const NAME = '^[A-Za-z0-9_][A-Za-z0-9_.-]*[$]?$';

/** Who may do what with the file; what is left out stays as it is. */
export const OWNERSHIP = {
  mode: {
    type: { kind: 'string', pattern: '^[0-7]{3,4}$', form: 'three or four octal digits, such as "0640"' },
    description: 'Mode in octal digits, such as `"0640"`; left as it is by default, 0644 for a new file.',
    optional: true,
  },
  owner: {
    type: { kind: 'string', pattern: NAME, form: 'the name of a user or a uid' },
    description: 'User who shall own it, by name or uid; left as it is by default.',
    optional: true,
  },
  group: {
    type: { kind: 'string', pattern: NAME, form: 'the name of a group or a gid' },
    description: 'Group that shall own it, by name or gid; left as it is by default.',
    optional: true,
  },
} as const satisfies Fields;

/** Of actions that write a file. */
export const VALIDATE = {
  type: { kind: 'list', of: { kind: 'string' } },
  description:
    'A program with its arguments that must accept the new file before it is put in place; `%s` is its path.',
  optional: true,
} as const;

/** Why it cannot be used; a conflict of params. */
export function validateConflict(validate: readonly string[] | undefined): string | undefined {
  if (validate === undefined || validate.some((word) => word.includes('%s'))) return undefined;
  return 'validate must hold %s, which stands for the path of the new file';
}

export const CREATE = {
  type: { kind: 'bool' },
  description: 'Make the file when there is none; false by default: that fails the step.',
  optional: true,
} as const;

/** Of actions that write a file. */
export const EDIT_OUTPUT = {
  path: { type: { kind: 'string' }, description: 'The real path of the file, links followed.' },
  before: { type: { kind: 'string' }, description: 'SHA-256 of its content as it was; empty when there was no file.' },
  after: { type: { kind: 'string' }, description: 'The same, as it is left.' },
} as const satisfies Fields;

/** Four octal digits. */
export function modeOf(mode: string | undefined): string | undefined {
  return mode?.padStart(4, '0');
}

/** For the notes of actions that edit a file. */
export const HOW_FILES_CHANGE = `
The new file is made ready beside the old one, with its mode, owner and access lists, and put in place by a rename, so that everybody sees
the old one or the new one. The step fails, with nothing changed, when the file is not any more as it was seen, when it holds more than
1 MiB, or when every user may write to a directory on the way. A link is followed to a file in the same directory only.
The content of the file is not recorded, only how it differs: give the step \`no_log\` where that holds a secret.
The original is kept for a week below \`/var/lib/runbook\` (\`~/.local/state/runbook\` for others than root); undo brings back that very file.
`.trim();
