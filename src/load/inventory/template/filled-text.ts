import { SecretName } from '../../../model/scalar-literal.ts';
import { err, ok, type Result } from '../../../util/result.ts';
import { Secret } from '../../../util/secret.ts';
import { VaultedSecret } from '../../vaulted-secret.ts';

/** Puts a text together, values as Python writes them. With a secret in it, all of it is one. The error is a clause. */
export function joinText(parts: readonly unknown[]): Result<unknown, string> {
  const texts: (string | Secret)[] = [];
  for (const part of parts) {
    if (part instanceof Secret || typeof part === 'string') texts.push(part);
    else if (typeof part === 'boolean') texts.push(part ? 'True' : 'False');
    else if (part === null || typeof part === 'number') texts.push(part === null ? '' : String(part));
    else if (part instanceof SecretName)
      return err(`puts !secret ${part.name} into a text, which is looked up only later`);
    else return err('puts a list or a map into a text');
  }
  const vaulted = texts.filter((text) => text instanceof VaultedSecret);
  const whole = (): string => texts.map((text) => (text instanceof Secret ? text.reveal() : text)).join('');
  const [first] = vaulted;
  if (first !== undefined && !vaulted.every(({ isOpen }) => isOpen)) return ok(first.with(vaulted, whole));
  const secrets = texts.filter((text) => text instanceof Secret);
  return ok(secrets.length > 0 ? new FilledSecret(whole(), secrets.flatMap(partsOf)) : whole());
}

/** A text that secrets were filled into. */
class FilledSecret extends Secret {
  readonly parts: readonly Secret[];

  constructor(value: string, parts: readonly Secret[]) {
    super(value);
    this.parts = parts;
  }
}

/** The secrets that a value was put together from; of one that was not, itself. */
export const partsOf = (secret: Secret): readonly Secret[] =>
  secret instanceof FilledSecret ? secret.parts : [secret];
