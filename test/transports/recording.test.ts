import assert from 'node:assert/strict';
import { run, type RunParts, type RunRequest } from '../../src/app/run.ts';
import { NO_RULES } from '../../src/app/site-policy.ts';
import { withActions } from '../../src/app/cases/case-runbook.ts';
import { evidenceText } from '../../src/load/cases/evidence-text.ts';
import { loadEvidence } from '../../src/load/cases/evidence.ts';
import { defineAction, type Action } from '../../src/model/action.ts';
import type { RunEvent } from '../../src/model/event.ts';
import type { Evidence, EvidenceState } from '../../src/model/evidence.ts';
import type { BoundHost } from '../../src/model/host.ts';
import type { Runbook } from '../../src/model/runbook.ts';
import type { Transport } from '../../src/model/transport.ts';
import { createMemoryTransport } from '../../src/transports/memory.ts';
import { Recording } from '../../src/transports/recording.ts';
import { Replay } from '../../src/transports/replay.ts';
import { downRunbook, SICK, startUnit, unitIsUp } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryJournal } from '../support/run-rig.ts';
import { condition, expression, field, finding, resultField, step, verifying } from '../support/runbook-builder.ts';
import { ACTIONS, boundHost, erase, FACTS, look, ScriptedHost, setTo } from '../support/scripted-host.ts';

describe('what was recorded of a host', () => {
  it('is played again: the same steps end the same, the proof and its soak too', async () => {
    const { evidence, events } = await record(downRunbook());
    assert.equal(outcomeOf(events), 'repaired');
    const played = await play(downRunbook(), evidence);
    assert.deepEqual(storyOf(played.events), storyOf(events));
    assert.deepEqual(played.replay.unknown, []);
  });

  it('is played again when the proof fails and all is undone', async () => {
    const failing = verifying([{ ...unitIsUp, expect: [condition(() => false)] }], { within: 4000 });
    const runbook = downRunbook({ verify: failing });
    const { evidence, events } = await record(runbook);
    assert.equal(outcomeOf(events), 'rolled-back');
    assert.deepEqual(storyOf((await play(runbook, evidence)).events), storyOf(events));
  });

  it('answers at the time it did, so what took long takes as long', async () => {
    const { evidence, events } = await record(downRunbook(), (host) => {
      host.latencyMs = 1500;
    });
    const played = await play(downRunbook(), evidence);
    const changes = (all: readonly RunEvent[]) =>
      all.flatMap((event) => (event.type === 'step-ended' && event.phase === 'fix' ? [event.at] : []));
    assert.deepEqual(changes(played.events), changes(events));
    assert.equal(changes(events).length, 2);
  });

  it('is what a host said in turn: a unit that comes up later comes up later again', async () => {
    let asked = 0;
    const slow = (host: ScriptedHost): void => {
      host.fault = (text) => {
        if (text === 'look unit' && host.changes.length > 1 && ++asked < 4)
          return { end: { how: 'exit', code: 1 }, stderr: 'not yet' };
        return undefined;
      };
    };
    const { evidence, events } = await record(downRunbook(), slow);
    const rounds = (all: readonly RunEvent[]) =>
      all.flatMap((event) => (event.type === 'proof-round' ? [event.passed] : []));
    assert.deepEqual(rounds(events).slice(0, 4), [false, false, false, true]);
    assert.deepEqual(rounds((await play(downRunbook(), evidence)).events), rounds(events));
  });

  it('answers an edited expression, and a step that was not asked in this state with what it said last', async () => {
    const { evidence } = await record(downRunbook());
    const edited = downRunbook({
      findings: [finding({ name: 'down', when: (scope) => field(scope, 'unit', 'value') === 'down' })],
      verify: verifying(
        [unitIsUp, { ...unitIsUp, id: 'disk', params: expression(() => ({ key: 'disk' })) }].map(expectAny),
      ),
    });
    const { events, replay } = await play(edited, evidence);
    assert.equal(outcomeOf(events), 'repaired');
    assert.deepEqual(replay.unknown, []);
  });

  it('says of a step that it does not know that it has to be recorded anew', async () => {
    const { evidence } = await record(downRunbook());
    const more = step({ id: 'more', action: look, params: { key: 'more' } });
    const read = finding({ name: 'down', when: (scope) => field(scope, 'more', 'value') === '' });
    const { events, replay } = await play(
      downRunbook({ diagnose: [...downRunbook().diagnose, more], findings: [read] }),
      evidence,
    );
    assert.deepEqual(
      [...new Set(replay.unknown)],
      ['the evidence has no more before the first change: record it anew'],
    );
    const ended = events.find((event) => event.type === 'step-ended' && event.step === 'more');
    assert.ok(ended?.type === 'step-ended' && ended.status === 'failed', JSON.stringify(ended));
    assert.match(ended.error, /record it anew/);
  });

  it('does not make up what comes of a change at another point', async () => {
    const { evidence } = await record(downRunbook());
    const { events, replay } = await play(downRunbook({ fix: [startUnit] }), evidence);
    assert.notEqual(outcomeOf(events), 'repaired');
    assert.match(replay.unknown[0] ?? '', /no start before the first change/);
  });

  it('tells a change that is sent otherwise, and plays it all the same', async () => {
    const { evidence } = await record(downRunbook());
    const other = { ...startUnit, params: expression(() => ({ key: 'unit', state: 'UP' })) };
    const [free] = downRunbook().fix;
    const { replay } = await play(downRunbook({ fix: free === undefined ? [] : [free, other] }), evidence);
    assert.deepEqual([...replay.otherwise], ['start']);
  });

  it('has what a probe saw, not what it asked, and lets one that asks nothing judge anew', async () => {
    const runbook = (wanted: string): Runbook =>
      downRunbook({
        verify: verifying([
          step({
            id: 'seen',
            phase: 'verify',
            action: probe,
            params: { key: 'unit', limit: wanted },
            expect: [condition((scope) => resultField(scope, 'value') === 'up')],
          }),
          step({
            id: 'judged',
            phase: 'verify',
            action: probe,
            params: { key: '', limit: wanted },
            expect: [condition((scope) => resultField(scope, 'value') === 'x')],
          }),
        ]),
      });
    const { evidence, events } = await record(runbook('x'));
    assert.equal(outcomeOf(events), 'repaired');
    const said = evidence.states
      .flatMap((state) => state.said)
      .filter(({ step: id }) => id === 'seen' || id === 'judged');
    assert.equal(said.length, 1);
    assert.ok(said[0]?.answers.every((answer) => 'seen' in answer));
    assert.equal(outcomeOf((await play(runbook('x'), evidence)).events), 'repaired');
    assert.notEqual(outcomeOf((await play(runbook('y'), evidence)).events), 'repaired');
  });

  it('knows a host that restarted as it was when it was reached again', async () => {
    const restart = step({
      id: 'restart',
      phase: 'fix',
      action: { ...erase, work: { ...erase.work, restarts: true } as Action['work'] },
      params: setTo('boot', '2'),
      for: ['down'],
    });
    const booted = { ...unitIsUp, id: 'booted', expect: [condition((scope) => scope.host.boot_id === 'boot-2')] };
    const runbook = downRunbook({ fix: [restart, startUnit], verify: verifying([booted]) });
    const { evidence, events } = await record(runbook, (host) => {
      Object.defineProperty(host, 'facts', {
        get: () => ({ ...FACTS, boot_id: `boot-${host.values.get('boot') ?? 1}` }),
      });
    });
    assert.equal(outcomeOf(events), 'repaired');
    assert.deepEqual(storyOf((await play(runbook, evidence)).events), storyOf(events));
  });

  it('has what a step asks after its probe threw', async () => {
    const clock = new FakeClock();
    const recording = new Recording(clock);
    const transport = recording.wrap(createMemoryTransport(new Map([['web01', new ScriptedHost(clock, SICK)]])));
    const { signal } = new AbortController();
    const connected = await transport.connect(boundHost('web01').host, {} as never, signal);
    assert.ok(connected.ok);
    const asker = { step: 'seen', lap: '' };
    const { work } = recording.wrapAction({
      ...probe,
      work: { kind: 'probe', summary: () => 'probe', probe: () => Promise.reject(new Error('bug')) },
    });
    assert.ok(work.kind === 'probe');
    await assert.rejects(work.probe({} as never, { asker } as never), /bug/);
    const script = { summary: 'look unit', text: 'look unit' };
    await connected.value.read({ script, timeoutMs: 1000, asker }, signal);
    assert.deepEqual(
      recording.states[0]?.said.map(({ step: id }) => id),
      ['seen'],
    );
  });

  it('holds each item of a loop apart', async () => {
    const looped = step({
      id: 'each',
      action: look,
      loop: expression(() => ['unit', 'lock', 'disk']),
      params: expression((scope) => ({ key: String(scope.item) })),
    });
    const runbook = downRunbook({ diagnose: [...downRunbook().diagnose, looped] });
    const { evidence, events } = await record(runbook);
    assert.deepEqual(
      evidence.states[0]?.said.filter(({ step: id }) => id === 'each').map(({ lap }) => lap),
      ['0', '1', '2'],
    );
    assert.deepEqual(storyOf((await play(runbook, evidence)).events), storyOf(events));
  });
});

const expectAny = (one: typeof unitIsUp): typeof unitIsUp => ({ ...one, expect: [condition(() => true)] });

/** Reads one value from here through the connection; without a key it asks nothing. */
const probe: Action = defineAction({
  name: 'probe',
  summary: 'Looks.',
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    key: { type: { kind: 'string' }, description: 'what' },
    limit: { type: { kind: 'string' }, description: 'its value when nothing is asked' },
  },
  output: { value: { type: { kind: 'string' }, description: 'its value' } },
  examples: [],
  work: {
    kind: 'probe',
    summary: ({ key }) => `probe ${key}`,
    probe: async ({ key, limit }, context) => {
      if (key === '') return { status: 'ok', output: { value: limit } };
      const { stdout } = await context.read({ summary: `look ${key}`, text: `look ${key}` });
      return { status: 'ok', output: { value: stdout.text } };
    },
  },
});

async function record(runbook: Runbook, prepare: (host: ScriptedHost) => void = () => undefined) {
  const clock = new FakeClock();
  const host = new ScriptedHost(clock, SICK);
  prepare(host);
  const recording = new Recording(clock);
  const transport = recording.wrap(createMemoryTransport(new Map([['web01', host]])));
  const events = await go(
    withActions(runbook, (action) => recording.wrapAction(action)),
    clock,
    transport,
  );
  const { recordedAt, states } = recording;
  const bound = boundHost('web01').host;
  const { name, address, port, user, groups } = bound;
  const evidence: Evidence = {
    ...{ runbook: 'test', case: 'down', recordedAt, version: '0', delegates: [] },
    states: states.map(withoutMachine),
    host: { name, address, port, user, groups },
    facts: { ...FACTS, machine_id: '' },
  };
  return { events, evidence: readBack(evidence) };
}

const withoutMachine = (state: EvidenceState): EvidenceState =>
  state.reached === undefined
    ? state
    : { ...state, reached: { ...state.reached, facts: { ...state.reached.facts, machine_id: '' } } };

/** As the file has it. */
function readBack(evidence: Evidence): Evidence {
  const loaded = loadEvidence({ file: 'x.yaml', text: evidenceText(evidence, 'a host') }, evidence);
  assert.deepEqual(loaded.diagnostics, []);
  assert.deepEqual(loaded.evidence, evidence);
  return evidence;
}

async function play(runbook: Runbook, evidence: Evidence) {
  const clock = new FakeClock();
  const replay = new Replay(evidence, clock);
  const played = withActions(runbook, (action) => replay.wrapAction(action));
  return { replay, events: await go(played, clock, createMemoryTransport(replay.hosts)) };
}

async function go(runbook: Runbook, clock: FakeClock, transport: Transport): Promise<readonly RunEvent[]> {
  const journal = new MemoryJournal();
  const hosts: readonly BoundHost[] = [boundHost('web01')];
  const selection = { runbookFile: '/test.yaml', runbook: 'test', params: [], targets: [] };
  const request: RunRequest = {
    mode: 'run',
    forks: 1,
    startedBy: { user: 'ann', loginUser: '', machine: '', reason: '', trigger: 'person' },
    stop: new AbortController().signal,
    kill: new AbortController().signal,
    approve: () => Promise.resolve({ by: 'ann', how: 'yes-option' }),
  };
  const parts: RunParts = {
    actions: new Map([...ACTIONS, ['probe', probe]]),
    journal,
    attempts: () => [],
    transportOf: () => transport,
    clock,
    randomBytes: (count) => new Uint8Array(count),
  };
  const ended = await run(
    { runbook, hosts, delegates: [], selection, policy: NO_RULES, warnings: [], sources: [] },
    request,
    parts,
  );
  assert.ok(ended.ok);
  return journal.events;
}

const outcomeOf = (events: readonly RunEvent[]): string =>
  events.flatMap((event) => (event.type === 'host-finished' ? [event.outcome] : [])).join();

/** What happened, without times and the hashes of what was printed. */
const storyOf = (events: readonly RunEvent[]): readonly unknown[] =>
  events.flatMap((event): readonly unknown[] => {
    if (event.type === 'step-ended') return [[event.step, event.phase, event.status, event.error, event.output]];
    if (event.type === 'host-finished') return [[event.outcome, event.reason, event.changes]];
    return event.type === 'proof-round' ? [[event.round, event.passed, event.heldMs, event.failures]] : [];
  });
