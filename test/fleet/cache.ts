import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where tools, base images and the fleets' state are kept between runs. */
export function cacheFolder(): string {
  const own = process.env['RUNBOOK_FLEET_CACHE'];
  return own || join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'runbook-fleet');
}
