import { MATCHES_ALL, parseHostPattern } from '../model/host-pattern.ts';
import type { Report } from './report.ts';
import type { YamlScalar } from './yaml/node.ts';

/** Reports what is wrong with a host pattern as it is written; whether its names exist, an inventory tells. */
export function checkHostPattern({ text, at }: YamlScalar, report: Report): void {
  if (text.trim() === '') {
    const hint = 'write a pattern such as webservers, or all';
    report.error('E_TARGET_EMPTY', at, 'an empty host pattern selects nothing', hint);
    return;
  }
  const pattern = parseHostPattern(text);
  if (pattern.ok) return;
  const code = pattern.error.message === MATCHES_ALL.message ? 'E_TARGET_ALL' : 'E_TARGET';
  report.error(code, at, `the host pattern ${text} ${pattern.error.message}`, pattern.error.hint);
}
