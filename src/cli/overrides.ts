import type { ErrorInfo } from '../model/error.ts';
import type { Overrides } from '../model/event.ts';
import { err, ok, type Result } from '../util/result.ts';
import type { RunOptions } from './options.ts';

/** Limits that are set aside on the command line: by a person at a terminal, never by what runs on its own. */
export function overridesOf(
  { brake, ignoreCooldown }: RunOptions,
  isInteractive: boolean,
): Result<Overrides, ErrorInfo> {
  const given = [brake === undefined ? [] : '--brake', ignoreCooldown === undefined ? [] : '--ignore-cooldown'].flat();
  if (given.length > 0 && !isInteractive) return err(onlyForPersons(given.join(' and ')));
  return ok({
    ...(brake !== undefined && { brakePercent: brake }),
    ...(ignoreCooldown !== undefined && { ignoreCooldown }),
  });
}

function onlyForPersons(options: string): ErrorInfo {
  return {
    code: 'usage',
    message: `${options}: only a person at a terminal may set a limit aside, and there is no terminal`,
    hint: 'type the command at a terminal; what runs on its own keeps the limits of its runbook',
  };
}
