import { parseArgs } from 'node:util';
import type { Experiment } from '../test/chaos/experiment.ts';
import { findExperiments } from '../test/chaos/find-experiments.ts';
import { runExperiment, type Extent, type Failure, type Verdict } from '../test/chaos/run-experiment.ts';
import { baseImage } from '../test/fleet/base-image.ts';
import { fleetProblem } from '../test/fleet/requirements.ts';

const USAGE = `npm run chaos -- [--list] [--only NAME]... [--seed N] [--rounds N] [--from N] [--minutes M] [--lanes N]
npm run chaos -- --only NAME --seed N --round N    one round again

Things go wrong as chance has it, on hosts of the test fleet (root on Debian) and on this machine, and what is promised
is asked for after each round. SIGUSR2 ends it after the rounds that run now. docs/reliability.md says what the experiments are.
Exit status 1: a promise was broken.
`;

interface Options {
  readonly list: boolean;
  readonly only: readonly string[];
  readonly extent: Partial<Extent> & { readonly seed: number };
}

/** So that a long form that is ended early has its figures, and says where to go on. Other signals end the hosts, too. */
const STOP = new AbortController();
process.on('SIGUSR2', () => STOP.abort());

process.exitCode = await main();

async function main(): Promise<number> {
  const options = optionsFrom(process.argv.slice(2));
  const all = await findExperiments();
  const unknown = options?.only.filter((name) => !all.has(name)) ?? [];
  if (options === undefined || unknown.length > 0) {
    process.stderr.write(unknown.length > 0 ? `There is no experiment ${unknown.join(', ')}: see --list\n` : USAGE);
    return 64;
  }
  const { only, extent } = options;
  const chosen = [...all].filter(([name]) => only.length === 0 || only.includes(name));
  if (options.list) {
    for (const [name, { promise, rounds }] of chosen) say(`${name.padEnd(20)} ${promise} (${rounds.long} rounds)`);
    return 0;
  }
  const problem = fleetProblem();
  if (problem === undefined && chosen.some(([, { onHosts }]) => onHosts)) await baseImage();
  const verdicts = new Map<string, Verdict>();
  const skipped: string[] = [];
  for (const [name, experiment] of chosen) {
    if (STOP.signal.aborted) break;
    if (experiment.onHosts && problem !== undefined) skipped.push(name);
    else verdicts.set(name, await carryOut(name, experiment, extent));
  }
  say(`\n${table(verdicts)}`);
  for (const name of skipped) say(`skipped: ${name}: ${problem}`);
  return verdicts.size === 0 || [...verdicts.values()].some(({ failures }) => failures.length > 0) ? 1 : 0;
}

async function carryOut(name: string, experiment: Experiment, given: Options['extent']): Promise<Verdict> {
  const extent: Extent = { rounds: experiment.rounds.long, stop: STOP.signal, ...given };
  say(`== ${name}, seed ${extent.seed}: ${experiment.promise}`);
  const verdict = await runExperiment(experiment, extent, ({ round, message }: Failure) => {
    say(`FAILED in round ${round}: ${message}`);
    say(`  again: npm run chaos -- --only ${name} --seed ${extent.seed} --round ${round}`);
  });
  const figures = [...verdict.figures].map(([what, count]) => `${count} ${what}`).join(', ');
  say(`   ${figures === '' ? 'no figures' : figures}`);
  if (verdict.next !== undefined)
    say(`   there is more: npm run chaos -- --only ${name} --seed ${extent.seed} --from ${verdict.next}`);
  return verdict;
}

function table(verdicts: ReadonlyMap<string, Verdict>): string {
  const rows = [...verdicts].map(([name, { rounds, failures, medianMs, seconds }]) => {
    const perMinute = seconds === 0 ? 0 : (rounds / seconds) * 60;
    return [name, rounds, failures.length, medianMs.toFixed(0), seconds.toFixed(0), perMinute.toFixed(0)];
  });
  const all = [['experiment', 'rounds', 'failures', 'median ms', 'seconds', 'rounds/min'], ...rows];
  return all
    .map(([name, ...cells]) => `${name}`.padEnd(20) + cells.map((cell) => `${cell}`.padStart(12)).join(''))
    .join('\n');
}

function optionsFrom(argv: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        list: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        seed: { type: 'string', default: '1' },
        rounds: { type: 'string' },
        round: { type: 'string' },
        from: { type: 'string' },
        minutes: { type: 'string' },
        lanes: { type: 'string' },
      },
    });
    const { seed, rounds, round, from, minutes, lanes } = values;
    const numbers = Object.entries({ seed, rounds, round, from, minutes, lanes })
      .filter(([, text]) => text !== undefined)
      .map(([name, text]): [string, number] => [name, Number(text)]);
    if (numbers.some(([, number]) => !(number > 0)) || (round !== undefined && values.only.length !== 1))
      return undefined;
    return { list: values.list, only: values.only, extent: { seed: 1, ...Object.fromEntries(numbers) } };
  } catch {
    return undefined;
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
