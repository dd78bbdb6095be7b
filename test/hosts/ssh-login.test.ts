import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorInfo } from '../../src/model/error.ts';
import type { HostSecrets, SshHost } from '../../src/model/host.ts';
import type { LoginSettings } from '../../src/model/ssh-settings.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { Secret } from '../../src/util/secret.ts';
import { NEVER } from '../conformance/transport.ts';
import type { FleetHost } from '../fleet/host.ts';
import { fleetHost } from './transport-fleet.ts';
import { useLightHost } from './use-hosts.ts';

const PASSWORD = "correct-horse-4711'$x";
const PASSPHRASE = 'tr0ub4dor&3';
const PASS = { keyPassphrase: new Secret(PASSPHRASE) };

interface Try {
  readonly login?: Partial<LoginSettings>;
  readonly secrets?: HostSecrets<Secret>;
  readonly algorithms?: readonly string[];
  readonly user?: string;
  readonly transport?: ReturnType<typeof createSshTransport>;
}

describe('logging in to an sshd', function () {
  this.timeout(60_000);
  let host: FleetHost;
  let folder: string;
  let agent: ChildProcess | undefined;
  let lastPort = 2200;

  const at = (name: string): string => join(folder, name);
  const socket = (): string => at('agent');
  const on = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await host.exec(command);
    assert.equal(code, 0, `${command}: ${stderr}`);
    return stdout.trim();
  };
  const onAgent = (...args: string[]): string =>
    execFileSync('ssh-add', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, SSH_AUTH_SOCK: socket(), SSH_ASKPASS: '/bin/false', SSH_ASKPASS_REQUIRE: 'force' },
    });
  const makeKey = (name: string, ...args: string[]): string => {
    execFileSync('ssh-keygen', ['-q', '-f', at(name), '-C', name, ...(args.includes('-N') ? [] : ['-N', '']), ...args]);
    return at(name);
  };
  const allow = (...names: string[]): Promise<string> => {
    const keys = names.map((name) => readFileSync(at(`${name}.pub`), 'utf8').trim());
    return on(`cat >/home/ops/.ssh/authorized_keys <<'END'\n${keys.join('\n')}\nEND`);
  };
  /** An sshd of its own, with a log of its own. */
  const sshd = async (...options: string[]): Promise<number> => {
    lastPort += 1;
    const all = ['LogLevel=DEBUG1', 'UsePAM=yes', `PidFile=/run/sshd.${lastPort}`, ...options];
    await on(`/usr/sbin/sshd -p ${lastPort} -E /run/log.${lastPort} ${all.map((one) => `-o '${one}'`).join(' ')}`);
    // It goes into the background before it listens.
    await on(`until ss -Hltn 'sport = :${lastPort}' | grep -q .; do sleep 0.02; done`);
    return lastPort;
  };
  const logOf = (port: number): Promise<string> => on(`cat /run/log.${port}`);
  const failures = async (port: number): Promise<number> =>
    (await logOf(port)).match(/Failed (password|keyboard-interactive\/pam)/g)?.length ?? 0;

  const settled = (port: number, { login, algorithms, user = 'ops' }: Try): SshHost => {
    const base = fleetHost(host, user);
    const { hostKeys } = base.ssh;
    const ssh = {
      ...base.ssh,
      port,
      hostKeys,
      login: { ...base.ssh.login, keyFiles: [], onlyThese: false, ...login },
      algorithms: { ...base.ssh.algorithms, publicKeys: algorithms ?? [] },
    };
    return { ...base, port, ssh };
  };
  const tried = async (port: number, how: Try = {}): Promise<ErrorInfo | undefined> => {
    const { secrets = {}, transport = createSshTransport() } = how;
    const options = { become: false, connectTimeoutMs: 10_000, secrets };
    const connection = await transport.connect(settled(port, how), options, NEVER);
    if (connection.ok) await connection.value.close();
    return connection.ok ? undefined : connection.error;
  };
  const files = (...names: string[]): Partial<LoginSettings> => ({
    keyFiles: names.map((name) => ({ path: at(name), isDefault: false })),
    onlyThese: true,
  });
  const password = (text: string): HostSecrets<Secret> => ({ loginPassword: new Secret(text) });

  useLightHost('keys01', (started) => {
    host = started;
  });
  before(async () => {
    await on(`chpasswd <<'END'\nops:${PASSWORD}\nEND`);
    folder = mkdtempSync(join(tmpdir(), 'runbook-keys-'));
    chmodSync(folder, 0o700);
    agent = spawn('ssh-agent', ['-D', '-a', socket()], { stdio: 'ignore' });
    while (!existsSync(socket())) await new Promise((resolve) => setTimeout(resolve, 10));
    makeKey('ed25519');
  });
  afterEach(() => {
    if (agent !== undefined) onAgent('-D');
  });
  after(() => {
    agent?.kill();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  describe('by a key file', () => {
    let port: number;
    before(async () => {
      port = await sshd();
    });

    const kinds: readonly (readonly [string, readonly string[]])[] = [
      ['rsa', ['-t', 'rsa', '-b', '2048']],
      ['rsa-pkcs1', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
      ['rsa-pkcs8', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8']],
      ['ecdsa256', ['-t', 'ecdsa']],
      ['ecdsa384-sec1', ['-t', 'ecdsa', '-b', '384', '-m', 'PEM']],
      ['ecdsa521-pkcs8', ['-t', 'ecdsa', '-b', '521', '-m', 'PKCS8']],
      ['ed25519-locked', ['-t', 'ed25519', '-N', PASSPHRASE, '-a', '4']],
      ['ed25519-gcm', ['-t', 'ed25519', '-N', PASSPHRASE, '-a', '4', '-Z', 'aes256-gcm@openssh.com']],
      ['rsa-pkcs1-locked', ['-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', PASSPHRASE]],
      ['ecdsa-pkcs8-locked', ['-t', 'ecdsa', '-m', 'PKCS8', '-N', PASSPHRASE]],
    ];
    for (const [name, args] of kinds)
      it(`of kind ${name}`, async () => {
        makeKey(name, ...args);
        await allow(name);
        const secrets =
          name.includes('locked') || name.includes('gcm') ? { keyPassphrase: new Secret(PASSPHRASE) } : {};
        assert.equal(await tried(port, { login: files(name), secrets }), undefined);
        assert.doesNotMatch(await logOf(port), /pkalg ssh-rsa /, 'nothing may be signed with SHA-1');
      });

    it('that lies only in an agent, known by the public half of the file', async () => {
      makeKey('away', '-t', 'ed25519');
      await allow('away');
      onAgent('-q', at('away'));
      rmSync(at('away'));
      const login = { ...files('away'), agent: socket() };
      assert.equal(await tried(port, { login }), undefined);
    });
  });

  it('goes on to the next key when an agent does not sign', async () => {
    const port = await sshd();
    makeKey('confirmed', '-t', 'ed25519');
    makeKey('plain', '-t', 'ed25519');
    await allow('confirmed', 'plain');
    onAgent('-q', '-c', at('confirmed'));
    assert.equal(await tried(port, { login: { ...files('plain'), onlyThese: false, agent: socket() } }), undefined);
    const error = await tried(port, { login: { agent: socket() } });
    assert.match(error?.message ?? '', /key confirmed of the SSH agent .*refused to sign/);
  });

  for (const kind of ['rsa', 'ecdsa', 'ed25519'])
    it(`by a key of kind ${kind} that an agent holds`, async () => {
      const port = await sshd();
      makeKey(`agent-${kind}`, '-t', kind);
      await allow(`agent-${kind}`);
      onAgent('-q', at(`agent-${kind}`));
      assert.equal(await tried(port, { login: { agent: socket() } }), undefined);
      assert.doesNotMatch(await logOf(port), /pkalg ssh-rsa /);
    });

  it('shows keys in the order in which ssh shows them', async () => {
    for (const name of ['order-file', 'order-named', 'order-agent', 'order-locked'])
      makeKey(name, '-t', 'ed25519', ...(name === 'order-locked' ? ['-N', PASSPHRASE] : []));
    onAgent('-q', at('order-agent'));
    onAgent('-q', at('order-named'));
    rmSync(at('order-named'));
    const names = ['order-file', 'order-named', 'order-locked'];
    const shown = async (onlyThese: boolean, byUs: boolean): Promise<readonly string[]> => {
      const port = await sshd('MaxAuthTries=20');
      if (byUs) await tried(port, { login: { ...files(...names), onlyThese, agent: socket() }, secrets: PASS });
      else
        spawnSync('ssh', [
          ...['-F', 'none', '-p', `${port}`, '-o', `UserKnownHostsFile=${host.knownHostsFile}`],
          ...['-o', `IdentityAgent=${socket()}`, '-o', `IdentitiesOnly=${onlyThese ? 'yes' : 'no'}`],
          ...[
            '-o',
            'BatchMode=yes',
            ...names.flatMap((name) => ['-o', `IdentityFile=${at(name)}`]),
            `ops@${host.address}`,
            'true',
          ],
        ]);
      return [...(await logOf(port)).matchAll(/Failed publickey for ops .*(SHA256:\S+)/g)].map(
        ([, print = '']) => print,
      );
    };
    await on('rm -f /home/ops/.ssh/authorized_keys');
    for (const onlyThese of [false, true]) {
      const byUs = await shown(onlyThese, true);
      assert.equal(byUs.length, onlyThese ? 3 : 4);
      assert.deepEqual(byUs, await shown(onlyThese, false));
    }
  });

  it('says that there were too many keys, as sshd does, and shows fewer when it is told to', async () => {
    const port = await sshd();
    const names = Array.from({ length: 7 }, (_none, index) => `many${index}`);
    for (const name of names) onAgent('-q', makeKey(name, '-t', 'ed25519'));
    await allow('many6');
    const error = await tried(port, { login: { agent: socket() } });
    assert.equal(error?.code, 'authentication');
    assert.match(error.message, /hung up on ops after too many tries: it refused key many0 .* and 3 other keys/);
    assert.match(error.hint ?? '', /IdentitiesOnly/);
    assert.equal(await tried(port, { login: { ...files('many6'), agent: socket() } }), undefined);
  });

  it('by a key and then a password, where both are wanted', async () => {
    const port = await sshd('AuthenticationMethods=publickey,password');
    await allow('ed25519');
    onAgent('-q', at('ed25519'));
    for (const login of [{ agent: socket() }, files('ed25519')]) {
      assert.equal(await tried(port, { login, secrets: password(PASSWORD) }), undefined);
      const error = await tried(port, { login });
      assert.match(error?.message ?? '', /takes key .* of ops, and wants password as well/);
    }
  });

  for (const [method, options] of [
    ['password', ['KbdInteractiveAuthentication=no', 'PasswordAuthentication=yes']],
    ['keyboard-interactive', ['KbdInteractiveAuthentication=yes', 'PasswordAuthentication=no']],
    ['either', ['KbdInteractiveAuthentication=yes', 'PasswordAuthentication=yes']],
  ] as const)
    it(`by ${method}, and a wrong password is one failure and goes to no second host`, async () => {
      const port = await sshd(...options);
      assert.equal(await tried(port, { secrets: password(PASSWORD) }), undefined);
      const transport = createSshTransport();
      const first = await tried(port, { secrets: password('wrong'), transport });
      assert.match(first?.message ?? '', /refuses ops with the password/);
      const second = await tried(port, { secrets: password('wrong'), transport });
      assert.match(second?.message ?? '', /the password was not shown/);
      assert.equal(await failures(port), 1);
    });

  it('says that a host lets in by a password alone when there is none', async () => {
    const port = await sshd('PubkeyAuthentication=no', 'KbdInteractiveAuthentication=no');
    const error = await tried(port, { login: files('ed25519') });
    assert.match(error?.message ?? '', /lets ops in by password only/);
    assert.match(error?.hint ?? '', /ansible_password: !secret NAME/);
  });

  it('says that a password has expired, without answering for a new one', async () => {
    const port = await sshd('KbdInteractiveAuthentication=yes', 'PasswordAuthentication=no');
    await on('useradd -m late');
    await on(`chpasswd <<'END'\nlate:${PASSWORD}\nEND`);
    await on('chage -d 0 late');
    const error = await tried(port, { secrets: password(PASSWORD), user: 'late' });
    assert.match(error?.message ?? '', /the password of late on .* has expired/);
  });

  it('needs nothing where the host wants nothing, as ssh', async () => {
    const port = await sshd('PermitEmptyPasswords=yes', 'UsePAM=no');
    await on('useradd -m guest && passwd -qd guest');
    assert.equal(await tried(port, { user: 'guest' }), undefined);
  });

  it('says so in words when an agent is dead, hangs, or is locked', async () => {
    const port = await sshd();
    const hanging: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => hanging.listen(at('hanging'), () => resolve()));
    const started = performance.now();
    const said = async (name: string): Promise<string> =>
      (await tried(port, { login: { agent: at(name) } }))?.message ?? '';
    try {
      assert.match(await said('hanging'), /the SSH agent at .*hanging does not answer/);
      assert.ok(performance.now() - started < 6000);
    } finally {
      hanging.close();
    }
    assert.match(await said('none'), /agent at .*none is not there/);
    assert.match(await said('agent'), /agent at .*agent lists no key: it has none, or is locked/);
  });
});
