import type { ErrorInfo } from '../../model/error.ts';
import { printableLine } from '../../util/printable.ts';
import { withoutMarks, type Change, type Method } from './become.ts';

/** Why there is no shell of that user, by what was said instead; `undefined`: nothing that is known. */
export function becomeRefused(method: Method, change: Change, said: string): ErrorInfo | undefined {
  const words = wordsOf(said);
  const cause = method.causes.find((candidate) => candidate.words.test(words));
  return cause && { code: 'become', ...cause.of(change) };
}

/** In its own words, as nothing is known about them. */
export function becomeFailed(method: Method, change: Change, said: string): ErrorInfo {
  const words = wordsOf(said);
  return {
    code: 'become',
    message: `${change.from} could not become ${change.to}${words === '' ? '' : `: ${words}`}`,
    hint: method.hint(change),
  };
}

/** It was started and neither asked as it should nor let anybody in. */
export function becomeSilent(method: Method, change: Change, said: string, seconds: string): ErrorInfo {
  const words = wordsOf(said);
  return {
    code: 'become',
    message: `${method.name} to ${change.to} did not answer within ${seconds}${words === '' ? '' : `; it says: ${words}`}`,
    hint:
      words === ''
        ? `Log in as ${change.from} and try it there: ${method.trial(change)}`
        : 'Something else than one password, such as a second factor, can not be given.',
  };
}

export function passwordMissing(method: Method, change: Change): ErrorInfo {
  return {
    code: 'become',
    message: `${method.name} asks for the password of ${method.asksFor(change, '')} to become ${change.to}`,
    hint: 'Give it: ansible_become_password: !secret NAME in the inventory, or --ask-become-pass.',
  };
}

export function passwordRefused(method: Method, change: Change, said: string): ErrorInfo {
  const whose = method.asksFor(change, said);
  const other =
    whose === method.asksFor(change, '') ? '' : `, which it asks for (targetpw, rootpw or runaspw in sudoers)`;
  return {
    code: 'become',
    message: `${method.name} did not take the password of ${whose} to become ${change.to}${other}`,
    hint: `Correct the password (ansible_become_password, or what was typed). What wants more than a password, such as a second factor, can't be served.`,
  };
}

export function passwordWithheld({ from, to }: Change, refusedBy: string): ErrorInfo {
  return {
    code: 'become',
    message: `${from} did not become ${to}: ${refusedBy} refused this password, so it was not tried here`,
    hint: `Correct the password, or give each host its own: ansible_become_password: !secret NAME. Each wrong one may lock the account.`,
  };
}

const wordsOf = (said: string): string => printableLine(withoutMarks(said)).trim().slice(0, 500);
