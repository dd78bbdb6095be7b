import type { Configuration, Notify, Serve, Setting } from '../../model/configuration.ts';
import type { PolicyRule } from '../../model/policy.ts';
import type { Schedule } from '../../model/schedule.ts';

/** What one file of a configuration says. */
export interface ConfigurationPart extends Pick<
  Configuration,
  'inventory' | 'secrets' | 'ageIdentity' | 'forks' | 'lockWaitMs' | 'clearTextPasswords'
> {
  /** Its full path. */
  readonly file: string;
  readonly runbooks: readonly Setting<string>[];
  readonly policy: readonly PolicyRule[];
  readonly schedules: readonly Schedule[];
  readonly serve: { readonly [Name in keyof Serve]?: Setting<NonNullable<Serve[Name]>> };
  readonly notify: readonly Notify[];
}

/** What of the controller a file is read with. */
export interface ConfigurationContext {
  /** IANA name of the machine's zone: that of times without one. */
  readonly timezone: string;
}
