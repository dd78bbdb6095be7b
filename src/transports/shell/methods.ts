import type { ErrorInfo } from '../../model/error.ts';
import type { Becoming } from '../../model/host.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { AS_ROOT } from './as-root.ts';
import type { Change, Method } from './become.ts';
import { DOAS } from './doas.ts';
import { SU } from './su.ts';
import { SUDO } from './sudo.ts';

/** A way of becoming that user, and its program. */
export interface ChosenMethod {
  readonly method: Method;
  readonly program: string;
}

const METHODS: Readonly<Record<Becoming['method'], Method>> = { sudo: SUDO, su: SU, doas: DOAS };
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;
const PROGRAM = /^[A-Za-z0-9_./+-]+$/;

/** What the inventory says, but for root: it needs no program's leave, unless one is named. */
export function methodFor({ method, program }: Becoming, { from, to }: Change): Result<ChosenMethod, ErrorInfo> {
  if (!USER.test(to) || /^\d+$/.test(to))
    return refuse(
      `${JSON.stringify(to)} is not the name of a user`,
      'Correct become: true, or the name of a user; no number.',
    );
  if (program !== undefined && !PROGRAM.test(program))
    return refuse(`${JSON.stringify(program)} is not the path of a program`, 'Correct ansible_become_exe.');
  if (from === 'root' && program === undefined) return ok({ method: AS_ROOT, program: '' });
  return ok({ method: METHODS[method], program: program ?? method });
}

const refuse = (message: string, hint: string): Result<never, ErrorInfo> => err({ code: 'become', message, hint });
