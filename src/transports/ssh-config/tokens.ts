import { hostname } from 'node:os';
import { err, ok, type Result } from '../../util/result.ts';
import type { Controller } from './controller.ts';

/** What the tokens of ssh_config(5) stand for. */
export interface Tokens {
  readonly controller: Controller;
  /** `%h`: the address, after HostName. */
  readonly address: string;
  /** `%n`: the destination as it was given. */
  readonly destination: string;
  readonly port: number;
  readonly user: string;
  /** `%k`: HostKeyAlias. */
  readonly alias: string | undefined;
}

/** Of a file: `~`, `${NAME}` and tokens. An error is a clause that says what is not understood. */
export function expandPath(text: string, tokens: Tokens): Result<string, string> {
  const { home, environment } = tokens.controller;
  if (/^~[^/]/.test(text)) return err(`${text} is in another user's home`);
  let unset = '';
  const path = text
    .replace(/^~(?=\/|$)/, () => home)
    .replace(/\$\{(\w+)\}/g, (_, name: string) => {
      if (environment[name] === undefined) unset = name;
      return environment[name] ?? '';
    });
  return unset === '' ? expandTokens(path, tokens) : err(`${text} needs the variable ${unset}, which is not set`);
}

/** Tokens alone, as in a ProxyCommand. */
export function expandTokens(text: string, tokens: Tokens): Result<string, string> {
  const { controller, address, destination, port, user, alias } = tokens;
  const values: Readonly<Record<string, string>> = {
    '%': '%',
    d: controller.home,
    h: address,
    i: String(process.getuid?.() ?? ''),
    k: alias ?? destination,
    L: hostname().split('.')[0] ?? '',
    l: hostname(),
    n: destination,
    p: String(port),
    r: user,
    u: controller.user,
  };
  let unknown = '';
  const expanded = text.replace(/%(.?)/g, (token, letter: string) => {
    if (!Object.hasOwn(values, letter)) unknown = token;
    return values[letter] ?? '';
  });
  return unknown === '' ? ok(expanded) : err(`${text} holds the token ${unknown}`);
}
