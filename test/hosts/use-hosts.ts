import { baseImage } from '../fleet/base-image.ts';
import { startFullHost, startLightHost, type FleetHost, type HostOptions } from '../fleet/host.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { skip } from '../support/skip.ts';

const problem = fleetProblem();
/** The first test of all may have to build the image. */
const LIMIT_MS = 900_000;

/**
 * Gives the suite around the call a host with systemd and Apache, before its own hooks, and stops it after its tests.
 * Where no host can be made, the suite is skipped with the reason.
 */
export function useFullHost(name: string, use: (host: FleetHost) => void): void {
  useHosts(startFullHost, [name], ([host]) => host && use(host));
}

/** The same with a host that runs nothing but sshd. */
export function useLightHost(name: string, use: (host: FleetHost) => void): void {
  useHosts(startLightHost, [name], ([host]) => host && use(host));
}

/** The same with several, which start at the same time. */
export function useHosts(
  start: (options: HostOptions) => Promise<FleetHost>,
  names: readonly string[],
  use: (hosts: readonly FleetHost[]) => void,
): void {
  let hosts: readonly FleetHost[] = [];

  before(async function () {
    if (problem !== undefined) skip(this, problem);
    this.timeout(LIMIT_MS);
    await baseImage();
    hosts = await Promise.all(names.map((name) => start({ name })));
    use(hosts);
  });

  after(() => {
    for (const host of hosts) host.stop();
  });
}
