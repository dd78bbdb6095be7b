import type { Parser } from './parser.ts';
import { ACTION_PARSERS } from './parsers/actions.ts';
import { FILES } from './parsers/files.ts';
import { HOST_SHELL } from './parsers/host-shell.ts';
import { INVENTORIES } from './parsers/inventories.ts';
import { LANGUAGE } from './parsers/language.ts';
import { SCHEDULES } from './parsers/schedules.ts';
import { TRANSPORT } from './parsers/transport.ts';

/** Whatever reads what others wrote. */
export const PARSERS: readonly Parser[] = [
  ...FILES,
  ...INVENTORIES,
  ...LANGUAGE,
  ...SCHEDULES,
  ...HOST_SHELL,
  ...TRANSPORT,
  ...ACTION_PARSERS,
];
