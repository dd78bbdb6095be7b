import type { ErrorInfo } from '../model/error.ts';
import type { BoundHost } from '../model/host.ts';
import type { Secret } from '../util/secret.ts';

/** sudo reads one line; what came after it would be read by the shell that sudo starts. */
export function whyNoPassword(password: Secret): string | undefined {
  const value = password.reveal();
  if (/[\r\n\0]/.test(value)) return 'has more than one line, and sudo reads one';
  return Buffer.byteLength(value) > LONGEST ? `is longer than the ${LONGEST} bytes that every sudo reads` : undefined;
}

/** Before 1.8.26 sudo read so much, and left the rest of the line to the shell; since then it reads 1023. */
const LONGEST = 255;

export function checkBecomePasswords(hosts: readonly BoundHost[]): ErrorInfo | undefined {
  for (const { host, secrets } of hosts) {
    const why = secrets.becomePassword === undefined ? undefined : whyNoPassword(secrets.becomePassword);
    if (why === undefined) continue;
    return {
      code: 'configuration',
      message: `the password for sudo on ${host.name} ${why}`,
      hint: 'correct ansible_become_password, or the secret that it names',
    };
  }
  return undefined;
}
