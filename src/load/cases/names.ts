import type { Span } from '../line-map.ts';
import type { Report } from '../report.ts';

/** Names of faults and cases stand on command lines and in names of files. */
export function checkName(name: string, at: Span, report: Report): void {
  if (/^[a-z][a-z0-9_-]{0,63}$/.test(name)) return;
  const hint = 'begin with a letter; go on with a-z, 0-9, - and _, at most 64 in all';
  report.error('E_NAME', at, `${JSON.stringify(name)} is no name`, hint);
}
