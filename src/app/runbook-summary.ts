import { readSource } from '../load/read-file.ts';
import { parseYaml } from '../load/yaml.ts';

/** What a file says of itself, without checking the rest. */
export interface Outline {
  /** A fragment lies there for runbooks to include. */
  readonly kind: 'runbook' | 'fragment';
  /** Undefined when there is none to be read. */
  readonly summary?: string;
}

export function outlineOf(path: string): Outline {
  const source = readSource(path);
  const value = source.ok ? parseYaml(source.value).value : undefined;
  if (typeof value !== 'object' || value === null) return { kind: 'runbook' };
  const kind = 'fragment' in value && !('runbook' in value) ? 'fragment' : 'runbook';
  return { kind, ...('summary' in value && typeof value.summary === 'string' && { summary: value.summary }) };
}
