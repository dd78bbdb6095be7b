import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { loginRefused, loginSilent, refusedByLogin } from '../../src/transports/shell/login-refusal.ts';
import { ShellSession } from '../../src/transports/shell/session.ts';

/** A login that says this and no more. */
async function loginThatSays(stdout: string, stderr = ''): Promise<ShellSession> {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const ended = Promise.withResolvers<void>();
  const session = new ShellSession({ ...streams, closed: ended.promise, destroy: () => ended.resolve() });
  const { report } = session.send(({ nonce }) => `rb_greet ${nonce}`);
  streams.stdout.end(stdout);
  streams.stderr.end(stderr);
  await new Promise((resolve) => setImmediate(resolve));
  ended.resolve();
  await report;
  return session;
}

const KNOWN: readonly (readonly [said: string, message: RegExp])[] = [
  ['rbash: line 1: exec: restricted', /restricted shell that may not start \/bin\/sh; it says: rbash/],
  ['/bin/rksh: exec: restricted', /restricted shell/],
  ['This account is currently not available.', /^ann may not log in: its login shell is nologin/],
  ['User ann not allowed because /etc/nologin exists\nback at noon', /nobody but root.*back at noon/],
  ['System is booting up. Unprivileged users are not permitted to log in yet.', /nobody but root/],
  ['This service allows sftp connections only.', /gives ann sftp only/],
  ['Password change required but no TTY available.', /password of ann has expired/],
  ["/bin/sh: line 34: syntax error at line 39: `)' unexpected", /does not understand what dash/],
  ['/bin/sh: 16: 1: Invalid argument', /^a shell of ann may open too few files at once/],
  ['Your password has expired.', /password of ann has expired/],
];

describe('a login that starts no shell', () => {
  for (const [said, message] of KNOWN)
    it(`is explained when it says: ${said.split('\n')[0]}`, async () => {
      const error = refusedByLogin(await loginThatSays(said), 'ann');
      assert.equal(error?.code, 'shell-unusable');
      assert.match(error.message, message);
      assert.notEqual(error.hint ?? '', '');
    });

  it('is quoted when it says something else, on one line that is safe to show', async () => {
    const session = await loginThatSays('hello\n', 'no \u001b[1mtmux\n');
    assert.equal(refusedByLogin(session, 'ann'), undefined);
    const { message, hint } = loginRefused(session, 'ann');
    assert.equal(message, 'what sshd starts for ann does not start /bin/sh; it says: no \\x1b[1mtmux hello');
    assert.match(hint ?? '', /ForceCommand in sshd_config/);
  });

  it('is told from one that ends without a word', async () => {
    const { message } = loginRefused(await loginThatSays(''), 'ann');
    assert.equal(message, 'what sshd starts for ann does not start /bin/sh, and ends without a word');
  });

  it('is told from one that repeats what it was told', async () => {
    const session = await loginThatSays('\n\n\n\nrb_whole=1\ncase :$PATH: in\n');
    assert.match(refusedByLogin(session, 'ann')?.message ?? '', /repeats what it is told/);
  });

  it('is told from one that never stops', async () => {
    const session = await loginThatSays('y\n'.repeat(40_000));
    assert.match(refusedByLogin(session, 'ann')?.message ?? '', /more than 64 kB .* it begins: y y y/);
  });

  it('says that there was no answer, what came instead, or that there was not even a channel', async () => {
    assert.equal(
      loginSilent(await loginThatSays('what is your name? '), 'ann', '8 s').message,
      'the login shell of ann did not answer within 8 s; it says: what is your name?',
    );
    assert.equal(loginSilent(undefined, 'ann', '8 s').message, 'the login shell of ann did not answer within 8 s');
  });
});
