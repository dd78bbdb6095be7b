import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { Method, Start } from '../../src/transports/shell/become.ts';
import { DOAS } from '../../src/transports/shell/doas.ts';
import { answerPrompt, type PromptEnd } from '../../src/transports/shell/password-prompt.ts';
import { SU } from '../../src/transports/shell/su.ts';
import { SUDO } from '../../src/transports/shell/sudo.ts';
import { Secret } from '../../src/util/secret.ts';
import { NEVER } from '../conformance/transport.ts';

const WORD = 'it’s $HOME `x`';
const password = new Secret(WORD);

const started = (method: Method, terminal = false): Start & Required<Pick<Start, 'dialogue'>> => {
  const start = method.start({ from: 'ops', to: 'root' }, method.name, { asks: true, terminal });
  assert.ok(start.dialogue);
  return { ...start, dialogue: start.dialogue };
};

/** The far end of a channel on which such a program was started. */
class Scripted {
  readonly start: ReturnType<typeof started>;
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly #stdin = new PassThrough();
  readonly #closing = Promise.withResolvers<void>();
  readonly verdict: Promise<PromptEnd>;

  constructor(method: Method, signal = NEVER) {
    this.start = started(method, method === DOAS);
    const pipes = {
      stdin: this.#stdin,
      stdout: this.stdout,
      stderr: this.stderr,
      closed: this.#closing.promise,
      destroy: () => undefined,
    };
    this.verdict = answerPrompt(pipes, this.start.dialogue, password, signal);
  }

  async says(stderr: string, stdout = ''): Promise<void> {
    this.stderr.write(stderr);
    this.stdout.write(stdout);
    await turn();
  }

  async starts(): Promise<void> {
    await this.says('', this.start.dialogue.ready);
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

class ScriptedSudo extends Scripted {
  constructor(signal = NEVER) {
    super(SUDO, signal);
  }

  /** As sudo makes it of its argument. */
  get prompt(): string {
    const [, argument = ''] = / -p (\S+)/.exec(this.start.line) ?? [];
    return argument.replace('%%', '%').replace('%p', 'ops');
  }
}

/** su and doas: what they say comes after a mark, and their question is their own. */
class ScriptedOther extends Scripted {
  get mark(): string {
    return `${/echo (runbook-\w{32})\b(?! *;exec)/.exec(this.start.source ?? '')?.[1]}\n`;
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
    assert.equal(await sudo.verdict, 'unasked');
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
    await sudo.says(`+ ${sudo.start.line}\n`, `${sudo.start.line}\n`);
    assert.equal(sudo.told(), '');
    await sudo.says(sudo.prompt);
    assert.equal(sudo.told(), `${WORD}\n`);
  });

  it('is not written once nobody waits for it any more', async () => {
    const deadline = new AbortController();
    const sudo = new ScriptedSudo(deadline.signal);
    deadline.abort();
    await sudo.says(sudo.prompt);
    assert.equal(sudo.told(), '');
    await sudo.ends();
    assert.equal(await sudo.verdict, 'ended');
  });

  it('is no word of the command that asks for it', () => {
    const { line } = started(SUDO);
    assert.match(line, /^exec env LC_ALL=C sudo -S -p runbook%%\w{32}:%p: -H -u root \/bin\/sh -c /);
    assert.doesNotMatch(line, /["'$\n]/);
  });
});

for (const [method, question] of [
  [SU, 'Password: '],
  [SU, "root's Password:"],
  [DOAS, '\rdoas (ops@web01) password: '],
] as const)
  describe(`the password for ${method.name} that asks ${JSON.stringify(question)}`, () => {
    it('is written once the question is the last it says, and not before', async () => {
      const program = new ScriptedOther(method);
      await program.says(program.mark);
      await program.says('Authorized use only. Password: is asked once.\n');
      assert.equal(program.told(), '');
      for (const character of question) await program.says(character);
      assert.equal(program.told(), `${WORD}\n`);
      await program.says('\n');
      await program.starts();
      assert.deepEqual([await program.verdict, program.told()], ['taken', '']);
    });

    it('is not written for a question that was there before the program', async () => {
      const program = new ScriptedOther(method);
      await program.says(question);
      assert.equal(program.told(), '');
      await program.says(program.mark);
      assert.equal(program.told(), '');
      await program.starts();
      assert.equal(await program.verdict, 'unasked');
    });

    it('is wrong when it asks again, and is not said twice', async () => {
      const program = new ScriptedOther(method);
      await program.says(program.mark + question);
      program.told();
      await program.says(`\n${question}`);
      assert.deepEqual([await program.verdict, program.told()], ['refused', '']);
    });

    it('is wrong when it says so and ends', async () => {
      const program = new ScriptedOther(method);
      await program.says(program.mark + question);
      await program.says(method === SU ? '\nsu: Authentication failure\n' : '\ndoas: Authentication failed\n');
      await program.ends();
      assert.equal(await program.verdict, 'refused');
    });
  });

describe('the password for su', () => {
  it('is not wrong because the account has expired', async () => {
    const su = new ScriptedOther(SU);
    await su.says(`${su.mark}Password: `);
    await su.says('Your account has expired; please contact your system administrator.\nsu: Authentication failure\n');
    await su.ends();
    assert.equal(await su.verdict, 'ended');
  });

  it('is not wrong because a new one is wanted, or because of what is said in its line', async () => {
    for (const words of ['You must change it.\nCurrent password: ', 'su: ']) {
      const su = new ScriptedOther(SU);
      await su.says(`${su.mark}Password: `);
      su.told();
      await su.says(words);
      await su.says('using restricted shell\n');
      await su.ends();
      assert.deepEqual([await su.verdict, su.told()], ['ended', '']);
    }
  });

  it('is asked for on stdout by BusyBox', async () => {
    const su = new ScriptedOther(SU);
    await su.says(su.mark, `${su.mark}Password: `);
    assert.equal(su.told(), `${WORD}\n`);
    await su.says('su: incorrect password\n');
    await su.ends();
    assert.equal(await su.verdict, 'refused');
  });
});
