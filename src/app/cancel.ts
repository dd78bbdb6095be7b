import type { Clock } from '../model/clock.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { ProcessId } from '../model/event.ts';
import type { ScheduleStore } from '../model/occurrence.ts';
import { isTimeOfSchedule } from '../model/occurrence-key.ts';
import type { RunRecord, Store } from '../model/store.ts';
import { err, ok, type Result } from '../util/result.ts';
import { unreachable } from '../util/unreachable.ts';
import { stateOf } from './process-id.ts';

const PATIENCE_MS = 10_000;
const LOOK_MS = 200;
/** Two signals of one kind that wait to be delivered are one. */
const BETWEEN_SIGNALS_MS = 500;

/** How a cancelled run stands: with `running`, what it still does, in words, it goes on. */
export interface Cancelled {
  readonly run: RunRecord;
  readonly running?: readonly string[];
}

/** The processes of this machine; tests give others. */
export interface Processes {
  readonly stateOf: typeof stateOf;
  /** Throws as `process.kill` does. */
  signal(pid: number, name: 'SIGINT'): void;
}

const PROCESSES: Processes = { stateOf, signal: (pid, name) => process.kill(pid, name) };

/**
 * Does to the run's process what Ctrl-C does, or with `kill` what it does twice, and waits up to 10 s for its end. An error: nobody
 * was told anything.
 */
export async function cancel(
  runId: string,
  { kill }: { readonly kill: boolean },
  store: Store,
  clock: Clock,
  processes = PROCESSES,
): Promise<Result<Cancelled, ErrorInfo>> {
  const found = running(recordOf(runId, store), processes);
  if (!found.ok) return found;
  for (let signal = 1; signal <= (kill ? 2 : 1); signal += 1) {
    if (signal > 1) await clock.sleep(BETWEEN_SIGNALS_MS);
    if (signal > 1 && processes.stateOf(found.value) !== 'alive') break;
    const error = send(found.value, processes);
    if (error !== undefined) return err(error);
  }
  const until = clock.monotonic() + PATIENCE_MS;
  while (processes.stateOf(found.value) === 'alive') {
    if (clock.monotonic() >= until) return ok({ run: recordOf(runId, store), running: runningSteps(runId, store) });
    await clock.sleep(LOOK_MS);
  }
  return ok({ run: recordOf(runId, store) });
}

/** Why a run is not ended by a signal: it would be taken by `serve`, and end all that is watched there. Undefined: it is not one of those. */
export function whyServeHas(
  runId: string,
  schedules: Pick<ScheduleStore, 'open'>,
  look: typeof stateOf = stateOf,
): ErrorInfo | undefined {
  const found = schedules.open().find(({ record }) => record.runId === runId && record.state === 'running');
  const { key = '/', process } = found?.record ?? {};
  const isServed = isTimeOfSchedule(key) && process !== undefined && look(process) === 'alive';
  if (found === undefined || !isServed) return undefined;
  const { schedule } = found.record;
  return {
    code: 'refused',
    message: `the run ${runId} is one of the schedule ${schedule}, and goes on in runbook serve`,
    hint: `runbook freeze stops it, with all else that changes hosts; not to begin it again: runbook schedule pause ${schedule} --reason TEXT`,
  };
}

function recordOf(runId: string, store: Store): RunRecord {
  const [run] = store.runs({ limit: 1, runId });
  if (run === undefined) throw new Error(`${runId} was found and has no record`);
  return run;
}

/** The process that has the run, which is alive right now. */
function running(run: RunRecord, processes: Processes): Result<ProcessId, ErrorInfo> {
  const { runId, process, exitCode } = run;
  if (run.finishedAt !== undefined)
    return refused(`the run ${runId} has ended already, with exit code ${exitCode}`, `how: runbook show ${runId}`);
  if (process === undefined)
    return refused(`which process has the run ${runId} was not kept`, 'end it where it runs, with Ctrl-C');
  const state = processes.stateOf(process);
  switch (state) {
    case 'alive':
      return ok(process);
    case 'gone':
      return refused(
        `the run ${runId} is not running: its process ${process.pid} is gone`,
        run.isResumable === true
          ? `go on with it: runbook resume ${runId}; undo what it changed: runbook rollback ${runId}`
          : `how far it came: runbook show ${runId}`,
      );
    case 'elsewhere':
      return refused(
        `the run ${runId} belongs to process ${process.pid} on ${process.machine}, which cannot be told from here`,
        `there: runbook cancel ${runId}, or kill -INT ${process.pid}`,
      );
    default:
      return unreachable(state);
  }
}

/** Why it could not be sent. A process that ended just now needs none. */
function send({ pid }: ProcessId, processes: Processes): ErrorInfo | undefined {
  try {
    processes.signal(pid, 'SIGINT');
    return undefined;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ESRCH') return undefined;
    const why = code === 'EPERM' ? 'it belongs to another user' : message;
    const hint = `ask whoever started it, or as root: kill -INT ${pid}`;
    return { code: 'refused', message: `process ${pid} cannot be told to stop: ${why}`, hint };
  }
}

/** What was sent and has not come back, a line each. */
function runningSteps(runId: string, store: Store): readonly string[] {
  const open = new Map<string, string>();
  for (const event of store.events(runId)) {
    if (event.type === 'step-started' || event.type === 'step-intended')
      open.set(`${event.host} ${event.execution}`, `${event.on ?? event.host}: ${event.name}`);
    else if (event.type === 'step-ended') open.delete(`${event.host} ${event.execution}`);
  }
  return [...open.values()];
}

const refused = (message: string, hint: string): Result<never, ErrorInfo> => err({ code: 'refused', message, hint });
