import assert from 'node:assert/strict';
import { withTyped } from '../../src/app/typed-passwords.ts';
import { Secret } from '../../src/util/secret.ts';
import { sshHost, sshSettings } from '../support/hosts.ts';
import { boundHost } from '../support/scripted-host.ts';

describe('a password that was typed', () => {
  const typed = new Secret('typed');
  const own = new Secret('own');

  it('holds for hosts that have none of their own', () => {
    const hosts = [boundHost('a'), { ...boundHost('b'), secrets: { becomePassword: own } }];
    assert.deepEqual(
      withTyped(hosts, 'becomePassword', typed).map(({ secrets }) => secrets.becomePassword),
      [typed, own],
    );
  });

  it('for the login is for hosts over SSH, and never for sudo', () => {
    const overSsh = { ...boundHost('a'), host: sshHost('a', sshSettings()) };
    assert.deepEqual(
      withTyped([overSsh, boundHost('b')], 'loginPassword', typed).map(({ secrets }) => secrets),
      [{ loginPassword: typed }, {}],
    );
  });
});
