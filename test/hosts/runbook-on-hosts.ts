import assert from 'node:assert/strict';
import type { RunEvent, RunFinished } from '../../src/model/event.ts';
import type { Outcome } from '../../src/model/result.ts';
import { type Ended, Workplace } from '../cli/spawn.ts';
import type { FleetHost } from '../fleet/host.ts';

/** Long enough for whole runs on hosts that share this machine with other tests. */
const LIMIT_MS = 120_000;

/** The real program beside an inventory of real hosts. */
export class RunbookOnHosts {
  readonly place = new Workplace();
  readonly #runbook: string;
  #runs = 0;

  constructor(runbook: string, hosts: readonly FleetHost[]) {
    this.#runbook = runbook;
    const knownHosts = hosts.map(({ knownHostsLine }) => `${knownHostsLine}\n`).join('');
    this.place.write({ known_hosts: knownHosts });
    this.logInAs('root', hosts);
  }

  /** `gone` is a host that nobody answers for. */
  logInAs(user: string, hosts: readonly FleetHost[]): void {
    const lines = hosts.map(
      ({ name, address, port }) => `        ${name}: { ansible_host: ${address}, ansible_port: ${port} }\n`,
    );
    const inventory = `
all:
  children:
    webservers:
      hosts:
${lines.join('')}        gone: { ansible_host: 127.0.0.1, ansible_port: 1 }
      vars:
        ansible_user: ${user}
        ansible_ssh_private_key_file: ${hosts[0]?.rootKeyFile}
        runbook_known_hosts: known_hosts
`;
    this.place.write({ 'inventory.yaml': inventory });
  }

  /** Each time with a record of its own, so that no cooldown holds. */
  run(command: string, limit: string, ...options: readonly string[]): Promise<Ended> {
    return this.runFile(this.#runbook, command, limit, ...options);
  }

  runFile(runbook: string, command: string, limit: string, ...options: readonly string[]): Promise<Ended> {
    const state = `state-${this.#runs++}`;
    return this.place.runbook([command, runbook, '-i', 'inventory.yaml', '--limit', limit, ...options], {
      environment: { XDG_STATE_HOME: `${this.place.directory}/${state}` },
      limitMs: LIMIT_MS,
    });
  }
}

/** From the last line that `--json` printed. */
export function outcomes({ out, err }: Ended): Readonly<Record<string, Outcome>> {
  const last = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as RunFinished;
  assert.equal(last.type, 'run-finished', err);
  return Object.fromEntries(Object.entries(last.hosts).map(([host, { outcome }]) => [host, outcome]));
}

/** Names of what the survey found, in the order of the runbook, from what `--json` printed. */
export function findings({ out }: Ended): readonly string[] {
  const events = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
  const survey = events.find((event) => event.type === 'findings-evaluated');
  return (survey?.findings ?? []).filter(({ state }) => state === 'present').map(({ name }) => name);
}
