import assert from 'node:assert/strict';
import type { Become, Connection } from '../../src/model/transport.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { changeOf, connected, locked, NEVER, newRunId, script } from '../conformance/transport.ts';
import { baseImage } from '../fleet/base-image.ts';
import { startLightHost, type FleetHost } from '../fleet/host.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { skip } from '../support/skip.ts';
import { fleetHost, PUT_AWAY } from './transport-fleet.ts';

const problem = fleetProblem();

interface OddHost {
  readonly what: string;
  /** Makes it so, as root on the host. */
  readonly make: string;
  readonly user?: string;
  /** Why it can't be changed; absent where it can. */
  readonly refused?: RegExp;
  /** Nobody but root sees there whether a step left processes of other users. */
  readonly hides?: true;
}

const SMALL = 'mount -t tmpfs -o size=64k,mode=1777 tmpfs';
const fill = (folder: string): string => `head -c 1000000 /dev/zero >${folder}/fill 2>/dev/null; true`;
const putAway = (...programs: readonly string[]): string =>
  `mkdir -p ${PUT_AWAY}; for p in ${programs.join(' ')}; do mv "/usr/bin/$p" ${PUT_AWAY}; done`;

const ODD_HOSTS: readonly OddHost[] = [
  { what: 'with a full /tmp', make: `${SMALL} /tmp; ${fill('/tmp')}` },
  { what: 'with a /tmp that starts no programs', make: 'mount -t tmpfs -o noexec,mode=1777 tmpfs /tmp' },
  { what: 'without /tmp', make: 'mv /tmp /no-tmp' },
  { what: 'with a full root', make: fill('') + '; head -c 1G /dev/zero >/fill 2>/dev/null; true' },
  { what: 'with a read-only root', make: 'mount --bind / / && mount -o remount,ro,bind /; ! touch /x 2>/dev/null' },
  { what: 'with a full /run', make: `mount -o remount,size=64k /run; ${fill('/run')}`, refused: /can't be .*full/ },
  {
    what: 'with a full home',
    make: `${SMALL} /home/ops; ${fill('/home/ops')}`,
    user: 'ops',
    refused: /can't be .*full/,
  },
  { what: 'with a home of somebody else', make: 'chown root: /home/ops', user: 'ops', refused: /can't be made/ },
  { what: 'without a home', make: 'mv /home/ops /home/gone', user: 'ops', refused: /can't be made/ },
  { what: 'where /proc shows nobody else', make: 'mount -o remount,hidepid=2 /proc', user: 'ops', hides: true },
  { what: 'without mkfifo', make: putAway('mkfifo') },
  { what: 'without /proc', make: 'umount /proc/sys/kernel/random/boot_id; umount /proc', refused: /no \/proc/ },
  { what: 'without grep', make: putAway('grep'), refused: /no grep/ },
  {
    what: 'without mkfifo, mknod and perl',
    make: putAway('mkfifo', 'mknod', 'perl'),
    refused: /neither mkfifo, mknod/,
  },
];

describe('an odd host', function () {
  this.timeout(60_000);
  let web: FleetHost;
  let connection: Connection | undefined;

  before(async function () {
    this.timeout(900_000);
    if (problem !== undefined) skip(this, problem);
    await baseImage();
  });
  beforeEach(async () => {
    web = await startLightHost({ name: `odd${Math.random().toString(36).slice(2, 8)}` });
    // Keys outside of homes, which may be gone.
    await on(`cp /root/.ssh/authorized_keys /etc/ssh/everybody; chmod 644 /etc/ssh/everybody
      sed -i '1i AuthorizedKeysFile /etc/ssh/everybody' /etc/ssh/sshd_config; pkill -HUP -o -x sshd
      while ! ss -Hltn sport = :22 | grep -q LISTEN; do sleep 0.05; done`);
  });
  afterEach(async () => {
    await connection?.close();
    web?.stop();
  });

  const on = async (command: string): Promise<void> => {
    const { code, stderr } = await web.exec(command);
    assert.equal(code, 0, `${command}: ${stderr}`);
  };
  const connect = async (user: string, become: Become = false): Promise<Connection> => {
    const transport = createSshTransport();
    connection = await connected({ transport, host: fleetHost(web, user), look: () => '' }, become !== false);
    return connection;
  };
  const read = (text: string, timeoutMs = 5000) => {
    assert.ok(connection);
    return connection.read({ script: script(text), timeoutMs }, NEVER);
  };

  for (const { what, make, user = 'root', refused, hides } of ODD_HOSTS)
    it(`${what} is read, and ${refused === undefined ? 'changed' : 'not changed, with the reason'}`, async () => {
      await on(make);
      const host = await connect(user);
      const { end, stdout, stderr } = await read('echo out; echo err >&2; exit 3');
      assert.deepEqual([end, stdout.text, stderr.text], [{ how: 'exit', code: 3 }, 'out\n', 'err\n']);
      assert.equal((await read('sleep 99', 200)).end.how, 'timeout');
      assert.equal((await read('echo again')).stdout.text, 'again\n');
      const runId = newRunId();
      const lock = await host.lock({ runId, host: 'web', epoch: 1, runbook: 'b', by: 'me', since: 'now' }, NEVER);
      if (refused !== undefined) return assert.match(lock.ok ? 'locked' : lock.error.message, refused);
      assert.ok(lock.ok, lock.ok ? '' : lock.error.message);
      const change = await host.change(changeOf(runId, 'echo out; exit 4'), NEVER);
      assert.deepEqual([change.end, change.stdout.text], [{ how: 'exit', code: 4 }, 'out\n']);
      const claim = { runId, step: 'slow', attempt: 1, epoch: 1 };
      const slow = await host.change(changeOf(runId, 'sleep 98 & sleep 99', { claim, timeoutMs: 1000 }), NEVER);
      assert.deepEqual([slow.end.how, 'gone' in slow.end && slow.end.gone], ['timeout', hides === undefined]);
    });

  it('without /proc ends what lasts too long, does not claim that it is gone, and reads as another user', async () => {
    await on('umount /proc/sys/kernel/random/boot_id; umount /proc');
    const host = await connect('root');
    const { end } = await read('echo begun; sleep 99', 200);
    assert.deepEqual([end.how, 'gone' in end && end.gone], ['timeout', false]);
    assert.deepEqual((await read('if; then')).end.how, 'exit');
    const other = { script: script('id -un; cat; echo "$LC_ALL"'), timeoutMs: 5000, become: 'ops' };
    assert.equal((await host.read(other, NEVER)).stdout.text, 'ops\nC\n');
    const together = await Promise.all(['a', 'b', 'c'].map((name) => read(`echo ${name}`)));
    assert.deepEqual(
      together.map(({ stdout }) => stdout.text),
      ['a\n', 'b\n', 'c\n'],
    );
    assert.equal((await web.exec('ls /proc | head -c 1; ls -d /tmp/* /run/runbook 2>/dev/null')).stdout, '');
  });

  it('whose users have settings that change what programs print is read as any other', async () => {
    await on(`{ cat /dev/stdin; cat /root/.bashrc; } <<'END' >/root/rc
export POSIXLY_CORRECT=1 BLOCK_SIZE=1M BLOCKSIZE=1M DF_BLOCK_SIZE=1M DU_BLOCK_SIZE=1M LS_BLOCK_SIZE=1M TIME_STYLE=full-iso
export QUOTING_STYLE=c GREP_OPTIONS=-v PS_FORMAT=pid COLUMNS=20 LANG=C.UTF-8 LC_ALL=C.UTF-8 LANGUAGE=de TZ=Asia/Tokyo
END
mv /root/rc /root/.bashrc`);
    await connect('root');
    const text =
      'df / | head -n 1; ls /etc/passwd; ls -l --time-style=+%s /etc/passwd | wc -w; ps -p 1 | head -n 1; date +%Z; env | grep -c STYLE';
    const plain =
      'Filesystem     1K-blocks    Used Available Use% Mounted on\n/etc/passwd\n7\n    PID TTY          TIME CMD\nUTC\n0\n';
    assert.equal(
      (await read(text)).stdout.text.replaceAll(/ +(?=Used|Avail)/g, ' '),
      plain.replaceAll(/ +(?=Used|Avail)/g, ' '),
    );
  });

  it('may have bash for /bin/sh, with options and functions that its users export', async () => {
    await on(
      `ln -sf bash /bin/sh; echo 'set -efuC; export SHELLOPTS; printf() { :; }; ls() { :; }; export -f printf ls' >/root/.bashrc`,
    );
    const host = await connect('root');
    const text = 'cd /etc; echo pass*d; ls -d /etc; false; echo x >/tmp/a; echo y >/tmp/a; cat /tmp/a; echo "[$unset]"';
    assert.equal((await read(text)).stdout.text, 'passwd\n/etc\ny\n[]\n');
    const runId = newRunId();
    await locked(host, runId);
    assert.equal((await host.change(changeOf(runId, text), NEVER)).stdout.text, 'passwd\n/etc\ny\n[]\n');
  });
});
