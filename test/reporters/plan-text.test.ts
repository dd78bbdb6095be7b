import assert from 'node:assert/strict';
import { renderPlan, type PlanTextOptions } from '../../src/reporters/plan-text.ts';
import { widthOf } from '../../src/util/printable.ts';
import { COLOURED, PLAIN } from '../../src/util/style.ts';
import { assertGolden } from './golden.ts';
import { exact, FLEET_PLAN, hostPlan, planOf, plannedStep } from './plans.ts';

const PAGE: PlanTextOptions = {
  style: PLAIN,
  columns: Number.POSITIVE_INFINITY,
  verbose: false,
  standing: { kind: 'open' },
};
const NARROW = { ...PAGE, columns: 80 };

describe('the text of a plan', () => {
  it('is what was looked at: on a terminal of 80 columns', () => {
    assertGolden('plan-80.txt', renderPlan(FLEET_PLAN, NARROW));
  });

  it('is what was looked at: in colours', () => {
    assertGolden('plan-80-coloured.txt', renderPlan(FLEET_PLAN, { ...NARROW, style: COLOURED }));
  });

  it('is what was looked at: in a file or a pipe', () => {
    assertGolden('plan-unlimited.txt', renderPlan(FLEET_PLAN, PAGE));
  });

  it('is what was looked at: in colours that nothing wraps', () => {
    assertGolden('plan-unlimited-coloured.txt', renderPlan(FLEET_PLAN, { ...PAGE, style: COLOURED }));
  });

  it('is what was looked at: verbose', () => {
    assertGolden('plan-80-verbose.txt', renderPlan(FLEET_PLAN, { ...NARROW, verbose: true }));
  });

  it('fits the terminal', () => {
    const wide = renderPlan(FLEET_PLAN, NARROW)
      .split('\n')
      .filter((line) => widthOf(line) > 80);
    assert.deepEqual(wide, []);
  });

  it('names every host where nothing wraps, for whoever searches', () => {
    const text = renderPlan(FLEET_PLAN, PAGE);
    for (const { host } of FLEET_PLAN.hosts) assert.ok(text.includes(host), host);
  });

  it('says first and loudly that a limit stops it, and how to go on, and not how it would be carried out', () => {
    const stop = { limit: 'brake', reason: '9 of 10 hosts have it', hint: 'Look for the shared cause.' } as const;
    const text = renderPlan({ ...FLEET_PLAN, stop }, PAGE);
    assert.match(text, /^STOPPED by brake: 9 of 10 hosts have it\n {2}do {8}Look for the shared cause\.\n/);
    assert.doesNotMatch(text, /--plan|When it is approved/);
  });

  it('keeps hosts apart whose commands differ in what is not shown', () => {
    const sent = (sha256: string) => [plannedStep('a', { ...exact('write /etc/x'), sha256 } as never)];
    const plan = planOf([
      hostPlan('a', 'needs-fix', { steps: sent('1') }),
      hostPlan('b', 'needs-fix', { steps: sent('2') }),
    ]);
    assert.match(renderPlan(plan, PAGE), /\na {5}needs a fix\n[^]*\nb {5}needs a fix\n/);
  });

  it('shows each host by itself when asked to', () => {
    const text = renderPlan(FLEET_PLAN, { ...NARROW, apart: true });
    assert.equal(text.split('\n').filter((line) => /^web\d\d +needs a fix$/.test(line)).length, 13);
  });

  it('gives each item of a loop a line, and the whole source when verbose', () => {
    const plan = planOf([hostPlan('a', 'needs-fix', { steps: [plannedStep('each', exact('rm a', 'rm b'))] })]);
    assert.match(renderPlan(plan, PAGE), / {2}run {7}each: rm a\n {12}rm b\n {12}Do each · restart: /);
    assert.match(renderPlan(plan, { ...PAGE, verbose: true }), /each: rm a\n {12}set -e\n {12}rm a\n {12}rm b\n/);
  });

  it('counts the commands of a long loop, and shows all of them when verbose', () => {
    const many = Array.from({ length: 50 }, (_, index) => `rm file${index}`);
    const plan = planOf([hostPlan('a', 'needs-fix', { steps: [plannedStep('each', exact(...many))] })]);
    assert.match(renderPlan(plan, PAGE), /rm file5\n {12}and 44 more commands: -v shows all\n/);
    assert.match(renderPlan(plan, { ...PAGE, verbose: true }), /rm file49\n/);
  });

  it('shows the beginning of a command for thousands of things on a terminal, and all of it elsewhere', () => {
    const ipcrm = `ipcrm${Array.from({ length: 5000 }, (_, index) => ` -s ${100_000 + index}`).join('')}`;
    const plan = planOf([hostPlan('a', 'needs-fix', { steps: [plannedStep('free', exact(ipcrm))] })]);
    const shown = renderPlan(plan, NARROW);
    assert.match(shown, /free: ipcrm -s 100000 [^]*\n {12}and \d+ more characters: -v shows all\n/);
    assert.ok(shown.split('\n').length < 30, shown);
    assert.match(renderPlan(plan, { ...NARROW, verbose: true }), /-s\s+104999\n/);
    assert.ok(renderPlan(plan, PAGE).includes(ipcrm));
  });

  it('leaves out hosts that are fine when quiet', () => {
    const plan = planOf([hostPlan('a', 'healthy'), hostPlan('b', 'needs-fix')]);
    const text = renderPlan(plan, { ...PAGE, quiet: true });
    assert.deepEqual(text.split('\n').slice(0, 4), [
      'apache-accept-lock would act on 1 of 2 hosts',
      '',
      'b     needs a fix',
      '',
    ]);
  });

  it('says of a plan that was carried out by which run, and not how to do it again', () => {
    const text = renderPlan(FLEET_PLAN, { ...PAGE, standing: { kind: 'carried-out', by: '01later' } });
    assert.match(text, / {2}done {6}carried out by the run 01later\n/);
    assert.doesNotMatch(text, /--plan/);
  });

  it('says of a plan that is too old that it is void', () => {
    const text = renderPlan(FLEET_PLAN, { ...PAGE, standing: { kind: 'old' } });
    assert.match(text, / {2}void {6}older than 24 hours: make a new one\n/);
    assert.doesNotMatch(text, /--plan/);
  });

  it('tells the path of each difference, unless it is the only one and the command names it', () => {
    const differences = [
      { path: '/srv/app', text: 'new directory' },
      { path: '/srv/app/spool', text: 'new directory' },
    ];
    const textOf = (shown: typeof differences): string => {
      const item = { summary: 'make /srv/app/spool', text: '', sha256: '0', params: {}, differences: shown };
      const steps = [plannedStep('a', { kind: 'exact', items: [item], sha256: '0' })];
      return renderPlan(planOf([hostPlan('a', 'needs-fix', { steps })]), PAGE);
    };
    assert.match(textOf(differences), /\n +\/srv\/app\n +new directory\n +\/srv\/app\/spool\n +new directory\n/);
    assert.match(textOf(differences.slice(1)), /a: make \/srv\/app\/spool\n +new directory\n/);
    assert.match(textOf(differences.slice(0, 1)), /\n +\/srv\/app\n +new directory\n/);
  });

  it('lets no control character of a host through, in commands, items or differences', () => {
    const evil = 'x\u001b]0;owned\u0007\u202e\u009b31m\r';
    const item = {
      summary: evil,
      text: evil,
      sha256: '0',
      params: {},
      differences: [{ path: evil, text: `+${evil}` }],
    };
    const steps = [plannedStep('a', { kind: 'exact', items: [item], sha256: '0' })];
    const findings = [
      {
        name: 'f',
        severity: 'problem',
        state: 'present',
        summary: evil,
        advice: '',
        items: [{ id: evil }],
        itemKey: 'id',
      },
    ] as const;
    for (const verbose of [true, false]) {
      const text = renderPlan(planOf([hostPlan('a', 'needs-fix', { steps, findings })]), { ...PAGE, verbose });
      assert.doesNotMatch(text, /[\u001b\u0007\u202e\u009b\r]/);
    }
  });
});
