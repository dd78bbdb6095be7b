import type { Schedule } from '../model/schedule.ts';
import type { Selection } from './prepare.ts';

/** What a schedule chooses, as it is chosen on a command line. */
export function scheduledSelection({ runbook, hosts, params, tags, skipTags }: Schedule): Selection {
  return {
    runbook,
    limit: hosts,
    local: false,
    params: Object.entries(params).map(
      ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
    tags,
    skipTags,
  };
}
