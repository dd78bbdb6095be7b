import { basename } from 'node:path';
import { Workplace } from '../cli/spawn.ts';
import { type FleetHost, startFullHost } from '../fleet/host.ts';

/** All cases of one runbook, with a soak each. */
const LIMIT_MS = 480_000;

/** Runs the cases of runbooks, each runbook on a host of its own and so many at once. `told` gives what was printed of a case. */
export class LibraryOnHosts {
  readonly #place = new Workplace();
  readonly #printed = new Map<string, PromiseWithResolvers<string>>();
  readonly #left: string[];
  readonly #hosts = new Set<FleetHost>();

  constructor(paths: readonly string[]) {
    this.#left = [...paths];
    for (const path of paths) this.#printed.set(path, Promise.withResolvers<string>());
  }

  /** Begins, and does not wait. */
  start(atOnce: number): void {
    for (let worker = 1; worker <= atOnce; worker++) void this.#work(`lib0${worker}`);
  }

  /** From its title to that of the next case; what else was printed when it has none. */
  async told(path: string, name: string): Promise<string> {
    const all = (await this.#printed.get(path)?.promise) ?? '';
    const title = `${basename(path, '.yaml')}: ${name} on `;
    const blocks = all.split(/^(?=ok |failed |stopped |- |\d+ cases?: )/m);
    return blocks.find((block) => block.split('\n')[0]?.includes(title) === true) ?? all;
  }

  stop(): void {
    this.#left.splice(0);
    for (const host of this.#hosts) host.stop();
    this.#place.remove();
  }

  async #work(name: string): Promise<void> {
    for (let path = this.#left.shift(); path !== undefined; path = this.#left.shift()) {
      const printed = this.#printed.get(path);
      try {
        printed?.resolve(await this.#test(path, name));
      } catch (error) {
        printed?.resolve(`failed to start a host: ${String(error)}`);
      }
    }
  }

  async #test(path: string, name: string): Promise<string> {
    const host = await startFullHost({ name });
    this.#hosts.add(host);
    try {
      this.#place.write({
        [`${name}/inventory.yaml`]: inventoryOf(host),
        [`${name}/known_hosts`]: host.knownHostsLine,
      });
      const { out, err } = await this.#place.runbook(['test', path, '--on', name, '-i', `${name}/inventory.yaml`], {
        limitMs: LIMIT_MS,
      });
      return `${out}\n${err}`;
    } finally {
      this.#hosts.delete(host);
      host.stop();
    }
  }
}

const inventoryOf = ({ name, address, port, rootKeyFile }: FleetHost): string => `
all:
  hosts:
    ${name}: { ansible_host: ${address}, ansible_port: ${port} }
  vars:
    ansible_user: root
    ansible_ssh_private_key_file: ${rootKeyFile}
    runbook_known_hosts: known_hosts
    runbook_disposable: true
`;
