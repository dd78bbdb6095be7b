import { join } from 'node:path';
import { aboutFile, decodeText } from '../load/read-file.ts';
import { decryptAge, isAge } from '../load/secrets-age.ts';
import { loadSecretsFile } from '../load/secrets-file.ts';
import { isThere, readPrivateFile } from '../load/secrets-private-file.ts';
import type { Diagnostic } from '../model/source.ts';
import { err, ok, type Result } from '../util/result.ts';
import type { Secret } from '../util/secret.ts';
import { fromHere } from './find-runbook.ts';
import { configDirectory, type Site } from './surroundings.ts';
import { inFiles, type Trouble } from './trouble.ts';

export interface SecretsOptions {
  /** A secrets file, plain or of age. */
  readonly secrets?: string | undefined;
  /** The file with the key that opens it. */
  readonly ageIdentity?: string | undefined;
}

export interface OpenedSecrets {
  readonly secrets: ReadonlyMap<string, Secret>;
  /** All places where the file was looked for, and what was there; for a message. */
  readonly looked: readonly (readonly [place: string, why: string])[];
}

const DEFAULT_NAMES = ['secrets.yaml', 'secrets.age', 'secrets.yaml.age'];

/**
 * The secrets file: `--secrets`, `$RUNBOOK_SECRETS`, `secrets` of the configuration, else the first of `secrets.yaml`, `secrets.age` and `secrets.yaml.age` in
 * the configuration directory. One that is named must be there; without any there are no secrets.
 */
export async function openSecretsFile(
  options: SecretsOptions,
  surroundings: Site,
): Promise<Result<OpenedSecrets, Trouble>> {
  const { environment, configuration } = surroundings;
  const named = options.secrets ?? (environment['RUNBOOK_SECRETS'] || configuration.secrets?.value);
  const defaults = DEFAULT_NAMES.map((name) => join(configDirectory(surroundings), name));
  const path = named === undefined ? defaults.find(isThere) : fromHere(named, surroundings);
  const secrets = path === undefined ? ok(new Map<string, Secret>()) : await readSecrets(path, options, surroundings);
  if (!secrets.ok) return err(inFiles(secrets.error, [])); // no excerpts: every line of it is a secret
  const looked = named === undefined ? whatWasThere(defaults, path) : [[named, 'has no such name'] as const];
  return ok({ secrets: secrets.value, looked });
}

function whatWasThere(defaults: readonly string[], read: string | undefined): OpenedSecrets['looked'] {
  const named = ['--secrets FILE, $RUNBOOK_SECRETS', 'not given'] as const;
  const last = read === undefined ? defaults.length : defaults.indexOf(read);
  const why = (index: number): string =>
    index < last ? 'not there' : index === last ? 'has no such name' : 'not looked at: the one before it is there';
  return [named, ['configuration', 'has no secrets:'], ...defaults.map((place, index) => [place, why(index)] as const)];
}

async function readSecrets(
  path: string,
  options: SecretsOptions,
  surroundings: Site,
): Promise<Result<ReadonlyMap<string, Secret>, readonly Diagnostic[]>> {
  const stored = readPrivateFile(path, 'a secrets file', 'nobody else');
  if (!stored.ok) return err([aboutFile(path, stored.error)]);
  const isEncrypted = path.endsWith('.age') || isAge(stored.value);
  const bytes = isEncrypted ? await decrypt(path, stored.value, options, surroundings) : stored;
  if (!bytes.ok) return err([bytes.error]);
  const text = decodeText(bytes.value);
  if (!text.ok) return err([aboutFile(path, text.error)]);
  const { secrets, diagnostics } = loadSecretsFile({ file: path, text: text.value });
  return secrets === undefined ? err(diagnostics) : ok(secrets);
}

async function decrypt(
  path: string,
  bytes: Buffer,
  { ageIdentity }: SecretsOptions,
  surroundings: Site,
): Promise<Result<Buffer, Diagnostic>> {
  const { environment, configuration } = surroundings;
  const named = ageIdentity ?? (environment['RUNBOOK_AGE_IDENTITY'] || configuration.ageIdentity?.value);
  const fallback = join(configDirectory(surroundings), 'age-identity.txt');
  const identity = named === undefined ? fallback : fromHere(named, surroundings);
  if (named === undefined && !isThere(fallback)) {
    const message = `a key is needed to decrypt this, and ${fallback} is not there`;
    const hint = 'name the file with the key: --age-identity FILE, or $RUNBOOK_AGE_IDENTITY';
    return err(aboutFile(path, { code: 'E_IDENTITY', message, hint }));
  }
  const key = readPrivateFile(identity, 'a file with a key of age', 'nobody else');
  const text = key.ok ? decodeText(key.value) : key;
  if (!text.ok) return err(aboutFile(identity, text.error));
  return decryptAge({ file: path, bytes }, { file: identity, text: text.value });
}
