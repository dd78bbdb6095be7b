import { randomBytes } from 'node:crypto';
import type { RunEvent, StartedBy } from '../../model/event.ts';
import type { Output } from '../../model/script.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { exec, prepareExec } from '../exec.ts';
import { ACTIONS } from '../actions.ts';
import type { HostSelection } from '../open-hosts.ts';
import type { SecretsOptions } from '../secrets-open.ts';
import type { Site } from '../surroundings.ts';
import { SYSTEM_CLOCK } from '../system-clock.ts';
import { openTransports } from '../transports.ts';
import { unrecorded } from './unrecorded.ts';

/** Where the texts of a case are run, and for whom. */
export interface ShellPlace {
  readonly host: string;
  readonly selection: HostSelection & SecretsOptions;
  readonly here: Site;
  readonly startedBy: StartedBy;
  /** Of another host of the inventory. */
  readonly isDisposable: (name: string) => boolean;
}

/** A fault may have to fill a disk first. */
const LONGEST_MS = 15 * 60_000;

/**
 * Runs a text of faults.yaml or cases.yaml as root, with `sh -eu`, over the connection that runs use. An error says why it did not
 * end with status 0, and what it printed last.
 */
export async function runText(
  text: string,
  effect: 'reads' | 'changes',
  { host, selection, here, startedBy }: ShellPlace,
  kill: AbortSignal,
): Promise<Result<Output | undefined, string>> {
  const command = { shell: `set -eu\n${text}` };
  const order = { command, reads: effect === 'reads', become: true, timeoutMs: LONGEST_MS, limits: {} } as const;
  const prepared = await prepareExec(order, { ...selection, names: [host], hosts: host }, here);
  if (!prepared.ok) {
    const { errors, diagnostics } = prepared.error;
    return err([...errors, ...diagnostics].map(({ message }) => message).join('; '));
  }
  const said = new Said();
  const journal = unrecorded(said);
  const transportOf = await openTransports(prepared.value.hosts.map((bound) => bound.host));
  const request = { forks: 1, startedBy, stop: kill, kill };
  const parts = { actions: ACTIONS, journal, transportOf, clock: SYSTEM_CLOCK, randomBytes };
  const ended = await exec(prepared.value, request, parts);
  await journal.close();
  if (!ended.ok) return err(ended.error.message);
  const end = ended.value.finished.hosts[host];
  if (end?.outcome === 'done') return ok(said.stdout);
  return err([end?.reason ?? 'it did not end', said.lastWords].filter(Boolean).join('\n'));
}

const MOST_LINES = 8;

class Said {
  stdout: Output | undefined;
  #stderr = '';

  accept(event: RunEvent): void {
    if (event.type !== 'evidence') return;
    if (event.stream === 'stdout') this.stdout = event.output;
    else this.#stderr = event.output.text;
  }

  get lastWords(): string {
    return this.#stderr.trimEnd().split('\n').slice(-MOST_LINES).join('\n');
  }
}
