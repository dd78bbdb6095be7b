import type { SourceRange } from '../../../model/source.ts';
import { Secret } from '../../../util/secret.ts';
import { NAMES } from './connection-variables.ts';
import type { GivenText, HostValues } from './host-values.ts';
import type { Notes } from '../notes.ts';
import { parseSshArguments } from './ssh-arguments.ts';

/** What the three variables with arguments for `ssh` ask for. */
export interface SshOptions {
  /** In the order in which Ansible puts them, without ports and users. */
  readonly options: readonly string[];
  readonly configFile?: GivenWord;
  /** Of `ansible_ssh_args`, which stand before what Ansible itself writes: to ssh the first value of an option counts. */
  readonly before: PortAndUser;
  /** Of the others, which stand behind it. */
  readonly after: PortAndUser;
  /** What of it comes from vaults. */
  readonly hidden: readonly Secret[];
}

export type GivenWord = Pick<GivenText, 'text' | 'at'>;

interface PortAndUser {
  readonly port?: GivenWord;
  readonly user?: GivenWord;
}

export function readSshOptions(values: HostValues, notes: Notes): SshOptions {
  const before = readOne(values, NAMES.args, notes);
  const after = [readOne(values, NAMES.commonArgs, notes), readOne(values, NAMES.extraArgs, notes)];
  const configFile = [before, ...after].findLast((each) => each.configFile !== undefined)?.configFile;
  return {
    options: [before, ...after].flatMap(({ options }) => options).filter((option) => !PORT_OR_USER.test(option)),
    before: portAndUser([before]),
    after: portAndUser(after),
    hidden: [before, ...after].flatMap(({ hidden }) => hidden),
    ...(configFile !== undefined && { configFile }),
  };
}

interface ReadArguments {
  readonly options: readonly string[];
  readonly hidden: readonly Secret[];
  readonly configFile?: GivenWord;
  readonly at?: SourceRange;
}

const NOTHING: ReadArguments = { options: [], hidden: [] };

function readOne(values: HostValues, names: readonly string[], notes: Notes): ReadArguments {
  const given = values.text(names, 'write options of ssh, such as -o Key=Value');
  if (given === undefined) return NOTHING;
  const { name, at, secrets } = given;
  const read = parseSshArguments(given.text);
  if (!read.ok) {
    const { code, message, hint } = secrets.length > 0 && read.error.code !== 'E_HOST_KEY' ? HIDDEN : read.error;
    values.problem(code, at, `${name}: ${message}`, hint);
    return NOTHING;
  }
  const { options, ignored, configFile } = read.value;
  for (const option of ignored) {
    notes.warn('W_FORWARDING', at, `${name}: ${option} has no effect: nothing is forwarded to hosts`, 'remove it');
  }
  return {
    options,
    at,
    hidden: hiddenIn(options, secrets),
    ...(configFile !== undefined && { configFile: { text: configFile, at } }),
  };
}

const HIDDEN = {
  code: 'E_UNSUPPORTED',
  message: 'not all in the vault is taken as options of ssh',
  hint: 'look at it: ansible-vault view; options are written -o Key=Value',
} as const;

/** Where a vault has all of the options, their values, but for short ones that are words of ssh: `yes`. */
function hiddenIn(options: readonly string[], secrets: readonly Secret[]): readonly Secret[] {
  const texts = new Set(secrets.map((secret) => secret.reveal()));
  const values = options.map((option) => option.slice(option.indexOf('=') + 1));
  const inVault = values.filter((value) => value.length >= 8 && [...texts].some((text) => text.includes(value)));
  return [...secrets, ...inVault.map((value) => new Secret(value))];
}

const PORT_OR_USER = /^(port|user)=(.*)$/is;

/** The first of each. */
function portAndUser(read: readonly ReadArguments[]): PortAndUser {
  const found: { port?: GivenWord; user?: GivenWord } = {};
  for (const { options, at } of read) {
    for (const option of options) {
      const [, key = '', text = ''] = PORT_OR_USER.exec(option) ?? [];
      if (at === undefined || key === '') continue;
      if (key.toLowerCase() === 'port') found.port ??= { text, at };
      else found.user ??= { text, at };
    }
  }
  return found;
}
