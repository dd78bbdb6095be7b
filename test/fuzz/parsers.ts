import type { Parser } from './parser.ts';
import { ACTION_PARSERS } from './parsers/actions.ts';
import { COMMAND_LINE } from './parsers/command-line.ts';
import { FILES } from './parsers/files.ts';
import { HOST_SHELL } from './parsers/host-shell.ts';
import { INVENTORIES } from './parsers/inventories.ts';
import { LANGUAGE } from './parsers/language.ts';
import { SCHEDULES } from './parsers/schedules.ts';
import { LEDGER } from './parsers/ledger.ts';
import { PROBES } from './parsers/probes.ts';
import { RECORD } from './parsers/record.ts';
import { SECRET_TEXTS } from './parsers/secrets.ts';
import { THIS_MACHINE } from './parsers/this-machine.ts';
import { TRANSPORT } from './parsers/transport.ts';

/** Whatever reads what others wrote. */
export const PARSERS: readonly Parser[] = [
  ...COMMAND_LINE,
  ...FILES,
  ...INVENTORIES,
  ...LANGUAGE,
  ...SCHEDULES,
  ...HOST_SHELL,
  ...LEDGER,
  ...TRANSPORT,
  ...THIS_MACHINE,
  ...RECORD,
  ...SECRET_TEXTS,
  ...ACTION_PARSERS,
  ...PROBES,
];
