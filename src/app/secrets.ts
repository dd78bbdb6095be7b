import type { ErrorInfo } from '../model/error.ts';
import { whyNoSecret } from '../load/secrets-file.ts';
import type { NeededSecrets } from '../plan/fill-secrets.ts';
import { err, ok, type Result } from '../util/result.ts';
import { Secret } from '../util/secret.ts';
import { readCredential } from './secrets-credential.ts';
import { openSecretsFile, type OpenedSecrets, type SecretsOptions } from './secrets-open.ts';
import type { Site } from './surroundings.ts';
import { because, together, type Trouble } from './trouble.ts';

/**
 * The values of `!secret NAME`, the first place that has one wins: `$RUNBOOK_SECRET_<NAME>`, `$CREDENTIALS_DIRECTORY/NAME`, the
 * secrets file. The file is not looked for, and nothing is decrypted, while the others have all that is needed.
 */
export async function lookUpSecrets(
  needed: NeededSecrets,
  options: SecretsOptions,
  surroundings: Site,
): Promise<Result<ReadonlyMap<string, Secret>, Trouble>> {
  const values = new Map<string, Secret>();
  const troubles: Trouble[] = [];
  const elsewhere: string[] = [];
  for (const name of needed.keys()) {
    const found = lookNear(name, surroundings);
    if (!found.ok) troubles.push(found.error);
    else if (found.value === undefined) elsewhere.push(name);
    else values.set(name, new Secret(found.value));
  }
  const file = elsewhere.length === 0 ? undefined : await openSecretsFile(options, surroundings);
  if (file?.ok === false) return err(together(...troubles, file.error));
  for (const name of elsewhere) {
    const secret = file?.value.secrets.get(name);
    if (secret !== undefined) values.set(name, secret);
    else troubles.push(because(nowhere(name, needed.get(name) ?? '', file?.value, surroundings)));
  }
  return troubles.length === 0 ? ok(values) : err(together(...troubles));
}

/** The environment variable that holds `!secret NAME`. */
export function secretVariable(name: string): string {
  return `RUNBOOK_SECRET_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

function lookNear(name: string, surroundings: Site): Result<string | undefined, Trouble> {
  const variable = surroundings.environment[secretVariable(name)] ?? '';
  if (variable === '') return readCredential(name, surroundings);
  const trouble = whyNoSecret(variable);
  if (trouble === undefined) return ok(variable);
  const hint = 'set it to another value';
  return err(because({ code: 'configuration', message: `$${secretVariable(name)} ${trouble}`, hint }));
}

function nowhere(name: string, use: string, file: OpenedSecrets | undefined, { environment }: Site): ErrorInfo {
  const variable = secretVariable(name);
  const places: (readonly [place: string, why: string])[] = [
    [`$${variable}`, environment[variable] === '' ? 'empty' : 'not set'],
    [`$CREDENTIALS_DIRECTORY/${name}`, (environment['CREDENTIALS_DIRECTORY'] ?? '') === '' ? 'not set' : 'not there'],
    ...(file?.looked ?? []),
  ];
  const width = Math.max(...places.map(([place]) => place.length));
  return {
    code: 'configuration',
    message: [
      `the secret ${name}, for ${use}, is nowhere; looked at`,
      ...places.map(([place, why]) => `${place.padEnd(width)}  (${why})`),
    ].join('\n  '),
    hint: `set $${variable}, or write ${name}: 'VALUE' into a secrets file and name it with --secrets`,
  };
}
