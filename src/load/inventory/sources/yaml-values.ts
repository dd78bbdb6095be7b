import { SecretName } from '../../../model/scalar-literal.ts';
import { Secret } from '../../../util/secret.ts';
import { Report } from '../../report.ts';
import type { VaultPasswords } from '../../vault-passwords.ts';
import { VaultedSecret } from '../../vaulted-secret.ts';
import { readDocument } from '../../yaml.ts';
import type { YamlMap, YamlNode, YamlScalar } from '../../yaml/node.ts';
import type { Variable } from '../entries.ts';
import { MOST_HOSTS } from './host-range.ts';
import type { ReadText } from '../files/source-reader.ts';
import { resolveYaml11 } from './yaml11.ts';

const MIB = 1024 * 1024;
const RULES = {
  maxLength: 16 * MIB,
  maxEvents: 1_000_000,
  maxKeys: MOST_HOSTS,
  maxAliasNodes: 200_000,
  lenient: true,
} as const;

/** A YAML or JSON file of Ansible's, with values as Ansible has them. */
export class YamlSource {
  readonly report: Report;
  /** Undefined: it is empty, or what is wrong has been reported. */
  readonly root: YamlNode | undefined;
  readonly #isSealed: boolean;
  readonly #passwords: VaultPasswords;

  constructor(text: ReadText, passwords: VaultPasswords) {
    this.report = new Report(text);
    this.root = readDocument(this.report, RULES);
    this.#isSealed = text.isSealed;
    this.#passwords = passwords;
  }

  variables(map: YamlMap): readonly Variable[] {
    return [...map.entries].map(([name, { value: node }]) => ({
      name,
      value: this.value(node),
      ...(node.kind === 'scalar' && { written: node.text }),
      where: { lines: this.report.lines, span: node.at },
    }));
  }

  /** Plain data; null for nothing. What comes from a vault is a `Secret`. */
  value(node: YamlNode): unknown {
    switch (node.kind) {
      case 'scalar':
        return this.#scalar(node);
      case 'list':
        return node.items.map((item) => this.value(item));
      case 'map':
        return this.#map(node);
    }
  }

  #map({ entries, at }: YamlMap): unknown {
    const [first, ...others] = [...entries];
    // As ansible-inventory writes into JSON what cannot be said there otherwise.
    const text = first?.[1].value.kind === 'scalar' && others.length === 0 ? first[1].value.text : undefined;
    if (first?.[0] === '__ansible_vault' && text !== undefined) return this.#vaulted(text, at);
    return Object.fromEntries([...entries].map(([key, { value }]) => [key, this.value(value)]));
  }

  #scalar(node: YamlScalar): unknown {
    if (node.value instanceof SecretName) return node.value;
    if (node.tag === '!vault' || node.tag === '!vault-encrypted') return this.#vaulted(node.text, node.at);
    const value = valueOf(node);
    if (node.tag === '!unsafe' && typeof value === 'string' && !this.#isSealed) return { __ansible_unsafe: value };
    const isHidden = this.#isSealed && (typeof value === 'string' || typeof value === 'number');
    return isHidden ? new Secret(typeof value === 'string' ? value : node.text) : value;
  }

  #vaulted(text: string, span: YamlNode['at']): VaultedSecret {
    return new VaultedSecret(this.report.lines.range(span), () => this.#passwords.open(text));
  }
}

function valueOf({ text, style, tag }: YamlScalar): unknown {
  if (tag === '!!null') return null;
  const isNumberOrBool = tag === '!!int' || tag === '!!float' || tag === '!!bool';
  const isPlain = style === 'plain' && (tag === undefined || tag === '!unsafe');
  return isPlain || isNumberOrBool ? resolveYaml11(text) : text;
}
