import { firstLine } from './failure.ts';

const VANISHED = /No such file or directory$/;
const NOT_ENTERED = /^cannot enter |^the name of /;

/** What `FILE_SEARCH_SH` could not look at, from its standard error; undefined: nothing. What disappeared meanwhile does not count. */
export function unreadPlace(stderr: string): { readonly complaint: string; readonly whole: boolean } | undefined {
  const complaints = stderr.split('\n').filter((line) => line.trim() !== '' && !VANISHED.test(line.trimEnd()));
  const whole = complaints.find((line) => NOT_ENTERED.test(line));
  if (complaints.length === 0) return undefined;
  return { complaint: firstLine(whole ?? complaints[0] ?? ''), whole: whole !== undefined };
}
