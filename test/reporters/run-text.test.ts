import assert from 'node:assert/strict';
import type { EventBody, RunEvent, RunFinished } from '../../src/model/event.ts';
import type { HostFacts } from '../../src/model/host.ts';
import type { FindingReport, StepStatus } from '../../src/model/result.ts';
import type { RunSelection } from '../../src/model/selection.ts';
import { HostStories } from '../../src/reporters/host-story.ts';
import { renderRun } from '../../src/reporters/run-text.ts';
import { PLAIN } from '../../src/util/style.ts';
import { hostFinished, intended, leak, runFinished, runStarted, stamped, stepEnded } from './events.ts';

function render(events: readonly RunEvent[], quiet = false): string {
  const stories = new HostStories();
  for (const event of events) stories.accept(event);
  return renderRun(stories, events.at(-1) as RunFinished & RunEvent, '01test', {
    style: PLAIN,
    columns: Number.POSITIVE_INFINITY,
    quiet,
  });
}

const SELECTION: RunSelection = {
  runbookFile: '/opt/runbooks/apache-accept-lock.yaml',
  runbook: 'apache-accept-lock',
  inventories: ['/srv/hosts.ini'],
  params: ['note=it is late'],
  targets: [],
};

function undoing(status: StepStatus): string {
  const undo = [intended('a', 'start', 'rollback'), stepEnded('a', status, '', 'start')];
  return render(stamped(runStarted('a'), ...undo, hostFinished('a', 'rolled-back'), runFinished({}, 2)));
}

describe('the text of a finished run', () => {
  const events = stamped(
    runStarted('web01', 'web02'),
    intended('web01'),
    stepEnded('web01', 'changed'),
    hostFinished('web01', 'repaired', 'proof held for 20s', [leak]),
    hostFinished('web02', 'healthy'),
    runFinished({ repaired: 1, healthy: 1 }),
  );

  it('tells for each host what was found, what was changed, and the outcome', () => {
    assert.equal(
      render(events),
      [
        'web01  repaired  proof held for 20s',
        '  found     semaphore_leak: 8 of 10 semaphore sets (limit 10) were leaked by dead Apache processes',
        '  changed   free: ipcrm -s 3 -s 7',
        'web02  healthy',
        '',
        '1 repaired, 1 healthy in 23.4 s',
        'with all evidence: runbook show -v 01test',
        '',
      ].join('\n'),
    );
  });

  it('leaves out hosts that were fine when quiet, and says nothing when all were', () => {
    assert.ok(!render(events, true).includes('web02'));
    const fine = stamped(runStarted('a'), hostFinished('a', 'healthy'), runFinished({ healthy: 1 }));
    assert.equal(render(fine, true), '');
  });

  it('notes that a host was locked by a directory', () => {
    const lock: EventBody = { type: 'lock-taken', host: 'a', incarnation: '0', lease: true };
    const text = render(stamped(runStarted('a'), lock, hostFinished('a', 'repaired'), runFinished({ repaired: 1 })));
    assert.match(text, /^ {2}note {6}locked by a directory, as there is no flock/m);
  });

  it('notes a host key that was unknown and is believed now', () => {
    const what = 'the host was unknown: its ssh-ed25519 key SHA256:abc is now in /known_hosts';
    const connected: EventBody = { type: 'host-connected', host: 'a', facts: {} as HostFacts, learned: [what] };
    const text = render(stamped(runStarted('a'), connected, hostFinished('a', 'healthy'), runFinished({ healthy: 1 })));
    assert.match(text, /^ {2}note {6}the host was unknown: its ssh-ed25519 key SHA256:abc is now in \/known_hosts$/m);
  });

  it('says how long a proof has held, and of one without a soak that it passed', () => {
    const proof = (heldMs: number): string => {
      const round: EventBody = {
        type: 'proof-round',
        round: 1,
        host: 'a',
        passed: true,
        failures: [],
        heldMs,
        soakMs: heldMs,
      };
      return render(stamped(runStarted('a'), round, hostFinished('a', 'repaired'), runFinished({ repaired: 1 })));
    };
    assert.match(proof(20_000), /^ {2}proof {5}held for 20 s$/m);
    assert.match(proof(0), /^ {2}proof {5}passed$/m);
  });

  it('tells what the proof missed once, however often it was tried', () => {
    const again = stepEnded('a', 'failed', 'code is 500', 'verify.steps[0]', 'verify');
    const round: EventBody = {
      type: 'proof-round',
      round: 1,
      host: 'a',
      passed: false,
      failures: ['http: code is 500'],
      heldMs: 0,
      soakMs: 5000,
    };
    const events = stamped(
      runStarted('a'),
      again,
      round,
      again,
      round,
      hostFinished('a', 'rolled-back'),
      runFinished({}, 2),
    );
    assert.equal(render(events).split('code is 500').length - 1, 1);
  });

  it('shows the error of a failed step below it', () => {
    const failed = stamped(
      runStarted('a'),
      intended('a'),
      stepEnded('a', 'failed', 'line one\nline two'),
      hostFinished('a', 'not-repaired', 'a step failed', [leak]),
      runFinished({ 'not-repaired': 1 }, 2),
    );
    assert.match(render(failed), /failed {4}free: ipcrm -s 3 -s 7\n {12}line one\n {12}line two/);
  });

  it('tells hosts together of which the same is to be said', () => {
    const hosts = ['a', 'b', 'c', 'd'];
    const events = stamped(
      runStarted(...hosts, 'e'),
      ...hosts.flatMap((host) => [
        intended(host),
        stepEnded(host, 'changed'),
        hostFinished(host, 'repaired', '', [leak]),
      ]),
      hostFinished('e', 'healthy'),
      runFinished({ repaired: 4, healthy: 1 }),
    );
    assert.match(
      render(events),
      /^a b c d \(4 hosts\) {2}repaired\n {2}found {5}semaphore_leak[^\n]*\n {2}changed {3}free: ipcrm -s 3 -s 7\ne /,
    );
  });

  it('shows how files were changed', () => {
    const differences = [{ path: '/etc/x.conf', text: '--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n' }];
    const changed = { ...intended('a'), differences } as EventBody;
    const events = stamped(
      runStarted('a'),
      changed,
      stepEnded('a', 'changed'),
      hostFinished('a', 'repaired'),
      runFinished({ repaired: 1 }),
    );
    assert.match(render(events), / {12}\/etc\/x\.conf\n {12}@@ -1 \+1 @@\n {12}-old\n {12}\+new\n/);
  });

  it('says which limit stopped it, how far it came, and what to do next', () => {
    const events = stamped(
      runStarted('a', 'b'),
      { type: 'batch-started', batch: 1, batches: 2, hosts: ['a'] },
      hostFinished('a', 'rolled-back', 'verify: it is down'),
      { type: 'limit-reached', limit: 'max_failures', reason: '1 host failed' },
      hostFinished('b', 'not-started', '1 host failed'),
      runFinished({ 'rolled-back': 1, 'not-started': 1 }, 10),
    );
    assert.match(
      render(events),
      /stopped by max_failures: 1 host failed\n1 rolled-back, 1 not-started in 23\.4 s, 1 of 2 batches\nwhat is left now: runbook plan apache-accept-lock\n/,
    );
  });

  it('names the hosts that are left in a command that can be pasted', () => {
    const events = stamped(
      { ...runStarted('a', 'b', 'c'), selection: SELECTION } as EventBody,
      hostFinished('a', 'repaired'),
      hostFinished('b', 'unreachable'),
      hostFinished('c', 'not-started'),
      runFinished({ repaired: 1, unreachable: 1, 'not-started': 1 }, 10),
    );
    assert.match(
      render(events),
      /\nwhat is left now: runbook plan apache-accept-lock -i \/srv\/hosts\.ini --hosts b,c --param 'note=it is late'\n/,
    );
  });

  it('asks for a person where something is unknown', () => {
    const events = stamped(runStarted('a'), hostFinished('a', 'unknown'), runFinished({ unknown: 1 }, 32));
    assert.match(render(events), /\na person must look at the hosts that are unknown\n/);
  });

  it('says undone for a step of the rollback, and not undone when that failed, and unknown when nobody knows', () => {
    assert.match(undoing('changed'), / {2}undone {4}start/);
    assert.match(undoing('failed'), / {2}not undone start/);
    assert.match(undoing('unknown'), / {2}unknown {3}start/);
  });

  it('tells what was found before the fix, whatever a re-test in its middle found', () => {
    const found = (moment: 'survey' | 'retest', state: FindingReport['state']): EventBody => ({
      type: 'findings-evaluated',
      host: 'a',
      moment,
      applies: true,
      findings: [{ ...leak, state }],
    });
    const text = render(
      stamped(
        runStarted('a'),
        found('survey', 'present'),
        intended('a'),
        stepEnded('a', 'changed'),
        found('retest', 'absent'),
        hostFinished('a', 'repaired'),
        runFinished({ repaired: 1 }),
      ),
    );
    assert.match(text, /\n {2}found {5}semaphore_leak: /);
  });

  it('lets no control character of a host through', () => {
    const evil = { ...leak, summary: 'x\u001b]0;owned\u0007\u202e\u009b31m' };
    const text = render(
      stamped(runStarted('a'), hostFinished('a', 'not-repaired', '\u001b[2J', [evil]), runFinished({}, 2)),
    );
    assert.doesNotMatch(text, /[\u001b\u0007\u202e\u009b]/);
    assert.match(text, /\\x1b\]0;owned\\x07\\u202e\\x9b31m/);
  });
});
