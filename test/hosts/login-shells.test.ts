import assert from 'node:assert/strict';
import type { ErrorInfo } from '../../src/model/error.ts';
import type { Become, Connection } from '../../src/model/transport.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import type { Result } from '../../src/util/result.ts';
import { changeOf, locked, NEVER, newRunId, script } from '../conformance/transport.ts';
import { baseImage } from '../fleet/base-image.ts';
import { startLightHost, type FleetHost } from '../fleet/host.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { script as shell } from '../fleet/shell.ts';
import { unpacked } from '../fleet/unpacked.ts';
import { skip } from '../support/skip.ts';
import { installBusyboxShell } from './busybox.ts';
import { fleetHost } from './transport-fleet.ts';

const problem = fleetProblem();

const PACKAGES = [...['tcsh', 'csh', 'fish', 'fish-common', 'libpcre2-32-0', 'zsh', 'zsh-common', 'ksh93u+m', 'mksh']];
const SERVED = ['dash', 'bash', 'ash', 'ksh93', 'mksh', 'zsh', 'bsd-csh', 'tcsh', 'fish'];

/** Start-up files of the shell's user, and whether he is served all the same or in which words not. */
const START_UP_FILES: readonly (readonly [
  what: string,
  shell: string,
  file: string,
  text: string,
  refused?: RegExp,
])[] = [
  ['talk', 'bash', '.bashrc', 'echo hello; echo err >&2; stty sane; mesg y; set -x'],
  ['talk in tcsh', 'tcsh', '.cshrc', 'echo hello; stty sane; biff y; set echo'],
  ['talk in csh', 'bsd-csh', '.cshrc', 'echo hello; goto nowhere'],
  [
    'talk in fish',
    'fish',
    '.config/fish/config.fish',
    'echo hello; function exec; echo no; end; set -gx LANG de_DE.UTF-8',
  ],
  ['talk in zsh', 'zsh', '.zshenv', 'echo hello; setopt xtrace errexit nounset'],
  ['run from sshrc', 'dash', '.ssh/rc', 'echo from rc; cat >/dev/null'],
  ['set options', 'bash', '.bashrc', 'set -efuC; export SHELLOPTS; shopt -s expand_aliases; alias sh=no printf=no'],
  ['export functions', 'bash', '.bashrc', 'ls() { echo no; }; cat() { echo no; }; export -f ls cat'],
  ['set traps', 'bash', '.bashrc', "trap '' HUP INT PIPE; trap 'echo bye' EXIT"],
  [
    'change the shell',
    'bash',
    '.bashrc',
    'export IFS=/ TMOUT=1 PROMPT_COMMAND=no PS4=no CDPATH=/proc; umask 777; cd /proc',
  ],
  ['name files to read', 'bash', '.bashrc', 'export BASH_ENV=/etc/passwd ENV=/etc/passwd'],
  ['lose PATH', 'bash', '.bashrc', 'export PATH=/nowhere'],
  ['lose HOME', 'bash', '.bashrc', 'unset HOME'],
  ['leave 100 kB in the environment', 'bash', '.bashrc', 'export BIG=$(head -c 100000 /dev/zero | tr "\\0" x)'],
  ['leave few descriptors', 'bash', '.bashrc', 'ulimit -n 20'],
  [
    'leave descriptors open',
    'bash',
    '.bashrc',
    'exec 3</etc/passwd 4>/tmp/4 5>/tmp/5 6>/tmp/6 7>/tmp/7 8>/tmp/8 9>/tmp/9',
  ],
  ['leave a process', 'bash', '.bashrc', '(sleep 5; echo late; echo late >&2) &'],
  ['wait for Return', 'bash', '.bashrc', 'read -p "continue? " answer'],
  [
    'ask more',
    'bash',
    '.bashrc',
    'for i in 1 2 3 4 5 6 7; do read answer; done',
    /start-up file of u-bash reads what was meant for the shell/,
  ],
  [
    'print without end',
    'bash',
    '.bashrc',
    'yes',
    /more than 64 kB came before the shell's first answer; it begins: y y/,
  ],
  [
    'start another program',
    'bash',
    '.bashrc',
    'exec tmux',
    /does not start \/bin\/sh; it says: .*exec: tmux: not found/,
  ],
  ['make a terminal', 'bash', '.bashrc', 'exec script -qc bash /dev/null', /repeats what it is told/],
  ['ignore SIGTERM', 'bash', '.bashrc', "trap '' TERM", /ignore SIGTERM/],
  ['replace exec', 'bash', '.bashrc', 'exec() { echo "no exec"; }', /does not start \/bin\/sh; it says: no exec/],
  ['replace exec in csh', 'tcsh', '.cshrc', 'alias exec echo no', /does not start \/bin\/sh; it says: no \/bin\/sh/],
  ['end at once', 'bash', '.bashrc', 'exit 0', /does not start \/bin\/sh, and ends without a word/],
];

/** Their user waits in vain. */
const SILENT: readonly (readonly [shell: string, file: string, text: string, refused: RegExp])[] = [
  ['bsd-csh', '.cshrc', 'cat >/dev/null', /u-bsd-csh did not answer within 2 s/],
  ['zsh', '.zshenv', 'exec >/dev/null 2>&1', /u-zsh did not answer within 2 s/],
  ['bash', '.bashrc', 'exec 2>&1', /u-bash began to answer and did not end within 2 s/],
];

/** Before the key in authorized_keys. */
const FORCED: readonly (readonly [options: string, refused?: RegExp])[] = [
  ['restrict'],
  ['command="bash -l"'],
  ['command="/usr/bin/uptime"', /does not start \/bin\/sh; it says: .*load average/],
  ['command="internal-sftp"', /gives u-dash sftp only/],
  ['command="/usr/lib/openssh/sftp-server"', /does not start \/bin\/sh/],
  ['command="cat"', /repeats what it is told/],
];

describe('a login', function () {
  this.timeout(60_000);
  let web: FleetHost;

  before(async function () {
    this.timeout(900_000);
    if (problem !== undefined) skip(this, problem);
    await baseImage();
    const [packages, host] = await Promise.all([unpacked('shells', PACKAGES), startLightHost({ name: 'shells' })]);
    web = host;
    await installBusyboxShell(web);
    const copy = 'cp -a "$FROM"/bin/. "$TO/usr/bin/"; cp -a "$FROM"/usr/. "$TO/usr/"; cp -a "$FROM"/etc/. "$TO/etc/"';
    await shell(copy, { FROM: packages, TO: web.root });
    for (const name of [...SERVED, 'rbash', 'nologin', 'false']) await addUser(name);
  });
  after(() => web?.stop());

  const on = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await web.exec(command);
    assert.equal(code, 0, `${command}: ${stderr}`);
    return stdout;
  };
  const addUser = (name: string) =>
    on(`useradd -m -s "$(which ${name})" -p '*' u-${name}; install -d -o u-${name} -m 700 /home/u-${name}/.ssh
        install -o u-${name} -m 600 /root/.ssh/authorized_keys /home/u-${name}/.ssh/
        echo 'u-${name} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/u-${name}`);
  const tried = (user: string, become: Become = false) =>
    createSshTransport().connect(fleetHost(web, user), { become, connectTimeoutMs: 2000, secrets: {} }, NEVER);

  const startedBy = async (name: string, file: string, text: string) => {
    const path = `/home/u-${name}/${file}`;
    await on(`mkdir -p "$(dirname ${path})"; cat >${path} <<'END'\n${text}\nEND\nchmod 644 ${path}`);
    const connection = await tried(`u-${name}`);
    await on(`rm ${path}`);
    return connection;
  };

  for (const name of SERVED)
    it(`serves a user of ${name}, and who becomes root from there`, async () => {
      await assertServed(await tried(`u-${name}`), assertEnded);
      await assertServed(await tried(`u-${name}`, true));
    });

  for (const [name, words] of [
    ['rbash', /restricted shell that may not start \/bin\/sh; it says: .*restricted/],
    ['nologin', /u-nologin may not log in: .*This account is currently not available/],
    ['false', /does not start \/bin\/sh, and ends without a word/],
  ] as const)
    it(`says of ${name} that it starts no shell, also to who would become root`, async () => {
      assertRefused(await tried(`u-${name}`), words);
      assertRefused(await tried(`u-${name}`, true), words);
    });

  for (const [what, name, file, text, refused] of START_UP_FILES)
    it(`${refused === undefined ? 'gets by' : 'refuses in words'} start-up files that ${what}`, async () => {
      const connection = await startedBy(name, file, text);
      if (refused === undefined) await assertServed(connection);
      else assertRefused(connection, refused);
    });

  it('says of start-up files that let no shell answer what they may do', async () => {
    const tries = SILENT.map(([name, file, text]) => startedBy(name, file, text));
    for (const [index, connection] of (await Promise.all(tries)).entries())
      assertRefused(connection, SILENT[index]?.[3] ?? /^$/);
  });

  for (const [options, refused] of FORCED)
    it(`${refused === undefined ? 'is served' : 'is refused in words'} where the key has ${options}`, async () => {
      await on(`sed 's|^|${options} |' /root/.ssh/authorized_keys >/home/u-dash/.ssh/authorized_keys`);
      const connection = await tried('u-dash');
      await on('cp /root/.ssh/authorized_keys /home/u-dash/.ssh/authorized_keys');
      if (refused === undefined) await assertServed(connection);
      else assertRefused(connection, refused);
    });

  it('is told that nobody may log in while /etc/nologin is there', async () => {
    await on("echo 'back at noon' >/etc/nologin");
    const connection = await tried('u-dash');
    await on('rm /etc/nologin');
    assertRefused(connection, /nobody but root.*back at noon/);
  });
});

/** Reads, locks, and changes once, in the environment that scripts are promised. */
async function assertServed(
  tried: Result<Connection, ErrorInfo>,
  more: (connection: Connection) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  assert.ok(tried.ok, tried.ok ? '' : JSON.stringify(tried.error));
  const connection = tried.value;
  const text = 'echo "$LC_ALL $(umask) $PWD"; ls -d /etc | cat; set -- a/b; echo $1; echo err >&2; exit 3';
  const read = await connection.read({ script: script(text), timeoutMs: 5000 }, NEVER);
  const runId = newRunId();
  await locked(connection, runId);
  const change = await connection.change(changeOf(runId, text), NEVER);
  const again = await connection.change(changeOf(runId, text), NEVER);
  await more(connection);
  await connection.close();
  for (const { end, stdout, stderr } of [read, change])
    assert.deepEqual([end, stdout.text, stderr.text], [{ how: 'exit', code: 3 }, 'C 0022 /\n/etc\na/b\n', 'err\n']);
  assert.deepEqual(again.end, { how: 'not-started', why: 'claimed' });
}

async function assertEnded(connection: Connection): Promise<void> {
  const { end } = await connection.read({ script: script('sleep 99'), timeoutMs: 200 }, NEVER);
  assert.deepEqual(end, { how: 'timeout', gone: true });
}

function assertRefused(tried: Result<Connection, ErrorInfo>, words: RegExp): void {
  assert.equal(tried.ok ? 'served' : tried.error.code, 'shell-unusable');
  assert.match(tried.ok ? '' : tried.error.message, words);
  assert.notEqual(tried.ok ? '' : (tried.error.hint ?? ''), '');
}
