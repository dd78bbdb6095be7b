import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { keptFleet, processFleet, stopFleet, sweep } from './fleet.ts';
import { stopHost } from './host-stop.ts';
import { savedHost, startFullHost, startLightHost, type FleetHost } from './host.ts';
import { knownHostsOf, writeInventory } from './inventory.ts';
import { allKinds, kindCalled, shortName, type Kind } from './kinds.ts';
import { hostNames, isFleetName, savedFleet, type Fleet } from './records.ts';
import { fleetProblem } from './requirements.ts';

const USAGE = `npm run fleet -- COMMAND [--fleet NAME]
  up [N] [light]          start hosts until there are N: web01, web02, ... (light: nothing but sshd)
  break HOST [KIND]       make it one of the kinds; without a KIND: list them
  heal HOST KIND          take that back
  in HOST COMMAND...      run a shell command as root on the host
  inventory               write and print the paths of inventory.yaml and known_hosts
  down [HOST...]          stop these hosts, or all of the fleet and the fleet itself
  test RUNBOOK [N] [-- OPTION...]
                          start N hosts (2), run the cases of the runbook on them, stop them`;

const PROGRAM = join(import.meta.dirname, '../../bin/runbook.cjs');
/** More at once boot no sooner on two processors. */
const AT_ONCE = 4;
/** As many addresses has a fleet. */
const MOST = 1000;

const args = process.argv.slice(2);
const option = args.indexOf('--fleet');
const fleetName = option < 0 ? 'default' : (args.splice(option, 2)[1] ?? fail(USAGE));
if (!isFleetName(fleetName)) fail(`"${fleetName}" is no name of a fleet: letters, digits, - and _, at most 41`);
const [command, ...operands] = args;

const problem = fleetProblem();
if (problem) fail(`No fleet can be made here: ${problem}`);

switch (command) {
  case 'up':
    await up(hostsUpTo(Number(operands[0] ?? 1)), operands[1] === 'light');
    break;
  case 'break':
    await breakHost(existingHost(operands[0]), operands[1]);
    break;
  case 'heal':
    await healHost(existingHost(operands[0]), operands[1]);
    break;
  case 'in':
    await runIn(existingHost(operands[0]), operands.slice(1).join(' '));
    break;
  case 'inventory':
    tellInventory(existingFleet());
    break;
  case 'down':
    down(operands);
    break;
  case 'test':
    await testRunbook(operands);
    break;
  default:
    fail(USAGE);
}

async function up(wanted: readonly string[], light: boolean): Promise<void> {
  const fleet = await keptFleet(fleetName);
  const missing = wanted.filter((name) => !savedHost(fleet, name));
  for (const name of hostNames(fleet)) if (missing.includes(name)) stopHost(fleet, name); // an `up` was cut off
  await startAll(fleet, missing, light ? startLightHost : startFullHost);
  tellInventory(fleet);
}

async function startAll(fleet: Fleet, names: readonly string[], startHost: typeof startFullHost): Promise<FleetHost[]> {
  const hosts: FleetHost[] = [];
  for (let i = 0; i < names.length; i += AT_ONCE)
    hosts.push(...(await Promise.all(names.slice(i, i + AT_ONCE).map((name) => startHost({ name, fleet })))));
  return hosts;
}

function hostsUpTo(count: number): string[] {
  if (!Number.isInteger(count) || count < 1 || count > MOST) fail(`How many hosts? A whole number from 1 to ${MOST}.`);
  return Array.from({ length: count }, (_, i) => `web${String(i + 1).padStart(2, '0')}`);
}

async function breakHost(host: FleetHost, called: string | undefined): Promise<void> {
  if (called === undefined) console.log(kindList());
  else tell(await existingKind(called).make(host));
}

async function healHost(host: FleetHost, called = ''): Promise<void> {
  const kind = existingKind(called);
  if (kind.heal === undefined)
    fail(`Nothing says how ${called} is healed. Repair it with a runbook, or: down ${host.name}, then up`);
  tell(await kind.heal(host));
}

async function runIn(host: FleetHost, text: string): Promise<void> {
  const { code, stdout, stderr } = await host.exec(text, 600_000);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code ?? 1;
}

function tellInventory(fleet: Fleet): void {
  const file = writeInventory(
    fleet,
    hostNames(fleet).flatMap((name) => savedHost(fleet, name) ?? []),
  );
  console.log(`inventory ${file}\nknown_hosts ${knownHostsOf(fleet)}\nkey ${fleet.keyFile}`);
}

function down(names: readonly string[]): void {
  if (names.length > 0) {
    for (const { name } of names.map(existingHost)) stopHost(existingFleet(), name);
    return tellInventory(existingFleet());
  }
  const fleet = savedFleet(fleetName);
  if (fleet !== undefined) stopFleet(fleet);
  sweep();
  if (fleet === undefined) fail(`There is no fleet "${fleetName}".`);
}

/** The hosts belong to this process: they go with it, however it ends. */
async function testRunbook(operands: readonly string[]): Promise<void> {
  const end = operands.includes('--') ? operands.indexOf('--') : operands.length;
  const [runbook = fail(USAGE), count = '2'] = operands.slice(0, end);
  const names = hostsUpTo(Number(count));
  const fleet = await processFleet();
  const inventory = writeInventory(fleet, await startAll(fleet, names, startFullHost));
  const words = ['test', runbook, '--on', names.join(','), '-i', inventory, ...operands.slice(end + 1)];
  const [code] = (await once(spawn(process.execPath, [PROGRAM, ...words], { stdio: 'inherit' }), 'exit')) as [
    number | null,
  ];
  process.exit(code ?? 1);
}

function existingFleet(): Fleet {
  return savedFleet(fleetName) ?? fail(`There is no fleet "${fleetName}". Start one: up 1`);
}

function existingHost(name = ''): FleetHost {
  const fleet = existingFleet();
  const host = hostNames(fleet).includes(name) ? savedHost(fleet, name) : undefined;
  return host ?? fail(`There is no host "${name}". There are: ${hostNames(fleet).join(' ')}`);
}

function existingKind(called: string): Kind {
  return kindCalled(called, allKinds()) ?? fail(`There is no kind "${called}". There are:\n${kindList()}`);
}

function kindList(): string {
  const kinds = allKinds();
  const names = kinds.map((kind) => shortName(kind, kinds));
  const width = Math.max(...names.map(({ length }) => length));
  const rows = kinds.map(({ summary, runbook }, i) => {
    const head = runbook === kinds[i - 1]?.runbook ? '' : `\n${runbook}\n`;
    return `${head}  ${names[i]?.padEnd(width)}  ${summary}`;
  });
  return rows.join('\n');
}

function tell(text: string): void {
  if (text !== '') console.log(text);
}

function fail(message: string): never {
  console.error(message);
  process.exit(64);
}
