import type { Configuration } from '../../model/configuration.ts';
import type { ErrorInfo } from '../../model/error.ts';
import type { Schedule } from '../../model/schedule.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { suggest } from '../../util/suggest.ts';

/** The schedule of that name. */
export function findSchedule(name: string, { schedules }: Configuration): Result<Schedule, ErrorInfo> {
  const found = schedules.find((schedule) => schedule.name === name);
  return found === undefined
    ? err(
        noSchedule(
          name,
          schedules.map((each) => each.name),
        ),
      )
    : ok(found);
}

/** `known`: those that could have been meant. */
export function noSchedule(name: string, known: readonly string[]): ErrorInfo {
  const nearest = suggest(name, known);
  const hint =
    known.length === 0
      ? 'write it into schedules of ~/.config/runbook/config.yaml, or of /etc/runbook/config.yaml'
      : nearest === undefined
        ? 'see runbook schedule list'
        : `did you mean ${nearest}?`;
  return { code: 'usage', message: `there is no schedule ${JSON.stringify(name)}`, hint };
}
