/** `a`: real namespaces and a real sshd; `b`: real namespaces and our own SSH server; `c`: nothing is real but the program. */
export type Tier = 'a' | 'b' | 'c';

/** A host to break and to repair. */
export interface DemoHost {
  readonly tier: Tier;
  /** What of it is real and what is not, in one line. */
  readonly description: string;
  /** What is not real, and why; empty when all is. */
  readonly note: string;
  /** Leaks sets of semaphores until Apache cannot start, among others that are nobody's leak. Throws when that fails. */
  breakApache(): Promise<Incident>;
  /** What a person who is logged in as root would see, both outputs as they come. */
  shell(command: string): Promise<string>;
  /** Ids of all sets of semaphores. */
  sets(): Promise<readonly number[]>;
  /** Ports, of those two that Apache has, on which a request is answered with 200. */
  servingPorts(): Promise<readonly number[]>;
  /** Runs the runbook in front of the person that watches. */
  repair(): Promise<Repair>;
}

export interface Incident {
  /** Ids of the sets that killed Apaches left behind. */
  readonly leaked: readonly number[];
  readonly foreign: readonly ForeignSet[];
  /** What Apache says now when it is started. */
  readonly complaint: string;
}

/** A set of semaphores that must not be touched, and why. */
export interface ForeignSet {
  readonly id: number;
  readonly why: string;
}

export interface Repair {
  readonly exitCode: number;
  /** `repaired`, `healthy`, ...; empty when the run did not come to its end. */
  readonly outcome: string;
  /** Why each set was held for leaked or not, as the run's own record has it. */
  readonly verdicts: readonly Verdict[];
}

export interface Verdict {
  readonly id: number;
  readonly isLeaked: boolean;
  readonly reason: string;
}

export const PORTS: readonly number[] = [80, 8080];
export const RUNBOOK = 'apache-accept-lock';
/** The default of 20 s is for real servers; nobody wants to watch that twice. */
export const SOAK = '10s';
