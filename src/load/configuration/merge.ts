import { DEFAULT_SERVE, type Configuration, type Serve, type Setting } from '../../model/configuration.ts';
import type { Diagnostic } from '../../model/source.ts';
import type { ConfigurationPart } from './part.ts';

export interface MergedConfiguration {
  readonly configuration: Configuration;
  /** What is wrong only when all are read. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What files say together, the strongest first. Pure. */
export function mergeConfiguration(parts: readonly ConfigurationPart[]): MergedConfiguration {
  const first = <T>(pick: (part: ConfigurationPart) => T | undefined): T | undefined =>
    parts.map(pick).find((value) => value !== undefined);
  const inventory = first((part) => part.inventory);
  const secrets = first((part) => part.secrets);
  const ageIdentity = first((part) => part.ageIdentity);
  const forks = first((part) => part.forks);
  const lockWaitMs = first((part) => part.lockWaitMs);
  const clearTextPasswords = strictest(parts);
  const schedules = parts.flatMap((part) => part.schedules);
  return {
    configuration: {
      ...(inventory !== undefined && { inventory }),
      runbooks: parts.flatMap((part) => part.runbooks),
      ...(secrets !== undefined && { secrets }),
      ...(ageIdentity !== undefined && { ageIdentity }),
      ...(forks !== undefined && { forks }),
      ...(lockWaitMs !== undefined && { lockWaitMs }),
      ...(clearTextPasswords !== undefined && { clearTextPasswords }),
      policy: parts.flatMap((part) => part.policy),
      schedules,
      serve: mergeServe(parts),
      notify: parts.flatMap((part) => part.notify),
    },
    diagnostics: sameNames(schedules),
  };
}

/** What a site refuses its users do not allow. */
function strictest(parts: readonly ConfigurationPart[]): Configuration['clearTextPasswords'] {
  const said = parts.flatMap(({ clearTextPasswords }) => clearTextPasswords ?? []);
  return said.find(({ value }) => value === 'refuse') ?? said[0];
}

function mergeServe(parts: readonly ConfigurationPart[]): Serve {
  const valueOf = <Name extends keyof Serve>(name: Name): Serve[Name] | undefined => {
    const said: readonly { readonly [Key in Name]?: Setting<NonNullable<Serve[Key]>> }[] = parts.map(
      ({ serve }) => serve,
    );
    return said.map((serve) => serve[name]).find((each) => each !== undefined)?.value;
  };
  const listen = valueOf('listen');
  return {
    ...(listen !== undefined && { listen }),
    runs: valueOf('runs') ?? DEFAULT_SERVE.runs,
    keepConnections: valueOf('keepConnections') ?? DEFAULT_SERVE.keepConnections,
    idleMs: valueOf('idleMs') ?? DEFAULT_SERVE.idleMs,
    stopMs: valueOf('stopMs') ?? DEFAULT_SERVE.stopMs,
  };
}

/** In one file it would be a key that is there twice. */
function sameNames(schedules: Configuration['schedules']): readonly Diagnostic[] {
  return schedules.flatMap(({ name, at }, index) => {
    const other = schedules.slice(index + 1).find((each) => each.name === name);
    if (other === undefined) return [];
    const { file, start } = other.at;
    const message = `there are two schedules ${name}: the other one is in ${file}:${start.line}`;
    return [{ severity: 'error', code: 'E_DUPLICATE', message, hint: 'give one of them another name', at } as const];
  });
}
