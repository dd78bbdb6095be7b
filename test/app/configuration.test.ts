import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { configurationFiles, openConfiguration } from '../../src/app/configuration.ts';
import type { Surroundings } from '../../src/app/surroundings.ts';
import { DEFAULT_SERVE } from '../../src/model/configuration.ts';
import { skip } from '../support/skip.ts';
import { NO_CONFIGURATION } from '../support/no-configuration.ts';

describe('the configuration of a site and of a user', () => {
  let directory: string;
  let here: Surroundings;
  let own: string;
  let ofSite: string;
  beforeEach(function () {
    if (process.getuid?.() !== 0) skip(this, "a site's file must be root's");
    directory = mkdtempSync(join(tmpdir(), 'runbook-config-'));
    here = { environment: {}, directory, home: directory, user: 'me', siteDirectory: join(directory, 'etc') };
    [own, ofSite] = [join(directory, '.config/runbook/config.yaml'), join(directory, 'etc/config.yaml')];
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const write = (path: string, text: string, mode = 0o644): string => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  const open = (environment: NodeJS.ProcessEnv = {}, unattended = false) =>
    openConfiguration({ ...here, environment }, { unattended });
  const opened = (environment: NodeJS.ProcessEnv = {}, unattended = false) => {
    const found = open(environment, unattended);
    return found.ok ? found.value.value.configuration : assert.fail(JSON.stringify(found.error));
  };
  const troubleOf = (environment: NodeJS.ProcessEnv = {}, unattended = false): readonly string[] => {
    const found = open(environment, unattended);
    assert.ok(!found.ok);
    assert.equal(found.error.isConfiguration, true);
    return found.error.diagnostics.map(({ at, code, message }) => {
      return `${at.file.slice(directory.length + 1)}:${at.start.line} ${code} ${message}`;
    });
  };

  it('is nothing where there is no file', () => {
    assert.deepEqual(opened(), NO_CONFIGURATION);
  });

  it("takes of each setting the user's, and the site's where the user says nothing", () => {
    write(own, 'forks: 10\nserve: { runs: 2 }\n');
    write(ofSite, 'forks: 20\nlock_wait: 1m\nserve: { runs: 8, stop: 10s }\n');
    const { forks, lockWaitMs, serve } = opened();
    assert.deepEqual([forks?.value, forks?.at.file], [10, own]);
    assert.deepEqual([lockWaitMs?.value, lockWaitMs?.at.file], [60_000, ofSite]);
    assert.deepEqual(serve, { ...DEFAULT_SERVE, runs: 2, stopMs: 10_000 });
  });

  it('has the rules, schedules, folders and notifications of both', () => {
    write(own, 'runbooks: [mine]\npolicy: [{ repair: false }]\nnotify: [{ email: me }]\n');
    write(
      ofSite,
      'runbooks: [all]\npolicy: [{ forks: 1 }]\nnotify: [{ email: ops }]\nschedules: { a: { runbook: r, every: 5m } }\n',
    );
    const { runbooks, policy, notify, schedules } = opened();
    assert.deepEqual(
      runbooks.map(({ value }) => value),
      [join(dirname(own), 'mine'), join(dirname(ofSite), 'all')],
    );
    assert.deepEqual(
      policy.map(({ name, at }) => [name, at.file]),
      [
        ['rule 1', own],
        ['rule 1', ofSite],
      ],
    );
    assert.deepEqual(
      [...notify, ...schedules].map(({ name }) => name),
      ['me', 'ops', 'a'],
    );
  });

  it('refuses passwords in clear text when one of both does', () => {
    write(own, 'clear_text_passwords: warn\n');
    write(ofSite, 'clear_text_passwords: refuse\n');
    assert.deepEqual([opened().clearTextPasswords?.value, opened().clearTextPasswords?.at.file], ['refuse', ofSite]);
  });

  it('has no two schedules of one name', () => {
    write(own, '\nschedules: { a: { runbook: r, every: 5m } }\n');
    write(ofSite, 'schedules: { a: { runbook: r, every: 5m } }\n');
    assert.deepEqual(troubleOf(), [
      `.config/runbook/config.yaml:2 E_DUPLICATE there are two schedules a: the other one is in ${ofSite}:1`,
    ]);
  });

  it('tells what is wrong in both files at once', () => {
    write(own, 'forks: 0\n');
    write(ofSite, 'forks: many\n');
    assert.deepEqual(troubleOf(), [
      '.config/runbook/config.yaml:1 E_RANGE forks: expected a number from 1 to 500, found 0',
      'etc/config.yaml:1 E_RANGE forks: expected a number from 1 to 500, found "many"',
    ]);
  });

  it("is that of $RUNBOOK_CONFIG in place of the user's, and the site's all the same", () => {
    write(own, 'forks: 1\n');
    write(ofSite, 'forks: 2\nlock_wait: 3s\n');
    write(join(directory, 'other.yaml'), 'forks: 4\n');
    const { forks, lockWaitMs } = opened({ RUNBOOK_CONFIG: 'other.yaml' });
    assert.deepEqual([forks?.value, lockWaitMs?.value], [4, 3000]);
    assert.equal(opened({ RUNBOOK_CONFIG: '' }).forks?.value, 1);
    assert.equal(opened({ XDG_CONFIG_HOME: join(directory, 'nowhere') }).forks?.value, 2);
    assert.deepEqual(troubleOf({ RUNBOOK_CONFIG: 'gone.yaml' }), ['gone.yaml:1 E_READ there is no such file']);
  });

  it('is read once when both names mean one file', () => {
    write(ofSite, 'policy: [{ forks: 1 }]\nschedules: { a: { runbook: r, every: 5m } }\n');
    symlinkSync(ofSite, join(directory, 'link.yaml'));
    for (const RUNBOOK_CONFIG of [ofSite, 'link.yaml']) assert.equal(opened({ RUNBOOK_CONFIG }).policy.length, 1);
    const files = configurationFiles({ ...here, environment: { RUNBOOK_CONFIG: 'x.yaml' } });
    assert.deepEqual(files, [
      { file: join(directory, 'x.yaml'), isSite: false },
      { file: ofSite, isSite: true },
    ]);
  });

  it('is not believed when every user may write it', () => {
    write(own, 'forks: 1\n', 0o646);
    write(ofSite, 'forks: 1\n', 0o666);
    assert.deepEqual(troubleOf(), [
      '.config/runbook/config.yaml:1 E_PERM every user may write this file',
      'etc/config.yaml:1 E_PERM every user may write this file',
    ]);
  });

  it('is believed when its group may write it, but not by what works unattended', () => {
    write(own, 'forks: 1\n', 0o664);
    assert.equal(opened().forks?.value, 1);
    assert.deepEqual(troubleOf({}, true), [
      '.config/runbook/config.yaml:1 E_PERM its group may write this file, and what runs unattended believes only what one user wrote',
    ]);
  });

  it("is the site's only when it is root's", () => {
    chownSync(write(ofSite, 'forks: 1\n'), 1234, 0);
    assert.deepEqual(troubleOf(), [
      'etc/config.yaml:1 E_OWNER it holds for the whole site, and belongs to the user with uid 1234',
    ]);
    chownSync(write(own, 'forks: 1\n'), 1234, 0);
    rmSync(ofSite);
    assert.equal(opened().forks?.value, 1);
  });
});
