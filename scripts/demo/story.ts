import { RUNBOOK, SOAK, type DemoHost, type Incident } from './demo-host.ts';
import { check, heading, say, tone, transcript } from './print.ts';
import { idInLine } from './semaphore-sets.ts';

/** Breaks the host and has it repaired, and says so chapter by chapter. True when everything went as it must. */
export async function tell(host: DemoHost, signal: AbortSignal): Promise<boolean> {
  heading('1. Break it');
  say('  A deploy script ends Apache with kill -9 and starts it again, over and over.');
  say('  Each time a set of semaphores stays behind, and this host may have only 8.');
  say();
  const incident = await host.breakApache();
  transcript(
    'bad-deploy',
    `${incident.leaked.length} rounds of kill -9, then Apache does not start:\n${incident.complaint}`,
  );

  signal.throwIfAborted();
  heading('2. What an on-call engineer sees');
  say('  "No space left on device". But the disk is empty:');
  say();
  transcript('df -h /', await host.shell('df -h /'));
  say('  It is the semaphores. Which of them may be removed? ipcs does not say:');
  say("  (the notes on the right are the demo's, which knows because it made them)");
  say();
  await showSets(host, incident);

  signal.throwIfAborted();
  heading(`3. runbook run ${RUNBOOK}`);
  say(`${tone('accent', `$ runbook run ${RUNBOOK} -i inventory.yaml --yes --param soak=${SOAK}`)}\n`);
  const first = await host.repair();

  signal.throwIfAborted();
  heading('4. Again: nothing is left to do');
  const second = await host.repair();

  signal.throwIfAborted();
  heading('5. The semaphores after it');
  await showSets(host, incident);
  return judge(incident, await host.sets(), [first, second]);
}

type Repairs = readonly [Awaited<ReturnType<DemoHost['repair']>>, Awaited<ReturnType<DemoHost['repair']>>];

function judge({ leaked, foreign }: Incident, after: readonly number[], [first, second]: Repairs): boolean {
  const gone = leaked.filter((id) => !after.includes(id)).length;
  const kept = foreign.filter(({ id }) => after.includes(id)).length;
  const isRepaired = first.exitCode === 0 && first.outcome === 'repaired';
  const isHealthy = second.exitCode === 0 && second.outcome === 'healthy';
  return [
    check(leaked.length > 0 && gone === leaked.length, `${gone} of ${leaked.length} leaked sets are gone`),
    check(foreign.length > 0 && kept === foreign.length, `${kept} of ${foreign.length} sets of others are still there`),
    check(isRepaired, `the first run ended: ${first.outcome || 'nowhere'} (exit ${first.exitCode})`),
    check(isHealthy, `the second run ended: ${second.outcome || 'nowhere'} (exit ${second.exitCode})`),
  ].every(Boolean);
}

async function showSets(host: DemoHost, { leaked, foreign }: Incident): Promise<void> {
  transcript('ipcs -s', await host.shell(SHOW_SETS), (line) => {
    const id = idInLine(line);
    if (id === undefined) return undefined;
    if (leaked.includes(id)) return 'leaked';
    return foreign.find((set) => set.id === id)?.why ?? "Apache's mutex, in use";
  });
}

// Some systems have moved ipcs out of their smallest installation.
const SHOW_SETS = 'if command -v ipcs >/dev/null 2>&1; then ipcs -s; else cat /proc/sysvipc/sem; fi';
