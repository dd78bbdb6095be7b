import { PORTS, RUNBOOK, SOAK, type DemoHost, type Incident, type Repair, type Verdict } from './demo-host.ts';
import { heading, item, paragraph, say, tone, transcript, verdict } from './print.ts';
import { idInLine } from './semaphore-sets.ts';

/** Breaks the host and has it repaired, and says so chapter by chapter. True when everything went as it must. */
export async function tell(host: DemoHost, signal: AbortSignal): Promise<boolean> {
  heading('1. Break it');
  if (host.note !== '') paragraph(host.note);
  paragraph(
    'A deploy script ends Apache with kill -9 and starts it again, over and over. Each time a set of semaphores stays ' +
      'behind, and this host may have only 8.',
  );
  const incident = await host.breakApache();
  transcript('bad-deploy', `round 1 ... ${incident.leaked.length}: kill -9, start\n${incident.complaint}`);

  signal.throwIfAborted();
  heading('2. What an on-call engineer sees');
  paragraph('"No space left on device". But the disk is not full:');
  transcript('df -h /', await host.shell('df -h /'));
  paragraph('It is the semaphores. Which may be removed? ipcs does not say. (We know: we made them.)');
  await showSets(host, incident);

  signal.throwIfAborted();
  heading(`3. runbook run ${RUNBOOK}`);
  say(`  ${tone('accent', `$ runbook run ${RUNBOOK} -i inventory.yaml --yes --param soak=${SOAK}`)}\n`);
  const first = await host.repair();
  signal.throwIfAborted();
  say();
  paragraph("Why these, and none of the others? From the run's record, which goes with the demo:");
  showVerdicts(first.verdicts);

  signal.throwIfAborted();
  heading('4. Again: nothing is left to do');
  const second = await host.repair();

  signal.throwIfAborted();
  heading('5. The semaphores after it');
  await showSets(host, incident);
  const after = { sets: await host.sets(), ports: await host.servingPorts() };
  const checks = judge(incident, after, first, second);
  for (const { isTrue, text } of checks) verdict(isTrue, text);
  return checks.every(({ isTrue }) => isTrue);
}

/** One thing that must be so at the end. */
export interface Check {
  readonly isTrue: boolean;
  readonly text: string;
}

/** How the host is at the end: ids of its sets, and ports that answer. */
export interface Afterwards {
  readonly sets: readonly number[];
  readonly ports: readonly number[];
}

/** What must be so after two runs. */
export function judge(
  { leaked, foreign }: Pick<Incident, 'leaked' | 'foreign'>,
  after: Afterwards,
  first: Pick<Repair, 'exitCode' | 'outcome'>,
  second: Pick<Repair, 'exitCode' | 'outcome'>,
): readonly Check[] {
  const gone = leaked.filter((id) => !after.sets.includes(id)).length;
  const kept = foreign.filter(({ id }) => after.sets.includes(id)).length;
  return [
    { isTrue: gone > 0 && gone === leaked.length, text: `${gone} of ${leaked.length} leaked sets are gone` },
    {
      isTrue: kept > 0 && kept === foreign.length,
      text: `${kept} of ${foreign.length} sets of others are still there`,
    },
    { isTrue: PORTS.every((port) => after.ports.includes(port)), text: `Apache answers on: ${list(after.ports)}` },
    { isTrue: first.exitCode === 0 && first.outcome === 'repaired', text: `the first run ended: ${ending(first)}` },
    { isTrue: second.exitCode === 0 && second.outcome === 'healthy', text: `the second run ended: ${ending(second)}` },
  ];
}

const list = (ports: readonly number[]): string => (ports.length === 0 ? 'no port' : ports.join(', '));

const ending = ({ outcome, exitCode }: Pick<Repair, 'exitCode' | 'outcome'>): string =>
  `${outcome === '' ? 'nowhere' : outcome} (exit ${exitCode})`;

/** Sets with the same reason but for its pids share a line. */
function showVerdicts(verdicts: readonly Verdict[]): void {
  const groups = Map.groupBy(verdicts, ({ reason }) => reason.replace(/\d+/g, '#'));
  for (const [first, ...others] of groups.values()) {
    if (first === undefined) continue;
    const likewise = others.length === 0 ? '' : `; likewise ${others.map(({ id }) => id).join(' ')}`;
    item(first.isLeaked ? 'leaked  ' : 'kept    ', `set ${first.id}: ${first.reason}${likewise}`);
  }
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
