import type { SshError } from '../failure.ts';
import { askedForMore, CORRECT_PASSWORD, passwordWithheld } from '../login-refusals.ts';
import { saidByHost } from '../said-by-host.ts';
import type { LoginStory } from './login-story.ts';
import { beyondOf } from './login-keys.ts';

const NAMED = 3;

export interface LoginPlace {
  /** Address and port. */
  readonly where: string;
  readonly user: string;
  readonly hasPassword: boolean;
}

/** Why a host let nobody in, in the words of what it was shown. */
export function loginFailure(story: LoginStory, place: LoginPlace): SshError {
  // A password would be shown once more, by the program.
  const beyond = story.password === 'not shown' ? beyondOf(story.unused) : {};
  return { ...inWords(story, place), ...beyond };
}

function inWords(story: LoginStory, place: LoginPlace): SshError {
  const { where, user } = place;
  const withUnused = (error: SshError): SshError => ({ ...error, message: `${error.message}${unusedWords(story)}` });
  const fail = (message: string, hint: string): SshError => withUnused({ code: 'authentication', message, hint });
  if (story.signing !== undefined)
    return fail(
      `no signature with ${story.signing} came in time`,
      'An agent may wait for somebody to say yes (ssh-add -c), or hang: try ssh-add -l. To decrypt a key file may take long, too.',
    );
  if (story.hungUp === true) return fail(...tooMany(story, place));
  if (story.asked !== undefined) return withUnused(askedForMore(where, user, story.asked));
  if (story.taken.length > 0 || story.password === 'taken') return fail(...wantsMore(story, place));
  if (story.password === 'withheld') return withUnused(passwordWithheld(where, story.refusedBy ?? 'another host'));
  const shown = shownWords(story);
  if (shown !== '') return fail(`${where} refuses ${user} with ${shown}`, refusedHint(story, user));
  return nothingShown(story, place);
}

/** Nothing of ours is what the host takes, or we have nothing. */
function nothingShown(story: LoginStory, { where, user, hasPassword }: LoginPlace): SshError {
  const lets = story.lets ?? [];
  const first = story.unused[0];
  if (first !== undefined && (lets.length === 0 || lets.includes('publickey')))
    return {
      code: 'key-unusable',
      message: `${where} was shown nothing${unusedWords(story)}`,
      hint: first.hint,
    };
  const takes = lets.length === 0 ? 'nothing that it names' : saidByHost(lets.join(', '));
  const isPassword = lets.some((method) => method === 'password' || method === 'keyboard-interactive');
  return {
    code: 'authentication',
    message: `${where} lets ${user} in by ${takes} only, and there is ${hasPassword ? 'a password but no key' : 'nothing'} to show`,
    hint:
      isPassword && !hasPassword
        ? 'Write ansible_password: !secret NAME into the inventory, start with -k, or name a key: ansible_ssh_private_key_file.'
        : 'Set ansible_ssh_private_key_file for the host in the inventory, or start an agent and run ssh-add.',
  };
}

function tooMany(story: LoginStory, { where, user }: LoginPlace): readonly [string, string] {
  const shown = shownWords(story);
  return [
    `${where} hung up on ${user} after too many tries${shown === '' ? '' : `: it refused ${shown}`}`,
    story.refused.length > 1
      ? 'Show fewer keys: IdentitiesOnly yes with one IdentityFile in the configuration of ssh, or ansible_ssh_private_key_file in the inventory.'
      : 'MaxAuthTries of sshd there allows fewer tries. Show one key or one password.',
  ];
}

function wantsMore(story: LoginStory, { where, user, hasPassword }: LoginPlace): readonly [string, string] {
  const taken = [...story.taken.map(({ inWords }) => inWords), ...(story.password === 'taken' ? ['the password'] : [])];
  const refused = shownWords(story);
  const more = saidByHost((story.lets ?? []).join(' or '));
  return [
    `${where} takes ${taken.join(' and ')} of ${user}, and wants ${more} as well${refused === '' ? '' : `; it refuses ${refused}`}`,
    more.includes('password') && !hasPassword
      ? 'Write ansible_password: !secret NAME into the inventory, or start with -k.'
      : 'AuthenticationMethods of sshd there says what is wanted together.',
  ];
}

function refusedHint({ password, refused }: LoginStory, user: string): string {
  if (password === 'refused') return CORRECT_PASSWORD;
  return refused.length === 0
    ? 'The log of sshd there says why.'
    : `Put the public key into ~${user}/.ssh/authorized_keys there, or correct ansible_user and ansible_ssh_private_key_file in the inventory.`;
}

/** `key /k, key me@laptop of the SSH agent and the password`. */
function shownWords({ refused, password }: LoginStory): string {
  const names = refused.map(({ inWords }) => inWords);
  const some = names.length > NAMED + 1 ? [...names.slice(0, NAMED), `${names.length - NAMED} other keys`] : names;
  if (password === 'refused' || password === 'shown') some.push('the password');
  const last = some.pop();
  return last === undefined ? '' : some.length === 0 ? last : `${some.join(', ')} and ${last}`;
}

function unusedWords({ unused }: LoginStory): string {
  const words = unused.slice(0, NAMED).map(({ inWords: name, why }) => `${name} ${why}`);
  const rest = unused.length > NAMED ? `; ${unused.length - NAMED} others can't be shown` : '';
  return words.length === 0 ? '' : `; ${words.join('; ')}${rest}`;
}
