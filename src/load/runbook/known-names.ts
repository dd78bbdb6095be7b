import type { Shape } from '../expression/shape.ts';
import type { HiddenName } from '../expression/typed-scope.ts';

const STRING: Shape = { kind: 'string' };
const INT: Shape = { kind: 'int' };

/** The fields of `host`. */
export const HOST: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ...['name', 'address', 'user', 'os', 'os_version', 'kernel', 'arch', 'init', 'boot_id'].map(
    (name) => [name, STRING] as const,
  ),
  ...['port', 'cpus', 'memory_bytes'].map((name) => [name, INT] as const),
  ['groups', { kind: 'list', of: STRING }],
  ['boot_time', { kind: 'timestamp' }],
  ['time', { kind: 'timestamp' }],
]);

/** Names that mean something in some places only. */
export const HIDDEN: ReadonlyMap<string, HiddenName> = new Map([
  ['item', { message: 'item is known only inside of a loop', hint: 'add loop, or name what you mean' }],
  ['index', { message: 'index is known only inside of a loop', hint: 'add loop, or name what you mean' }],
  [
    'result',
    {
      message: "result, the step's own result, is known only in expect, until and undo",
      hint: 'use expect, or read the step by its id',
    },
  ],
  ['first', { message: 'first is known only in expect of verify', hint: 'use result, or the id of a step' }],
  ['findings', { message: 'findings are not known yet here', hint: 'read the results of the steps instead' }],
]);
