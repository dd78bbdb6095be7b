import type { ErrorInfo } from '../model/error.ts';
import type { BoundHost } from '../model/host.ts';
import type { Looks, SurveyedHost } from '../model/survey.ts';
import { verdictOf } from '../model/verdict.ts';
import { unreachable } from '../util/unreachable.ts';
import { bindingOf } from './approved-plan.ts';
import { connectHost } from './connect.ts';
import { withoutNewItems } from './stages/binding.ts';
import { adopt, diagnose } from './stages/diagnose.ts';
import { isLost, lookAhead } from './stages/look-ahead.ts';
import type { HostRun } from './host-run.ts';
import { internalError } from './internal-error.ts';
import type { RunContext } from './run-context.ts';

export interface SurveyedConnection {
  readonly surveyed: SurveyedHost;
  /** Kept for the fix. Absent when there is none. */
  readonly connection?: HostRun;
}

/** Connects to a host and diagnoses it. Reads only; nothing is written on the host, no lock is taken. */
export async function surveyHost(run: RunContext, bound: BoundHost): Promise<SurveyedConnection> {
  const connecting = await connectHost(run, bound);
  switch (connecting.state) {
    case 'interrupted':
      return { surveyed: { state: 'interrupted', host: bound } };
    case 'unreachable':
      return { surveyed: { state: 'unreachable', host: bound, error: connecting.error } };
    case 'connected':
      return surveyConnected(run, connecting.host);
    default:
      return unreachable(connecting);
  }
}

async function surveyConnected(run: RunContext, connection: HostRun): Promise<SurveyedConnection> {
  try {
    return { surveyed: await diagnoseHost(run, connection), connection };
  } catch (bug) {
    const error = internalError(bug);
    return { surveyed: { state: 'broken', host: connection.bound, error }, connection };
  }
}

async function diagnoseHost(run: RunContext, host: HostRun): Promise<SurveyedHost> {
  const { bound } = host;
  const read = await diagnose(host, 'survey');
  switch (read.kind) {
    case 'interrupted':
      return { state: 'interrupted', host: bound };
    case 'lost':
      return lost(run, host);
    case 'read': {
      adopt(host, read);
      if (run.approved !== undefined) {
        host.findings = withoutNewItems(bindingOf(host, run.approved), run.runbook.findings, host.findings);
      }
      const { diagnosis } = read;
      const isSick = verdictOf(host.run.runbook, diagnosis).kind === 'sick';
      const looks: Looks = isSick ? await lookAhead(host) : new Map();
      if (isLost(looks)) return lost(run, host);
      return { state: 'surveyed', host: bound, machine: host.machine, diagnosis, scope: host.scope(), looks };
    }
  }
}

async function lost(run: RunContext, host: HostRun): Promise<SurveyedHost> {
  const { bound, name } = host;
  const error: ErrorInfo = { code: 'connection-lost', message: `${name}: ${host.howItBroke('during the diagnosis')}` };
  await run.recorder.commit({ type: 'host-unreachable', host: name, error });
  return { state: 'unreachable', host: bound, error };
}
