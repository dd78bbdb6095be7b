import assert from 'node:assert/strict';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { changeOf, locked, NEVER, newRunId, script } from '../conformance/transport.ts';
import { becomeRig, OPS, ROOT, type Attempt } from './become-rig.ts';

describe('a host where another user is become', function () {
  this.timeout(30_000);
  const { on, sudoers, doasRules, tried, connected, refusal, read, failures } = becomeRig('become01');

  const ways: readonly (readonly [string, Attempt, string])[] = [
    ['sudo', { password: OPS }, 'root'],
    ['su', { method: 'su', password: ROOT }, 'root'],
    ['doas', { method: 'doas', password: OPS }, 'root'],
    ['su to an ordinary user', { method: 'su', become: 'bob', password: "bob's word" }, 'bob'],
    ['doas to an ordinary user', { method: 'doas', become: 'bob', password: OPS }, 'bob'],
    ['sudo by its path', { program: '/usr/bin/sudo', password: OPS }, 'root'],
    ['root to an ordinary user', { login: 'root', become: 'bob' }, 'bob'],
  ];
  for (const [name, way, user] of ways)
    it(`gives a clean shell of that user by ${name}`, async () => {
      const connection = await connected(way);
      const home = user === 'root' ? '/root' : `/home/${user}`;
      const said = await read(connection, 'id -un; pwd; echo $HOME $USER $LOGNAME $LC_ALL; cat; tty; echo err >&2');
      assert.deepEqual(said, ['exit', `${user}\n/\n${home} ${user} ${user} C\nnot a tty\n`, 'err\n']);
      const bytes = await read(
        connection,
        'printf "\\003\\004\\021\\023\\032\\377\\r\\n" | od -An -tx1; head -c 100000 /dev/zero | wc -c',
      );
      assert.equal(bytes[1], ' 03 04 11 13 1a ff 0d 0a\n100000\n');
      const ended = await connection.read({ script: script('sleep 98 & sleep 99'), timeoutMs: 300 }, NEVER);
      assert.deepEqual(ended.end, { how: 'timeout', gone: true });
      const runId = newRunId();
      await locked(connection, runId);
      const change = await connection.change(changeOf(runId, 'id -un; seq 100000 | tail -1'), NEVER);
      assert.deepEqual([change.end.how, change.stdout.text], ['exit', `${user}\n100000\n`]);
    });

  for (const [method, password] of [
    ['su', ROOT],
    ['doas', OPS],
  ] as const) {
    it(`runs single steps as root by ${method}, and changes under root's lock`, async () => {
      const connection = await connected({ method, become: false, password });
      assert.deepEqual(await read(connection, 'id -un'), ['exit', 'ops\n', '']);
      assert.deepEqual(await read(connection, 'id -un; echo e >&2', true), ['exit', 'root\n', 'e\n']);
      const runId = newRunId();
      await locked(connection, runId);
      const request = { ...changeOf(runId, 'id -un; echo x >>/root/once'), become: true };
      assert.equal((await connection.change(request, NEVER)).stdout.text, 'root\n');
      assert.deepEqual((await connection.change(request, NEVER)).end, { how: 'not-started', why: 'claimed' });
      assert.equal(await on('cat /root/once; rm /root/once; ls /run/runbook/' + runId), 'x\nepoch\nweb.step.1');
    });

    it(`shows the password of ${method} to nobody`, async () => {
      const pattern = password.slice(0, 6).replace(/.$/, '[$&]');
      const everywhere = `grep -las "${pattern}" /proc/[0-9]*/cmdline /proc/[0-9]*/environ
        grep -rlas "${pattern}" /run /tmp /var/log /var/lib /home /root /dev/shm; true`;
      const connection = await connected({ method, password });
      assert.deepEqual(await read(connection, everywhere), ['exit', '', '']);
    });
  }

  for (const method of ['sudo', 'su', 'doas'] as const)
    it(`takes a wrong password of ${method} for wrong after one failure, and shows it to no other host`, async () => {
      // sudo asks again, and pam_faillock counts a question that is left open.
      if (method === 'sudo') await sudoers('ops ALL=(ALL) ALL', 'Defaults:ops passwd_tries=1');
      const counted = method === 'su' ? 'root' : 'ops';
      const before = await failures(counted);
      const transport = createSshTransport();
      const names = ['become01', 'web02', 'web03'];
      const all = await Promise.all(names.map((name) => tried({ method, password: 'wrong' }, transport, name)));
      const words = all.map((connection) =>
        connection.ok ? 'in' : `${connection.error.message} ${connection.error.hint}`,
      );
      const wrong = words.filter((said) =>
        said.includes(`${method} did not take the password of ${counted} to become root`),
      );
      const withheld = words.filter((said) => /refused this password, so it was not tried here/.test(said));
      assert.deepEqual([wrong.length, withheld.length], [1, 2], words.join('\n'));
      assert.match(wrong.join(), /Correct the password/);
      assert.equal(await failures(counted), before + 1);
    });

  it('says nothing where nothing is asked: su by pam_wheel, doas by nopass, sudo by NOPASSWD', async () => {
    await on("sed -i '1i auth sufficient pam_wheel.so trust group=ops' /etc/pam.d/su");
    await doasRules('permit nopass ops');
    await sudoers('ops ALL=(ALL) NOPASSWD: ALL');
    for (const way of [{ method: 'su' }, { method: 'doas' }, { method: 'sudo' }] as const)
      for (const password of ['never-shown', 'nor this']) {
        const connection = await connected({ ...way, password });
        assert.deepEqual(await read(connection, 'id -un; cat'), ['exit', 'root\n', ''], way.method);
      }
    for (const method of ['doas', 'sudo'] as const)
      assert.deepEqual(await read(await connected({ method }), 'id -un; cat'), ['exit', 'root\n', ''], method);
    await on("sed -i '/pam_wheel.so trust/d' /etc/pam.d/su");
  });

  it('lets root become any user without sudo, whatever its shell and its expiry', async () => {
    await on('chmod 0 /usr/bin/sudo');
    for (const setpriv of ['setpriv', 'su']) {
      if (setpriv === 'su') await on('chmod 0 /usr/bin/setpriv');
      const root = await connected({ login: 'root' });
      assert.deepEqual(await read(root, 'id -un'), ['exit', 'root\n', '']);
      assert.deepEqual(await read(root, 'id -un; pwd; cat', 'www-data'), ['exit', 'www-data\n/\n', ''], setpriv);
      const connection = await connected({ login: 'root', become: 'www-data' });
      assert.deepEqual(await read(connection, 'id -un; id -Gn'), ['exit', 'www-data\nwww-data\n', ''], setpriv);
      assert.match(await refusal({ login: 'root', become: 'nosuch' }), /there is no user nosuch/);
    }
    assert.match(await refusal({ login: 'root', become: 'old' }), /su does not serve old: the account has expired/);
    await on('chmod 755 /usr/bin/setpriv; chmod 4755 /usr/bin/sudo');
    assert.deepEqual(await read(await connected({ login: 'root', become: 'old' }), 'id -un'), ['exit', 'old\n', '']);
  });
});
