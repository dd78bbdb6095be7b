import type { Risk } from '../model/action.ts';
import type { Share } from '../model/runbook.ts';

/** What `run` and `plan` are given. */
export interface RunOptions {
  /** Only `run`: the id of a plan, instead of all that chooses. */
  readonly plan?: string;
  readonly maxRisk?: Risk;
  /** Percent. */
  readonly brake?: number;
  /** Why. */
  readonly ignoreCooldown?: string;
  readonly inventory?: readonly string[];
  readonly vaultPasswordFile?: readonly string[];
  readonly hosts?: string;
  readonly limit?: string;
  readonly local?: boolean;
  readonly param?: readonly string[];
  readonly paramsFile?: string;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly secrets?: string;
  readonly ageIdentity?: string;
  readonly askPass?: boolean;
  readonly askBecomePass?: boolean;
  /** Absent: as the configuration says. */
  readonly forks?: number;
  /** Milliseconds; absent: as the configuration says. */
  readonly lockWait?: number;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly reason?: string;
  /** The name of the schedule that starts it. */
  readonly onSchedule?: string;
  readonly metricsFile?: string;
  readonly ping?: string;
}

/** What `exec` is given. */
export interface ExecOptions
  extends
    JsonOption,
    Pick<
      RunOptions,
      | 'inventory'
      | 'vaultPasswordFile'
      | 'limit'
      | 'local'
      | 'secrets'
      | 'ageIdentity'
      | 'askPass'
      | 'askBecomePass'
      | 'forks'
      | 'lockWait'
      | 'quiet'
      | 'verbose'
      | 'reason'
    > {
  readonly shell?: string;
  readonly become?: boolean;
  readonly becomeUser?: string;
  readonly reads?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly batches?: readonly Share[];
  readonly maxFailures?: Share;
}

/** What `doctor` is given. */
export interface DoctorOptions
  extends
    JsonOption,
    Pick<
      RunOptions,
      'inventory' | 'vaultPasswordFile' | 'limit' | 'secrets' | 'ageIdentity' | 'askPass' | 'askBecomePass' | 'forks'
    > {
  readonly become?: boolean;
  readonly becomeUser?: string;
}

/** What `test` is given. */
export interface TestOptions
  extends JsonOption, Pick<RunOptions, 'inventory' | 'vaultPasswordFile' | 'secrets' | 'ageIdentity'> {
  /** Names of hosts, with commas between. */
  readonly on?: string;
  readonly case?: string;
}

/** What `record` is given. */
export type RecordOptions = Omit<TestOptions, 'on' | 'case'> & { readonly on: string };

export interface JsonOption {
  readonly json?: boolean;
}

/** What `inventory list`, `graph` and `host` are given. */
export interface InventoryCommandOptions
  extends JsonOption, Pick<RunOptions, 'inventory' | 'vaultPasswordFile' | 'limit'> {
  readonly vars?: boolean;
}

export interface InventoryVarsOptions extends JsonOption, Pick<RunOptions, 'inventory' | 'vaultPasswordFile'> {
  readonly host?: string;
  readonly explain?: boolean;
}

/** What `config show` is given. */
export interface ConfigShowOptions extends JsonOption {
  readonly explain?: boolean;
}

/** What `notify test` is given. */
export interface NotifyTestOptions extends JsonOption, Pick<RunOptions, 'secrets' | 'ageIdentity'> {}

export interface ShowOptions extends JsonOption {
  readonly verbose?: boolean;
}

export interface HistoryOptions extends JsonOption {
  readonly limit: number;
  readonly runbook?: string;
  readonly host?: string;
}

/** What `report` is given. */
export interface ReportOptions extends JsonOption {
  /** Milliseconds. */
  readonly since: number;
  readonly runbook?: string;
  readonly host?: string;
}

/** What `resume` is given. All else is as the run was started. */
export interface ResumeOptions
  extends
    JsonOption,
    Pick<RunOptions, 'secrets' | 'ageIdentity' | 'forks' | 'lockWait' | 'quiet' | 'verbose' | 'reason'> {
  readonly takenOver?: boolean;
}

/** What `rollback` is given. */
export interface RollbackOptions extends ResumeOptions, Pick<RunOptions, 'yes'> {
  /** Names of hosts. */
  readonly limit?: readonly string[];
}

export interface CancelOptions {
  readonly kill?: boolean;
}

/** What `freeze` is given. */
export interface FreezeOptions {
  readonly until?: string;
}

/** What `install-schedule` is given. */
export interface InstallOptions extends Pick<
  RunOptions,
  'inventory' | 'vaultPasswordFile' | 'hosts' | 'maxRisk' | 'param' | 'secrets' | 'ageIdentity'
> {
  readonly systemd?: boolean;
  readonly crontab?: boolean;
  readonly remove?: boolean;
  readonly print?: boolean;
  readonly cron?: string;
  readonly every?: string;
  readonly timezone?: string;
}

export interface NewOptions {
  readonly service?: string;
}

/** What `schedule next` is given. */
export interface ScheduleNextOptions extends JsonOption {
  readonly count: number;
}

/** What `schedule run` is given. */
export type ScheduleRunOptions = Pick<RunOptions, 'json' | 'quiet' | 'verbose'>;

/** What `schedule pause` is given. */
export interface SchedulePauseOptions extends FreezeOptions {
  readonly reason: string;
}

export interface ScheduleHistoryOptions extends JsonOption {
  readonly limit: number;
}
