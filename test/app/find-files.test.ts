import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInventory } from '../../src/app/find-inventory.ts';
import { findRunbook, findRunbooks } from '../../src/app/find-runbook.ts';
import { ROOT, stateDirectory, type Surroundings } from '../../src/app/surroundings.ts';

describe('where files are found', () => {
  let directory: string;
  let here: Surroundings;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'runbook-find-'));
    here = { environment: {}, directory, home: '/home/me', user: 'me' };
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  describe('an inventory', () => {
    it('is the one of -i before $RUNBOOK_INVENTORY before ./inventory.yaml', () => {
      writeFileSync(join(directory, 'inventory.yaml'), '');
      const environment = { RUNBOOK_INVENTORY: '/srv/hosts.yaml' };
      assert.deepEqual(findInventory('a.yaml', { ...here, environment }), {
        ok: true,
        value: join(directory, 'a.yaml'),
      });
      assert.deepEqual(findInventory(undefined, { ...here, environment }), { ok: true, value: '/srv/hosts.yaml' });
      assert.deepEqual(findInventory(undefined, here), { ok: true, value: join(directory, 'inventory.yaml') });
    });

    it('that is given and not there is not passed over', () => {
      writeFileSync(join(directory, 'inventory.yaml'), '');
      const environment = { RUNBOOK_INVENTORY: 'gone.yaml' };
      assert.deepEqual(findInventory(undefined, { ...here, environment }), {
        ok: true,
        value: join(directory, 'gone.yaml'),
      });
    });

    it('that is nowhere is an error that names all places and a command that makes one', () => {
      const found = findInventory(undefined, here);
      assert.ok(!found.ok);
      assert.equal(found.error.code, 'usage');
      for (const place of ['-i FILE', '$RUNBOOK_INVENTORY', './inventory.yaml', '/etc/runbook/inventory.yaml']) {
        assert.ok(found.error.message.includes(place), place);
      }
      assert.match(found.error.hint ?? '', /^printf 'all:.*' > inventory\.yaml$/m);
      assert.match(found.error.hint ?? '', /--local/);
    });
  });

  describe('a runbook', () => {
    beforeEach(() => {
      mkdirSync(join(directory, 'runbooks'));
      writeFileSync(join(directory, 'runbooks', 'apache-accept-lock.yaml'), 'mine');
      writeFileSync(join(directory, 'runbooks', 'mine.yaml'), 'mine');
      writeFileSync(join(directory, 'runbooks', 'notes.txt'), 'no runbook');
      mkdirSync(join(directory, 'runbooks', 'old.yaml'));
    });

    it('is found by name in ./runbooks before those shipped', () => {
      assert.deepEqual(findRunbook('apache-accept-lock', here), {
        ok: true,
        value: join(directory, 'runbooks', 'apache-accept-lock.yaml'),
      });
      rmSync(join(directory, 'runbooks', 'apache-accept-lock.yaml'));
      assert.deepEqual(findRunbook('apache-accept-lock', here), {
        ok: true,
        value: join(ROOT, 'runbooks', 'apache-accept-lock.yaml'),
      });
    });

    it('is listed with its origin, and with what takes its place', () => {
      const listed = findRunbooks(here).filter(({ name }) => name === 'apache-accept-lock' || name === 'mine');
      assert.deepEqual(
        listed.map(({ name, origin, shadowedBy }) => [name, origin, shadowedBy]),
        [
          ['apache-accept-lock', './runbooks', undefined],
          ['apache-accept-lock', 'shipped', './runbooks'],
          ['mine', './runbooks', undefined],
        ],
      );
      assert.ok(!findRunbooks(here).some(({ name }) => name === 'old' || name === 'notes'));
    });

    it('does not shadow itself where ./runbooks is what is shipped', () => {
      rmSync(join(directory, 'runbooks'), { recursive: true });
      symlinkSync(join(ROOT, 'runbooks'), join(directory, 'runbooks'));
      assert.ok(findRunbooks(here).every(({ shadowedBy }) => shadowedBy === undefined));
    });

    it('is taken by its path when it looks like one', () => {
      assert.deepEqual(findRunbook('./x', here), { ok: true, value: join(directory, 'x') });
      assert.deepEqual(findRunbook('x.yml', here), { ok: true, value: join(directory, 'x.yml') });
      assert.deepEqual(findRunbook('/x', here), { ok: true, value: '/x' });
    });

    it('that is not there is an error with the nearest name and the places', () => {
      const found = findRunbook('apache-acept-lock', here);
      assert.ok(!found.ok);
      assert.equal(found.error.message, 'there is no runbook "apache-acept-lock"');
      assert.match(found.error.hint ?? '', /^did you mean apache-accept-lock\?\nlooked in \.\/runbooks, /);
    });
  });

  describe('the state directory', () => {
    it('is under XDG_STATE_HOME, or under the home when that is not a full path', () => {
      const at = (XDG_STATE_HOME: string | undefined): string =>
        stateDirectory({ ...here, environment: XDG_STATE_HOME === undefined ? {} : { XDG_STATE_HOME } });
      assert.equal(at('/var/state'), '/var/state/runbook');
      assert.equal(at(undefined), '/home/me/.local/state/runbook');
      assert.equal(at(''), '/home/me/.local/state/runbook');
      assert.equal(at('state'), '/home/me/.local/state/runbook');
    });
  });
});
