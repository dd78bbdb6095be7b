import type { RunResumed } from '../model/event.ts';
import type { Host } from '../model/host.ts';
import { Redactor } from '../util/redact.ts';
import { Connections } from './connections.ts';
import { Onces } from './onces.ts';
import { signalOf } from './interrupt.ts';
import { Recorder } from './record/recorder.ts';
import { secretsOf } from './record/secrets-of.ts';
import type { RunContext } from './run-context.ts';
import type { RunSetup } from './run-setup.ts';

/** What all hosts of a run share, from what it is given. Nothing is recorded yet. */
export function contextOf(setup: RunSetup): RunContext {
  const redactor = new Redactor(secretsOf([...setup.hosts, ...(setup.delegates ?? [])]));
  const recorder = new Recorder(setup.runId, setup.journal, setup.clock, redactor, setup.lastSeq);
  const onces = new Onces((items) => recorder.mask(items));
  // A copy by members: `transportOf` may be a method that needs its object.
  const run = { ...setup, transportOf: (host: Host) => setup.transportOf(host), recorder, onces };
  return { ...run, connections: new Connections(run) };
}

/** Records that the run starts and, when it comes, that it is interrupted: until what this resolves with is called. */
export async function begin(context: RunContext): Promise<() => void> {
  const { recorder, hosts, delegates = [], mode, runbook, selection } = context;
  const { approved, startedBy, overrides, process, version } = context;
  await recorder.commit({
    type: 'run-started',
    mode,
    runbook: runbook.name,
    runbookSha256: runbook.sha256,
    hosts: hosts.map(({ host }) => host.name),
    ...(delegates.length > 0 && { delegates: delegates.map(({ host }) => host.name) }),
    ...(selection !== undefined && { selection }),
    ...(approved !== undefined && { plan: approved.runId }),
    startedBy,
    ...(Object.keys(overrides).length > 0 && { overrides }),
    ...(process !== undefined && { process }),
    version,
  });
  return noteInterrupt(context);
}

/** The same when another process goes on with it. */
export async function beginAgain(
  context: RunContext,
  { how, hosts }: Pick<RunResumed, 'how' | 'hosts'>,
): Promise<() => void> {
  const { recorder, startedBy, process, version, session = 1 } = context;
  if (process === undefined) throw new Error('a session of a run is of a process');
  await recorder.commit({ type: 'run-resumed', session, how, hosts, startedBy, process, version });
  return noteInterrupt(context);
}

function noteInterrupt({ recorder, stop }: RunContext): () => void {
  const note = (): void => {
    recorder.note({ type: 'run-interrupted', signal: signalOf(stop) });
  };
  if (stop.aborted) note();
  else stop.addEventListener('abort', note, { once: true });
  return () => stop.removeEventListener('abort', note);
}
