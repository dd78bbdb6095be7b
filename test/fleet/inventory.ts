import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FleetHost } from './host.ts';
import type { Fleet } from './records.ts';

/** Writes the inventory of these hosts, all of which may be broken on purpose, beside the fleet's record; returns its path. */
export function writeInventory(fleet: Fleet, hosts: readonly FleetHost[]): string {
  const knownHosts = knownHostsOf(fleet);
  const entries = hosts.map(
    ({ name, address, port }) => `    ${name}: { ansible_host: ${address}, ansible_port: ${port} }\n`,
  );
  const file = join(fleet.folder, 'inventory.yaml');
  writeFileSync(knownHosts, hosts.map((host) => readFileSync(host.knownHostsFile, 'utf8')).join(''));
  writeFileSync(
    file,
    `all:
  hosts:
${entries.join('')}  vars:
    ansible_user: root
    ansible_ssh_private_key_file: ${fleet.keyFile}
    runbook_known_hosts: ${knownHosts}
    runbook_disposable: true
`,
  );
  return file;
}

export const knownHostsOf = (fleet: Fleet): string => join(fleet.folder, 'known_hosts');
