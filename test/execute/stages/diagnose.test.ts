import assert from 'node:assert/strict';
import { evaluateFindings } from '../../../src/execute/stages/findings.ts';
import type { Scope } from '../../../src/model/expression.ts';
import {
  condition,
  constant,
  expression,
  field,
  finding,
  present,
  runbook,
  step,
  text,
} from '../../support/runbook-builder.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RunRig } from '../../support/run-rig.ts';
import { FACTS, look, ScriptedHost } from '../../support/scripted-host.ts';

function diagnosing(parts: Parameters<typeof runbook>[0], values: Readonly<Record<string, string>> = {}) {
  const clock = new FakeClock();
  const host = new ScriptedHost(clock, values);
  host.latencyMs = 50;
  const rig = new RunRig({ clock, runbook: runbook(parts), hosts: { web01: host } });
  return { clock, host, rig, journal: rig.journal };
}

const a = step({ id: 'a', action: look, params: { key: 'a' } });
const b = step({ id: 'b', action: look, params: { key: 'b' } });
const afterA = step({
  id: 'after_a',
  action: look,
  params: expression((scope) => ({ key: String(field(scope, 'a', 'value')) }), { steps: ['a'] }),
});

describe('diagnose', () => {
  it('sends all steps that wait for nothing before any answer came', async () => {
    const { rig, journal } = diagnosing({ diagnose: [a, b], findings: [] });
    await rig.go();
    const order = journal.events.filter(({ type }) => type === 'step-started' || type === 'step-ended');
    assert.deepEqual(
      order.map(({ type }) => type),
      ['step-started', 'step-started', 'step-ended', 'step-ended'],
    );
  });

  it('lets a step wait for those it refers to, and gives it their results', async () => {
    const { host, rig } = diagnosing({ diagnose: [a, afterA], findings: [] }, { a: 'deep' });
    await rig.go();
    assert.deepEqual(
      host.reached.map(({ text: sent }) => sent),
      ['look a', 'look deep'],
    );
    assert.equal(host.reached[1]?.from, host.reached[0]?.to);
  });

  it('skips a step whose input is missing, and says which', async () => {
    const { host, rig, journal } = diagnosing({ diagnose: [a, afterA], findings: [] });
    host.fault = () => ({ end: { how: 'exit', code: 1 }, stderr: 'no' });
    await rig.go();
    const [, skipped] = journal.of('step-ended');
    assert.equal(skipped?.status, 'skipped');
    assert.equal(skipped?.reason, 'missing-input');
    assert.equal(skipped?.execution, '');
    assert.match(skipped?.error ?? '', /a has no result/);
  });

  it('sends nothing further once it does not apply', async () => {
    const applies = condition((scope) => field(scope, 'a', 'value') === 'there', { steps: ['a'] });
    const { host, rig } = diagnosing({ diagnose: [a, afterA], findings: [], applies }, { a: 'absent' });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'not-applicable');
    assert.equal(host.reached.length, 1);
  });

  it('ends the host unknown when it cannot be told whether it applies', async () => {
    const applies = condition((scope) => field(scope, 'a', 'value') === 'there', { steps: ['a'] });
    const { host, rig, journal } = diagnosing({ diagnose: [a], findings: [], applies });
    host.fault = () => ({ end: { how: 'exit', code: 1 }, stderr: 'no' });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'unknown');
    assert.equal(journal.of('findings-evaluated')[0]?.applies, 'undetermined');
  });

  it('sends the items of a loop together and gives the worst status with all results', async () => {
    const loop = step({
      id: 'each',
      action: look,
      params: expression((scope) => ({ key: String(scope.item) })),
      loop: constant(['a', 'b', 'c']),
      when: [condition((scope) => scope.item !== 'c')],
    });
    const { host, rig } = diagnosing({ diagnose: [loop], findings: [] }, { a: '1' });
    host.fault = (sent) => (sent === 'look b' ? { end: { how: 'exit', code: 2 }, stderr: 'b is bad' } : undefined);
    const surveyed = await rig.run.survey();
    const [first] = surveyed;
    assert.equal(first?.state, 'surveyed');
    const result = first.state === 'surveyed' ? first.scope.steps.get('each') : undefined;
    assert.equal(result?.status, 'failed');
    assert.equal(result?.error, 'b is bad');
    assert.deepEqual(
      result?.results?.map(({ status }) => status),
      ['ok', 'failed', 'skipped'],
    );
    await rig.run.close();
  });

  it('fails a step whose output does not fit its declaration', async () => {
    const odd = { ...look, output: { value: { type: { kind: 'int' }, description: 'a number' } } } as const;
    const { rig, journal } = diagnosing({
      diagnose: [step({ ...a, params: { key: 'a' }, name: text('a'), action: odd })],
      findings: [],
    });
    await rig.go();
    const [ended] = journal.of('step-ended');
    assert.equal(ended?.status, 'failed');
    assert.equal(ended?.reason, 'output');
  });

  it('keeps evidence and end before a dependent step is sent', async () => {
    const { host, rig, journal } = diagnosing({ diagnose: [a, afterA], findings: [] }, { a: 'deep' });
    await rig.go();
    const types = journal.events.map(({ type }) => type);
    assert.ok(types.indexOf('evidence') < types.indexOf('step-ended'));
    assert.ok(types.indexOf('step-ended') < types.lastIndexOf('step-started'));
    assert.equal(host.reached.length, 2);
  });
});

const SCOPE: Scope = {
  params: {},
  host: { ...FACTS, name: 'web01', address: 'web01', port: 22, user: 'root', groups: [] },
  steps: new Map(),
  findings: new Map(),
  time: { now: '2026-01-01T00:00:00Z' },
};

describe('findings', () => {
  it('see their own items and the findings before them', () => {
    const { reports } = evaluateFindings(
      [
        finding({
          name: 'first',
          items: constant(['x', 'y']),
          when: (scope) => (scope.findings.get('first')?.items?.length ?? 0) > 1,
          summary: text((scope) => `${scope.findings.get('first')?.items?.length ?? '?'} things`),
        }),
        finding({ name: 'second', when: (scope) => !present(scope, 'first') }),
      ],
      SCOPE,
    );
    assert.deepEqual(
      reports.map(({ name, state, summary }) => [name, state, summary]),
      [
        ['first', 'present', '2 things'],
        ['second', 'absent', ''],
      ],
    );
  });

  it('are undetermined when they read what failed or what is undetermined, and not present for fixes', () => {
    const { reports, values } = evaluateFindings(
      [
        finding({ name: 'first', when: (scope) => field(scope, 'log', 'value') === '' }),
        finding({ name: 'second', when: (scope) => !present(scope, 'first') }),
        finding({ name: 'third', when: (scope) => scope.host.cpus === 2 || present(scope, 'first') }),
      ],
      SCOPE,
    );
    assert.deepEqual(
      reports.map(({ state }) => state),
      ['undetermined', 'undetermined', 'present'],
    );
    assert.equal(values.get('first')?.present, false);
    assert.equal(reports[0]?.error, 'log has no result');
  });
});
