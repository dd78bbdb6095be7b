import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AuthContext, KeyboardAuthContext } from 'ssh2';
import { createOpensshTransport } from '../../src/transports/openssh.ts';
import { Askpass, askpassEnvironment } from '../../src/transports/openssh/askpass.ts';
import { ShownPasswords } from '../../src/transports/shown-passwords.ts';
import { Secret } from '../../src/util/secret.ts';
import { NEVER } from '../conformance/transport.ts';
import { sshHost, sshSettings, withFiles } from '../support/hosts.ts';
import { skip } from '../support/skip.ts';
import { startSshServer, type SshServer } from './ssh-server.ts';

const KEY_PROMPT = "Enter passphrase for key '/keys/ops': ";
const BY_KEY = 'debug1: Next authentication method: publickey\n';
const BY_QUESTION = 'debug1: Next authentication method: keyboard-interactive\n';

describe('what ssh is answered when it asks', () => {
  let folder: string;
  let askpass: Askpass;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runbook-askpass-'));
    const host = sshHost('web01', withFiles(sshSettings({ user: 'ops' }), '/keys/ops', '/known_hosts'));
    const secrets = { loginPassword: new Secret('PASSWORD'), keyPassphrase: new Secret('PASSPHRASE') };
    askpass = new Askpass(folder, host, secrets, new ShownPasswords());
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** As ssh asks: the answer, `nothing` when the program says that there is none, `stuck` when ssh is to be ended. */
  const answer = async (prompt: string, log: string, pid = process.pid): Promise<string> => {
    const environment = { ...process.env, ...askpassEnvironment(folder) };
    const child = spawn(environment['SSH_ASKPASS'] ?? '', [prompt], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    while (!child.stdout.closed && !askpass.isStuck) {
      askpass.look(pid, () => log);
      await pause(5);
    }
    child.kill();
    return askpass.isStuck ? 'stuck' : said === '' ? 'nothing' : said.trim();
  };

  it('is the passphrase of the key that the inventory names, once', async () => {
    assert.equal(await answer(KEY_PROMPT, BY_KEY), 'PASSPHRASE');
    assert.equal(await answer(KEY_PROMPT, BY_KEY), 'nothing');
    assert.deepEqual(askpass.asked, { passphrase: true });
  });

  it('is no passphrase where a host may ask as ssh does', async () => {
    assert.equal(await answer(KEY_PROMPT, `${BY_QUESTION}${BY_KEY}`), 'nothing');
    assert.equal(await answer(KEY_PROMPT, `${BY_KEY}${BY_QUESTION}`), 'stuck');
    assert.deepEqual(askpass.asked, { other: KEY_PROMPT.trim() });
  });

  it('is nothing for another process, and nothing while a token is touched', async () => {
    assert.equal(await answer("ops@127.0.0.1's password: ", BY_QUESTION, 1), 'nothing');
    assert.equal(await answer('Confirm user presence for key ED25519-SK SHA256:x', BY_KEY), 'nothing');
    assert.deepEqual(askpass.asked, {});
  });

  it('is the password once, and is not a second one that is empty', async () => {
    assert.equal(await answer('(ops@127.0.0.1) Password: ', BY_QUESTION), 'PASSWORD');
    assert.equal(await answer('(ops@127.0.0.1) Password: ', BY_QUESTION), 'stuck');
    assert.deepEqual(askpass.asked, { password: true });
  });
});

describe('a host that asks the program ssh for what it gets no answer to', () => {
  let server: SshServer;
  let answers: string[];
  before(function () {
    if (spawnSync('ssh', ['-V']).status !== 0) skip(this, 'needs OpenSSH');
  });
  afterEach(() => server.stop());

  const why = async (login: (context: AuthContext) => void, hasPassword = true): Promise<string> => {
    answers = [];
    server = await startSshServer({ login });
    const { port, ssh } = server.host;
    const options = [`Port=${port}`, `UserKnownHostsFile=${server.knownHostsFile}`, 'IdentityFile=none'];
    const host = {
      ...server.host,
      ssh: { ...ssh, program: { destination: '127.0.0.1', options, configFile: 'none' } },
    };
    const secrets = hasPassword ? { loginPassword: new Secret('right') } : { keyPassphrase: new Secret('phrase') };
    const connecting = { become: false, connectTimeoutMs: 5000, secrets };
    const connection = await createOpensshTransport().connect(host, connecting, NEVER);
    if (connection.ok) await connection.value.close();
    return connection.ok ? 'connected' : connection.error.message;
  };
  const asks =
    (prompt: string, then: (context: KeyboardAuthContext) => void = (context) => context.reject(['password'])) =>
    (context: AuthContext): void => {
      if (context.method === 'password') answers.push(context.password);
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive', 'password']);
      context.prompt([{ prompt, echo: false }], ([given = '']) => {
        answers.push(given);
        then(context);
      });
    };

  it('is not told an empty word instead', async () => {
    assert.match(await why(asks('Verification code: ')), /for more than a password: \(\S+\) Verification code:$/);
    assert.deepEqual(answers, []);
  });

  it('is not shown an empty password after the wrong one', async () => {
    assert.match(await why(asks('Password: ')), /refuses \S+ with the password$/);
    assert.deepEqual(answers, ['right']);
  });

  it('is not asked where there is only a passphrase', async () => {
    assert.match(await why(asks('Password: '), false), /it takes: keyboard-interactive, password$/);
    assert.deepEqual(answers, []);
  });
});
