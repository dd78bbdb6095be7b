import assert from 'node:assert/strict';
import type { Becoming } from '../../src/model/host.ts';
import type { Become, Connection } from '../../src/model/transport.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { Secret } from '../../src/util/secret.ts';
import { changeOf, locked, NEVER, newRunId, script } from '../conformance/transport.ts';
import { baseImage } from '../fleet/base-image.ts';
import { startLightHost, type FleetHost } from '../fleet/host.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { skip } from '../support/skip.ts';
import { giveDoas } from './doas.ts';
import { fleetHost } from './transport-fleet.ts';

const problem = fleetProblem();

// Failures are counted by what locks accounts on servers, and answered without the pause that would make this slow.
const PAM = `cat >/etc/pam.d/common-auth <<'END'
auth required pam_faillock.so preauth silent audit deny=99 even_deny_root
auth sufficient pam_unix.so nodelay
auth [default=die] pam_faillock.so authfail audit deny=99 even_deny_root
auth required pam_deny.so
END
cat >>/etc/pam.d/common-account <<'END'
account required pam_faillock.so
END`;

const USERS = `useradd -m bob; useradd -m old; useradd -m stale
chpasswd <<'END'
ops:ops's $word
root:root's "word"
bob:bob's word
www-data:www's word
old:old's word
stale:stale's word
END
usermod -e 2020-01-01 old; chage -d 0 stale`;

const OPS = "ops's $word";
const ROOT = 'root\'s "word"';

interface Way {
  readonly method?: Becoming['method'];
  readonly program?: string;
  readonly login?: string;
  readonly become?: Become;
  readonly password?: string;
  readonly withinMs?: number;
}

describe('a host where another user is become', function () {
  this.timeout(30_000);
  let web: FleetHost;
  const open: Connection[] = [];

  const on = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await web.exec(command);
    assert.equal(code, 0, `${command}: ${stderr}`);
    return stdout.trim();
  };
  const sudoers = (...lines: string[]) =>
    on(`printf '%s\\n' '${lines.join("' '")}' >/etc/sudoers.d/ops && chmod 440 /etc/sudoers.d/ops && visudo -cq`);
  const doasRules = (...lines: string[]) =>
    on(`printf '%s\\n' '${lines.join("' '")}' >/etc/doas.conf && chmod 600 /etc/doas.conf`);

  before(async function () {
    this.timeout(900_000);
    if (problem !== undefined) skip(this, problem);
    await baseImage();
    web = await startLightHost({ name: 'become01' });
    if (!(await giveDoas(web))) skip(this, 'the package opendoas cannot be fetched');
    await on(`${PAM}\n${USERS}`);
  });
  beforeEach(async () => {
    await sudoers('ops ALL=(ALL) ALL', 'Defaults:ops timestamp_timeout=0');
    await doasRules('permit ops');
  });
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
  });
  after(() => web?.stop());

  const tried = async (way: Way, transport = createSshTransport(), name = 'become01') => {
    const { method = 'sudo', program, login = 'ops', become = true, password, withinMs = 10_000 } = way;
    const becoming = { method, ...(program === undefined ? {} : { program }) };
    const host = { ...fleetHost(web, login, { becoming }), name };
    const secrets = password === undefined ? {} : { becomePassword: new Secret(password) };
    const connection = await transport.connect(host, { become, connectTimeoutMs: withinMs, secrets }, NEVER);
    if (connection.ok) open.push(connection.value);
    return connection;
  };
  const connected = async (way: Way): Promise<Connection> => {
    const connection = await tried(way);
    assert.ok(connection.ok, connection.ok ? '' : JSON.stringify(connection.error));
    return connection.value;
  };
  const refusal = async (way: Way): Promise<string> => {
    const connection = await tried(way);
    assert.ok(!connection.ok);
    assert.equal(connection.error.code, 'become');
    assert.ok(connection.error.hint !== undefined);
    return `${connection.error.message} | ${connection.error.hint}`;
  };
  const read = async (connection: Connection, text: string, become?: Become) => {
    const request = { script: script(text), timeoutMs: 5000, ...(become === undefined ? {} : { become }) };
    const { end, stdout, stderr } = await connection.read(request, NEVER);
    return [end.how, stdout.text, stderr.text];
  };
  const failures = async (user: string): Promise<number> =>
    Number(await on(`faillock --user ${user} | grep -c ' V *$' || true`));

  const ways: readonly (readonly [string, Way, string])[] = [
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

  const refusals: readonly (readonly [
    string,
    Way,
    RegExp,
    { sudoers?: string; doas?: string; on?: string; off?: string }?,
  ])[] = [
    [
      'su without a password',
      { method: 'su' },
      /su asks for the password of root to become root \| .*ansible_become_password/,
    ],
    [
      'doas without a password',
      { method: 'doas' },
      /doas asks ops for a password to become root \| .*--ask-become-pass/,
    ],
    ['su to nobody', { method: 'su', become: 'nosuch', password: 'x' }, /there is no user nosuch/],
    ['doas to nobody', { method: 'doas', become: 'nosuch', password: OPS }, /there is no user nosuch/],
    [
      'su to a user without a shell',
      { method: 'su', become: 'www-data', password: "www's word" },
      /www-data has no login shell, and su gives ops no other \| .*ansible_become_method: sudo/,
    ],
    [
      'su to an expired account',
      { method: 'su', become: 'old', password: "old's word" },
      /su does not serve old: the account has expired \| .*chage -l old/,
    ],
    [
      'su that pam_wheel forbids',
      { method: 'su', password: ROOT },
      /lets ops become nobody: it says Permission denied \| .*pam_wheel/,
      { on: "sed -i '1i auth required pam_wheel.so' /etc/pam.d/su", off: "sed -i '/pam_wheel.so$/d' /etc/pam.d/su" },
    ],
    [
      'doas with another rule only',
      { method: 'doas', password: OPS },
      /doas does not let ops become root \| Add to the end of \/etc\/doas.conf: permit nopass ops as root/,
      { doas: 'permit nopass ops as root cmd /usr/bin/id' },
    ],
    ['doas with a wrong file', { method: 'doas' }, /can not use its rules .*doas -C/, { doas: 'permitt' }],
    ['doas without a file', { method: 'doas' }, /can not use its rules/, { on: 'rm /etc/doas.conf' }],
    [
      'doas that is not there',
      { method: 'doas' },
      /doas is not installed \| Install doas/,
      { on: 'mv /usr/bin/doas /usr/bin/doas.away', off: 'mv /usr/bin/doas.away /usr/bin/doas' },
    ],
    [
      'doas where no terminal can be made',
      { method: 'doas', password: OPS },
      /doas asks for the password on a terminal, and the host has no program script/,
      { on: 'mv /usr/bin/script /usr/bin/script.away', off: 'mv /usr/bin/script.away /usr/bin/script' },
    ],
    [
      'sudo where no terminal can be made',
      { password: OPS },
      /sudo wants a terminal \(requiretty in sudoers\), and the host has no program script.*!requiretty/,
      {
        sudoers: 'Defaults:ops requiretty',
        on: 'mv /usr/bin/script /usr/bin/script.away',
        off: 'mv /usr/bin/script.away /usr/bin/script',
      },
    ],
    [
      'sudo with some commands only',
      {},
      /sudo lets ops run only \/usr\/bin\/systemctl restart apache2, \/usr\/bin\/journalctl as root, not \/bin\/sh \| .*ops ALL=\(root\) NOPASSWD: \/bin\/sh/,
      { sudoers: 'ops ALL=(root) NOPASSWD: /usr/bin/systemctl restart apache2, /usr/bin/journalctl' },
    ],
    [
      'sudo to other users only',
      {},
      /sudo lets ops become only www-data, not root/,
      { sudoers: 'ops ALL=(www-data) NOPASSWD: ALL' },
    ],
    [
      'sudo that asks for another password',
      { password: OPS },
      /sudo did not take the password of root .*targetpw/,
      { sudoers: 'ops ALL=(ALL) ALL\nDefaults:ops rootpw' },
    ],
    [
      'sudo for who must change the password',
      { password: OPS, withinMs: 3000 },
      /sudo does not serve ops: the account or its password has expired.* \| .*chage -l ops/,
      { on: 'chage -d 0 ops', off: 'chage -d "$(date +%F)" ops' },
    ],
    ['sudo with noexec', {}, /start no other program \(noexec/, { sudoers: 'ops ALL=(ALL) NOPASSWD:NOEXEC: ALL' }],
    [
      'sudo that is not setuid',
      {},
      /sudo there has no right to become anybody/,
      { on: 'chmod 755 /usr/bin/sudo', off: 'chmod 4755 /usr/bin/sudo' },
    ],
    [
      'sudo with broken rules',
      {},
      /sudo can not read its rules there \| .*visudo -c/,
      { on: 'chmod 666 /etc/sudoers', off: 'chmod 440 /etc/sudoers' },
    ],
  ];
  for (const [name, way, words, { sudoers: rules, doas, on: prepare, off } = {}] of refusals)
    it(`says why there is no ${name}`, async () => {
      if (rules !== undefined) await sudoers(...rules.split('\n'));
      if (doas !== undefined) await doasRules(doas);
      if (prepare !== undefined) await on(prepare);
      try {
        assert.match(await refusal(way), words);
      } finally {
        if (off !== undefined) await on(off);
      }
    });
});
