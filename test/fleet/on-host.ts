import type { FleetHost } from './host.ts';

/** Runs a shell script (`sh -eu`) as root on the host. Returns its trimmed stdout, throws with all that it said. */
export async function onHost(host: FleetHost, text: string, timeoutMs?: number): Promise<string> {
  const { code, stdout, stderr } = await host.exec(`set -eu\n${text}`, timeoutMs);
  if (code !== 0) throw new Error(`${host.name}: exit ${code} of: ${text}\n${stdout}${stderr}`);
  return stdout.trim();
}
