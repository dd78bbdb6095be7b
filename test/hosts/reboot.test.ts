import assert from 'node:assert/strict';
import type { StepEnded } from '../../src/model/step-event.ts';
import type { FleetHost } from '../fleet/host.ts';
import { outcomes, RunbookOnHosts } from './runbook-on-hosts.ts';
import { useFullHost } from './use-hosts.ts';

/** The finding is gone with what was in memory; the second step needs the lock of the new boot. */
const RUNBOOK = `runbook: fresh
summary: A marker in /run is there
hosts: all
become: true
diagnose:
  - id: marker
    command: [test, -e, /run/sick]
    effect: reads
    expect: result.code <= 1
findings:
  sick:
    when: marker.code == 0
    summary: "/run/sick is there, in boot \${{ host.boot_id }}"
fix:
  - id: again
    for: sick
    reboot: {}
    timeout: 2m
  - id: note
    for: sick
    shell: echo "\${{ host.boot_id }}" >/root/boot
    undo: { none: only a note }
verify:
  soak: 0s
  steps:
    - service_status: { name: ssh }
      expect: result.active
`;

describe('a host that is restarted by a runbook', function () {
  this.timeout(120_000);
  let host: FleetHost;

  useFullHost('again01', (started) => {
    host = started;
  });

  const said = async (command: string): Promise<string> => (await host.exec(command)).stdout.trim();

  it('is there again with another boot id before the step ends, locked by the same run', async () => {
    const place = new RunbookOnHosts('fresh.yaml', [host]);
    place.place.write({ 'fresh.yaml': RUNBOOK });
    await said('touch /run/sick');
    const before = await said('cat /proc/sys/kernel/random/boot_id');
    const ended = await place.run('run', 'again01', '--yes', '--max-risk', 'destructive', '--json');
    assert.deepEqual(outcomes(ended), { again01: 'repaired' }, ended.err);
    const after = await said('cat /proc/sys/kernel/random/boot_id');
    assert.notEqual(after, before);
    assert.equal(await said('cat /root/boot'), after);
    const again = ended.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as StepEnded)
      .find(({ type, step }) => type === 'step-ended' && step === 'again');
    assert.deepEqual([again?.status, again?.output?.['boot_id']], ['changed', after]);
  });
});
