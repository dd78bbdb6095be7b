import type { FleetHost } from '../../test/fleet/host.ts';

/** The hosts as an inventory has them. */
export function inventoryOf(hosts: readonly FleetHost[]): string {
  const lines = hosts.map(
    ({ name, address, port, rootKeyFile, knownHostsFile }) =>
      `    ${name}: { ansible_host: ${address}, ansible_port: ${port}, ansible_user: root, ` +
      `ansible_ssh_private_key_file: ${rootKeyFile}, ` +
      `ansible_ssh_common_args: "-o UserKnownHostsFile=${knownHostsFile}" }\n`,
  );
  return `all:\n  hosts:\n${lines.join('')}`;
}
