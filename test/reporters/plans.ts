import type { HostPlan, Plan, PlannedCommand, PlannedStep } from '../../src/model/plan.ts';
import type { FindingReport } from '../../src/model/result.ts';
import { leak } from './events.ts';

export function plannedStep(id: string, command: PlannedCommand, parts: Partial<PlannedStep> = {}): PlannedStep {
  const undo = 'if not proven: the unit is brought back to its former state';
  return { id, name: `Do ${id}`, action: 'set', risk: 'restart', undo, command, ...parts };
}

export function exact(...summaries: readonly string[]): PlannedCommand {
  const items = summaries.map((summary) => ({
    summary,
    text: `set -e\n${summary}\n`,
    sha256: '0',
    params: {},
    differences: [],
  }));
  return { kind: 'exact', items, sha256: summaries.join() };
}

export function hostPlan(name: string, outcome: HostPlan['outcome'], parts: Partial<HostPlan> = {}): HostPlan {
  const reason = outcome === 'needs-fix' ? '' : 'no problem found';
  return { host: name, outcome, reason, findings: [], steps: [], ...parts };
}

export function planOf(hosts: readonly HostPlan[], parts: Partial<Plan> = {}): Plan {
  const sick = hosts.filter(({ outcome }) => outcome === 'needs-fix').map(({ host }) => host);
  return {
    runId: '01kb3x8m2t9qv5w7y1z4a6c8de',
    runbook: 'apache-accept-lock',
    runbookSha256: '0',
    madeAt: '2026-01-01T00:00:00Z',
    hosts,
    batches: [sick],
    maxFailures: 1,
    maxUnreachable: 3,
    sha256: '7cb89e07fa98aaaa',
    ...parts,
  };
}

const removed: FindingReport = {
  name: 'mutex_removed',
  severity: 'problem',
  state: 'present',
  summary: 'systemd-logind removes the semaphores of www (uid 1000) at logout; RemoveIPC=yes',
  advice: '',
};

const killed: FindingReport = {
  name: 'killed',
  severity: 'info',
  state: 'present',
  summary: 'Apache was last ended by kill -9, which leaks its semaphores',
  advice: 'Find the script that does it; systemctl stop or apachectl graceful-stop leak nothing',
};

const leaked: FindingReport = {
  ...leak,
  items: [3, 7, 12, 15, 19, 23, 27, 31, 35].map((id) => ({ id })),
  itemKey: 'id',
};

const DIFF = `--- /etc/apache2/apache2.conf
+++ /etc/apache2/apache2.conf
@@ -71,4 +71,4 @@
 #
 # The accept serialization lock file MUST BE STORED ON A LOCAL DISK.
 #
-#Mutex file:\${APACHE_LOCK_DIR} default
+Mutex file:\${APACHE_LOCK_DIR} default
@@ -80,0 +81,1 @@
+# --- made by runbook
`;

const FREE = {
  name: 'Remove leaked semaphore sets',
  risk: 'destructive',
  undo: 'cannot be undone: a removed set cannot be made again',
} as const;
const MOVE = { name: 'Move the mutex to a file', risk: 'none' } as const;
const summary = 'apache_mutex file in /etc/apache2/apache2.conf';
const move: PlannedCommand = {
  kind: 'exact',
  items: [
    {
      summary,
      text: summary,
      sha256: '1',
      params: {},
      differences: [{ path: '/etc/apache2/apache2.conf', text: DIFF }],
    },
  ],
  sha256: '1',
};

const notLeaking: PlannedCommand = { kind: 'skipped', reason: 'semaphore_leak: not present' };
const removalSteps = [
  plannedStep('free', notLeaking),
  plannedStep('move', move, MOVE),
  plannedStep('restart', { kind: 'unknown-until', step: 'move' }, { name: 'Restart Apache' }),
  plannedStep('start', notLeaking),
];
const leakSteps = [
  plannedStep('free', exact('ipcrm -s 3 -s 7 -s 12 -s 15 -s 19 -s 23 -s 27 -s 31 -s 35'), FREE),
  plannedStep('move', { kind: 'nothing' }, MOVE),
  plannedStep('restart', { kind: 'skipped', reason: 'mutex_removed: not present' }),
  plannedStep('start', exact('systemctl start apache2.service'), { name: 'Start Apache, unless it runs' }),
];

const number = (index: number): string => String(index).padStart(2, '0');
const alike = Array.from({ length: 12 }, (_, index) =>
  hostPlan(`web${number(index + 2)}`, 'needs-fix', { findings: [removed], steps: removalSteps, soakMs: 20_000 }),
);

/** A night's worth: one host leaks, twelve lost their mutex alike, some are well, one is gone. */
export const FLEET_PLAN = planOf(
  [
    hostPlan('db01', 'not-applicable', { reason: 'the runbook does not apply here' }),
    hostPlan('web01', 'needs-fix', { findings: [leaked, killed], steps: leakSteps, soakMs: 20_000 }),
    ...alike,
    hostPlan('web14', 'healthy'),
    hostPlan('web15', 'unreachable', { reason: 'connection refused', hint: 'Is sshd running on web15?' }),
    hostPlan('web16', 'healthy'),
    hostPlan('web17', 'refused', { reason: 'repaired 4 minutes ago: cooldown 15m is over at 03:12' }),
  ],
  {
    batches: [['web01'], alike.slice(0, 4).map(({ host }) => host), alike.slice(4).map(({ host }) => host)],
    keep: { group: 'webservers', healthy: 1 },
  },
);
