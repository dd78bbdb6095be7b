import assert from 'node:assert/strict';
import { missingKeepGroup } from '../../src/plan/keep-group.ts';
import { downRunbook } from '../support/down-runbook.ts';
import { inventory } from '../support/hosts.ts';

const INVENTORY = inventory({ groups: [{ name: 'webservers', hosts: [] }] });
const base = downRunbook();
const keeping = (group: string) => ({ ...base, limits: { ...base.limits, keep: { group, healthy: 1 } } });

describe('the group that keep protects', () => {
  it('is in the inventory, or is all', () => {
    assert.equal(missingKeepGroup(keeping('webservers'), INVENTORY), undefined);
    assert.equal(missingKeepGroup(keeping('all'), INVENTORY), undefined);
    assert.equal(missingKeepGroup(base, undefined), undefined);
  });

  it('is an error when it is not there, with the one that was probably meant', () => {
    const missing = missingKeepGroup(keeping('webserver'), INVENTORY);
    assert.equal(
      missing?.message,
      'limits.keep of test is for the group webserver, and inventory.yaml has no such group',
    );
    assert.equal(missing.hint, 'did you mean webservers?');
  });

  it('is an error without an inventory', () => {
    assert.match(missingKeepGroup(keeping('webservers'), undefined)?.message ?? '', /with --local there are no groups/);
  });
});
