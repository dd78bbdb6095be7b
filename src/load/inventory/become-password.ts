import { SecretName } from '../../model/scalar-literal.ts';
import { Secret } from '../../util/secret.ts';
import type { Report } from '../report.ts';
import type { YamlEntry, YamlNode } from '../yaml/node.ts';

const NAMES = ['ansible_become_password', 'ansible_become_pass'] as const;

type Variables = ReadonlyMap<string, YamlEntry>;

export const isBecomePassword = (variable: string): boolean => NAMES.some((name) => name === variable);

/** The password for sudo: `!secret NAME`, or the password itself. No message contains it. */
export function readBecomePassword(vars: Variables, report: Report): SecretName | Secret | undefined {
  const [first, second] = given(vars);
  if (first === undefined) return undefined;
  const { name, node } = first;
  if (second !== undefined) {
    const message = `${name} and ${second.name} mean the same, and this host has both`;
    return void report.error('E_DUPHOST', second.node.at, message, 'remove one of them');
  }
  const value = node.kind === 'scalar' ? node.value : undefined;
  if (value instanceof SecretName) return value;
  const refuse = (code: string, message: string, hint: string) => void report.error(code, node.at, message, hint);
  if (typeof value !== 'string')
    return refuse('E_TYPE', `${name} must be a text`, 'put it in quotes, or write !secret NAME');
  if (/\{[{%]/.test(value))
    return refuse('E_TEMPLATE', `${name} holds a Jinja template, which is not evaluated`, WRITE_SECRET);
  if (value === '') return refuse('E_TYPE', `${name} is empty`, 'remove it, or write !secret NAME');
  return new Secret(value);
}

/** Warns once about passwords that stand in the file itself, at the first of them. */
export function warnOfPasswords(hosts: Iterable<Variables>, report: Report): void {
  const nodes = new Set<YamlNode>();
  for (const vars of hosts) {
    for (const { node } of given(vars)) {
      if (node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '') nodes.add(node);
    }
  }
  const [first] = [...nodes].toSorted((a, b) => a.at.start - b.at.start);
  if (first === undefined) return;
  const all = nodes.size === 1 ? 'a clear-text password' : `clear-text passwords: ${nodes.size}, the first one here`;
  report.warning('W_PLAINTEXT_SECRET', first.at, `${all}; whoever reads this file has it`, WRITE_SECRET);
}

const WRITE_SECRET = 'write !secret NAME, and the password where runbook run --help says';

function given(vars: Variables): readonly { readonly name: string; readonly node: YamlNode }[] {
  return NAMES.flatMap((name) => {
    const node = vars.get(name)?.value;
    return node === undefined ? [] : [{ name, node }];
  });
}
