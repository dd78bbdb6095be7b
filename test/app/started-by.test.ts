import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { startedBy } from '../../src/app/started-by.ts';

const HERE = { environment: {}, directory: '/', home: '/root', user: 'root', siteDirectory: '/etc/runbook' };

describe('startedBy', () => {
  it('names the user behind sudo, else the user', () => {
    assert.equal(startedBy({ ...HERE, environment: { SUDO_USER: 'alice' } }, '', 'person').user, 'alice');
    assert.equal(startedBy({ ...HERE, environment: { SUDO_USER: '' } }, '', 'person').user, 'root');
    assert.equal(startedBy(HERE, '', 'person').user, 'root');
  });

  it('keeps the machine, the reason and who triggered it', () => {
    const { machine, reason, trigger, loginUser } = startedBy(HERE, 'INC-1', 'unattended');
    assert.deepEqual([machine, reason, trigger], [hostname(), 'INC-1', 'unattended']);
    assert.equal(typeof loginUser, 'string');
    assert.notEqual(loginUser, 'uid 4294967295');
  });
});
