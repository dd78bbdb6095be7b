import assert from 'node:assert/strict';
import type { HostPlan, PlannedItem } from '../../src/model/plan.ts';
import { withSharedFiles } from '../../src/plan/shared-files.ts';

const item = (path: string, on?: string): PlannedItem => ({
  summary: 'edit',
  text: 'edit',
  sha256: 'a',
  params: {},
  differences: [{ path, text: '+a' }],
  ...(on !== undefined && { on }),
});

const plan = (host: string, ...items: readonly PlannedItem[]): HostPlan => ({
  host,
  outcome: 'needs-fix',
  reason: '',
  findings: [],
  steps: items.map((one, index) => ({
    id: `s${index}`,
    name: 'edit',
    action: 'edit',
    risk: 'none',
    undo: '',
    command: { kind: 'exact', items: [one], sha256: 'a' },
  })),
});

const kindsOf = (...plans: readonly HostPlan[]) =>
  withSharedFiles(plans).map(({ steps }) => steps.map(({ command }) => command.kind));

describe('a file on a delegate that is changed for several hosts', () => {
  it('makes what each does there known only when the others are done', () => {
    const [first] = withSharedFiles([plan('web01', item('/etc/a', 'lb01')), plan('web02', item('/etc/a', 'lb01'))]);
    assert.deepEqual(first?.steps[0]?.command, { kind: 'unknown-until', step: 's0', others: true });
  });

  it('is another file on each host, and on each delegate', () => {
    assert.deepEqual(kindsOf(plan('web01', item('/etc/a')), plan('web02', item('/etc/a'))), [['exact'], ['exact']]);
    const apart = kindsOf(plan('web01', item('/etc/a', 'lb01')), plan('web02', item('/etc/a', 'lb02')));
    assert.deepEqual(apart, [['exact'], ['exact']]);
  });

  it('may be one of a host of the run, and leaves all other steps as they are', () => {
    const kinds = kindsOf(plan('lb01', item('/etc/a'), item('/etc/b')), plan('web02', item('/etc/a', 'lb01')));
    assert.deepEqual(kinds, [['unknown-until', 'exact'], ['unknown-until']]);
  });
});
