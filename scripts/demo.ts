import { parseArgs } from 'node:util';
import type { Tier } from './demo/demo-host.ts';
import { say, tone } from './demo/print.ts';
import { Scratch } from './demo/scratch.ts';
import { tell } from './demo/story.ts';
import { openFirst, type Opened } from './demo/tiers.ts';

const USAGE = `npm run demo [-- --tier a|b|c]

Breaks a host and has it repaired by runbooks/apache-accept-lock.yaml. The host is made on this machine:
  a  a sandbox with real semaphores and a real sshd (root, or a user with a range of uids in /etc/subuid)
  b  a sandbox with real semaphores, behind this project's own SSH server (any user)
  c  simulated: no sandbox can be made here
Without --tier it is the first that works. Exit code 0: repaired, then healthy, and nothing else was touched.
`;

const TIERS: readonly Tier[] = ['a', 'b', 'c'];
const EXIT_CODES: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const tiers = tiersFrom(argv);
  if (tiers === undefined) {
    process.stderr.write(USAGE);
    return 64;
  }
  // Who reads may go away (`| head`): what was made must still be taken down.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const interrupted = new AbortController();
  for (const signal of Object.keys(EXIT_CODES)) process.on(signal, () => interrupted.abort(signal));
  const scratch = new Scratch();
  try {
    return await demonstrate(tiers, scratch, interrupted.signal);
  } catch (error) {
    if (interrupted.signal.aborted) say('\nInterrupted; all that was made is removed.');
    if (interrupted.signal.aborted) return EXIT_CODES[String(interrupted.signal.reason)] ?? 1;
    process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await scratch.close();
  }
}

async function demonstrate(tiers: readonly Tier[], scratch: Scratch, signal: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  say('Making a host to break, in a temporary folder; nothing is installed ...');
  const { host, refusals }: Opened = await openFirst(tiers, scratch, signal);
  signal.throwIfAborted();
  for (const { tier, why } of refusals) say(tone('dim', `not tier (${tier}): ${why}`));
  if (host === undefined) {
    process.stderr.write('The demo cannot run here in the tier that was asked for.\n');
    return 1;
  }
  const title = `tier (${host.tier}): ${host.description}`;
  say(tone('strong', title));

  const isGood = await tell(host, signal);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  say(`\n${isGood ? 'Done' : tone('bad', 'FAILED')} in ${seconds} s`);
  say(tone('strong', title));
  return isGood ? 0 : 1;
}

/** All, or the one that was asked for. */
function tiersFrom(argv: readonly string[]): readonly Tier[] | undefined {
  try {
    const { values } = parseArgs({ args: [...argv], options: { tier: { type: 'string' } } });
    const chosen = TIERS.filter((tier) => values.tier === undefined || tier === values.tier);
    return chosen.length === 0 ? undefined : chosen;
  } catch {
    return undefined;
  }
}
