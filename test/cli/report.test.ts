import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventBody, RunStarted } from '../../src/model/event.ts';
import type { HostPlan, Plan, PlannedStep } from '../../src/model/plan.ts';
import type { Report } from '../../src/model/report.ts';
import type { Outcome } from '../../src/model/result.ts';
import type { RunRecord } from '../../src/model/store.ts';
import { open } from '../chaos/sample-store.ts';
import { FLAG_MISSING } from './flag-missing.ts';
import { inProcess } from './in-process.ts';
import { Workplace } from './spawn.ts';

const MINUTE = 60_000;

const RUNBOOK = `${FLAG_MISSING}hosts: here
`;

describe('runbook report', function () {
  this.timeout(60_000);
  let place: Workplace;
  beforeEach(() => (place = new Workplace()));
  afterEach(() => {
    place.remove();
  });

  /** Plans of a schedule in mode shadow, so many minutes ago; true: the host is sick. */
  async function record(
    plans: readonly (readonly [minutesAgo: number, hosts: Readonly<Record<string, boolean>>])[],
  ): Promise<void> {
    const directory = join(place.directory, 'state', 'runbook');
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o700);
    const store = open(directory);
    for (const [index, [ago, hosts]] of plans.entries()) {
      const bodies = shadowEvents(`r${index}`, hosts);
      const at = new Date(Date.now() - ago * MINUTE).toISOString();
      for (const [seq, body] of bodies.entries()) await store.commit({ runId: `r${index}`, seq: seq + 1, at, ...body });
    }
    await store.close();
  }

  it('tells the worst first, what healed alone, and how often it came', async () => {
    await record([
      [200, { web01: false, web02: true, web03: true }],
      [190, { web01: false, web02: false, web03: true }],
      [180, { web01: true, web02: true, web03: false }],
      [170, { web01: true, web02: false, web03: false }],
    ]);
    const { code, out, err } = await inProcess(place, ['report']);
    assert.deepEqual([code, err], [0, '']);
    assert.deepEqual(out.split('\n'), [
      '4 shadow plans in 30d, 3 hosts: 3 problems, 1 there now, 2 gone.',
      '',
      'HOST   PROBLEM    NOW             HOW OFTEN      GONE AFTER  AGAIN AFTER  BY',
      'web01  web: down  there for 3h    once',
      'web02  web: down  gone 2h50m ago  2nd in 7 days  within 10m  10m          2 alone',
      'web03  web: down  gone 3h ago     once           within 20m               1 alone',
      '',
      'web as a shadow would have repaired 4 times; 3 of them went alone, within 20m.',
      '',
    ]);
  });

  it('tells of one host each time by itself, and what would have been done', async () => {
    await record([
      [30, { web01: true, web02: true }],
      [20, { web01: false, web02: true }],
      [10, { web01: true, web02: true }],
    ]);
    const { out } = await inProcess(place, ['report', '--host', 'web01']);
    assert.match(out, /^web01 in 30d: 1 problem, 1 there now\.\n/);
    assert.match(out, /\nweb: 2 needs-fix, 1 healthy; last diagnosed 10m ago\n/);
    assert.match(out, /\n\nweb01 {2}web: down\n {2}it is down\n {2}[-\d: ]{19} {2}last seen /);
    assert.match(out, /; a shadow would have done: Start it; 10m after\s+the one before\n/);
    assert.match(out, /gone within 10m, alone; a shadow would have done: Start it\n$/);
    assert.doesNotMatch(out, /web02/);
    const { out: history } = await inProcess(place, ['history', '--limit', '1']);
    assert.match(history, / shadow {2}web /);
  });

  it('is one JSON object for programs', async () => {
    await record([[10, { web01: true }]]);
    const { out } = await inProcess(place, ['report', '--json', '--since', '1h']);
    const report = JSON.parse(out) as Report;
    assert.deepEqual([report.shadows, report.findings.length, report.hosts[0]?.outcomes], [1, 1, { 'needs-fix': 1 }]);
    const { out: none } = await inProcess(place, ['report', '--since', '5m']);
    assert.equal(none, 'There was no run or plan in 5m.\n');
  });

  it('knows the plans of a schedule in mode shadow, and whose repair came after', async () => {
    const flag = join(place.directory, 'flag');
    place.write({
      'runbooks/flag-missing.yaml': RUNBOOK,
      'inventory.yaml': 'all: { hosts: { here: { ansible_connection: local } } }\n',
      '.config/runbook/config.yaml': `schedules:
  watched: { runbook: flag-missing, every: 1h, mode: shadow, params: { flag: ${flag} } }
  mended: { runbook: flag-missing, every: 1h, params: { flag: ${flag} } }
`,
    });
    assert.equal((await inProcess(place, ['schedule', 'run', 'watched'])).code, 2);
    assert.ok(!existsSync(flag));
    const timed = ['plan', 'flag-missing', '--on-schedule', 'watched', '--param', `flag=${flag}`];
    const metrics = join(place.directory, 'watched.prom');
    assert.equal((await inProcess(place, [...timed, '--metrics-file', metrics])).code, 2, 'as a timer starts it');
    assert.match(readFileSync(metrics, 'utf8'), /^runbook_last_exit_code\{[^}]*schedule="watched"[^}]*\} 0$/m);
    assert.equal((await inProcess(place, ['schedule', 'run', 'mended'])).code, 0);
    const report = JSON.parse((await inProcess(place, ['report', '--json'])).out) as Report;
    assert.deepEqual([report.runs, report.plans, report.shadows], [1, 0, 2]);
    const [episode] = report.findings[0]?.episodes ?? [];
    assert.deepEqual(episode?.wouldHave?.steps, ['command']);
    assert.deepEqual([episode?.wouldHave?.runId, episode?.end?.by], [episode?.runId, 'repaired']);
    const { out } = await inProcess(place, ['history', '--json']);
    const modes = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RunRecord);
    assert.deepEqual(
      modes.map(({ mode, isShadow }) => [mode, isShadow]),
      [
        ['run', undefined],
        ['plan', true],
        ['plan', true],
      ],
    );
  });

  it('says that there is nothing to tell, and refuses a time that is none', async () => {
    assert.deepEqual(await inProcess(place, ['report']), {
      code: 0,
      out: 'There was no run or plan in 30d.\n',
      err: '',
    });
    await record([[10, { web01: false }]]);
    assert.equal((await inProcess(place, ['report'])).out, '1 shadow plan in 30d, 1 host: no problem was found.\n');
    const { out } = await inProcess(place, ['report', '--host', 'web09']);
    assert.equal(out, 'No run or plan in 30d had web09.\n');
    const { code, err } = await inProcess(place, ['report', '--since', 'monday']);
    assert.equal(code, 64);
    assert.match(err, /Give a time from 1m to 3650d, such as 24h, 7d or 30d\./);
  });
});

const START: PlannedStep = {
  ...{ id: 'start', name: 'Start it', action: 'service', risk: 'restart', undo: '' },
  command: { kind: 'exact', items: [], sha256: '' },
};

function shadowEvents(runId: string, hosts: Readonly<Record<string, boolean>>): readonly EventBody[] {
  const names = Object.keys(hosts);
  const started: RunStarted = {
    type: 'run-started',
    mode: 'plan',
    runbook: 'web',
    runbookSha256: 'ab',
    hosts: names,
    startedBy: { user: 'root', loginUser: '', machine: 'ctl', reason: '', trigger: 'schedule', shadow: true },
    version: '1.0.0',
  };
  const sick = names.filter((host) => hosts[host] === true);
  const plans = sick.map((host): HostPlan => ({
    host,
    outcome: 'needs-fix',
    reason: '',
    findings: [],
    steps: [START],
  }));
  const plan: Plan = {
    ...{ runId, runbook: 'web', runbookSha256: 'ab', madeAt: '2026-03-01T00:00:00Z', sha256: '' },
    ...{ hosts: plans, batches: [], maxFailures: 1, maxUnreachable: 1 },
  };
  return [
    started,
    ...names.map((host) => found(host, sick.includes(host))),
    ...(sick.length > 0 ? [{ type: 'plan-made', plan } as const] : []),
    ...names.map((host) => ended(host, sick.includes(host) ? 'needs-fix' : 'healthy')),
    { type: 'run-finished', exitCode: 0, durationMs: 1, counts: {}, hosts: {} },
  ];
}

function found(host: string, isSick: boolean): EventBody {
  const finding = { name: 'down', severity: 'problem', summary: isSick ? 'it is down' : '', advice: '' } as const;
  const findings = [{ ...finding, state: isSick ? 'present' : 'absent' } as const];
  return { type: 'findings-evaluated', host, machine: `machine of ${host}`, moment: 'survey', applies: true, findings };
}

const ended = (host: string, outcome: Outcome): EventBody => ({
  type: 'host-finished',
  ...{ host, outcome, reason: '', findings: [], changes: 0 },
});
