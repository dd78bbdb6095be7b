import { parseArgs } from 'node:util';
import { SYSTEM_CLOCK } from '../src/app/system-clock.ts';
import { KeptConnections } from '../src/transports/kept/connections.ts';
import { count } from '../src/util/count.ts';
import { startLightHost, type FleetHost } from '../test/fleet/host.ts';
import { fleetProblem } from '../test/fleet/requirements.ts';
import { readBare } from './benchmark/bare.ts';
import { Product } from './benchmark/product.ts';
import { READINGS, type Order } from './benchmark/readings.ts';
import { Surveys } from './benchmark/surveys.ts';

const USAGE = `npm run benchmark [-- --hosts 20 --rounds 7]

Eight readings on each of so many hosts of the test fleet (root on Debian), by the product and by a bare ssh2 program in turns.
Then surveys of the same hosts in one process, with new connections and with kept ones in turns.
`;
const STARTED_AT_ONCE = 4;

process.exitCode = await main();

async function main(): Promise<number> {
  const sizes = sizesFrom(process.argv.slice(2));
  const problem = fleetProblem();
  if (sizes === undefined || problem !== undefined) {
    process.stderr.write(sizes === undefined ? USAGE : `The benchmark cannot run here: ${problem}\n`);
    return sizes === undefined ? 64 : 1;
  }
  const hosts = await startHosts(sizes.hosts);
  const product = new Product(hosts);
  try {
    await compare(hosts, product, sizes.rounds);
    for (const readings of [READINGS.slice(0, 1), READINGS]) await compareWarm(hosts, readings, sizes.rounds);
  } finally {
    product.remove();
    for (const host of hosts) host.stop();
  }
  return 0;
}

/** In turns, because the machine is never equally quiet; a first round of each is not counted. */
async function compare(hosts: readonly FleetHost[], product: Product, rounds: number): Promise<void> {
  const seconds: Record<'bare' | Order, number[]> = { bare: [], dependent: [], independent: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const bare = await secondsOf(() => readBare(hosts));
    const dependent = await secondsOf(() => product.read('dependent'));
    const independent = await secondsOf(() => product.read('independent'));
    if (round === 0) continue;
    seconds.bare.push(bare);
    seconds.dependent.push(dependent);
    seconds.independent.push(independent);
  }
  say(`${hosts.length} hosts, 8 readings each, medians of ${rounds} rounds`);
  say(`bare ssh2 program         ${median(seconds.bare).toFixed(3)} s`);
  for (const order of ['dependent', 'independent'] as const) {
    const ratios = seconds[order].map((time, round) => time / (seconds.bare[round] ?? Number.NaN));
    const time = median(seconds[order]).toFixed(3);
    say(`runbook, ${order.padEnd(16)} ${time} s   ${median(ratios).toFixed(2)} times the bare program`);
  }
}

/** Connections that are kept, against those that are made anew. */
async function compareWarm(hosts: readonly FleetHost[], readings: readonly string[], rounds: number): Promise<void> {
  const surveys = await Surveys.of(hosts, readings);
  const kept = new KeptConnections(SYSTEM_CLOCK, { most: hosts.length, idleMs: 60_000 });
  const cold: number[] = [];
  const warm: number[] = [];
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const [first, second] = [await secondsOf(() => surveys.survey()), await secondsOf(() => surveys.survey(kept))];
      if (round === 0) continue;
      cold.push(first);
      warm.push(second);
    }
  } finally {
    await kept.close();
    await surveys.remove();
  }
  const ratios = warm.map((time, round) => time / (cold[round] ?? Number.NaN));
  say(`a survey of ${count(readings.length, 'reading')}, connections made anew  ${median(cold).toFixed(3)} s`);
  say(`  kept ones   ${median(warm).toFixed(3)} s   ${median(ratios).toFixed(2)} times that`);
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function startHosts(count: number): Promise<readonly FleetHost[]> {
  const hosts: FleetHost[] = [];
  const names = Array.from({ length: count }, (_, index) => `light${index + 1}`);
  for (let from = 0; from < count; from += STARTED_AT_ONCE) {
    const some = names.slice(from, from + STARTED_AT_ONCE);
    hosts.push(...(await Promise.all(some.map((name) => startLightHost({ name })))));
  }
  return hosts;
}

function sizesFrom(argv: readonly string[]): { hosts: number; rounds: number } | undefined {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { hosts: { type: 'string', default: '20' }, rounds: { type: 'string', default: '7' } },
    });
    const hosts = Number(values.hosts);
    const rounds = Number(values.rounds);
    return hosts >= 1 && hosts <= 500 && rounds >= 1 ? { hosts, rounds } : undefined;
  } catch {
    return undefined;
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
