import type { Diagnostic, SourceRange } from '../model/source.ts';
import { mapLimited } from '../util/map-limited.ts';
import { err, ok, type Result } from '../util/result.ts';
import { Secret } from '../util/secret.ts';

/** Also a diagnostic with a place of its own. */
type Unseal = () => Promise<Result<string, Omit<Diagnostic, 'severity' | 'at'> | Diagnostic>>;

/** What a file has in a vault. It stays closed until it is needed: to open one takes some milliseconds, and a password. */
export class VaultedSecret extends Secret {
  readonly #at: SourceRange;
  readonly #unseal: Unseal;
  #secret: Secret | undefined;
  /** Why it could not be opened. */
  trouble: Diagnostic | undefined;

  constructor(at: SourceRange, unseal: Unseal) {
    super('');
    this.#at = at;
    this.#unseal = unseal;
  }

  get isOpen(): boolean {
    return this.#secret !== undefined;
  }

  /** A text that can be put together once all of these are open. */
  with(others: readonly VaultedSecret[], whole: () => string): VaultedSecret {
    return new VaultedSecret(this.#at, async () => {
      const closed = (await Promise.all(others.map((other) => other.open()))).find((each) => each !== undefined);
      return closed === undefined ? ok(whole()) : err(closed);
    });
  }

  /** Why it stays closed, if it does. */
  async open(): Promise<Diagnostic | undefined> {
    if (this.#secret !== undefined) return undefined;
    const opened = await this.#unseal();
    this.trouble = opened.ok ? undefined : { severity: 'error', at: this.#at, ...opened.error };
    if (!opened.ok) return this.trouble;
    this.#secret = new Secret(opened.value);
    return undefined;
  }

  /** Only after `open`. */
  override reveal(): string {
    return this.secret.reveal();
  }

  /** What was in it, as any other secret. Only after `open`. */
  get secret(): Secret {
    if (this.#secret === undefined) throw new Error('a vault was read before it was opened');
    return this.#secret;
  }
}

/** Opens all that are in these values, however deep, four at a time. What is wrong with each that stays closed. */
export async function openVaulted(values: Iterable<unknown>): Promise<readonly Diagnostic[]> {
  const found = new Set<VaultedSecret>();
  for (const value of values) collect(value, found);
  const opened = await mapLimited([...found], 4, (secret) => secret.open());
  return opened.filter((diagnostic) => diagnostic !== undefined);
}

function collect(value: unknown, found: Set<VaultedSecret>): void {
  if (value instanceof VaultedSecret) found.add(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, found);
  else if (typeof value === 'object' && value !== null && !(value instanceof Secret))
    for (const item of Object.values(value)) collect(item, found);
}

/** A map with what was in the vaults in their place; all of them are open. */
export function withOpened<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, opened(value)])) as T;
}

function opened(value: unknown): unknown {
  if (value instanceof VaultedSecret) return value.secret;
  if (Array.isArray(value)) return value.map(opened);
  const isMap = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isMap ? withOpened(value) : value;
}
