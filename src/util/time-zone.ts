import { suggest } from './suggest.ts';

/** Is it the name of a zone of the IANA data base that this machine knows? */
export function isTimeZone(name: string): boolean {
  // The runtime takes offsets such as +01:00 as well: they have no daylight saving time, which nobody expects.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The zone that was probably meant. */
export function nearestTimeZone(name: string): string | undefined {
  const known = Intl.supportedValuesOf('timeZone');
  const city = name.split('/').at(-1)?.toLowerCase().replaceAll(' ', '_');
  return known.find((each) => each.toLowerCase().endsWith(`/${city}`)) ?? suggest(name, known);
}
