/** Crockford's base 32: no letter that is read as another one. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_LENGTH = 10;
const RANDOM_LENGTH = 16;

/**
 * A name for a run as ULID writes it, in lower case: 26 characters, the first ten of the time, so that ids sort by time. Always
 * begins with a digit, which the name of a runbook never does. `random` gives bytes.
 */
export function createRunId(now: number, random: (count: number) => Uint8Array): string {
  let time = '';
  for (let rest = now, place = 0; place < TIME_LENGTH; place++, rest = Math.floor(rest / 32)) {
    time = (ALPHABET[rest % 32] ?? '') + time;
  }
  const tail = Array.from(random(RANDOM_LENGTH), (byte) => ALPHABET[byte % 32] ?? '');
  return time + tail.join('');
}
