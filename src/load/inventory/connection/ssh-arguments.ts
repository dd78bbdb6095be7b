import { normalize } from 'node:path/posix';
import { err, ok, type Result } from '../../../util/result.ts';
import { splitShellWords } from '../../../util/shell-words.ts';
import { shorten } from '../../../util/shorten.ts';

/** What the arguments of one of Ansible's variables ask of `ssh`. */
export interface SshArguments {
  /** `Key=Value` each, in their order. */
  readonly options: readonly string[];
  /** `-F` */
  readonly configFile?: string;
  /** What is left out, and is worth a word: `-A`. */
  readonly ignored: readonly string[];
}

export interface SshArgumentsError {
  readonly code: 'E_HOST_KEY' | 'E_UNSUPPORTED';
  readonly message: string;
  readonly hint: string;
}

/** Letters that take a value, and the option of ssh_config(5) that means the same. */
const WITH_VALUE: Readonly<Record<string, string>> = {
  p: 'Port',
  l: 'User',
  i: 'IdentityFile',
  J: 'ProxyJump',
  b: 'BindAddress',
  B: 'BindInterface',
  c: 'Ciphers',
  m: 'MACs',
  I: 'PKCS11Provider',
};
const WITHOUT_VALUE: Readonly<Record<string, string>> = {
  '4': 'AddressFamily=inet',
  '6': 'AddressFamily=inet6',
  C: 'Compression=yes',
  K: 'GSSAPIAuthentication=yes',
  k: 'GSSAPIDelegateCredentials=no',
};
/** About terminals, sharing and noise, which are decided here. */
const WITHOUT_EFFECT = /^[aqvTtxnMy]$/;
const VALUE_WITHOUT_EFFECT = /^[eES]$/;
const FORWARDING = /^[AXY]$/;

/** Reads words as `ssh` would. What would forward ports, run in the background or trust any host is an error. */
export function parseSshArguments(text: string): Result<SshArguments, SshArgumentsError> {
  const words = splitShellWords(text, { comments: false });
  if (!words.ok) return refuse(text, `these are no arguments: ${words.error}`);
  const options: string[] = [];
  const ignored: string[] = [];
  let configFile: string | undefined;
  const waiting = words.value.values();
  for (const { text: word } of waiting) {
    if (!/^-./.test(word)) return refuse(word, `${word} is no option of ssh`);
    for (let at = 1; at < word.length; at += 1) {
      const letter = word[at] ?? '';
      const valued = Object.hasOwn(WITH_VALUE, letter) || letter === 'o' || letter === 'F';
      if (valued || VALUE_WITHOUT_EFFECT.test(letter)) {
        const value = at + 1 < word.length ? word.slice(at + 1) : waiting.next().value?.text;
        if (value === undefined) return refuse(word, `-${letter} of ssh needs a value`);
        if (letter === 'F') configFile = value;
        else if (valued) options.push(letter === 'o' ? inOneForm(value) : `${WITH_VALUE[letter] ?? ''}=${value}`);
        break;
      }
      const option = Object.hasOwn(WITHOUT_VALUE, letter) ? WITHOUT_VALUE[letter] : undefined;
      if (option !== undefined) options.push(option);
      else if (FORWARDING.test(letter)) ignored.push(`-${letter}`);
      else if (!WITHOUT_EFFECT.test(letter))
        return refuse(word, `the ssh option -${letter} has no place in an inventory`);
    }
  }
  const wrong = options.map(whyRefused).find((why) => why !== undefined);
  if (wrong !== undefined) return err(wrong);
  return ok({
    options: options.filter((option) => !DECIDED_HERE.test(option)),
    ignored: [...ignored, ...options.filter((option) => FORWARDS.test(option))],
    ...(configFile !== undefined && { configFile }),
  });
}

/** The text without the `-o` that would trust any host, and what these were. */
export function withoutUnchecked(text: string): { readonly text: string; readonly left: readonly string[] } {
  const words = splitShellWords(text, { comments: false });
  if (!words.ok) return { text, left: [] };
  const left: string[] = [];
  const kept: string[] = [];
  let from = 0;
  for (const [index, { text: word, start, end }] of words.value.entries()) {
    const before = words.value[index - 1];
    const isApart = before?.text === '-o';
    const option = isApart ? word : /^-o(?=.)(.*)$/s.exec(word)?.[1];
    if (option === undefined || whyRefused(inOneForm(option))?.code !== 'E_HOST_KEY') continue;
    left.push(option);
    kept.push(text.slice(from, isApart ? before.start : start));
    from = end;
  }
  return { text: [...kept, text.slice(from)].join('').trim(), left };
}

/** `Key=Value`, which ssh also takes as `Key Value` and `Key = "Value"`. */
function inOneForm(option: string): string {
  const [, key = option, value = ''] = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.*)$/s.exec(option) ?? [];
  return `${key}=${value.trimEnd()}`;
}

const FORWARDS = /^(?:forwardagent|forwardx11|forwardx11trusted)=(?!no$)/i;
/** How a connection is shared and kept, what is forwarded and run on it: other programs' business, or ours. */
const DECIDED_HERE =
  /^(?:forwardagent|forwardx11|forwardx11trusted|controlmaster|controlpath|controlpersist|loglevel|requesttty|batchmode|permitlocalcommand|localcommand|sendenv|setenv|stricthostkeychecking=(?:yes|ask|true))(?:=|$)/i;

function whyRefused(option: string): SshArgumentsError | undefined {
  const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(option) ?? [];
  if (!/^[A-Za-z0-9]+$/.test(key) || value === '')
    return {
      code: 'E_UNSUPPORTED',
      message: `${shorten(option, 60)} is no option as -o of ssh takes it`,
      hint: 'write -o Key=Value',
    };
  const name = key.toLowerCase();
  const bare = value.replace(/^"(.*)"$/, '$1');
  if (name === 'stricthostkeychecking' && !/^(?:yes|true|ask|accept-new)$/i.test(bare)) return UNCHECKED;
  if (name === 'userknownhostsfile' && isKeptNowhere(value)) return UNCHECKED;
  if (name === 'nohostauthenticationforlocalhost' && !/^(?:no|false)$/i.test(bare)) return UNCHECKED;
  if (/^(?:local|remote|dynamic)forward$/.test(name) || /^(?:tunnel|forkafterauthentication|stdioforward)$/.test(name))
    return { code: 'E_UNSUPPORTED', message: `the ssh option ${key} has no place in an inventory`, hint: 'remove it' };
  return undefined;
}

/** A new key goes into the first file. A device keeps none, so that the next key would be new again. */
function isKeptNowhere(files: string): boolean {
  const words = splitShellWords(files, { comments: false });
  const [first] = words.ok ? words.value : [];
  return first !== undefined && /^(?:\/+dev\/|none$)/i.test(normalize(first.text));
}

const UNCHECKED: SshArgumentsError = {
  code: 'E_HOST_KEY',
  message: 'host keys are always checked',
  hint: 'put them into known_hosts: ssh-keyscan HOST, and compare. To take a new key once: -o StrictHostKeyChecking=accept-new',
};

function refuse(word: string, message: string): Result<never, SshArgumentsError> {
  return err({ code: 'E_UNSUPPORTED', message, hint: `remove or correct ${shorten(word, 60)}` });
}
