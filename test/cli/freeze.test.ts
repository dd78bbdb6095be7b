import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunEvent } from '../../src/model/event.ts';
import { inTime } from '../support/in-time.ts';
import { skip } from '../support/skip.ts';
import { PROGRAM, Workplace, type Ended } from './spawn.ts';

const STEPS = 30;
const RUNBOOK = `runbook: slow
summary: It takes its time
hosts: all
limits: { brake: 100%, cooldown: 0s }
params:
  file: { type: string }
diagnose:
  - id: look
    command: [test, -e, "\${{ params.file }}"]
    effect: reads
    expect: result.code <= 1
findings:
  missing: { when: look.code == 1, summary: it is not there }
verify:
  soak: 0s
  steps: [{ command: [test, -e, "\${{ params.file }}"], effect: reads, expect: result.code == 0 }]
fix:
${Array.from({ length: STEPS }, (_, at) => `  - { id: s${at}, for: missing, undo: { none: a test }, shell: 'date +%s%3N >>"$file"; sleep 0.05', env: { file: "\${{ params.file }}" } }`).join('\n')}
`;

/** The real program, in a mount namespace with an empty /run and /etc: no other run of this machine is frozen. */
describe('runbook freeze', function () {
  this.timeout(60_000);
  let place: Workplace;
  let file: string;
  let own: string;

  before(function () {
    if (spawnSync('unshare', ['-m', 'true']).status !== 0)
      skip(this, 'unshare -m is not possible here: root and util-linux are needed');
  });
  beforeEach(() => {
    place = new Workplace().write({ 'runbooks/slow.yaml': RUNBOOK });
    file = join(place.directory, 'file');
    own = join(place.directory, 'state', 'runbook', 'frozen');
    mkdirSync(join(own, '..'), { recursive: true, mode: 0o700 });
  });
  afterEach(() => {
    place.remove();
  });

  const sandboxed = (text: string): Promise<Ended> => {
    const enter =
      'mount -t tmpfs tmpfs /run && cp /etc/passwd /etc/group /run && mount -t tmpfs tmpfs /etc && mv /run/* /etc && rb() { "$NODE" "$RUNBOOK" "$@"; }';
    const environment = { NODE: process.execPath, FILE: file, USER: 'root' };
    return place.spawn('unshare', ['-m', 'sh', '-c', `${enter}\n${text}`], { environment, limitMs: 50_000 });
  };
  const RUN = 'slow --local --param file="$FILE"';

  it('refuses what changes, with the reason, until unfreeze; plans and doctor say so', async () => {
    const { out, err } = await sandboxed(`
      rb freeze 'moving racks' --until 2h; echo "freeze $?"
      stat -c '%a %U' /etc/runbook/frozen; head -1 /etc/runbook/frozen
      rb run ${RUN} --yes; echo "run $?"
      rb plan ${RUN} >/dev/null; echo "plan $?"
      rb exec --local -- touch "$FILE"; echo "exec $?"
      rb exec --local --reads -- true; echo "reads $?"
      rb doctor | grep frozen
      rb unfreeze; echo "unfreeze $?"
      rb unfreeze; echo "again $?"`);
    assert.ok(!existsSync(file));
    for (const said of ['freeze 0', '644 root\nmoving racks', 'run 16', 'plan 2', 'exec 16', 'reads 0', 'unfreeze 0'])
      assert.ok(out.includes(`${said}\n`), `${said}: ${out}${err}`);
    assert.match(out, /localhost {2}refused .*frozen by \S+@\S+ since .* until .*: moving racks/);
    assert.match(out, /this machine is frozen by /);
    assert.match(out, /No longer frozen by .*: moving racks\nunfreeze 0\nThis machine is not frozen.\nagain 0\n$/);
    assert.equal(err.match(/^frozen by .*: moving racks/gm)?.length, 3, err);
  });

  it('takes any file that is there for a freeze, until its time', async () => {
    const run = async (text: string) => {
      writeFileSync(own, text);
      return (await sandboxed(`rb run ${RUN} --yes`)).code;
    };
    assert.equal(await run(''), 16);
    assert.equal(await run('by hand\nuntil whenever'), 16);
    assert.ok(!existsSync(file));
    assert.equal(await run('by hand\nuntil 2026-01-01T00:00:00Z'), 0);
  });

  it('stops a run that goes on within two seconds: nothing new is sent, and it says why', async () => {
    const running = sandboxed(`rb run ${RUN} --yes --json`);
    for (let round = 0; round < 500 && !existsSync(file); round += 1) await pause(20);
    const frozen = Date.now();
    writeFileSync(own, 'stop it\n');
    const { code, out } = await running;
    assert.equal(code, 16);
    const times = readFileSync(file, 'utf8').trim().split('\n').map(Number);
    assert.ok(times.length < STEPS, 'it has not run to its end');
    assert.ok((times.at(-1) ?? 0) - frozen < inTime(2000), `last ${(times.at(-1) ?? 0) - frozen} ms after it`);
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    assert.equal(events.find((event) => event.type === 'run-interrupted')?.signal, 'freeze');
    const end = events.find((event) => event.type === 'host-finished');
    assert.deepEqual([end?.outcome, end?.interrupted], ['not-repaired', true]);
  });

  it('writes a file of its own for whoever is not root, and refuses what is no reason or no time', async () => {
    const { out, err } = await sandboxed(`
      rb freeze ' '; echo "empty $?"
      rb freeze why --until yesterday; echo "time $?"
      rb freeze why --until 2020-01-01; echo "past $?"`);
    assert.equal(out, 'empty 64\ntime 64\npast 64\n', err);
    const as = ['--reuid', '65534', '--clear-groups', process.execPath, PROGRAM];
    place.write({ 'theirs/x': '' });
    const theirs = join(place.directory, 'theirs');
    spawnSync('chown', ['-R', '65534', place.directory]);
    const environment = { XDG_STATE_HOME: theirs };
    const frozen = await place.spawn('setpriv', [...as, 'freeze', 'mine'], { environment });
    if (frozen.code === null || frozen.err.includes('EACCES')) return;
    assert.equal(frozen.code, 0, frozen.err);
    assert.equal(statSync(join(theirs, 'runbook', 'frozen')).mode & 0o777, 0o600);
  });
});
