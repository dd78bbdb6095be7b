import assert from 'node:assert/strict';
import type { RunSelection } from '../../src/model/selection.ts';
import { planCommand } from '../../src/reporters/plan-command.ts';

const SELECTION: RunSelection = {
  runbookFile: '/opt/runbooks/disk-full.yaml',
  runbook: 'disk-full',
  inventories: ['/srv/hosts.ini', 'web1,web2,'],
  params: [],
  targets: [],
};

function command(parts: Partial<RunSelection>, hosts: readonly string[] = ['web1']): string {
  return planCommand({ runbook: 'disk-full', selection: { ...SELECTION, ...parts } }, hosts);
}

describe('the command that plans what is left', () => {
  it('has all that the run was started with, quoted for a shell', () => {
    const all = command({
      runbook: '/opt/my runbooks/disk-full.yaml',
      vaultPasswordFiles: ['prod@/etc/vault'],
      params: ['limit=90', "note=it's late"],
      paramsFile: '/srv/params.yaml',
      tags: ['logs', 'caches'],
      skipTags: ['slow'],
      secretsFile: '/srv/secrets.age',
      ageIdentity: '/root/key',
      askPass: true,
      askBecomePass: true,
    });
    assert.equal(
      all,
      [
        "runbook plan '/opt/my runbooks/disk-full.yaml' -i /srv/hosts.ini -i web1,web2, --hosts web1",
        String.raw`--vault-password-file prod@/etc/vault --param limit=90 --param 'note=it'\''s late' --params-file /srv/params.yaml`,
        '--tags logs,caches --skip-tags slow --secrets /srv/secrets.age --age-identity /root/key --ask-pass --ask-become-pass',
      ].join(' '),
    );
  });

  it('is for this machine where the run was', () => {
    const { inventories: _, ...local } = SELECTION;
    const started = { runbook: 'disk-full', selection: local };
    assert.equal(planCommand(started, ['localhost']), 'runbook plan disk-full --local');
  });

  it('names no hosts where they are many, or a pattern would not take one for a name', () => {
    const many = Array.from({ length: 21 }, (_, index) => `web${index}`);
    for (const hosts of [many, ['web1', '2001:db8::1'], []]) {
      assert.equal(command({}, hosts), 'runbook plan disk-full -i /srv/hosts.ini -i web1,web2,');
    }
    assert.match(command({}, many.slice(1)), / --hosts web1,web2,.*,web20$/);
  });

  it('is only the name of the runbook for a record from before more was kept', () => {
    assert.equal(planCommand({ runbook: 'disk-full' }, ['web1']), 'runbook plan disk-full');
  });
});
