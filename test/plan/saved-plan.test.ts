import assert from 'node:assert/strict';
import type { Plan } from '../../src/model/plan.ts';
import type { RunSelection, Target } from '../../src/model/selection.ts';
import { whyVoidAlready, whyVoidNow, type SavedPlan } from '../../src/plan/saved-plan.ts';

const MADE = Date.parse('2026-01-01T00:00:00Z');
const HOUR = 3_600_000;

const WEB01: Target = {
  host: 'web01',
  address: '192.0.2.11',
  port: 22,
  user: 'admin',
  connection: 'ssh',
  params: { soak: '20s', token: '!secret TOKEN' },
};

function saved(plan: Partial<Plan> = {}, selection: Partial<RunSelection> = {}): SavedPlan {
  return {
    plan: {
      runId: '01kb',
      runbook: 'disk',
      runbookSha256: 'ab',
      madeAt: new Date(MADE).toISOString(),
      hosts: [],
      batches: [],
      maxFailures: 1,
      maxUnreachable: 3,
      sha256: 'cd',
      ...plan,
    },
    selection: { runbookFile: '/srv/disk.yaml', runbook: '/srv/disk.yaml', params: [], targets: [WEB01], ...selection },
  };
}

const now = (targets: readonly Target[], runbookSha256 = 'ab') => ({
  runbookSha256,
  targets,
  mask: <T extends object>(value: T): T => value,
});

describe('a plan from the store', () => {
  it('holds for 24 hours', () => {
    assert.equal(whyVoidAlready(saved(), MADE), undefined);
    assert.equal(whyVoidAlready(saved(), MADE + 24 * HOUR), undefined);
    const error = whyVoidAlready(saved(), MADE + 26 * HOUR);
    assert.equal(error?.code, 'refused');
    assert.equal(error?.message, 'the plan 01kb is void: it was made 26 hours ago, and a plan holds for 24 hours');
    assert.equal(error?.hint, 'make a new plan of disk, as this one was made');
  });

  it('is void when the clock was set back', () => {
    assert.match(whyVoidAlready(saved(), MADE - 1)?.message ?? '', /is void: it was made in the future/);
  });

  it('is void when a limit stopped it, with what the limit asks for', () => {
    const stop = { limit: 'brake', reason: '9 of 10 hosts have it', hint: 'Look for the shared cause.' } as const;
    const error = whyVoidAlready(saved({ stop }), MADE);
    assert.equal(error?.message, 'the plan 01kb is void: brake stopped it: 9 of 10 hosts have it');
    assert.match(error?.hint ?? '', /^Look for the shared cause\.\nmake a new plan/);
  });

  it('is void when a param was masked in the record: the mask is no value', () => {
    const error = whyVoidAlready(saved({}, { params: ['note=********'] }), MADE);
    assert.match(error?.message ?? '', /a param was given that holds the value of a secret/);
  });

  it('holds while nothing that it was made from has changed', () => {
    assert.equal(whyVoidNow(saved(), now([WEB01])), undefined);
  });

  it('is void when the runbook or a file that it takes in has changed', () => {
    const error = whyVoidNow(saved(), now([WEB01], 'xx'));
    assert.match(
      error?.message ?? '',
      /is void: the runbook \/srv\/disk\.yaml, or a file that it takes in, has changed/,
    );
  });

  const changes: readonly (readonly [what: string, change: Partial<Target>, message: RegExp])[] = [
    ['address', { address: '192.0.2.99' }, /web01 was admin@192\.0\.2\.11:22, and is admin@192\.0\.2\.99:22 now/],
    ['port', { port: 2222 }, /was admin@192\.0\.2\.11:22, and is admin@192\.0\.2\.11:2222 now/],
    ['user', { user: 'root' }, /is root@192\.0\.2\.11:22 now/],
    ['way', { through: ['bob@10.0.0.1:22'] }, /is admin@192\.0\.2\.11:22 behind bob@10\.0\.0\.1:22 now/],
    ['connection', { connection: 'local' }, /is admin on this machine now/],
    ['params', { params: { soak: '5s', token: '!secret TOKEN' } }, /web01 has other params now: soak$/],
    ['secret', { params: { soak: '20s', token: '!secret OTHER' } }, /web01 has other params now: token$/],
    ['number of params', { params: { soak: '20s' } }, /web01 has other params now: token$/],
  ];
  for (const [what, change, message] of changes) {
    it(`is void when the ${what} of a host has changed`, () => {
      const error = whyVoidNow(saved(), now([{ ...WEB01, ...change }]));
      assert.equal(error?.code, 'refused');
      assert.match(error?.message ?? '', message);
    });
  }

  it('is void when a host that steps are delegated to is another one, or is reached otherwise', () => {
    const lb01: Target = { ...WEB01, host: 'lb01', params: {} };
    const made = saved({}, { delegates: [lb01] });
    const chosen = (...delegates: readonly Target[]) => whyVoidNow(made, { ...now([WEB01]), delegates });
    assert.equal(chosen(lb01), undefined);
    assert.match(chosen({ ...lb01, port: 2222 })?.message ?? '', /lb01 was admin@192\.0\.2\.11:22, and is .*:2222 now/);
    assert.match(chosen({ ...lb01, host: 'lb02' })?.message ?? '', /steps are delegated to lb02 now, and none were/);
  });

  it('is compared as it was recorded: masked', () => {
    const recorded = { ...WEB01, user: '********' };
    const mask = <T extends object>(value: T): T =>
      JSON.parse(JSON.stringify(value).replaceAll('admin', '********')) as T;
    const chosen = { ...now([WEB01]), mask };
    assert.equal(whyVoidNow(saved({}, { targets: [recorded] }), chosen), undefined);
  });
});
