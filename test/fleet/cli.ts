import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keptFleet, stopFleet, sweep } from './fleet.ts';
import { stopHost } from './host-stop.ts';
import { savedHost, startFullHost, startLightHost, type FleetHost } from './host.ts';
import { healthyApache, leakApacheSemaphores, noApache, removeApacheSemaphores } from './incidents.ts';
import { hostNames, savedFleet, type Fleet } from './records.ts';
import { fleetProblem } from './requirements.ts';

const USAGE = `npx node test/fleet/cli.ts [--fleet NAME] COMMAND
  up [N] [light]           start hosts until there are N: web01, web02, ... (light: nothing but sshd)
  break HOST leak [plain]  incident A: leaked semaphores, Apache down (plain: without sets that must stay)
  break HOST removal       incident B: logind removed the semaphores of Apache's run user (12 s)
  break HOST healthy       Apache well, on ports 80 and 8080
  break HOST none          no Apache installed
  in HOST COMMAND...       run a shell command as root on the host
  inventory                write and print the paths of inventory.yaml and known_hosts
  down                     stop all hosts of the fleet`;

const args = process.argv.slice(2);
const option = args.indexOf('--fleet');
const fleetName = option < 0 ? 'default' : (args.splice(option, 2)[1] ?? fail(USAGE));
const [command, ...operands] = args;

const problem = fleetProblem();
if (problem) fail(`No fleet can be made here: ${problem}`);

switch (command) {
  case 'up':
    await up(Number(operands[0] ?? 1), operands[1] === 'light' ? startLightHost : startFullHost);
    break;
  case 'break':
    await breakHost(existingHost(operands[0]), operands[1], operands[2]);
    break;
  case 'in':
    await runIn(existingHost(operands[0]), operands.slice(1).join(' '));
    break;
  case 'inventory':
    writeInventory(existingFleet());
    break;
  case 'down':
    sweep();
    stopFleet(existingFleet());
    break;
  default:
    fail(USAGE);
}

async function up(count: number, startHost: typeof startFullHost): Promise<void> {
  const fleet = await keptFleet(fleetName);
  const wanted = Array.from({ length: count }, (_, i) => `web${String(i + 1).padStart(2, '0')}`);
  const missing = wanted.filter((name) => !savedHost(fleet, name));
  for (const name of hostNames(fleet)) if (missing.includes(name)) stopHost(fleet, name); // an `up` was cut off
  for (let i = 0; i < missing.length; i += 4)
    await Promise.all(missing.slice(i, i + 4).map((name) => startHost({ name, fleet })));
  writeInventory(fleet);
}

async function breakHost(host: FleetHost, how = '', variant = ''): Promise<void> {
  const all = variant !== 'plain';
  if (how === 'leak') {
    const sets = await leakApacheSemaphores(host, { keyedSet: all, foreignLiveSet: all, otherUserSet: all });
    console.log(JSON.stringify(sets));
  } else if (how === 'removal') await removeApacheSemaphores(host);
  else if (how === 'healthy') await healthyApache(host);
  else if (how === 'none') await noApache(host);
  else fail(USAGE);
}

async function runIn(host: FleetHost, text: string): Promise<void> {
  const { code, stdout, stderr } = await host.exec(text, 600_000);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code ?? 1;
}

function writeInventory(fleet: Fleet): void {
  const hosts = hostNames(fleet).flatMap((name) => savedHost(fleet, name) ?? []);
  const knownHosts = join(fleet.folder, 'known_hosts');
  const entries = hosts.map(
    (host) =>
      `    ${host.name}: { ansible_host: ${host.address}, ansible_port: ${host.port}, ansible_user: root, ` +
      `ansible_ssh_private_key_file: ${host.rootKeyFile}, runbook_known_hosts: ${knownHosts} }\n`,
  );
  const inventory = join(fleet.folder, 'inventory.yaml');
  writeFileSync(inventory, `all:\n  hosts:\n${entries.join('')}`);
  writeFileSync(knownHosts, hosts.map((host) => readFileSync(host.knownHostsFile, 'utf8')).join(''));
  console.log(`inventory ${inventory}\nknown_hosts ${knownHosts}\nkey ${fleet.keyFile}`);
}

function existingFleet(): Fleet {
  return savedFleet(fleetName) ?? fail(`There is no fleet "${fleetName}". Start one: up 1`);
}

function existingHost(name = ''): FleetHost {
  const fleet = existingFleet();
  return savedHost(fleet, name) ?? fail(`There is no host "${name}". There are: ${hostNames(fleet).join(' ')}`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(64);
}
