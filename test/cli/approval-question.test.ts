import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { askApproval, type Answer } from '../../src/cli/approval-question.ts';

describe('the question before a run', () => {
  const answers: readonly (readonly [typed: readonly string[], answer: Answer])[] = [
    [['yes'], 'yes'],
    [['YES '], 'yes'],
    [['no'], 'no'],
    [['n'], 'no'],
    [['first'], 'first'],
    [['y', 'ye', 'yess', 'ja', '', 'no'], 'no'],
    [['f', 'firs', 'no'], 'no'],
    [['yes no', 'n'], 'no'],
  ];
  for (const [typed, answer] of answers) {
    it(`takes ${JSON.stringify(typed)} for ${answer}`, async () => {
      assert.equal((await ask(typed)).answer, answer);
    });
  }

  it('takes the end of input for no', async () => {
    assert.equal((await ask([])).answer, 'no');
  });

  it('takes an interrupt for no', async () => {
    const stop = new AbortController();
    const asked = ask(['diff'], { signal: stop.signal, open: true });
    stop.abort('SIGINT');
    assert.equal((await asked).answer, 'no');
  });

  it('shows the plan in full, or by host, and asks again', async () => {
    const { explained, printed, answer } = await ask(['diff', 'd', 'c', 'hosts', 'h', 'yes']);
    assert.deepEqual(explained, ['diffs', 'diffs', 'commands', 'by-host', 'by-host']);
    assert.equal(printed.split('Go on? yes, no, diff, commands, hosts, first, ?: ').length - 1, 6);
    assert.equal(answer, 'yes');
  });

  it('says what each answer does', async () => {
    for (const word of ['?', 'help']) {
      const { printed } = await ask([word, 'no']);
      assert.match(printed, /\n? {2}yes {6}carry out all of it, and nothing else\n {2}no {7}change nothing/);
      assert.match(printed, /\n {2}first {4}carry it out on the first host only/);
    }
  });

  it('asks again for whatever else is typed', async () => {
    assert.match(
      (await ask(['maybe', 'no'])).printed,
      /please type one of: yes, no, diff, commands, hosts, first, \?\n/,
    );
  });

  it('does not offer to begin with the first of one host', async () => {
    const { printed, answer } = await ask(['first', 'no'], { several: false });
    assert.match(printed, /^Go on\? yes, no, diff, commands, \?: /);
    assert.equal(answer, 'no');
  });
});

interface Circumstances {
  readonly several?: boolean;
  readonly signal?: AbortSignal;
  /** Nobody closes the input. */
  readonly open?: boolean;
}

/** Each line is typed when the question waits for it, as on a terminal. */
async function ask(typed: readonly string[], circumstances: Circumstances = {}) {
  const { several = true, signal = new AbortController().signal, open = false } = circumstances;
  const input = new PassThrough();
  const explained: string[] = [];
  const keys = [...typed];
  let printed = '';
  const answer = await askApproval({
    text: 'Go on?',
    several,
    explain: (how) => {
      explained.push(how);
      return Promise.resolve();
    },
    print: (text) => {
      printed += text;
      if (!text.endsWith(': ')) return;
      const line = keys.shift();
      if (line !== undefined) setImmediate(() => input.write(`${line}\n`));
      else if (!open) setImmediate(() => input.end());
    },
    input,
    signal,
  });
  return { answer, printed, explained };
}
