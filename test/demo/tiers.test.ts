import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fleetProblem } from '../fleet/requirements.ts';
import { skip } from '../support/skip.ts';
import { startDemo, type Demo } from './start-demo.ts';

const LIMIT_MS = 150_000;

describe('npm run demo', function () {
  this.timeout(LIMIT_MS);
  let demo: Demo | undefined;

  afterEach(() => {
    demo?.kill('SIGTERM');
    demo = undefined;
  });

  it('repairs a host behind a real sshd, with the real Apache, in tier a', async function () {
    needsRoot(this);
    demo = startDemo(['--tier', 'a']);
    await repairs(demo, 'a', 3);
    assert.match(demo.output(), /^tier \(a\): real semaphores in a sandbox, sshd \d\S*, apache2 2\.4\S+$/m);
  });

  it("repairs a host behind the project's own SSH server in tier b", async function () {
    needsRoot(this);
    demo = startDemo(['--tier', 'b']);
    await repairs(demo, 'b', 3);
    assert.match(demo.output(), /our own SSH server, apache2 2\.4/);
  });

  it('repairs a host for a user without rights and without a home, in tier b and with a stand-in that is called so', async function () {
    needsRoot(this);
    needsPlainUsers(this);
    demo = startDemo([], 'nobody');
    await repairs(demo, 'b', 2);
    assert.match(demo.output(), /^not tier \(a\): ./m);
    assert.match(demo.output(), /STAND-IN/);
  });

  it('repairs a simulated host in tier c, and says loudly that it is one', async () => {
    demo = startDemo(['--tier', 'c']);
    await repairs(demo, 'c', 3);
    assert.equal(demo.output().match(/tier \(c\): SIMULATED/g)?.length, 2);
  });

  it('takes the simulated host where no namespaces are allowed, and says why not another', async function () {
    needsRoot(this);
    demo = startDemo([], 'confined');
    await repairs(demo, 'c', 3);
    assert.match(demo.output(), /^not tier \(a\): .+\nnot tier \(b\): .+\ntier \(c\)/m);
  });

  it('refuses a tier that does not exist', async () => {
    demo = startDemo(['--tier', 'd']);
    const { code, output } = await demo.ended;
    assert.equal(code, 64);
    assert.match(output, /--tier a\|b\|c/);
    assert.deepEqual(demo.remains(), { files: [], processes: [] });
    demo.forget();
  });
});

/** Both runs as they must be, the sets as they must be, and nothing left on the machine. */
async function repairs(demo: Demo, tier: string, foreign: number): Promise<void> {
  const { code, output } = await demo.ended;
  assert.equal(code, 0, output);
  const leaked = 8 - foreign;
  assert.match(output, new RegExp(`yes  ${leaked} of ${leaked} leaked sets are gone`));
  assert.match(output, new RegExp(`yes  ${foreign} of ${foreign} sets of others are still there`));
  assert.match(output, /No space left on device/);
  assert.match(output, /yes  Apache answers on: 80, 8080/);
  assert.match(output, /the first run ended: repaired \(exit 0\)/);
  assert.match(output, /the second run ended: healthy \(exit 0\)/);
  assert.match(output, new RegExp(`^Done in \\d+ s\ntier \\(${tier}\\): .*$`, 'm'));
  assert.deepEqual(demo.remains(), { files: [], processes: [] });
  demo.forget();
}

function needsRoot(context: Mocha.Context): void {
  const problem = fleetProblem();
  if (problem !== undefined) skip(context, problem);
}

function needsPlainUsers(context: Mocha.Context): void {
  const readable = 'mount --bind . /mnt; cd /mnt; exec setpriv --reuid 65534 --regid 65534 --clear-groups ';
  const reads = spawnSync('unshare', ['--mount', 'sh', '-euc', `${readable} cat package.json scripts/demo.ts`]);
  if (reads.status !== 0) skip(context, 'other users may not read this checkout');
  const limits = "unshare --user --map-root-user --ipc sh -c 'echo 250 32000 32 8 >/proc/sys/kernel/sem'";
  const sets = spawnSync('unshare', ['--mount', 'sh', '-euc', `${readable} ${limits}`]);
  if (sets.status !== 0) skip(context, 'this kernel lets no plain user limit the semaphores of a namespace');
}
