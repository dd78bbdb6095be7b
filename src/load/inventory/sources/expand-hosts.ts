import { err, ok, type Result } from '../../../util/result.ts';
import { quoteShort } from '../../../util/shorten.ts';
import type { FileProblem } from '../../files-beside.ts';
import type { InventoryEntries } from '../entries.ts';
import { splitHostPort } from './host-port.ts';
import { expandHostRange, MOST_HOSTS } from './host-range.ts';

export interface NamedHosts {
  readonly hosts: readonly string[];
  readonly port?: number;
}

/** The hosts that a host line or key stands for. An error when these and the known ones are too many. */
export function expandHosts(pattern: string, { hosts, timesNamed }: InventoryEntries): Result<NamedHosts, FileProblem> {
  if (pattern.trim() === '') return problem('E_HOST', 'the name of a host is empty', 'write a name, such as web01');
  const { host, port } = splitHostPort(pattern);
  const names = expandHostRange(host);
  if (!names.ok) return problem('E_RANGE', `${quoteShort(pattern)}: ${names.error}`, 'write a range as web[01:20]');
  if (hosts.size + names.value.length > 2 * MOST_HOSTS)
    return problem('E_SIZE', `more than ${MOST_HOSTS} hosts in one inventory`, 'split it');
  if (timesNamed + names.value.length > MOST_NAMED)
    return problem('E_SIZE', `hosts are named more than ${MOST_NAMED} times`, 'put groups into groups instead');
  return ok({ hosts: names.value, ...(port !== undefined && { port }) });
}

/** In all groups together: a short line names 10,000 hosts, and may be written again and again. */
const MOST_NAMED = 50 * MOST_HOSTS;

function problem(code: string, message: string, hint: string): Result<never, FileProblem> {
  return err({ code, message, hint });
}
