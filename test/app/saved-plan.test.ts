import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, type Prepared, type Selection } from '../../src/app/prepare.ts';
import { compareWithPlan, openSavedPlan, selectionOf, voidByTrouble } from '../../src/app/saved-plan.ts';
import type { Site } from '../../src/app/surroundings.ts';
import type { Trouble } from '../../src/app/trouble.ts';
import type { ErrorInfo } from '../../src/model/error.ts';
import type { EventBody, RunStarted } from '../../src/model/event.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Store } from '../../src/model/store.ts';
import type { SavedPlan } from '../../src/plan/saved-plan.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import type { Result } from '../../src/util/result.ts';
import { NO_CONFIGURATION } from '../support/no-configuration.ts';

const RUNBOOK = `runbook: tmp-full
summary: /tmp is full
hosts: web
params:
  limit: { type: percent, default: 90% }
  token: { type: secret, default: !secret TOKEN }
diagnose:
  - id: disk
    disk_usage: { paths: [/tmp] }
findings:
  full:
    when: disk.worst.used_percent > params.limit
    summary: it is full
    advice: look
`;

const INVENTORY = `web:
  hosts:
    web01: { ansible_host: 192.0.2.11, limit: 80% }
    web02: { ansible_host: 192.0.2.12 }
  vars: { ansible_user: admin }
`;

const MADE_AT = '2026-01-01T00:00:00.000Z';
const NOW = Date.parse(MADE_AT) + 1000;

describe('a plan that is found again', () => {
  let directory: string;
  let store: Store;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'runbook-saved-'));
    write('tmp-full.yaml', RUNBOOK);
    write('inventory.yaml', INVENTORY);
    const opened = openSqliteStore(join(directory, 'state'));
    assert.ok(opened.ok);
    store = opened.value;
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('has all that it was made from: nothing is typed again, wherever that is done', async () => {
    const saved = await save({ params: ['limit=70%'] });
    const again = await prepareAgain(saved, '/');
    assert.equal(compareWithPlan(saved, again), undefined);
    assert.deepEqual(
      again.hosts.map(({ host, params }) => [host.name, params['limit']]),
      [
        ['web01', 70],
        ['web02', 70],
      ],
    );
  });

  it('follows the ansible.cfg that it was made with, and none where there was none', async () => {
    const none = await save({});
    write('ansible.cfg', '[defaults]\nremote_port = 2222\n');
    assert.equal(compareWithPlan(none, await prepareAgain(none)), undefined);

    const prepared = await prepare({ runbook: './tmp-full.yaml', local: false, params: [] }, here());
    assert.ok(prepared.ok, JSON.stringify(prepared));
    const { selection } = prepared.value;
    assert.deepEqual(
      selection.targets.map(({ port }) => port),
      [2222, 2222],
    );
    const again = await prepareAgain({ ...none, selection }, '/');
    assert.deepEqual(again.selection.targets, selection.targets);
  });

  it('keeps the names of secrets, and no value', async () => {
    const saved = await save({});
    assert.equal(saved.selection.targets[0]?.params['token'], '!secret TOKEN');
    assert.doesNotMatch(JSON.stringify([...store.events('01kbplan')]), /hunter2/);
  });

  it('chooses its own hosts, though the pattern matches others now', async () => {
    const saved = await save({});
    write('inventory.yaml', INVENTORY.replace('  vars', '    web03: { ansible_host: 192.0.2.13 }\n  vars'));
    const again = await prepareAgain(saved);
    assert.deepEqual(
      again.hosts.map(({ host }) => host.name),
      ['web01', 'web02'],
    );
    assert.equal(compareWithPlan(saved, again), undefined);
  });

  it('is void when a host has another address, or other params', async () => {
    const saved = await save({});
    write('inventory.yaml', INVENTORY.replace('192.0.2.12', '192.0.2.99'));
    const moved = compareWithPlan(saved, await prepareAgain(saved));
    assert.match(moved?.message ?? '', /web02 was admin@192\.0\.2\.12:22, and is admin@192\.0\.2\.99:22 now/);
    write('inventory.yaml', INVENTORY.replace('80%', '85%'));
    const other = compareWithPlan(saved, await prepareAgain(saved));
    assert.match(other?.message ?? '', /web01 has other params now: limit$/);
  });

  it('is void when a host has left the inventory', async () => {
    const saved = await save({});
    write('inventory.yaml', INVENTORY.replace(/ {4}web02.*\n/, ''));
    assert.match(
      only(await troubleAgain(saved)).message,
      /^the plan 01kbplan is void: .*inventory\.yaml has no host web02 any more$/,
    );
  });

  it('goes on without a host that has left the inventory, or that cannot be reached as it is written, where that may be', async () => {
    const saved = await save({});
    const without = async (inventory: string) => {
      write('inventory.yaml', inventory);
      const { hosts, lacking = [] } = await prepareAgain(saved, undefined, { mayLack: true });
      assert.deepEqual(
        hosts.map(({ host }) => host.name),
        ['web01'],
      );
      return lacking.map(({ name, error }) => `${name}: ${error.message}; ${error.hint}`).join();
    };
    const gone = await without(INVENTORY.replace(/ {4}web02.*\n/, ''));
    assert.match(gone, /^web02: .*inventory\.yaml has no host web02 any more; correct the inventory/);
    const odd = await without(INVENTORY.replace('192.0.2.12', '192.0.2.12, ansible_connection: winrm'));
    assert.match(odd, /^web02: .*winrm/);
  });

  it('holds when a secret is not there: it can be put back', async () => {
    const saved = await save({});
    const trouble = await troubleAgain(saved, '');
    assert.equal(only(trouble).code, 'configuration');
    assert.match(only(trouble).message, /^the secret TOKEN, for the param token, is nowhere/);
  });

  it('is void when its runbook is wrong now', async () => {
    const saved = await save({});
    write('tmp-full.yaml', 'runbook: [');
    const trouble = await troubleAgain(saved);
    assert.deepEqual(trouble.diagnostics, []);
    assert.match(only(trouble).message, /is void: the runbook .*tmp-full\.yaml, or a file/);
  });

  it('shows what is wrong with an inventory that cannot be read', async () => {
    const saved = await save({});
    write('inventory.yaml', 'web: [');
    assert.equal((await troubleAgain(saved)).diagnostics[0]?.severity, 'error');
  });

  it('is not there when its run was ended before', async () => {
    await commit(started({}), undefined);
    assert.equal(refused(openSavedPlan('01kb', store, NOW)), '01kbplan made no plan: it was ended before');
  });

  it('is void when it comes from a version that kept less', async () => {
    await commit(started({}), PLAN);
    assert.match(refused(openSavedPlan('01kb', store, NOW)), /is void: it was made by a version that did not keep/);
  });

  it('is carried out once', async () => {
    await save({});
    store.carryOut('01kbplan', '01kbrun');
    const again = openSavedPlan('01kbplan', store, NOW);
    assert.equal(refused(again), 'the plan 01kbplan was carried out already, by the run 01kbrun');
  });

  it('is no run', async () => {
    await commit({ ...started({}), mode: 'run' }, PLAN);
    const opened = openSavedPlan('01kb', store, NOW);
    assert.ok(!opened.ok);
    assert.equal(opened.error.code, 'usage');
    assert.match(opened.error.message, /is a run, not a plan/);
  });

  const write = (name: string, text: string): void => {
    writeFileSync(join(directory, name), text);
  };

  function here(from = directory, token = 'hunter2'): Site {
    return {
      environment: { RUNBOOK_SECRET_TOKEN: token },
      directory: from,
      home: directory,
      user: 'ann',
      siteDirectory: join(directory, 'etc'),
      configuration: NO_CONFIGURATION,
    };
  }

  async function save({ params = [] }: { readonly params?: readonly string[] }): Promise<SavedPlan> {
    const typed = { runbook: './tmp-full.yaml', inventory: ['inventory.yaml'], local: false, params };
    const prepared = await prepare(typed, here());
    assert.ok(prepared.ok, JSON.stringify(prepared));
    const { selection, runbook } = prepared.value;
    await commit(started({ selection }), { ...PLAN, runbookSha256: runbook.sha256 });
    const opened = openSavedPlan('01KB', store, NOW);
    assert.ok(opened.ok, JSON.stringify(opened));
    return opened.value;
  }

  async function prepareAgain(saved: SavedPlan, from?: string, more: Partial<Selection> = {}): Promise<Prepared> {
    const prepared = await prepare({ ...selectionOf(saved, {}), ...more }, here(from));
    assert.ok(prepared.ok, JSON.stringify(prepared));
    return prepared.value;
  }

  async function troubleAgain(saved: SavedPlan, token?: string): Promise<Trouble> {
    const prepared = await prepare(selectionOf(saved, {}), here(directory, token));
    assert.ok(!prepared.ok);
    return voidByTrouble(saved, prepared.error);
  }

  async function commit(first: RunStarted, plan: Plan | undefined): Promise<void> {
    const bodies: readonly EventBody[] = plan === undefined ? [first] : [first, { type: 'plan-made', plan }];
    for (const [index, body] of bodies.entries()) {
      await store.commit({ runId: '01kbplan', seq: index + 1, at: MADE_AT, ...body });
    }
  }
});

const PLAN: Plan = {
  runId: '01kbplan',
  runbook: 'tmp-full',
  runbookSha256: '',
  madeAt: MADE_AT,
  hosts: [],
  batches: [],
  maxFailures: 1,
  maxUnreachable: 3,
  sha256: '',
};

function started(parts: Partial<RunStarted>): RunStarted {
  return {
    type: 'run-started',
    mode: 'plan',
    runbook: 'tmp-full',
    runbookSha256: '',
    hosts: ['web01', 'web02'],
    startedBy: { user: 'ann', loginUser: 'ann', machine: 'ctl', reason: '', trigger: 'person' },
    version: '0',
    ...parts,
  };
}

function only({ errors }: Trouble): ErrorInfo {
  assert.equal(errors.length, 1);
  const [error] = errors;
  assert.ok(error !== undefined);
  return error;
}

function refused(opened: Result<SavedPlan, ErrorInfo>): string {
  assert.ok(!opened.ok);
  assert.equal(opened.error.code, 'refused');
  return opened.error.message;
}
