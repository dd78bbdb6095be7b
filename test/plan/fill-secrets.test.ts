import assert from 'node:assert/strict';
import type { BoundHost } from '../../src/model/host.ts';
import type { Runbook } from '../../src/model/runbook.ts';
import { SecretName } from '../../src/model/scalar-literal.ts';
import { fillSecrets, neededSecrets } from '../../src/plan/fill-secrets.ts';
import { Secret } from '../../src/util/secret.ts';
import { runbook, step, verifying } from '../support/runbook-builder.ts';
import { boundHost, look, set } from '../support/scripted-host.ts';

const reading = (become: boolean | string) => step({ id: 'a', action: look, params: { key: 'a' }, become });
const changing = (parts: Partial<ReturnType<typeof step>>) =>
  step({ id: 'b', action: set, params: { key: 'b', state: 'c' }, ...parts });
const PLAIN = runbook({ diagnose: [reading(false)], findings: [] });

describe('neededSecrets', () => {
  it('names each secret of a param once, with what it is for first', () => {
    const hosts = ['a', 'b'].map((name) => boundHost(name, { token: new SecretName('api'), other: 'x' }));
    const more = boundHost('c', { key: new SecretName('api'), cert: new SecretName('tls') });
    assert.deepEqual(
      [...neededSecrets(PLAIN, [...hosts, more])],
      [
        ['api', 'the param token'],
        ['tls', 'the param cert'],
      ],
    );
  });

  const asking: readonly (readonly [what: string, runbook: Runbook])[] = [
    ['the runbook', { ...PLAIN, become: true }],
    ['a step of diagnose', { ...PLAIN, diagnose: [reading('www-data')] }],
    ['a step of fix', { ...PLAIN, fix: [changing({ become: true })] }],
    [
      'a step of an undo',
      { ...PLAIN, fix: [changing({ undo: { kind: 'steps', steps: [changing({ become: true })] } })] },
    ],
    ['a step of verify', { ...PLAIN, verify: verifying([reading(true)]) }],
    ['a step of rollback', { ...PLAIN, rollback: [changing({ become: true })] }],
  ];
  for (const [what, becoming] of asking) {
    it(`names the password for sudo when ${what} becomes another user`, () => {
      assert.deepEqual(
        [...neededSecrets(becoming, [withPassword(new SecretName('sudo'))])],
        [['sudo', 'ansible_become_password']],
      );
    });
  }

  it('does not name the password for sudo when nothing asks sudo, nor one that is there already', () => {
    assert.equal(neededSecrets(PLAIN, [withPassword(new SecretName('sudo'))]).size, 0);
    assert.equal(neededSecrets({ ...PLAIN, become: true }, [withPassword(new Secret('hunter2'))]).size, 0);
  });
});

const BECOMING: Runbook = { ...PLAIN, become: true };

describe('fillSecrets', () => {
  const values = new Map([['api', new Secret('hunter2')]]);

  it('puts values where names stand, in params and in the password for sudo', () => {
    const bound = { ...withPassword(new SecretName('api')), params: { token: new SecretName('api'), other: 'x' } };
    const [filled] = fillSecrets(BECOMING, [bound], values);
    assert.deepEqual(filled?.params, { token: values.get('api'), other: 'x' });
    assert.equal(filled.secrets.becomePassword, values.get('api'));
  });

  it('takes a password that the inventory has in clear text as it is', () => {
    const password = new Secret('hunter3');
    const [filled] = fillSecrets(BECOMING, [withPassword(password)], values);
    assert.equal(filled?.secrets.becomePassword, password);
  });

  it('leaves a host without a password for sudo that nothing needs', () => {
    for (const password of [new SecretName('sudo'), new Secret('hunter3')]) {
      const [filled] = fillSecrets(PLAIN, [withPassword(password)], values);
      assert.ok(filled !== undefined && !('becomePassword' in filled.secrets));
    }
  });
});

function withPassword(becomePassword: Secret | SecretName): BoundHost {
  const bound = boundHost('web01');
  return { ...bound, host: { ...bound.host, secrets: { becomePassword } } };
}
