import type { ErrorInfo } from '../model/error.ts';
import type { Becoming, BoundHost } from '../model/host.ts';
import type { Secret } from '../util/secret.ts';

/** One line is read; what came after it would be read by the shell that follows. doas reads it from a terminal. */
export function whyNoPassword(password: Secret, methods: readonly Becoming['method'][]): string | undefined {
  const value = password.reveal();
  if (/[\r\n\0]/.test(value)) return 'has more than one line, and one is read';
  if (methods.includes('doas') && [...value].some(isControl))
    return 'has a control character, which the terminal that doas asks on takes for a command';
  return Buffer.byteLength(value) > LONGEST ? `is longer than the ${LONGEST} bytes that every sudo reads` : undefined;
}

const isControl = (character: string): boolean => (character < ' ' && character !== '\t') || character === '\u007f';

/** Before 1.8.26 sudo read so much, and left the rest of the line to the shell; since then it reads 1023. */
const LONGEST = 255;

export function checkBecomePasswords(hosts: readonly BoundHost[]): ErrorInfo | undefined {
  for (const { host, secrets } of hosts) {
    const why =
      secrets.becomePassword === undefined ? undefined : whyNoPassword(secrets.becomePassword, [host.becoming.method]);
    if (why === undefined) continue;
    return {
      code: 'configuration',
      message: `the password for ${host.becoming.method} on ${host.name} ${why}`,
      hint: 'correct ansible_become_password, or the secret that it names',
    };
  }
  return undefined;
}
