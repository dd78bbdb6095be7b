import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import type { ErrorInfo } from '../../../src/model/error.ts';
import { whatIsAsked } from '../../../src/transports/login-prompt.ts';
import { outputOf } from '../../../src/transports/output.ts';
import type { Report } from '../../../src/transports/shell/command.ts';
import type { Greeting } from '../../../src/transports/shell/greeting.ts';
import { outputOfKept } from '../../../src/transports/shell/kept-output.ts';
import { askForLock } from '../../../src/transports/shell/lock.ts';
import { LockWaits } from '../../../src/transports/shell/lock-waits.ts';
import { resultOf } from '../../../src/transports/shell/outcome.ts';
import { answerPrompt } from '../../../src/transports/shell/password-prompt.ts';
import { settleClaim } from '../../../src/transports/shell/settle.ts';
import { SU } from '../../../src/transports/shell/su.ts';
import { SUDO } from '../../../src/transports/shell/sudo.ts';
import { Secret } from '../../../src/util/secret.ts';
import { sha256 } from '../../../src/util/sha256.ts';
import type { Parser } from '../parser.ts';

const NONCE = '0123456789abcdef'.repeat(2);
const ENDING = sha256(NONCE);
const END_LINE = `\n@${NONCE}:end:0:\n`;
const CLAIM = { runId: '01run', step: 'start', attempt: 1, epoch: 3 } as const;
const NOTE = { runId: '01run', runbook: 'r', by: 'me@here', since: '2026-01-01T00:00:00Z', host: 'web01', epoch: 3 };
const GREETING = { facts: { uid: 0, boot_id: 'b' } } as unknown as Greeting;

/** What a host keeps of changes and of locks, as it tells it to a later connection. */
export const LEDGER: readonly Parser[] = [
  {
    name: 'claim of a change',
    corpus: [
      'state absent\nfrom 3\n',
      'state runs\npid 812\n',
      'state restarted\n',
      'state left\n',
      `state ended\nending ${ENDING}\nrc 0\nstarted 1700000000.1\nended 1700000001.2\nmark abc\n`,
      `state ended\nending ${ENDING}\nrc 143 left 1 process: 812 sleep\nstarted 1\nended 2\nmark m\n`,
    ],
    words: [
      ...['state ', 'absent', 'ended', 'from ', 'pid ', 'rc ', 'ending ', `\nending ${ENDING}\n`, 'mark ', '\n', ' '],
      ...['0', '-1', '999', '1e400', '9007199254740993', '\0', '\u001b[2J', 'gone', 'left '],
    ],
    check: checkClaim,
  },
  {
    name: 'answer of a lock',
    corpus: [
      'locked 5f0a1c5d\n',
      'leased 5f0a1c5d\n',
      'missing no flock\n',
      'held run 01other\nrunbook r\nby ann@x\nsince 2026-01-01T00:00:00Z\n',
      'busy run 01run\n',
      'waits start.1 runs 30\n',
      'waits start.1 ends 2\n',
      'stuck 812 start.1\n',
      'unsafe belongs to somebody else\n',
    ],
    words: [
      'locked ',
      'leased ',
      'held ',
      'busy ',
      'waits ',
      'stuck ',
      'unsafe ',
      'newer',
      'twin',
      'run ',
      ' runs ',
      '1e9',
    ].concat(['\n', ' ', '0', '-1', '9'.repeat(20), 'x'.repeat(70), '\0', '\u001b[2J', '\u202e']),
    check: checkLock,
  },
  {
    name: 'kept output',
    corpus: [
      `\n@${NONCE}:pid:812:812\nprinted\n@${NONCE}:exit:3\n${END_LINE}`,
      `printed${END_LINE}from a daemon`,
      `\n@${NONCE}:pid:1:1\n`,
    ],
    words: [
      END_LINE,
      `\n@${NONCE}:pid:`,
      `\n@${NONCE}:exit:`,
      '\n@',
      ':end:',
      '0',
      '9'.repeat(30),
      '\n',
      '\0',
      'ÿ',
      NONCE,
    ],
    binary: true,
    check: checkKept,
  },
  {
    name: 'report of a step',
    corpus: ['0:', '137:', '-:claimed', '143:gone', '143:left 2 processes: 1 a, 2 b', '1:left\u001b[2J'],
    words: ['-', ':', '0', '255', '999', 'gone', 'left ', 'x', ' ', '\n', '\0', '\u001b'],
    cap: 5000,
    check(text) {
      const process = text.length % 2 === 0 ? { process: { pid: 2, shell: 2, mark: 'm' } } : {};
      const { end } = resultOf({ ...report(text.slice(text.length / 2)), status: text, ...process });
      if (end.how === 'exit') assert.ok(Number.isInteger(end.code) && end.code >= 0 && end.code <= 999);
      if (end.how === 'not-started') assert.equal(typeof end.why, 'string');
      return end;
    },
  },
  {
    name: 'question for a password',
    corpus: [
      'runbook%NONCE:ann:',
      'MARK\nPassword: ',
      'runbook%NONCE:ann:Sorry, try again.\nrunbook%NONCE:ann:',
      'READY',
    ],
    words: [
      'runbook%',
      'NONCE',
      ':',
      'ann:',
      'MARK',
      'READY',
      'Password: ',
      '\n',
      'sudo: ',
      'a',
      '\u001b[0m',
      '\0',
      'ÿ',
    ],
    binary: true,
    // More than 64 kB before the shell is there is no dialogue.
    cap: 100_000,
    check: checkQuestion,
  },
  {
    name: 'prompt of a login',
    corpus: [
      'Password: ',
      "ann@10.0.0.2's password: ",
      '(ann@web01) Kennwort: ',
      'Verification code: ',
      'New password: ',
    ],
    words: [
      'Password',
      'pass word',
      'passphrase',
      'code',
      'new ',
      ': ',
      '(',
      ')',
      '\n',
      '\u001b[2J',
      '密码',
      'ş',
      '\0',
    ],
    check(text) {
      const asked = whatIsAsked([{ prompt: text }]);
      if (asked !== 'password') assert.ok(asked.other.length < 1000);
      return asked;
    },
  },
];

const report = (text: string): Report => ({
  status: '0:',
  begun: true,
  stdout: outputOf(text),
  stderr: outputOf(''),
  durationMs: 1,
});

/** What is kept of the output is whole where the answer says which end it has, and lost where not: nothing is waited for. */
async function checkClaim(text: string): Promise<unknown> {
  const isWhole = text.slice(text.lastIndexOf('\nending ')).startsWith(`\nending ${ENDING}\n`);
  const kept = { ...report(`\n@${NONCE}:pid:812:812\nx${END_LINE}`), status: isWhole ? '0:0' : 'lost' };
  const answers = [report(text), kept, kept, { ...kept, status: 'lost' }];
  const settled = await settleClaim(
    () => Promise.resolve(answers.shift() ?? assert.fail('it is asked again and again')),
    CLAIM,
    NEVER,
  );
  if (!settled.ok) assert.equal(settled.error.code, 'connection-lost');
  else if (settled.value.state === 'unknown') assert.notEqual(settled.value.why, '');
  else if (settled.value.state === 'ended') {
    const { durationMs, end } = settled.value.answer;
    assert.ok(durationMs >= 0 && Number.isFinite(durationMs));
    if (end.how === 'exit') assert.ok(Number.isInteger(end.code) && end.code >= 0 && end.code <= 999);
  }
  return settled;
}

const NEVER = new AbortController().signal;

async function checkLock(text: string): Promise<unknown> {
  const over = new AbortController();
  const ask = (): Promise<Report> => {
    over.abort();
    return Promise.resolve(report(text));
  };
  const awaited: unknown[] = [];
  const locking = { note: NOTE, user: 'ann', greeting: GREETING, awaits: (claim: unknown) => void awaited.push(claim) };
  const locked = await askForLock(ask, locking, over.signal);
  if (locked.ok) assert.match(locked.value.incarnation, /^[\w-]{1,64}$/);
  else assertError(locked.error);
  const waits = new LockWaits(() => undefined);
  const at = text.indexOf(' ');
  waits.goesOn(text.slice(0, at), text.slice(at + 1));
  return locked.ok ? locked.value : [locked.error, awaited];
}

function assertError({ code, message }: ErrorInfo): void {
  assert.match(code, /^[a-z-]+$/);
  assert.notEqual(message.trim(), '');
}

function checkKept(text: string): unknown {
  const bytes = Buffer.from(text, 'latin1');
  const cut = Math.floor((bytes.length * (text.length % 5)) / 4);
  const missing = text.length % 3 === 0 ? 0 : text.length;
  const kept = outputOfKept({ head: bytes.subarray(0, cut), missing, tail: bytes.subarray(cut) }, ENDING);
  for (const number of [kept.pid, kept.ownExit])
    assert.ok(
      number === undefined || (Number.isSafeInteger(number) && number >= 0),
      `${number} is no number of a process`,
    );
  return kept;
}

/** Before the shell of another user is there, somebody else speaks. The password is told once at most. */
async function checkQuestion(text: string): Promise<unknown> {
  const method = text.length % 3 === 0 ? SU : SUDO;
  const start = method.start({ from: 'ann', to: 'root' }, method.name, { asks: true, terminal: false });
  const { dialogue = assert.fail('it asks') } = start;
  const [, nonce = ''] = /runbook-([0-9a-f]+)/.exec(dialogue.ready) ?? [];
  const words = { NONCE: nonce, MARK: (start.mark ?? '').trimEnd(), READY: dialogue.ready };
  const said = text.replaceAll(/NONCE|MARK|READY/g, (word) => words[word as keyof typeof words]);
  const bytes = Buffer.from(said, 'latin1');
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const ended = Promise.withResolvers<void>();
  const pipes = { stdin, stdout, stderr, closed: ended.promise, destroy: () => undefined };
  const end = answerPrompt(pipes, dialogue, new Secret('correct horse'), NEVER);
  const size = 1 + (text.length % 4096);
  for (let at = 0; at < bytes.length; at += size) (at % 3 === 0 ? stderr : stdout).write(bytes.subarray(at, at + size));
  await new Promise((resolve) => setImmediate(resolve));
  ended.resolve();
  const how = await end;
  const told = String(stdin.read() ?? '');
  assert.ok(['', 'correct horse\n'].includes(told), told);
  if (how === 'unasked') assert.equal(told, '');
  for (const pipe of [stdin, stdout, stderr]) pipe.destroy();
  return how;
}
