import type { ErrorInfo } from '../../model/error.ts';
import type { SshHost } from '../../model/host.ts';
import { printable, printableLine } from '../../util/printable.ts';
import type { Failure } from '../failure.ts';
import { CANCELLED, dropped, loginUnfinished, lostAtLogin, unanswered } from '../unreached.ts';
import type { Asked } from './askpass.ts';
import { HOST_KEY_WORDS } from './host-key-words.ts';
import { LOGIN_WORDS, refusedLogin } from './login-words.ts';
import { WAY_WORDS } from './way-words.ts';
import type { About, Words } from './words.ts';

/** How a try to connect ended, and all that was said. */
export interface Ended {
  readonly host: SshHost;
  readonly timeoutMs: number;
  readonly cause: 'ended' | 'cancelled' | 'late' | 'unanswered';
  /** What `ssh` itself said, in the C locale. */
  readonly log: string;
  /** What it said before it had a log, and what those said that it started: an `ssh` for a jump host, a proxy command. */
  readonly said: string;
  readonly status: number | undefined;
  readonly asked: Asked;
}

const ALL_WORDS = [...HOST_KEY_WORDS, ...LOGIN_WORDS, ...WAY_WORDS];
const NOT_FOUND = 127;
const LONGEST_PART = 8192;
const LONG_LINE = /^(.{1000}).+$/gm;
const SHOWN = /^debug1: Server host (?:key: (\S+) (SHA256:\S+)|certificate: (\S+) (SHA256:[^,\s]+))/m;
const DROPPED =
  /kex_exchange_identification|Connection (closed|reset) by|Connection reset|Exceeded MaxStartups|Not allowed at this time/;

export function masterFailure(ended: Ended): Failure {
  const { host, cause, status } = ended;
  const [log, said] = [readable(ended.log), readable(ended.said)];
  const where = `${host.address}:${host.port}`;
  if (cause === 'cancelled') return never(CANCELLED);
  if (cause === 'ended' && status === NOT_FOUND) return never(NOT_INSTALLED);
  const { timeoutMs, asked } = ended;
  const about: About = { host, where, log, shown: keyInWords(log), timeoutMs, asked };
  if (cause === 'unanswered') return never(refusedLogin(about, ''));
  const own = without(log);
  const isProxied =
    /^debug1: (Executing proxy command|Setting implicit ProxyCommand)/m.test(log) && shownKey(log) === undefined;
  if (isProxied) return proxyFailure({ ...ended, said }, about);
  // A host can say anything in its banner, which is not in the log: what `ssh` itself says goes first.
  const known = firstOf(ALL_WORDS, `${own}\n${warnings(said)}`, about) ?? firstOf(ALL_WORDS, said, about);
  if (known !== undefined) return never(known);
  if (cause === 'late') return never(late(about));
  if (DROPPED.test(own))
    return about.shown === undefined ? { error: dropped(where), again: true } : never(lostAtLogin(where));
  return never({
    code: 'protocol',
    message: `ssh did not connect to ${where}: ${lastLine(`${said}\n${own}`)}`,
    hint: `Try: ssh -v ${host.ssh.program.destination}`,
  });
}

/**
 * Its beginning and its end, in signs for a terminal, and of each line the beginning. A host decides how much there is, and
 * on one line: what is said is looked through many times, and a message takes whole lines of it.
 */
function readable(text: string): string {
  const both = text.length <= 2 * LONGEST_PART ? text : `${text.slice(0, LONGEST_PART)}\n${text.slice(-LONGEST_PART)}`;
  return printable(both.replaceAll('\r\n', '\n')).replace(LONG_LINE, '$1…');
}

/** The key, or the certificate, that the host has shown: the first, before anything that a host can say is in the log. */
export function shownKey(log: string): { readonly type: string; readonly fingerprint: string } | undefined {
  const match = SHOWN.exec(log);
  const type = match?.[1] ?? match?.[3];
  const fingerprint = match?.[2] ?? match?.[4];
  return type === undefined || fingerprint === undefined ? undefined : { type, fingerprint };
}

export function folderFailure(root: string, { message }: Error): Failure {
  return never({
    code: 'configuration',
    message: `no folder could be made for the socket of ssh: ${message}`,
    hint: `Free space in ${root}, or set TMPDIR to a folder of yours with a short path.`,
  });
}

export const noProcess = (why: string): ErrorInfo => ({
  code: 'configuration',
  message: `no ssh could be started: ${why}`,
  hint: 'Raise the limit before runbook is started, such as ulimit -n 4096; or take fewer hosts at once: --forks.',
});

/** The error itself, not one like it: whoever asks compares with this. */
export const NOT_INSTALLED = {
  code: 'configuration',
  message: 'the program ssh is not installed here',
  hint: 'Install OpenSSH (Debian: apt install openssh-client), or let the inventory say ansible_connection: ssh.',
} as const satisfies ErrorInfo;

/** What a jump host or a proxy command said instead of the host. `ssh` names the hop, which may be any of them. */
function proxyFailure({ host, said, cause }: Ended, about: About): Failure {
  const { where } = about;
  const isJump = /^debug1: Setting implicit ProxyCommand/m.test(about.log);
  const way = isJump ? 'a jump host' : 'its ProxyCommand';
  const beyond = /open failed: connect failed: ([^\r\n]+)/.exec(said)?.[1];
  if (beyond !== undefined)
    return never({
      code: /refused/.test(beyond) ? 'connection-refused' : 'connection-timeout',
      message: `${way} can't reach ${where}: ${printableLine(beyond)}`,
      hint: 'Is sshd running there, and on this port?',
    });
  const known = firstOf(ALL_WORDS, said, { ...about, hop: true });
  if (known !== undefined) return never({ ...known, message: `on the way through ${way}: ${known.message}` });
  if (cause === 'late') return never(late(about));
  const words = lastLine(said);
  return {
    error: {
      code: 'connection-lost',
      message: `${way} closed the way to ${where}${words === '' ? '' : `: ${words}`}`,
      hint: `Try: ssh -v ${host.ssh.program.destination}`,
    },
    again: DROPPED.test(said),
  };
}

const late = ({ where, timeoutMs, shown }: About): ErrorInfo =>
  shown === undefined ? unanswered(where, timeoutMs) : loginUnfinished(where, timeoutMs);

function firstOf(words: readonly Words[], text: string, about: About): ErrorInfo | undefined {
  for (const { words: pattern, means } of words) {
    const match = pattern.exec(text);
    if (match !== null) return means(match, about);
  }
  return undefined;
}

const never = (error: ErrorInfo): Failure => ({ error, again: false });

/** The key that was shown, for a message. */
export function keyInWords(log: string): string | undefined {
  const shown = shownKey(log);
  return shown === undefined ? undefined : `${shown.type} key ${shown.fingerprint}`;
}

const warnings = (said: string): string => (said.match(/^Warning: Identity file .*$/gm) ?? []).join('\n');

const without = (log: string): string => log.replace(/^debug\d: .*$/gm, '');

const lastLine = (text: string): string =>
  printableLine(
    text
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '')
      .slice(-2)
      .join('; '),
  ).slice(0, 500);
