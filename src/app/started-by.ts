import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { StartedBy } from '../model/event.ts';
import type { Surroundings } from './surroundings.ts';

/** The kernel's "no login": daemons, and sessions without pam_loginuid. */
const NO_LOGIN = 4_294_967_295;

/** Who asks for the run, for the record: the user behind sudo, and the one who logged in as the kernel's audit knows it. */
export function startedBy(
  { environment, user }: Surroundings,
  reason: string,
  trigger: StartedBy['trigger'],
): StartedBy {
  const sudoUser = environment['SUDO_USER'] ?? '';
  return { user: sudoUser === '' ? user : sudoUser, loginUser: loginUser(), machine: hostname(), reason, trigger };
}

/** Empty when nobody logged in. */
function loginUser(): string {
  const uid = Number(read('/proc/self/loginuid').trim() || NO_LOGIN);
  if (uid === NO_LOGIN || Number.isNaN(uid)) return '';
  const line = read('/etc/passwd')
    .split('\n')
    .find((each) => each.split(':')[2] === String(uid));
  return line?.split(':')[0] ?? `uid ${uid}`;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
