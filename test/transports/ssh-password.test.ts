import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { AuthContext } from 'ssh2';
import type { SshHost } from '../../src/model/host.ts';
import type { LoginSettings } from '../../src/model/ssh-settings.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { Secret } from '../../src/util/secret.ts';
import { NEVER } from '../conformance/transport.ts';
import { startSshServer, type SshServer } from './ssh-server.ts';

const PASSWORD = 'correct horse';

type Round = readonly { readonly prompt: string; readonly echo: boolean }[];

describe('a password for an SSH login', () => {
  let server: SshServer;
  let said: string[];
  afterEach(() => server.stop());

  const started = async (login: (context: AuthContext) => void): Promise<void> => {
    said = [];
    server = await startSshServer({ login });
  };
  const host = (name = 'web01', login: Partial<LoginSettings> = {}): SshHost => ({
    ...server.host,
    name,
    ssh: { ...server.host.ssh, login: { ...server.host.ssh.login, keyFiles: [], ...login } },
  });
  const tried = async (target = host(), password = PASSWORD, transport = createSshTransport()) => {
    const secrets = { loginPassword: new Secret(password) };
    const connection = await transport.connect(target, { become: false, connectTimeoutMs: 5000, secrets }, NEVER);
    if (connection.ok) await connection.value.close();
    return connection.ok ? undefined : connection.error;
  };

  /** Takes the password by these methods. */
  const takes = (...methods: ('password' | 'keyboard-interactive')[]) => {
    const judge = (context: AuthContext, given: string): void => {
      said.push(given);
      if (given === PASSWORD) context.accept();
      else context.reject(methods);
    };
    return (context: AuthContext): void => {
      if (context.method === 'password' && methods.includes('password')) return judge(context, context.password);
      if (context.method !== 'keyboard-interactive') return context.reject(methods);
      context.prompt([{ prompt: 'Password: ', echo: false }], ([given = '']) => judge(context, given));
    };
  };
  /** Asks this, round by round, and writes down what is answered. */
  const asks = (...rounds: readonly Round[]) => {
    const ask = (context: AuthContext, round: number): void => {
      const prompts = rounds[round];
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
      if (prompts === undefined) return context.accept();
      context.prompt([...prompts], (answers) => {
        said.push(...answers);
        ask(context, round + 1);
      });
    };
    return (context: AuthContext): void => ask(context, 0);
  };
  const hidden = (prompt: string) => ({ prompt, echo: false });

  for (const methods of [['password'], ['keyboard-interactive'], ['password', 'keyboard-interactive']] as const)
    it(`is shown by one method alone where the host takes ${methods.join(' and ')}`, async () => {
      await started(takes(...methods));
      assert.equal(await tried(), undefined);
      const error = await tried(host(), 'wrong');
      assert.equal(error?.code, 'authentication');
      assert.match(error.message, /refuses \S+ with the password/);
      assert.deepEqual(said, [PASSWORD, 'wrong']);
    });

  it('is not shown where PreferredAuthentications leaves it out', async () => {
    await started(takes('password'));
    const error = await tried(host('web01', { methods: ['publickey'] }));
    assert.equal(error?.code, 'authentication');
    assert.deepEqual(said, []);
  });

  it('is not shown to a host whose key is not known', async () => {
    await started(takes('password'));
    writeFileSync(server.knownHostsFile, '');
    assert.equal((await tried())?.code, 'host-key-unknown');
    assert.deepEqual(said, []);
  });

  it('is shown to one host alone until one takes it, and to no other once one refused it', async () => {
    await started(takes('keyboard-interactive'));
    const transport = createSshTransport();
    const names = ['web01', 'web02', 'web03', 'web04'];
    const wrong = await Promise.all(names.map((name) => tried(host(name), 'wrong', transport)));
    assert.equal(said.length, 1);
    assert.equal(wrong.filter((error) => error?.message.includes('was not shown')).length, 3);
    const right = await Promise.all(names.map((name) => tried(host(name), PASSWORD, transport)));
    assert.deepEqual(
      right,
      names.map(() => undefined),
    );
  });

  for (const prompt of [
    'Password: ',
    "ops@web01's password:",
    'Passwort: ',
    'Parola: ',
    'Mot de passe : ',
    'パスワード: ',
  ])
    it(`is the answer to ${prompt}`, async () => {
      await started(asks([hidden(prompt)]));
      assert.equal(await tried(), undefined);
      assert.deepEqual(said, [PASSWORD]);
    });

  const others: readonly (readonly [string, readonly Round[], RegExp])[] = [
    ['a code', [[hidden('Verification code: ')]], /more than a password: Verification code:/],
    ['a one-time password', [[hidden('One-time password (OATH) for ops: ')]], /more than a password: One-time/],
    ['a password that would be seen', [[{ prompt: 'Password: ', echo: true }]], /more than a password: Password:/],
    ['two things at once', [[hidden('Password: '), hidden('PIN: ')]], /more than a password: Password: \/ PIN:/],
    ['a new password', [[hidden('New password: ')]], /has expired: it asks for a new one \(New password:\)/],
    ['what moves the cursor', [[hidden('\u001b[2JCode: ')]], /more than a password: \\x1b\[2JCode:/],
  ];
  for (const [what, rounds, words] of others)
    it(`is no answer to ${what}`, async () => {
      await started(asks(...rounds));
      const error = await tried();
      assert.equal(error?.code, 'authentication');
      assert.match(error.message, words);
      assert.deepEqual(said, []);
    });

  it('is said once in a conversation: asked again, it was wrong; asked for a code, a person is needed', async () => {
    await started(asks([hidden('Password: ')], [hidden('Password: ')]));
    assert.match((await tried())?.message ?? '', /refuses \S+ with the password/);
    await server.stop();
    await started(asks([hidden('Password: ')], [hidden('Verification code: ')]));
    assert.match((await tried())?.message ?? '', /more than a password: Verification code/);
    assert.deepEqual(said, [PASSWORD]);
  });

  it('is not changed when the host wants another one', async () => {
    await started((context) => {
      if (context.method !== 'password') return context.reject(['password']);
      said.push(context.password);
      context.requestChange('Your password has expired.', () => said.push('changed'));
    });
    assert.match((await tried())?.message ?? '', /has expired: it asks for a new one/);
    assert.deepEqual(said, [PASSWORD]);
  });
});
