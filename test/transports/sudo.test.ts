import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { newMarks, shellCommand } from '../../src/transports/shell/shell-command.ts';
import { ShownPasswords, type PasswordVerdict, type Withheld } from '../../src/transports/shown-passwords.ts';
import { answerSudo } from '../../src/transports/shell/sudo.ts';
import { Secret } from '../../src/util/secret.ts';
import { NEVER } from '../conformance/transport.ts';

const WORD = 'it’s $HOME `x`';
const password = new Secret(WORD);

/** The far end of a channel on which sudo was started. */
class ScriptedSudo {
  readonly marks = newMarks();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly #stdin = new PassThrough();
  readonly #closing = Promise.withResolvers<void>();
  readonly verdict: Promise<PasswordVerdict | Withheld>;

  constructor(host = 'web01', passwords = new ShownPasswords(), signal = NEVER) {
    const pipes = {
      stdin: this.#stdin,
      stdout: this.stdout,
      stderr: this.stderr,
      closed: this.#closing.promise,
      destroy: () => undefined,
    };
    this.verdict = answerSudo(pipes, this.marks, { host, password, passwords }, signal);
  }

  get prompt(): string {
    return this.marks.prompt;
  }

  async says(stderr: string, stdout = ''): Promise<void> {
    this.stderr.write(stderr);
    this.stdout.write(stdout);
    await turn();
  }

  async starts(): Promise<void> {
    await this.says('', this.marks.ready);
  }

  async ends(): Promise<void> {
    this.#closing.resolve();
    await turn();
  }

  /** All that it was told since the last call. */
  told(): string {
    return ((this.#stdin.read() as Buffer | null) ?? Buffer.alloc(0)).toString();
  }
}

describe('the password for sudo', () => {
  it('is written once its own prompt is there, and not before', async () => {
    const sudo = new ScriptedSudo();
    await sudo.says('We trust you have received the usual lecture.\n[sudo] password for ops: runbook%\n');
    assert.equal(sudo.told(), '');
    await sudo.says(sudo.prompt);
    assert.equal(sudo.told(), `${WORD}\n`);
    await sudo.starts();
    assert.equal(await sudo.verdict, 'taken');
  });

  it('is never written where none is asked for', async () => {
    const sudo = new ScriptedSudo();
    await sudo.says('motd\n', 'motd\n');
    await sudo.starts();
    assert.equal(await sudo.verdict, 'taken');
    await sudo.says(sudo.prompt);
    assert.equal(sudo.told(), '');
  });

  it('is written once, however the prompt is cut', () =>
    fc.assert(
      fc.asyncProperty(fc.string(), fc.array(fc.nat(60), { maxLength: 8 }), async (noise, cuts) => {
        const sudo = new ScriptedSudo();
        const text = `${noise}${sudo.prompt}`;
        let from = 0;
        for (const at of [...cuts, text.length].toSorted((a, b) => a - b)) {
          await sudo.says(text.slice(from, at));
          from = Math.max(from, at);
        }
        assert.equal(sudo.told(), `${WORD}\n`);
      }),
      { numRuns: 50 },
    ));

  it('is wrong when sudo asks again, and is not said twice', async () => {
    const sudo = new ScriptedSudo();
    await sudo.says(sudo.prompt);
    sudo.told();
    await sudo.says(`Sorry, try again.\n${sudo.prompt}`);
    assert.equal(await sudo.verdict, 'refused');
    assert.equal(sudo.told(), '');
  });

  it('is wrong when sudo that asks only once says so', async () => {
    const sudo = new ScriptedSudo();
    await sudo.says(sudo.prompt);
    await sudo.says('sudo: 1 incorrect password attempt\n');
    await sudo.ends();
    assert.equal(await sudo.verdict, 'refused');
  });

  it('is neither right nor wrong when sudo ends first', async () => {
    const early = new ScriptedSudo();
    await early.ends();
    assert.deepEqual([await early.verdict, early.told()], ['ended', '']);
    const late = new ScriptedSudo();
    await late.says(late.prompt);
    await late.ends();
    assert.equal(await late.verdict, 'ended');
  });

  it('is not asked for by a login shell that prints its commands', async () => {
    const sudo = new ScriptedSudo();
    const command = shellCommand('root', 'ops', sudo.marks);
    assert.ok(command.ok);
    await sudo.says(`+ ${command.value}\n`, `${command.value}\n`);
    assert.equal(sudo.told(), '');
    await sudo.says(sudo.prompt);
    assert.equal(sudo.told(), `${WORD}\n`);
  });

  it('is shown to one host alone until that has taken it', async () => {
    const passwords = new ShownPasswords();
    const hosts = ['web01', 'web02', 'web03'].map((name) => new ScriptedSudo(name, passwords));
    for (const sudo of hosts) await sudo.says(sudo.prompt);
    const told = (): number => hosts.filter((sudo) => sudo.told() !== '').length;
    assert.equal(told(), 1);
    await hosts[0]?.starts();
    assert.equal(told(), 2);
    for (const sudo of hosts) await sudo.starts();
    assert.deepEqual(await Promise.all(hosts.map(({ verdict }) => verdict)), ['taken', 'taken', 'taken']);
  });

  it('is shown to no further host once one has refused it, but still to those that took it', async () => {
    const passwords = new ShownPasswords();
    const [right, wrong, next] = ['web01', 'web02', 'web03'].map((name) => new ScriptedSudo(name, passwords));
    assert.ok(right && wrong && next);
    await right.says(right.prompt);
    await right.starts();
    await wrong.says(wrong.prompt);
    await wrong.says(wrong.prompt);
    assert.equal(await wrong.verdict, 'refused');
    await next.says(next.prompt);
    assert.deepEqual([await next.verdict, next.told()], [{ refusedBy: 'web02' }, '']);
    const second = new ScriptedSudo('web01', passwords);
    await second.says(second.prompt);
    assert.equal(second.told(), `${WORD}\n`);
  });

  it('is shown to the next host when the first fell silent, and never after the deadline', async () => {
    const passwords = new ShownPasswords();
    const deadline = new AbortController();
    const first = new ScriptedSudo('web01', passwords);
    const late = new ScriptedSudo('web02', passwords, deadline.signal);
    const next = new ScriptedSudo('web03', passwords);
    for (const sudo of [first, late, next]) await sudo.says(sudo.prompt);
    deadline.abort();
    await first.ends();
    await turn();
    assert.equal(late.told(), '');
    assert.equal(next.told(), `${WORD}\n`);
  });

  it('is no word of the command that asks for it', () => {
    const marks = newMarks();
    const command = shellCommand('root', 'ops', marks);
    assert.ok(command.ok);
    assert.match(command.value, /^exec env LC_ALL=C sudo -S -p runbook%%\w{32} -H -u root \/bin\/sh -c /);
    assert.doesNotMatch(command.value, /["'$\n]/);
  });
});
