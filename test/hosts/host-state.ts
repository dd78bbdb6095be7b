import assert from 'node:assert/strict';
import type { FleetHost } from '../fleet/host.ts';
import { onHost } from '../fleet/on-host.ts';

/** Files, semaphores, kernel settings and services that a login by itself does not touch. */
const STATE = `
find /etc /home /opt /root /srv /usr /var/www /var/lib /var/log/apache2 /var/log/httpd /run/apache2 /run/httpd /run/runbook \\
  /run/lock /tmp -xdev -not -path '/var/lib/systemd/*' -printf '%p %y %s %T@ %m %u %g %i %l\\n' 2>/dev/null | sort || true
cat /proc/sysvipc/sem /proc/sys/kernel/sem; grep -v ' /run/user/' /proc/mounts
systemctl show apache2 httpd -p ActiveState -p SubState -p MainPID -p NRestarts -p InvocationID -p StateChangeTimestamp 2>/dev/null ||
  cat /run/apache2/apache2.pid 2>/dev/null || true`;

/** Does the work, and fails with what is different when it changed anything on the host. */
export async function leavesAlone<T>(host: FleetHost, work: () => Promise<T>): Promise<T> {
  const before = await stateOf(host);
  const result = await work();
  const after = await stateOf(host);
  assert.deepEqual(linesBeyond(after, before), linesBeyond(before, after), `${host.name} was changed`);
  return result;
}

async function stateOf(host: FleetHost): Promise<readonly string[]> {
  return (await onHost(host, STATE)).split('\n');
}

function linesBeyond(lines: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return lines.filter((line) => !known.has(line));
}
