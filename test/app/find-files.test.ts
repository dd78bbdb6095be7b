import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findAnsibleCfg } from '../../src/app/find-ansible-cfg.ts';
import { findInventory } from '../../src/app/find-inventory.ts';
import { findRunbook, findRunbooks } from '../../src/app/find-runbook.ts';
import type { AnsibleCfg } from '../../src/load/ansible-cfg.ts';
import { ROOT, stateDirectory, type Site } from '../../src/app/surroundings.ts';
import { NO_CONFIGURATION } from '../support/no-configuration.ts';

const START = { line: 1, column: 1, offset: 0 };

/** What `/c.yaml` says. */
function configured({ inventory, runbooks = [] }: { inventory?: readonly string[]; runbooks?: readonly string[] }) {
  const at = { file: '/c.yaml', start: START, end: START };
  return {
    ...NO_CONFIGURATION,
    ...(inventory !== undefined && { inventory: { value: inventory, at } }),
    runbooks: runbooks.map((value) => ({ value, at })),
  };
}

describe('where files are found', () => {
  let directory: string;
  let here: Site;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'runbook-find-'));
    here = {
      environment: {},
      directory,
      home: '/home/me',
      user: 'me',
      siteDirectory: '/etc/runbook',
      configuration: NO_CONFIGURATION,
    };
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  describe('an inventory', () => {
    const WITH_INVENTORY: AnsibleCfg = {
      file: 'ansible.cfg',
      inventory: ['/srv/site', '/srv/more'],
      defaults: [],
      vaultPasswords: [],
    };
    const found = (namedBy: string, ...sources: readonly string[]) => ({ ok: true, value: { namedBy, sources } });

    it('is the one of -i before $RUNBOOK_INVENTORY before ./inventory.yaml before that of the ansible.cfg', () => {
      const environment = { RUNBOOK_INVENTORY: '/srv/hosts.yaml' };
      const own = join(directory, 'inventory.yaml');
      assert.deepEqual(findInventory([], WITH_INVENTORY, here), found('ansible.cfg', '/srv/site', '/srv/more'));
      writeFileSync(own, '');
      assert.deepEqual(findInventory([], WITH_INVENTORY, here), found('./inventory.yaml', own));
      const surrounded = { ...here, environment };
      assert.deepEqual(findInventory([], WITH_INVENTORY, surrounded), found('$RUNBOOK_INVENTORY', '/srv/hosts.yaml'));
      assert.deepEqual(findInventory(['a.yaml'], undefined, surrounded), found('-i', join(directory, 'a.yaml')));
    });

    it('is that of the configuration when there is none in the folder, and before that of the site', () => {
      const siteDirectory = join(directory, 'etc');
      const site = { ...here, siteDirectory, configuration: configured({ inventory: ['/srv/a', '/srv/b'] }) };
      mkdirSync(siteDirectory);
      writeFileSync(join(siteDirectory, 'inventory.yaml'), '');
      assert.deepEqual(findInventory([], undefined, site), found('/c.yaml', '/srv/a', '/srv/b'));
      assert.deepEqual(findInventory([], WITH_INVENTORY, site), found('ansible.cfg', '/srv/site', '/srv/more'));
      writeFileSync(join(directory, 'inventory.yaml'), '');
      assert.deepEqual(
        findInventory([], undefined, site),
        found('./inventory.yaml', join(directory, 'inventory.yaml')),
      );
      rmSync(join(directory, 'inventory.yaml'));
      const ofSite = join(siteDirectory, 'inventory.yaml');
      assert.deepEqual(findInventory([], undefined, { ...here, siteDirectory }), found(ofSite, ofSite));
    });

    it('may be several, and a list of hosts that is no file', () => {
      writeFileSync(join(directory, 'a,b'), '');
      assert.deepEqual(
        findInventory(['site', 'web1,web2,', 'a,b'], undefined, here),
        found('-i', join(directory, 'site'), 'web1,web2,', join(directory, 'a,b')),
      );
    });

    it('that is given and not there is not passed over', () => {
      writeFileSync(join(directory, 'inventory.yaml'), '');
      const environment = { RUNBOOK_INVENTORY: 'gone.yaml' };
      const gone = found('$RUNBOOK_INVENTORY', join(directory, 'gone.yaml'));
      assert.deepEqual(findInventory([], undefined, { ...here, environment }), gone);
    });

    it('is not taken from a directory that every user may write, unless it is named', () => {
      writeFileSync(join(directory, 'inventory.yaml'), '');
      chmodSync(directory, 0o777);
      const refused = findInventory([], undefined, here);
      assert.match(refused.ok ? '' : refused.error.message, /^every user may write this directory/);
      assert.ok(findInventory(['inventory.yaml'], undefined, here).ok);
    });

    it('that is nowhere is an error that names all places and a command that makes one', () => {
      const nowhere = findInventory([], undefined, here);
      assert.ok(!nowhere.ok);
      assert.equal(nowhere.error.code, 'usage');
      for (const place of [
        '-i FILE                      (not given)',
        '$RUNBOOK_INVENTORY           (not set)',
        './inventory.yaml             (not there)',
        'ansible.cfg                  (not there)',
        'configuration                (has no inventory:)',
        '/etc/runbook/inventory.yaml  (not there)',
      ]) {
        assert.ok(nowhere.error.message.includes(place), nowhere.error.message);
      }
      assert.match(nowhere.error.hint ?? '', /^printf 'all:.*' > inventory\.yaml$/m);
      assert.match(nowhere.error.hint ?? '', /--local/);
    });

    it("that is nowhere is an error that names Ansible's inventories that lie here", () => {
      mkdirSync(join(directory, 'inventories', 'production'), { recursive: true });
      mkdirSync(join(directory, 'inventories', 'group_vars'));
      mkdirSync(join(directory, 'inventory'));
      writeFileSync(join(directory, 'hosts'), '');
      const nowhere = findInventory([], { ...WITH_INVENTORY, inventory: [] }, here);
      assert.ok(!nowhere.ok);
      assert.match(nowhere.error.message, /^ {2}ansible\.cfg +\(has no inventory =\)$/m);
      assert.equal(
        nowhere.error.hint,
        "what lies here looks like Ansible's; name it: -i hosts\nor one of: inventory/ inventories/production",
      );
    });
  });

  describe('an ansible.cfg', () => {
    const fileOf = (from: Site) => {
      const opened = findAnsibleCfg(from);
      assert.ok(opened.ok, JSON.stringify(opened));
      return [opened.value.value?.file, opened.value.warnings.map(({ code }) => code)];
    };

    it('is the one of $ANSIBLE_CONFIG, which may be its folder, before ./ansible.cfg', () => {
      assert.deepEqual(fileOf(here), [undefined, []]);
      writeFileSync(join(directory, 'ansible.cfg'), '[defaults]\n');
      assert.deepEqual(fileOf(here), [join(directory, 'ansible.cfg'), []]);
      mkdirSync(join(directory, 'site'));
      writeFileSync(join(directory, 'site', 'ansible.cfg'), '');
      assert.deepEqual(fileOf({ ...here, environment: { ANSIBLE_CONFIG: 'site' } }), [
        join(directory, 'site', 'ansible.cfg'),
        [],
      ]);
    });

    it('that is named and not there is an error', () => {
      assert.equal(findAnsibleCfg({ ...here, environment: { ANSIBLE_CONFIG: 'gone.cfg' } }).ok, false);
      assert.equal(findAnsibleCfg({ ...here, environment: { ANSIBLE_CONFIG: 'x'.repeat(300) } }).ok, false);
    });

    it('is not followed in a directory that every user may write', () => {
      writeFileSync(join(directory, 'ansible.cfg'), '[defaults]\n');
      chmodSync(directory, 0o777);
      assert.deepEqual(fileOf(here), [undefined, ['W_NOT_FOLLOWED']]);
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

    it('is looked for in the folders of the configuration after ./runbooks, and before those of the site', () => {
      const siteDirectory = join(directory, 'etc');
      const folder = join(directory, 'ops');
      for (const [where, name] of [
        [folder, 'mine'],
        [folder, 'theirs'],
        [join(siteDirectory, 'runbooks'), 'theirs'],
      ] as const) {
        mkdirSync(where, { recursive: true });
        writeFileSync(join(where, `${name}.yaml`), '');
      }
      const site = { ...here, siteDirectory, configuration: configured({ runbooks: [folder] }) };
      const listed = findRunbooks(site).filter(({ name }) => name === 'mine' || name === 'theirs');
      assert.deepEqual(
        listed.map(({ name, origin, shadowedBy }) => [name, origin, shadowedBy]),
        [
          ['mine', './runbooks', undefined],
          ['mine', folder, './runbooks'],
          ['theirs', folder, undefined],
          ['theirs', join(siteDirectory, 'runbooks'), folder],
        ],
      );
      assert.deepEqual(findRunbook('theirs', site), { ok: true, value: join(folder, 'theirs.yaml') });
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
