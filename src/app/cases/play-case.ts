import type { Case } from '../../model/case.ts';
import type { Evidence, KeptHost } from '../../model/evidence.ts';
import type { NearHost } from '../../model/host.ts';
import type { Runbook } from '../../model/runbook.ts';
import { bindParams } from '../../plan/bind-params.ts';
import { bindDelegates } from '../../plan/delegates.ts';
import { fillSecrets, neededSecrets } from '../../plan/fill-secrets.ts';
import { HostStories } from '../../reporters/host-story.ts';
import { createMemoryTransport } from '../../transports/memory.ts';
import { Replay } from '../../transports/replay.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { MASK, Secret } from '../../util/secret.ts';
import { ACTIONS } from '../actions.ts';
import type { Prepared } from '../prepare.ts';
import { NO_RULES } from '../site-policy.ts';
import { run } from '../run.ts';
import type { CaseEnd } from './case-end.ts';
import { caseRunbook, withActions } from './case-runbook.ts';
import { CaseStory, differencesOf } from './case-story.ts';
import { unrecorded } from './unrecorded.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Runs the runbook on a host that says what the real one said, in virtual time. Nothing is contacted and nothing is written. */
export async function playCase(runbook: Runbook, one: Case, evidence: Evidence): Promise<CaseEnd> {
  const begun = performance.now();
  const clock = new VirtualClock(Date.parse(evidence.recordedAt));
  const replay = new Replay(evidence, clock);
  const actions = new Map([...ACTIONS].map(([name, action]) => [name, replay.wrapAction(action)]));
  const played = withActions(caseRunbook(runbook, one, ACTIONS), (action) => replay.wrapAction(action));
  const transport = createMemoryTransport(replay.hosts);
  const story = new CaseStory();
  const stories = new HostStories();
  const prepared = preparedFor(played, one, evidence);
  if (!prepared.ok) {
    const durationMs = performance.now() - begun;
    return { case: one, state: 'fails', problems: [prepared.error], notes: [], durationMs };
  }
  const journal = unrecorded(story, stories);
  const ended = await run(
    prepared.value,
    {
      mode: 'run',
      forks: 1,
      startedBy: { user: 'test', loginUser: '', machine: '', reason: `case ${one.name}`, trigger: 'unattended' },
      stop: new AbortController().signal,
      kill: new AbortController().signal,
      approve: () => Promise.resolve({ by: 'test', how: 'yes-option' }),
    },
    {
      actions,
      journal,
      attempts: () => [],
      transportOf: () => transport,
      clock,
      randomBytes: (count) => new Uint8Array(count),
    },
  );
  await journal.close();
  if (!ended.ok) throw new Error(ended.error.message);
  const came = story.result;
  const different = [...differencesOf(one, came), ...replay.unknown];
  const problems = [...new Set(different.length === 0 ? replay.unsent : different)];
  return {
    case: one,
    state: problems.length === 0 ? 'holds' : 'fails',
    problems,
    came,
    notes: [...replay.otherwise].map((step) => `${step} sends another command than was recorded: record it anew`),
    run: stories,
    durationMs: performance.now() - begun,
  };
}

/** The hosts as they were then; secrets are needed by nobody. An error: steps are delegated to a host that was none of them. */
function preparedFor(runbook: Runbook, one: Case, evidence: Evidence): Result<Prepared, string> {
  const given = { file: one.params, options: [], locate: () => undefined };
  const params = bindParams(runbook, [nearHost(evidence.host)], given);
  if (!params.ok) throw new Error(`the params of ${one.name} were checked when its file was read`);
  const bound = bindDelegates(runbook, params.value);
  if (!bound.ok) return err(bound.error.message);
  const recorded = new Set([evidence, ...evidence.delegates].map(({ host }) => host.name));
  const other = bound.value.delegations.find(({ to }) => !recorded.has(to));
  if (other !== undefined)
    return err(`${other.step} is delegated to ${other.to}, of which the evidence knows nothing: record it anew`);
  const names = neededSecrets(runbook, bound.value.hosts).keys();
  const secrets = new Map([...names].map((name) => [name, new Secret(MASK)]));
  const hosts = fillSecrets(runbook, bound.value.hosts, secrets);
  const delegates = evidence.delegates.map(({ host }) => ({ host: nearHost(host), params: {}, secrets: {} }));
  const selection = { runbookFile: runbook.file, runbook: runbook.name, params: [], targets: [] };
  return ok({ runbook, hosts, delegates, selection, policy: NO_RULES, warnings: [], sources: [] });
}

const nearHost = (host: KeptHost): NearHost => ({
  ...host,
  connection: 'memory',
  becoming: { method: 'sudo' },
  secrets: {},
  vars: {},
});
