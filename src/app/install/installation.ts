import type { Schedule } from '../../model/schedule.ts';

/** What cron or systemd is to start. All paths are full ones. */
export interface Installation {
  readonly schedule: Schedule;
  /** Program and arguments. */
  readonly argv: readonly [string, ...string[]];
  /** What it needs of the environment in which it is installed. */
  readonly environment: Readonly<Record<string, string>>;
  readonly home: string;
  readonly stateDirectory: string;
  /** Other folders in which it writes: of metrics, of a socket. */
  readonly folders: readonly string[];
  readonly isRoot: boolean;
  /** This machine is one of its hosts: what repairs it must not be shut in. */
  readonly repairsThisMachine: boolean;
  /** A mail server of this machine is handed messages: programs of other users run for it. */
  readonly sendsMail: boolean;
}

/** Stands in all that is written: nothing else is taken away. */
export const MARK = 'runbook install-schedule';
