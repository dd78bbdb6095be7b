import type { Trouble } from './trouble.ts';
import type { ErrorCode } from '../model/error.ts';
import { exitCodeOf } from '../model/exit-code.ts';
import { unreachable } from '../util/unreachable.ts';

export const FAILED = 1;
export const USAGE = 64;
const BAD_FILE = 65;
const BAD_CONFIGURATION = 78;

/** A wrong file comes before a wrong command line: it must be corrected in any case. */
export function exitCodeOfTrouble({ diagnostics, errors, isConfiguration }: Trouble): number {
  if (isConfiguration === true) return BAD_CONFIGURATION;
  if (diagnostics.some(({ severity }) => severity === 'error')) return BAD_FILE;
  const [first] = errors;
  return first === undefined ? FAILED : exitCodeOfError(first.code);
}

/** What those who watch a schedule are told: in mode `shadow` it has done its work when it found something to fix. */
export const toldExitCode = (exitCode: number, isShadow: boolean): number =>
  isShadow && exitCode === exitCodeOf(['needs-fix']) ? 0 : exitCode;

/** The one map from errors to exit codes. Errors of hosts are outcomes, which have codes of their own. */
function exitCodeOfError(code: ErrorCode): number {
  switch (code) {
    case 'usage':
      return USAGE;
    case 'bad-file':
    // Two names of the inventory for one address; found on a host it is that host's outcome.
    case 'same-machine':
      return BAD_FILE;
    case 'configuration':
      return BAD_CONFIGURATION;
    case 'refused':
      return 16;
    case 'interrupted':
      return 130;
    case 'store':
    case 'internal':
    case 'address-unknown':
    case 'connection-refused':
    case 'connection-timeout':
    case 'connection-lost':
    case 'protocol':
    case 'host-key-unknown':
    case 'host-key-changed':
    case 'host-key-revoked':
    case 'host-key-unverifiable':
    case 'authentication':
    case 'key-unusable':
    case 'shell-unusable':
    case 'become':
    case 'run-user-login':
    case 'lock-held':
    case 'ledger-unsafe':
    case 'tools-missing':
    case 'channel-refused':
      return FAILED;
    default:
      return unreachable(code);
  }
}
