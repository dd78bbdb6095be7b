import { SecretName } from '../../../model/scalar-literal.ts';
import type { Diagnostic, SourceRange } from '../../../model/source.ts';
import { err, ok, type Result } from '../../../util/result.ts';
import { Secret } from '../../../util/secret.ts';
import { VaultedSecret } from '../../vaulted-secret.ts';
import { rangeOf, type HostVariables } from '../entries.ts';
import { partsOf } from '../template/filled-text.ts';
import { shortName } from '../group-tree.ts';
import { fillValue, type LookUp } from '../template.ts';

/** A setting by the name of the variable that would be stronger: `ansible_user`, `ansible_ssh_args`. */
export interface ConnectionDefault {
  readonly variable: string;
  readonly value: string;
  readonly at: SourceRange;
}

/** A value that was asked for by one of its names. */
export interface Given {
  readonly name: string;
  readonly value: unknown;
  readonly at: SourceRange;
  /** As its author wrote it, when that is known and no template stands between. */
  readonly written?: string;
}

export interface GivenText extends Omit<Given, 'value'> {
  readonly text: string;
  /** For a message; a mask where it comes from a vault. */
  readonly shown: string;
  /** All of it that comes from a vault. */
  readonly secrets: readonly Secret[];
}

/** The connection variables of one host, templates filled in; and what is wrong with them. */
export class HostValues {
  readonly problems: Diagnostic[] = [];
  readonly #name: string;
  readonly #vars: HostVariables;
  readonly #defaults: readonly ConnectionDefault[];

  constructor(name: string, vars: HostVariables, defaults: readonly ConnectionDefault[]) {
    this.#name = name;
    this.#vars = vars;
    this.#defaults = defaults;
  }

  /** The first of the names that has a value other than null. A default counts only where none has. */
  given(names: readonly string[]): Given | undefined {
    for (const name of names) {
      const variable = this.#vars.get(name);
      if (variable === undefined || variable.value === null) continue;
      const at = rangeOf(variable.where);
      const filled = fillValue(variable.value, lookUpIn(this.#name, this.#vars));
      if (!filled.ok) {
        this.problem(
          'E_TEMPLATE',
          at,
          `${name} ${filled.error}`,
          'write the value itself, or {{ NAME }} of a variable',
        );
        return undefined;
      }
      if (filled.value === null) continue;
      const { written } = variable;
      return {
        name,
        value: filled.value,
        at,
        ...(filled.value === variable.value && written !== undefined && { written }),
      };
    }
    const found = this.#defaults.find(({ variable }) => names.includes(variable));
    return found && { name: found.variable, value: found.value, at: found.at };
  }

  /** The same as a text, as Python writes it. */
  text(names: readonly string[], hint: string): GivenText | undefined {
    const found = this.given(names);
    if (found === undefined) return undefined;
    const { name, value, at, written } = found;
    const text = textOf(value);
    if (text !== undefined)
      return {
        name,
        at,
        text,
        shown: value instanceof Secret ? String(value) : text,
        secrets: value instanceof Secret ? partsOf(value) : [],
        ...(written !== undefined && { written }),
      };
    if (value instanceof VaultedSecret && value.trouble !== undefined) this.problems.push(value.trouble);
    else this.problem('E_TYPE', at, `this is no value for ${name}`, hint);
    return undefined;
  }

  problem(code: string, at: SourceRange, message: string, hint: string): void {
    this.problems.push({ severity: 'error', code, message, hint, at });
  }
}

/** A host's variables, and what Ansible says of each host by itself. */
export function lookUpIn(host: string, vars: { get(name: string): { readonly value: unknown } | undefined }): LookUp {
  return (name) => {
    if (name === 'inventory_hostname') return { value: host };
    if (name === 'inventory_hostname_short') return { value: shortName(host) };
    return vars.get(name);
  };
}

function textOf(value: unknown): string | undefined {
  if (value instanceof VaultedSecret) return value.isOpen ? value.reveal() : undefined;
  if (value instanceof Secret) return value.reveal();
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** A password or passphrase. The error is a clause. */
export function secretOf({ value, written }: Given): Result<SecretName | Secret, string> {
  if (value instanceof SecretName || value instanceof Secret) return ok(value);
  if (typeof value === 'string') return ok(new Secret(value));
  // `0123` is read as 83: what was meant cannot be told.
  if (typeof value === 'number' && (written === undefined || written === String(value)))
    return ok(new Secret(String(value)));
  return err('must be a text');
}
