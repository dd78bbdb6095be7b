import assert from 'node:assert/strict';
import { action as copy } from '../../src/actions/copy.ts';
import { action as file } from '../../src/actions/file.ts';
import { action as fileRestore } from '../../src/actions/file_restore.ts';
import { action as lineinfile } from '../../src/actions/lineinfile.ts';
import { action as sysctl } from '../../src/actions/sysctl.ts';
import type { Action, Answer } from '../../src/model/action.ts';
import type { Script } from '../../src/model/script.ts';
import type { Connection } from '../../src/model/transport.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { FileRig, type FileStep } from '../actions/support/file-rig.ts';
import { changeOf, connected, locked, NEVER, newRunId } from '../conformance/transport.ts';
import { baseImage } from '../fleet/base-image.ts';
import { startFullHost, startLightHost, type FleetHost } from '../fleet/host.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { Workplace } from '../cli/spawn.ts';
import { skip } from '../support/skip.ts';
import { giveAttributeTools } from './attribute-tools.ts';
import { fleetHost } from './transport-fleet.ts';

const problem = fleetProblem();

describe('files on a real host', function () {
  this.timeout(60_000);
  let web: FleetHost;
  const connections: Connection[] = [];
  let asRoot: FileRig;
  let asOps: FileRig;

  before(async function () {
    this.timeout(900_000);
    if (problem !== undefined) skip(this, problem);
    await baseImage();
    web = await startFullHost({ name: 'files01' });
    const rigOf = async (user: string, become: boolean): Promise<FileRig> => {
      const host = fleetHost(web, user);
      const connection = await connected({ transport: createSshTransport(), host, look: () => '' }, become);
      connections.push(connection);
      return new FileRig(await handsOf(connection));
    };
    asRoot = await rigOf('root', false);
    asOps = await rigOf('ops', false);
  });
  after(async () => {
    for (const connection of connections) await connection.close();
    web?.stop();
  });

  const on = async (command: string): Promise<string> => (await web.exec(command)).stdout;
  const changed = async (
    rig: FileRig,
    action: Action,
    params: JsonObject,
  ): Promise<Extract<FileStep, { status: 'changed' }>> => {
    const end = await rig.run(action, params);
    return end.status === 'changed' ? end : assert.fail(JSON.stringify(end));
  };
  const refused = async (rig: FileRig, action: Action, params: JsonObject, why: RegExp): Promise<void> => {
    const end = await rig.run(action, params);
    assert.ok(end.status === 'failed', JSON.stringify(end));
    assert.match(end.error, why);
    assert.equal(end.untouched, true);
  };

  it('are given back with all that they had: bytes, owner, mode, access list, attributes, times, inode', async function () {
    if (!(await giveAttributeTools(web))) skip(this, 'the tools for access lists cannot be fetched');
    // Written on the host itself: its overlay would give a file of the image another inode when it gets a second name.
    await on(`cd /srv; printf 'a\\nb' >conf; chown daemon:www-data conf; chmod 4640 conf
      setfacl -m u:games:r conf; setfattr -n user.note -v kept conf; touch -d '2001-02-03 04:05:06.789' conf`);
    const all = (name: string): Promise<string> =>
      on(
        `cd /srv; stat -c '%i %a %u %g %s %y' ${name}; getfacl -cn ${name}; getfattr -dm - ${name} | tail -n +2; sha256sum <${name}`,
      );
    const withoutContent = (text: string): readonly string[] => text.split('\n').slice(1, -2);
    const before = await all('conf');
    assert.match(before, /user:5:r--[\s\S]*user\.note="kept"/);
    const first = await changed(asRoot, lineinfile, { path: '/srv/conf', line: 'c' });
    assert.deepEqual(withoutContent(await all('conf')), withoutContent(before));
    const second = await changed(asRoot, lineinfile, { path: '/srv/conf', line: 'd', mode: '0600' });
    assert.equal(await on('cat /srv/conf; stat -c %a /srv/conf'), 'a\nb\nc\nd\n600\n');
    const removed = await changed(asRoot, file, { path: '/srv/conf', state: 'absent' });
    for (const { change } of [removed, second, first]) {
      assert.deepEqual(await asRoot.undo(change.undo), ['changed']);
    }
    assert.equal(await all('conf'), before);
  });

  it('come over whole, whatever is in them', async () => {
    await on(
      `head -c 1048000 /dev/urandom >/srv/random; printf '\\nend\\r\\n' >>/srv/random; sha256sum </srv/random >/srv/sum`,
    );
    const { change } = await changed(asRoot, lineinfile, { path: '/srv/random', regexp: '^end$', line: 'END' });
    assert.equal(
      await on('head -c -5 /srv/random | sha256sum; tail -c 5 /srv/random'),
      `${await on('head -c 1048001 /srv/random | sha256sum')}END\r\n`,
    );
    assert.deepEqual(await asRoot.undo(change.undo), ['changed']);
    assert.equal(await on('sha256sum </srv/random'), await on('cat /srv/sum'));
    const content = `${'größe \\ $(id) \' " `id`\t\r\n'.repeat(10_000)}end`;
    await changed(asRoot, copy, { dest: '/srv/text', content });
    assert.equal(await on('cat /srv/text'), content);
  });

  it('stay as they are on a full disk, and the words say so', async () => {
    await on(`mkdir -p /srv/small; mount -t tmpfs -o size=64k tmpfs /srv/small; cd /srv/small
      echo old >conf; head -c 40000 /dev/zero >half`);
    const listing = 'cd /srv/small; ls -lina --full-time; cat conf';
    const before = await on(listing);
    await refused(
      asRoot,
      copy,
      { dest: '/srv/small/conf', content: 'x'.repeat(40_000) },
      /^cannot write the new \S+: No space left on device$/,
    );
    await on('head -c 100000 /dev/zero >/srv/small/rest; rm -f /srv/small/rest.part');
    await refused(asRoot, copy, { dest: '/srv/small/conf', content: 'new\n' }, /No space left on device$/);
    await on('rm /srv/small/rest');
    assert.equal((await on(listing)).replaceAll(/^.* \.\.?$/gm, ''), before.replaceAll(/^.* \.\.?$/gm, ''));
    const { change } = await changed(asRoot, copy, { dest: '/srv/small/conf', content: 'new\n' });
    assert.deepEqual(await asRoot.undo(change.undo), ['changed']);
    assert.equal(await on('cat /srv/small/conf; stat -c %a /srv/small/conf'), 'old\n644\n');
    await on('mount -o remount,ro /srv/small');
    await refused(
      asRoot,
      copy,
      { dest: '/srv/small/conf', content: 'new\n' },
      /^cannot write beside \S+: Read-only file system$/,
    );
    await refused(
      asRoot,
      file,
      { path: '/srv/small/conf', mode: '0600' },
      /^cannot set owner and mode of \S+: Read-only file system$/,
    );
    await on('umount /srv/small');
  });

  it('stay as they are where they are mounts of their own', async () => {
    await on('cd /srv; echo a >one; echo b >two; mount --bind one two');
    await refused(
      asRoot,
      copy,
      { dest: '/srv/two', content: 'c\n' },
      /device or resource busy \(is it a mount of its own\?\)$/,
    );
    assert.equal(await on('cat /srv/two; ls -A /srv | grep runbook; umount /srv/two'), 'a\n');
  });

  it('can be changed by an ordinary user, who keeps the originals in his home', async () => {
    await on(
      'echo a >/home/ops/conf; chown ops: /home/ops/conf; chmod 600 /home/ops/conf; rm -rf /home/ops/.local/state/runbook/kept',
    );
    const { change } = await changed(asOps, lineinfile, { path: '/home/ops/conf', line: 'b' });
    assert.equal(await on('stat -c "%U %a" /home/ops/conf /home/ops/.local/state/runbook/kept'), 'ops 600\nops 700\n');
    assert.deepEqual(await asOps.undo(change.undo), ['changed']);
    assert.equal(await on('cat /home/ops/conf'), 'a\n');
    await refused(asOps, copy, { dest: '/etc/motd', content: 'x' }, /^\/etc\/motd belongs to user 0: only that user/);
    await refused(
      asOps,
      copy,
      { dest: '/etc/new', content: 'x' },
      /^cannot write beside \/etc\/new: Permission denied$/,
    );
    await refused(asOps, copy, { dest: '/etc/shadow', content: 'x' }, /^cannot read \/etc\/shadow$/);
    await on('echo a >/home/ops/theirs; chown root:root /home/ops/theirs; chmod 644 /home/ops/theirs');
    await refused(asOps, copy, { dest: '/home/ops/theirs', content: 'x' }, /only that user and root can replace it$/);
    await refused(asOps, copy, { dest: '/home/ops/new', content: 'x', owner: 'root' }, /: Operation not permitted$/);
    assert.equal(await on('cat /home/ops/theirs; ls -A /home/ops | grep -c runbook-'), 'a\n0\n');
  });

  it('root never goes through a link that the owner of a directory puts in its way', async () => {
    await on(
      `cd /home/ops; mkdir -p app; echo mine >app/conf; chown -R ops: app; chmod 755 app; echo secret >/root/secret; chmod 600 /root/secret`,
    );
    const prepared = await asRoot.prepare(lineinfile, { path: '/home/ops/app/conf', line: 'x' });
    assert.ok(prepared.kind === 'change');
    await on(
      'cd /home/ops; mv app gone; mkdir away; ln -s away app; cp -p gone/conf away/conf; chown -h ops: app away',
    );
    const end = await asRoot.change(prepared);
    assert.ok(end.status === 'failed' && end.untouched);
    assert.match(end.error, /is not safe: its link \.\/app belongs to user \d+$/);
    await on('cd /home/ops; rm app; mv gone app; ln -sf /root/secret app/conf');
    await refused(
      asRoot,
      lineinfile,
      { path: '/home/ops/app/conf', line: 'x' },
      /belongs to user \d+|name that file instead/,
    );
    assert.equal(await on('cat /root/secret'), 'secret\n');
  });

  it('hold kernel parameters, which go back to what they were', async () => {
    await on('sysctl -qw kernel.sem="250 32000 32 8"');
    const etc = 'ls -A /etc/sysctl.d; cat /proc/sys/kernel/sem';
    const before = await on(etc);
    const raise = { name: 'kernel.sem', value: '250 32000 32 128', persist: true };
    const { change } = await changed(asRoot, sysctl, raise);
    assert.equal(await on('cat /proc/sys/kernel/sem'), '250\t32000\t32\t128\n');
    assert.equal((await asRoot.run(sysctl, raise)).status, 'ok');
    await on('sysctl -qw kernel.sem="250 32000 32 8"; sysctl -q --system');
    assert.equal(await on('cat /proc/sys/kernel/sem'), '250\t32000\t32\t128\n');
    const [runtime, persisted] = change.undo;
    assert.equal((await changed(asRoot, sysctl, runtime?.params ?? {})).output['after'], '250 32000 32 8');
    assert.equal(persisted?.action, fileRestore.name);
    assert.deepEqual(await asRoot.undo(change.undo.slice(1)), ['changed']);
    assert.equal(await on(etc), before);
    await refused(asRoot, sysctl, { ...raise, value: 'many' }, /^the kernel refused many: Invalid argument$/);
    await refused(asRoot, sysctl, { name: 'vm.swappiness', value: '07' }, /^the kernel made it 7 instead of 07$/);
    assert.equal(await on(etc), before);
    await refused(asOps, sysctl, raise, /needs root/);
  });

  it('are put back by a run that proves nothing, two steps on one file and all', async () => {
    const place = new Workplace();
    const app = await startLightHost({ name: 'files02' });
    const own = async (command: string): Promise<string> => (await app.exec(command)).stdout;
    try {
      place.write({
        'inventory.yaml': JSON.stringify({
          all: {
            hosts: {
              files02: {
                ansible_host: app.address,
                ansible_user: 'root',
                ansible_ssh_private_key_file: app.rootKeyFile,
                runbook_known_hosts: 'known_hosts',
              },
            },
          },
        }),
        known_hosts: app.knownHostsLine,
        'motd.tmpl': 'This is ${{ host.name }}\n',
        'edit.yaml': RUNBOOK,
      });
      await own(
        "printf 'a = 1\\nb = 1\\n' >/etc/app.conf; rm /etc/motd; echo hello >/etc/motd; touch -d 2001-02-03 /etc/app.conf /etc/motd",
      );
      const listing = "find /etc -not -type d -printf '%p %i %m %u %g %s %t\\n' | sort; cat /etc/app.conf /etc/motd";
      const before = await own(listing);
      const plan = await place.runbook(['plan', 'edit.yaml', '-i', 'inventory.yaml']);
      assert.equal(plan.code, 2, plan.err);
      for (const shown of ['-a = 1\n', '+a = 2\n', '+This is files02\n']) assert.ok(plan.out.includes(shown), plan.out);
      assert.equal(await own(listing), before);
      const run = await place.runbook(['run', 'edit.yaml', '-i', 'inventory.yaml', '--yes']);
      assert.equal(run.code, 2, run.err);
      assert.match(run.out, /files02 +rolled-back/);
      assert.equal(await own(listing), before);
    } finally {
      place.remove();
      app.stop();
    }
  });
});

const RUNBOOK = `runbook: edit
summary: Changes files, and proves nothing
hosts: all
diagnose:
  - id: conf
    command: [cat, /etc/app.conf]
    effect: reads
findings:
  old: { when: conf.stdout.contains("a = 1"), summary: the old values }
fix:
  - for: old
    lineinfile: { path: /etc/app.conf, regexp: "^a =", line: a = 2 }
  - for: old
    replace: { path: /etc/app.conf, regexp: "^b = 1$", replace: b = 2 }
  - for: old
    template: { src: motd.tmpl, dest: /etc/motd, mode: "0600" }
  - for: old
    file: { path: /etc/app.d/sub, state: directory }
  - for: old
    copy: { dest: /etc/app.d/sub/new, content: x }
verify:
  soak: 0s
  within: 1ms
  steps:
    - command: [cat, /etc/app.conf, /etc/app.d/sub/new]
      effect: reads
      expect: 'result.stdout != "a = 2\\nb = 2\\nx"'
`;

/** Reads and claimed changes over the wire. */
async function handsOf(connection: Connection): Promise<{
  read(script: Script): Promise<Answer>;
  change(script: Script): Promise<Answer>;
}> {
  const runId = newRunId();
  await locked(connection, runId);
  let step = 0;
  const answered = async (result: ReturnType<Connection['read']>): Promise<Answer> => {
    const { end, ...rest } = await result;
    return end.how === 'exit' ? { code: end.code, ...rest } : assert.fail(JSON.stringify(end));
  };
  return {
    read: (script) => answered(connection.read({ script, timeoutMs: 20_000 }, NEVER)),
    change: (script) => {
      const claim = { runId, step: `files.step${(step += 1)}`, attempt: 1, epoch: 1 };
      return answered(connection.change({ ...changeOf(runId, ''), script, claim, timeoutMs: 20_000 }, NEVER));
    },
  };
}
