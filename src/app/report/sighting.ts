import { stateIn, type Look } from './look.ts';

/** From the first look that found something to the first that did not find it any more. */
export interface Sighting {
  readonly first: Look;
  readonly last: Look;
  /** The last look before, by the same version of the runbook, that found it absent. */
  readonly clear?: Look;
  /** The last look after `last` that could not tell, and before `gone`. */
  readonly inVain?: Look;
  /** Absent: it was found by the last look that could tell. */
  readonly gone?: Look;
}

/** Pure: when a finding was there. `looks`: those of one machine by one runbook, in the order of their times. */
export function sightingsOf(finding: string, looks: readonly Look[]): readonly Sighting[] {
  const ended: Sighting[] = [];
  let current: Sighting | undefined;
  let clear: Look | undefined;
  for (const look of looks) {
    const state = stateIn(look, finding);
    switch (state) {
      case 'present':
        current = current === undefined ? begun(look, clear) : seenAgain(current, look);
        break;
      case 'unclear':
        if (current !== undefined) current = { ...current, inVain: look };
        break;
      case 'absent':
      case 'not-applicable':
        if (current !== undefined) ended.push({ ...current, gone: look });
        current = undefined;
        clear = state === 'absent' ? look : undefined;
        break;
      default:
    }
  }
  return current === undefined ? ended : [...ended, current];
}

function begun(first: Look, clear: Look | undefined): Sighting {
  const isSame = clear?.run.runbookSha256 === first.run.runbookSha256;
  return { first, last: first, ...(clear !== undefined && isSame && { clear }) };
}

/** What could not be told in between is of no matter any more. */
const seenAgain = ({ first, clear }: Sighting, last: Look): Sighting => ({
  first,
  last,
  ...(clear !== undefined && { clear }),
});
